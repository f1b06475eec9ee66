"""The rules that judge a target by its figures, or state why it cannot be judged yet."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from evalkit import periods
from evalkit.analysis.goals import observed, trajectory
from evalkit.analysis.goals.bounds import INFINITE, Bounds, around, beyond, bounds_of
from evalkit.analysis.goals.observed import Figures, Observation
from evalkit.analysis.goals.trajectory import Trajectory
from evalkit.analysis.results import Reason, reason
from evalkit.project.params import Indicator, Text
from evalkit.project.region_file import DIRECTIONS, Target

Status = Literal[
    "met",
    "near",
    "not_met",
    "met_early",
    "on_track",
    "behind",
    "cannot_tell",
    "direction_met",
    "direction_not_met",
    "direction_unclear",
    "not_measured",
]
CHANGES = DIRECTIONS | {"growth"}  # judged by the change of comparable figures, not by the latest figure alone


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """The judgement of a target.

    Attributes:
        latest: the observation that decides.
        gap: figure less target, in the indicator's unit; for a growth target, in % or units per year.
        change: last comparable figure less the start figure.
        growth: per year since the start figure, in % or in the indicator's unit, as the target specifies.
        benchmark: the figure of the unit that the target is relative to.
        reasons: why the target cannot be judged (yet), and caveats.
    """

    goal: Status
    latest: Observation | None = None
    gap: float | None = None
    change: float | None = None
    growth: float | None = None
    benchmark: Observation | None = None
    trajectory: Trajectory | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A target with its figures and those of the benchmark unit; `due` tells whether the deadline has come."""

    target: Target
    figures: Figures
    other: Figures | None
    due: bool

    @property
    def indicator(self) -> Indicator:
        """The target's indicator."""
        return self.figures.indicator

    @property
    def year(self) -> int:
        """Calendar year of the deadline; 0 without one."""
        return periods.last_day(self.target.deadline).year if self.target.deadline else 0


def rule(target: Target, figures: Figures, other: Figures | None, today: dt.date | None) -> Ruling:
    """Judge one target by the rule for its operator.

    Args:
        figures: the region's figures of the target's indicator.
        other: the figures of the unit that the target is relative to; None if there is none.
        today: the last day with known figures.
    """
    in_words = target.operator == "status" or (target.operator in DIRECTIONS and bool(figures.indicator.grades))
    worded = [figure for figure in figures.every if figure.text]
    latest = (worded[-1] if worded else None) if in_words else figures.latest
    if latest is None:
        caveats = (reason("only_words", period=worded[-1].period),) if worded else ()
        return Ruling("not_measured", reasons=(*caveats, *figures.caveats))
    asked = Question(target, figures, other, _is_due(target, latest, today))
    ruling = _by_kind(asked, latest, worded if in_words else [])
    counts = figures.comparable[-1] if target.operator in CHANGES and figures.comparable and not in_words else latest
    if asked.due and periods.last_day(counts.period).year < asked.year:
        why = reason("figure_too_old", period=counts.period, year=asked.year)
        return replace(ruling, goal="cannot_tell", trajectory=None, reasons=(why,))
    return ruling


def _by_kind(asked: Question, latest: Observation, worded: list[Observation]) -> Ruling:
    if asked.target.operator == "status":
        return _status(asked, latest)
    if asked.target.operator in DIRECTIONS:
        return _grades(asked, worded) if worded else _direction(asked, latest)
    if asked.target.operator == "growth":
        return _growth(asked, latest)
    return _benchmark(asked) if asked.target.operator == "benchmark" else _threshold(asked, latest)


def _is_due(target: Target, latest: Observation, today: dt.date | None) -> bool:
    """Whether the day or the figure has reached the deadline."""
    if target.deadline is None:
        return True
    deadline = periods.last_day(target.deadline)
    return periods.last_day(latest.period) >= deadline or today is None or today >= deadline


def _threshold(asked: Question, latest: Observation) -> Ruling:
    target, value = asked.target, latest.value or 0.0
    if isinstance(target.value, tuple):
        low, high = target.value
        gap = min(value - low, 0.0) or max(value - high, 0.0)
    else:
        gap = value - (target.value if isinstance(target.value, float) else 0.0)
    line = {} if target.operator == "rank" else asked.figures.line
    ruling = _against(asked, bounds_of(target, asked.indicator), around(latest.operator, value), line)
    return replace(_near(ruling, gap, asked.indicator), latest=latest, gap=gap)


