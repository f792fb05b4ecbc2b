"""A world on the compiled side: one bare pointer instead of forty arrays.

A `World` is a tuple of arrays. Compiled functions that pass it on by value copy two kilobytes a call, and
Python pays 7.5 µs to hand it over; behind a pointer a full run of the city takes a tenth of the time and
a step from Python costs 0.9 µs (measured on a two-core machine; `benchmarks/` has the ratios).

The pointer leads to a table of addresses and lengths, which no compiled function changes. Nothing on the
compiled side owns an array, so none counts references; Numba's own mutable structure counts, atomically,
in every function it is handed to. Who holds a handle keeps its world alive.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
    unbox,
)
from numba.np.arrayobj import populate_array
from numba.np.numpy_support import from_dtype
from numpy.typing import NDArray

from sim.flow.lent import Lent

_WORD = ir.IntType(64)
_CACHE_LINE = 64  # bytes


class _HandleType(types.Type):
    """Numba's type of a handle: each field's type and its place in the table, in words of eight bytes."""

    def __init__(self, fields: tuple[tuple[str, Any, int], ...]) -> None:
        self.fields = {name: (kind, place) for name, kind, place in fields}
        # a digest: the name is part of every compiled function's own, and spelled out it is 22 kB long
        digest = hashlib.blake2b(repr(fields).encode(), digest_size=16).hexdigest()
        super().__init__(name=f"Handle<{digest}>")


register_model(_HandleType)(models.OpaqueModel)


Layout = tuple[tuple[str, Any, int], ...]
"""A named tuple's fields: name, type of elements (or the layout of a tuple of its own), number of axes."""


class Handle:
    """Lends arrays to compiled functions under the names they have in a named tuple, and keeps them alive.

    Parameters
    ----------
    arrays : named tuple of arrays, or of such tuples
        The arrays must be contiguous.
    """

    def __init__(self, arrays: Any) -> None:
        self.arrays = arrays
        words: list[int] = []
        self._numba_type_ = _type_of(_lay_out(arrays, words))[0]
        self.table: NDArray[np.int64] = np.array(words, dtype=np.int64)
        self.address: int = self.table.ctypes.data


def take(arrays: Any) -> Handle:
    """Return a handle on a world, or on any other named tuple of arrays."""
    return Handle(arrays)


def _lay_out(arrays: Any, words: list[int]) -> Layout:
    """Append each array's address and lengths to a table, nested tuples of arrays in their place."""
    layout: list[tuple[str, Any, int]] = []
    for name, array in zip(arrays._fields, arrays, strict=True):
        if isinstance(array, tuple):
            layout.append((name, _lay_out(array, words), 0))
            continue
        if not array.flags.c_contiguous:
            raise ValueError(f"The world's array “{name}” is not contiguous.")
        words += [array.ctypes.data, *array.shape]
        layout.append((name, array.dtype, array.ndim))
    return tuple(layout)


@lru_cache(maxsize=64)
def _type_of(layout: Layout) -> tuple[_HandleType, int]:
    """Return a layout's type, and of how many words its table is. Kept: it takes Numba milliseconds."""
    place, fields = 0, []
    for name, elements, axes in layout:
        if isinstance(elements, tuple):
            kind, words = _type_of(elements)
        else:
            kind, words = Lent(from_dtype(elements), axes), 1 + axes
        fields.append((name, kind, place))
        place += words
    return _HandleType(tuple(fields)), place


@infer_getattr
class _Fields(AttributeTemplate):
    """What a handle has, to Numba's type inference."""

    key = _HandleType

    def generic_resolve(self, handle: _HandleType, name: str) -> Any:
        """Return the type of a field; None when there is none of that name."""
        return handle.fields[name][0] if name in handle.fields else None


@lower_getattr_generic(_HandleType)
def _lend(context: Any, builder: Any, handle: _HandleType, pointer: Any, name: str) -> Any:
    """Read a field: an array that nobody owns, made from its words in the table."""
    kind, place = handle.fields[name]
    words = builder.bitcast(pointer, _WORD.as_pointer())

    def word(number: int) -> Any:
        """Read a word of the table, which never changes while compiled code runs."""
        value = builder.load(cgutils.gep_inbounds(builder, words, number))
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return value

    if isinstance(kind, _HandleType):
        return builder.bitcast(cgutils.gep_inbounds(builder, words, place), cgutils.voidptr_t)
    array = context.make_array(kind)(context, builder)
    size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    shape = [word(place + 1 + axis) for axis in range(kind.ndim)]
    strides = [ir.Constant(_WORD, size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    populate_array(
        array,
        data=builder.inttoptr(word(place), array.data.type),
        shape=shape,
        strides=strides,
        itemsize=ir.Constant(_WORD, size),
        meminfo=None,
    )
    return array._getvalue()


@unbox(_HandleType)
def _hand_over(handle: _HandleType, value: Any, c: Any) -> Any:
    """Take the pointer from a handle that Python hands over."""
    address = c.pyapi.object_getattr_string(value, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


@intrinsic
def fetch_ahead(context: Any, array: Any, index: Any) -> Any:
    """Ask for a record of an array that will be needed soon, so that memory is not waited for then."""
    size = array.dtype.size

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = context.make_array(array)(context, builder, arguments[0])
        start = builder.bitcast(builder.gep(value.data, [arguments[1]]), cgutils.voidptr_t)
        flag = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, flag, flag, flag])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        for byte in range(0, size, _CACHE_LINE):
            place = cgutils.gep_inbounds(builder, start, byte)
            builder.call(prefetch, [place, flag(1), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate
