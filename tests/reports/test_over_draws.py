"""What a report says of an ensemble's draws, from made-up worlds: chance and doubt stand apart."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from sim.experiment.variance import paired_parts
from sim.reports.blocks import Figure, Heading, Paragraph, Table, quantities
from sim.reports.checks import faults
from sim.reports.committee import compose, gather, produce, read_data, run_study, study, write_data
from sim.reports.committee.naming import Namer
from sim.reports.committee.over_draws import differing_sentences
from sim.reports.errors import ReportError
from sim.reports.formats import written
from sim.reports.html import write_html
from sim.reports.spec import FORMATS
from sim.reports.traces import anchor_of, told
from sim.words import Words
from tests.reports import synthetic

LANGUAGES = ("sv", "en")


def data_of(structures=False, effects=None):
    found = synthetic.drawn_findings(structures, effects)
    planned = synthetic.drawn_study(structures)
    return gather(synthetic.library(), synthetic.drawn_spec(structures), "options", planned, found)


@pytest.fixture(scope="module")
def data():
    return data_of()


@pytest.fixture(scope="module", params=LANGUAGES)
def report(request, data):
    return compose(data, request.param)


def section(report):
    """The blocks under the section's heading."""
    start = next(
        at for at, block in enumerate(report.body) if isinstance(block, Heading) and block.anchor == "drawn"
    )
    rest = report.body[start + 1 :]
    end = next(at for at, block in enumerate(rest) if isinstance(block, Heading) and block.level == 2)
    return rest[:end]


def plain(prose):
    return str(prose).replace("\xa0", " ")


def test_differences_parts_and_worlds_are_those_of_the_draws(data):
    worlds = synthetic.drawn_findings().drawn
    for card in data.drawn.cards:
        entry = data.comparison(card.comparison)
        for answer in card.answers:
            base, other = worlds[entry.base, answer.measure], worlds[entry.other, answer.measure]
            parts = paired_parts(base, other, 0.90)
            found = answer.difference
            assert found.value == pytest.approx(parts.mean)
            assert (found.interval.lower, found.interval.upper) == (parts.lower, parts.upper)
            assert answer.worlds.interval.lower == parts.world_lower
            assert answer.verdict == parts.verdict
            assert answer.higher.value == (other > base).sum()
            assert answer.lower.value == (other < base).sum()
            shares = dict(answer.parts)
            if parts.total > 0.0:
                assert {name: share.value for name, share in shares.items()} == dict(parts.shares)
                assert sum(share.value for share in shares.values()) == pytest.approx(1.0)
                for name, share in shares.items():
                    assert abs(share.value - getattr(parts, name) / parts.total) < 0.01


@pytest.mark.long
def test_where_no_world_differs_nothing_is_divided():
    data = data_of(effects={})
    assert all(answer.parts == () for card in data.drawn.cards for answer in card.answers)
    report = compose(data, "en")
    assert faults(report, write_html(report, Words("en"))) == []


def test_the_section_has_one_figure_one_table_and_a_sentence_for_each_comparison(data, report):
    blocks = section(report)
    assert sum(isinstance(block, Figure) for block in blocks) == 1
    (table,) = (block for block in blocks if isinstance(block, Table))
    assert len(table.rows) == 3 * len(data.comparisons) <= 12
    assert len(table.columns) <= 7
    sentences = [plain(block.text) for block in blocks if isinstance(block, Paragraph)]
    worlds = Words(report.language).quantity(data.drawn.worlds)
    assert sum(worlds.replace("\xa0", " ") in sentence for sentence in sentences) > len(data.comparisons)


def test_the_figure_tells_every_comparison_to_those_who_do_not_see_it(data, report):
    (figure,) = (block.figure for block in section(report) if isinstance(block, Figure))
    namer = Namer(data, Words(report.language))
    for comparison in data.comparisons:
        assert plain(namer.comparison(comparison)) in plain(figure.alternative_text)
    assert list(figure.data["comparison"]) == [comparison.key for comparison in data.comparisons]
    assert "structure" not in figure.data


def test_the_summary_says_where_the_draws_answer_otherwise_than_the_runs(data, report):
    """Runs say higher of fewer cases; draws go to both sides of zero. Of purchases both say higher."""
    assert data.comparison("caseload").answer.verdict == "higher"
    assert data.drawn_of("caseload").answer.verdict == "cannot_tell"
    told_up_front = [plain(block.text) for block in report.front if isinstance(block, Paragraph)]
    answer = data.drawn_of("caseload").answer
    counts = (f"{answer.higher.value:.0f}", f"{answer.lower.value:.0f}")
    start = {"sv": "När alla osäkra värden varierar", "en": "When all uncertain values vary"}
    (sentence,) = (text for text in told_up_front if text.startswith(start[report.language]))
    assert all(count in sentence for count in counts)
    outsourcing = plain(Namer(data, Words(report.language)).comparison(data.comparison("outsourcing")))
    assert outsourcing not in sentence


