"""Cells of the tables of goals: target, current figure, distance from it, pace."""

from collections.abc import Sequence

from evalkit import periods
from evalkit.analysis.goals import trajectory
from evalkit.analysis.goals.attainment import Attainment, Observation
from evalkit.analysis.goals.observed import Figures
from evalkit.analysis.goals.trajectory import Trajectory
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator, Text
from evalkit.project.region_file import DIRECTIONS
from evalkit.reporting.elements import shared_cells
from evalkit.reporting.elements.html import quoted, small
from evalkit.reporting.elements.parts import Spark
from evalkit.reporting.elements.table import Cell, lines
from evalkit.reporting.language import chips, formats, wording
from evalkit.reporting.language.words import Html, language, say

LINE = Html("<br>")


def name(indicator: Indicator) -> Html:
    """An indicator's name, which leads to its definition."""
    link = Html('<a class="indicator" href="#def-{}">{}</a>')
    return link.format(indicator.id, indicator.name[language()])


def goal(goal: Attainment, evaluation: Evaluation) -> Html:
    """Indicator and target, and how firmly the source promises it in which word."""
    indicator = evaluation.indicators[goal.indicator]
    wanted = Html('<span class="target">{}</span>').format(wording.target(goal.target, indicator))
    parts = [name(indicator), wanted]
    if goal.target.commitment:
        parts.append(small(shared_cells.commitment(goal.target.commitment)))
    return LINE.join(parts)


def source(code: str, phrase: str, note: Text | None, evaluation: Evaluation) -> Html:
    """Source, its standing, its words and a note about them, in one line; no source where it is named above."""
    parts = [say("Source: {list}", list=wording.source(code, evaluation, between=" · "))] if code else []
    if phrase:
        parts.append(quoted(phrase))
    if note is not None:
        parts.append(Html('<span class="note">{}</span>').format(note[language()]))
    return Html(" · ").join(parts)


def observed(observation: Observation | None, indicator: Indicator) -> Cell:
    """A figure with its period; a dash without one."""
    if observation is None:
        return lines(formats.NOTHING)
    return lines(wording.observation(observation, indicator), small(wording.when(observation)))


def from_to(goal: Attainment, figures: Figures, drawn: Spark | None, evaluation: Evaluation) -> Cell:
    """Baseline and the figure that counts, the course between them, and what else was published or compared."""
    indicator = evaluation.indicators[goal.indicator]
    is_baseline = goal.latest is not None and goal.latest in figures.baseline_year  # nothing newer was received
    if goal.baseline is None or goal.latest is None or is_baseline:
        shown = observed(goal.latest, indicator)
    else:
        before, now = formats.value(goal.baseline, indicator), wording.observation(goal.latest, indicator)
        since, period = year(figures.baseline_year), formats.period(goal.latest.period)
        shown = lines(Html("{} → {}").format(before, now), small(f"{since} → {period}"))
    return lines(shown, drawn, *map(small, _beside(goal, indicator, evaluation)))


def year(seen: Sequence[Observation]) -> str:
    """When a baseline was: a period, a year of periods, or from which to which the mean was taken."""
    first, last = seen[0].period, seen[-1].period
    if first == last:
        return formats.period(first)
    days = (periods.first_day(first), periods.last_day(last))
    if days == (periods.first_day(first[:4]), periods.last_day(first[:4])):
        return say("mean of {year}", year=formats.period(first[:4]))
    return say("mean of {first} to {last}", first=formats.period(first), last=formats.period(last))


def _beside(goal: Attainment, indicator: Indicator, evaluation: Evaluation) -> list[Html]:
    """The panel's figure next to the published one, and that of the unit that the target is relative to."""
    parts = []
    published, panel = (None if figure is None else figure.value for figure in (goal.latest, goal.also))
    if published is not None and panel is not None:
        value, difference = formats.value(panel, indicator), formats.difference(panel - published, indicator)
        parts.append(say("panel: {value}, difference {difference}", value=value, difference=difference))
    if goal.benchmark is not None:
        unit = evaluation.name(goal.target.relative_to or "", language())
        parts.append(say("{unit}: {value}", unit=unit, value=wording.observation(goal.benchmark, indicator)))
    return parts


