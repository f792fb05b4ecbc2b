"""The README's table of 2008 to 2018: read from the shipped forecast, never typed.

``python -m tests.house.history`` writes it anew; a test holds that it is what the shipped files give.
"""

from __future__ import annotations

from sim.figures.validation_tables import scores_told
from sim.inference import keeping
from sim.inference.forecast import Forecast, score
from sim.parameters import load_library
from sim.parameters.ensembles import FORECAST, RECORD, read_ensemble, read_numbers, read_record
from sim.parameters.studies import read_study
from sim.places import PARAMETERS
from sim.words import Words
from tests.house.papers import README

BEGIN, END = "<!-- history: begin -->\n", "<!-- history: end -->\n"
HOME = PARAMETERS / "ensembles" / "history"


def table() -> str:
    """Return the table as Markdown."""
    kept, study = read_ensemble(HOME), read_study(HOME, load_library())
    record = keeping.record_of(read_record(HOME / RECORD))
    scores = score(record, study.targets, Forecast(*read_numbers(HOME / FORECAST)))
    told = scores_told(Words("en"), scores, len(kept.ensemble), kept.ensemble.name)
    bars = ["---" if place < told.texts else "---:" for place in range(len(told.columns))]
    lines = [told.columns, bars, *told.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + f"\n{told.note}\n"


def shown() -> str:
    """Return the table that stands in the README."""
    text = README.read_text(encoding="utf-8")
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)]


def write() -> None:
    """Write the table into the README."""
    text = README.read_text(encoding="utf-8")
    before, after = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
    README.write_text(before + table() + after, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
