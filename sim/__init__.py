"""A policy simulator of Stockholm's job centres (jobbtorg): people, caseworkers, waits and money.

What most users need can be had from here (``from sim import load_library, run_scenarios, difference``) and is
loaded when it is first asked for, so that importing one room never loads those after it. The names with their
types stand in ``__init__.pyi``.
"""

from pkgutil import resolve_name

_PUBLIC = {
    "sim.parameters": (
        "InputErrors",
        "Library",
        "Resolved",
        "Scenario",
        "Sweep",
        "check_files",
        "load_library",
        "read_sweep",
    ),
    "sim.flow": ("History",),
    "sim.outcomes": ("Cube", "Measure"),
    "sim.experiment.errors": ("ExperimentError",),
    "sim.experiment.run": ("measure", "run_scenarios", "simulate"),
    "sim.experiment.results": ("Results", "Summary"),
    "sim.experiment.differences": ("Difference", "difference", "differences"),
    "sim.experiment.curves": (
        "BreakEven",
        "Curve",
        "Point",
        "break_even",
        "curve",
        "elasticity_points",
        "number_points",
        "waiting_pace_points",
    ),
    "sim.experiment.enough": ("Enough", "Target", "run_until"),
    "sim.experiment.store": ("Store",),
    "sim.experiment.sweep": ("SweepTable", "run_sweep"),
    "sim.economy.staffing": ("StaffingRule", "staffing_rule"),
    "sim.experiment.staffing": ("mean_posts",),
    "sim.experiment.needed_posts": ("NeededPosts", "Promise", "needed_posts"),
    "sim.experiment.waterfall": (
        "Waterfall",
        "lever_steps",
        "lever_waterfall",
        "line_waterfall",
        "run_levers",
    ),
    "sim.experiment.persons": ("PersonId", "TwoWorlds", "person_in_two_worlds"),
    "sim.experiment.output": ("Record", "read_results", "write_results"),
}
_HOME = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the stub beside this file lists them for tools


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return resolve_name(f"{_HOME[name]}:{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
