"""A time axis: lines that break where values are not comparable, dated events, labels next to the lines."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from evalkit.analysis.effects.design import Design
from evalkit.reporting.elements import theme
from evalkit.reporting.language import formats, wording
from evalkit.reporting.language.words import language, translate

TICKS = 8  # at most
LINE = 12.0  # points between the base lines of two labels
PLOT = 0.7  # of a figure's height is between the ends of its vertical axis
NARROW = {"zh": 9, "en": 18}  # characters per line of a label next to the axes


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A series by period, and the label at its end.

    Attributes:
        dots: whether each value is marked; a line without dots was not observed and is dashed.
        breaks: periods with which a new definition begins.
    """

    values: "pd.Series[float]"
    colour: str
    label: str = ""
    dots: bool = True
    breaks: Sequence[str] = ()


def draw(axes: Axes, lines: Sequence[Line], names: Sequence[str], design: Design) -> None:
    """Lines over the same periods, in their context."""
    _context(axes, names, design)
    for one in lines:
        _line(axes, one, names)
    _beside([one for one in lines if one.label and one.values.notna().any()], axes, len(names) - 1)


def label(
    axes: Axes, text: str, at: tuple[float, float], coords: Any, shift: tuple[float, float], colour: str = theme.INK
) -> None:
    """A small label next to a point."""
    axes.annotate(text, at, xycoords=coords, xytext=shift, textcoords="offset points", fontsize=8, color=colour)


def _line(axes: Axes, one: Line, names: Sequence[str]) -> None:
    """A line that stops at every break of definition: values on its two sides are not comparable."""
    style: Mapping[str, Any] = {"marker": "o", "markersize": 3.5} if one.dots else {"linestyle": (0, (4, 2))}
    parts = np.cumsum([name in one.breaks for name in names])
    for part in range(int(parts[-1]) + 1):
        shown = np.where(parts == part, one.values, np.nan)
        axes.plot(np.arange(len(names)), shown, color=one.colour, linewidth=1.8, **style)


def _beside(lines: Sequence[Line], axes: Axes, last: int) -> None:
    """Each line's label at the right, level with its last value; what would overlap is moved apart."""
    (low, high), figure = axes.get_ylim(), axes.get_figure(root=True)
    assert figure is not None
    scale = PLOT * 72 * figure.get_size_inches()[1] / (high - low)
    below = -math.inf  # upper end of the label underneath, in points
    for one in sorted(lines, key=_end):
        text = textwrap.fill(one.label, NARROW[language()])
        half = LINE * (text.count("\n") + 1) / 2
        level = max((_end(one) - low) * scale, below + half)
        below = level + half
        shift = (8, level - (_end(one) - low) * scale)
        axes.annotate(
            text, (last, _end(one)), xytext=shift, textcoords="offset points", va="center", fontsize=8.5,
            color=one.colour, annotation_clip=False,
        )  # fmt: skip


def _end(one: Line) -> float:
    return float(one.values.dropna().iloc[-1])


def _context(axes: Axes, names: Sequence[str], design: Design) -> None:
    """Period labels, the start of the reform, left-out and masked periods, breaks of definition."""
    step = max(1, math.ceil(len(names) / TICKS))
    years = [i for i, name in enumerate(names) if name.endswith(("Q1", "-01")) or len(name) == 4]
    ticks = years[:: max(1, math.ceil(len(years) / TICKS))]
    axes.set_xticks(ticks or list(range(0, len(names), step)), [])
    axes.set_xticklabels([formats.period(names[i][:4]) for i in ticks] or [formats.period(n) for n in names[::step]])
    masked = design.masked or {}
    for i, name in enumerate(names):
        if name in (design.left_out or {}) or name in masked:
            axes.axvspan(i - 0.5, i + 0.5, color=theme.MASK, zorder=0, linewidth=0)
    for about, group in groupby(range(len(names)), key=lambda i: masked.get(names[i], "")):
        if about:
            spot = (min(places := list(group)) + max(places)) / 2
            _over(axes, wording.mask(about), spot)
    if design.adoption in names:
        spot = list(names).index(design.adoption) - 0.5
        axes.axvline(spot, color=theme.INK, linewidth=1)
        label(axes, translate("start"), (spot, 1), ("data", "axes fraction"), (3, -10))
    for start in design.own_breaks:
        spot = list(names).index(start) - 0.5
        axes.axvline(spot, color=theme.GREY, linewidth=0.9, linestyle=(0, (3, 3)))
        label(axes, translate("new definition"), (spot, 0), ("data", "axes fraction"), (3, 4), theme.GREY)


def _over(axes: Axes, text: str, spot: float) -> None:
    axes.annotate(
        text, (spot, 1), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points", ha="center",
        fontsize=8, color=theme.GREY,
    )  # fmt: skip
