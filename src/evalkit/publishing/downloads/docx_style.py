"""What a template cannot say of a Word document: its title in the header, and how its tables and pages are laid out.

Styles, fonts, paper, header and footer are those of a pandoc reference document: a bureau's own
(`params/reference.docx`), else one of `templates/`, which `docs/write_reference_docx.py` writes.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Twips

from evalkit.publishing.downloads.imprint import Imprint

ACROSS = "Table Title Across"  # of a table that needs a page across
# In a header or footer of a template: the line that names the report; what a reader must know of a draft.
TITLE, MARK = "[report]", "[mark]"
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
OWN = {lang: Path(__file__).with_name("templates") / f"reference-{lang}.docx" for lang in LOCALES}
SHORT = 6  # rows of a table that is kept on one page
LONGEST_PROPERTY = 255  # characters, says the format


def dress(made: Document, imprint: Imprint) -> None:
    """Running heads, tables and properties."""
    section = made.sections[0]
    for part in (section.header, section.footer):
        for run in [run for paragraph in part.paragraphs for run in paragraph.runs]:
            if TITLE in run.text or MARK in run.text:
                run.text = run.text.replace(TITLE, imprint.line).replace(MARK, imprint.mark)
    for table in made.element.body.iter(qn("w:tbl")):
        _table(table, made.element.body.sectPr)
    _add_landscape_pages(made.element.body)
    properties = made.core_properties
    properties.title, properties.subject = _cut(imprint.full_title), _cut(imprint.line)
    properties.language, properties.comments = LOCALES[imprint.lang], imprint.cutoff
    properties.author = imprint.evaluator or "evalkit"


def _cut(text: str) -> str:
    """A text as a property of the document, which takes no more; the document itself has all of it."""
    return text if len(text) <= LONGEST_PROPERTY else f"{text[: LONGEST_PROPERTY - 1]}…"


def wml(tag: str, **attributes: str) -> Any:
    """An element of WordprocessingML."""
    made = OxmlElement(f"w:{tag}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _table(table: Any, section: Any) -> None:
    """As wide as the page; no row cut in two, a short table on one page, the heading on every page."""
    _stretch(table, section)
    together = len(table.tr_lst) <= SHORT
    for row in table.iter(qn("w:tr")):
        row.get_or_add_trPr().insert(0, wml("cantSplit"))
    for number, row in enumerate(table.iterfind(qn("w:tr"))):
        for paragraph in row.iter(qn("w:p")):
            properties = paragraph.get_or_add_pPr()
            properties.style = "TableText" if number else "TableHeading"
            if together and number < len(table.tr_lst) - 1:
                properties.get_or_add_keepNext()
            if properties.numPr is not None:
                indent = properties.get_or_add_ind()
                indent.left, indent.first_line = Mm(3), Mm(-3)


def _stretch(table: Any, section: Any) -> None:
    """Columns in their proportions over the whole width between the margins; Word wants it said in every cell."""
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    room = int(size.get(qn("w:w"))) - int(margins.get(qn("w:left"))) - int(margins.get(qn("w:right")))
    grid = table.tblGrid.findall(qn("w:gridCol"))
    wanted = [int(column.get(qn("w:w"))) for column in grid]
    widths = [round(room * width / sum(wanted)) for width in wanted]
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


def _add_landscape_pages(body: Any) -> None:
    """A landscape page for each table that needs one, with its caption; neighbours share it."""
    last = body.sectPr
    upright, across = deepcopy(last), deepcopy(last)
    _lay_across(across)
    closing = None
    style = ACROSS.replace(" ", "")
    for caption in [paragraph for paragraph in body.iterchildren(qn("w:p")) if paragraph.style == style]:
        before, table = _before(caption), next(_content(caption))
        if before is closing and before is not None:
            body.remove(before)
        elif before is not None:
            _close(before, upright)
        _stretch(table, across)
        if next(_content(table)) is last:
            _lay_across(last)
        else:
            closing = _close(table, across)


def _content(element: Any, preceding: bool = False) -> Iterator[Any]:
    """The siblings after or before an element, without bookmarks."""
    yield from element.itersiblings(qn("w:p"), qn("w:tbl"), qn("w:sectPr"), preceding=preceding)


def _before(caption: Any) -> Any:
    """The element before a caption and the headings above it, which must move with the table."""
    return next((part for part in _content(caption, preceding=True) if not _is_heading(part)), None)


def _is_heading(element: Any) -> bool:
    return element.tag == qn("w:p") and str(element.style or "").startswith("Heading")


def _close(element: Any, section: Any) -> Any:
    """End a section after an element; returns the paragraph that ends it."""
    ending = element
    if element.tag != qn("w:p") or (element.pPr is not None and element.pPr.find(qn("w:sectPr")) is not None):
        ending = OxmlElement("w:p")
        element.addnext(ending)
        ending.get_or_add_pPr().append(wml("spacing", before="0", after="0", line="20", lineRule="exact"))
    ending.get_or_add_pPr().append(deepcopy(section))
    return ending


def _lay_across(section: Any) -> None:
    """Turn the paper, and its margins with it."""
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    wide, high = (size.get(qn(f"w:{side}")) for side in ("h", "w"))
    size.set(qn("w:w"), wide)
    size.set(qn("w:h"), high)
    size.set(qn("w:orient"), "landscape")
    sides = {"top": "left", "bottom": "right", "left": "bottom", "right": "top"}
    for side, given in {side: margins.get(qn(f"w:{upright}")) for side, upright in sides.items()}.items():
        margins.set(qn(f"w:{side}"), given)
