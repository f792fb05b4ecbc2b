"""The committee's report from made-up findings: what it says, and that every number leads to its source."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.experiment.providers import PRICE
from sim.parameters import load_library
from sim.places import PARAMETERS
from sim.reports.blocks import Figure, Note, Paragraph, Table, quantities
from sim.reports.checks import faults
from sim.reports.committee import compose, gather, read_data, write_data
from sim.reports.committee.front import answer_sentence
from sim.reports.committee.naming import Namer, robust_verdict
from sim.reports.committee.sections import uncertain
from sim.reports.html import write_html
from sim.reports.traces import anchor_of
from sim.words import Number, Words
from tests.reports import synthetic
from tests.reports.synthetic import Shape

LANGUAGES = ("sv", "en")
DAY = date(2008, 3, 13)


def data_of(shape: Shape | None = None):
    findings = synthetic.findings(shape)
    return gather(synthetic.library(), synthetic.spec(), "options", synthetic.study(), findings)


@pytest.fixture(scope="module")
def data():
    return data_of()


@pytest.fixture(scope="module")
def composed(data):
    return {language: compose(data, language) for language in LANGUAGES}


@pytest.fixture(params=LANGUAGES)
def report(request, composed):
    return composed[request.param]


@pytest.fixture
def english(composed):
    return composed["en"]


def namer(data, language="en"):
    return Namer(data, Words(language))


def sentence(data, key, language="en"):
    return str(answer_sentence(namer(data, language), data.comparison(key))).replace("\xa0", " ")


# --- what it says


def test_the_answer_turns_with_the_elasticity(data):
    assert sentence(data, "caseload", "sv").startswith(
        "Med 40 ärenden per handläggare i stället för 50 blir stadens nettokostnad"
    )
    assert re.search(
        r"högre, men svaret vänder när elasticiteten .*passerar 0,1\d+,", sentence(data, "caseload", "sv")
    )
    verdict, sweep = robust_verdict(namer(data), data.comparison("caseload"))
    assert (verdict, sweep.key) == ("cannot_tell", "elasticity")


def test_the_answer_holds_when_nothing_tried_turns_it(data):
    assert sentence(data, "outsourcing").endswith(
        "higher, and so it is over the whole range that research covers."
    )
    assert robust_verdict(namer(data), data.comparison("outsourcing")) == ("higher", None)


def test_what_was_not_tried_says_nothing(data):
    assert robust_verdict(namer(data), data.comparison("mode")) is None


def test_an_open_answer_says_so_and_how_many_runs_would_settle_it():
    effects = synthetic.EFFECTS | {"caseload-40": {"present_value": -1.0}}
    data = data_of(Shape(effects=effects))
    answer = data.comparison("caseload").answer
    assert answer.verdict == "cannot_tell"
    assert "går inte att avgöra ännu" in sentence(data, "caseload", "sv")
    assert answer.runs_needed.value > synthetic.RUNS
    notes = [str(block.text) for block in uncertain(namer(data)) if isinstance(block, Note)]
    assert any("would be needed" in note for note in notes)


def test_a_lower_cost_is_told_by_its_size():
    effects = synthetic.EFFECTS | {"caseload-40": {"present_value": -20.0}}
    text = sentence(data_of(Shape(effects=effects, ends={"elasticity": (-9.0, -60.0)})), "caseload")
    assert re.search(r"becomes \d+(\.\d+)? MSEK \(\d+(\.\d+)?–\d+(\.\d+)?\) lower", text)


def test_differences_are_taken_pair_by_pair(data):
    found = synthetic.results(Shape())
    other = found.cell("caseload-40", "net_cost", "2008", "jarva", "all")
    base = found.cell("caseload-50", "net_cost", "2008", "jarva", "all")
    years = dict(data.comparison("caseload").years)
    whole = found.cell("caseload-40", "net_cost", "2008") - found.cell("caseload-50", "net_cost", "2008")
    assert years["2008"].value == pytest.approx(whole.mean())
    assert (other - base).std() < other.std()  # pairs share their noise


def test_the_break_even_price_is_where_the_difference_is_zero(data):
    found = synthetic.results(Shape())
    plan, more = "plan-2008", "outsourcing-50-people"
    bought = found.cell(more, "procured_cost") - found.cell(plan, "procured_cost")
    net = found.cell(more, "net_cost") - found.cell(plan, "net_cost")
    at_break_even = net + bought * (data.break_even_price.value / data.price.value - 1.0)
    assert at_break_even.mean() == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    "settings",
    [("levers.outsourcing_basis=budget",), (f"{PRICE}[vocational_course]=1",)],
    ids=["budget", "prices"],
)
def test_no_break_even_price_where_there_is_no_one_price_that_leaves_purchases_alone(settings):
    findings = synthetic.findings()
    other = synthetic.library().resolve("outsourcing-50-people", settings)
    changed = replace(findings, resolved={**findings.resolved, "outsourcing-50-people": other})
    data = gather(synthetic.library(), synthetic.spec(), "options", synthetic.study(), changed)
    assert (data.price, data.break_even_price) == (None, None)
    told = " ".join(str(block.text) for block in uncertain(namer(data)) if isinstance(block, Paragraph))
    assert "kr" not in told.split()


def test_the_budget_adds_up_and_misses_are_model_less_paper(data):
    *lines, total = data.budget
    assert total.line == "programme"
    assert sum(row.plan.value for row in lines) == pytest.approx(total.plan.value)
    for row in data.budget:
        assert row.difference.value == pytest.approx(row.run.value - row.plan.value)
    for row in data.papers:
        assert row.miss.value == pytest.approx(row.model.value - row.paper.value)


def test_what_cannot_be_negative_has_no_interval_below_zero():
    data = data_of(Shape(noise=400.0))
    for comparison in data.comparisons:
        for place in comparison.centres:
            for line in place.lines:
                for quantity in (q for q in line.both if q is not None):
                    assert quantity.interval.lower <= quantity.interval.upper


def test_dust_is_no_difference(data):
    lines = {line.key: line for line in data.comparison("caseload").costs}
    equal = data_of(Shape(effects={}, noise=0.0)).comparison("caseload")
    assert all(line.difference.value == 0.0 for line in equal.costs if line.difference)
    assert equal.answer.identical
    assert lines["net_cost"].difference.value != 0.0


def test_undefined_cells_become_a_dash_not_a_number(data, report):
    shares = data.comparison("outsourcing").place("jarva").line("net_cost")
    assert shares.base is not None
    texts = [
        str(cell)
        for block in report.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
    ]
    assert not [text for text in texts if re.search(r"\bnan\b|None", text)]


# --- the data's file


def test_the_data_are_read_back_as_written(data, tmp_path):
    write_data(data, tmp_path)
    assert read_data(tmp_path) == data


def test_the_data_hold_no_language(data, tmp_path):
    text = write_data(data, tmp_path).read_text(encoding="utf-8")
    assert "nettokostnad" not in text.lower()
    assert "net cost" not in text.lower()


# --- the page


def test_page_one_holds_question_answer_a_small_table_and_one_figure(report):
    kinds = [type(block).__name__ for block in report.front]
    assert kinds.count("Figure") == 1
    assert kinds.count("Table") == 1
    table = next(block for block in report.front if isinstance(block, Table))
    assert 3 <= len(table.rows) <= 5
    answer = next(block for block in report.front if isinstance(block, Paragraph) and block.kind == "answer")
    assert str(answer.text).count(". ") == 1  # two sentences


def test_no_number_in_running_text_is_typed(report):
    """Outside quantities, digits stand only in years, dates and names of versions."""
    for block in report.blocks:
        if isinstance(block, Paragraph | Note):
            literal = "".join("" if isinstance(part, Number) else part for part in block.text.parts)
            literal = re.sub(r"\d{1,2}\xa0\w+\xa0\d{4}|\b20\d\d(–20\d\d)?\b", "", literal)
            assert not re.search(r"\d", literal), literal


def test_every_number_leads_to_a_source_in_the_report(report):
    anchors = {row.anchor for block in report.blocks if isinstance(block, Table) for row in block.rows}
    texts = tuple(block for block in report.blocks if isinstance(block, Paragraph | Note))
    traces = {quantity.trace for quantity in quantities(texts)}
    assert len(traces) > 10
    for trace in traces - {t for t in traces if t.manifest == "runs_needed"}:
        assert anchor_of(trace) in anchors, trace


def test_a_reader_of_the_page_gets_from_a_number_to_its_measure_the_run_and_sources(report):
    """Every number, in tables too, is a link; its measure's row stands beside the way on."""
    page = write_html(report, Words(report.language))
    assert len(re.findall(r'<a class="t" tabindex="-1" href="#[^"]+" title="[^"]+"><data ', page)) > 200
    for onward in ("manifest", "assumptions", "source-DET2007"):
        assert f'href="#{onward}"' in page.partition('id="assumptions"')[2]
        assert f'id="{onward}"' in page


