"""Write the templates of Word documents: `PYTHONPATH=src python docs/write_reference_docx.py`.

The look of Chinese official reports (GB/T 9704-2012) as pandoc reference documents: A4 with the margins of the
standard, headings in 黑体, text in 仿宋, page numbers between dashes, captions centred, tables with rules above and
below. Latin text is in Arial and Times New Roman in the same places. The English one differs by its paragraphs, which
do not start with an indent. The result is committed; run this again only to change the look.
"""

import io
import subprocess
from dataclasses import dataclass
from typing import Any

import docx
import pypandoc
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor

from evalkit.publishing.downloads import reproducible
from evalkit.publishing.downloads.docx_style import OWN, TITLE

FONTS = {"text": ("Times New Roman", "仿宋"), "heading": ("Arial", "黑体"), "part": ("Arial", "楷体")}
INK, SOFT = RGBColor(0, 0, 0), RGBColor(0x44, 0x44, 0x44)


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
    "Table Title Across": Look(10.5, font="heading", centred=True, after=4, line=1.2, with_next=True),
    "Table Text": Look(9, before=1, after=1, line=1.1),
    "Table Heading": Look(9, font="heading", before=1, after=1, line=1.1),
    "Figure": Look(9, centred=True, before=8, line=1, with_next=True),
    "Figure Title": Look(10.5, font="heading", centred=True, before=2, after=2, line=1.2, with_next=True),
    "Figure Note": Look(9, after=10, line=1.2, soft=True),
    "Definition Term": Look(10.5, bold=True, line=1.2, with_next=True),
    "Definition": Look(10.5, after=4, line=1.2),
}


def template(lang: str) -> bytes:
    """Pandoc's own reference document with our styles, paper, header and footer."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    made = docx.Document(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))
    for name, look in LOOKS.items():
        style(made, name, look, lang)
    made.styles["Hyperlink"].font.color.rgb = INK
    languages(made)
    table(made)
    paper(made.sections[0])
    buffer = io.BytesIO()
    made.save(buffer)
    return reproducible.steady(buffer.getvalue())


def style(made: Document, name: str, look: Look, lang: str) -> None:
    """Set a paragraph style, or add it."""
    known = {one.name for one in made.styles}
    own: Any = made.styles[name] if name in known else made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name not in known:
        own.base_style = made.styles["Normal"]
    own.font.size, own.font.bold, own.font.italic = Pt(look.size), look.bold, False
    own.font.color.rgb = SOFT if look.soft else INK
    properties = own.element.get_or_add_rPr()
    for found in [*properties.findall(qn("w:rFonts")), *properties.findall(qn("w:spacing"))]:
        properties.remove(found)  # pandoc's fonts name a theme, which would win
    latin, chinese = FONTS[look.font]
    properties.insert(0, element("rFonts", ascii=latin, hAnsi=latin, cs=latin, eastAsia=chinese))
    paragraph = own.paragraph_format
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.line_spacing, paragraph.keep_with_next = look.line, look.with_next
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if look.centred else WD_ALIGN_PARAGRAPH.LEFT
    if look.indented and lang == "zh":
        own.element.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")


def element(name: str, **attributes: str) -> Any:
    """An element of WordprocessingML."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def languages(made: Document) -> None:
    """The language that spelling and line breaking go by; English text in a Chinese report stays English."""
    defaults = made.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for found in defaults.findall(qn("w:lang")):
        defaults.remove(found)
    defaults.append(element("lang", val="en-GB", eastAsia="zh-CN"))


def table(made: Document) -> None:
    """Rules above, below and between the rows; narrow margins in the cells."""
    properties = made.styles["Table"].element.find(qn("w:tblPr"))
    for found in list(properties):
        properties.remove(found)
    borders, margins = element("tblBorders"), element("tblCellMar")
    for side, size, colour in (("top", "8", "000000"), ("bottom", "8", "000000"), ("insideH", "4", "B0B0B0")):
        borders.append(element(side, val="single", sz=size, space="0", color=colour))
    margins.extend(element(side, w="60", type="dxa") for side in ("left", "right"))
    properties.extend([element("jc", val="center"), borders, margins])


def paper(section: Section) -> None:
    """A4; the report's line in the header, the page number between dashes in the footer."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
    above.add_run(TITLE)
    below.add_run("— ")
    number = element("instrText")
    number.text = "PAGE"
    below.add_run()._r.extend([element("fldChar", fldCharType="begin"), number, element("fldChar", fldCharType="end")])
    below.add_run(" —")
    for paragraph, size in ((above, 9), (below, 14)):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for run in paragraph.runs:
            run.font.size = Pt(size)


if __name__ == "__main__":
    for lang, path in OWN.items():
        path.write_bytes(template(lang))
        print(path.name)
