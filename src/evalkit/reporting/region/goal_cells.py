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


def goal(one: Attainment, evaluation: Evaluation) -> Html:
    """Indicator and target, and how firmly the source promises it in which word."""
    indicator = evaluation.indicators[one.indicator]
    wanted = Html('<span class="target">{}</span>').format(wording.target(one.target, indicator))
    told = [name(indicator), wanted]
    if one.target.commitment:
        told.append(small(shared_cells.commitment(one.target.commitment)))
    return LINE.join(told)


def source(code: str, phrase: str, note: Text | None, evaluation: Evaluation) -> Html:
    """Source, its standing, its words and a note about them, in one line; no source where it is named above."""
    told = [say("Source: {list}", list=wording.source(code, evaluation, between=" · "))] if code else []
    if phrase:
        told.append(quoted(phrase))
    if note is not None:
        told.append(Html('<span class="note">{}</span>').format(note[language()]))
    return Html(" · ").join(told)


def observed(one: Observation | None, indicator: Indicator) -> Cell:
    """A figure with its period; a dash without one."""
    if one is None:
        return lines(formats.NOTHING)
    return lines(wording.observation(one, indicator), small(wording.when(one)))


def from_to(one: Attainment, figures: Figures, drawn: Spark | None, evaluation: Evaluation) -> Cell:
    """Baseline and the figure that counts, the course between them, and what else was published or compared."""
    indicator = evaluation.indicators[one.indicator]
    is_baseline = one.latest is not None and one.latest in figures.baseline_year  # nothing newer was received
    if one.baseline is None or one.latest is None or is_baseline:
        told = observed(one.latest, indicator)
    else:
        before, now = formats.value(one.baseline, indicator), wording.observation(one.latest, indicator)
        since, period = year(figures.baseline_year), formats.period(one.latest.period)
        told = lines(Html("{} → {}").format(before, now), small(f"{since} → {period}"))
    return lines(told, drawn, *map(small, _beside(one, indicator, evaluation)))


def year(seen: Sequence[Observation]) -> str:
    """When a baseline was: a period, a year of periods, or from which to which the mean was taken."""
    first, last = seen[0].period, seen[-1].period
    if first == last:
        return formats.period(first)
    days = (periods.first_day(first), periods.last_day(last))
    if days == (periods.first_day(first[:4]), periods.last_day(first[:4])):
        return say("mean of {year}", year=formats.period(first[:4]))
    return say("mean of {first} to {last}", first=formats.period(first), last=formats.period(last))


def _beside(one: Attainment, indicator: Indicator, evaluation: Evaluation) -> list[Html]:
    """The panel's figure next to the published one, and that of the unit that the target is relative to."""
    told = []
    if one.latest is not None and one.also is not None and one.latest.value is not None and one.also.value is not None:
        told.append(
            say(
                "panel: {value}, difference {difference}",
                value=formats.value(one.also.value, indicator),
                difference=formats.difference(one.also.value - one.latest.value, indicator),
            )
        )
    if one.benchmark is not None:
        unit = evaluation.name(one.target.relative_to or "", language())
        told.append(say("{unit}: {value}", unit=unit, value=wording.observation(one.benchmark, indicator)))
    return told


def gap(one: Attainment, figures: Figures, indicator: Indicator) -> Html:
    """How far off the target is, and the change since the same season before the reform."""
    told = [wording.gap(one, indicator)]
    first, last = figures.start, figures.comparable[-1] if figures.comparable else None
    is_told = one.target.operator in DIRECTIONS or one.growth is not None
    if first is not None and last is not None and one.latest == last and not is_told:
        told.append(small(wording.since((last.value or 0.0) - (first.value or 0.0), indicator, first.period)))
    return LINE.join(told)


def pace(one: Attainment, indicator: Indicator) -> Html:
    """Pace needed, own pace, the figure to be expected at the deadline, and when the target would be reached."""
    ahead = one.trajectory
    if ahead is None:
        return Html.escape(formats.NOTHING)
    told = [_own(ahead, indicator), *_expected(one, ahead, indicator)]
    if ahead.needed is not None:
        told.insert(0, say("needed: {pace} a year", pace=rate(ahead.needed, indicator)))
    if ahead.reached:
        told.append(say("at this pace reached in {period}", period=formats.period(ahead.reached)))
    elif ahead.needed is not None:
        told.append(say("at this pace not reached within {n} years", n=trajectory.HORIZON))
    return small(LINE.join(told))


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


def _expected(one: Attainment, ahead: Trajectory, indicator: Indicator) -> list[Html]:
    if ahead.expected is None:
        return []
    # For a target relative to another unit, the difference between the two is extrapolated.
    figure = formats.difference if one.benchmark else formats.mean
    amounts = (ahead.expected, ahead.expected_low or 0.0, ahead.expected_high or 0.0)
    value, low, high = (figure(amount, indicator) for amount in amounts)
    message = "expected in {period}: {value} (80% interval {low} to {high})"
    return [say(message, period=formats.period(ahead.deadline), value=value, low=low, high=high)]


def rate(amount: float, indicator: Indicator, signed: bool = True) -> str:
    """A change a year, with at most two decimals."""
    return formats.difference(round(amount, min(2, formats.decimals_of(amount))), indicator, signed)


def status(one: Attainment, evaluation: Evaluation) -> Html:
    """The chip, why, and what it would be in the other readings of the target."""
    told = [wording.goal_reason(why, evaluation) for why in one.reasons]
    others = zip(one.readings, one.target.alternatives, strict=True)
    told += [wording.reading(other, one.target, reading, evaluation) for other, reading in others]
    return LINE.join([chips.goal(one.goal), *map(small, told)])
