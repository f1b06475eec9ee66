"""A published page as a Word document: a bureau submits Word.

Pandoc converts. What is ours is the preparation (figures as pictures, numbers of headings, tables and figures, the
data of figures in an annex, widths of columns) and, in `docx_style`, the look of Chinese official reports.
"""

import io
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import docx
import pypandoc
from bs4 import Tag

from evalkit.publishing.downloads import docx_style, page_tables, pictures
from evalkit.publishing.downloads.column_widths import layout
from evalkit.publishing.downloads.docx_style import ACROSS, OWN
from evalkit.publishing.downloads.imprint import Imprint
from evalkit.publishing.downloads.numbering import GAP, Numbers
from evalkit.publishing.downloads.page_tables import Page, classes
from evalkit.reporting.language import words
from evalkit.reporting.language.words import say, translate

STYLE = "data-custom-style"  # pandoc's attribute for a paragraph style of the document
HEAD = {"kicker": "Kicker", "subtitle": "Subtitle", "meta": "Meta", "notice": "Notice", "question": "Question"}
# Millimetres: a figure's width (pandoc makes none wider) and height, a small drawing's width.
WIDEST, HIGHEST, SPARK = 148, 205, 24


def document(page: Page, imprint: Imprint) -> bytes:
    """A report as .docx.

    Args:
        page: it is used up.
        imprint: what the document says about itself on every page.
    """
    words.use(imprint.lang)
    _prepare(page)
    made = docx.Document(io.BytesIO(_converted("".join(str(part) for part in page.main.contents), imprint)))
    docx_style.dress(made, imprint)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _converted(body: str, imprint: Imprint) -> bytes:
    template = f"--reference-doc={imprint.template or OWN[imprint.lang]}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.docx"
        # Without the sandbox pandoc would fetch what a page names; ours names nothing, and none shall.
        pypandoc.convert_text(
            body, "docx", format="html", outputfile=str(path), extra_args=[template], sandbox=True, verify_format=False
        )
        return path.read_bytes()


def _prepare(page: Page) -> None:
    """Make the page what it is on paper: nothing folded, nothing to click, everything numbered."""
    main, numbers = page.main, Numbers()
    for gone in main.select("nav, .downloads"):
        gone.decompose()
    for link in main.select("a[href]"):
        if not str(link["href"]).startswith("#"):
            link.unwrap()
    _head(main)
    annex = [_figure(drawn, page, numbers) for drawn in main.find_all("figure")]
    for folded in main.find_all("details"):
        _unfold(folded)
    for heading in main.find_all(["h2", "h3", "h4"]):
        _heading(heading, numbers)
    _append_annex(main, [table for table in annex if table])
    for small in main.select("svg"):
        small.replace_with(_picture(page.drawing(small), small, SPARK))
    for table in main.find_all("table"):
        _table(table, numbers)


def _new(name: str, text: str = "", **attributes: str) -> Tag:
    made = Tag(name=name, attrs=attributes)
    if text:
        made.string = text
    return made


def _picture(svg: str, tag: Tag, width: float) -> Tag:
    alternative = str(tag.get("aria-label", ""))
    return _new("img", src=pictures.address(svg), alt=alternative, width=f"{width:.0f}mm")


def _fitting(svg: str) -> float:
    """The width at which a figure fills the text column, or the height of the page where it is a tall one."""
    size = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', svg)
    return min(WIDEST, HIGHEST * float(size[1]) / float(size[2])) if size else WIDEST


def _styled(tag: Tag, style: str) -> None:
    """A block that becomes one paragraph in a style of the document."""
    tag.name, tag.attrs = "div", {STYLE: style}


def _head(main: Tag) -> None:
    for title in main.find_all("h1"):
        _styled(title, "Title")
    for name, style in HEAD.items():
        for tag in main.select(f"p.{name}"):
            _styled(tag, style)


def _heading(heading: Tag, numbers: Numbers) -> None:
    level = int(heading.name[1]) - 1  # the title of the document is no heading
    heading.name = f"h{level}"
    if level < 3:
        heading.insert(0, numbers.heading(level))


def _unfold(folded: Tag) -> None:
    """What the page shows on demand stands open, its word as a small heading."""
    for title in folded.find_all("summary", recursive=False):
        _styled(title, "Lead")
    folded.unwrap()


def _figure(drawn: Tag, page: Page, numbers: Numbers) -> Tag | None:
    """The drawing as a picture with its number and title below it; returns the table of its data."""
    label, svg, title = numbers.figure(), drawn.find("svg"), drawn.find(class_="figure-title")
    assert isinstance(svg, Tag)
    assert isinstance(title, Tag)
    table = drawn.find("table")
    if isinstance(table, Tag):
        table.extract()
        _name_data(table, label)
    picture = _new("div", **{STYLE: "Figure"})
    picture.append(_picture(page.drawing(svg), svg, _fitting(page.drawing(svg))))
    svg.replace_with(picture)
    picture.insert_after(title.extract())
    title.insert(0, f"{label}{GAP}")
    _styled(title, "Figure Title")
    for told in drawn.find_all("figcaption"):
        _styled(told, "Figure Note")
    for folded in drawn.find_all("details"):
        _empty(folded)
    drawn.name, drawn.attrs = "div", {}
    return table if isinstance(table, Tag) else None


def _empty(folded: Tag) -> None:
    """Leave out what held nothing but the table that now stands in the annex."""
    if not [part for part in folded.children if getattr(part, "name", "") != "summary" and part.get_text(strip=True)]:
        folded.decompose()


def _name_data(table: Tag, figure: str) -> None:
    """In the annex a table must say whose data it holds."""
    if table.caption:
        table.caption.append(str(say(" ({figure})", figure=figure)))


def _append_annex(main: Tag, tables: Sequence[Tag]) -> None:
    if tables:
        main.append(_new("h1", translate("Annex: data of the figures")))
        main.extend(tables)


def _table(table: Tag, numbers: Numbers) -> None:
    """Number and caption in a paragraph above, columns as wide as they need be."""
    drawn = layout(page_tables.read(table))
    if table.caption:
        caption = table.caption.extract()
        caption.insert(0, f"{numbers.table()}{GAP}")
        _styled(caption, ACROSS if drawn.across else "Table Title")
        around = table.parent
        (around if around and "scroll" in classes(around) else table).insert_before(caption)
    columns = _new("colgroup")
    columns.extend([_new("col", style=f"width: {100 * share:.1f}%") for share in drawn.shares])
    table.insert(0, columns)
    for group in table.select('th[scope="rowgroup"]'):
        bold = _new("strong")
        bold.extend(list(group.contents))
        group.append(bold)
    for cell in table.select(".n"):
        cell["style"] = "text-align: right"