def _benchmark(asked: Question) -> Ruling:
    """Judge the region's figure less the benchmark's, in the last period with both."""
    latest, indicator = asked.figures.latest, asked.indicator
    if asked.other is None or indicator.better == "none":
        why = "no_direction_given" if asked.other else "no_benchmark_named"
        return Ruling("cannot_tell", latest, reasons=(reason(why),))
    shared = _pairs(asked.figures.every, asked.other.every, asked.year if asked.due else 0)
    if not shared:
        missing = reason("no_benchmark_figure", unit=asked.target.relative_to or "")
        return Ruling("cannot_tell", latest, reasons=(missing,))
    own, other = shared[max(shared, key=periods.last_day)]
    gap = (own.value or 0.0) - (other.value or 0.0)
    line, against = asked.figures.line, {figure.period: figure.value for figure in asked.other.comparable}
    gaps = {name: value - (against[name] or 0.0) for name, value in line.items() if name in against}
    bounds = (-INFINITE, 0.0) if indicator.better == "lower" else (0.0, INFINITE)
    ruling = _near(_against(asked, bounds, (gap, gap), gaps), gap, indicator)
    return replace(ruling, latest=own, gap=gap, benchmark=other)


def _pairs(
    own: tuple[Observation, ...], other: tuple[Observation, ...], year: int
) -> dict[str, tuple[Observation, Observation]]:
    """Figures of both units by period, from `year` onwards; published ones take precedence."""
    first, second = (
        {
            figure.period: figure
            for figure in reversed(part)
            if figure.value is not None and periods.last_day(figure.period).year >= year
        }
        for part in (own, other)
    )
    return {period: (first[period], second[period]) for period in first if period in second}


def _growth(asked: Question, latest: Observation) -> Ruling:
    """Judge growth per year since the start figure; before the deadline, by the level that the target implies."""
    start, wanted = asked.figures.start, asked.target.value if isinstance(asked.target.value, float) else 0.0
    relative = asked.target.growth == "relative"
    if start is None or start.value is None:
        return Ruling("cannot_tell", latest, reasons=(reason("no_baseline"), *asked.figures.caveats))
    last = asked.figures.comparable[-1]
    value, years = last.value or 0.0, trajectory.years_between(start.period, last.period)
    if relative and (start.value <= 0 or value < 0):
        return Ruling("cannot_tell", latest, reasons=(reason("growth_from_zero", period=start.period),))
    growth = 100 * ((value / start.value) ** (1 / years) - 1) if relative else (value - start.value) / years
    if asked.due:
        ruling = _against(asked, beyond(wanted, asked.indicator), (growth, growth), {})
    else:
        ahead = years + trajectory.years_to(last.period, asked.target.deadline or "")
        level = start.value * (1 + wanted / 100) ** ahead if relative else start.value + wanted * ahead
        ruling = _against(asked, beyond(level, asked.indicator), (value, value), asked.figures.line)
    return replace(ruling, latest=latest, gap=growth - wanted, growth=growth, change=value - start.value)


def _against(asked: Question, bounds: Bounds, figure: Bounds, line: Mapping[str, float]) -> Ruling:
    """Compare a figure (as an interval) with the bounds of the target; before the deadline, the trend decides."""
    (low, high), (least, most) = bounds, figure
    deadline = asked.target.deadline or ""
    met, missed = low <= least and most <= high, most < low or least > high
    if low == high:  # before the deadline, a trend past an exact value is on track
        low, high = (low, INFINITE) if most < low else (-INFINITE, high)
    ahead = None if asked.due else trajectory.towards(line, (least + most) / 2, (low, high), deadline)
    if met:
        return Ruling("met" if asked.due else "met_early", trajectory=ahead)
    if not missed:
        return Ruling("cannot_tell", trajectory=ahead, reasons=(reason("figure_too_rough"),))
    if asked.due:
        return Ruling("not_met")
    if ahead is None or ahead.expected is None:
        return Ruling("cannot_tell", reasons=(_too_few(asked, line), *asked.figures.caveats))
    goal: Status = "on_track" if low <= ahead.expected <= high else "behind"
    return Ruling(goal, trajectory=ahead, reasons=asked.figures.caveats)


