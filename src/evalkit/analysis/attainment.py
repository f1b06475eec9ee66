"""Were the goals met? Judged from published figures before computed ones, and never mixed with effects."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from evalkit.analysis.design import breaks_in
from evalkit.analysis.results import Estimate, Result, worst_status
from evalkit.inputs import periods
from evalkit.inputs.panel import Panel
from evalkit.inputs.params import Indicator
from evalkit.inputs.project import Evaluation
from evalkit.inputs.reform import DIRECTIONS, NUMERIC, Target

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
ABOUT = 0.05  # "about 65" is met from 5 % of the value below it (above it where lower is better)


@dataclass(frozen=True, slots=True)
class Observation:
    """One observed value with where it comes from."""

    period: str
    value: float | None
    text: str
    status: str
    source: str
    phrase: str
    method: Literal["published", "panel"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Attainment(Result):
    """One target against the latest figure.

    Attributes:
        target: the goal as the source states it.
        latest: the figure it is judged by; None where nobody published one.
        also: the other figure for the same period (panel beside published), with its difference.
        baseline: mean of the last year before adoption, for pace and directions.
        gap: latest value less target, in the indicator's unit; positive is above the target.
        met: None where it cannot be said (yet).
    """

    target: Target
    latest: Observation | None
    also: Observation | None
    baseline: float | None
    gap: float | None
    goal: Status
    met: bool | None


def judge(panel: Panel, evaluation: Evaluation) -> tuple[Attainment, ...]:
    """Every target of the region against its latest figure, not met first."""
    order = (
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
    found = [_judge(target, panel, evaluation) for target in evaluation.targets]
    return tuple(sorted(found, key=lambda one: order.index(one.goal)))


def observations(panel: Panel, region: str, indicator: str) -> list[Observation]:
    """All figures of one indicator, in order of period, a published one before one from the panel."""
    published = panel.published[(panel.published["unit"] == region) & (panel.published["indicator"] == indicator)]
    rows = panel.rows[(panel.rows["unit"] == region) & (panel.rows["indicator"] == indicator)]
    found = [_observation(row, "published") for _, row in published.iterrows()]
    found += [_observation(row, "panel") for _, row in rows.iterrows()]
    return sorted(found, key=lambda one: (periods.last_day(one.period), one.method == "panel"))


def _observation(row: "pd.Series[str]", method: Literal["published", "panel"]) -> Observation:
    value = None if pd.isna(row["value"]) else float(row["value"])
    status = row["status"] or ("published" if method == "published" else "reported")
    return Observation(
        row["period"], value, str(row.get("text", "")), status, row["source"], str(row.get("phrase", "")), method
    )


def _judge(target: Target, panel: Panel, evaluation: Evaluation) -> Attainment:
    indicator = evaluation.indicators[target.indicator]
    seen = observations(panel, evaluation.region, target.indicator)
    numbers = [one for one in seen if one.value is not None]
    latest = _latest(numbers)
    also = next(
        (one for one in numbers if latest and one.period == latest.period and one.method != latest.method), None
    )
    baseline = _baseline(numbers, panel.units.loc[[evaluation.region]], indicator)
    gap = _gap(target, latest)
    goal = _goal(target, indicator, latest, baseline, gap, _is_due(target, evaluation, latest))
    met = {
        "met": True,
        "met_early": True,
        "direction_met": True,
        "not_met": False,
        "near": False,
        "direction_not_met": False,
    }.get(goal)
    return Attainment(
        indicator=indicator.id,
        analysis="attainment",
        method=latest.method if latest else "published",
        unit=indicator.unit,
        data_status=worst_status([latest.status] if latest else []),
        target=target,
        latest=latest,
        also=also,
        baseline=baseline,
        gap=gap,
        goal=goal,
        met=met,
        estimates=_estimates(target, latest, gap),
        n_obs=len(numbers) or None,
    )


def _latest(numbers: list[Observation]) -> Observation | None:
    """The last figure; of two for the same period the published one."""
    if not numbers:
        return None
    last = max(periods.last_day(one.period) for one in numbers)
    return next(one for one in numbers if periods.last_day(one.period) == last)


def _baseline(numbers: list[Observation], unit: pd.DataFrame, indicator: Indicator) -> float | None:
    """Mean over the last year before adoption, of one source and one definition with the latest figure."""
    adoption = str(unit["adoption"].iloc[0])
    before = [one for one in numbers if adoption and periods.last_day(one.period) < periods.first_day(adoption)]
    if not before:
        return None
    last = before[-1]
    frequency = periods.frequency(last.period)
    length = {"year": 1, "quarter": 4, "month": 12, "day": 1}[frequency]
    alike = [one for one in before if one.method == last.method and periods.frequency(one.period) == frequency]
    same = alike[-length:]
    if breaks_in(indicator, unit, [same[0].period, numbers[-1].period]).any(axis=None):
        return None
    return sum(one.value for one in same if one.value is not None) / len(same)


def _bounds(target: Target, indicator: Indicator) -> tuple[float, float] | None:
    """Lowest and highest value that meets a numeric target."""
    infinite = float("inf")
    if isinstance(target.value, tuple):
        return target.value
    if target.operator not in NUMERIC or not isinstance(target.value, float):
        return None
    if target.operator in ("<=", "<"):
        return -infinite, target.value
    if target.operator == "=":
        return target.value, target.value
    if target.operator == "~":
        slack = ABOUT * abs(target.value)
        return (-infinite, target.value + slack) if indicator.better == "lower" else (target.value - slack, infinite)
    return target.value, infinite


def _gap(target: Target, latest: Observation | None) -> float | None:
    """Latest value less the bound that it must reach; 0 inside a range."""
    if latest is None or latest.value is None:
        return None
    if isinstance(target.value, tuple):
        low, high = target.value
        return min(latest.value - low, 0.0) or max(latest.value - high, 0.0)
    return latest.value - target.value if target.operator in NUMERIC and isinstance(target.value, float) else None


def _is_due(target: Target, evaluation: Evaluation, latest: Observation | None) -> bool:
    """Whether the target's time has come: the as-of date or the figure itself reaches the deadline."""
    if target.deadline is None:
        return True
    deadline = periods.last_day(target.deadline)
    as_of = evaluation.assessment.as_of
    reached = bool(latest) and periods.last_day(latest.period) >= deadline if latest else False
    return reached or as_of is None or as_of >= deadline


