"""The look of Chinese official reports (GB/T 9704-2012) on a document that pandoc made.

A4 with the margins of the standard, headings in 黑体, text in 仿宋, page numbers between dashes, captions centred,
tables with rules above and below. English documents take Arial and Times New Roman in the same places.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor, Twips
from docx.styles.style import ParagraphStyle

from evalkit.publishing.downloads.imprint import Imprint

ACROSS = "Table Title Across"  # of a table that needs a page across
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26  # millimetres
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
FONTS = {"text": ("Times New Roman", "仿宋"), "heading": ("Arial", "黑体"), "part": ("Arial", "楷体")}
INK, SOFT = RGBColor(0, 0, 0), RGBColor(0x44, 0x44, 0x44)


LONGEST_PROPERTY = 255  # characters, says the format


@dataclass(frozen=True, slots=True)
class Look:
    """How the paragraphs of one style are set; sizes and distances in points."""

    size: float
    font: str = "text"
    bold: bool = False
    centred: bool = False
    before: float = 0
    after: float = 0
    line: float = 1.5
    indented: bool = False
    with_next: bool = False
    soft: bool = False


TEXT = Look(12, before=3, after=3, indented=True)
LOOKS = {
    "Normal": Look(12),
    "Body Text": TEXT,
    "First Paragraph": TEXT,
    "Compact": Look(12, after=2),
    "Title": Look(22, font="heading", centred=True, before=6, after=6, line=1.2, with_next=True),
    "Kicker": Look(14, centred=True, before=12, with_next=True),
    "Subtitle": Look(16, centred=True, after=6, with_next=True),
    "Meta": Look(10.5, centred=True, after=12, line=1.2, soft=True),
    "Notice": Look(10.5, after=6, line=1.3),
    "Question": Look(12, bold=True, after=6, indented=True),
    "Heading 1": Look(16, font="heading", before=16, after=6, line=1.3, with_next=True),
    "Heading 2": Look(14, font="part", before=10, after=4, line=1.3, with_next=True),
    "Heading 3": Look(12, bold=True, before=8, after=3, line=1.3, with_next=True),
    "Lead": Look(12, bold=True, before=4, with_next=True),
    "Table Title": Look(10.5, font="heading", centred=True, before=10, after=4, line=1.2, with_next=True),
    ACROSS: Look(10.5, font="heading", centred=True, after=4, line=1.2, with_next=True),
    "Table Text": Look(9, before=1, after=1, line=1.1),
    "Figure": Look(9, centred=True, before=8, line=1, with_next=True),
    "Figure Title": Look(10.5, font="heading", centred=True, before=2, after=2, line=1.2, with_next=True),
    "Figure Note": Look(9, after=10, line=1.2, soft=True),
    "Definition Term": Look(10.5, bold=True, line=1.2, with_next=True),
    "Definition": Look(10.5, after=4, line=1.2),
}


def dress(made: Document, imprint: Imprint) -> None:
    """Styles, paper, running heads, tables and properties."""
    for name, look in LOOKS.items():
        _style(made, name, look, imprint.lang)
    made.styles["Hyperlink"].font.color.rgb = INK
    _speak(made)
    _paper(made.sections[0], imprint)
    for table in made.element.body.iter(qn("w:tbl")):
        _table(table)
    _turn(made.element.body)
    about = made.core_properties
    about.title, about.subject = _cut(f"{imprint.region} · {imprint.title}"), _cut(imprint.line)
    about.language, about.author, about.comments = LOCALES[imprint.lang], "evalkit", imprint.cutoff


def _cut(text: str) -> str:
    """A text as a property of the document, which takes no more; the document itself has all of it."""
    return text if len(text) <= LONGEST_PROPERTY else f"{text[: LONGEST_PROPERTY - 1]}…"


def _style(made: Document, name: str, look: Look, lang: str) -> None:
    known = {style.name for style in made.styles}
    style = made.styles[name] if name in known else made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    if name not in known:
        style.base_style = made.styles["Normal"]
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.bold, False
    style.font.color.rgb = SOFT if look.soft else INK
    properties = style.element.get_or_add_rPr()
    _fonts(properties, *FONTS[look.font])
    for spaced in properties.findall(qn("w:spacing")):
        properties.remove(spaced)
    paragraph = style.paragraph_format
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.line_spacing, paragraph.keep_with_next = look.line, look.with_next
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if look.centred else WD_ALIGN_PARAGRAPH.LEFT
    if look.indented and lang == "zh":
        style.element.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")


def _fonts(properties: Any, latin: str, chinese: str) -> None:
    """One font for Latin, one for Chinese letters; pandoc's own names a theme, which would win."""
    for found in properties.findall(qn("w:rFonts")):
        properties.remove(found)
    fonts = _element("rFonts", ascii=latin, hAnsi=latin, cs=latin, eastAsia=chinese)
    properties.insert(0, fonts)


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _speak(made: Document) -> None:
    """The language that spelling and line breaking go by; English text in a Chinese report stays English."""
    defaults = made.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for found in defaults.findall(qn("w:lang")):
        defaults.remove(found)
    defaults.append(_element("lang", val="en-GB", eastAsia="zh-CN"))


