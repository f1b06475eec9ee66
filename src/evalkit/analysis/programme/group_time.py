"""Group-time effects of Callaway & Sant'Anna (2021), within strata, and their aggregates.

Without covariates, ATT(g,t) is a difference of mean changes, and its influence function the units' deviations from
those means. diff-diff estimates it without strata and does not hand out influence functions of single cells, which
every aggregate needs; so the cells are ours, and tests hold them to diff-diff and to R's `did`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalkit.analysis.programme.cohorts import NEVER, Array, Flags, Integers, Sample
from evalkit.analysis.programme.few_clusters import clustered
from evalkit.analysis.results import Estimate, Result, Withheld, reason

BOOTSTRAPS = 999
SEED = 20220101
CONFIDENCE = 0.95
SMALL_COHORT = 5  # units; smaller cohorts are flagged
QUARTILES = 1.3489795003921634  # distance of the quartiles of a standard normal


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """ATT(g,t) of one cohort in one stratum.

    Attributes:
        cohort, time: integers, as in `Sample`.
        estimate: on the analysis scale.
        influence: one number per unit; their squares sum to the variance.
        n_treated, n_comparison: units observed in this period and in the base period.
    """

    cohort: int
    time: int
    stratum: str
    estimate: float
    influence: Array
    n_treated: int
    n_comparison: int


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Pooled(Result):
    """A pooled effect and its parts.

    Attributes:
        cohorts: units of each cohort, by its first treated period.
        events: event times with an estimate.
    """

    cohorts: dict[str, int]
    events: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class GroupTime:
    """All cells of a sample, estimated once, to be summarised as asked."""

    sample: Sample
    cells: tuple[Cell, ...]

    @property
    def post(self) -> tuple[Cell, ...]:
        """Cells from the cohort's start on."""
        return tuple(cell for cell in self.cells if cell.time >= cell.cohort)


def att_gt(sample: Sample) -> GroupTime:
    """ATT(g,t) with a varying base period, per stratum (Callaway & Sant'Anna 2021, equations 2.4-2.6).

    The base is the last period that enters before the start (less anticipation); before that, the period before.
    A unit enters a cell when it is observed in both periods.
    """
    values = sample.outcome.to_numpy()
    cells = []
    for stratum in sorted(set(sample.stratum)):
        inside = sample.stratum == stratum
        for cohort in sorted(set(sample.cohort[inside]) - {NEVER}):
            members = inside & (sample.cohort == cohort)
            for base, column in _pairs(sample, int(cohort)):
                waiting = inside & _waiting(sample, int(cohort), base, column)
                cell = _cell(values[:, column] - values[:, base], members, waiting)
                if cell is not None:
                    cells.append(Cell(int(cohort), int(sample.times[column]), str(stratum), *cell))
    return GroupTime(sample, tuple(cells))


def _pairs(sample: Sample, cohort: int) -> Iterable[tuple[int, int]]:
    """Base and period of every cell of a cohort, as columns."""
    before = np.flatnonzero(sample.times < cohort - sample.parameters.anticipation)
    after = np.flatnonzero(sample.times >= cohort)
    return [(column - 1, column) for column in before[1:]] + [(before[-1], column) for column in after]


def _waiting(sample: Sample, cohort: int, base: int, column: int) -> Flags:
    """Comparison units of a cell: never treated, or not treated yet in either period."""
    never: Flags = sample.cohort == NEVER
    if sample.parameters.comparison.eligible == "never_treated":
        return never
    last = max(sample.times[base], sample.times[column]) + sample.parameters.anticipation
    waiting: Flags = never | ((sample.cohort > last) & (sample.cohort != cohort))
    return waiting


