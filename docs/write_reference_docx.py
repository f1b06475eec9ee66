"""Write the templates of Word documents: `PYTHONPATH=src python docs/write_reference_docx.py`.

The Chinese one follows GB/T 9704-2012: A4 with the margins of the standard, 22 lines of 28 characters, the title in
小标宋 二号, text in 仿宋 三号 on fixed lines, headings 一、 in 黑体, （一） in 楷体, 1. in bold 仿宋, page
numbers between dashes. The English one is set as reports in English are: smaller text, headings in Arial, no indents.
Both have captions centred and tables with rules above and below. The result is committed; run this again only to
change the look.
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
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor

from evalkit.publishing.downloads import reproducible
from evalkit.publishing.downloads.docx_style import MARK, OWN, wml

FONTS = {
    "text": ("Times New Roman", "仿宋"),
    "heading": ("Arial", "黑体"),
    "part": ("Arial", "楷体"),
    "title": ("Arial", "方正小标宋简体"),
}
INK, SOFT = RGBColor(0, 0, 0), RGBColor(0x44, 0x44, 0x44)
PITCH = 28.95  # points from line to line: 22 lines on a page
CLOSER = "-5"  # twentieths of a point by which characters are set closer: 28 of them in a line


@dataclass(frozen=True, slots=True)
class Look:
    """How the paragraphs of one style are set; sizes and distances in points.

    Attributes:
        line: of the size of the text; above 5, a fixed distance in points.
        indent: characters by which the first line starts later, in Chinese.
        outdent: millimetres by which it reaches into both margins.
        level: in the outline of the document; 0 for text.
        new_page: whether such a paragraph starts a page.
    """

    size: float
    font: str = "text"
    bold: bool = False
    align: str = "left"
    before: float = 0
    after: float = 0
    line: float = 1.2
    indent: int = 0
    with_next: bool = False
    soft: bool = False
    level: int = 0
    outdent: int = 0
    new_page: bool = False


TABLES = {
    "Table Title": Look(10.5, "heading", align="center", before=8, after=4, with_next=True),
    "Table Title Across": Look(10.5, "heading", align="center", after=4, with_next=True),
    "Table Text": Look(9, before=1, after=1, line=1.1),
    "Table Heading": Look(9, "heading", before=1, after=1, line=1.1),
    "Figure": Look(9, align="center", before=8, line=1, with_next=True),
    "Figure Title": Look(10.5, "heading", align="center", before=2, after=2, with_next=True),
    "Figure Note": Look(9, after=10, soft=True),
    "Notice": Look(10.5, after=4, line=1.3),
    "Definition Term": Look(10.5, bold=True, with_next=True),
    "Definition": Look(10.5, after=4),
    "Annex Text": Look(11, after=4, line=1.25),
    "Annex Lead": Look(11, bold=True, before=4, line=1.25, with_next=True),
}
TEXT = Look(16, line=PITCH, indent=2)
CHINESE = TABLES | {
    "Normal": Look(16, line=PITCH),
    "Body Text": TEXT,
    "First Paragraph": TEXT,
    "Compact": TEXT,
    "Answer": Look(16, bold=True, line=PITCH, indent=2),
    "Question": TEXT,
    "Lead": Look(16, bold=True, line=PITCH, indent=2, with_next=True),
    "Kicker": Look(16, "part", line=PITCH, indent=2, with_next=True),
    "Title": Look(22, "title", align="center", before=150, after=10, line=36, outdent=12),
    "Subtitle": Look(16, "part", align="center", after=60, line=PITCH),
    "Meta": Look(10.5, align="center", after=12, soft=True),
    "Cover Line": Look(16, align="center", line=PITCH),
    "Contents Title": Look(22, "title", align="center", after=16, line=36, new_page=True),
    "toc 1": Look(16, line=PITCH),
    "Heading 1": Look(16, "heading", line=PITCH, indent=2, with_next=True, level=1),
    "Heading 2": Look(16, "part", line=PITCH, indent=2, with_next=True, level=2),
    "Heading 3": Look(16, bold=True, line=PITCH, indent=2, with_next=True, level=3),
    "Attachments": Look(16, line=PITCH, indent=2),
    "Signature": Look(16, align="right", line=PITCH),
    "Annex Mark": Look(16, "heading", line=PITCH, with_next=True, new_page=True),
    "Annex Title": Look(22, "title", align="center", after=16, line=36, with_next=True, level=1),
    "Annex Heading": Look(16, "heading", line=PITCH, indent=2, with_next=True, level=2),
}
PLAIN = Look(11, after=6, line=1.15)
ENGLISH = TABLES | {
    "Normal": PLAIN,
    "Body Text": PLAIN,
    "First Paragraph": PLAIN,
    "Compact": Look(11, after=3, line=1.15),
    "Answer": Look(13, bold=True, after=6, line=1.15),
    "Question": Look(11, bold=True, after=6, line=1.15),
    "Lead": Look(11, bold=True, before=4, with_next=True),
    "Kicker": Look(11, bold=True, before=4, with_next=True),
    "Title": Look(24, "heading", bold=True, before=150, after=10),
    "Subtitle": Look(14, "heading", after=60),
    "Meta": Look(10, after=12, soft=True),
    "Cover Line": Look(12, after=2),
    "Contents Title": Look(16, "heading", bold=True, after=10, new_page=True),
    "toc 1": Look(11, after=4),
    "Heading 1": Look(15, "heading", bold=True, before=14, after=6, with_next=True, level=1),
    "Heading 2": Look(12, "heading", bold=True, before=10, after=4, with_next=True, level=2),
    "Heading 3": Look(11, "heading", bold=True, before=8, after=3, with_next=True, level=3),
    "Attachments": Look(11, after=2),
    "Signature": Look(11, before=6),
    "Annex Mark": Look(11, "heading", soft=True, with_next=True, new_page=True),
    "Annex Title": Look(16, "heading", bold=True, after=8, with_next=True, level=1),
    "Annex Heading": Look(13, "heading", bold=True, before=12, after=4, with_next=True, level=2),
}
LOOKS = {"zh": CHINESE, "en": ENGLISH}
MARGINS = {"zh": (37, 35, 28, 26), "en": (25, 25, 25, 25)}  # millimetres: above, below, left, right


def template(lang: str) -> bytes:
    """Pandoc's own reference document with our styles, paper, header and footer."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    made = docx.Document(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))
    for name, look in LOOKS[lang].items():
        style(made, name, look)
    made.styles["Hyperlink"].font.color.rgb = INK
    languages(made)
    table(made)
    paper(made.sections[0], lang)
    buffer = io.BytesIO()
    made.save(buffer)
    return reproducible.steady(buffer.getvalue())


