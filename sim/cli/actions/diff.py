"""What changed between two folders of results or two reports, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.cli import tables
from sim.cli.actions.reproduce import result_folders
from sim.cli.errors import say
from sim.cli.screen import Screen
from sim.experiment.changes import Changes, FigureChange, Made, ScenarioChange, changes
from sim.words import Interval, Quantity, Trace, Words

PARAMETERS = ("parameter", "key", "where", "before", "after")
FIGURES = ("measure", "unit", "period", "before", "after", "difference", "verdict")


def diff(screen: Screen, before: Path, after: Path) -> None:
    """Compare folder by folder: a report may keep several, told apart by their names."""
    for one, other in _pairs(result_folders(before), result_folders(after)):
        screen.line(say(screen.words, "diff.folders", before=one, after=other))
        _tell(screen, changes(one, other, tables.HEADLINE))


def _pairs(before: Sequence[Path], after: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Folders of the same name; the only ones, whatever their names."""
    if len(before) == len(after) == 1:
        return [(before[0], after[0])]
    by_name = {folder.name: folder for folder in after}
    return [(folder, by_name[folder.name]) for folder in before if folder.name in by_name]


def _tell(screen: Screen, found: Changes) -> None:
    words = screen.words
    if found.same:
        screen.say("diff.same")
        return
    for sentence in _how_made(found, words):
        screen.line(sentence)
    if found.paired:
        screen.say("diff.paired", runs=words.plain(found.runs))
    for scenario in found.scenarios:
        _tell_scenario(screen, scenario)


def _how_made(found: Changes, words: Words) -> Iterator[str]:
    """Seed, runs, code, libraries, and scenarios without a counterpart."""
    for made in found.made:
        key = f"cli.diff.made.{made.what}"
        if made.what == "deciding_code":
            yield words.raw(key)
        else:
            yield say(words, "diff.otherwise", what=words.raw(key), **_each(made, words))
    for made in found.libraries:
        yield say(words, "diff.otherwise", what=made.what, **_each(made, words))
    if not found.made and not found.libraries:
        yield words.raw("cli.diff.made_alike")
    if not found.paired:
        yield words.raw("cli.diff.unpaired")
    for name in found.only_before:
        yield say(words, "diff.only_before", scenario=name)
    for name in found.only_after:
        yield say(words, "diff.only_after", scenario=name)


def _each(made: Made, words: Words) -> dict[str, str]:
    nothing = words.raw("cli.diff.nothing")
    return {"before": made.before or nothing, "after": made.after or nothing}


def _tell_scenario(screen: Screen, scenario: ScenarioChange) -> None:
    words = screen.words
    title = say(words, "diff.scenario", before=scenario.before, after=scenario.after)
    screen.line(scenario.before if scenario.before == scenario.after else title)
    if scenario.parameters:
        rows = [
            [
                _title(words, item.key),
                item.key,
                item.where,
                _value(item.before, words),
                _value(item.after, words),
            ]
            for item in scenario.parameters
        ]
        head = [words.raw(f"cli.diff.{key}") for key in PARAMETERS]
        screen.table(words.raw("cli.diff.parameters"), head, rows, numbers_from=3)
    else:
        screen.say("diff.no_parameter")
    if scenario.figures:
        head = [words.raw(f"cli.diff.{key}") for key in FIGURES]
        rows = [_figure_row(item, scenario, words) for item in scenario.figures]
        screen.table(words.raw("cli.diff.figures"), head, rows, numbers_from=3)
        if scenario.same_figures:
            screen.say("diff.others_same", number=words.plain(scenario.same_figures))
    else:
        screen.say("diff.no_figure", number=words.plain(scenario.same_figures))


def _title(words: Words, key: str) -> str:
    """A parameter's title; its key where it is one of another version."""
    try:
        return words.raw(f"parameters.{key}.title")
    except KeyError:
        return key


def _value(value: Any, words: Words) -> str:
    if value is None:
        return words.raw("cli.diff.nothing")
    return words.plain(value) if isinstance(value, float) else str(value)


def _figure_row(item: FigureChange, scenario: ScenarioChange, words: Words) -> list[str]:
    """Before, after, and the difference with its verdict where the runs pair."""
    measure = item.measure
    trace = Trace(measure=measure.key, scenario=scenario.after, base=scenario.before, period=item.period)
    means = [Quantity(value, measure.unit, trace) for value in (item.before, item.after)]
    step = None
    change, verdict = "", ""
    if item.difference is not None:
        interval = Interval(item.difference.lower, item.difference.upper, item.difference.level)
        quantity = Quantity(item.difference.mean, measure.unit, trace, interval)
        step, change = words.step(quantity), words.quantity(quantity, "bare_signed_interval")
        verdict = tables.verdict(item.difference, words)
    written = [words.quantity(mean, "bare", unit_step=step) for mean in means]
    name, unit = tables.measure_text(words, measure, "name"), words.unit(measure.unit)
    return [name, unit, tables.period(words, item.period), *written, change, verdict]
