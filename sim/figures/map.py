"""A map of caseload × outsourcing share: what each crossing costs, today's point, and where limits run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity
from sim.words.numbers import step

CHEAPER, DEARER = (0.0, 0.447, 0.698), (0.835, 0.369, 0.0)
"""Red, green and blue of the two directions: safe for colour-blind readers, like the rest of the palette."""

Dashes = str | tuple[int, tuple[int, int]]

PALEST, STRONGEST = 0.12, 0.62
"""How much of the colour the smallest and the largest difference get; text stays readable on both."""


@dataclass(frozen=True)
class MapCell:
    """One crossing.

    Attributes
    ----------
    difference : Quantity
        Cost against what is compared with.
    programme : Quantity
        What the centres cost.
    wait : Quantity or None
        The longest of the centres' mean waits; None where nobody enrolled.
    """

    difference: Quantity
    programme: Quantity
    wait: Quantity | None


@dataclass(frozen=True)
class MapData:
    """Cells [share][norm] with the labels of their rows and columns.

    Attributes
    ----------
    norms, shares : tuple of str
        Labels along the axes.
    cells : tuple of tuple of MapCell
    today : (int, int)
        Row and column of what is compared with.
    budget, wait : Quantity
        The limits: what the centres may cost, and how long anybody may wait in the mean.
    period : Prose
    """

    norms: tuple[str, ...]
    shares: tuple[str, ...]
    cells: tuple[tuple[MapCell, ...], ...]
    today: tuple[int, int]
    budget: Quantity
    wait: Quantity
    period: Prose


def caseload_map(data: MapData, setting: Setting, key: str = "map") -> FigureResult:
    """Draw one box a crossing: blue cheaper, orange dearer, hatched where that can't be told.

    The limits run along the edges of boxes, not between them: only the crossings have been run.
    """
    words = setting.words
    values = np.array([[cell.difference.value for cell in row] for row in data.cells])
    finest = step([float(np.abs(values).max())])
    within = _within(data)
    with style.styled():
        figure = style.canvas(3.35)
        axes = figure.add_subplot()
        for row, cells in enumerate(data.cells):
            for column, cell in enumerate(cells):
                _box(axes, row, column, cell.difference, float(np.abs(values).max()))
                text = words.quantity(cell.difference, "bare_signed", finest=finest)
                weight = "bold" if cell.difference.settled else "normal"
                style.say(axes, text, (column, row), ha="center", fontweight=weight, zorder=5)
        for which, colour, dashes in (("budget", style.INK, "solid"), ("wait", style.WARNING, (0, (4, 2)))):
            _limit(axes, within[which], colour, dashes)
        row, column = data.today
        axes.add_patch(
            Rectangle((column - 0.44, row - 0.42), 0.88, 0.84, fill=False, edgecolor=style.INK, linewidth=2.2)
        )
        style.say(
            axes,
            words.raw("map.today"),
            (column, row - 0.3),
            ha="center",
            colour=style.INK,
            fontstyle="italic",
        )
        axes.set_xticks(range(len(data.norms)), list(data.norms))
        axes.set_yticks(range(len(data.shares)), list(data.shares))
        axes.set_xlim(-0.5, len(data.norms) - 0.5)
        axes.set_ylim(-0.5, len(data.shares) - 0.5)
        axes.tick_params(length=0)
        axes.set_xlabel(words.raw("map.norms"))
        axes.set_ylabel(words.raw("map.shares"))
        for spine in axes.spines.values():
            spine.set_visible(False)
        style.finished(figure, setting)

        title = _title(data, within, setting)
        subtitle = words.text(
            "map.subtitle",
            period=data.period,
            unit=Name(words.unit("MSEK")),
            budget=data.budget,
            wait=data.wait,
        )
        alternative = words.text(
            "map.alternative", finding=title, lowest=_named(data, values.argmin(), setting),
            highest=_named(data, values.argmax(), setting),
        )  # fmt: skip
        return style.told(figure, key, title, subtitle, alternative, _table(data))


def _box(axes: Axes, row: int, column: int, difference: Quantity, largest: float) -> None:
    share = abs(difference.value) / largest if largest > 0.0 else 0.0
    strength = PALEST + (STRONGEST - PALEST) * share
    full = DEARER if difference.value > 0 else CHEAPER
    open_sign = not difference.settled
    colour = style.PAPER if open_sign else tuple(1.0 - strength * (1.0 - part) for part in full)
    axes.add_patch(
        Rectangle(
            (column - 0.5, row - 0.5),
            1.0,
            1.0,
            facecolor=colour,
            edgecolor=style.RULE,
            linewidth=0.5,
            hatch="..." if open_sign else None,
        )
    )


def _within(data: MapData) -> dict[str, NDArray[np.bool_]]:
    """Return which cells keep each limit, bool[share, norm]."""
    budget = [[cell.programme.value <= data.budget.value for cell in row] for row in data.cells]
    wait = [[cell.wait is None or cell.wait.value <= data.wait.value for cell in row] for row in data.cells]
    return {"budget": np.array(budget), "wait": np.array(wait)}


def _limit(axes: Axes, kept: NDArray[np.bool_], colour: str, dashes: Dashes) -> None:
    """Draw a line between cells that keep a limit and those that don't."""
    rows, columns = kept.shape
    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and kept[row, column] != kept[row, column + 1]:
                place = [column + 0.5] * 2, [row - 0.5, row + 0.5]
                axes.plot(*place, color=colour, linewidth=2.4, linestyle=dashes, zorder=4)
            if row + 1 < rows and kept[row, column] != kept[row + 1, column]:
                place = [column - 0.5, column + 0.5], [row + 0.5] * 2
                axes.plot(*place, color=colour, linewidth=2.4, linestyle=dashes, zorder=4)


def _title(data: MapData, within: dict[str, NDArray[np.bool_]], setting: Setting) -> Prose:
    """Say which crossing is cheapest among those that keep both limits."""
    kept = within["budget"] & within["wait"]
    if not kept.any():
        return setting.words.text("map.title.none")
    values = np.array([[cell.difference.value for cell in row] for row in data.cells])
    lowest = int(np.where(kept, values, np.inf).argmin())
    cell = data.cells[lowest // kept.shape[1]][lowest % kept.shape[1]]
    if not (cell.difference.settled and cell.difference.value < 0.0):
        return setting.words.text("map.title.nothing_cheaper")
    return setting.words.text("map.title.cheapest", where=_named(data, lowest, setting, number=False),
                              difference=cell.difference)  # fmt: skip


def _named(data: MapData, index: int | np.intp, setting: Setting, number: bool = True) -> Prose:
    row, column = divmod(int(index), len(data.norms))
    values: dict[str, Name | Quantity] = {"norm": Name(data.norms[column]), "share": Name(data.shares[row])}
    if number:
        values["difference"] = data.cells[row][column].difference
    return setting.words.text("map.cell" if number else "map.where", **values)


def _table(data: MapData) -> pd.DataFrame:
    rows = []
    for share, cells in zip(data.shares, data.cells, strict=True):
        for norm, cell in zip(data.norms, cells, strict=True):
            interval = cell.difference.interval
            rows.append(
                {
                    "caseload": norm,
                    "share": share,
                    "difference": cell.difference.value,
                    "lower": interval.lower if interval else None,
                    "upper": interval.upper if interval else None,
                    "programme_cost": cell.programme.value,
                    "longest_wait_days": cell.wait.value if cell.wait else None,
                }
            )
    return pd.DataFrame(rows)
