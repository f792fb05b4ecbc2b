"""The reference document that sets a DOCX report's paper, type, running head and page numbers.

It is pandoc's own, changed by code, so no binary file has to be kept and looked after by hand.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

from sim.figures.packing import packed, unpacked
from sim.reports.blocks import Report
from sim.words import Prose, Words

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"

A4 = ("11906", "16838")
MARGIN = "1021"
"""Twentieths of a point; the margin is 18 mm."""

FONT = "Arial"
"""A face that every office has, unlike the one in the PDF: nothing is embedded in a DOCX."""

SIZES = {
    "Title": 34,
    "Subtitle": 18,
    "Heading1": 26,
    "Heading2": 21,
    "Compact": 16,
    "Caption": 18,
    "TableCaption": 18,
    "ImageCaption": 18,
}
"""Half points, by style; all else is `TEXT`."""

TEXT = 19
UNDER = "Under"
"""The style of what stands under a table in small type."""

CELL_MARGIN = "60"
"""Twentieths of a point at either side of a cell: within the room that `shares` of the PDF counts with."""

BOLD = frozenset({"Title", "Heading1", "Heading2", "Caption", "TableCaption"})
INK, QUIET = "1A1A1A", "555555"
SPACES = {
    "Title": ("0", "60"),
    "Subtitle": ("0", "240"),
    "Heading1": ("320", "100"),
    "Heading2": ("240", "80"),
    "BodyText": ("0", "120"),
    "Compact": ("10", "10"),
    "TableCaption": ("160", "60"),
    "BlockText": ("60", "120"),
}
"""Twentieths of a point above and below."""


def reference_document(report: Report, words: Words, plain: bytes) -> bytes:
    """Return pandoc's plain document made to look like the report.

    Parameters
    ----------
    report : Report
        Its title, case number and date stand in the running head and foot.
    words : Words
        In the report's language.
    plain : bytes
        A document that pandoc wrote.
    """
    parts = unpacked(plain)
    parts["word/styles.xml"] = _styles(parts["word/styles.xml"], words.raw("language.tag"))
    parts["word/header1.xml"] = _header(report)
    parts["word/footer1.xml"] = _footer(report, words)
    parts["word/document.xml"] = _document()
    parts["word/_rels/document.xml.rels"] = _related(parts["word/_rels/document.xml.rels"])
    parts["[Content_Types].xml"] = _typed(parts["[Content_Types].xml"])
    return packed(parts)


def w(name: str) -> str:
    """Return an element's or attribute's name in the word processor's namespace."""
    return f"{{{W}}}{name}"


