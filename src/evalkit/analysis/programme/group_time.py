"""Group-time effects of Callaway & Sant'Anna (2021), within strata, and their aggregates.

Without covariates, ATT(g,t) is a difference of mean changes, and its influence function the units' deviations from
those means. diff-diff estimates it without strata and does not hand out influence functions of single cells, which
every aggregate needs; so the cells are ours, and tests hold them to diff-diff and to R's `did`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalkit.analysis.effects.placebo import rank_p
from evalkit.analysis.programme.few_clusters import FEW_TREATED, carried_by, error_of, sums_by_cluster
from evalkit.analysis.programme.samples import LEAST_TREATED, NEVER, Array, Flags, Integers, Sample
from evalkit.analysis.results import Estimate, Result, Withheld, reason

BOOTSTRAPS = 999
SEED = 20220101
CONFIDENCE = 0.95
LEAST_BEFORE = 2  # event times before the start that make a path
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
        treated: which units the effect is about.
    """

    cohort: int
    time: int
    stratum: str
    estimate: float
    influence: Array
    n_treated: int
    n_comparison: int
    treated: Flags


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Pooled(Result):
    """A pooled effect and its parts.

    Attributes:
        cohorts: units of each cohort, by its first treated period.
        events: event times with an estimate.

    Examples:
        >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
        >>> ek.staggered.callaway_santanna(sample)[0].cohorts
        {'2019Q1': 16, '2020Q4': 4, '2021Q3': 2}
    """

    cohorts: dict[str, int]
    events: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GroupTime:
    """All cells of a sample, estimated once, to be summarised as asked.

    Examples:
        >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
        >>> ek.staggered.att_gt(sample)
        GroupTime(Sample(county_visit_rate, county, 46 units, 22 treated, 25 periods), 72 cells)
    """

    sample: Sample
    cells: tuple[Cell, ...]

    def __repr__(self) -> str:
        return f"GroupTime({self.sample!r}, {len(self.cells)} cells)"

    @property
    def post(self) -> tuple[Cell, ...]:
        """Cells from the cohort's start on.

        Examples:
            >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
            >>> cell = ek.staggered.att_gt(sample).post[0]
            >>> sample.starts[cell.cohort], cell.n_treated
            ('2019Q1', 16)
        """
        return tuple(cell for cell in self.cells if cell.time >= cell.cohort)


def att_gt(sample: Sample) -> GroupTime:
    """ATT(g,t) with a varying base period, per stratum (Callaway & Sant'Anna 2021, equations 2.4-2.6).

    The base is the last period that enters before the start (less anticipation); before that, the period before.
    A unit enters a cell when it is observed in both periods.

    Examples:
        >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
        >>> ek.staggered.aggregates(ek.staggered.att_gt(sample))["group"]
        1.28...
    """
    values = sample.outcome.to_numpy()
    cells = []
    for stratum in sorted(set(sample.stratum)):
        inside = sample.stratum == stratum
        for cohort in sorted(set(sample.cohort[inside]) - {NEVER}):
            members = inside & (sample.cohort == cohort)
            for base, column in _pairs(sample, int(cohort), np.isfinite(values[members]).any(axis=0)):
                waiting = inside & _waiting(sample, int(cohort), base, column)
                made = cell(values[:, column] - values[:, base], members, waiting)
                if made is not None:
                    cells.append(Cell(int(cohort), int(sample.times[column]), str(stratum), *made))
    return GroupTime(sample, tuple(cells))


def _pairs(sample: Sample, cohort: int, observed: Flags) -> Iterable[tuple[int, int]]:
    """Base and period of every cell of a cohort, as columns; periods in which none of it was observed are none."""
    before = np.flatnonzero(observed & (sample.times < cohort - sample.parameters.anticipation))
    after = np.flatnonzero(sample.times >= cohort)
    if not len(before):
        return []
    return [(column - 1, column) for column in before[1:]] + [(before[-1], column) for column in after]


def _waiting(sample: Sample, cohort: int, base: int, column: int) -> Flags:
    """Comparison units of a cell: never treated, or not treated yet in either period."""
    never: Flags = sample.cohort == NEVER
    if sample.parameters.comparison.eligible == "never_treated":
        return never
    last = max(sample.times[base], sample.times[column]) + sample.parameters.anticipation
    waiting: Flags = never | ((sample.cohort > last) & (sample.cohort != cohort))
    return waiting


def cell(
    change: Array, members: Flags, waiting: Flags, weights: Array | None = None
) -> tuple[float, Array, int, int, Flags] | None:
    """Estimate, influence function, sizes and treated units; None if either side has no observed unit."""
    seen = np.isfinite(change)
    own, other = members & seen, waiting & seen
    if not own.any() or not other.any():
        return None
    influence, share = np.zeros(len(change)), np.ones(len(change)) if weights is None else weights
    means = [float(share[side] @ change[side] / share[side].sum()) for side in (own, other)]
    influence[own] = share[own] * (change[own] - means[0]) / share[own].sum()
    influence[other] = -share[other] * (change[other] - means[1]) / share[other].sum()
    return means[0] - means[1], influence, int(own.sum()), int(other.sum()), own


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """An aggregate: its term, value, influence function, and how many treated clusters carry it."""

    term: str
    estimate: float
    influence: Array
    carried: int


