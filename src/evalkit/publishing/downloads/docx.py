"""A report as a Word document: a bureau submits Word.

Cover, contents, a main text of a few pages that begins with the answer, annexes. Each part of the page is written as
the HTML from which pandoc makes a document: figures as pictures, numbers of headings, widths of columns. The look of
Chinese official reports comes from a template, `docx_style` and `docx_front`.
"""

import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import docx
import pypandoc
from docx.document import Document
from markupsafe import Markup

from evalkit.publishing.downloads import docx_front, docx_style, main_text, pictures
from evalkit.publishing.downloads.column_widths import layout
from evalkit.publishing.downloads.docx_style import ACROSS, OWN
from evalkit.publishing.downloads.imprint import Imprint
from evalkit.publishing.downloads.main_text import Attachment, Divided
from evalkit.publishing.downloads.numbering import GAP, Numbers
from evalkit.reporting.answer.card import Answer
from evalkit.reporting.elements.html import bullets, demo, paragraphs
from evalkit.reporting.elements.parts import Fold, Head, Heading, Paragraph, Parts, Piece, Section, Spark
from evalkit.reporting.elements.table import Below, Cell, Group, Picture, Table
from evalkit.reporting.language import words
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html, language, say, translate
from evalkit.workbooks.spreadsheet_text import CONTROLS

NOTE = '<p class="note">'  # how a remark about a table or figure begins
STYLES = {"kicker": "Kicker", "notice": "Notice", "question": "Question"}  # of paragraphs, by their kind
# Millimetres: a figure's width (pandoc makes none wider) and height, a small drawing's width.
WIDEST, HIGHEST, SPARK = 148, 190, 24
COMPARED = re.compile(r"(?:\bp )?(?:&lt;|&gt;|[=≤≥]) (?=[\d−+-])")  # p < 0.001
WITH_UNIT = re.compile(r"\d (?=[\u4e00-\u9fff])")  # a number before its unit
NO_BREAK = "\N{NO-BREAK SPACE}"
LINE = 20  # characters of a title in a line


def document(page: Iterable[Piece], imprint: Imprint) -> bytes:
    """A report as .docx.

    Args:
        page: the parts of the finished page, with the numbers of its tables and figures.
        imprint: what the document says about itself.
    """
    words.use(imprint.lang)
    made = _opened(_document(main_text.divide(page), imprint), imprint)
    docx_front.arrange(made)
    docx_style.dress(made, imprint)
    docx_front.paginate(made)
    return _saved(made)


def only_parts(parts: Iterable[Piece], imprint: Imprint) -> bytes:
    """Some parts of a report as .docx, without cover and contents."""
    made = _opened(Html("").join(map(_Paper().part, parts)), imprint)
    docx_style.dress(made, imprint)
    return _saved(made)


def _opened(body: str, imprint: Imprint) -> Document:
    return docx.Document(io.BytesIO(_converted(CONTROLS.sub("", body), imprint)))


def _saved(made: Document) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _document(report: Divided, imprint: Imprint) -> Html:
    """The document from cover to last annex."""
    paper = _Paper()
    contents = _styled("Contents Title", translate("Contents")) + _styled(docx_front.CONTENTS, "-")
    main = Html("").join(map(paper.part, report.main))
    annexes = Html("").join(_annex(n, annex) for n, annex in enumerate(report.annexes, start=1))
    return _cover(report, imprint) + contents + main + _attachments(report.annexes) + _signed(imprint) + annexes


def _cover(report: Divided, imprint: Imprint) -> Html:
    """The title in full, what a reader must know before the first number, who made the report and when."""
    head = next((piece for piece in report.opening if isinstance(piece, Head)), None)
    others = [piece for piece in report.opening if piece is not head]
    title = imprint.full_title if len(imprint.full_title) <= LINE else Html("<br>").join(imprint.title_lines)
    lines = [_styled("Title", title), _styled("Subtitle", imprint.subtitle)]
    lines += [_styled("Cover Line", line) for line in imprint.made]
    lines += [_styled("Meta", head.meta)] if head else []
    return Html("").join([*lines, *map(_Paper().part, others)])


def _attachments(annexes: Sequence[Attachment]) -> Html:
    """The list of annexes with which the main text ends."""
    if not annexes:
        return Html("")
    first, *others = (f"{n}. {annex.title}" for n, annex in enumerate(annexes, start=1))
    if language() == "zh":
        gap = "\N{IDEOGRAPHIC SPACE}" * 3
        lines = [f"附件：{first}", *(gap + line for line in others)]
    else:
        lines = [translate("Annexes"), first, *others]
    return Html("").join(_styled("Attachments", line) for line in lines)


def _signed(imprint: Imprint) -> Html:
    """Who made the report and when, at the end of the main text."""
    return Html("").join(_styled("Signature", line) for line in imprint.signed)