def test_the_summary_says_nothing_where_draws_and_runs_agree():
    data = data_of(effects={"caseload-40": 40.0, "outsourcing-50-people": 90.0})
    assert list(differing_sentences(Namer(data, Words("en")))) == []


def test_a_verdict_of_the_draws_that_is_opposite_is_told():
    data = data_of(effects={"caseload-40": -40.0, "outsourcing-50-people": 90.0})
    (block,) = differing_sentences(Namer(data, Words("en")))
    assert "net cost becomes lower, in 14 of 14 worlds tried" in plain(block.text)


def test_the_table_up_front_has_the_verdict_over_draws(data, report):
    table = next(block for block in report.front if isinstance(block, Table))
    assert len(table.columns) == 6
    words = Words(report.language)
    shown = [str(row.cells[-1]) for row in table.rows]
    assert shown == [words.verdict(data.drawn_of(c.key).answer.verdict) for c in data.comparisons]


def test_structure_is_a_part_of_its_own():
    data = data_of(structures=True)
    ways = len(synthetic.library().structure_names) + 1
    assert data.drawn.ways.value == ways
    assert data.drawn.worlds.value == ways * synthetic.DRAWS * 2
    assert [part for part, _ in data.drawn_of("caseload").answer.parts] == [
        *("chance", "parameters", "structure")
    ]
    report = compose(data, "en")
    (table,) = (block for block in section(report) if isinstance(block, Table))
    assert len(table.columns) == 7
    assert any(f"in {ways} ways" in plain(b.text) for b in section(report) if isinstance(b, Paragraph))
    assert faults(report, write_html(report, Words("en"))) == []


def test_every_number_leads_to_its_source_and_says_that_it_is_of_draws(data, report):
    anchors = {row.anchor for block in report.blocks if isinstance(block, Table) for row in block.rows}
    found = {quantity.trace for quantity in quantities(section(report))}
    for trace in found:
        assert anchor_of(trace) in anchors, trace
    drawn = [trace for trace in found if trace.measure and trace.manifest]
    assert drawn
    assert all(told(trace, Words(report.language)).count("draws") == 1 for trace in drawn)


def test_no_number_is_typed(report):
    for block in section(report):
        if isinstance(block, Paragraph):
            literal = "".join(part if isinstance(part, str) else "" for part in block.text.parts)
            assert not re.search(r"\d", literal), literal


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_carries_the_section(report, form):
    content = written(report, form, Words(report.language))
    heading = str(next(b.text for b in report.body if isinstance(b, Heading) and b.anchor == "drawn"))
    if form == "html":
        assert f">{heading}</h2>" in content.decode("utf-8")
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
        expected = synthetic.drawn_findings().drawn
        mean = (expected["caseload-40", "net_cost"] - expected["caseload-50", "net_cost"]).mean()
        assert any(isinstance(cell, float) and np.isclose(cell, mean) for cell in cells)
    assert len(content) > 1000


def test_a_report_without_an_ensemble_says_nothing_of_draws():
    data = gather(synthetic.library(), synthetic.spec(), "options", synthetic.study(), synthetic.findings())
    assert data.drawn is None
    report = compose(data, "en")
    assert not [block for block in report.blocks if isinstance(block, Heading) and block.anchor == "drawn"]
    page = write_html(report, Words("en"))
    assert "draws" not in page
    assert "vary at once" not in page


def test_the_data_are_read_back_as_written(data, tmp_path):
    write_data(data, tmp_path)
    assert read_data(tmp_path) == data


@pytest.mark.long
def test_the_report_is_made_anew_when_other_draws_are_asked_for(monkeypatch, tmp_path):
    asked = []

    def stand_in(library, study, runs, seed, jobs=None, progress=None, store=None):
        asked.append(study.drawn)
        return synthetic.drawn_findings()

    monkeypatch.setattr(produce, "run_study", stand_in)
    spec = synthetic.drawn_spec()
    first = produce.prepared(spec, tmp_path)
    assert produce.prepared(spec, tmp_path) == first
    assert len(asked) == 1
    other = spec.model_copy(update={"ensemble": spec.ensemble.model_copy(update={"draws": 5})})
    produce.prepared(other, tmp_path)
    assert [len(plan.ensemble) for plan in asked] == [synthetic.DRAWS, 5]
    assert produce.made_from(spec, synthetic.library()) != produce.made_from(other, synthetic.library())


def test_draws_that_would_undo_what_is_compared_are_refused_before_anything_is_run(monkeypatch):
    """Both scenarios get the same pace from a draw, so that their difference would be gone."""
    monkeypatch.setattr(study, "variations", lambda library, scenario: pytest.fail("something was run"))
    planned = synthetic.drawn_study()
    sides = tuple(
        replace(side, settings=(*side.settings, "exits.waiting_pace=0.7"))
        if side.name == "caseload-40"
        else side
        for side in planned.sides
    )
    with pytest.raises(ReportError, match=r"differ in exits\.waiting_pace, which is drawn"):
        run_study(synthetic.library(), replace(planned, sides=sides), 2, 1)