def test_what_the_elasticity_means_is_told_in_per_cent(report):
    """At the caseload's elasticity of 0.15, a tenth more cases make the way out 1.4 per cent slower."""
    told = next(
        block.text
        for block in report.front
        if isinstance(block, Paragraph)
        and len(block.text.quantities) == 3
        and block.text.quantities[1].value == 0.1
    )
    value, more, slower = (quantity.value for quantity in told.quantities)
    assert (1.0 + more) ** -value == pytest.approx(1.0 - slower, abs=5e-4)
    shown = {"sv": "1,4\xa0%", "en": "1.4%"}[report.language]
    assert f" {shown} " in str(told), told


def test_tables_are_small_enough_to_read(report):
    for block in report.blocks:
        if isinstance(block, Table):
            assert len(block.columns) <= 7


def test_the_page_passes_its_checks_and_needs_nothing_outside(report):
    page = write_html(report, Words(report.language))
    assert faults(report, page) == []
    assert page.startswith("<!doctype html>")
    assert f'<html lang="{report.language}">' in page
    assert "<main" in page
    assert 'class="skip"' in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert "default-src 'none'" in page


@pytest.mark.long
def test_another_citys_report_names_the_city_as_its_parameters_do(data):
    ekvik = load_library(PARAMETERS / "cities" / "ekvik")
    assert (ekvik.title, synthetic.library().title, data.city) == ("Ekvik", "", "")
    for language in LANGUAGES:
        words = Words(language)
        named = compose(replace(data, city=ekvik.title), language)
        assert "Ekvik: " in write_html(named, words)
        assert str(named.subtitle).startswith("Ekvik: ")
        assert "Ekvik" not in write_html(compose(data, language), words)