def _annex(number: int, annex: Attachment) -> Html:
    mark = _styled("Annex Mark", say("Annex {n}", n=number))
    anchor = Html('<span id="annex-{}">{}</span>').format(number, annex.title)
    paper = _Paper(heading="Annex Heading")
    return mark + _styled("Annex Title", anchor) + Html("").join(map(paper.part, annex.sections))


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
    """Parts as they are on paper: nothing folded, nothing to click, headings numbered.

    Attributes:
        heading: the style of the headings of sections, where they are no chapters.
    """

    numbers: Numbers = field(default_factory=Numbers)
    heading: str = ""

    def part(self, given: Piece) -> Html:
        """A part with all that is in it."""
        match given:
            case Section():
                return self._section(given) + self._inside(given.parts)
            case Answer():
                return self._answer(given)
            case Heading():
                return self._heading(given.title, given.level - 1)
            case Table():
                return _table(given)
            case Picture():
                return _picture(given)
            case Fold():
                return _styled("Lead", given.summary) + self._inside(given.parts)
            case Parts():
                return given.opened + self._inside(given.parts) + given.closed
            case Paragraph():
                style = STYLES.get(given.kind.split()[0])
                return _styled(style, given.content) if style else given.html()
        shown = _unbroken(given if isinstance(given, Html) else given.html(), WITH_UNIT)
        return _styled("Figure Note", shown) if shown.startswith(NOTE) else shown

    def _answer(self, given: Answer) -> Html:
        """The answer: its sentence, what it rests on, one heading for each question, then the details.

        As plain text: on paper nothing opens, and the pages that it leads to are elsewhere.
        """
        shown = _styled("Answer", text_of(given.line)) + paragraphs(text_of(given.basis))
        for card in given.cards:
            title = say("{title}: {word}", title=card.title, word=text_of(card.word))
            shown += self._heading(title, 2) + paragraphs(*map(text_of, card.notes))
        if given.sentences:
            shown += self._heading(say("In detail"), 2) + bullets(map(text_of, given.sentences))
        return _unbroken(shown, WITH_UNIT)

    def _inside(self, given: Iterable[Piece]) -> Html:
        return Html("").join(map(self.part, given))

    def _section(self, given: Section) -> Html:
        number = self.numbers.heading(1)
        if self.heading:
            return _styled(self.heading, Html('<span id="{}">{}{}</span>').format(given.code, number, given.title))
        return Html('<h1 id="{}">{}{}</h1>').format(given.code, number, given.title)

    def _heading(self, title: Html, level: int) -> Html:
        number = self.numbers.heading(level) if level < 3 else ""
        return Html("<h{0}>{1}{2}</h{0}>").format(level, number, title)


def _picture(given: Picture) -> Html:
    """The drawing with its number and title below it; its data are in the workbook."""
    drawn = _styled("Figure", _image(given.svg, given.alternative, _fitting(given.svg)))
    return drawn + _styled("Figure Title", _counted(given.number, given.title)) + _styled("Figure Note", given.note)


def _table(given: Table) -> Html:
    """Number and caption in a paragraph above, columns as wide as they need be."""
    drawn = layout(given)
    label = demo() + " " if given.simulated else Html("")
    caption = _counted(given.number, label + given.caption)
    widths = Html("").join(Html('<col style="width: {:.1f}%">').format(100 * share) for share in drawn.shares)
    kinds = [column.kind for column in given.columns]
    heads = Html("").join(_cell("th", kind, column.label) for kind, column in zip(kinds, given.columns, strict=True))
    rows = Html("").join(_row(row, kinds) for row in given.rows)
    frame = Html('<table id="{}"><colgroup>{}</colgroup><thead><tr>{}</tr></thead><tbody>{}</tbody></table>')
    return _styled(ACROSS if drawn.across else "Table Title", caption) + frame.format(given.name, widths, heads, rows)


def _counted(number: str, caption: object) -> Html:
    return Html("{}{}{}").format(number, GAP if number else "", caption)


def _styled(style: str, content: object) -> Html:
    """A block whose paragraphs have a style of the document; nothing without content."""
    return Html('<div data-custom-style="{}">{}</div>').format(style, content) if content else Html("")


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
    shown = (_image(line.svg, line.label, SPARK) if isinstance(line, Spark) else line for line in cell.lines)
    return _unbroken(Html("<br>").join(shown))


def _unbroken(markup: Html, *more: re.Pattern[str]) -> Html:
    """Markup in which a p stays on a line with its value, and what more patterns find is not broken either."""
    for pattern in (COMPARED, *more):
        markup = Html(pattern.sub(lambda match: match[0].replace(" ", NO_BREAK), markup))
    return markup


def _image(svg: str, alternative: str, width: float) -> Html:
    image = Markup('<img src="{}" alt="{}" width="{:.0f}mm">')
    return Html(image.format(pictures.address(svg), alternative, width))


def _fitting(svg: str) -> float:
    """The width at which a figure fills the text column, or the height of the page where it is a tall one."""
    size = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', svg)
    return min(WIDEST, HIGHEST * float(size[1]) / float(size[2])) if size else WIDEST
