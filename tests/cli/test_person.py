"""``jobbtorg person``: both histories and a figure, or a sentence."""

import pytest

SHORT = ("--end", "2008-12-31", "--run", "2")


def test_the_most_affected_is_found_shown_and_drawn(jobbtorg, outputs):
    done = jobbtorg("person", "caseload-50", "caseload-40", *SHORT)
    assert done.status == 0
    assert done.out.startswith("The same person is enrolled ")
    assert "With a caseworker" in done.out
    assert "Threshold: work" in done.out
    assert "nobody exists" in done.out
    (figure,) = outputs.glob("person-caseload-50_caseload-40-run-2-*.svg")
    assert figure.read_text(encoding="utf-8").startswith("<svg")


def test_somebody_by_id_in_swedish(jobbtorg, tmp_path):
    file = tmp_path / "folder" / "figure.svg"
    asked = ("--id", "stock/jarva/newcomer/5", "--figure", file, "--language", "sv")
    done = jobbtorg("person", "caseload-50", "caseload-40", *SHORT, *asked)
    assert done.status == 0
    assert "stock/jarva/newcomer/5, körning 2: Nyanlända, 16–24 år" in done.out
    assert "Hos handläggare" in done.out
    assert "ingen av dem finns" in done.out
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("caseload-50", "caseload-50"), "a scenario does not differ from itself"),
        (("caseload-50", "caseload-40", "--id", "12"), "12 is not a person's id"),
        (("caseload-50", "caseload-40", "--id", "stock/jarva/sfi/9999"), "Nobody with the id"),
        (("caseload-50", "caseload-4O"), "caseload-4O"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(jobbtorg, outputs, arguments, sentence):
    done = jobbtorg("person", *arguments, "--end", "2008-02-29")
    assert done.status == 2
    assert sentence in done.err
    assert not list(outputs.glob("person-*"))


def test_a_figure_that_cannot_be_written_leaves_what_was_shown(jobbtorg, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = jobbtorg("person", "caseload-50", "caseload-40", *SHORT, "--figure", tmp_path / "file" / "a.svg")
    assert done.status == 3
    assert "With a caseworker" in done.out
    assert "could not be written" in done.err
