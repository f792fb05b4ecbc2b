"""The README's table of 2008 beside the papers: computed, never typed.

``python -m tests.house.papers`` writes it anew; a test holds that it is what the shipped values give.
"""

from __future__ import annotations

from pathlib import Path

from sim.experiment.results import Results
from sim.experiment.run import run_scenarios
from sim.parameters import load_library
from sim.words import Words

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- papers: begin -->\n", "<!-- papers: end -->\n"
SCENARIO, RUNS, SEED = "plan-2008", 20, 1


def table() -> str:
    """Return the table as Markdown: the papers' figure, the simulation's mean, the miss."""
    plan = load_library().resolve(SCENARIO).scenario
    results = run_scenarios([plan], RUNS, SEED, jobs=1)
    words = Words("en")
    lines = [
        f"| figure (mean of {RUNS} runs of `{SCENARIO}`, seed {SEED}) | papers | simulation | miss |",
        "|---|---:|---:|---:|",
    ]
    for row in plan.table("observed.outcomes").rows():
        share = row["measure"] == "self_support_share_year"
        name = words.raw(f"report.papers.figures.{row['figure']}").replace("{year}", str(row["year"]))
        low, high = row["value"], row["upper"] or row["value"]
        found = _mean(results, row["measure"], str(row["year"]))
        miss = found - high if found > high else min(found - low, 0.0)
        paper = (
            _number(low, share) if row["upper"] is None else f"{_number(low, share)}–{_number(high, share)}"
        )
        aim = " (set by)" if row["use"] == "calibrate" else ""
        missed = f"{100 * miss:+.1f} points" if share else f"{miss / (high if miss > 0 else low):+.0%}"
        missed = missed if miss else "inside"
        lines.append(f"| {name}{aim} | {paper} | {_number(found, share)} | {missed.replace('-', '−')} |")
    return "\n".join(lines) + "\n"


def _mean(results: Results, measure: str, period: str) -> float:
    return float(results.cell(SCENARIO, measure, period).mean())


def _number(value: float, share: bool) -> str:
    return f"{value:.1%}" if share else f"{value:,.0f}"


def shown() -> str:
    """Return the table that stands in the README."""
    text = README.read_text(encoding="utf-8")
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)]


def write() -> None:
    """Write the table into the README."""
    text = README.read_text(encoding="utf-8")
    README.write_text(text.replace(shown(), table()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
