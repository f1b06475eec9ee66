"""A forest plot: a row for each estimate with its interval, its words right of it on a page and above it on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.sheet import LINE, Margins, Sheet
from evalkit.reporting.language.words import translate

GAP = 10.0  # points between columns
NAMES = 128.0  # points that names have at most


@dataclass(frozen=True, slots=True)
class Row:
    """An estimate in the unit of the axis.

    Attributes:
        low, high: its interval, if it has one.
        amount, verdict: in words, right of it.
        is_pooled: drawn as a diamond instead of a square.
    """

    name: str
    estimate: float
    low: float | None
    high: float | None
    amount: str = ""
    verdict: str = ""
    is_pooled: bool = False


@dataclass(frozen=True, slots=True)
class Forest:
    """Rows on one axis.

    Attributes:
        unit: what the axis is in.
        sides: the words at its left and right end; empty where neither side is the better one.
    """

    rows: Sequence[Row]
    unit: str
    sides: tuple[str, str] = ("", "")


def forest(given: Forest, sheet: Sheet) -> Figure:
    """The forest on a sheet; every row has half a row of room above and below."""
    names = [sheets.wrapped(row.name, NAMES, sheet.text) for row in given.rows]
    words = [(" · " if sheet.is_narrow else "\n").join(filter(None, (row.amount, row.verdict))) for row in given.rows]
    top = sheet.small * LINE + 6 if any(given.sides) else 4
    margins = Margins(6, 6, top, 2 * sheet.text * LINE + 8)
    if sheet.is_narrow:
        names = [row.name for row in given.rows]
        both = [name + text for name, text in zip(names, words, strict=True)]
        above = 1 if sheets.widest(both, sheet.text) < sheet.width - 20 else 2
        step = sheet.text * LINE * (above + 1) + 5
    else:
        above = 0
        step = sheet.text * LINE * max(text.count("\n") + 1 for text in (*names, *words)) + 5
        left, right = sheets.widest(names, sheet.text) + GAP, sheets.widest(words, sheet.text) + GAP
        margins = Margins(left, max(right, 8), top, margins.bottom)
    figure, axes = sheets.plot(sheet, step * len(given.rows), margins)
    reach = _reach(given.rows)
    axes.set(xlim=(-reach, reach), ylim=(len(given.rows) - 0.5, -0.5), yticks=[])
    axes.axvline(0, color=theme.INK, linewidth=0.9, zorder=1)
    for place, row in enumerate(given.rows):
        _draw(axes, row, place + 0.5 * above * sheet.text * LINE / step, reach)
        _label(axes, place, names[place], words[place], above, sheet)
    _sides(axes, given.sides, sheet)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(given.unit, fontsize=sheet.text)
    axes.xaxis.set_major_locator(sheets.ticks(5))
    axes.xaxis.set_major_formatter(sheets.signed)
    return figure


def _reach(rows: Sequence[Row]) -> float:
    """Half of the axis: all estimates, and all intervals that are not far wider than the usual one."""
    ends = sorted(max(abs(end) for end in (row.low, row.high, row.estimate) if end is not None) for row in rows)
    usual = ends[len(ends) // 2]
    return 1.06 * max([end for end in ends if end <= 3 * usual] + [abs(row.estimate) * 1.1 for row in rows]) or 1.0


def _draw(axes: Axes, row: Row, place: float, reach: float) -> None:
    """The interval, with an arrow head where it leaves the plot, and the estimate on it."""
    if row.low is not None and row.high is not None:
        low, high = max(row.low, -reach), min(row.high, reach)
        axes.hlines(place, low, high, color=theme.REGION, linewidth=1.8)
        for end, is_cut, marker in ((low, low > row.low, "<"), (high, high < row.high, ">")):
            if is_cut:
                axes.scatter([end], [place], marker=marker, s=26, color=theme.REGION, clip_on=False, linewidth=0)
    marker = "D" if row.is_pooled else "s"
    axes.scatter([row.estimate], [place], marker=marker, s=40, color=theme.REGION, zorder=3, linewidth=0)


def _label(axes: Axes, place: int, name: str, words: str, above: int, sheet: Sheet) -> None:
    """Name left and words right of a row; on a phone `above` it, on one line where both fit, or on two."""
    if not above:
        _write(axes, name, (0, place), (-GAP, 0), sheet, "right", "center")
        _write(axes, words, (1, place), (GAP, 0), sheet, "left", "center")
        return
    _write(axes, name, (0, place - 0.47), (0, 0), sheet, "left", "top")
    if above == 1:
        _write(axes, words, (1, place - 0.47), (0, 0), sheet, "right", "top")
    else:
        _write(axes, words, (0, place - 0.47), (0, -sheet.text * LINE), sheet, "left", "top")


def _write(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float],
    sheet: Sheet,
    side: Literal["left", "right"],
    level: Literal["top", "center"],
) -> None:
    axes.annotate(
        text, at, xycoords=("axes fraction", "data"), xytext=shift, textcoords="offset points", ha=side, va=level,
        fontsize=sheet.text, annotation_clip=False, linespacing=1.25,
    )  # fmt: skip


def _sides(axes: Axes, sides: tuple[str, str], sheet: Sheet) -> None:
    """Which side is the better one, above the plot."""
    for text, at, shift, side in ((sides[0], 0.5, -6, "right"), (sides[1], 0.5, 6, "left")):
        axes.annotate(
            text, (at, 1), xycoords="axes fraction", xytext=(shift, 5), textcoords="offset points", ha=side,
            fontsize=sheet.small, color=theme.GREY, annotation_clip=False,
        )  # fmt: skip


def better_right() -> tuple[str, str]:
    """The words of an axis on which estimates are turned so that the better side is the right one."""
    return "← " + translate("unfavourable"), translate("favours the reform") + " →"
