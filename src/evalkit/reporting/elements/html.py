"""Pieces of a page, shown as HTML by JupyterLab and by the published report alike."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup

from evalkit.reporting.language import vocabulary
from evalkit.reporting.language.words import translate


class Html(Markup):
    """Safe markup that a notebook cell may end with; its repr is short, as notebooks store that too."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Html({len(self)} characters)"

    def _repr_html_(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and its kind: `n` numbers (set right), `s` short (never wrapped), `w` wide."""

    label: str
    kind: Literal["", "n", "s", "w"] = ""


def heads(*labels: str) -> list[Column]:
    """Columns by their headings in English, each with its kind behind a colon: `heads("Indicator", "Figure:n")`."""
    parts = [re.fullmatch(r"(.*?)(?::([nsw]))?", label) for label in labels]
    return [Column(translate(part[1]), part[2] or "") for part in parts if part]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over the rows that follow it, across all columns."""

    label: Markup | str


@dataclass(frozen=True, slots=True)
class Below:
    """What else there is to say about the row above it, across all columns."""

    cell: Markup | str


def paragraphs(*told: object) -> Html:
    """Each in a paragraph."""
    return Html(Markup("").join(Markup("<p>{}</p>").format(one) for one in told))


def items(told: Iterable[object]) -> Markup:
    """The entries of a list."""
    return Markup("").join(Markup("<li>{}</li>").format(one) for one in told)


def bullets(told: Iterable[object], name: str = "") -> Markup:
    """A list, where there is anything to be listed; `name` is its class."""
    listed = items(told)
    opened = Markup('<ul class="{}">').format(name) if name else Markup("<ul>")
    return opened + listed + Markup("</ul>") if listed else Markup("")


def quoted(phrase: str) -> Markup:
    """A source's own words, in its language."""
    return Markup('<q lang="zh-CN">{}</q>').format(phrase)


def demo() -> Markup:
    """The label of simulated data."""
    return Markup('<strong class="demo">{}</strong>').format(translate(vocabulary.DEMO))


@cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader("evalkit.reporting.elements"), autoescape=True, trim_blocks=True)
    return environment.get_template("table.html.j2")


def render(
    name: str,
    caption: Markup | str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object] | Group | Below],
    simulated: bool,
    stacked: bool = False,
) -> Markup:
    """One table as HTML; every cell is escaped unless it is `Markup`.

    Args:
        stacked: on a narrow screen the cells stand below each other, each with the name of its column.
    """
    return Markup(
        _template().render(
            name=name,
            caption=caption,
            columns=columns,
            rows=list(rows),
            simulated=simulated,
            stacked=stacked,
            demo=translate(vocabulary.DEMO),
        )
    )
