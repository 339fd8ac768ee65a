"""The report as a Word file: real headings and styles, table heads that repeat, figures as pictures that are described.

Only what Word itself writes: no macros, no links to elsewhere, so that it opens without a question.
"""

import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from journey.document.content import Bars, Block, Content, Items, Paragraph, Points, Table, Words
from journey.document.drawing import draw_bars
from journey.document.labels import labels

ACCENT: Final = RGBColor(0x0B, 0x5D, 0x66)
SUBTLE: Final = RGBColor(0x55, 0x60, 0x6A)
WIDTH: Final = Mm(162)
FONT: Final = "Calibri"
LANGUAGE: Final = "nl-NL"
# XML knows no control signs, and Word refuses a file that has them.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")
LATIN = re.compile("[A-Za-z]")


def make_docx(content: Content, now: datetime) -> bytes:
    """The report as one file; `content` is readable (see `service.open_report`)."""
    document, words = Document(), labels(content)
    _set_up(document, content, words, now)
    _front(document, content)
    for section in content.sections:
        _styled(document, section.title, f"Heading{section.level}")
        for block in section.blocks:
            _write(document, block, words)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _set_up(document: WordDocument, content: Content, words: dict[str, str], now: datetime) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(24)
    page.top_margin = page.bottom_margin = Mm(22)
    core = document.core_properties
    core.title = _clean(f"{content.title} – {content.study_name}")
    core.author = core.last_modified_by = _clean(words["author"])
    core.language = LANGUAGE
    core.subject, core.comments, core.keywords = "", "", _clean(content.municipality)
    core.created = core.modified = now.replace(tzinfo=None, microsecond=0)
    _styles(document)
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    fields = {"{n}": "PAGE", "{all}": "NUMPAGES"}
    for text in re.split(r"(\{n\}|\{all\})", words["page"]):
        if text in fields:
            _field(footer, fields[text])
        elif text:
            footer.add_run(text)
    page.header.paragraphs[0].text = _clean(f"{content.study_name} – {words['day']}")


def _styles(document: WordDocument) -> None:
    """Dutch and one typeface everywhere; the headings keep their own names, which make the contents of Word."""
    styles: Any = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    language = OxmlElement("w:lang")
    for name in ("w:val", "w:eastAsia"):
        language.set(qn(name), LANGUAGE)
    language.set(qn("w:bidi"), "ar-SA")
    for old in styles.element.findall(f".//{qn('w:rPrDefault')}//{qn('w:lang')}"):
        old.getparent().replace(old, language)
    for name, size in (("Title", 24), ("Heading 1", 17), ("Heading 2", 12.5), ("Caption", 9.5)):
        style = styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), ACCENT
        style.paragraph_format.keep_with_next = True
        fonts = style.element.rPr.rFonts
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    for name in ("Header", "Footer"):
        styles[name].font.size, styles[name].font.color.rgb = Pt(8.5), SUBTLE


def _front(document: WordDocument, content: Content) -> None:
    _paragraph(document, f"{content.study_name} · {content.municipality}", subtle=True)
    _styled(document, content.title, "Title")
    for line in (content.period, *content.standing):
        _paragraph(document, line, subtle=True)


def _write(document: WordDocument, block: Block, words: dict[str, str]) -> None:
    writers: dict[type, Callable[[WordDocument, Any, dict[str, str]], None]] = {
        Paragraph: _one_paragraph,
        Items: _items,
        Bars: _bars,
        Table: _table,
        Points: _points,
        Words: _said,
    }
    if writer := writers.get(type(block)):
        writer(document, block, words)


def _one_paragraph(document: WordDocument, block: Paragraph, words: dict[str, str]) -> None:
    subtle = block.style in ("note", "hidden")
    paragraph = _paragraph(document, block.text, subtle=subtle, opening=block.opening)
    paragraph.paragraph_format.keep_with_next = not block.text
    if block.style == "hidden":
        _framed(paragraph)
        _keep_with(paragraph)


def _items(document: WordDocument, block: Items, words: dict[str, str]) -> None:
    for item in block.items:
        _directed(_styled(document, item, "ListBullet"), item)


def _bars(document: WordDocument, block: Bars, words: dict[str, str]) -> None:
    caption = f"{words['figure']} {block.number}. {block.title}"
    _styled(document, caption, "Caption")
    if block.shown:
        holder = document.add_paragraph()
        holder.paragraph_format.keep_with_next = bool(block.notes)
        picture: Any = holder.add_run().add_picture(io.BytesIO(draw_bars(block)), width=WIDTH)
        description = _clean(" ".join(block.descriptions))
        for described in (picture._inline.docPr, picture._inline.graphic.graphicData.pic.nvPicPr.cNvPr):
            described.set("descr", description)
            described.set("title", _clean(caption))
    for note in block.notes:
        _paragraph(document, note, subtle=True)


