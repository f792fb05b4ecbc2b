"""Whatever somebody writes, it is told of or it is there: no traceback, and nothing taken silently.

Bytes, YAML trees and shipped files with something changed are read as a user's files are. Each case ends in
sentences, or in a scenario in which the change can be seen. `make test` tries some; the long tests try ten
thousand, and hold every one to a second of the processor and all of them together to 200 MB of memory.
"""

from __future__ import annotations

import copy as copying
import gc
import io
import math
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from ruamel.yaml import YAML

from sim.parameters import InputErrors, Library, check_files, load_library
from sim.parameters.problems import RULES, Collector, Problem
from sim.parameters.reading import plain_value, read_yaml
from sim.parameters.scenario import Steps
from sim.places import PARAMETERS
from tests.parameters.conftest import HEADER, SMALL

SECOND = 1.0
MEGABYTES = 200

CASES = {
    "bytes": (20, 1500),
    "trees": (30, 2000),
    "settings": (35, 2600),
    "overlays": (35, 2800),
    "small": (20, 1200),
}
"""How many cases of each kind, in `make test` and in the long tests: 140 and 10,100."""

TIMES = [pytest.param(0, id="some"), pytest.param(1, id="many", marks=pytest.mark.long)]


@pytest.fixture(scope="module")
def shipped() -> Library:
    return load_library()


def tried(kind: str, many: int, strategy: some.SearchStrategy, case: Callable[..., None]) -> None:
    """Try a case on examples of a strategy, always the same ones; many of them under limits."""
    times: list[float] = []

    def timed(example: object) -> None:
        begun = time.process_time()
        case(example)
        times.append(time.process_time() - begun)

    before = peak_megabytes()
    # What tests before these left in memory isn't looked through for garbage in a case's second.
    gc.collect()
    gc.freeze()
    try:
        settings(
            max_examples=CASES[kind][many],
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )(given(strategy)(timed))()
    finally:
        gc.unfreeze()
    assert len(times) >= 0.9 * CASES[kind][many]
    if many:
        assert max(times) < SECOND
        assert peak_megabytes() - before < MEGABYTES


def peak_megabytes() -> float:
    """The most memory that this process has had; 0 where the system doesn't tell."""
    resource = pytest.importorskip("resource")
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024.0


def sound(problems: tuple[Problem, ...]) -> bool:
    """Whether there are problems; each is held to what a problem is."""
    for problem in problems:
        assert problem.rule in RULES
        assert problem.sentence.strip().endswith((".", "?")), problem.sentence
        assert len(problem.sentence) < 2000
        assert "Traceback" not in problem.sentence
    return bool(problems)


# --- what is written -----------------------------------------------------------------------------------

KEYS = sorted(load_library(SMALL).passports)
WORDS = some.sampled_from(
    [*KEYS, *("title", "author", "date", "baseline", "schema", "from", "set", "parameters", "file", "value")]
)
ODD = [
    *(0, -1, 1, 7, 0.5, 1e-300, 1e308, 10**17, math.inf, math.nan, True, False, None, ""),
    *(" ", "x", "ö" * 300, "1", "1,5", "1e5", "0x10", "2008-01-01", "2008-02-30", "given", "north", "near"),
    *("{", "}", "[", "*", "&a", "!!python/object:os.system", "%", "\t", "\u2028", "=", "a=b", "[north]"),
    *([], {}, [1], {"a": 1}, {"2008-01-01": 1}, [[[]]]),
]
LEAVES = some.one_of(
    some.sampled_from(ODD),
    some.integers(),
    some.floats(),
    some.text(max_size=20),
    some.dates(),
    some.booleans(),
)
TREES = some.recursive(
    LEAVES,
    lambda inner: some.one_of(
        some.lists(inner, max_size=4),
        some.dictionaries(some.one_of(WORDS, some.text(max_size=8)), inner, max_size=5),
    ),
    max_leaves=25,
)


def written(tree: object) -> str:
    """Write a tree as YAML; as text where YAML has no words for it."""
    stream = io.StringIO()
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.dump(tree, stream)
    except Exception:  # what can't be written as YAML is a case as well
        return repr(tree)
    return stream.getvalue()


