"""A time axis: lines that break where values are not comparable, dated events, labels next to the lines."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evalkit.analysis.effects.design import Design
from evalkit.project.params import Indicator
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.sheet import LINE, Margins, Sheet
from evalkit.reporting.language import formats, wording
from evalkit.reporting.language.words import language, translate

HEIGHT = 165.0  # points of a plot
BESIDE = 92.0  # points for the labels right of a plot
GAP = 8.0  # points from the end of a line to its label


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A series by period, and its label.

    Attributes:
        dots: whether each value is marked; a line without dots was not observed and is dashed.
        breaks: periods with which a new definition begins.
    """

    values: "pd.Series[float]"
    colour: str
    label: str = ""
    dots: bool = True
    breaks: Sequence[str] = ()


def plot(sheet: Sheet, height: float = HEIGHT) -> tuple[Figure, Axes]:
    """An empty plot over time; `finish` gives it its margins."""
    return sheets.plot(sheet, height, Margins())


def draw(axes: Axes, lines: Sequence[Line], names: Sequence[str], design: Design, sheet: Sheet) -> None:
    """Lines over the same periods, in their context."""
    _context(axes, names, design, sheet)
    for line in lines:
        _line(axes, line, names)


def finish(
    axes: Axes,
    lines: Sequence[Line],
    names: Sequence[str],
    indicator: Indicator,
    sheet: Sheet,
    unit: str = "",
    height: float = HEIGHT,
) -> None:
    """Number the axes, label the lines and give the plot its margins; nothing may change the limits later.

    Args:
        unit: of the values, where it is not the indicator's.
    """
    widest, own = sheets.value_axis(axes, indicator, sheet)
    left, row = widest + 8, sheet.small * LINE
    over = row if sheet.is_narrow else 0.0  # a phone has no room for the unit next to the labels of events
    sheets.note(axes, unit or own or indicator.name[language()], sheet, left, over)
    _years(axes, names, sheet)
    shown = [line for line in lines if line.label and line.values.notna().any()]
    key = row * len(shown) if sheet.is_narrow else 0.0
    beside = _beside(shown, axes, len(names) - 1, sheet, height) if shown and not sheet.is_narrow else 0.0
    margins = Margins(left, max(beside + GAP + 2, 8), row + 7 + over + key, sheet.text * LINE + 6)
    sheets.place(axes, sheet, height, margins)
    if sheet.is_narrow:
        _key(axes, shown, sheet)


def label(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    coords: Any,
    shift: tuple[float, float],
    sheet: Sheet,
    colour: str = theme.INK,
    **more: Any,
) -> None:
    """A small label next to a point."""
    axes.annotate(
        text, at, xycoords=coords, xytext=shift, textcoords="offset points", fontsize=sheet.small, color=colour, **more
    )


def _line(axes: Axes, line: Line, names: Sequence[str]) -> None:
    """A line that stops at every break of definition: values on its two sides are not comparable."""
    style: Mapping[str, Any] = {"marker": "o", "markersize": 3.5} if line.dots else {"linestyle": (0, (4, 2))}
    parts = np.cumsum([name in line.breaks for name in names])
    for part in range(int(parts[-1]) + 1):
        shown = np.where(parts == part, line.values, np.nan)
        axes.plot(np.arange(len(names)), shown, color=line.colour, linewidth=1.8, **style)


def _beside(lines: Sequence[Line], axes: Axes, last: int, sheet: Sheet, height: float) -> float:
    """Each line's label right of it, level with its last value, moved apart where they would overlap; their width."""
    low, high = axes.get_ylim()
    scale = height / (high - low)
    below = -math.inf  # upper end of the label underneath, in points
    texts = {id(line): sheets.wrapped(line.label, BESIDE, sheet.text) for line in lines}
    for line in sorted(lines, key=_end):
        text = texts[id(line)]
        half = sheet.text * LINE * (text.count("\n") + 1) / 2
        level = max((_end(line) - low) * scale, below + half)
        below = level + half
        shift = (GAP, level - (_end(line) - low) * scale)
        axes.annotate(
            text, (last, _end(line)), xytext=shift, textcoords="offset points", va="center", fontsize=sheet.text,
            color=line.colour, annotation_clip=False,
        )  # fmt: skip
    return sheets.widest(list(texts.values()), sheet.text)


def _key(axes: Axes, lines: Sequence[Line], sheet: Sheet) -> None:
    """The labels of the lines on top of a drawing without room right of its plot, each behind a piece of its line."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    inches = figure.dpi_scale_trans
    for i, line in enumerate(lines):
        up = figure.get_size_inches()[1] - sheet.small * LINE * (i + 0.6) / sheets.POINTS
        style: Any = "-" if line.dots else (0, (4, 2))
        piece = Line2D([0.03, 0.25], [up, up], color=line.colour, linewidth=1.8, linestyle=style, transform=inches)
        figure.add_artist(piece)
        figure.text(0.32, up, line.label, transform=inches, va="center", fontsize=sheet.small, color=line.colour)


def _end(line: Line) -> float:
    return float(line.values.dropna().iloc[-1])


def _years(axes: Axes, names: Sequence[str], sheet: Sheet) -> None:
    """Years below the axis, as many as have room, the last one among them; periods where no year begins."""
    years = [i for i, name in enumerate(names) if name.endswith(("Q1", "-01", "H1")) or len(name) == 4]
    ticks = years if len(years) > 1 else list(range(len(names)))
    cut = slice(0, 4) if len(years) > 1 else slice(None)
    shown = [names[i][cut] if sheet.is_narrow and len(years) > 1 else formats.period(names[i][cut]) for i in ticks]
    room = (sheet.width - 40 - (0 if sheet.is_narrow else BESIDE)) / (sheets.widest(shown, sheet.text) + 6)
    step = max(1, math.ceil(len(ticks) / room))
    axes.set_xticks(ticks[::-1][::step][::-1], shown[::-1][::step][::-1])
    axes.set_xlim(-0.6, len(names) - 0.4)


def _context(axes: Axes, names: Sequence[str], design: Design, sheet: Sheet) -> None:
    """The start of the reform, left-out and masked periods, breaks of definition."""
    masked = design.masked or {}
    is_out = [name in masked or name in (design.left_out or {}) for name in names]
    for out, run in groupby(range(len(names)), key=is_out.__getitem__):
        if out:
            places = list(run)
            axes.axvspan(places[0] - 0.5, places[-1] + 0.5, color=theme.MASK, zorder=0, linewidth=0)
    for mask, group in groupby(range(len(names)), key=lambda i: masked.get(names[i], "")):
        if mask:
            spot = float(np.mean(list(group)))
            label(
                axes, wording.mask(mask), (spot, 1), ("data", "axes fraction"), (0, 5), sheet, theme.GREY, ha="center"
            )
    if design.adoption in names:
        spot = list(names).index(design.adoption) - 0.5
        axes.axvline(spot, color=theme.INK, linewidth=1)
        label(
            axes, translate("start"), (spot, 1), ("data", "axes fraction"), (-3, 5), sheet, ha="right",
            annotation_clip=False,
        )  # fmt: skip
    for start in design.own_breaks:
        spot = list(names).index(start) - 0.5
        axes.axvline(spot, color=theme.GREY, linewidth=0.9, linestyle=(0, (3, 3)))
        label(axes, translate("new definition"), (spot, 1), ("data", "axes fraction"), (3, -11), sheet, theme.GREY)
