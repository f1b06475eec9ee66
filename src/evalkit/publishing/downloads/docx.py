"""A report as a Word document: a bureau submits Word.

Each part of the page is written as the HTML from which pandoc makes a document: figures as pictures, numbers of
headings, tables and figures, the data of figures in an annex, widths of columns. The look of Chinese official reports
comes from a template and `docx_style`.
"""

import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import docx
import pypandoc
from markupsafe import Markup

from evalkit.publishing.downloads import docx_style, pictures
from evalkit.publishing.downloads.column_widths import layout
from evalkit.publishing.downloads.docx_style import ACROSS, OWN
from evalkit.publishing.downloads.imprint import Imprint
from evalkit.publishing.downloads.numbering import GAP, Numbers
from evalkit.reporting.elements.html import demo
from evalkit.reporting.elements.parts import Fold, Head, Heading, Paragraph, Parts, Piece, Section, Spark
from evalkit.reporting.elements.table import Below, Cell, Group, Picture, Table
from evalkit.reporting.language import words
from evalkit.reporting.language.words import Html, say, translate
from evalkit.workbooks.spreadsheet_text import CONTROLS

STYLES = {"kicker": "Kicker", "notice": "Notice", "question": "Question"}  # of paragraphs, by their kind
# Millimetres: a figure's width (pandoc makes none wider) and height, a small drawing's width.
WIDEST, HIGHEST, SPARK = 148, 205, 24


def document(page: Iterable[Piece], imprint: Imprint) -> bytes:
    """A report as .docx.

    Args:
        imprint: what the document says about itself on every page.
    """
    words.use(imprint.lang)
    paper = _Paper()
    body = Html("").join(map(paper.part, page)) + paper.annex()
    made = docx.Document(io.BytesIO(_converted(CONTROLS.sub("", body), imprint)))
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


@dataclass(slots=True)
class _Paper:
    """Parts as they are on paper: nothing folded, nothing to click, everything numbered."""

    numbers: Numbers = field(default_factory=Numbers)
    data: list[Table] = field(default_factory=list)

    def part(self, given: Piece) -> Html:
        """A part with all that is in it."""
        match given:
            case Section():
                return self._heading(given.code, given.title, 1) + self._inside(given.parts)
            case Heading():
                return self._heading("", given.title, given.level - 1)
            case Table():
                return self._table(given)
            case Picture():
                return self._picture(given)
            case Fold():
                return _styled("Lead", given.summary) + self._inside(given.parts)
            case Parts():
                return given.opened + self._inside(given.parts) + given.closed
            case Paragraph():
                style = STYLES.get(given.kind.split()[0])
                return _styled(style, given.content) if style else given.html()
            case Head():
                lines = {"Kicker": given.kicker, "Title": given.name, "Subtitle": given.title, "Meta": given.meta}
                return Html("").join(_styled(style, line) for style, line in lines.items())
        return given if isinstance(given, Html) else given.html()

    def annex(self) -> Html:
        """The data of the figures, at the end."""
        heading = Html("<h1>{}</h1>").format(translate("Annex: data of the figures"))
        return heading + self._inside(self.data) if self.data else Html("")

    def _inside(self, given: Iterable[Piece]) -> Html:
        return Html("").join(map(self.part, given))

    def _heading(self, name: str, title: str, level: int) -> Html:
        number = self.numbers.heading(level) if level < 3 else ""
        anchor = Html(' id="{}"').format(name) if name else ""
        return Html("<h{0}{1}>{2}{3}</h{0}>").format(level, anchor, number, title)

    def _picture(self, given: Picture) -> Html:
        """The drawing with its number and title below it; the table of its data goes into the annex."""
        label = self.numbers.figure()
        caption = Html.escape(given.table.caption) + say(" ({figure})", figure=label)
        self.data.append(replace(given.table, caption=caption))
        drawn = _styled("Figure", _image(given.svg, given.alternative, _fitting(given.svg)))
        return (
            drawn
            + _styled("Figure Title", Html("{}{}{}").format(label, GAP, given.title))
            + _styled("Figure Note", given.note)
        )

    def _table(self, given: Table) -> Html:
        """Number and caption in a paragraph above, columns as wide as they need be."""
        drawn = layout(given)
        label = demo() + " " if given.simulated else ""
        caption = Html("{}{}{}{}").format(self.numbers.table(), GAP, label, given.caption)
        widths = Html("").join(Html('<col style="width: {:.1f}%">').format(100 * share) for share in drawn.shares)
        kinds = [column.kind for column in given.columns]
        heads = Html("").join(
            _cell("th", kind, column.label) for kind, column in zip(kinds, given.columns, strict=True)
        )
        rows = Html("").join(_row(row, kinds) for row in given.rows)
        whole = Html('<table id="{}"><colgroup>{}</colgroup><thead><tr>{}</tr></thead><tbody>{}</tbody></table>')
        return _styled(ACROSS if drawn.across else "Table Title", caption) + whole.format(
            given.name, widths, heads, rows
        )


def _styled(style: str, content: object) -> Html:
    """A block that becomes one paragraph in a style of the document."""
    return Html('<div data-custom-style="{}">{}</div>').format(style, content)


def _row(row: Sequence[Cell] | Group | Below, kinds: Sequence[str]) -> Html:
    if isinstance(row, Group):
        across = Html('<tr><th scope="rowgroup" colspan="{}"><strong>{}</strong></th></tr>')
        return across.format(len(kinds), row.label)
    if isinstance(row, Below):
        return Html('<tr><td colspan="{}">{}</td></tr>').format(len(kinds), row.content)
    tags = ["th", *["td"] * (len(row) - 1)]
    cells = (_cell(tag, kind, _lines(cell)) for tag, kind, cell in zip(tags, kinds, row, strict=True))
    return Html("<tr>{}</tr>").format(Html("").join(cells))


def _cell(tag: str, kind: str, content: object) -> Html:
    right = Html(' style="text-align: right"') if kind == "n" else ""
    return Html("<{0}{1}>{2}</{0}>").format(tag, right, content)


def _lines(cell: Cell) -> Html:
    shown = (_image(one.svg, one.label, SPARK) if isinstance(one, Spark) else one for one in cell.lines)
    return Html("<br>").join(shown)


def _image(svg: str, alternative: str, width: float) -> Html:
    image = Markup('<img src="{}" alt="{}" width="{:.0f}mm">')
    return Html(image.format(pictures.address(svg), alternative, width))


def _fitting(svg: str) -> float:
    """The width at which a figure fills the text column, or the height of the page where it is a tall one."""
    size = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', svg)
    return min(WIDEST, HIGHEST * float(size[1]) / float(size[2])) if size else WIDEST
