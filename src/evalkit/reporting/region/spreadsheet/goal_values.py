"""The values behind the cells of a table of goals: baseline, latest figure, gap, bounds, each with its period."""

from collections.abc import Iterator

from evalkit.analysis.goals.attainment import Attainment, Observation, Referenced
from evalkit.analysis.goals.observed import Figures
from evalkit.project.params import Indicator
from evalkit.project.region_file import Target
from evalkit.reporting.elements.table import Datum, datum
from evalkit.reporting.language import formats, wording
from evalkit.reporting.region import goal_cells

BOUNDS = {">=": "from", ">": "from", ">~": "from", "<=": "to", "<": "to", "<~": "to"}  # others are both


def bounds(target: Target, indicator: Indicator) -> Iterator[Datum]:
    """Between which values a target in numbers lies; nothing for a direction, a growth or a wording."""
    if isinstance(target.value, float) and target.operator in (*BOUNDS, "=", "~"):
        low = high = target.value
    elif isinstance(target.value, tuple) and target.operator == "range":
        low, high = target.value
    else:
        return
    side = BOUNDS.get(target.operator, "")
    yield datum("Target from", formats.value(low, indicator) if side != "to" else "")
    yield datum("Target to", formats.value(high, indicator) if side != "from" else "")


def course(goal: Attainment, figures: Figures, indicator: Indicator) -> Iterator[Datum]:
    """Baseline and latest figure with their periods."""
    if goal.baseline is not None and goal.latest is not None and goal.latest not in figures.baseline_year:
        yield datum("Baseline", formats.value(goal.baseline, indicator))
        yield datum("Period of the baseline", goal_cells.year(figures.baseline_year))
    yield from latest(goal.latest, indicator)


def latest(seen: Observation | None, indicator: Indicator) -> Iterator[Datum]:
    """A figure and its period."""
    if seen is not None:
        yield datum("Latest", wording.observation(seen, indicator))
        yield datum("Period", wording.when(seen))


def gap(goal: Attainment, figures: Figures, indicator: Indicator) -> Iterator[Datum]:
    """How far off the target is, and the change since the same season before the reform."""
    if goal.gap is not None and goal.growth is None:
        yield datum("", formats.difference(goal.gap, indicator))
    if goal.change is not None and figures.start is not None:
        yield datum("Change", formats.difference(goal.change, indicator))
        yield datum("Change since", formats.period(figures.start.period))


def pace(goal: Attainment, indicator: Indicator) -> Iterator[Datum]:
    """The pace needed and that of the present trend, each a year; what is to be expected at the deadline."""
    ahead = goal.trajectory
    if ahead is None:
        return
    if ahead.needed is not None:
        yield datum("Needed a year", goal_cells.rate(ahead.needed, indicator))
    yield datum("Trend a year", goal_cells.rate(ahead.pace, indicator))
    yield datum("Trend from", goal_cells.rate(ahead.pace_low, indicator))
    yield datum("Trend to", goal_cells.rate(ahead.pace_high, indicator))
    if ahead.expected is not None:
        figure = formats.difference if goal.benchmark else formats.mean
        amounts = (ahead.expected, ahead.expected_low or 0.0, ahead.expected_high or 0.0)
        names = ("Expected at the deadline", "Expected from", "Expected to")
        yield from (datum(name, figure(amount, indicator)) for name, amount in zip(names, amounts, strict=True))


def reference(referenced: Referenced, indicator: Indicator) -> Iterator[Datum]:
    """A reference value in words and as a number."""
    yield datum("Value", formats.value(referenced.reference.value, indicator))
