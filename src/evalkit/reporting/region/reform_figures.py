"""The figure of the reform over time: measures, milestones, other reforms, the start and the cut-off."""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from evalkit import periods
from evalkit.panel import observations as panels
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Cited
from evalkit.reporting.elements import theme
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import language, say, translate

LANES = ("basis", "reform", "milestone", "payment", "concurrent")
MARKERS = {"basis": "h", "reform": "o", "milestone": "D", "payment": "s", "concurrent": "s"}
COLOURS = {
    "basis": theme.GREY,
    "reform": theme.REGION,
    "milestone": theme.INK,
    "payment": "#7a3e9d",
    "concurrent": theme.POOL,
}
ROW = 0.27  # inches from one row of marks to the next
MARK = 0.22  # inches that a mark needs across
ACROSS = 5.2  # inches that the time axis has at least
KEY = 66  # half-width characters of a line of the key


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """One dated entry: its lane, its period, and whether it has happened."""

    lane: str
    date: str
    name: str
    happened: bool
    cited: Cited


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """The place of the marks of one period: their numbers, its days, and the row of the lane."""

    numbers: tuple[int, ...]
    start: int
    end: int
    row: int


def timeline(marks: Sequence[Mark], evaluation: Evaluation) -> Figure:
    """Dated entries in lanes over time, with the start of the reform, masked periods and the cut-off date.

    Args:
        marks: what is drawn, by date; the first is number 1.
        evaluation: whose start, masks and cut-off date are drawn.
    """
    theme.use()
    first, last = _extent(marks, evaluation)
    width = MARK * (last - first) / ACROSS
    numbered = {lane: [(i, one) for i, one in enumerate(marks, start=1) if one.lane == lane] for lane in LANES}
    lanes = {lane: _spots(found, width) for lane, found in numbered.items() if found}
    depth = [max(spot.row for spot in spots) + 1 for spots in lanes.values()]
    heights = [1.0 + ROW * sum(depth), 0.17 * -(-len(marks) // 2)]
    figure = plt.figure(figsize=(theme.WIDTH, sum(heights)))
    plt.close(figure)  # shown by the page, not by the notebook's backend as well
    (upper,), (lower,) = figure.subfigures(2, 1, height_ratios=heights, squeeze=False)
    axes = upper.subplots()
    _time_axis(axes, first, last, sum(depth))
    _context(axes, evaluation)
    _lanes(axes, lanes, depth, marks)
    _key(lower, marks)
    return figure


def _extent(marks: Sequence[Mark], evaluation: Evaluation) -> tuple[int, int]:
    """From the first day of the first year to the last day of the last one."""
    dates = [one.date for one in marks]
    dates += [text for text in (adoption(evaluation), str(evaluation.assessment.as_of or "")) if text]
    years = [day.year for text in dates for day in (periods.first_day(text), periods.last_day(text))]
    return dt.date(min(years), 1, 1).toordinal(), dt.date(max(years), 12, 31).toordinal()


def adoption(evaluation: Evaluation) -> str:
    """The start of the reform as known on the as-of date."""
    return str(panels.units_as_of(evaluation).at[evaluation.region, "adoption"])


def _spots(numbered: Sequence[tuple[int, Mark]], width: float) -> list[_Spot]:
    """Marks of one period side by side, as their order is unknown; marks that would overlap get another row.

    `width` is what a mark needs, in days.
    """
    taken: list[float] = []
    found = []
    for date, group in groupby(numbered, key=lambda one: one[1].date):
        numbers = [number for number, _ in group]
        start, end = periods.first_day(date).toordinal(), periods.last_day(date).toordinal() + 1
        fit = max(int((end - start) / width), 4)
        for i in range(0, len(numbers), fit):
            part = tuple(numbers[i : i + fit])
            half = max(len(part) * width, end - start) / 2
            left = (start + end) / 2 - half
            row = next((i for i, until in enumerate(taken) if until <= left), len(taken))
            taken[row : row + 1] = [left + 2 * half]
            found.append(_Spot(part, start, end, row))
    return found


def _time_axis(axes: Axes, first: int, last: int, rows: int) -> None:
    """Years from left to right, rows of marks from top to bottom."""
    years = range(dt.date.fromordinal(first).year, dt.date.fromordinal(last).year + 1)
    room = MARK * (last - first) / ACROSS / 2
    axes.set(xlim=(first - room, last + 1 + room), ylim=(rows - 0.5, -0.5))
    axes.set_xticks([dt.date(year, 1, 1).toordinal() for year in years], [])
    step = -(-len(years) // 14)
    axes.set_xticks(
        [dt.date(year, 7, 2).toordinal() for year in years[::step]],
        [formats.period(str(year)) for year in years[::step]],
        minor=True,
    )
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="x", which="minor", length=0, labelsize=8.5)
    axes.spines["left"].set_visible(False)


def _context(axes: Axes, evaluation: Evaluation) -> None:
    """The start, as precisely as known, masked periods and the cut-off date; labels on separate levels."""
    labels: list[tuple[str, dt.date, str]] = []
    start, as_of = adoption(evaluation), evaluation.assessment.as_of
    if as_of:
        axes.axvline(as_of.toordinal() + 1, color=theme.INK, linewidth=1, linestyle=(0, (4, 3)))
        labels.append((translate("cut-off"), as_of, theme.INK))
    for name, masked in evaluation.assessment.design.mask.items():
        shown = [one for one in masked if _is_inside(axes, one)]
        for one in shown:
            _band(axes, one, "#dfe3e8")
        labels += [(wording.mask(name), periods.first_day(shown[0]), theme.GREY)] if shown else []
    if start:
        _band(axes, start, theme.BAND)
        axes.axvline(periods.first_day(start).toordinal(), color=theme.REGION, linewidth=1)
        told = say("start of the reform: {date}", date=formats.period(start))
        if event := evaluation.details.start:
            told = say("{name}: {date}", name=event[language()], date=formats.period(start))
        labels.append((told, periods.first_day(start), theme.REGION))
    for level, (text, day, colour) in enumerate(labels):
        _above(axes, text, day, level, colour)


def _is_inside(axes: Axes, period: str) -> bool:
    first, last = axes.get_xlim()
    return first <= periods.first_day(period).toordinal() and periods.last_day(period).toordinal() <= last


def _band(axes: Axes, period: str, colour: str) -> None:
    start, end = periods.first_day(period).toordinal(), periods.last_day(period).toordinal() + 1
    axes.axvspan(start, end, color=colour, zorder=0, linewidth=0)


def _above(axes: Axes, text: str, day: dt.date, level: int, colour: str) -> None:
    """A word over the drawing at a day, on the side where there is room."""
    first, last = axes.get_xlim()
    is_late = day.toordinal() > (first + last) / 2
    axes.annotate(
        text,
        (day.toordinal(), 1),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if is_late else 3, 4 + 11 * level),
        textcoords="offset points",
        ha="right" if is_late else "left",
        fontsize=8,
        color=colour,
    )


def _lanes(axes: Axes, lanes: dict[str, list[_Spot]], depth: Sequence[int], marks: Sequence[Mark]) -> None:
    """One lane for each kind of entry, its marks numbered; a bar under marks of a year or quarter."""
    tops = [sum(depth[:i]) for i in range(len(depth))]
    for (lane, spots), top in zip(lanes.items(), tops, strict=True):
        if top:
            axes.axhline(top - 0.5, color=theme.FAINT, linewidth=0.8)
        for spot in spots:
            _place(axes, spot, top + spot.row, lane, marks)
    centres = [top + (rows - 1) / 2 for top, rows in zip(tops, depth, strict=True)]
    axes.set_yticks(centres, [translate(vocabulary.LANES[lane]) for lane in lanes])
    axes.tick_params(axis="y", length=0, labelsize=8.5)


def _place(axes: Axes, spot: _Spot, row: float, lane: str, marks: Sequence[Mark]) -> None:
    colour, (first, last) = COLOURS[lane], axes.get_xlim()
    width = MARK * (last - first) / ACROSS
    length = spot.end - spot.start
    if length > 31:
        axes.plot(
            [spot.start + 4, spot.end - 4],
            [row, row],
            color=colour,
            alpha=0.22,
            linewidth=9,
            zorder=1,
            solid_capstyle="butt",
        )
    gap = max(width, length / len(spot.numbers))
    left = (spot.start + spot.end - gap * (len(spot.numbers) - 1)) / 2
    for i, number in enumerate(spot.numbers):
        solid = marks[number - 1].happened
        axes.scatter(
            [left + gap * i],
            [row],
            s=105,
            marker=MARKERS[lane],
            zorder=3,
            linewidth=1.1,
            clip_on=False,
            facecolor=colour if solid else "white",
            edgecolor=colour,
        )
        axes.text(
            left + gap * i,
            row,
            str(number),
            ha="center",
            va="center_baseline",
            fontsize=6.5,
            zorder=4,
            color="white" if solid else colour,
        )


def _key(below: SubFigure, marks: Sequence[Mark]) -> None:
    """The entries by number, in two columns, cut to a line each; the table below has them in full."""
    lines = -(-len(marks) // 2)
    for i, one in enumerate(marks):
        told = _cut(f"{i + 1}  {formats.period(one.date)}  {one.name}")
        below.text(0.01 + 0.5 * (i // lines), 1 - (i % lines + 0.5) / lines, told, va="center", fontsize=7.5)


def _cut(text: str) -> str:
    """The text, with an ellipsis where it is longer than a line of the key; a Chinese character counts twice."""
    widths = [2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text]
    fits = [i for i in range(len(text) + 1) if sum(widths[:i]) <= KEY]
    return text if fits[-1] == len(text) else text[: fits[-1] - 1] + "…"