def callaway_santanna(sample: Sample) -> tuple[Pooled | Withheld, ...]:
    """Aggregates with analytic errors clustered at the unit, and event times with a simultaneous band.

    `group`: mean over treated units of their own mean effect (the headline); `simple`: mean over treated
    unit-periods; `dynamic`: mean over event times from 0 on; `calendar`: mean over periods.

    Examples:
        >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
        >>> pooled = ek.staggered.callaway_santanna(sample)[0].tidy()
        >>> pooled[["term", "estimate", "conf_low", "conf_high"]].head(3).round(1)
              term  estimate  conf_low  conf_high
        0   simple       1.4       0.7        2.1
        1  dynamic       1.4       0.7        2.1
        2    group       1.3       0.6        2.0
    """
    terms = ("simple", "dynamic", "group", "calendar")
    if sample.refused:
        return (sample.withheld("callaway_santanna", sample.refused, *terms, inference="analytic"),)
    effects = att_gt(sample)
    if not effects.post:
        why = reason("no_comparison_units")
        return (sample.withheld("callaway_santanna", why, *terms, inference="analytic"),)
    own_events = events(effects)
    sums = [*heads(effects), *by_cohort(effects), *own_events]
    analytic = tuple(_analytic(total, sample) for total in sums)
    times = tuple(event_times(effects.cells))
    drawn, _ = band(sample, own_events)
    return (_pooled(sample, analytic, "analytic", times), _pooled(sample, tuple(drawn), "multiplier_bootstrap", times))


def aggregates(effects: GroupTime) -> dict[str, float]:
    """The four headline aggregates without their errors.

    Examples:
        >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
        >>> sorted(ek.staggered.aggregates(ek.staggered.att_gt(sample)))
        ['calendar', 'dynamic', 'group', 'simple']
    """
    return {total.term: total.estimate for total in heads(effects)}


def heads(effects: GroupTime, weights: Array | None = None) -> list[Sum]:
    """The four headline aggregates; with weights, of units, cohorts count by theirs."""
    post = effects.post
    by_event = [_sum(effects, "", at_event(post, time), weights) for time in event_times(post)]
    by_period = [
        _sum(effects, "", [cell for cell in post if cell.time == t], weights) for t in sorted({c.time for c in post})
    ]
    return [
        _sum(effects, "simple", post, weights),
        _mean(effects, "dynamic", by_event, post),
        _over_cohorts(effects, weights),
        _mean(effects, "calendar", by_period, post),
    ]


def events(effects: GroupTime) -> list[Sum]:
    """The effect at every event time, before and after the start."""
    return [_sum(effects, f"event_time={time}", at_event(effects.cells, time)) for time in event_times(effects.cells)]


def by_cohort(effects: GroupTime, weights: Array | None = None) -> list[Sum]:
    """Each cohort's mean effect over its treated periods; strata of a cohort by their units."""
    sums = []
    for start in sorted({cell.cohort for cell in effects.post}):
        cells = [cell for cell in effects.post if cell.cohort == start]
        strata = {name: [cell for cell in cells if cell.stratum == name] for name in sorted({c.stratum for c in cells})}
        parts = [_mean(effects, "", [_of_cell(cell) for cell in own], own) for own in strata.values()]
        keys = [(start, name) for name in sorted({cell.stratum for cell in cells})]
        term = f"cohort={effects.sample.starts[start]}"
        sums.append(_combine(term, effects, parts, keys, cells, weights))
    return sums


def _members(effects: GroupTime, key: tuple[int, str]) -> Flags:
    members: Flags = (effects.sample.cohort == key[0]) & (effects.sample.stratum == key[1])
    return members


def _of_cell(cell: Cell) -> Sum:
    return Sum("", cell.estimate, cell.influence, 0)


def _carried(effects: GroupTime, cells: Sequence[Cell]) -> int:
    """How many treated clusters the cells are about."""
    return effects.sample.n_clusters(np.any([cell.treated for cell in cells], axis=0))


def _mean(effects: GroupTime, term: str, parts: Sequence[Sum], cells: Sequence[Cell]) -> Sum:
    """The plain mean; its weights are known, so they add nothing to the variance."""
    influence = np.mean([part.influence for part in parts], axis=0)
    return Sum(term, float(np.mean([part.estimate for part in parts])), influence, _carried(effects, cells))


def _sum(effects: GroupTime, term: str, cells: Sequence[Cell], weights: Array | None = None) -> Sum:
    """Cells weighted by the size of their cohort in their stratum."""
    keys = [(cell.cohort, cell.stratum) for cell in cells]
    return _combine(term, effects, [_of_cell(cell) for cell in cells], keys, cells, weights)