def _near(ruling: Ruling, gap: float, indicator: Indicator) -> Ruling:
    """Replace `not_met` by `near` within the indicator's tolerance."""
    is_near = ruling.goal == "not_met" and indicator.near is not None and abs(gap) <= indicator.near
    return replace(ruling, goal="near") if is_near else ruling


def _too_few(asked: Question, line: Mapping[str, float]) -> Reason:
    if asked.target.operator == "rank":
        return reason("not_drawn_on")
    if not asked.figures.comparable:
        return reason("no_baseline")
    need = trajectory.MINIMUM[periods.frequency(asked.figures.comparable[-1].period)]
    return reason("too_few_figures", have=len(line), need=need)


def _direction(asked: Question, latest: Observation) -> Ruling:
    """Judge a direction by the trend since the baseline year: its 95 % interval must exclude zero."""
    figures, start = asked.figures, asked.figures.start
    change = None
    if start is not None and start.value is not None:
        change = (figures.comparable[-1].value or 0.0) - start.value
    course = trajectory.trend(figures.line)
    if course is None:
        few = (_too_few(asked, figures.line), *((reason("two_figures"),) if len(figures.line) <= 2 else ()))
        caveats = (reason("no_baseline"),) if change is None else few
        return Ruling("direction_unclear", latest, change=change, reasons=(*caveats, *figures.caveats))
    low, high = course.pace_low, course.pace_high
    wanted, unwanted = {
        "increase": (low > 0, high < 0),
        "decrease": (high < 0, low > 0),
        "no_increase": (high <= 0, low > 0),
        "no_decrease": (low >= 0, high < 0),
    }[asked.target.operator]
    goal: Status = "direction_met" if wanted else "direction_not_met" if unwanted else "direction_unclear"
    return Ruling(goal, latest, change=change, trajectory=course, reasons=figures.caveats)


def _status(asked: Question, latest: Observation) -> Ruling:
    """Compare the latest wording with the target's; a higher grade also meets it."""
    said, grades = _plain(latest.text), [_plain(word) for word in asked.indicator.grades]
    value = asked.target.value
    wanted = [_plain(word) for word in (value.zh, value.en) if word] if isinstance(value, Text) else []
    places = [grades.index(word) for word in wanted if word in grades]
    if said in wanted or (said in grades and places and grades.index(said) >= max(places)):
        return Ruling("met" if asked.due else "met_early", latest)
    if said not in grades or not places:
        return Ruling("cannot_tell", latest, reasons=(reason("no_matching_word"),))
    if asked.due:
        return Ruling("not_met", latest)
    return Ruling("cannot_tell", latest, reasons=(reason("not_drawn_on"),))


def _grades(asked: Question, worded: list[Observation]) -> Ruling:
    """Compare the latest grade with the last one before adoption; grades are exact, so two suffice."""
    grades = [_plain(word) for word in asked.indicator.grades]
    graded = [figure for figure in worded if _plain(figure.text) in grades]
    if not graded or graded[-1] is not worded[-1]:
        return Ruling("cannot_tell", worded[-1], reasons=(reason("no_matching_word"),))
    adoption = asked.figures.adoption
    earlier = observed.before(adoption, graded)[-1:] if adoption else tuple(graded[:-1])[:1]
    if not earlier:
        return Ruling("direction_unclear", worded[-1], reasons=(reason("no_baseline"),))
    first, last = (grades.index(_plain(figure.text)) for figure in (earlier[0], graded[-1]))
    moved = {
        "increase": last > first,
        "decrease": last < first,
        "no_increase": last <= first,
        "no_decrease": last >= first,
    }
    if not moved[asked.target.operator] and not asked.due and first == last:
        return Ruling("direction_unclear", worded[-1], reasons=(reason("not_drawn_on"),))
    return Ruling("direction_met" if moved[asked.target.operator] else "direction_not_met", worded[-1])


def _plain(word: str) -> str:
    """A wording normalised for comparison: character width, spaces and case.

    >>> _plain("Ａ Level")
    'alevel'
    """
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()