def _table(document: WordDocument, block: Table, words: dict[str, str]) -> None:
    _styled(document, block.title, "Caption")
    rows = (block.head, *block.rows)
    table = document.add_table(rows=len(rows), cols=len(block.head))
    table.autofit = False
    widths = _widths(len(block.head))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for place, (line, texts) in enumerate(zip(table.rows, rows, strict=True)):
        _mark(line, "w:cantSplit")
        if place == 0:
            _mark(line, "w:tblHeader")
        for column_place, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            cell.width = widths[column_place]
            _cell(cell, text, head=place == 0, numeric=column_place in block.numeric)
    _ruled(table, block.title)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _cell(cell: Any, text: str, *, head: bool, numeric: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    run = paragraph.add_run(_clean(text))
    run.font.size, run.bold = Pt(8), head
    if numeric:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _ruled(table: Any, title: str) -> None:
    """A line under every row, and the title for who does not see the table."""
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("w:top", "w:bottom", "w:insideH"):
        borders.append(_line(side, "C9C0B2"))
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), "40")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    layout.addnext(margins)
    description = OxmlElement("w:tblCaption")
    description.set(qn("w:val"), _clean(title))
    properties.append(description)


def _points(document: WordDocument, block: Points, words: dict[str, str]) -> None:
    for title, items in ((words["good"], block.good), (words["bad"], block.bad)):
        if items:
            _paragraph(document, "", opening=title).paragraph_format.keep_with_next = True
            for item in items:
                _styled(document, item, "ListBullet")


def _said(document: WordDocument, block: Words, words: dict[str, str]) -> None:
    for text in block.texts:
        shown = words["taken_back"] if text is None else f"‘{text}’"
        for line in _lines(shown):
            paragraph = _styled(document, line, "Quote")
            paragraph.paragraph_format.left_indent = Mm(6)
            _directed(paragraph, shown)


def _styled(document: WordDocument, text: str, style: str) -> Any:
    """A paragraph with a style by its id: looking a style up by name takes a hundredth of a second each time."""
    paragraph = document.add_paragraph(_clean(text))
    paragraph._p.style = style
    return paragraph


def _paragraph(document: WordDocument, text: str, *, subtle: bool = False, opening: str = "") -> Any:
    paragraph = document.add_paragraph()
    if opening:
        paragraph.add_run(_clean(opening) + (" " if text else "")).bold = True
    if text:
        run = paragraph.add_run(_clean(text))
        if subtle:
            run.font.size, run.font.color.rgb = Pt(9), SUBTLE
    _directed(paragraph, text)
    return paragraph


def _directed(paragraph: Any, text: str) -> None:
    """Right to left where most letters are."""
    if len(RIGHT_TO_LEFT.findall(text)) <= len(LATIN.findall(text)):
        return
    paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for run in paragraph.runs:
        run.font.rtl = True


def _keep_with(paragraph: Any) -> None:
    """The paragraph before it stays on the same page."""
    before = paragraph._p.getprevious()
    if before is not None and before.tag == qn("w:p"):
        WordParagraph(before, paragraph._parent).paragraph_format.keep_with_next = True


def _framed(paragraph: Any) -> None:
    borders = OxmlElement("w:pBdr")
    for side in ("w:top", "w:left", "w:bottom", "w:right"):
        borders.append(_line(side, "7A7368", space="4"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _line(side: str, colour: str, space: str = "0") -> Any:
    line = OxmlElement(side)
    for name, value in (("w:val", "single"), ("w:sz", "4"), ("w:space", space), ("w:color", colour)):
        line.set(qn(name), value)
    return line


def _field(paragraph: Any, code: str) -> None:
    """A number that Word fills in itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _widths(columns: int) -> list[int]:
    """The first column, with the names, is the widest."""
    first = 0.6 if columns < 4 else 0.34 if columns < 7 else 0.26
    rest = int(WIDTH * (1 - first) / max(columns - 1, 1))
    return [int(WIDTH * first), *([rest] * (columns - 1))]


def _lines(text: str) -> Iterator[str]:
    yield from (line for line in text.splitlines() if line.strip())


def _clean(text: str) -> str:
    return CONTROL.sub("", text)
