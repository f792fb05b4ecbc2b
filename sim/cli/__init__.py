"""The command line: a thin face on the package's public functions.

``jobbtorg`` and ``python -m sim`` are the same. The program ends with 0 when all went well, 1 when something
failed, 2 when what was typed or written was wrong, and 3 when a part was done.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

from sim.cli.entry import status_of

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Do what the arguments say, and end the program with its status."""
    sys.exit(status_of(sys.argv[1:] if arguments is None else arguments))
