"""The tables of a published page, taken apart: a download holds what the page says, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from evalkit.workbooks.writing import CONTROLS

BLOCKS = ("br", "div", "li", "p", "ul", "ol", "dd", "dt")
DRAWING = re.compile(r"<svg\b([^>]*)>.*?</svg>", re.DOTALL)
BLANKS = re.compile(r"[ \t\r\f\u3000]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, line by line as it stands on the page.

    `kind` is that of its column (`n` numbers, `s` short, `w` wide), `span` how many columns it fills; `drawn` says
    that there is a small drawing in it.
    """

    text: str
    kind: str = ""
    span: int = 1
    heading: bool = False
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page; `figure` is the title of the drawing whose data it holds, else empty."""

    name: str
    caption: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figure: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What a published page is about, without navigation around it.

    Attributes:
        drawings: the SVG elements as they were written; in `main` an empty one with its number stands for each. A
            parser of HTML would not keep their capitals.
    """

    main: Tag
    drawings: tuple[str, ...]

    def drawing(self, tag: Tag) -> str:
        """The drawing for which an empty element stands."""
        return self.drawings[int(str(tag["data-drawing"]))]


def parsed(page: str) -> Page:
    """A page taken apart, less the characters that no XML file may hold."""
    drawings: list[str] = []

    def keep(found: re.Match[str]) -> str:
        drawings.append(found[0])
        return f'<svg data-drawing="{len(drawings) - 1}" {found[1]}></svg>'

    soup = BeautifulSoup(DRAWING.sub(keep, CONTROLS.sub("", page)), "html.parser")
    main = soup.find("main")
    if not isinstance(main, Tag):
        raise ValueError("the page has no <main>")
    return Page(main, tuple(drawings))


def tables(main: Tag) -> list[Table]:
    """All tables in their order."""
    return [read(tag) for tag in main.find_all("table")]


def caption_of(table: Tag) -> str:
    """A table's caption without the label of demonstration data, which a download puts elsewhere."""
    return " ".join("".join(_pieces(table.caption, skip=("demo",))).split()) if table.caption else ""


def text_of(tag: Tag) -> str:
    """What a reader sees, one line per block; a drawing is its text alternative."""
    lines = (BLANKS.sub(" ", line).strip() for line in "".join(_pieces(tag)).split("\n"))
    return "\n".join(line for line in lines if line)


def cells(row: Tag) -> list[Tag]:
    """The cells of a row."""
    return row.find_all(["th", "td"], recursive=False)


def classes(tag: Tag) -> list[str]:
    """A tag's classes; none where it has none."""
    return list(tag.get("class") or [])


def read(tag: Tag) -> Table:
    """One table."""
    around = tag.find_parent("figure")
    title = around.find(class_="figure-title") if around else None
    rows = tuple(tuple(_cell(cell) for cell in cells(row)) for row in tag.select("tbody > tr"))
    header = tuple(_cell(cell) for cell in tag.select("thead > tr > th"))
    return Table(str(tag.get("id", "")), caption_of(tag), header, rows, text_of(title) if title else "")


def _cell(tag: Tag) -> Cell:
    kind = next((one for one in classes(tag) if one in ("n", "s", "w")), "")
    span = int(str(tag.get("colspan", "1")))
    return Cell(text_of(tag), kind, span, tag.name == "th", tag.find(["svg", "img"]) is not None)


def _pieces(tag: Tag, skip: tuple[str, ...] = ()) -> Iterator[str]:
    for part in tag.children:
        if isinstance(part, Comment):
            continue
        if isinstance(part, NavigableString):
            yield part.replace("\n", " ")
        elif isinstance(part, Tag) and not set(skip) & set(classes(part)):
            yield from _pieces_of_tag(part, skip)


def _pieces_of_tag(tag: Tag, skip: tuple[str, ...]) -> Iterator[str]:
    if tag.name == "svg":
        yield str(tag.get("aria-label", ""))
    elif tag.name == "q":  # the browser draws these marks
        yield from ("“", *_pieces(tag, skip), "”")
    elif tag.name not in ("style", "script"):
        edge = "\n" if tag.name in BLOCKS else ""
        yield from (edge, *_pieces(tag, skip), edge)
