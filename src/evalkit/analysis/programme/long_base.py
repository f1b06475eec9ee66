"""The headline of a programme: group-time effects against the mean of all observed periods before the start.

One base period is noisy and makes a straight trend look like a jump at the start (Roth, arXiv 2401.12309); the mean
of all has neither fault. With fewer than 20 treated (or comparison) clusters the inference is randomization of the
very estimate; with more, errors clustered at the level of assignment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import t

from evalkit.analysis.effects.placebo import POWER, rank_p
from evalkit.analysis.programme import agreement, group_time, randomize
from evalkit.analysis.programme.draw_test import smallest_found
from evalkit.analysis.programme.few_clusters import carried_by, error_of
from evalkit.analysis.programme.group_time import Cell, GroupTime, Pooled
from evalkit.analysis.programme.randomize import DRAWS, SEED, Arms, Base
from evalkit.analysis.programme.runs import Runs, levelled
from evalkit.analysis.programme.samples import LEAST_TREATED, NEVER, Array, Flags, Sample
from evalkit.analysis.results import ALPHA, Estimate, Withheld, reason

METHOD = "did_long_base"
MANY = 20  # treated clusters, and comparison clusters, from which on clustered errors hold
WEIGHTED = "weighted=population"
PATH_DRAWN = 100  # treated clusters up to which the path before the start is always judged by draws
HEADS = ("group", "simple", "dynamic", "calendar")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class LongBase(Pooled):
    """The pooled effect with everything that its judgement needs.

    Attributes:
        treated_clusters: how many carry it.
        pre_path_p: p of the largest pooled gap before the start; None with fewer than two periods before.
        other_base: the headline less the same with one base period (Callaway and Sant'Anna), with its p.
        other_estimator: the mean over observed region-periods less that of imputation, with its p.
        detectable: the smallest constant effect that the headline's p finds in 80 % of cases; None where it finds none.
        without: the headline without each cohort, by its start; empty with one cohort.
    """

    treated_clusters: int
    pre_path_p: float | None
    other_base: Estimate | None
    other_estimator: Estimate | None
    detectable: float | None
    without: dict[str, float]

    @property
    def path(self) -> tuple[tuple[int, Estimate], ...]:
        """Event times with their estimates."""
        return tuple((time, self[f"event_time={time}"]) for time in self.events)


def estimate(sample: Sample) -> LongBase | Withheld:
    """All aggregates against the long base, with the inference that the number of clusters allows."""
    if sample.refused:
        return sample.withheld(METHOD, sample.refused, *HEADS, inference="cluster")
    arms, effects = randomize.arms(sample), att_gt(sample)
    if not effects.post:
        return sample.withheld(METHOD, reason("no_comparison_units"), *HEADS, inference="cluster")
    few = _are_few(sample)
    if few and arms is None:
        return sample.withheld(METHOD, reason("mixed_clusters"), *HEADS, inference="cluster")
    result = _randomized(sample, arms, effects) if few and arms is not None else _clustered(sample, arms, effects)
    if sample.until:
        until = reason("identified_until", periods="; ".join(sorted(set(sample.until.values()))))
        result = replace(result, estimates=tuple(replace(e, reason=e.reason or until) for e in result.estimates))
    if sample.subgroups is None:
        return result
    return replace(result, estimates=(*result.estimates, *_subgroups(sample, sample.subgroups)))


def headline(sample: Sample) -> Estimate:
    """The pooled effect alone, with its p and interval; of a sample that is not refused."""
    arms = randomize.arms(sample)
    if arms is not None and _are_few(sample):
        return Runs(sample, arms).test("group", randomize.group(sample.times), sample.n_clusters(sample.compared))
    return _analytic(_named(group_time.heads(att_gt(sample)), "group"), sample)


def _are_few(sample: Sample) -> bool:
    """Whether the treated clusters, or those not treated yet at any start, are fewer than clustered errors need."""
    starts = set(sample.cohort[sample.compared])
    waiting = [sample.n_clusters((sample.cohort == NEVER) | (sample.cohort > start)) for start in starts]
    return min(sample.n_clusters(sample.compared), *waiting) < MANY


def att_gt(sample: Sample, base: Base = "all", weights: Array | None = None) -> GroupTime:
    """ATT(g,t) of every cohort and period, before and after the start, with influence functions."""
    values, seen = levelled(sample)
    cells = []
    for start in sorted(set(sample.cohort) - {NEVER}):
        change = randomize.changes(sample, int(start), values, seen, base)
        waiting = randomize.waits(sample, int(start), sample.cohort)
        for stratum in sorted(set(sample.stratum[sample.cohort == start])):
            inside = sample.stratum == stratum
            members = inside & (sample.cohort == start)
            for column, time in enumerate(sample.times):
                cell = group_time.cell(change[:, column], members, inside & waiting[:, column], weights)
                if cell is not None:
                    cells.append(Cell(int(start), int(time), str(stratum), *cell))
    return GroupTime(sample, tuple(cells))


def _clustered(sample: Sample, arms: Arms | None, effects: GroupTime) -> LongBase:
    """Errors clustered at the level of assignment, t law; event times with a simultaneous band."""
    heads = [*group_time.heads(effects), *group_time.by_cohort(effects)]
    estimates = [_analytic(head, sample) for head in heads]
    if sample.population is not None:
        weighted = group_time.heads(att_gt(sample, weights=sample.population), sample.population)
        estimates.append(replace(_analytic(_named(weighted, "group"), sample), term=WEIGHTED))
    band, pre_p = group_time.band(sample, group_time.events(effects))
    if arms is not None and len(arms.treated) < PATH_DRAWN:
        # The largest of many ratios leans on many clusters more than the headline does.
        pre_p = Runs(sample, arms).less(_fitted(effects)).pre_path_p(group_time.events(effects))
    long, last = (_named(sums, "group") for sums in (heads, group_time.heads(att_gt(sample, "last"))))
    free = max(long.carried - len({(cell.cohort, cell.stratum) for cell in effects.post}), 1)
    others = [_analytic(total, sample, free) for total in agreement.sums(effects, _fitted(effects), long, last)]
    group, freedom = _analytic(long, sample), len(set(sample.clusters)) - 1
    needed = None if group.std_error is None else group.std_error * float(sum(t.ppf((1 - ALPHA / 2, POWER), freedom)))
    return _made(sample, "cluster", [*estimates, *band], effects, pre_p, others, needed)


def _named(sums: Sequence[group_time.Sum], term: str) -> group_time.Sum:
    return next(total for total in sums if total.term == term)


def _analytic(total: group_time.Sum, sample: Sample, freedom: int | None = None) -> Estimate:
    if not np.isfinite(total.estimate):
        return Estimate(total.term, None, reason=reason("no_comparison_units"))
    count = len(set(sample.clusters))
    error = np.sqrt(count / (count - 1)) * error_of(total.influence, sample)
    return carried_by(total.carried, total.term, total.estimate, float(error), freedom or count - 1)


def _randomized(sample: Sample, arms: Arms, effects: GroupTime) -> LongBase:
    """Everything under every draw of the assignment."""
    runs, times, events = Runs(sample, arms), sample.times, group_time.event_times(effects.cells)
    statistics = {
        "group": randomize.group(times),
        "simple": randomize.simple(times),
        "dynamic": randomize.dynamic(events, times),
        "calendar": randomize.calendar(times),
    }
    clusters = sample.n_clusters(sample.compared)
    estimates = [runs.test(term, statistic, clusters) for term, statistic in statistics.items()]
    starts = {f"cohort={sample.starts[start]}": start for start in sorted({cell.cohort for cell in effects.post})}
    for cohort in group_time.by_cohort(effects):
        # The other cohorts' effects are removed: the noise that this one is compared with must not contain them.
        start, others = starts[cohort.term], _fitted(effects, starts[cohort.term])
        own = runs.less(others, start) if cohort.carried >= LEAST_TREATED else runs
        estimates.append(own.test(cohort.term, randomize.of_cohort(start, times), cohort.carried, start))
    if sample.population is not None:
        weighted = Runs(sample, arms, weights=sample.population)
        estimates.append(weighted.test(WEIGHTED, randomize.group(times), clusters))
    sums, fitted = group_time.events(effects), _fitted(effects)
    noise, values = runs.less(fitted), {event.term: event.estimate for event in sums}
    all_estimates = [*estimates, *noise.band(sums, values)]
    differences, detectable = agreement.drawn(fitted, runs, noise), smallest_found(runs.of(statistics["group"]))
    return _made(sample, "randomization", all_estimates, effects, noise.pre_path_p(sums), differences, detectable)


def _fitted(cohort_effects: GroupTime, but: int = NEVER) -> Array:
    """Units x periods: the estimated effects of all cohorts but one, zero elsewhere."""
    sample = cohort_effects.sample
    effects = np.zeros((len(sample.cohort), len(sample.times)))
    for cell in cohort_effects.post:
        if cell.cohort != but:
            rows = (sample.cohort == cell.cohort) & (sample.stratum == cell.stratum)
            effects[rows, np.searchsorted(sample.times, cell.time)] = cell.estimate
    return effects


def _made(
    sample: Sample,
    inference: str,
    estimates: Sequence[Estimate],
    effects: GroupTime,
    pre_p: float | None,
    others: Sequence[Estimate],
    detectable: float | None,
) -> LongBase:
    """The result with its parts."""
    return LongBase(
        indicator=sample.indicator.id,
        analysis="programme",
        method=METHOD,
        unit=sample.unit,
        inference=inference,
        data_status=sample.data_status,
        estimates=tuple(estimates),
        cohorts=group_time.cohort_sizes(sample.cohort, sample),
        events=tuple(group_time.event_times(effects.cells)),
        treated_clusters=sample.n_clusters(sample.compared),
        pre_path_p=pre_p,
        other_base=others[0],
        other_estimator=others[1],
        detectable=detectable,
        without=_without_each(effects),
        **sample.sizes(),
    )


def _without_each(effects: GroupTime) -> dict[str, float]:
    """The headline without each cohort in turn."""
    starts = sorted({cell.cohort for cell in effects.post})
    if len(starts) < 2:
        return {}
    rest = {
        start: GroupTime(effects.sample, tuple(cell for cell in effects.cells if cell.cohort != start))
        for start in starts
    }
    return {effects.sample.starts[start]: group_time.aggregates(part)["group"] for start, part in rest.items()}


def _subgroups(sample: Sample, columns: pd.DataFrame) -> list[Estimate]:
    """The headline of every value of every declared column, and the test that they are equal."""
    estimates = []
    for column in columns:
        labels = columns[column].to_numpy(dtype=str)
        values = sorted(set(labels[sample.compared]))
        if len(values) < 2:
            continue
        for value in values:
            part = estimate(restricted(sample, ~sample.treated | (labels == value)))
            term = f"subgroup={column}:{value}"
            if isinstance(part, LongBase):
                estimates.append(replace(part["group"], term=term))
            else:
                estimates.append(Estimate(term, None, reason=part.reason))
        estimates.append(_equality(sample, labels, f"subgroup={column}"))
    return estimates


def restricted(sample: Sample, rows: Flags) -> Sample:
    """The same sample with some of its units only."""
    cohort = sample.cohort[rows]
    part = replace(
        sample,
        outcome=sample.outcome.loc[rows],
        whole=None if sample.whole is None else sample.whole.loc[rows],
        cohort=cohort,
        stratum=sample.stratum[rows],
        starts={number: start for number, start in sample.starts.items() if number in cohort},
        cluster=None if sample.cluster is None else sample.cluster[rows],
        population=None if sample.population is None else sample.population[rows],
        subgroups=None,
    )
    few = part.n_treated < LEAST_TREATED
    return replace(part, refused=reason("fewer_than_two_treated", n=part.n_treated)) if few else part


def _equality(sample: Sample, labels: np.typing.NDArray[np.str_], term: str) -> Estimate:
    """Largest less smallest mean effect of the subgroups; p by permuting labels over treated clusters."""
    effects = of_units(sample)
    chosen = np.isfinite(effects)
    keys = [f"{cluster}\n{label}" for cluster, label in zip(sample.clusters[chosen], labels[chosen], strict=True)]
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    means = np.bincount(number, effects[chosen]) / np.bincount(number)
    groups = np.unique(labels[chosen][first], return_inverse=True)[1]
    if groups.max() < 1 or len(means) <= groups.max() + 1:
        return Estimate(term, None, reason=reason("too_few_assignments"))
    dealt = np.random.default_rng(SEED).permuted(np.tile(groups, (DRAWS, 1)), axis=1)
    spread = _between(means, groups[None, :])[0]
    by_group = np.bincount(groups, means) / np.bincount(groups)
    return Estimate(term, float(np.ptp(by_group)), p_value=rank_p(float(spread), _between(means, dealt)))


def _between(means: Array, groups: np.typing.NDArray[np.int64]) -> Array:
    """Sum of squares between groups, for every row of labels."""
    total = np.zeros(len(groups))
    for name in range(groups.max() + 1):
        inside = groups == name
        total += (inside @ (means - means.mean())) ** 2 / inside.sum(axis=1)
    return total


def of_units(sample: Sample) -> Array:
    """Each treated unit's mean effect relative to its cohort's comparison units; NaN without any."""
    values, seen = levelled(sample)
    means = np.full(len(sample.cohort), np.nan)
    for start in sorted(set(sample.cohort) - {NEVER}):
        change = randomize.changes(sample, int(start), values, seen, "all")
        waiting = randomize.waits(sample, int(start), sample.cohort)
        after = sample.times >= start
        for stratum in set(sample.stratum[sample.cohort == start]):
            inside = sample.stratum == stratum
            compared = np.where((inside[:, None] & waiting)[:, after], change[:, after], np.nan)
            members = inside & (sample.cohort == start)
            with np.errstate(invalid="ignore", divide="ignore"):
                level = np.nansum(compared, axis=0) / np.isfinite(compared).sum(axis=0)
                gaps = change[members][:, after] - level
                means[members] = np.nansum(gaps, axis=1) / np.isfinite(gaps).sum(axis=1)
    return means
