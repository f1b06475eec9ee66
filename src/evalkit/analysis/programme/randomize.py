"""The pooled effect under every other way in which the reform could have been assigned.

Clusters of a stratum exchange their adoption; the statistic is the pooled effect itself, against the mean of all
periods before the start. Sums over clusters are made once, so that a draw only adds up the rows that it treats.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evalkit.analysis.programme.samples import NEVER, Array, Flags, Integers, Sample

DRAWS = 999
SEED = 20220101
LEAST_PERIODS = 2  # before the start, to tell how noisy a cluster is
TINY = 1e-9  # a total less its parts is zero up to rounding
CHUNK = 2_000_000  # cells that are looked up at once
Base = Literal["all", "last"]  # the mean of all periods before the start, or the last of them


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """The treated clusters of a sample, in the order in which draws name them.

    Attributes:
        of_unit: cluster number of every unit.
        stratum: stratum number of every cluster.
        cohort: first treated period of every cluster, 0 for never.
        treated: numbers of the treated clusters.
    """

    of_unit: Integers
    stratum: Integers
    cohort: Integers
    treated: Integers


def arms(sample: Sample) -> Arms | None:
    """The clusters that adopt as a whole; None where units of one cluster started at different times."""
    keys = [f"{stratum}\n{cluster}" for stratum, cluster in zip(sample.stratum, sample.clusters, strict=True)]
    _, first, of_unit = np.unique(keys, return_index=True, return_inverse=True)
    cohort = sample.cohort[first]
    if (sample.cohort != cohort[of_unit]).any():
        return None
    stratum = np.unique(sample.stratum, return_inverse=True)[1][first]
    return Arms(of_unit, stratum, cohort, np.flatnonzero(cohort != NEVER))


def draws(arms: Arms) -> Integers:
    """`DRAWS` x treated clusters: which cluster takes the place of each treated one, within its stratum."""
    random = np.random.default_rng(SEED)
    drawn = np.empty((DRAWS, len(arms.treated)), dtype=np.int64)
    for name in np.unique(arms.stratum[arms.treated]):
        own = np.flatnonzero(arms.stratum == name)
        places = np.flatnonzero(arms.stratum[arms.treated] == name)
        shuffled = random.permuted(np.tile(own, (DRAWS, 1)), axis=1)
        drawn[:, places] = shuffled[:, : len(places)]
    return drawn


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """ATT(g,t) of one cohort in one stratum over draws: draws x periods, NaN where no unit is compared.

    Attributes:
        weight: of the cohort in every draw. cells: of its units, those observed in each period, draws x periods.
    """

    cohort: int
    stratum: int
    effects: Array
    weight: Array
    cells: Array


class Panel:
    """Changes of every cluster from the base of each cohort, ready to be added up.

    Args:
        sample: who started when.
        values: units x periods; outcomes, or who is treated.
        seen: which cells are observed.
        base: from what changes are counted.
        weights: of units in every mean; None for one each.
        start: of the only cohort that is asked for; None for all.
    """

    def __init__(
        self,
        sample: Sample,
        arms: Arms,
        values: Array,
        seen: Flags,
        base: Base = "all",
        weights: Array | None = None,
        start: int | None = None,
    ) -> None:
        self.sample, self.arms = sample, arms
        self.sizes = np.bincount(arms.of_unit, weights, minlength=len(arms.cohort))
        self.starts = [start] if start is not None else sorted(set(arms.cohort) - {NEVER})
        self.sums, self.counts, self.variances = {}, {}, {}
        share = np.ones(len(values)) if weights is None else weights
        for first in self.starts:
            change = changes(sample, int(first), values, seen, base)
            shares = np.isfinite(change) * share[:, None]
            self.sums[first] = self._by_cluster(np.where(shares > 0, change, 0.0) * shares)
            self.counts[first] = self._by_cluster(shares)
            self.variances[first] = self._variances(int(first))

    def _by_cluster(self, cells: Array) -> Array:
        sums = np.zeros((len(self.arms.cohort), cells.shape[1]))
        np.add.at(sums, self.arms.of_unit, cells)
        return sums

    def _variances(self, start: int) -> Array:
        """Of every cluster's gaps to the others of its stratum before a start; of too short ones the mean."""
        before = enters(self.sample, start) & (self.sample.times - start < -self.sample.parameters.anticipation)
        sums, counts = self.sums[start][:, before], self.counts[start][:, before]
        strata_sums = np.zeros_like(sums), np.zeros_like(sums)
        for total, table in zip(strata_sums, (sums, counts), strict=True):
            np.add.at(total, self.arms.stratum, table)
        with np.errstate(invalid="ignore", divide="ignore"):
            others = (strata_sums[0][self.arms.stratum] - sums) / (strata_sums[1][self.arms.stratum] - counts)
            gaps = np.where((counts > 0) & np.isfinite(others), sums / counts - others, np.nan)
        many = np.isfinite(gaps).sum(axis=1) >= LEAST_PERIODS
        if not many.any():
            return np.full(len(gaps), np.nan)
        own = np.nanvar(gaps[many], axis=1, ddof=1)
        variances = np.full(len(gaps), own.mean())
        variances[many] = own
        return variances

    def spreads(self, places: Integers, start: int | None = None) -> Array | None:
        """SD of the pooled effect of every draw, as far as the noise before the start tells; None where it cannot.

        Args:
            start: of one cohort only.
        """
        arms = self.arms
        chosen = [j for j, own in enumerate(arms.cohort[arms.treated]) if start in (None, own)]
        sizes = np.array([self.sizes[places[:, j]] for j in chosen])
        own = np.array([self.variances[arms.cohort[arms.treated[j]]][places[:, j]] for j in chosen])
        pooled: Array = np.sqrt((sizes**2 * own).sum(axis=0)) / sizes.sum(axis=0)
        return pooled if (pooled > 0).all() else None

    def effects(self, places: Integers) -> list[Effects]:
        """Every cohort's effects in every stratum, for many assignments at once.

        Args:
            places: draws x treated clusters, as `draws` gives them.
        """
        per_draw = max(places.shape[1] * len(self.sample.times), 1)
        step = max(CHUNK // per_draw, 1)
        parts = [self._some(places[first : first + step]) for first in range(0, len(places), step)]
        return [
            Effects(
                effect.cohort,
                effect.stratum,
                np.vstack([part[number].effects for part in parts]),
                np.concatenate([part[number].weight for part in parts]),
                np.vstack([part[number].cells for part in parts]),
            )
            for number, effect in enumerate(parts[0])
        ]

    def _some(self, places: Integers) -> list[Effects]:
        arms, results = self.arms, []
        own_cohort, own_stratum = arms.cohort[arms.treated], arms.stratum[arms.treated]
        for start in self.starts:
            for name in np.unique(own_stratum[own_cohort == start]):
                inside = np.flatnonzero(own_stratum == name)
                members = inside[own_cohort[inside] == start]
                waiting = waits(self.sample, int(start), own_cohort[inside])
                sides = []
                for table in (self.sums[start], self.counts[start]):
                    rows = table[places[:, inside]]
                    total = table[arms.stratum == name].sum(axis=0)
                    sides.append((rows[:, np.isin(inside, members)].sum(axis=1), total - _dot(rows, ~waiting)))
                with np.errstate(invalid="ignore", divide="ignore"):
                    effects = sides[0][0] / sides[1][0] - sides[0][1] / sides[1][1]
                effects[(sides[1][0] < TINY) | (sides[1][1] < TINY)] = np.nan
                weight = self.sizes[places[:, members]].sum(axis=1)
                results.append(Effects(int(start), int(name), effects, weight, sides[1][0]))
        return results


def _dot(rows: Array, flags: Flags) -> Array:
    """Sum over treated clusters of their rows where the flag (clusters x periods) is up."""
    return np.asarray(np.einsum("bjt,jt->bt", rows, flags.astype(float)))


def waits(sample: Sample, start: int, cohorts: Integers) -> Flags:
    """Cohorts x periods: who may be compared with a cohort in a period (never treated, or not treated yet)."""
    last = np.maximum(sample.times, start - 1) + sample.parameters.anticipation
    if sample.parameters.comparison.eligible == "never_treated":
        return np.repeat((cohorts == NEVER)[:, None], len(last), axis=1)
    allowed: Flags = (cohorts[:, None] == NEVER) | ((cohorts[:, None] > last) & (cohorts[:, None] != start))
    return allowed


def changes(sample: Sample, start: int, values: Array, seen: Flags, base: Base) -> Array:
    """Units x periods: change from the base before `start`; NaN where not observed or left out by the design."""
    since = sample.times - start
    before = enters(sample, start) & (since < -sample.parameters.anticipation)
    if base == "last":
        observed = np.flatnonzero(before & seen[sample.cohort == start].any(axis=0))
        before = np.isin(np.arange(len(since)), observed[-1:])
    observed_before = seen[:, before]
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.where(observed_before, values[:, before], 0.0).sum(axis=1) / observed_before.sum(axis=1)
    shown = seen & enters(sample, start)
    return np.where(shown, values - level[:, None], np.nan)


def enters(sample: Sample, start: int) -> Flags:
    """Periods that the design lets in for a cohort."""
    since, design = sample.times - start, sample.parameters
    out = (since >= -design.anticipation) & (since < design.transition)
    if design.post_periods:
        out |= since >= design.transition + design.post_periods
    if design.baseline_periods:
        ahead = np.sort(sample.times[since < -design.anticipation])[-design.baseline_periods :]
        out |= (since < -design.anticipation) & ~np.isin(sample.times, ahead)
    inside: Flags = ~out
    return inside


Statistic = Callable[[list[Effects]], Array]


def group(times: Integers) -> Statistic:
    """Mean over treated units of their own mean effect (the headline)."""
    return lambda effects: _weighted([(effect.weight, _after(effect, times)) for effect in effects])


def simple(times: Integers) -> Statistic:
    """Mean over treated unit-periods."""
    return lambda effects: _weighted(
        [
            (effect.weight, effect.effects[:, column])
            for effect in effects
            for column in np.flatnonzero(times >= effect.cohort)
        ]
    )


def over_cells(times: Integers) -> Statistic:
    """Mean over treated unit-periods that are observed, as imputation takes it."""
    return lambda effects: _weighted(
        [
            (part.cells[:, column], part.effects[:, column])
            for part in effects
            for column in np.flatnonzero(times >= part.cohort)
        ]
    )


def of_cohort(start: int, times: Integers) -> Statistic:
    """One cohort's mean effect."""
    return lambda effects: _weighted([(part.weight, _after(part, times)) for part in effects if part.cohort == start])


def at_event(event: int, times: Integers) -> Statistic:
    """The mean effect so many periods after the start."""

    def statistic(effects: list[Effects]) -> Array:
        columns = [(effect, np.flatnonzero(times == effect.cohort + event)) for effect in effects]
        return _weighted([(effect.weight, effect.effects[:, column[0]]) for effect, column in columns if len(column)])

    return statistic


def dynamic(events: Sequence[int], times: Integers) -> Statistic:
    """Mean over event times from the start on."""
    parts = [at_event(event, times) for event in events if event >= 0]
    return lambda effects: np.asarray(np.nanmean([part(effects) for part in parts], axis=0))


def calendar(times: Integers) -> Statistic:
    """Mean over periods."""

    def statistic(effects: list[Effects]) -> Array:
        by_period = [
            _weighted([(part.weight, part.effects[:, column]) for part in effects if times[column] >= part.cohort])
            for column in range(len(times))
            if any(times[column] >= effect.cohort for effect in effects)
        ]
        return np.asarray(np.nanmean([part for part in by_period if np.isfinite(part).any()], axis=0))

    return statistic


def _after(effect: Effects, times: Integers) -> Array:
    after = effect.effects[:, times >= effect.cohort]
    seen = np.isfinite(after)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(seen, after, 0.0).sum(axis=1) / seen.sum(axis=1))


def _weighted(parts: Sequence[tuple[Array, Array]]) -> Array:
    weights, values = (np.array(side) for side in zip(*parts, strict=True))
    seen = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(
            np.where(seen, weights * np.nan_to_num(values), 0.0).sum(axis=0) / (weights * seen).sum(axis=0)
        )