def gap(goal: Attainment, figures: Figures, indicator: Indicator) -> Html:
    """How far off the target is, and the change since the same season before the reform."""
    parts = [wording.gap(goal, indicator)]
    first, last = figures.start, figures.comparable[-1] if figures.comparable else None
    is_told = goal.target.operator in DIRECTIONS or goal.growth is not None
    if first is not None and last is not None and goal.latest == last and not is_told:
        parts.append(small(wording.since((last.value or 0.0) - (first.value or 0.0), indicator, first.period)))
    return LINE.join(parts)


def pace(goal: Attainment, indicator: Indicator) -> Html:
    """Pace needed, own pace, the figure to be expected at the deadline, and when the target would be reached."""
    ahead = goal.trajectory
    if ahead is None:
        return Html.escape(formats.NOTHING)
    parts = [_own(ahead, indicator), *_expected(goal, ahead, indicator)]
    if ahead.needed is not None:
        parts.insert(0, say("needed: {pace} a year", pace=rate(ahead.needed, indicator)))
    if ahead.reached:
        parts.append(say("at this pace reached in {period}", period=formats.period(ahead.reached)))
    elif ahead.needed is not None:
        parts.append(say("at this pace not reached within {n} years", n=trajectory.HORIZON))
    return small(LINE.join(parts))


def _own(ahead: Trajectory, indicator: Indicator) -> Html:
    message = (
        "down about {size} a year on the present trend (95% interval {interval}; {n} figures, {first} to {last})"
        if ahead.pace < 0
        else "up about {size} a year on the present trend (95% interval {interval}; {n} figures, {first} to {last})"
    )
    return say(
        message,
        size=rate(abs(ahead.pace), indicator, signed=False),
        interval=_between(ahead, indicator),
        n=ahead.n,
        first=formats.period(ahead.first),
        last=formats.period(ahead.last),
    )


def _between(ahead: Trajectory, indicator: Indicator) -> str:
    """The interval of a pace, its unit once; without signs where both ends go the same way as the pace."""
    bounds = [ahead.pace_low, ahead.pace_high]
    signed = not all(bound * ahead.pace > 0 for bound in bounds)
    low, high = bounds if signed else sorted(map(abs, bounds))
    first, last = (rate(bound, indicator, signed) for bound in (low, high))
    return say("{low} to {high}", low=first.removesuffix(formats.unit_of_difference(indicator)).rstrip(), high=last)


def _expected(goal: Attainment, ahead: Trajectory, indicator: Indicator) -> list[Html]:
    if ahead.expected is None:
        return []
    # For a target relative to another unit, the difference between the two is extrapolated.
    figure = formats.difference if goal.benchmark else formats.mean
    amounts = (ahead.expected, ahead.expected_low or 0.0, ahead.expected_high or 0.0)
    value, low, high = (figure(amount, indicator) for amount in amounts)
    message = "expected in {period}: {value} (80% interval {low} to {high})"
    return [say(message, period=formats.period(ahead.deadline), value=value, low=low, high=high)]


def rate(amount: float, indicator: Indicator, signed: bool = True) -> str:
    """A change a year, with at most two decimals."""
    return formats.difference(round(amount, min(2, formats.decimals_of(amount))), indicator, signed)


def status(goal: Attainment, evaluation: Evaluation) -> Html:
    """The chip, why, and what it would be in the other readings of the target."""
    reasons = [wording.goal_reason(why, evaluation) for why in goal.reasons]
    others = zip(goal.readings, goal.target.alternatives, strict=True)
    reasons += [wording.reading(other, goal.target, reading, evaluation) for other, reading in others]
    return LINE.join([chips.goal(goal.goal), *map(small, reasons)])
