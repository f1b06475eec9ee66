"""The figure of the reform over time: measures, milestones, other reforms, the start and the cut-off."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit import periods
from evalkit.panel import observations as panels
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Cited
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.sheet import Margins, Sheet
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.plain_text import text_of
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
ROW = 20.0  # points from one row of marks to the next
MARK = 16.0  # points that a mark needs across
LABEL = 13.0  # points from one label above the plot to the next
INDENT = 22.0  # points for the number in front of an entry
BETWEEN = 14.0  # points between the columns of the list


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
    """The place of the marks of one period: the marks with their numbers, its days, and the row of the lane."""

    marks: tuple[tuple[int, Mark], ...]
    start: int
    end: int
    row: int


@dataclass(frozen=True, slots=True)
class _Text:
    """A line of the list, with the number in front of it."""

    text: str
    indent: float
    colour: str
    number: str = ""


def numbers(marks: Sequence[Mark]) -> list[int]:
    """The number of each entry in the drawing; 0 where only its year is known: its place in the year means nothing."""
    dated = [periods.frequency(mark.date) != "year" for mark in marks]
    return [sum(dated[: place + 1]) if is_dated else 0 for place, is_dated in enumerate(dated)]


def timeline(marks: Sequence[Mark], evaluation: Evaluation, sheet: Sheet) -> Figure:
    """Dated entries in lanes over time, with the start of the reform and the cut-off date; below, all entries by year.

    Args:
        marks: by date; entries of which only the year is known are listed, not drawn.
        evaluation: whose start, masks and cut-off date are drawn.
    """
    theme.use()
    first, last = _extent(marks, evaluation)
    numbered = [(number, mark) for number, mark in zip(numbers(marks), marks, strict=True) if number]
    filled = {mark.lane for _, mark in numbered}
    names = {lane: translate(vocabulary.LANES[lane]) for lane in LANES if lane in filled}
    left = 8.0 if sheet.is_narrow else sheets.widest(list(names.values()), sheet.small) + 10
    room = sheet.width - left - 8
    width = MARK * (last - first) / (room - MARK)
    lanes = {lane: _spots([pair for pair in numbered if pair[1].lane == lane], width) for lane in names}
    depth = [max(spot.row for spot in spots) + 1 + (0.6 if sheet.is_narrow else 0) for spots in lanes.values()]
    columns = _columns(marks, sheet)
    line = sheet.small * sheets.LINE
    lowest = line * max(len(column) for column in columns) + sheet.text * sheets.LINE + 14
    figure, axes = sheets.plot(sheet, ROW * max(sum(depth), 0.6), Margins(left, 8, _room_above(evaluation), lowest))
    _time_axis(axes, (first, last), width, sum(depth), sheet)
    _context(axes, evaluation, sheet)
    _lanes(axes, lanes, names, depth, width, sheet)
    _list(figure, columns, lowest - sheet.text * sheets.LINE - 8 + sheet.foot, sheet)
    return figure


def _extent(marks: Sequence[Mark], evaluation: Evaluation) -> tuple[int, int]:
    """From the first day of the first year to the last day of the last one."""
    dates = [mark.date for mark in marks]
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
    spots = []
    for date, group in groupby(numbered, key=lambda pair: pair[1].date):
        entries = list(group)
        start, end = periods.first_day(date).toordinal(), periods.last_day(date).toordinal() + 1
        fit = max(int((end - start) / width), 4)
        for i in range(0, len(entries), fit):
            part = tuple(entries[i : i + fit])
            half = max(len(part) * width, end - start) / 2
            left = (start + end) / 2 - half
            row = next((i for i, until in enumerate(taken) if until <= left), len(taken))
            taken[row : row + 1] = [left + 2 * half]
            spots.append(_Spot(part, start, end, row))
    return spots


def _time_axis(axes: Axes, days: tuple[int, int], width: float, rows: float, sheet: Sheet) -> None:
    """Years from left to right, rows of marks from top to bottom."""
    first, last = days
    years = range(dt.date.fromordinal(first).year, dt.date.fromordinal(last).year + 1)
    axes.set(xlim=(first - width / 2, last + 1 + width / 2), ylim=(max(rows, 0.6), 0), yticks=[])
    axes.set_xticks([dt.date(year, 1, 1).toordinal() for year in years], [])
    shown = [str(year) if sheet.is_narrow else formats.period(str(year)) for year in years]
    step = math.ceil(len(years) * (sheets.widest(shown, sheet.text) + 6) / (sheet.width - 90))
    axes.set_xticks([dt.date(year, 7, 2).toordinal() for year in years[::step]], shown[::step], minor=True)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="x", which="minor", length=0, labelsize=sheet.text)
    axes.spines["left"].set_visible(False)


def _room_above(evaluation: Evaluation) -> float:
    """Room for the labels above the plot, each on a level of its own."""
    return 8 + LABEL * (2 + len(evaluation.assessment.design.mask))


def _context(axes: Axes, evaluation: Evaluation, sheet: Sheet) -> None:
    """The start, as precisely as known, masked periods and the cut-off date; labels on separate levels."""
    labels: list[tuple[str, dt.date, str]] = []
    start, as_of = adoption(evaluation), evaluation.assessment.as_of
    if as_of:
        axes.axvline(as_of.toordinal() + 1, color=theme.INK, linewidth=1, linestyle=(0, (4, 3)))
        labels.append((translate("cut-off"), as_of, theme.INK))
    for name, masked in evaluation.assessment.design.mask.items():
        shown = [period for period in masked if _is_inside(axes, period)]
        for period in shown:
            _band(axes, period, theme.MASK)
        labels += [(wording.mask(name), periods.first_day(shown[0]), theme.GREY)] if shown else []
    if start:
        _band(axes, start, theme.BAND)
        axes.axvline(periods.first_day(start).toordinal(), color=theme.REGION, linewidth=1)
        label = say("start of the reform: {date}", date=formats.period(start))
        if event := evaluation.details.start:
            label = say("{name}: {date}", name=event[language()], date=formats.period(start))
        labels.append((text_of(label), periods.first_day(start), theme.REGION))
    for level, (text, day, colour) in enumerate(labels):
        _above(axes, text, day, level, colour, sheet)


def _is_inside(axes: Axes, period: str) -> bool:
    first, last = axes.get_xlim()
    return first <= periods.first_day(period).toordinal() and periods.last_day(period).toordinal() <= last


def _band(axes: Axes, period: str, colour: str) -> None:
    start, end = periods.first_day(period).toordinal(), periods.last_day(period).toordinal() + 1
    axes.axvspan(start, end, color=colour, zorder=0, linewidth=0)


def _above(axes: Axes, text: str, day: dt.date, level: int, colour: str, sheet: Sheet) -> None:
    """A word over the drawing at a day, on the side where there is room."""
    first, last = axes.get_xlim()
    is_late = day.toordinal() > (first + last) / 2
    axes.annotate(
        text, (day.toordinal(), 1), xycoords=("data", "axes fraction"),
        xytext=(-3 if is_late else 3, 4 + LABEL * level), textcoords="offset points",
        ha="right" if is_late else "left", fontsize=sheet.small, color=colour, annotation_clip=False,
    )  # fmt: skip


def _lanes(
    axes: Axes, lanes: dict[str, list[_Spot]], names: dict[str, str], depth: Sequence[float], width: float, sheet: Sheet
) -> None:
    """One lane for each kind of entry, its marks numbered; its name left of it, or on top of it on a phone."""
    tops = [sum(depth[:i]) for i in range(len(depth))]
    for (lane, spots), top, rows in zip(lanes.items(), tops, depth, strict=True):
        if top:
            axes.axhline(top, color=theme.FAINT, linewidth=0.8)
        head = 0.6 if sheet.is_narrow else 0.0
        for spot in spots:
            _place(axes, spot, top + head + spot.row + 0.5, lane, width, sheet)
        at, side = ((3, top + 0.35), "left") if sheet.is_narrow else ((-6, top + rows / 2), "right")
        axes.annotate(
            names[lane], (0, at[1]), xycoords=("axes fraction", "data"), xytext=(at[0], 0),
            textcoords="offset points", ha=side, va="center", fontsize=sheet.small, color=COLOURS[lane],
            annotation_clip=False,
        )  # fmt: skip


def _place(axes: Axes, spot: _Spot, row: float, lane: str, width: float, sheet: Sheet) -> None:
    """The marks of one period; a bar under those of a half or quarter year."""
    colour, length = COLOURS[lane], spot.end - spot.start
    if length > 31:
        axes.hlines(row, spot.start + 4, spot.end - 4, color=colour, alpha=0.22, linewidth=9, zorder=1)
    gap = max(width, length / len(spot.marks))
    left = (spot.start + spot.end - gap * (len(spot.marks) - 1)) / 2
    for i, (number, mark) in enumerate(spot.marks):
        axes.scatter(
            [left + gap * i], [row], s=150, marker=MARKERS[lane], zorder=3, linewidth=1.1, clip_on=False,
            facecolor=colour if mark.happened else "white", edgecolor=colour,
        )  # fmt: skip
        axes.text(
            left + gap * i, row, str(number), ha="center", va="center_baseline", fontsize=sheet.small - 0.5, zorder=4,
            color="white" if mark.happened else colour,
        )  # fmt: skip


def _columns(marks: Sequence[Mark], sheet: Sheet) -> list[list[_Text]]:
    """The lines of the list: the entries by year, whole, in two columns on a page and one on a phone."""
    room = (sheet.width - 8 - BETWEEN) / 2 if not sheet.is_narrow else sheet.width - 8
    entries: list[list[_Text]] = []
    for year, group in groupby(zip(numbers(marks), marks, strict=True), key=lambda pair: pair[1].date[:4]):
        head = [_Text(formats.period(year), 0, theme.GREY)]
        for number, mark in group:
            date = formats.period(mark.date) + "  " if number else ""
            wrapped = sheets.wrapped(f"{date}{mark.name}", room - INDENT, sheet.small).split("\n")
            lines = [
                _Text(text, INDENT, theme.INK, str(number or "·") if not place else "")
                for place, text in enumerate(wrapped)
            ]
            entries.append([*head, *lines])
            head = []
    if sheet.is_narrow:
        return [[line for entry in entries for line in entry]]
    total, columns = sum(map(len, entries)), [[], []]  # type: ignore[var-annotated]
    for entry in entries:
        columns[0 if not columns[1] and len(columns[0]) + len(entry) <= (total + 2) // 2 else 1] += entry
    return columns


def _list(figure: Figure, columns: Sequence[Sequence[_Text]], top: float, sheet: Sheet) -> None:
    """The list below the plot; `top` is its upper edge in points."""
    line, inches = sheet.small * sheets.LINE, figure.dpi_scale_trans
    for place, column in enumerate(columns):
        left = 4 + place * (sheet.width - 8 + BETWEEN) / 2
        for i, entry in enumerate(column):
            up = (top - line * (i + 0.6)) / sheets.POINTS
            right = left + INDENT - 6
            for text, at, side in ((entry.text, left + entry.indent, "left"), (entry.number, right, "right")):
                if text:
                    figure.text(
                        at / sheets.POINTS, up, text, transform=inches, ha=side, va="center", fontsize=sheet.small,
                        color=entry.colour,
                    )  # fmt: skip