def _goal(
    target: Target,
    indicator: Indicator,
    latest: Observation | None,
    baseline: float | None,
    gap: float | None,
    due: bool,
) -> Status:
    if latest is None or latest.value is None:
        return "not_measured"
    if target.operator in DIRECTIONS:
        return _direction(target, latest.value, baseline)
    bounds = _bounds(target, indicator)
    if bounds is None or gap is None:
        return "cannot_tell"
    strict = target.operator in ("<", ">") and gap == 0
    if bounds[0] <= latest.value <= bounds[1] and not strict:
        return "met" if due else "met_early"
    if due:
        return "near" if indicator.near is not None and abs(gap) <= indicator.near else "not_met"
    return "cannot_tell"


def _direction(target: Target, latest: float, baseline: float | None) -> Status:
    if baseline is None:
        return "direction_unclear"
    change = latest - baseline
    moved = {"increase": change > 0, "decrease": change < 0, "no_increase": change <= 0, "no_decrease": change >= 0}
    return "direction_met" if moved[target.operator] else "direction_not_met"


def _estimates(target: Target, latest: Observation | None, gap: float | None) -> tuple[Estimate, ...]:
    """Rows of results.csv: the numbers that there are."""
    deadline = target.deadline or ""
    found = []
    if latest is not None:
        found.append(Estimate("value", latest.value, period=latest.period))
    if isinstance(target.value, float):
        found.append(Estimate("target", target.value, period=deadline))
    elif isinstance(target.value, tuple):
        low, high = target.value
        found.append(Estimate("target", low, conf_low=low, conf_high=high, period=deadline))
    if gap is not None:
        found.append(Estimate("gap", gap, period=deadline))
    return tuple(found)
