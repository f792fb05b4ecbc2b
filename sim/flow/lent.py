"""Arrays as compiled functions borrow them: nobody there owns one, and none is read from its end.

Numba looks at every signed index for a negative one, which would count from the end. Rules never do that, and
the looking took a twelfth of a run where the machine was quick and a sixth where it was slow, and a fifth of
the tallies (best and median of 25 full cities, in turns with the same code without this).
"""

from __future__ import annotations

import operator
from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.typing import signature
from numba.extending import lower_builtin, models, register_model


class Lent(types.Array):
    """Numba's type of an array whose indices are never negative; so are those of its views."""

    def __init__(self, dtype: Any, axes: int, layout: str = "C") -> None:
        super().__init__(dtype, axes, layout, name=f"lent({dtype}, {axes}d, {layout})")

    def copy(self, dtype: Any = None, ndim: int | None = None, layout: str | None = None, **_: Any) -> Lent:
        """Return the type of a view."""
        return Lent(dtype or self.dtype, self.ndim if ndim is None else ndim, layout or self.layout)


register_model(Lent)(models.ArrayModel)


@lower_builtin(operator.getitem, Lent, types.Integer)
@lower_builtin(operator.getitem, Lent, types.BaseTuple)
def _read(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    """Read as from any other array, by an index that can't be negative."""
    kind, index = _unsigned(context, builder, sig.args[1], arguments[1])
    read = context.get_function(operator.getitem, signature(sig.return_type, _plain(sig.args[0]), kind))
    return read(builder, (arguments[0], index))


@lower_builtin(operator.setitem, Lent, types.Integer, types.Any)
@lower_builtin(operator.setitem, Lent, types.BaseTuple, types.Any)
def _write(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    """Write likewise."""
    kind, index = _unsigned(context, builder, sig.args[1], arguments[1])
    plain = signature(sig.return_type, _plain(sig.args[0]), kind, sig.args[2])
    return context.get_function(operator.setitem, plain)(builder, (arguments[0], index, arguments[2]))


def _plain(array: Lent) -> Any:
    return types.Array(array.dtype, array.ndim, array.layout)


def _unsigned(context: Any, builder: Any, kind: Any, index: Any) -> tuple[Any, Any]:
    """Return an index with its type, signed integers made unsigned."""
    if isinstance(kind, types.BaseTuple):
        parts = cgutils.unpack_tuple(builder, index, len(kind))
        made = [_unsigned(context, builder, *part) for part in zip(kind, parts, strict=True)]
        tuple_kind = types.Tuple([part[0] for part in made])
        return tuple_kind, context.make_tuple(builder, tuple_kind, [part[1] for part in made])
    if isinstance(kind, types.Integer) and kind.signed:
        return types.uintp, context.cast(builder, index, kind, types.uintp)
    return kind, index
