"""No file, whatever is in it, ends in a traceback; and plain values are read by YAML 1.2's rules."""

import copy
from datetime import date
from math import isinf, isnan

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.parameters import Problem, check_files, load_library
from sim.parameters.problems import RULES, Collector
from sim.parameters.reading import parse_yaml, plain_value, read_yaml
from sim.places import PARAMETERS

HEADER = "title: t\nauthor: a\ndate: 2026-11-21\nbaseline: plan\nschema: 1\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("50", 50),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("on", "on"),
        ("~", None),
        ("", None),
        ("2008-07-01", date(2008, 7, 1)),
        ("2008-02-31", "2008-02-31"),
        ("16-24", "16-24"),
        ("0,5", "0,5"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("12:30", "12:30"),
        ("1" * 30, 1e30 / 9),
    ],
)
def test_plain_values(text, value):
    assert (
        plain_value(text) == pytest.approx(value) if isinstance(value, float) else plain_value(text) == value
    )
    assert not isinstance(value, bool) or isinstance(plain_value(text), bool)


def test_numbers_that_are_none():
    assert isinf(plain_value(".inf"))
    assert isinf(plain_value("-.inf"))
    assert isinf(plain_value("1e999"))
    assert isnan(plain_value(".nan"))


def test_every_value_knows_its_line():
    problems = Collector()
    document = parse_yaml("a: 1\nb:\n  - 2\n  - c: 3\n2008-07-01: x\n", "f.yaml", problems)
    assert problems.errors == ()
    assert document.data == {"a": 1, "b": [2, {"c": 3}], date(2008, 7, 1): "x"}
    assert document.place("b", 1, "c").line == 4
    assert document.place("b", 1, "nothing", "there").line == 4
    assert document.place(date(2008, 7, 1)).line == 5


def test_quoted_text_stays_text():
    document = parse_yaml("a: '50'\nb: \"true\"\nc: |\n  long\n", "f.yaml", Collector())
    assert document.data == {"a": "50", "b": "true", "c": "long\n"}


def test_what_was_read_before_is_told_again():
    """A second reading gives the same document and the same problems; under another name its own."""
    first, second, third = Collector(), Collector(), Collector()
    document = parse_yaml("a: 1\na: 2\n", "f.yaml", first)
    assert parse_yaml("a: 1\na: 2\n", "f.yaml", second) == document
    assert second.problems == first.problems
    assert [problem.rule for problem in first] == ["duplicate-key"]
    assert parse_yaml("a: 1\na: 2\n", "g.yaml", third).file == "g.yaml"
    assert [problem.file for problem in third] == ["g.yaml"]


def test_nobody_changes_what_a_document_holds():
    """Documents are shared: after a load, a resolution and a check they say what a fresh reading says."""
    files = sorted(PARAMETERS.rglob("*.yaml"))
    before = {file: copy.deepcopy(read_yaml(file, Collector())) for file in files}
    load_library().resolve("plan-2008")
    check_files([PARAMETERS])
    for file in files:
        assert read_yaml(file, Collector()) == before[file], file


def told(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        assert problem.rule in RULES
        assert problem.sentence
        assert "\n" not in problem.sentence


yaml_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(
        ["north", "coach", "staff.norm", "2008-07-01", "*", "[", "given", "places", "file", "add"]
    ),
)
values = st.recursive(
    yaml_scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.just("add"), inner, max_size=3)
    ),
    max_leaves=8,
)
keys = st.one_of(
    st.sampled_from(
        [
            *(
                "staff.norm",
                "staff.mode",
                "staff.posts",
                "staff.cost",
                "staff.paid",
                "period.start",
                "period.end",
            ),
            *(
                "exits.hazard",
                "exits.hazard[near]",
                "staff.posts[*,coach]",
                "staff.posts[north]",
                "world.series",
            ),
            *("people.needs_share", "organisation.centres", "measures.catalogue", "world.series[cpi,2008]"),
            *(
                "people.no_show",
                "people.inflow_per_year",
                "measures.own_staff_share[*]",
                "world.budget[x,central]",
            ),
        ]
    ),
    st.text(max_size=10),
)


