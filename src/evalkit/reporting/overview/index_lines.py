"""Sparklines for thousands of rows: whole pixels and steps from point to point, drawn as in `sparklines`.

One drawing of 28 quarters takes some 250 bytes, a third of what it takes in a report; index.css has size and colours.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from markupsafe import Markup

from evalkit import periods
from evalkit.project.params import Indicator
from evalkit.reporting.elements.sparklines import EDGE, FEWEST, HEIGHT, LONGEST_STEP, WIDTH, Axis
from evalkit.reporting.language import formats

Series = Sequence[tuple[str, float]]


def axis(courses: Iterable[Series]) -> Axis | None:
    """The time from the first to the last figure of all rows; None where no row has a course."""
    seen = {period for series in courses if len(series) >= FEWEST for period, _ in series}
    if not seen:
        return None
    return Axis(min(map(periods.first_day, seen)), max(map(periods.last_day, seen)))


def line(values: Series, indicator: Indicator, over: Axis | None, target: float | None, adoption: str) -> Markup:
    """The course of one indicator, with its target (dashed) and the start of the reform (upright)."""
    if len(values) < FEWEST or over is None:
        return Markup("")
    figures = [value for _, value in values]
    scaled = _heights([*figures, *([] if target is None else [target])])
    drawn = [_course(values, scaled, over)]
    if target is not None:
        drawn.append(Markup('<path class="t" d="M0 {}h{}"/>').format(scaled[-1], WIDTH))
    if adoption and over.first <= _first(adoption) <= over.last:
        drawn.append(Markup('<path class="a" d="M{} 0v{}"/>').format(round(over.place(_first(adoption))), HEIGHT))
    label = f"{formats.number(figures[0])} → {formats.value(figures[-1], indicator)}"
    return Markup('<svg role="img" aria-label="{}">{}</svg>').format(label, Markup("").join(drawn))


def _heights(values: Sequence[float]) -> list[int]:
    """Pixels from the top; the lowest value is at the bottom, whatever it is."""
    low, high = min(values), max(values)
    room = HEIGHT - 2 * EDGE
    return [round(HEIGHT - EDGE - room * ((value - low) / (high - low) if high > low else 0.5)) for value in values]


def _course(values: Series, heights: Sequence[int], over: Axis) -> Markup:
    """The line, broken where figures are missing; in as few signs as a path can be written."""
    longest = LONGEST_STEP[periods.frequency(values[0][0])]
    points = [(_middle(period), y) for (period, _), y in zip(values, heights, strict=False)]
    path, letter = f"M{round(over.place(points[0][0]))} {points[0][1]}", "l"
    for (day, y), (after, down) in pairwise(points):
        letter = "m" if (after - day).days > longest else letter
        across = round(over.place(after)) - round(over.place(day))
        path += f"{letter or ' '}{across}{'' if down < y else ' '}{down - y}"
        letter = ""  # from here on a pair of numbers is a line
    return Markup('<path d="{}"/>').format(path)


@cache
def _middle(period: str) -> dt.date:
    first = _first(period)
    return first + (periods.last_day(period) - first) / 2


@cache
def _first(period: str) -> dt.date:
    return periods.first_day(period)