FILES = ("sources.yaml", "passports/all.yaml", "scenarios/half.yaml", "tables/cost.csv", "tables/posts.csv")


@pytest.mark.parametrize("many", TIMES)
def test_bytes(many, copy):
    """Whatever bytes stand in any file of a folder, also among bytes that belong there."""

    def case(example: tuple[str, bytes, bytes | None, int]) -> None:
        name, raw, more, at = example
        path = copy / name
        kept = path.read_bytes()
        changed = raw if more is None else kept[: at % len(kept)] + more + kept[at % len(kept) + len(raw) :]
        path.write_bytes(changed)
        try:
            errors, warnings = check_files([copy])
            sound(errors + warnings)
        finally:
            path.write_bytes(kept)

    pieces = some.one_of(some.none(), some.binary(max_size=6), some.sampled_from([b"\xff", b"\0", b"\n"]))
    example = some.tuples(some.sampled_from(FILES), some.binary(max_size=80), pieces, some.integers(0, 5000))
    tried("bytes", many, example, case)


@pytest.mark.parametrize("many", TIMES)
def test_trees(many, copy, small):
    """Any tree as an overlay: under ``set``, or as the file itself."""

    def case(example: tuple[object, bool]) -> None:
        tree, whole = example
        path = copy / "scenarios" / "fuzz.yaml"
        if whole:
            path.write_text(written(tree), encoding="utf-8", newline="\n")
        else:
            head = YAML(typ="safe").load(HEADER)
            path.write_text(written({**head, "set": tree}), encoding="utf-8", newline="\n")
        try:
            sound(small.resolve(str(path)).warnings)
        except InputErrors as error:
            assert sound(error.problems)

    tried("trees", many, some.tuples(TREES, some.booleans()), case)


@pytest.mark.parametrize("many", TIMES)
def test_settings(many, shipped):
    """Whatever follows ``--set``: an error, a warning, or another value in the scenario."""
    keys = list(shipped.passports)
    before = shipped.resolve("plan-2008").scenario

    def case(example: tuple[str, str, object]) -> None:
        key, selector, value = example
        setting = f"{key}{selector}={value}"
        try:
            after = shipped.resolve("plan-2008", (setting,))
        except InputErrors as error:
            assert sound(error.problems)
            return
        if sound(after.warnings):
            return
        differing = after.scenario.differing(before) or after.scenario.months != before.months
        assert differing or _said_again(before, key, selector, value), setting

    selectors = some.sampled_from(
        [
            "",
            "[*]",
            "[jarva]",
            "[work]",
            "[*,*]",
            "[jarva,coach]",
            "[nowhere]",
            "[",
            "]",
            "[]",
            "[,]",
            "[2009-01-01]",
        ]
    )
    example = some.tuples(some.one_of(some.sampled_from(keys), some.text(max_size=12)), selectors, LEAVES)
    tried("settings", many, example, case)


def _said_again(scenario, key: str, selector: str, value: object) -> bool:
    """Whether a setting says what the scenario says already."""
    found = scenario.values[key]
    cells = [found] if not selector else [row.get("value") for row in scenario.table(key).rows()]
    if isinstance(found, Steps):
        cells = list(found.values)
    plain = plain_value(str(value))
    return any(cell == plain or str(cell) == str(plain) for cell in cells)


# --- shipped files with something changed --------------------------------------------------------------


