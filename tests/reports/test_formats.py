"""Every format holds the whole report; what would make it useless to somebody is seen before it goes out."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from xml.etree import ElementTree

import openpyxl
import pikepdf
import pypandoc
import pytest

from sim.reports.blocks import Column, Figure, Heading, Paragraph, Row, Table
from sim.reports.committee import compose, gather
from sim.reports.docx_checks import docx_faults
from sim.reports.docx_reference import W
from sim.reports.formats import FORMS, written
from sim.reports.pdf import WIDTH, fitted, shares, source
from sim.reports.pdf_checks import pdf_faults
from sim.reports.spec import FORMATS
from sim.reports.spreadsheet import spreadsheet_faults
from sim.words import Interval, Number, Prose, Quantity, Trace, Words
from tests.reports import synthetic

LANGUAGES = ("sv", "en")


@lru_cache(maxsize=2)
def report(language):
    findings = synthetic.findings()
    data = gather(synthetic.library(), synthetic.spec(), "options", synthetic.study(), findings)
    whole = compose(data, language)
    # a part of it has every kind of block, and takes seconds less
    figures = [block for block in whole.body if isinstance(block, Figure)][:1]
    tables = [block for block in whole.body if isinstance(block, Table)]
    wanted = [tables[0], max(tables, key=lambda table: len(table.rows))]
    headings = [block for block in whole.body if isinstance(block, Heading)]
    texts = [block for block in whole.body if isinstance(block, Paragraph)][:3]
    return replace(whole, body=(headings[0], *texts, *figures, headings[1], *wanted))


@lru_cache(maxsize=8)
def made(form, language):
    return written(report(language), form, Words(language))


def test_every_format_that_may_be_asked_for_is_written_and_checked():
    assert tuple(FORMS) == FORMATS


@pytest.mark.long
@pytest.mark.parametrize("form", FORMATS)
def test_the_same_report_is_the_same_file(form):
    assert FORMS[form].write(report("sv"), Words("sv")) == made(form, "sv")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_what_it_is_to_those_who_listen(language):
    content = made("pdf", language)
    assert pdf_faults(report(language), content) == []
    with pikepdf.Pdf.open(io.BytesIO(content)) as file:
        assert str(file.Root.Lang).startswith(language)
        with file.open_outline() as outline:
            assert next(item.title for item in outline.root) == str(report(language).front[0].text)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (lambda file: file.Root.__delitem__("/MarkInfo"), "not tagged"),
        (lambda file: file.Root.__setitem__("/Lang", pikepdf.String("tlh")), "language is 'tlh'"),
        (lambda file: file.Root.__delitem__("/Outlines"), "no bookmark for: Frågan"),
        (lambda file: file.Root.__delitem__("/StructTreeRoot"), "0 say what they show"),
        (lambda file: file.Root.__delitem__("/Metadata"), "for pdfuaid:part, not '1'"),
        (lambda file: file.Root.__delitem__("/ViewerPreferences"), "not its title"),
        (lambda file: file.pages.__delitem__(slice(1, None)), "has 1 page"),
    ],
)
def test_a_pdf_with_a_fault_is_seen(fault, sentence):
    with pikepdf.Pdf.open(io.BytesIO(made("pdf", "sv"))) as file:
        fault(file)
        stream = io.BytesIO()
        file.save(stream)
    found = pdf_faults(report("sv"), stream.getvalue())
    assert any(sentence in text for text in found), found


def test_what_is_no_pdf_is_seen():
    assert "can't be read" in pdf_faults(report("sv"), b"")[0]


def test_a_figure_without_alternative_text_is_not_written():
    whole = report("sv")
    figure = next(block for block in whole.body if isinstance(block, Figure))
    silent = replace(whole, body=(Figure(replace(figure.figure, alternative_text="")),))
    assert any("alternative text" in text for text in FORMS["html"].faults(silent, made("html", "sv")))
    assert any("say what they show" in text for text in pdf_faults(silent, made("pdf", "sv")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_reads_back_as_the_report(language, tmp_path):
    path = tmp_path / "report.docx"
    path.write_bytes(made("docx", language))
    text = re.sub(r"\s+", " ", pypandoc.convert_file(str(path), "plain", extra_args=["--wrap=none"]))
    for block in (*report(language).front, *report(language).body):
        if isinstance(block, Heading | Paragraph):
            assert re.sub(r"\s+", " ", str(block.text)) in text
    back = pypandoc.convert_file(str(path), "html")
    figures = [block.figure for block in report(language).blocks if isinstance(block, Figure)]
    assert back.count("<img ") == len(figures)


def test_the_document_is_on_a4_with_head_and_foot():
    with zipfile.ZipFile(io.BytesIO(made("docx", "sv"))) as archive:
        document = archive.read("word/document.xml").decode("utf-8")
        heads = "".join(archive.read(n).decode("utf-8") for n in archive.namelist() if "header" in n)
    assert 'w:w="11906"' in document
    assert "dnr 1" in heads
    assert document.count("w:tblHeader") == sum(isinstance(block, Table) for block in report("sv").blocks)


@pytest.mark.parametrize(
    ("part", "old", "new", "sentence"),
    [
        ("word/document.xml", 'w:w="11906"', 'w:w="12240"', "not on A4"),
        ("word/document.xml", "w:tblHeader", "w:cantSplit", "no row of heads"),
        ("word/document.xml", "descr=", "other=", "say what they show"),
        ("word/document.xml", "Frågan", "nan", "holds 'nan'"),
        ("word/styles.xml", "sv-SE", "en-US", "language is en-US"),
        ("word/footer1.xml", "NUMPAGES", "PAGES", "no page numbers"),
        ("word/header1.xml", "dnr 1", "", "lacks 'dnr 1'"),
    ],
)
def test_a_document_with_a_fault_is_seen(part, old, new, sentence):
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made("docx", "sv"))) as archive,
        zipfile.ZipFile(stream, "w") as changed,
    ):
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            changed.writestr(name, content)
    found = docx_faults(report("sv"), stream.getvalue())
    assert any(sentence in text for text in found), found


def test_the_workbook_holds_every_figure_and_table_unrounded():
    whole = report("en")
    book = openpyxl.load_workbook(io.BytesIO(made("xlsx", "en")))
    table = next(block for block in whole.front if isinstance(block, Table))
    sheet = book["Table 1"]
    assert sheet["A1"].value == str(table.caption)
    first = table.rows[0].cells[1].parts[0].quantity
    assert sheet["B5"].value == pytest.approx(first.value, rel=1e-14)
    assert sheet["C5"].value == pytest.approx(first.interval.lower, rel=1e-14)
    sheet["B5"].value = "nan"
    stream = io.BytesIO()
    book.save(stream)
    assert spreadsheet_faults(whole, stream.getvalue()) == ["The sheet Table 1 holds 'nan'."]


def test_a_column_holds_its_longest_word_and_the_page_holds_the_columns():
    for table in (block for block in report("sv").blocks if isinstance(block, Table)):
        widths = shares(table)
        assert sum(widths) <= 494.0
        assert min(widths) > 10.0


def test_one_long_cell_takes_more_lines_and_not_the_other_columns_room():
    table = next(block for block in report("en").blocks if isinstance(block, Table) and len(block.rows) > 20)
    *rest, last = table.rows
    long = replace(last, cells=(*last.cells[:-1], Prose((" ".join(["word"] * 200),))))
    before, after = shares(table), shares(replace(table, rows=(*rest, long)))
    assert after == pytest.approx(before, rel=0.05)


def test_signs_that_mean_something_to_typst_stand_as_they_are():
    odd = replace(report("en"), title=Prose(('A "quoted" #title \\ with $signs$',)))
    assert '"A \\"quoted\\" #title \\\\ with $signs$"' in source(odd, Words("en"))
    assert pdf_faults(odd, FORMS["pdf"].write(odd, Words("en"))) == []


def test_a_table_too_wide_for_the_page_breaks_its_intervals_and_no_word():
    words = Words("en")
    trace = Trace(measure="net_cost")
    wide = Quantity(-1234.5678, "MSEK", trace, Interval(-1250.1234, -1219.0122, 0.9))
    cell = Prose((Number(words.quantity(wide, "bare_signed_interval", 0.01), wide),))
    one = Row((Prose(("Near the labour market",)), *(cell for _ in range(4))))
    columns = (Column(Prose(("Need",)), numeric=False), *(Column(Prose(("Difference",))) for _ in range(4)))
    table = Table(Prose(("A table",)), columns, (one,))
    assert sum(shares(table)) > WIDTH
    assert sum(shares(fitted(table))) == pytest.approx(WIDTH)
    assert fitted(fitted(table)) == fitted(table)


def test_in_the_document_captions_stay_with_what_they_name():
    content = made("docx", "en")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = ElementTree.fromstring(archive.read("word/document.xml"))
    name = f"{{{W}}}"
    body = document.find(f"{name}body")
    elements = [element for element in body if element.tag in (f"{name}p", f"{name}tbl")]
    for element, following in pairwise(elements):
        leads = following.tag == f"{name}tbl" or following.find(f".//{name}drawing") is not None
        if element.tag == f"{name}p" and leads:
            assert element.find(f"{name}pPr/{name}keepNext") is not None
    assert all(row.find(f"{name}trPr/{name}cantSplit") is not None for row in body.iter(f"{name}tr"))
    assert len(list(body.iter(f"{name}pageBreakBefore"))) == 1