def _cell(change: Array, members: Flags, waiting: Flags) -> tuple[float, Array, int, int] | None:
    """Estimate, influence function and sizes; None where either side observes nobody."""
    seen = np.isfinite(change)
    own, other = members & seen, waiting & seen
    if not own.any() or not other.any():
        return None
    influence = np.zeros(len(change))
    means = change[own].mean(), change[other].mean()
    influence[own] = (change[own] - means[0]) / own.sum()
    influence[other] = -(change[other] - means[1]) / other.sum()
    return float(means[0] - means[1]), influence, int(own.sum()), int(other.sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Sum:
    """An aggregate: its term, value and influence function."""

    term: str
    estimate: float
    influence: Array


def callaway_santanna(sample: Sample) -> tuple[Pooled | Withheld, ...]:
    """Aggregates with analytic errors clustered at the unit, and event times with a simultaneous band.

    `group`: mean over treated units of their own mean effect (the headline); `simple`: mean over treated
    unit-periods; `dynamic`: mean over event times from 0 on; `calendar`: mean over periods.
    """
    heads = ("simple", "dynamic", "group", "calendar")
    if sample.refused:
        return (sample.withheld("callaway_santanna", sample.refused, *heads, inference="analytic"),)
    found = att_gt(sample)
    if not found.post:
        why = reason("no_comparison_units")
        return (sample.withheld("callaway_santanna", why, *heads, inference="analytic"),)
    events = [_sum(found, f"event_time={time}", _at_event(found.cells, time)) for time in _event_times(found.cells)]
    sums = [*_heads(found), *_by_cohort(found), *events]
    analytic = tuple(_analytic(one, sample) for one in sums)
    times = tuple(_event_times(found.cells))
    return (_pooled(sample, analytic, "analytic", times), _band(sample, events, times))


def aggregates(found: GroupTime) -> dict[str, float]:
    """The four headline aggregates without their errors."""
    return {one.term: one.estimate for one in _heads(found)}


def _heads(found: GroupTime) -> list[_Sum]:
    post = found.post
    by_event = [_sum(found, "", _at_event(post, time)) for time in _event_times(post)]
    by_period = [_sum(found, "", [cell for cell in post if cell.time == t]) for t in sorted({c.time for c in post})]
    return [_sum(found, "simple", post), _mean("dynamic", by_event), _over_cohorts(found), _mean("calendar", by_period)]


def _by_cohort(found: GroupTime) -> list[_Sum]:
    """Each cohort's mean effect over its treated periods; strata of a cohort by their units."""
    sums = []
    for start in sorted({cell.cohort for cell in found.post}):
        cells = [cell for cell in found.post if cell.cohort == start]
        parts = [
            _mean("", [_one(c) for c in cells if c.stratum == name]) for name in sorted({c.stratum for c in cells})
        ]
        keys = [(start, name) for name in sorted({cell.stratum for cell in cells})]
        term = f"cohort={found.sample.starts[start]}"
        sums.append(_combine(term, found, parts, keys))
    return sums


def _members(found: GroupTime, key: tuple[int, str]) -> Flags:
    members: Flags = (found.sample.cohort == key[0]) & (found.sample.stratum == key[1])
    return members


def _one(cell: Cell) -> _Sum:
    return _Sum("", cell.estimate, cell.influence)


def _mean(term: str, parts: Sequence[_Sum]) -> _Sum:
    """The plain mean; its weights are known, so they add nothing to the variance."""
    influence = np.mean([one.influence for one in parts], axis=0)
    return _Sum(term, float(np.mean([one.estimate for one in parts])), influence)


def _sum(found: GroupTime, term: str, cells: Sequence[Cell]) -> _Sum:
    """Cells weighted by the size of their cohort in their stratum."""
    return _combine(term, found, [_one(cell) for cell in cells], [(cell.cohort, cell.stratum) for cell in cells])


def _over_cohorts(found: GroupTime) -> _Sum:
    """Cohorts weighted by their units, over all their strata."""
    starts = sorted({cell.cohort for cell in found.post})
    keys = [sorted({(cell.cohort, cell.stratum) for cell in found.post if cell.cohort == start}) for start in starts]
    members = [np.any([_members(found, key) for key in listed], axis=0) for listed in keys]
    return _with_estimated_weights("group", _by_cohort(found), np.array(members))


def _combine(term: str, found: GroupTime, parts: Sequence[_Sum], keys: Sequence[tuple[int, str]]) -> _Sum:
    members = {key: _members(found, key) for key in set(keys)}
    return _with_estimated_weights(term, parts, np.array([members[key] for key in keys]))


def _with_estimated_weights(term: str, parts: Sequence[_Sum], members: Flags) -> _Sum:
    """A mean weighted by cohort sizes, whose own sampling enters the variance (R `did`: the function `wif`)."""
    share = members.mean(axis=1)
    total, estimates = share.sum(), np.array([one.estimate for one in parts])
    estimate = float(estimates @ share / total)
    sampling = (estimates - estimate) @ members - (estimates - estimate) @ share
    own = sum((one.influence * weight for one, weight in zip(parts, share / total, strict=True)), start=0.0)
    return _Sum(term, estimate, np.asarray(own + sampling / total / members.shape[1]))


def _event_times(cells: Sequence[Cell]) -> list[int]:
    return sorted({cell.time - cell.cohort for cell in cells})


def _at_event(cells: Sequence[Cell], time: int) -> list[Cell]:
    return [cell for cell in cells if cell.time - cell.cohort == time]


def _analytic(one: _Sum, sample: Sample) -> Estimate:
    """The estimate with its error; where everybody is treated in the end, with the last period identified."""
    estimate = clustered(one.term, one.estimate, float(np.sqrt((one.influence**2).sum())), sample.n_treated)
    if not sample.until or estimate.reason:
        return estimate
    return replace(estimate, reason=reason("identified_until", periods="; ".join(sorted(set(sample.until.values())))))


def _band(sample: Sample, events: Sequence[_Sum], times: tuple[int, ...]) -> Pooled:
    """Event times with a band that holds all of them at once (999 multiplier draws, Callaway & Sant'Anna 4.1)."""
    influence = np.array([one.influence for one in events])
    draws = np.random.default_rng(SEED).choice([-1.0, 1.0], (BOOTSTRAPS, influence.shape[1])) @ influence.T
    low, high = np.quantile(draws, [0.25, 0.75], axis=0)
    errors = (high - low) / QUARTILES
    usable = errors > 0
    critical = float(np.quantile((np.abs(draws[:, usable]) / errors[usable]).max(axis=1), CONFIDENCE))
    estimates = tuple(
        Estimate(
            one.term,
            one.estimate,
            std_error=float(error),
            conf_low=float(one.estimate - critical * error),
            conf_high=float(one.estimate + critical * error),
        )
        for one, error in zip(events, errors, strict=True)
    )
    return _pooled(sample, estimates, "multiplier_bootstrap", times)


def _pooled(sample: Sample, estimates: tuple[Estimate, ...], inference: str, events: tuple[int, ...]) -> Pooled:
    return Pooled(
        indicator=sample.indicator.id,
        analysis="programme",
        method="callaway_santanna",
        unit=sample.unit,
        inference=inference,
        data_status=sample.data_status,
        estimates=estimates,
        cohorts=cohort_sizes(sample.cohort, sample),
        events=events,
        **sample.sizes(),
    )


def cohort_sizes(cohort: Integers, sample: Sample) -> dict[str, int]:
    """Units of each cohort, by the text of its first treated period."""
    return {start: int((cohort == number).sum()) for number, start in sorted(sample.starts.items())}
