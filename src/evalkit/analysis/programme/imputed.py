"""The imputation estimator of Borusyak, Jaravel & Spiess (2024) as sums over units.

diff-diff estimates it for one sample. The test of its difference from the headline needs the same number for every
draw of the assignment, or each unit's share in it. Period effects solve a small system of equations whose sides are
sums over units; so a draw only exchanges the rows of the clusters that it treats.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evalkit.analysis.programme.randomize import CHUNK, Arms, enters
from evalkit.analysis.programme.samples import NEVER, Array, Flags, Integers, Sample

RIDGE = 1e-11  # relative; periods that no unit connects have a solution too


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """What every unit adds to the fit if it starts in one period, or never.

    Attributes:
        sums: per unit the columns of `Sides`, one after the other.
        shares: units x periods; untreated cells over the root of their number. Products make the normal equations.
    """

    sums: Array
    shares: Array


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The sums of `Role.sums`, of units or of many assignments (first axis).

    Attributes:
        untreated: cells of each period. residuals: sum of untreated gaps from the unit's own level, by period.
        slopes: what a period's effect takes from the total. total: of treated gaps. cells: how many are treated.
    """

    untreated: Array
    residuals: Array
    slopes: Array
    total: Array
    cells: Array

    @classmethod
    def of(cls, sums: Array) -> "Sides":
        """The columns of `Role.sums` by name."""
        count = (sums.shape[1] - 2) // 3
        untreated, residuals, slopes, rest = np.split(sums, [count, 2 * count, 3 * count], axis=1)
        return cls(untreated, residuals, slopes, rest[:, 0], rest[:, 1])


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Units that are fitted together.

    Attributes:
        units: their numbers. starts: cohorts whose effects are estimated. roles: by cohort, and of the never treated.
    """

    units: Integers
    starts: tuple[int, ...]
    roles: dict[int, Role]


def parts(sample: Sample, values: Array, seen: Flags) -> Iterator[Part]:
    """Every stratum; cohort by cohort where only never treated units may be compared."""
    for name in sorted(set(sample.stratum)):
        units = np.flatnonzero(sample.stratum == name)
        cohorts = sorted(set(sample.cohort[units].tolist()) - {NEVER})
        alone = sample.parameters.comparison.eligible == "never_treated"
        for starts in [(start,) for start in cohorts] if alone else [tuple(cohorts)] if cohorts else []:
            before = {start: enters(sample, start) & (sample.times < start) for start in starts}
            before[NEVER] = np.ones(len(sample.times), dtype=bool)
            own = [before.get(start, np.zeros(len(sample.times), dtype=bool)) for start in sample.cohort[units]]
            known = (seen[units] & np.array(own)).any(axis=0)  # other periods have no counterfactual
            treated = {start: known & enters(sample, start) & (sample.times >= start) for start in starts}
            treated[NEVER] = np.zeros(len(sample.times), dtype=bool)
            roles = {start: _role(values[units], seen[units], before[start], treated[start]) for start in before}
            yield Part(units, starts, roles)


def _role(values: Array, seen: Flags, before: Flags, after: Flags) -> Role:
    untreated = seen & before
    number = untreated.sum(axis=1, keepdims=True)
    treated = seen & after & (number > 0)
    share = untreated / np.maximum(number, 1)
    level = (np.where(untreated, values, 0.0) * share).sum(axis=1, keepdims=True)
    gaps = np.where(seen & (number > 0), values - level, 0.0)
    cells = treated.sum(axis=1, keepdims=True)
    total = (treated * gaps).sum(axis=1, keepdims=True)
    sums = np.hstack([untreated, untreated * gaps, treated - cells * share, total, cells])
    return Role(sums.astype(float), untreated / np.sqrt(np.maximum(number, 1)))


def effects(sample: Sample, arms: Arms, values: Array, seen: Flags, places: Integers) -> Array:
    """The estimate under every assignment; NaN where a period has no untreated cell any more.

    Args:
        places: draws x treated clusters, as `randomize.draws` gives them.
    """
    total, cells = np.zeros(len(places)), np.zeros(len(places))
    for part in parts(sample, values, seen):
        own = np.flatnonzero(np.isin(arms.treated, arms.of_unit[part.units]))
        names, of_unit = np.unique(arms.of_unit[part.units], return_inverse=True)
        local = np.searchsorted(names, places[:, own])
        sums = _Clusters(part, of_unit, arms.cohort[arms.treated[own]])
        width = max(local.shape[1] * sums.members.shape[1] * values.shape[1], 1)
        for first in range(0, len(places), step := max(CHUNK // width, 1)):
            chosen = slice(first, first + step)
            added = sums.estimate(local[chosen])
            total[chosen] += added[0]
            cells[chosen] += added[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(total / cells)


class _Clusters:
    """The roles of one part, summed over clusters.

    Args:
        of_unit: cluster number of every unit of the part.
        cohort: of the clusters whose places are dealt.
    """

    def __init__(self, part: Part, of_unit: Integers, cohort: Integers) -> None:
        self.part, self.cohort = part, cohort
        count = int(of_unit.max()) + 1
        self.sums, self.shares = {}, {}
        for start, role in part.roles.items():
            self.sums[start] = np.zeros((count, role.sums.shape[1]))
            np.add.at(self.sums[start], of_unit, role.sums)
            self.shares[start] = np.vstack([role.shares, np.zeros(role.shares.shape[1])])
        # Periods with a treated cell, which need an untreated one.
        self.needed = np.any([Sides.of(self.sums[start]).slopes > 0 for start in part.starts], axis=(0, 1))
        sizes = np.bincount(of_unit)
        self.members = np.full((count, sizes.max()), len(of_unit))  # the last row of `shares` is empty
        order = np.argsort(of_unit, kind="stable")
        self.members[of_unit[order], np.arange(len(order)) - (np.cumsum(sizes) - sizes)[of_unit[order]]] = order

    def estimate(self, places: Integers) -> tuple[Array, Array]:
        """Sum of effects and number of treated cells under every assignment."""
        never = self.sums[NEVER]
        sums = never.sum(axis=0) - never[places].sum(axis=1)
        products = self._products(NEVER, np.arange(len(never))[None, :]) - self._products(NEVER, places)
        for start in self.part.starts:
            own = places[:, self.cohort == start]
            sums = sums + self.sums[start][own].sum(axis=1)
            products = products + self._products(start, own)
        sides = Sides.of(sums)
        lost = ((sides.untreated < 1) & self.needed).any(axis=1)
        period = np.linalg.solve(_normal(sides.untreated, products), sides.residuals[..., None])[..., 0]
        return np.where(lost, np.nan, sides.total - (sides.slopes * period).sum(axis=1)), sides.cells

    def _products(self, start: int, places: Integers) -> Array:
        """Sum over the units of some clusters of the products of their shares: draws x periods x periods."""
        rows = self.shares[start][self.members[places].reshape(len(places), -1)]
        return np.asarray(rows.swapaxes(1, 2) @ rows)


def _normal(untreated: Array, products: Array) -> Array:
    """The normal equations of the period effects, whose mean is free and set to zero."""
    count = untreated.shape[-1]
    scale = untreated.mean(axis=-1)[..., None, None]
    diagonal = np.where(untreated > 0, untreated, scale[..., 0]) + RIDGE * scale[..., 0]
    return np.asarray(np.eye(count) * diagonal[..., None, :] - products + scale / count)


def scores(sample: Sample, values: Array, seen: Flags) -> tuple[float, Array]:
    """The estimate, and each unit's share in it: its influence function, centred within cohort and stratum.

    NaN where no treated cell has an untreated one in its period.
    """
    shares, cells, total = np.zeros(len(sample.cohort)), np.zeros(1), np.zeros(1)
    for part in parts(sample, values, seen):
        cohort = sample.cohort[part.units]
        sums, rows = np.zeros_like(part.roles[NEVER].sums), np.zeros_like(part.roles[NEVER].shares)
        for start, role in part.roles.items():
            sums[cohort == start], rows[cohort == start] = role.sums[cohort == start], role.shares[cohort == start]
        own, whole = Sides.of(sums), Sides.of(sums.sum(axis=0, keepdims=True))
        weights = np.linalg.solve(_normal(whole.untreated, rows.T @ rows)[0], whole.slopes[0])
        amount = own.total - own.residuals @ weights
        cells, total = cells + whole.cells, total + amount.sum()
        for start in part.roles:
            members = cohort == start
            if members.any():
                shares[part.units[members]] += amount[members] - amount[members].mean()
    with np.errstate(invalid="ignore"):
        return float((total / cells)[0]), shares / cells
