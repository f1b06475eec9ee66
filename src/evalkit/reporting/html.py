"""Pieces of a page, shown as HTML by JupyterLab and by the published report alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup

from evalkit.reporting import vocabulary
from evalkit.reporting.words import translate


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


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over the rows that follow it, across all columns."""

    label: Markup | str


@dataclass(frozen=True, slots=True)
class Below:
    """What else there is to say about the row above it, across all columns."""

    cell: Markup | str


@cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader("evalkit.reporting"), autoescape=True, trim_blocks=True)
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
