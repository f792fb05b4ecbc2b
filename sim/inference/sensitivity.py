"""What an answer hangs on: each input moved alone, all moved together, and the model built in other ways.

The answer is a paired difference, other scenario minus base, in the same worlds at every point: an input is
laid on both scenarios, since what nobody can set is the same whichever way the City decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.differences import Difference, paired_difference
from sim.experiment.errors import ExperimentError
from sim.experiment.results import ALL
from sim.inference.answers import Pair, Progress, Question, answers
from sim.inference.sobol import Indices, design, run_at, sobol_indices
from sim.parameters import Scenario
from sim.parameters.uncertain import Dimension, Draw, lay_draw

Array = NDArray[np.float64]
Worlds = tuple[Scenario, Scenario]
"""The base and the other scenario."""

CHANCE, STRUCTURE, REST = "chance", "structure", "rest"
"""Inputs that are no parameter: which run it is, how the model is built, and all parameters not named."""

CHANCES = 2**20
"""Runs that the axis of chance stands for: so many that two points of a design hardly ever share one."""


@dataclass(frozen=True)
class Input:
    """One uncertain number, and what it rests on.

    Attributes
    ----------
    dimension : Dimension
    kind, grade : str
        Of the evidence, as in the parameter's passport: *assumption* is nobody's finding.
    """

    dimension: Dimension
    kind: str
    grade: str

    @property
    def name(self) -> str:
        """The dimension's name."""
        return self.dimension.name


@dataclass(frozen=True)
class Bar:
    """The answer with one input at either end of its range, all others as the scenarios have them.

    Attributes
    ----------
    input : Input
    low, high : Difference
        The answer with the input at its lowest and at its highest.
    swing : Difference
        The answer at the highest minus the answer at the lowest, world by world.
    """

    input: Input
    low: Difference
    high: Difference
    swing: Difference

    @property
    def turns(self) -> bool:
        """Whether the answer is surely lower at one end and surely higher at the other."""
        return {self.low.verdict, self.high.verdict} == {"lower", "higher"}


@dataclass(frozen=True)
class Tornado:
    """One-at-a-time sensitivity in one period.

    Attributes
    ----------
    measure, period : str
    central : Difference
        The answer with everything as the scenarios have it.
    bars : tuple of Bar
        The widest swing first.
    """

    measure: str
    period: str
    central: Difference
    bars: tuple[Bar, ...]

    @property
    def moving(self) -> tuple[Bar, ...]:
        """The bars whose input changes the answer in any run."""
        return tuple(bar for bar in self.bars if not bar.swing.identical)


@dataclass(frozen=True)
class Otherwise:
    """The answer with the model built in another way.

    Attributes
    ----------
    name : str
        The structural alternative's.
    answer : Difference
        With the alternative in both scenarios.
    change : Difference
        That answer minus the central one, world by world.
    """

    name: str
    answer: Difference
    change: Difference

    def turns(self, central: Difference) -> bool:
        """Whether the answer is surely of the other sign than the central one."""
        return {self.answer.verdict, central.verdict} == {"lower", "higher"}


@dataclass(frozen=True)
class Structures:
    """The answer under each structural alternative, in one period."""

    measure: str
    period: str
    central: Difference
    alternatives: tuple[Otherwise, ...]


@dataclass(frozen=True)
class Shares:
    """How the spread of an answer is shared over inputs, in one period.

    Attributes
    ----------
    measure, period : str
    indices : Indices
        Of `inputs`, in their order.
    inputs : tuple of str
        Names of dimensions, then `REST`, `STRUCTURE` and `CHANCE`.
    below : float
        Share of all worlds of the design in which the answer is below zero.
    """

    measure: str
    period: str
    indices: Indices
    inputs: tuple[str, ...]
    below: float


def tornado(
    asked: Question,
    worlds: Worlds,
    inputs: Sequence[Input],
    runs: int,
    level: float = 0.90,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Tornado, ...]:
    """Move each input alone to the lowest and to the highest value of its range.

    Parameters
    ----------
    asked : Question
    worlds : (Scenario, Scenario)
    inputs : sequence of Input
    runs : int
        Paired runs at each point, from 2.
    level : float
        Coverage of the intervals.
    jobs, progress
        As for `answers`.

    Returns
    -------
    tuple of Tornado
        One for each period of the question.

    Raises
    ------
    DrawError
        If an end of a range can't be laid on a scenario; nothing has been run then.
    ExperimentError
        If the answer is not defined in at least two runs.
    """
    points = [worlds] + [
        _laid(worlds, (entry.dimension,), (value,))
        for entry in inputs
        for value in (entry.dimension.low, entry.dimension.high)
    ]
    found = _at_points(asked, points, runs, jobs, progress)
    ends = found[1:].reshape(len(inputs), 2, *found.shape[1:])
    return tuple(
        _tornado(asked, place, inputs, found[0, :, place], ends[..., place], level)
        for place in range(len(asked.periods))
    )


