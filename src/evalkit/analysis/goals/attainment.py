"""Attainment of targets, judged by published figures before computed ones; kept separate from effects."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evalkit import periods
from evalkit.analysis.goals import observed
from evalkit.analysis.goals.judging import Ruling, rule
from evalkit.analysis.goals.judging import Status as Status
from evalkit.analysis.goals.observed import Figures
from evalkit.analysis.goals.observed import Observation as Observation
from evalkit.analysis.goals.observed import observations as observations
from evalkit.analysis.goals.trajectory import Trajectory
from evalkit.analysis.results import Estimate, Reason, Result, worst_status
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.region_file import Reference, Target

ORDER: tuple[Status, ...] = (
    "not_met",
    "behind",
    "near",
    "direction_not_met",
    "cannot_tell",
    "direction_unclear",
    "on_track",
    "met_early",
    "met",
    "direction_met",
    "not_measured",
)
MET: dict[Status, bool] = {
    "met": True,
    "met_early": True,
    "direction_met": True,
    "not_met": False,
    "near": False,
    "direction_not_met": False,
}


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Attainment(Result):
    """One target compared with the latest figure.

    Attributes:
        target: the target as the source states it.
        latest: the figure (or wording) that decides; None if none was published.
        also: the other figure for the same period (from the panel, if `latest` is a published one).
        baseline: mean of the comparable figures in the last year before adoption.
        start: the comparable figure from which `change` and `growth` count, in the same season as the last one.
        gap: latest value less target, in the indicator's unit, positive above the target; for a growth target, in
            the unit of the growth.
        change: last comparable figure less `start`.
        growth: per year since `start`, in % or in the indicator's unit; only for growth targets.
        benchmark: the figure of the unit that the target is relative to, for the period of `latest`.
        trajectory: the projected trend; None if there are too few figures, or if the status does not need it.
        met: None if it cannot be determined (yet).
        reasons: why it cannot be determined, and caveats.
        readings: the target under its other readings, in the order of `target.alternatives`.
    """

    target: Target
    latest: Observation | None
    also: Observation | None
    baseline: float | None
    gap: float | None
    goal: Status
    met: bool | None
    start: Observation | None = None
    change: float | None = None
    growth: float | None = None
    benchmark: Observation | None = None
    trajectory: Trajectory | None = None
    reasons: tuple[Reason, ...] = ()
    readings: "tuple[Attainment, ...]" = ()


@dataclass(frozen=True, slots=True, eq=False)
class Referenced:
    """A reference value with the region's latest figure: a difference, without a judgement."""

    reference: Reference
    latest: Observation | None
    difference: float | None


def judge(panel: Panel, evaluation: Evaluation) -> tuple[Attainment, ...]:
    """Judge every target of the region: unmet ones first, targets of one indicator together, by deadline.

    Examples:
        >>> goal = ek.goals.judge(panel, report.evaluation)[0]
        >>> goal.indicator, goal.goal
        ('primary_visit_share', 'cannot_tell')
    """
    found = list(_told_apart([_judge(target, panel, evaluation) for target in evaluation.targets]))
    worst = {one.indicator: min(_rank(other) for other in found if other.indicator == one.indicator) for one in found}
    place = {one.indicator: i for i, one in reversed(list(enumerate(found)))}
    return tuple(sorted(found, key=lambda one: (worst[one.indicator], place[one.indicator], _deadline(one))))


def guards(panel: Panel, evaluation: Evaluation) -> tuple[Attainment, ...]:
    """Judge the plan's guards (indicators that must not get worse), in its order; they add no rows to results.csv."""
    listed = [
        Target(indicator=one.indicator, operator=one.operator, source=one.source, phrase=one.phrase, note=one.note)
        for one in evaluation.details.plan.guards
    ]
    return tuple(replace(_judge(target, panel, evaluation), estimates=()) for target in listed)