def _paper(section: Section, imprint: Imprint) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
    above.text, above.alignment = imprint.line, WD_ALIGN_PARAGRAPH.CENTER
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    below.add_run("— ")
    below.add_run()._r.extend(_page_number())
    below.add_run(" —")
    for run, size in ((above.runs[0], 9), *((run, 14) for run in below.runs)):
        run.font.size = Pt(size)


def _page_number() -> list[Any]:
    asked = _element("instrText")
    asked.text = "PAGE"
    return [_element("fldChar", fldCharType="begin"), asked, _element("fldChar", fldCharType="end")]


def _table(table: Any) -> None:
    """Rules above, below and between the rows; no row cut in two, the heading on every page."""
    properties = table.tblPr
    properties.append(_element("jc", val="center"))
    properties.append(_borders())
    properties.append(_margins())
    _stretch(table, 210 - LEFT - RIGHT)
    for row in table.iter(qn("w:tr")):
        row.get_or_add_trPr().insert(0, _element("cantSplit"))
    for paragraph in table.iter(qn("w:p")):
        about = paragraph.get_or_add_pPr()
        about.style = "TableText"
        if about.numPr is not None:
            indent = about.get_or_add_ind()
            indent.left, indent.first_line = Mm(3), Mm(-3)
    for heading in table.iterfind(f"{qn('w:tr')}[1]//{qn('w:r')}"):
        _fonts(heading.get_or_add_rPr(), *FONTS["heading"])


def _stretch(table: Any, room: float) -> None:
    """Columns in the given proportions over the whole width; Word wants it said in every cell."""
    grid = table.tblGrid.findall(qn("w:gridCol"))
    wanted = [int(column.get(qn("w:w"))) for column in grid]
    widths = [round(Mm(room).twips * width / sum(wanted)) for width in wanted]
    for column, width in zip(grid, widths, strict=True):
        column.set(qn("w:w"), str(width))
    for row in table.iter(qn("w:tr")):
        first = 0
        for cell in row.iter(qn("w:tc")):
            cell.width = Twips(sum(widths[first : first + cell.grid_span]))
            first += cell.grid_span
    for said in table.tblPr.findall(qn("w:tblW")):
        said.set(qn("w:type"), "dxa")
        said.set(qn("w:w"), str(sum(widths)))
    table.tblPr.autofit = False


def _margins() -> Any:
    made = _element("tblCellMar")
    made.extend(_element(side, w="60", type="dxa") for side in ("left", "right"))
    return made


def _borders() -> Any:
    made = _element("tblBorders")
    for side, size, colour in (("top", "8", "000000"), ("bottom", "8", "000000"), ("insideH", "4", "B0B0B0")):
        made.append(_element(side, val="single", sz=size, space="0", color=colour))
    return made


def _turn(body: Any) -> None:
    """A page across for each table that needs one, with its caption; neighbours share it."""
    last = body.sectPr
    upright, across = deepcopy(last), deepcopy(last)
    _lay_across(across)
    closing = None
    for caption in [one for one in body.iterchildren(qn("w:p")) if one.style == ACROSS.replace(" ", "")]:
        before, table = _before(caption), next(_content(caption))
        if before is closing and before is not None:
            body.remove(before)
        elif before is not None:
            _close(before, upright)
        _stretch(table, 297 - TOP - BOTTOM)
        if next(_content(table)) is last:
            _lay_across(last)
        else:
            closing = _close(table, across)


def _content(element: Any, preceding: bool = False) -> Iterator[Any]:
    """What stands behind or before an element, bookmarks apart."""
    yield from element.itersiblings(qn("w:p"), qn("w:tbl"), qn("w:sectPr"), preceding=preceding)


def _before(caption: Any) -> Any:
    """What stands before a caption and the headings above it, which must not stay behind alone."""
    return next((one for one in _content(caption, preceding=True) if not _is_heading(one)), None)


def _is_heading(element: Any) -> bool:
    return element.tag == qn("w:p") and str(element.style or "").startswith("Heading")


def _close(element: Any, section: Any) -> Any:
    """End a section behind an element; returns the paragraph that ends it."""
    ending = element
    if element.tag != qn("w:p") or (element.pPr is not None and element.pPr.find(qn("w:sectPr")) is not None):
        ending = OxmlElement("w:p")
        element.addnext(ending)
        ending.get_or_add_pPr().append(_element("spacing", before="0", after="0", line="20", lineRule="exact"))
    ending.get_or_add_pPr().append(deepcopy(section))
    return ending


def _lay_across(section: Any) -> None:
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    size.set(qn("w:w"), str(Mm(297).twips))
    size.set(qn("w:h"), str(Mm(210).twips))
    size.set(qn("w:orient"), "landscape")
    for side, width in (("top", LEFT), ("bottom", RIGHT), ("left", BOTTOM), ("right", TOP)):
        margins.set(qn(f"w:{side}"), str(Mm(width).twips))
