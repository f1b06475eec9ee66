"""A table as a value: a caption that says what it rests on, columns, rows of cells that know their numbers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, Self, cast

import pandas as pd
from jinja2 import Environment, PackageLoader, Template

from evalkit.reporting.elements import take_away
from evalkit.reporting.elements.html import counted, demo, small
from evalkit.reporting.elements.parts import EMPTY, Fold, Part, Spark, Value
from evalkit.reporting.language.formats import Interval, Number
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html, translate

_unstamped: ContextVar[bool] = ContextVar("unstamped", default=False)


@contextmanager
def unstamped(is_marked: bool = True) -> Iterator[None]:
    """Tables on a page that is marked as a whole need no label of simulated data of their own."""
    token = _unstamped.set(is_marked)
    try:
        yield
    finally:
        _unstamped.reset(token)


Kind = Literal["", "n", "s", "w"]
ENDS = ("Interval from", "Interval to")


@dataclass(frozen=True, slots=True)
class Column(Value):
    """A column: its heading and its kind: `n` numbers (set right), `s` short (never wrapped), `w` wide."""

    label: Html | str
    kind: Kind = ""


@dataclass(frozen=True, slots=True)
class Datum(Value):
    """One of several values of a cell; in a spreadsheet each has its own column.

    Attributes:
        heading: of that column; empty for the heading of the cell's own.
        number, decimals, form: as of a cell.
    """

    heading: str
    text: str
    number: float | None = None
    decimals: int = 0
    form: str = ""


@dataclass(frozen=True, slots=True)
class Cell(Value):
    """What a cell shows, line by line; where its first line is a number, that number and its format in a spreadsheet.

    The number is in the unit that the cell shows (per cent of a logarithm), unrounded; `decimals` are shown. A cell
    that shows several values holds them as `data`.
    """

    lines: tuple[Html | Spark, ...]
    number: float | None = None
    decimals: int = 0
    form: str = ""
    data: tuple[Datum, ...] = ()

    def __html__(self) -> Html:
        return Html("<br>").join(self.lines)

    @property
    def text(self) -> str:
        """All lines as a reader sees them; a drawing is its text alternative."""
        return "\n".join(filter(None, map(text_of, self.lines)))

    @property
    def shown(self) -> str | float | int:
        """What the page shows, a number as a number."""
        return self.text if self.number is None else rounded(self.number, self.decimals)

    @property
    def note(self) -> str:
        """What the lines behind the first say."""
        return "\n".join(filter(None, map(text_of, self.lines[1:])))


@dataclass(frozen=True, slots=True)
class Group(Value):
    """A heading over the rows that follow it, across all columns."""

    label: Html | str


@dataclass(frozen=True, slots=True)
class Below(Value):
    """What else there is to say about the row above it, across all columns."""

    content: Html | str


@dataclass(frozen=True, slots=True, repr=False)
class Table(Part):
    """A table.

    Attributes:
        name: unique on a page, the id of its element.
        simulated: whether its caption says that it holds demonstration data.
        stacked: on a narrow screen the cells are stacked, each with the name of its column.
        number: by which it can be cited (Table 3), once its page is whole.
    """

    name: str
    caption: Html | str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...] | Group | Below, ...]
    simulated: bool = False
    stacked: bool = False
    number: str = ""

    @classmethod
    def of(
        cls,
        name: str,
        caption: Html | str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[object] | Group | Below],
        simulated: bool,
        stacked: bool = False,
    ) -> Self:
        """A table of what its cells show: markup, plain text, numbers with their unit, lines below each other."""
        filled = (row if isinstance(row, Group | Below) else tuple(map(cell, row)) for row in rows)
        return cls(name, caption, tuple(columns), tuple(filled), simulated, stacked)

    def __repr__(self) -> str:
        return f"Table({self.name}, {len(self.rows)} rows)"

    def html(self) -> Html:
        """The table element with room to scroll."""
        context = {"escape": Html.escape, "labels": self.labels, "demo": self._stamp, "number": counted(self.number)}
        return Html(_template().render(table=self, **context))

    @property
    def _stamp(self) -> Html:
        return demo() + " " if self.simulated and not _unstamped.get() else Html("")

    @property
    def labels(self) -> tuple[str, ...]:
        """The headings as plain text."""
        return tuple(text_of(column.label).replace("\n", " ") for column in self.columns)

    @property
    def flat(self) -> list[list[str | float | int]]:
        """The headings and the cells as the page shows them, numbers as numbers."""
        shown = [row for row in self.rows if isinstance(row, tuple)]
        return [list(self.labels), *([cell.shown for cell in row] for row in shown)]

    @property
    def frame(self) -> pd.DataFrame:
        """Numbers as numbers, unrounded; other cells as text, headings over rows in a separate column."""
        group, filled = "", []
        for row in self.rows:
            if isinstance(row, Group):
                group = text_of(row.label)
            elif not isinstance(row, Below):
                filled.append([group, *(cell.text if cell.number is None else cell.number for cell in row)])
        made = pd.DataFrame(filled, columns=["", *self.labels])
        return made if group else made.drop(columns="")


@dataclass(frozen=True, slots=True, repr=False)
class Picture(Part):
    """A figure: a drawing whose title is the finding, how to read it, and the data behind it.

    Attributes:
        narrow: the drawing for phones; without one they show `svg`.
        description: what the drawing shows, for those who do not see it.
    """

    name: str
    title: str
    svg: Html
    caption: Html
    table: Table
    simulated: bool = False
    number: str = ""
    narrow: Html = EMPTY
    description: str = ""

    def __repr__(self) -> str:
        return f"Picture({self.name})"

    @property
    def alternative(self) -> str:
        """The finding, then what the drawing shows."""
        return f"{self.title}. {self.description}" if self.description else self.title

    def html(self) -> Html:
        """The figure element; its data are folded."""
        opened = Html('<figure id="{}"><p class="figure-title">{}{}</p>{}{}').format(
            self.name, counted(self.number), self.title, self.svg, self.narrow
        )
        note = Html("<figcaption>{}</figcaption>").format(self.note)
        data = Fold(Html.escape(translate("Data of this figure")), (self.table,)).html()
        taken = take_away.links(self.name, self.svg, self.table.flat)
        return opened + note + taken + data + Html("</figure>")

    @property
    def note(self) -> Html:
        """The caption, with the label of simulated data."""
        return (demo() + " " if self.simulated else Html("")) + self.caption


def rounded(number: float, decimals: int) -> float | int:
    """A number as a cell shows it."""
    return round(number, decimals or None)


def heads(*labels: str) -> list[Column]:
    """Columns by their headings in English, each with its kind behind a colon: `heads("Indicator", "Figure:n")`."""
    parts = [re.fullmatch(r"(.*?)(?::([nsw]))?", label) for label in labels]
    return [Column(translate(part[1]), cast(Kind, part[2] or "")) for part in parts if part]


def datum(heading: str, shown: str) -> Datum:
    """A value under a heading in English: a number stays one, any other text a text."""
    number = (shown.number, shown.decimals, shown.form) if isinstance(shown, Number) else ()
    return Datum(translate(heading) if heading else "", text_of(shown), *number)


def with_data(shown: object, data: Iterable[Datum]) -> Cell:
    """A cell whose values a spreadsheet holds one by one."""
    return replace(cell(shown), data=tuple(data))


def lines(*shown: object) -> Cell:
    """A cell of several lines, such as a number and below it its interval; empty ones are left out."""
    first, *others = shown
    parts = (first, *map(_below, filter(None, others)))
    escaped = [part if isinstance(part, Spark) else Html.escape(part) for part in parts]
    if isinstance(first, Cell):
        return replace(first, lines=(*first.lines, *escaped[1:]))
    if isinstance(first, int | float) and not isinstance(first, bool):
        first = Number(str(first), first)
    data = _with_ends(first, [part for part in shown if isinstance(part, Interval)])
    if isinstance(first, Number):
        return Cell(tuple(escaped), first.number, first.decimals, first.form, data)
    return Cell(tuple(escaped), data=data)


def _below(shown: object) -> object:
    return small(shown) if isinstance(shown, Interval) else shown


def _with_ends(first: object, intervals: Sequence[Interval]) -> tuple[Datum, ...]:
    """The ends of an interval as values of their own, behind the estimate if the cell shows one."""
    own = [datum("", first)] if isinstance(first, str) and not isinstance(first, Interval) else []
    pairs = (zip(ENDS, (interval.low, interval.high), strict=True) for interval in intervals)
    ends = [datum(name, end) for pair in pairs for name, end in pair]
    return (*own, *ends) if ends else ()


def cell(shown: object) -> Cell:
    """A value as a cell."""
    return shown if isinstance(shown, Cell) else lines(shown)


@cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader("evalkit.reporting.elements"), autoescape=True, trim_blocks=True)
    return environment.get_template("table.html.j2")
