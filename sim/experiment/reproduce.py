"""Archived results computed anew, and held against what was written, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.errors import ExperimentError
from sim.experiment.folder import MANIFEST, read_manifest
from sim.experiment.output import KIND, read_results
from sim.experiment.provenance import library_versions
from sim.experiment.results import Results
from sim.experiment.run import CODE, Progress, run_scenarios
from sim.parameters.archive import Archived

ScenarioOf = Callable[[str, Mapping[str, Any], str], Archived]
"""From a scenario's name, its canonical values and the manifest that keeps them."""


@dataclass(frozen=True)
class Departure:
    """The cell that departs most, relative to the larger of the two values; a total if any departs.

    Attributes
    ----------
    scenario, measure, period, centre, segment : str
    run : int
    before, now : float
        NaN where the cell is not defined.
    """

    scenario: str
    run: int
    measure: str
    period: str
    centre: str
    segment: str
    before: float
    now: float


@dataclass(frozen=True)
class Reproduction:
    """What came of computing archived results anew.

    Attributes
    ----------
    results : Results
        The new ones.
    cells : int
        Values that both hold: every run, measure, period, centre and segment that is defined in either.
    differing : int
        Of them, those that are not the same to the last bit.
    largest : Departure or None
    left_out : tuple of str
        Measures of the archive that this version does not have.
    archived : tuple of Archived
        The scenarios, with the parameters that have come or gone since.
    same_code : bool
        The code and the libraries that decide numbers are the archive's.
    versions : tuple of (str, str, str)
        Libraries in another version: name, then, now.
    """

    results: Results
    cells: int
    differing: int
    largest: Departure | None
    left_out: tuple[str, ...]
    archived: tuple[Archived, ...]
    same_code: bool
    versions: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        """Whether every figure of the archive came out again."""
        return self.differing == 0 and not self.left_out


def reproduce(
    folder: Path, scenario_of: ScenarioOf, jobs: int | None = None, progress: Progress | None = None
) -> Reproduction:
    """Run what a folder of results was made from, and compare.

    The scenarios are those in the manifest, not those of the same name today, and nothing is taken from a
    store: every figure is computed.

    Parameters
    ----------
    folder : Path
        Written by `write_results`.
    scenario_of : callable
        `sim.parameters.archive.thaw` with the parameters that tell what the manifest's values are.
    jobs, progress
        As for `run_scenarios`.

    Raises
    ------
    ExperimentError
        If the folder holds no results, or they were changed after they were written.
    InputErrors
        If these parameters can't hold what the manifest keeps.
    """
    manifest, written = read_manifest(folder, KIND), read_results(folder)
    if manifest.get("draws", 1) != 1:
        raise ExperimentError("draws-not-reproduced", folder=folder)
    kept, file = manifest["scenarios"], str(folder / MANIFEST)
    archived = tuple(scenario_of(name, kept[name]["parameters"], file) for name in written.names)
    results = run_scenarios(
        [item.scenario for item in archived],
        written.runs,
        written.seed,
        jobs,
        manifest["engine"],
        progress,
        _day(manifest.get("report_from")),
        _day(manifest.get("policy_from")),
    )
    before, now, left_out = _aligned(written, results)
    either = ~(np.isnan(before) & np.isnan(now))
    differs = either & ~_identical(before, now)
    versions = library_versions()
    return Reproduction(
        results,
        int(either.sum()),
        int(differs.sum()),
        _largest(written, before, now, differs, left_out),
        left_out,
        archived,
        manifest.get("deciding_code") == CODE,
        tuple(
            (name, then, versions.get(name, ""))
            for name, then in manifest["versions"].items()
            if versions.get(name) != then
        ),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _identical(before: NDArray[np.float64], now: NDArray[np.float64]) -> NDArray[Any]:
    return np.asarray((before == now) | (np.isnan(before) & np.isnan(now)))


def _aligned(
    written: Results, results: Results
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...]]:
    """Both arrays over the measures that both have; periods and centres are the scenario's own."""
    both = [key for key in written.measure_keys if key in results.measure_keys]
    left_out = tuple(key for key in written.measure_keys if key not in both)
    before = written.values[:, :, [written.measure_keys.index(key) for key in both]]
    now = results.values[:, :, [results.measure_keys.index(key) for key in both]]
    return before, now, left_out


def _largest(
    written: Results,
    before: NDArray[np.float64],
    now: NDArray[np.float64],
    differs: NDArray[Any],
    left_out: tuple[str, ...],
) -> Departure | None:
    if not differs.any():
        return None
    totals = np.zeros_like(differs)
    totals[:, :, :, -1, -1, -1] = differs[:, :, :, -1, -1, -1]
    if totals.any():  # a person more in a month of one centre says less
        differs = totals
    one_sided = differs & (np.isnan(before) | np.isnan(now))
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(now - before) / np.maximum(np.abs(before), np.abs(now))
    size = np.where(one_sided, np.inf, np.where(differs, size, -1.0))
    place = np.unravel_index(int(np.argmax(size)), size.shape)
    s, run, m, p, c, g = (int(position) for position in place)
    measures = [key for key in written.measure_keys if key not in left_out]
    return Departure(
        written.names[s],
        run,
        measures[m],
        written.period_keys[p],
        written.centres[c],
        written.segments[g],
        float(before[place]),
        float(now[place]),
    )
