"""Every kind of report, from a few real runs of two years: what it must say, and where its numbers lead."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import pytest

from sim.reports.blocks import Figure, Note, Paragraph, Table, quantities
from sim.reports.checks import faults
from sim.reports.committee import compose, gather, run_study, study
from sim.reports.committee.kinds import KINDS
from sim.reports.committee.opinion import handwritten
from sim.reports.errors import ReportError
from sim.reports.html import write_html
from sim.reports.spec import ReportSpec
from sim.reports.traces import anchor_of
from sim.words import Words
from tests.reports import synthetic

ASKED = {
    "options": ("caseload-40", "caseload-50", "outsourcing-0"),
    "tertial": ("history-2008-2018",),
    "motion": ("outsourcing-0", "outsourcing-50-people"),
}
LANGUAGES = ("sv", "en")


def spec(kind, **changes):
    return ReportSpec(
        name=kind,
        template=f"{kind}_report",
        baseline="plan-2008",
        scenarios=ASKED[kind],
        period={"from": date(2008, 1, 1), "to": date(2009, 12, 31)},
        day=date(2010, 1, 15),
        review=date(2011, 1, 1),
        case_number="dnr 1",
        runs=2,
    ).model_copy(update=changes)


@lru_cache(maxsize=3)
def data(kind):
    with pytest.MonkeyPatch.context() as patch:
        # every assumption at both ends would take minutes; three of them show what the others would
        some = study.variations
        patch.setattr(study, "variations", lambda library, scenario: some(library, scenario)[-3:])
        asked = spec(kind)
        planned = KINDS[kind].study(synthetic.library(), asked)
        findings = run_study(synthetic.library(), planned, asked.runs, asked.seed)
        return gather(synthetic.library(), asked, kind, planned, findings)


@lru_cache(maxsize=6)
def composed(kind, language):
    return compose(data(kind), language)


pytestmark = pytest.mark.long
kinds = pytest.mark.parametrize("kind", KINDS)
languages = pytest.mark.parametrize("language", LANGUAGES)


@kinds
@languages
def test_a_page_passes_its_checks(kind, language):
    report = composed(kind, language)
    assert faults(report, write_html(report, Words(language))) == []


@kinds
@languages
def test_no_number_in_running_text_is_typed(kind, language):
    for block in composed(kind, language).blocks:
        if isinstance(block, Paragraph | Note):
            literal = "".join(part if isinstance(part, str) else "" for part in block.text.parts)
            literal = re.sub(r"\d{1,2}\xa0\w+\xa0\d{4}|\b20\d\d(–20\d\d)?\b", "", literal)
            assert not re.search(r"\d", literal), literal


@kinds
def test_every_number_in_running_text_leads_to_a_source_in_the_report(kind):
    report = composed(kind, "en")
    anchors = {row.anchor for block in report.blocks if isinstance(block, Table) for row in block.rows}
    texts = tuple(block for block in report.blocks if isinstance(block, Paragraph | Note))
    traces = {quantity.trace for quantity in quantities(texts)}
    assert traces
    for trace in traces - {t for t in traces if t.manifest == "runs_needed"}:
        assert anchor_of(trace) in anchors, trace


@kinds
def test_page_one_holds_question_answer_a_small_table_and_one_figure(kind):
    front = composed(kind, "sv").front
    assert sum(isinstance(block, Figure) for block in front) == 1
    (table,) = (block for block in front if isinstance(block, Table))
    assert 2 <= len(table.rows) <= 5
    answer = next(block for block in front if isinstance(block, Paragraph) and block.kind == "answer")
    assert str(answer.text).count(". ") == 1  # two sentences


@kinds
def test_tables_are_small_enough_to_read(kind):
    assert all(len(block.columns) <= 7 for block in composed(kind, "sv").blocks if isinstance(block, Table))


@kinds
def test_every_answer_says_what_its_spread_rests_on(kind):
    found = data(kind)
    assert [card.comparison for card in found.spreads] == list(found.answered)
    for card in found.spreads:
        assert sum(share.value for _, share in card.shares) == pytest.approx(1.0, abs=0.02)
        assert len(card.parts) == 3


def test_target_groups_and_centres_add_up_to_the_city_in_the_follow_up():
    found = data("tertial").followed
    assert found.tertials == ("2008-T1", "2008-T2", "2008-T3", "2009-T1", "2009-T2", "2009-T3")
    for measure in ("stock", "exits", "benefit_cost", "temporary_job_starts"):
        whole = found.line(measure).other.value
        assert sum(found.line(measure, group=key).other.value for key in found.groups) == pytest.approx(whole)
        centres = [found.line(measure, centre=key).other.value for key, _ in data("tertial").centres]
        assert sum(centres) == pytest.approx(whole)


def test_a_table_shows_the_centres_asked_for():
    asked = spec("options", centres=("jarva",))
    planned = KINDS["options"].study(synthetic.library(), asked)
    found = gather(synthetic.library(), asked, "options", planned, synthetic_findings(planned))
    assert found.shown == ("jarva",)
    tables = [block for block in compose(found, "sv").blocks if isinstance(block, Table)]
    firsts = {str(row.cells[0]) for table in tables for row in table.rows}
    assert "Järva" in firsts
    assert "Sydost" not in firsts


def synthetic_findings(planned):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "variations", lambda library, scenario: ())
        return run_study(synthetic.library(), planned, 2, 1)


def test_a_follow_up_is_of_one_scenario_and_a_motion_of_something_procured():
    with pytest.raises(ReportError, match="one scenario"):
        KINDS["tertial"].study(synthetic.library(), spec("tertial", scenarios=("caseload-40", "caseload-60")))


def test_an_opinion_is_shown_as_it_was_written():
    blocks = list(handwritten("## Heading\n\nWe think 12.\n\n- one\n- two"))
    assert [str(block.text) for block in blocks] == ["Heading", "We think 12.", "– one", "– two"]
    assert {block.kind for block in blocks if isinstance(block, Paragraph)} == {"opinion"}