def structures(
    asked: Question,
    worlds: Worlds,
    alternatives: Sequence[tuple[str, Worlds]],
    runs: int,
    level: float = 0.90,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Structures, ...]:
    """Build the model in other ways, one at a time.

    Parameters
    ----------
    asked, worlds, runs, level, jobs, progress
        As for `tornado`.
    alternatives : sequence of (str, (Scenario, Scenario))
        Each structural alternative's name, and both scenarios with it laid on.

    Returns
    -------
    tuple of Structures
        One for each period of the question.
    """
    found = _at_points(asked, [worlds, *(pair for _, pair in alternatives)], runs, jobs, progress)
    tables = []
    for place, period in enumerate(asked.periods):
        central = found[0, :, place]
        others = tuple(
            Otherwise(name, _answer(asked, period, each, level), _change(asked, period, central, each, level))
            for (name, _), each in zip(alternatives, found[1:, :, place], strict=True)
        )
        tables.append(Structures(asked.measure, period, _answer(asked, period, central, level), others))
    return tuple(tables)


def shares(
    asked: Question,
    worlds: Worlds,
    alternatives: Sequence[tuple[str, Worlds]],
    named: Sequence[Dimension],
    rest: Sequence[Dimension],
    points: int,
    level: float = 0.90,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Shares, ...]:
    """Share the spread of the answer out over inputs that all move at once (Sobol indices).

    Parameters
    ----------
    asked, worlds, alternatives, level, jobs, progress
        As for `structures`. The model as shipped and each alternative count as much.
    named : sequence of Dimension
        Each is an input of its own.
    rest : sequence of Dimension
        All of these together are one input.
    points : int
        A power of 2; ``points * (inputs + 2)`` pairs of worlds are run. No draw moves
        what an alternative sets.

    Returns
    -------
    tuple of Shares
        One for each period of the question.

    Raises
    ------
    DrawError
        If a draw can't be laid on a scenario; nothing has been run then.
    ExperimentError
        If the answer is not defined in every pair of worlds.
    """
    dimensions = (*named, *rest)
    groups = (
        *(dimension.name for dimension in named),
        *(REST for _ in rest),
        *([STRUCTURE] if alternatives else []),
        CHANCE,
    )
    built = [worlds, *(pair for _, pair in alternatives)]
    held = [_set_by(way, worlds) for way in built]
    cube = design(groups, points, asked.seed)
    drawn = (
        np.stack([dimension.quantile(cube[:, column]) for column, dimension in enumerate(dimensions)], axis=1)
        if dimensions
        else np.empty((len(cube), 0))
    )
    pairs = []
    for place, values in zip(cube, drawn, strict=True):
        way = run_at(place[-2], len(built)) if alternatives else 0
        laid = _laid(built[way], dimensions, values.tolist(), held[way])
        pairs.append(Pair(*laid, run_at(place[-1], CHANCES)))
    found = answers(asked, pairs, jobs, progress)
    for period, column in zip(asked.periods, found.T, strict=True):
        if np.isnan(column).any():
            raise _undefined(asked, period)
    inputs = tuple(dict.fromkeys(groups))
    return tuple(
        Shares(
            asked.measure,
            period,
            sobol_indices(found[:, place], inputs, asked.seed, level),
            inputs,
            float((found[:, place] < 0.0).mean()),
        )
        for place, period in enumerate(asked.periods)
    )


def _set_by(way: Worlds, worlds: Worlds) -> frozenset[str]:
    """Keys of what an alternative sets."""
    return frozenset(
        key
        for there, here in zip(way, worlds, strict=True)
        for key, value in there.values.items()
        if value != here.values.get(key)
    )


def _laid(
    worlds: Worlds,
    dimensions: Sequence[Dimension],
    values: Sequence[float],
    held: frozenset[str] = frozenset(),
) -> Worlds:
    """Both scenarios with the same values laid on them, but for what is held: a draw would undo it."""
    moved = [each for each in zip(dimensions, values, strict=True) if each[0].key not in held]
    draw = Draw(0, {dimension.name: value for dimension, value in moved})
    base, other = (lay_draw(scenario, [dimension for dimension, _ in moved], draw) for scenario in worlds)
    return base, other


def _at_points(
    asked: Question, points: Sequence[Worlds], runs: int, jobs: int | None, progress: Progress | None
) -> Array:
    """The answer at each point in each run: float64[point, run, period]."""
    if runs < 2:
        raise ExperimentError("too-few-runs", found=runs, least=2)
    pairs = [Pair(*point, run) for point in points for run in range(runs)]
    found = answers(asked, pairs, jobs, progress)
    return found.reshape(len(points), runs, len(asked.periods))


def _tornado(
    asked: Question, place: int, inputs: Sequence[Input], central: Array, ends: Array, level: float
) -> Tornado:
    """The bars of one period; `ends` is float64[input, low or high, run]."""
    period = asked.periods[place]
    bars = [
        Bar(
            entry,
            _answer(asked, period, low, level),
            _answer(asked, period, high, level),
            _change(asked, period, low, high, level),
        )
        for entry, (low, high) in zip(inputs, ends, strict=True)
    ]
    bars.sort(key=lambda bar: (-abs(bar.swing.mean), bar.input.name))
    return Tornado(asked.measure, period, _answer(asked, period, central, level), tuple(bars))


def _answer(asked: Question, period: str, each: Array, level: float) -> Difference:
    return _change(asked, period, np.where(np.isnan(each), np.nan, 0.0), each, level)


def _change(asked: Question, period: str, before: Array, after: Array, level: float) -> Difference:
    found = paired_difference(before, after, level)
    if found is None:
        raise _undefined(asked, period)
    return found


def _undefined(asked: Question, period: str) -> ExperimentError:
    return ExperimentError("undefined-cell", measure=asked.measure, period=period, centre=ALL, segment=ALL)