def test_the_page_bears_its_date_and_case_number(report):
    words = Words(report.language)
    assert f"{words.date(DAY)} · dnr 1" in write_html(report, words)
    bare = write_html(replace(report, day=None, case_number=""), words)
    assert '<p class="meta"></p>' in bare


@pytest.mark.long
def test_the_same_data_give_the_same_page(data, report):
    words = Words(report.language)
    assert write_html(compose(data, report.language), words) == write_html(report, words)


def test_a_side_outside_the_evidence_is_told_and_its_figures_are_stamped(data, english):
    sides = tuple(
        replace(side, outside=("levers.caseload_norm",)) if side.name == "caseload-40" else side
        for side in data.sides
    )
    report = compose(replace(data, sides=sides), "en")
    assert any(isinstance(block, Note) and block.kind == "warning" for block in report.blocks)
    stamped = {b.figure.key: b.figure.svg for b in report.blocks if isinstance(b, Figure)}
    plain = {b.figure.key: b.figure.svg for b in english.blocks if isinstance(b, Figure)}
    assert stamped["caseload-elasticity"] != plain["caseload-elasticity"]
    assert stamped["waiting-outsourcing"] == plain["waiting-outsourcing"]


def test_the_noise_is_what_the_builder_says():
    found = synthetic.results(Shape())
    assert np.isnan(found.cell("plan-2008", "present_value", "2008")).all()
    assert not np.isnan(found.cell("plan-2008", "present_value")).any()
