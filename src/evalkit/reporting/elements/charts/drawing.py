"""A drawing: one figure on two sheets, a finding as title, trend and numbers as text alternative, the data below."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.compact_svg import compact
from evalkit.reporting.elements.charts.rendering import svg
from evalkit.reporting.elements.charts.sheet import Sheet
from evalkit.reporting.elements.parts import Part
from evalkit.reporting.elements.table import Picture, Table
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html

Paint = Callable[[Sheet], Figure]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Drawing(Part):
    """A figure ready for a page.

    Attributes:
        figure: the matplotlib figure, for those who want to change it.
        narrow: the same for phones.
        name: unique on a page; prefixes the ids inside the SVG.
        title: the finding.
        description: trend, verdict and numbers, for those who do not see the drawing.
        caption: measure, periods, how to read it.
        table: the data behind it.

    Examples:
        >>> drawing = ek.figures.trend(finding, report.evaluation)
        >>> drawing.figure.axes[0].set_xlabel("Quarter")
        Text(...)
    """

    figure: Figure
    narrow: Figure
    name: str
    title: str
    description: str
    caption: Html
    table: Table
    simulated: bool

    def __repr__(self) -> str:
        return f"Drawing({self.name})"

    @property
    def picture(self) -> Picture:
        """The figure as a part of a page.

        Examples:
            >>> ek.figures.trend(finding, report.evaluation).picture
            Picture(fig-trend-county-visit-rate)
        """
        narrow = compact(svg(self.narrow, self.name), f"{self.name}-narrow", self.alternative, "narrow")
        return Picture(
            self.name,
            self.title,
            Html(self.svg()),
            self.caption,
            self.table,
            self.simulated,
            narrow=Html(narrow),
            description=self.description,
        )

    def html(self) -> Html:
        """The drawing with title, caption and data.

        Examples:
            >>> ek.figures.trend(finding, report.evaluation).html().startswith("<figure")
            True
        """
        return self.picture.html()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return self.picture._repr_mimebundle_() | {"text/plain": repr(self)}

    @property
    def alternative(self) -> str:
        """The finding, then what the drawing shows.

        Examples:
            >>> ek.figures.trend(finding, report.evaluation).alternative
            'Within-county visit rate: 1.4 percentage points above what was expected, ... From 85.5% (2016 Q1) to ...'
        """
        return f"{self.title}. {self.description}" if self.description else self.title

    def svg(self) -> str:
        """The drawing as an SVG element with its text alternative; the same data give the same bytes.

        Examples:
            >>> ek.figures.trend(finding, report.evaluation).svg()[:4]
            '<svg'
        """
        return compact(svg(self.figure, self.name), self.name, self.alternative, "wide")


def drawing(
    paint: Paint, name: str, title: Html, caption: Html, table: Table, simulated: bool, description: Html | str = ""
) -> Drawing:
    """A finished drawing; `title`, `description` and `caption` come from `say`.

    Args:
        paint: draws the figure on the sheet that it is given.
    """
    wide, narrow = (_painted(paint, sheets.for_data(sheet, simulated)) for sheet in (sheets.WIDE, sheets.NARROW))
    # The name becomes part of every id in the SVG and of file names: letters, digits and hyphens only.
    safe = re.sub(r"[\W_]+", "-", name)
    return Drawing(wide, narrow, safe, text_of(title), text_of(description), caption, table, simulated)


def _painted(paint: Paint, sheet: Sheet) -> Figure:
    figure = paint(sheet)
    sheets.stamp(figure, sheet)
    return figure
