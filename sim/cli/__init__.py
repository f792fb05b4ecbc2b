"""The command line: a thin face on the package's public functions.

``jobbtorg`` and ``python -m sim`` are the same. The program ends with 0 when all went well, 1 when something
failed, 2 when what was typed or written was wrong, and 3 when a part was done.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

__all__ = ["main"]

_FAILED = 1
"""As in `sim.cli.errors`, which takes part of the loading."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Do what the arguments say, and end the program with its status."""
    try:
        from sim.cli.entry import status_of  # noqa: PLC0415 - seconds in which Ctrl-C is pressed too
    except KeyboardInterrupt:
        sys.exit(_FAILED)
    sys.exit(status_of(sys.argv[1:] if arguments is None else arguments))