def style(made: Document, name: str, look: Look) -> None:
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
    properties.insert(0, wml("rFonts", ascii=latin, hAnsi=latin, cs=latin, eastAsia=chinese))
    if look.line == PITCH:
        properties.append(wml("spacing", val=CLOSER))
    paragraph = own.paragraph_format
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.line_spacing = Pt(look.line) if look.line > 5 else look.line
    paragraph.keep_with_next, paragraph.page_break_before = look.with_next, look.new_page
    paragraph.alignment = WD_ALIGN_PARAGRAPH[look.align.upper()]
    about = own.element.get_or_add_pPr()
    indent = about.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(100 * look.indent))
    indent.set(qn("w:firstLine"), str(round(20 * look.size * look.indent)))
    if look.outdent:
        indent.left = indent.right = Mm(-look.outdent)
    for found in about.findall(qn("w:outlineLvl")):
        about.remove(found)
    if look.level:
        about.append(wml("outlineLvl", val=str(look.level - 1)))


def languages(made: Document) -> None:
    """The language that spelling and line breaking go by; English text in a Chinese report stays English."""
    defaults = made.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for found in defaults.findall(qn("w:lang")):
        defaults.remove(found)
    defaults.append(wml("lang", val="en-GB", eastAsia="zh-CN"))


def table(made: Document) -> None:
    """Rules above, below and between the rows; narrow margins in the cells."""
    properties = made.styles["Table"].element.find(qn("w:tblPr"))
    for found in list(properties):
        properties.remove(found)
    borders, margins = wml("tblBorders"), wml("tblCellMar")
    for side, size, colour in (("top", "8", "000000"), ("bottom", "8", "000000"), ("insideH", "4", "B0B0B0")):
        borders.append(wml(side, val="single", sz=size, space="0", color=colour))
    margins.extend(wml(side, w="60", type="dxa") for side in ("left", "right"))
    properties.extend([wml("jc", val="center"), borders, margins])


def paper(section: Section, lang: str) -> None:
    """A4; what a reader must know of a draft in the header, the page number between dashes in the footer."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    sides = (Mm(side) for side in MARGINS[lang])
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = sides
    section.header_distance, section.footer_distance = Mm(20 if lang == "zh" else 12), Mm(25 if lang == "zh" else 12)
    above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
    above.add_run(MARK)
    below.add_run("— ")
    number = wml("instrText")
    number.text = "PAGE"
    below.add_run()._r.extend([wml("fldChar", fldCharType="begin"), number, wml("fldChar", fldCharType="end")])
    below.add_run(" —")
    for paragraph, size in ((above, 9), (below, 14 if lang == "zh" else 10)):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = 1
        paragraph.paragraph_format.first_line_indent = None
        for run in paragraph.runs:
            run.font.size = Pt(size)


if __name__ == "__main__":
    for lang, path in OWN.items():
        path.write_bytes(template(lang))
        print(path.name)