def _xml(root: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _styles(content: bytes, language: str) -> bytes:
    """Return the styles with the report's type, sizes and spaces, and its language."""
    ElementTree.register_namespace("w", W)
    ElementTree.register_namespace("r", R)
    root = ElementTree.fromstring(content)
    for fonts in root.iter(w("rFonts")):
        fonts.attrib.clear()
        fonts.attrib.update({w(kind): FONT for kind in ("ascii", "hAnsi", "cs", "eastAsia")})
    for told in root.iter(w("lang")):
        told.set(w("val"), language)
    default = root.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
    assert default is not None
    _sized(default, TEXT)
    root.append(ElementTree.fromstring(_UNDER_STYLE))
    for style in root.iter(w("style")):
        _restyle(style, style.get(w("styleId"), "").removesuffix("Char"))
    return _xml(root)


_UNDER_STYLE = (
    f'<w:style xmlns:w="{W}" w:type="paragraph" w:customStyle="1" w:styleId="{UNDER}">'
    f'<w:name w:val="{UNDER}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
    '<w:pPr><w:spacing w:before="60" w:after="160"/></w:pPr>'
    f'<w:rPr><w:color w:val="{QUIET}"/><w:sz w:val="16"/><w:szCs w:val="16"/></w:rPr></w:style>'
)


def _restyle(style: ElementTree.Element, name: str) -> None:
    if name in SIZES or name in BOLD:
        run = _child(style, "rPr")
        for old in ("sz", "szCs", "b", "i", "color"):
            for element in run.findall(w(old)):
                run.remove(element)
        if name in BOLD:
            ElementTree.SubElement(run, w("b"))
        colour = ElementTree.SubElement(run, w("color"))
        colour.set(w("val"), QUIET if name == "Subtitle" else INK)
        _sized(run, SIZES.get(name, TEXT))
    if name in SPACES and style.get(w("type")) == "paragraph":
        paragraph = _child(style, "pPr")
        for old in ("spacing", "jc", "numPr"):
            for element in paragraph.findall(w(old)):
                paragraph.remove(element)
        spacing = ElementTree.SubElement(paragraph, w("spacing"))
        above, below = SPACES[name]
        spacing.attrib.update({w("before"): above, w("after"): below})
    if name == "Table":
        _ruled(style)


def _child(style: ElementTree.Element, name: str) -> ElementTree.Element:
    found = style.find(w(name))
    if found is None:
        found = ElementTree.SubElement(style, w(name))
    return found


def _sized(run: ElementTree.Element, half_points: int) -> None:
    for name in ("sz", "szCs"):
        for old in run.findall(w(name)):
            run.remove(old)
        ElementTree.SubElement(run, w(name)).set(w("val"), str(half_points))


def _ruled(style: ElementTree.Element) -> None:
    """Rule a table above and below, and under its heads."""
    table = _child(style, "tblPr")
    borders = ElementTree.Element(w("tblBorders"))
    for side in ("top", "bottom"):
        line = ElementTree.SubElement(borders, w(side))
        line.attrib.update({w("val"): "single", w("sz"): "6", w("color"): INK})
    margin = table.find(w("tblCellMar"))
    for edge in () if margin is None else (margin.find(w("left")), margin.find(w("right"))):
        if edge is not None:
            edge.set(w("w"), CELL_MARGIN)
    table.insert(list(table).index(margin) if margin is not None else len(table), borders)
    head = style.find(f"{w('tblStylePr')}/{w('tcPr')}/{w('tcBorders')}/{w('bottom')}")
    if head is not None:
        head.attrib.update({w("sz"): "6", w("color"): INK})
    first = style.find(w("tblStylePr"))
    if first is not None:
        run = ElementTree.Element(w("rPr"))
        ElementTree.SubElement(run, w("b"))
        first.insert(0, run)


def _part(kind: str, content: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{kind} xmlns:w="{W}" xmlns:r="{R}">'
        f"{content}</w:{kind}>"
    ).encode()


def _line(left: str, right: str, border: str) -> str:
    """Return a small line with something at either end of it."""
    wide = int(A4[0]) - 2 * int(MARGIN)
    return (
        f'<w:p><w:pPr><w:pBdr><w:{border} w:val="single" w:sz="4" w:space="4" w:color="BBBBBB"/></w:pBdr>'
        f'<w:tabs><w:tab w:val="right" w:pos="{wide}"/></w:tabs></w:pPr>'
        f"{_run(left)}<w:r><w:tab/></w:r>{right}</w:p>"
    )


_SMALL = f'<w:rPr><w:color w:val="{QUIET}"/><w:sz w:val="16"/></w:rPr>'


def _run(text: str) -> str:
    return f'<w:r>{_SMALL}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr="{name}"><w:r>{_SMALL}<w:t>1</w:t></w:r></w:fldSimple>'


def _header(report: Report) -> bytes:
    return _part("hdr", _line(str(report.title), _run(report.case_number), "bottom"))


def _footer(report: Report, words: Words) -> bytes:
    text = str(words.text("page.page", number=Prose(("\0",)), total=Prose(("\1",))))
    before, _, rest = text.partition("\0")
    between, _, after = rest.partition("\1")
    pages = _run(before) + _field("PAGE") + _run(between) + _field("NUMPAGES") + _run(after)
    return _part("ftr", _line(words.date(report.day) if report.day else "", pages, "top"))


def _document() -> bytes:
    """Return an empty document on A4; page one bears its title, so the running head starts on page two."""
    return _part(
        "document",
        '<w:body><w:p/><w:sectPr><w:headerReference w:type="default" r:id="rIdHeader"/>'
        '<w:footerReference w:type="default" r:id="rIdFooter"/>'
        '<w:footerReference w:type="first" r:id="rIdFooter"/>'
        f'<w:pgSz w:w="{A4[0]}" w:h="{A4[1]}"/>'
        f'<w:pgMar w:top="1304" w:right="{MARGIN}" w:bottom="1134" w:left="{MARGIN}" w:header="567" '
        'w:footer="567" w:gutter="0"/><w:titlePg/></w:sectPr></w:body>',
    )


def _related(content: bytes) -> bytes:
    ElementTree.register_namespace("", _RELATIONS)
    root = ElementTree.fromstring(content)
    for name, kind in (("Header", "header"), ("Footer", "footer")):
        element = ElementTree.SubElement(root, f"{{{_RELATIONS}}}Relationship")
        element.attrib.update({"Id": f"rId{name}", "Type": f"{R}/{kind}", "Target": f"{kind}1.xml"})
    return _xml(root)


def _typed(content: bytes) -> bytes:
    ElementTree.register_namespace("", _TYPES)
    root = ElementTree.fromstring(content)
    for kind in ("header", "footer"):
        element = ElementTree.SubElement(root, f"{{{_TYPES}}}Override")
        element.attrib.update({"PartName": f"/word/{kind}1.xml", "ContentType": f"{_WORD}.{kind}+xml"})
    return _xml(root)
