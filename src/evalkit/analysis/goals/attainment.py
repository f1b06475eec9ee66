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
    judged = list(_with_unique_keys([_judge(target, panel, evaluation) for target in evaluation.targets]))
    worst: dict[str, int] = {}
    for goal in judged:
        worst[goal.indicator] = min(_rank(goal), worst.get(goal.indicator, len(ORDER)))
    place = {name: i for i, name in enumerate(worst)}
    return tuple(sorted(judged, key=lambda goal: (worst[goal.indicator], place[goal.indicator], _deadline(goal))))


def guards(panel: Panel, evaluation: Evaluation) -> tuple[Attainment, ...]:
    """Judge the plan's guards (indicators that must not get worse), in its order; they add no rows to results.csv."""
    targets = [
        Target.model_validate(
            {name: getattr(guard, name) for name in ("indicator", "operator", "source", "phrase", "note")}
        )
        for guard in evaluation.details.plan.guards
    ]
    return tuple(replace(_judge(target, panel, evaluation), estimates=()) for target in targets)


def references(panel: Panel, evaluation: Evaluation) -> tuple[Referenced, ...]:
    """Reference values of the region with its latest figures; they are not targets and are not judged."""
    return tuple(_beside(reference, panel, evaluation) for reference in evaluation.details.references)


def _beside(reference: Reference, panel: Panel, evaluation: Evaluation) -> Referenced:
    latest = _figures(reference.indicator, evaluation.region, panel, evaluation).latest
    value = latest.value if latest else None
    return Referenced(reference, latest, None if value is None else value - reference.value)


def _figures(indicator: str, unit: str, panel: Panel, evaluation: Evaluation) -> Figures:
    return observed.figures(panel, evaluation, evaluation.indicators[indicator], unit)


def _judge(target: Target, panel: Panel, evaluation: Evaluation) -> Attainment:
    figures = _figures(target.indicator, evaluation.region, panel, evaluation)
    named = target.relative_to if target.relative_to in panel.units.index else None
    other = _figures(target.indicator, named, panel, evaluation) if named else None
    ruling = rule(target, figures, other, _today(panel, evaluation))
    return Attainment(
        indicator=target.indicator,
        analysis="attainment",
        method=ruling.latest.method if ruling.latest else "published",
        unit=figures.indicator.unit,
        data_status=worst_status(figure.status for figure in _inputs(figures, ruling)),
        target=target,
        latest=ruling.latest,
        also=figures.also if ruling.latest is figures.latest else None,
        baseline=figures.baseline,
        start=figures.start,
        gap=ruling.gap,
        change=ruling.change,
        growth=ruling.growth,
        benchmark=ruling.benchmark,
        trajectory=ruling.trajectory,
        goal=ruling.goal,
        met=MET.get(ruling.goal),
        reasons=ruling.reasons,
        readings=tuple(_judge(target.read_as(other), panel, evaluation) for other in target.alternatives),
        estimates=_estimates(target, ruling),
        n_obs=sum(figure.value is not None for figure in figures.every) or None,
    )


def _today(panel: Panel, evaluation: Evaluation) -> dt.date | None:
    """The last day with known figures: the as-of date, else the end of the data."""
    if evaluation.assessment.as_of:
        return evaluation.assessment.as_of
    return max(map(periods.last_day, {*panel.published["period"], *panel.rows["period"]}), default=None)


def _inputs(figures: Figures, ruling: Ruling) -> list[Observation]:
    """The observations used for a target."""
    rests = figures.comparable if ruling.trajectory or ruling.change is not None else figures.baseline_year
    return [*rests, *(figure for figure in (ruling.latest, ruling.benchmark) if figure)]


def _rank(goal: Attainment) -> int:
    return ORDER.index(goal.goal)


def _deadline(goal: Attainment) -> dt.date:
    return periods.last_day(goal.target.deadline) if goal.target.deadline else dt.date.max


def _with_unique_keys(judged: Sequence[Attainment]) -> Iterator[Attainment]:
    """Make keys in results.csv unique if several targets share indicator and deadline."""
    taken: Counter[tuple[str, ...]] = Counter()
    for goal in judged:
        kept = []
        for row in goal.estimates:
            key = (goal.indicator, goal.method, row.term, row.period)
            taken[key] += 1
            if taken[key] == 1:
                kept.append(row)
            elif row.term != "value":  # the figure is the same for both targets: one row is enough
                kept.append(replace(row, term=f"{row.term}:{taken[key]}"))
        yield replace(goal, estimates=tuple(kept))


def _estimates(target: Target, ruling: Ruling) -> tuple[Estimate, ...]:
    """Rows of results.csv."""
    deadline, rows = target.deadline or "", []
    if ruling.latest is not None and ruling.latest.value is not None:
        rows.append(Estimate("value", ruling.latest.value, period=ruling.latest.period))
    wanted = ruling.benchmark.value if ruling.benchmark else target.value
    if isinstance(wanted, float):
        rows.append(Estimate("target", wanted, period=deadline))
    elif isinstance(wanted, tuple):
        low, high = wanted
        rows.append(Estimate("target", low, conf_low=low, conf_high=high, period=deadline))
    if ruling.gap is not None:
        rows.append(Estimate("gap", ruling.gap, period=deadline))
    return tuple(rows)