def _over_cohorts(effects: GroupTime, weights: Array | None = None) -> Sum:
    """Cohorts weighted by their units, over all their strata."""
    starts = sorted({cell.cohort for cell in effects.post})
    keys = [sorted({(cell.cohort, cell.stratum) for cell in effects.post if cell.cohort == start}) for start in starts]
    members = [np.any([_members(effects, key) for key in cohort_keys], axis=0) for cohort_keys in keys]
    parts = by_cohort(effects, weights)
    carried = _carried(effects, effects.post)
    return _with_estimated_weights("group", parts, _weighted(np.array(members), weights), carried)


def _combine(
    term: str,
    effects: GroupTime,
    parts: Sequence[Sum],
    keys: Sequence[tuple[int, str]],
    cells: Sequence[Cell],
    weights: Array | None,
) -> Sum:
    members = {key: _members(effects, key) for key in set(keys)}
    weighted = _weighted(np.array([members[key] for key in keys]), weights)
    return _with_estimated_weights(term, parts, weighted, _carried(effects, cells))


def _weighted(members: Flags, weights: Array | None) -> Array:
    """Membership (groups x units), each unit with its weight (1 on average)."""
    weighted: Array = members.astype(float) if weights is None else members * (weights / weights.mean())
    return weighted


def _with_estimated_weights(term: str, parts: Sequence[Sum], members: Array, carried: int) -> Sum:
    """A mean weighted by cohort sizes, with their sampling error in the variance (R `did`: the function `wif`)."""
    share = members.mean(axis=1)
    total, estimates = share.sum(), np.array([part.estimate for part in parts])
    estimate = float(estimates @ share / total)
    sampling = (estimates - estimate) @ members - (estimates - estimate) @ share
    own = sum((part.influence * weight for part, weight in zip(parts, share / total, strict=True)), start=0.0)
    return Sum(term, estimate, np.asarray(own + sampling / total / members.shape[1]), carried)


def event_times(cells: Sequence[Cell]) -> list[int]:
    """Periods since the start of any cell, in order."""
    return sorted({cell.time - cell.cohort for cell in cells})


def at_event(cells: Sequence[Cell], time: int) -> list[Cell]:
    """Cells so many periods after their cohort's start."""
    return [cell for cell in cells if cell.time - cell.cohort == time]


def _analytic(total: Sum, sample: Sample) -> Estimate:
    """The estimate with its error; where everybody is treated in the end, with the last period identified."""
    freedom = len(set(sample.clusters)) - 1
    estimate = carried_by(total.carried, total.term, total.estimate, error_of(total.influence, sample), freedom)
    if not sample.until or estimate.reason:
        return estimate
    return replace(estimate, reason=reason("identified_until", periods="; ".join(sorted(set(sample.until.values())))))


def band(sample: Sample, events: Sequence[Sum]) -> tuple[list[Estimate], float | None]:
    """Event times with a band that holds all of them at once, and the p of the largest effect before the start.

    999 multiplier draws over clusters (Callaway & Sant'Anna 4.1). A point that fewer than 8 treated clusters carry
    has no part in the band: its error is far too small.
    """
    influence = sums_by_cluster(np.array([event.influence for event in events]).T, sample)
    draws = np.random.default_rng(SEED).choice([-1.0, 1.0], (BOOTSTRAPS, len(influence))) @ influence
    low, high = np.quantile(draws, [0.25, 0.75], axis=0)
    errors = (high - low) / QUARTILES
    usable = (errors > 0) & (np.array([event.carried for event in events]) >= FEW_TREATED)
    if not usable.any():
        return [_without_band(event, 0.0) for event in events], None
    ratios = np.abs(draws[:, usable]) / errors[usable]
    half = float(np.quantile(ratios.max(axis=1), CONFIDENCE)) * errors
    estimates = [
        Estimate(
            event.term,
            event.estimate,
            std_error=float(error),
            conf_low=float(event.estimate - wide),
            conf_high=float(event.estimate + wide),
        )
        if shown
        else _without_band(event, float(error))
        for event, error, wide, shown in zip(events, errors, half, usable, strict=True)
    ]
    before = np.array([int(event.term.removeprefix("event_time=")) < 0 for event in events])[usable]
    if before.sum() < LEAST_BEFORE:
        return estimates, None
    own = np.abs([event.estimate for event, shown in zip(events, usable, strict=True) if shown]) / errors[usable]
    return estimates, rank_p(float(own[before].max()), ratios[:, before].max(axis=1))


def _without_band(event: Sum, error: float) -> Estimate:
    if event.carried < LEAST_TREATED:
        return Estimate(event.term, event.estimate, reason=reason("one_treated_cluster", n=event.carried))
    why = reason("few_treated_clusters", n=event.carried)
    return Estimate(event.term, event.estimate, std_error=error or None, reason=why)


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
