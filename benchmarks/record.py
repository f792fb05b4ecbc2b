"""Results on paper: a table to read, a file of the latest figures, a line of history that is kept."""

from __future__ import annotations

import csv
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.suite import Row
from sim.places import OUTPUTS, REPOSITORY

LATEST = OUTPUTS / "bench" / "latest.json"
HISTORY = REPOSITORY / "benchmarks" / "results.csv"
PACKAGES = ("numpy", "numba", "llvmlite", "simpy")

_DIGITS = {"s": "{:.4f} s", "times": "{:.2f} ×", "MB": "{:.0f} MB"}


def machine(size: str) -> dict[str, str]:
    """Return what the figures depend on, beside the code: day, machine and versions."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "size": size,
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "load": _load(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def processor() -> str:
    """Return the processor's name, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _load() -> str:
    """Return how many processes wanted to run in the last minute: far above 1, others were at work too."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def line(row: Row, *, aims: bool = True) -> str:
    """Return a row as a line of the table, with or without what it aims at."""
    shown = _DIGITS[row.unit].format(row.value)
    processor_time = "" if row.processor is None else _DIGITS[row.unit].format(row.processor)
    return f"{row.says:<56}{shown:>13}{processor_time:>13}{aim(row) if aims else '':>16}"


def aim(row: Row) -> str:
    """Return what a row aims at, and whether it gets there."""
    if row.least is not None:
        return f"≥ {row.least:g} {'reached' if row.value >= row.least else 'MISSED'}"
    if row.most is not None:
        return f"≤ {row.most:g} {'reached' if row.value <= row.most else 'MISSED'}"
    return ""


HEADING = f"{'':<56}{'clock':>13}{'processor':>13}{'aim':>16}"


def write_latest(rows: Sequence[Row], where: Mapping[str, str], path: Path = LATEST) -> None:
    """Write all figures of this time, over those of last time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = [
        {"key": row.key, "says": row.says, "value": row.value, "unit": row.unit, "processor": row.processor}
        for row in rows
    ]
    text = json.dumps({"machine": where, "rows": figures}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def append(rows: Sequence[Row], where: Mapping[str, str], path: Path = HISTORY) -> None:
    """Append a line to the history; a figure that is new gets a column, empty for those before it."""
    figures = {f"{row.key} [{row.unit}]": f"{row.value:.4g}" for row in rows}
    figures |= {
        f"{row.key} [{row.unit}, processor]": f"{row.processor:.4g}"
        for row in rows
        if row.processor is not None
    }
    new = {**where, **figures}
    earlier: list[dict[str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            earlier = list(csv.DictReader(file))
    columns = list(dict.fromkeys([*(earlier[0] if earlier else {}), *new]))
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*earlier, new])
    temporary.replace(path)