def references(panel: Panel, evaluation: Evaluation) -> tuple[Referenced, ...]:
    """Reference values of the region with its latest figures; they are not targets and are not judged."""
    return tuple(_beside(one, panel, evaluation) for one in evaluation.details.references)


def _beside(one: Reference, panel: Panel, evaluation: Evaluation) -> Referenced:
    latest = _figures(one.indicator, evaluation.region, panel, evaluation).latest
    return Referenced(one, latest, None if latest is None or latest.value is None else latest.value - one.value)


def _figures(indicator: str, unit: str, panel: Panel, evaluation: Evaluation) -> Figures:
    return observed.figures(panel, evaluation, evaluation.indicators[indicator], unit)


def _judge(target: Target, panel: Panel, evaluation: Evaluation) -> Attainment:
    figures = _figures(target.indicator, evaluation.region, panel, evaluation)
    named = target.relative_to if target.relative_to in panel.units.index else None
    other = _figures(target.indicator, named, panel, evaluation) if named else None
    found = rule(target, figures, other, _today(panel, evaluation))
    return Attainment(
        indicator=target.indicator,
        analysis="attainment",
        method=found.latest.method if found.latest else "published",
        unit=figures.indicator.unit,
        data_status=worst_status(one.status for one in _inputs(figures, found)),
        target=target,
        latest=found.latest,
        also=figures.also if found.latest is figures.latest else None,
        baseline=figures.baseline,
        start=figures.start,
        gap=found.gap,
        change=found.change,
        growth=found.growth,
        benchmark=found.benchmark,
        trajectory=found.trajectory,
        goal=found.goal,
        met=MET.get(found.goal),
        reasons=found.reasons,
        readings=tuple(_judge(target.read_as(other), panel, evaluation) for other in target.alternatives),
        estimates=_estimates(target, found),
        n_obs=sum(one.value is not None for one in figures.every) or None,
    )


def _today(panel: Panel, evaluation: Evaluation) -> dt.date | None:
    """The last day with known figures: the as-of date, else the end of the data."""
    if evaluation.assessment.as_of:
        return evaluation.assessment.as_of
    return max(map(periods.last_day, {*panel.published["period"], *panel.rows["period"]}), default=None)


def _inputs(figures: Figures, found: Ruling) -> list[Observation]:
    """The observations used for a target."""
    rests = figures.comparable if found.trajectory or found.change is not None else figures.baseline_year
    return [*rests, *(one for one in (found.latest, found.benchmark) if one)]


def _rank(one: Attainment) -> int:
    return ORDER.index(one.goal)


def _deadline(one: Attainment) -> dt.date:
    return periods.last_day(one.target.deadline) if one.target.deadline else dt.date.max


def _told_apart(found: Sequence[Attainment]) -> Iterator[Attainment]:
    """Make keys in results.csv unique if several targets share indicator and deadline."""
    taken: Counter[tuple[str, ...]] = Counter()
    for one in found:
        kept = []
        for row in one.estimates:
            key = (one.indicator, one.method, row.term, row.period)
            taken[key] += 1
            if taken[key] == 1:
                kept.append(row)
            elif row.term != "value":  # the figure is the same for both targets: one row is enough
                kept.append(replace(row, term=f"{row.term}:{taken[key]}"))
        yield replace(one, estimates=tuple(kept))


def _estimates(target: Target, found: Ruling) -> tuple[Estimate, ...]:
    """Rows of results.csv."""
    deadline, rows = target.deadline or "", []
    if found.latest is not None and found.latest.value is not None:
        rows.append(Estimate("value", found.latest.value, period=found.latest.period))
    wanted = found.benchmark.value if found.benchmark else target.value
    if isinstance(wanted, float):
        rows.append(Estimate("target", wanted, period=deadline))
    elif isinstance(wanted, tuple):
        low, high = wanted
        rows.append(Estimate("target", low, conf_low=low, conf_high=high, period=deadline))
    if found.gap is not None:
        rows.append(Estimate("gap", found.gap, period=deadline))
    return tuple(rows)
