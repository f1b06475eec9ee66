"""Sparklines: the course of an indicator in the width of a table cell, all rows of a table on one time axis."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evalkit import periods
from evalkit.analysis.goals.observed import Figures, Observation
from evalkit.project.region_file import NUMERIC, Target
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import sheet
from evalkit.reporting.elements.parts import Spark
from evalkit.reporting.language import formats, wording
from evalkit.reporting.language.words import Html, language, plain, say

WIDTH, HEIGHT, EDGE = 104, 30, 4  # pixels
LETTERS = 11  # pixels: the size of the highest and the lowest figure next to the line
FEWEST = 2  # one figure has no course
FARTHEST = 1.0  # of the span of the figures: how far from them a target is drawn true to scale
LONGEST_STEP = {
    "year": 400,
    "half": 200,
    "quarter": 120,
    "month": 45,
    "day": 5,
}  # days; a longer one is a gap in the figures


@dataclass(frozen=True, slots=True)
class Axis:
    """The time that every sparkline of a table spans."""

    first: dt.date
    last: dt.date

    def place(self, day: dt.date) -> float:
        """The position of a day, in pixels from the left."""
        days = max((self.last - self.first).days, 1)
        return EDGE + (WIDTH - 2 * EDGE) * (day - self.first).days / days


def axis(courses: Iterable[Figures]) -> Axis | None:
    """The time from the first to the last figure of all rows; None where no row has a course."""
    periods_seen = [figure.period for figures in courses for figure in drawn(figures)]
    if not periods_seen:
        return None
    return Axis(min(map(periods.first_day, periods_seen)), max(map(periods.last_day, periods_seen)))


def drawn(figures: Figures) -> tuple[Observation, ...]:
    """The comparable figures, which alone make a course; none where there are fewer than two."""
    return figures.comparable if len(figures.comparable) >= FEWEST else ()


def sparkline(figures: Figures, over: Axis | None, target: Target | None = None) -> Spark | None:
    """The course of one indicator, with its target (dashed) and the start of the reform (upright).

    None where there are fewer than two comparable figures: one figure has no course.
    """
    seen = drawn(figures)
    if not seen or over is None:
        return None
    wanted, values = _wanted(target), {figure.period: figure.value for figure in seen if figure.value is not None}
    heights = _heights(list(values.values()), wanted)
    points = [(_middle(period), over.place(_middle(period)), y) for period, y in zip(values, heights, strict=False)]
    step = LONGEST_STEP[periods.frequency(seen[0].period)]
    lines = [*_start(figures, over), *map(_level, heights[len(values) :]), _course(points, step)]
    return _svg(_label(figures, seen), lines, points[-1][1:], _ends(list(values.values())))


def legend(over: Axis | None) -> Html:
    """How to read the sparklines of a table; empty where it has none."""
    if over is None:
        return Html("")
    sentence = say(
        "Small drawings: line, the region's comparable figures; dashed, the target; upright, the start of the reform. "
        "All on one time axis, {first} to {last}; each with a scale of its own: the highest and the lowest figure are "
        "beside it. A target far from them is drawn at the edge.",
        first=over.first.year,
        last=over.last.year,
    )
    return Html('<p class="note">{}</p>').format(sentence)


def _wanted(target: Target | None) -> list[float]:
    """The levels that a target sets; directions and growths set none."""
    if target is None or target.operator not in NUMERIC:
        return []
    return list(target.value) if isinstance(target.value, tuple) else [float(str(target.value))]


def _heights(values: Sequence[float], wanted: Sequence[float]) -> list[float]:
    """Pixels from the top; the lowest value is at the bottom, whatever it is.

    A target that is far from all figures is drawn at the edge: true to scale it would press the course flat.
    """
    low, high = min(values), max(values)
    reach = (high - low) * FARTHEST
    near = [level for level in wanted if low - reach <= level <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    room = HEIGHT - 2 * EDGE
    shares = [(value - low) / (high - low) if high > low else 0.5 for value in (*values, *wanted)]
    return [HEIGHT - EDGE - room * min(max(share, 0), 1) for share in shares]


def _ends(values: Sequence[float]) -> tuple[str, str]:
    """The highest and the lowest figure, in as few signs as tell them apart; one is enough where they are equal."""
    low, high = min(values), max(values)
    factor, name = sheet.large(max(abs(low), abs(high)))
    if factor == 1e3:  # the word is longer than the digits that it saves
        factor, name = 1.0, ""
    decimals = next((n for n in range(3) if round(low / factor, n) != round(high / factor, n)), 2)
    unit = f" {name}" if name and language() == "en" else name
    texts = [formats.number(value / factor, decimals, unit=unit) for value in (high, low)]
    return texts[0], texts[1] if high > low else ""


def _middle(period: str) -> dt.date:
    first = periods.first_day(period)
    return first + (periods.last_day(period) - first) / 2


def _start(figures: Figures, over: Axis) -> list[Markup]:
    if not figures.adoption or not over.first <= periods.first_day(figures.adoption) <= over.last:
        return []
    at = over.place(periods.first_day(figures.adoption))
    return [Markup('<path d="M{:.1f} 0V{}" stroke="{}"/>').format(at, HEIGHT, theme.GREY)]


def _level(at: float) -> Markup:
    path = Markup('<path d="M0 {:.1f}H{}" stroke="{}" stroke-dasharray="4 3"/>')
    return path.format(at, WIDTH, theme.POOL)


def _course(points: Sequence[tuple[dt.date, float, float]], step: int) -> Markup:
    """The line, broken where figures are missing; a figure without neighbours is a dot."""
    steps, before = [], None
    for day, x, y in points:
        steps.append(f"L{x:.1f} {y:.1f}" if before and (day - before).days <= step else f"M{x:.1f} {y:.1f}h0")
        before = day
    path = Markup('<path d="{}" stroke="{}" stroke-width="1.6" stroke-linecap="round"/>')
    return path.format("".join(steps), theme.REGION)


def _svg(label: str, lines: Sequence[Markup], last: tuple[float, float], ends: tuple[str, str]) -> Spark:
    across = WIDTH + 3 + round(sheet.widest(ends, LETTERS))
    frame = Markup(
        '<svg class="spark" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}" fill="none">'
        '{}<circle cx="{:.1f}" cy="{:.1f}" r="2.4" fill="{}"/>{}</svg>'
    )
    text = Markup('<text x="{}" y="{}" font-size="{}" fill="{}">{}</text>')
    shown = [
        text.format(WIDTH + 2, y, LETTERS, theme.GREY, end)
        for end, y in zip(ends, (LETTERS - 1, HEIGHT - 1), strict=True)
        if end
    ]
    drawn = Markup("").join(lines), *last, theme.REGION, Markup("").join(shown)
    return Spark(Html(frame.format(label, across, HEIGHT, across, HEIGHT, *drawn)), label)


def _label(figures: Figures, seen: Sequence[Observation]) -> str:
    first, last = seen[0], seen[-1]
    return plain(
        "{name}: from {first} ({first_period}) to {last} ({last_period})",
        name=figures.indicator.name[language()],
        first=_figure(first, figures),
        first_period=formats.period(first.period),
        last=_figure(last, figures),
        last_period=formats.period(last.period),
    )


def _figure(figure: Observation, figures: Figures) -> str:
    return wording.exactness(figure.operator, figure.value or 0.0, figures.indicator)
