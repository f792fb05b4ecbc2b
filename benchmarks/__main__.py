"""Run the suite: ``python -m benchmarks [--size tiny|usual|full] [--only PART...] [--record]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.record import HEADING, HISTORY, LATEST, append, line, machine, write_latest
from benchmarks.suite import PARTS, SIZES, TINY, USUAL, Row, rows
from sim.parameters import load_library


def main(arguments: Sequence[str] | None = None, latest: Path = LATEST, history: Path = HISTORY) -> list[Row]:
    """Time everything, print a line for each figure, and write them down."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="How fast the engines are here; benchmarks/__init__.py says how to read it.",
    )
    parser.add_argument(
        "--size",
        choices=list(SIZES),
        default=USUAL.name,
        help="usual: a few minutes; full: 1,000 paired runs beside that; tiny: only whether it works",
    )
    parser.add_argument("--record", action="store_true", help=f"append a line to benchmarks/{HISTORY.name}")
    names = [part.__name__ for part in PARTS]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="PART", help=f"some of {', '.join(names)}"
    )
    told = parser.parse_args(arguments)
    where = machine(told.size)
    print(", ".join(f"{name} {value}" for name, value in where.items()))
    print(HEADING)
    found = []
    for row in rows(load_library(), SIZES[told.size], told.only):
        found.append(row)
        print(line(row, aims=told.size != TINY.name), flush=True)
    write_latest(found, where, latest)
    print("Written to outputs/bench.")
    if told.record:
        append(found, where, history)
        print(f"A line has been appended to benchmarks/{HISTORY.name}.")
    return found


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    main()