def as_yaml(value: object) -> str:
    """Write as JSON-like YAML, without care: some of it is meant to be wrong."""
    match value:
        case dict():
            return "{" + ", ".join(f"{as_yaml(key)}: {as_yaml(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(as_yaml(item) for item in value) + "]"
        case None:
            return "~"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(keys, values, max_size=5), st.sampled_from(["", "from: 2008-07-01\n", "from: x\n"]))
def test_no_overlay_ends_in_a_traceback(small, tmp_path, changes, extra):
    lines = "".join(f"  {key}: {as_yaml(value)}\n" for key, value in changes.items())
    path = tmp_path / "fuzz.yaml"
    path.write_bytes(f"{HEADER}{extra}set:\n{lines}".encode("utf-8", "surrogatepass"))
    errors, warnings = check_files([path], small.folder)
    told((*errors, *warnings))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(keys, values, max_size=4))
def test_no_setting_ends_in_a_traceback(small, changes):
    problems = Collector()
    small.try_resolve("plan", [f"{key}={as_yaml(value)}" for key, value in changes.items()], problems)
    told(tuple(problems))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@pytest.mark.parametrize("name", ["fuzz.yaml", "sources.yaml", "cost.csv", "fuzz.txt"])
def test_no_bytes_end_in_a_traceback(small, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    errors, warnings = check_files([path], small.folder)
    assert errors or name == "sources.yaml" or not content.strip()
    told((*errors, *warnings))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                *(
                    "role",
                    "unit",
                    "kind",
                    "grade",
                    "sources",
                    "value",
                    "table",
                    "columns",
                    "dated",
                    "outside",
                ),
                *("range", "allowed", "distribution", "missing", "sums_to_one_over", "note", "x"),
            ]
        ),
        values,
    )
)
def test_no_passport_ends_in_a_traceback(small, tmp_path, fields):
    good = {
        "role": "lever",
        "unit": "share",
        "kind": "assumption",
        "grade": "none",
        "sources": [],
        "value": 1,
    }
    lines = "".join(f"    {key}: {as_yaml(value)}\n" for key, value in {**good, **fields}.items())
    path = tmp_path / "passports.yaml"
    path.write_bytes(f"schema: 1\nparameters:\n  a.b:\n{lines}".encode("utf-8", "surrogatepass"))
    told(check_files([path], small.folder)[0])


def test_hostile_files_are_refused_quickly(small, tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    hostile = {
        "bomb": (bomb, "too-many-aliases"),
        "self": ("a: &a [*a]\n", "bad-yaml"),
        "deep": ("a: " + "[" * 500_000, "too-deep"),
        "deep-map": ("{a: " * 200_000, "too-deep"),
        "deep-block": ("".join(" " * n + "a:\n" for n in range(900)), "too-deep"),
        "key": ("? [a, b]\n: 1\n", "bad-yaml"),
        "python": ("a: !!python/object/apply:os.system [ls]\n", "bad-yaml"),
        "escape": ('a: "\\UFFFFFFFF"\n', "bad-yaml"),
        "control": ("a: \x07\n", "bad-yaml"),
    }
    for name, (text, rule) in hostile.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        assert [error.rule for error in check_files([path], small.folder)[0]] == [rule], name


def test_a_table_by_itself_is_checked_against_its_passport(small, tmp_path):
    path = tmp_path / "cost.csv"
    path.write_text("centre,value\nnorth,1\nsouth,2\n", encoding="utf-8")
    assert check_files([path], small.folder) == ((), ())
    path.write_text("centre,value\r\nnorth,1\r\nsuoth,2\r\n", encoding="utf-8-sig")
    (error,) = check_files([path], small.folder)[0]
    assert (error.rule, error.line, error.nearest) == ("unknown-centre", 3, "south")


def test_what_is_no_parameter_file_is_told(small, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "unknown.csv").write_text("a,b\n", encoding="utf-8")
    paths = [tmp_path / "nothing.yaml", tmp_path / "empty", tmp_path / "unknown.csv"]
    errors, _ = check_files(paths, small.folder)
    assert [error.rule for error in errors] == ["wrong-shape", "unreadable-file", "missing-table-file"]