def paths_of(tree: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Every place in a tree but its top."""
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from paths_of(child, (*path, key))


def with_replaced(tree: object, path: tuple[object, ...], value: object) -> object:
    """A copy of a tree with another value at a place."""
    changed = copying.deepcopy(tree)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return changed


def at(tree: object, path: tuple[object, ...]) -> object:
    for key in path:
        tree = tree[key]
    return tree


def means_the_same(one: object, other: object) -> bool:
    """Whether two values are written alike, or are the same number."""
    if (
        isinstance(one, int | float)
        and isinstance(other, int | float)
        and bool not in (type(one), type(other))
    ):
        return one == other
    return str(one).strip() == str(other).strip()


@pytest.mark.parametrize("many", TIMES)
def test_shipped_overlays_with_a_value_changed(many, shipped, tmp_path):
    """Another value anywhere in a shipped scenario: a sentence, or a scenario that is another."""
    paths = sorted((PARAMETERS / "scenarios").glob("*.yaml"))
    trees = {path.stem: read_yaml(path, Collector()).data for path in paths}
    for table in (PARAMETERS / "scenarios").glob("*.csv"):
        shutil.copy(table, tmp_path)
    places = [(name, place) for name, tree in trees.items() for place in paths_of(tree)]
    before = {name: seen(shipped, PARAMETERS / "scenarios" / f"{name}.yaml") for name in trees}

    def case(example: tuple[tuple[str, tuple[object, ...]], object]) -> None:
        (name, place), value = example
        path = tmp_path / f"{name}.yaml"
        path.write_text(written(with_replaced(trees[name], place, value)), encoding="utf-8", newline="\n")
        after = seen(shipped, path)
        if after is None or means_the_same(at(trees[name], place), value):
            return
        # as it was read: YAML may write a value so that it reads as what was there
        if read_yaml(path, Collector()).data == trees[name]:
            return
        assert after != before[name], (name, place, value)

    tried("overlays", many, some.tuples(some.sampled_from(places), LEAVES), case)


def seen(library: Library, path: Path) -> object:
    """All that can be seen of an overlay: its header, and what it resolves to; None where it is told of."""
    try:
        found = library.resolve(str(path))
    except InputErrors as error:
        assert sound(error.problems)
        return None
    if sound(found.warnings):
        return None
    overlay = library.overlay(str(path))
    header = (overlay.title, overlay.author, overlay.date, overlay.baseline, overlay.starts)
    return header, found.scenario.canonical()


@pytest.mark.parametrize("many", TIMES)
def test_a_folder_of_parameters_with_something_changed(many, copy):
    """A value in any passport, source or cell of a table: a sentence, or parameters that are others."""
    yaml_trees = {
        name: read_yaml(SMALL / name, Collector()).data for name in ("passports/all.yaml", "sources.yaml")
    }
    tables = sorted(path.name for path in (SMALL / "tables").glob("*.csv"))
    lines = {name: (SMALL / "tables" / name).read_text(encoding="utf-8").splitlines() for name in tables}
    cells = [
        (f"tables/{name}", (row, column))
        for name, rows in lines.items()
        for row, line in enumerate(rows)
        for column, _ in enumerate(line.split(","))
    ]
    places = [(name, place) for name, tree in yaml_trees.items() for place in paths_of(tree)]
    before = told_or_seen(copy)
    assert before is not None

    def case(example: tuple[tuple[str, tuple], object]) -> None:
        (name, place), value = example
        path = copy / name
        kept = path.read_text(encoding="utf-8")
        if name in yaml_trees:
            was, text = at(yaml_trees[name], place), written(with_replaced(yaml_trees[name], place, value))
        else:
            rows = [line.split(",") for line in kept.splitlines()]
            row, column = place
            was, rows[row][column] = rows[row][column], str(value)
            text = "\n".join(",".join(cells_of) for cells_of in rows) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")
        try:
            after = told_or_seen(copy)
            same = path.suffix == ".yaml" and read_yaml(path, Collector()).data == yaml_trees[name]
        finally:
            path.write_text(kept, encoding="utf-8", newline="\n")
        if after is None or same or means_the_same(plain_value(str(was)), plain_value(str(value))):
            return
        assert after != before, (name, place, value)

    tried("small", many, some.tuples(some.sampled_from([*places, *cells]), LEAVES), case)


def told_or_seen(folder: Path) -> object:
    """All that can be seen of a folder of parameters; None where it is told of."""
    errors, warnings = check_files([folder])
    if sound(errors + warnings):
        return None
    library = load_library(folder)
    return dict(library.passports), dict(library.sources), library.resolve("base").scenario.canonical()


def test_the_cases_are_as_many_as_they_say():
    assert sum(few for few, _ in CASES.values()) == 140
    assert sum(many for _, many in CASES.values()) >= 10_000
