"""Changes and paths of a region and of every comparison unit, each less the units that it may be compared with.

Every number is an average over partners of the pairwise difference on the periods that both observe, so that a
missing cell moves nothing: the headline, the path and the table of means agree where units report late. A placebo
is compared with the pool without the region, and without units of its own cluster, as the region is.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from evalkit.analysis.effects.design import Design
from evalkit.analysis.effects.placebo import Array


def pairwise(design: Design) -> Array:
    """DiD of the region against the pool, and of every pool unit against the rest; in the order of the rows."""
    if (adjusted := _adjusted(design)) is not None:
        return adjusted.change(design)
    before, after = (_values(design, part) for part in (design.pre, design.post))
    if _is_plain(design, before, after):
        return _less_the_others(after.mean(axis=1) - before.mean(axis=1))
    matrix = np.where(_partners(design), _less(after, after) - _less(before, before), np.nan)
    return np.asarray(np.nanmean(matrix, axis=1))


def gaps(design: Design) -> Array:
    """Units x periods of the window: each unit less its partners, in deviations from the mean of the baseline."""
    if (adjusted := _adjusted(design)) is not None:
        return adjusted.path(design)
    before, window = _values(design, design.pre), design.outcome.to_numpy(float)
    if _is_plain(design, before, window):
        deviations = window - before.mean(axis=1, keepdims=True)
        return _less_the_others(deviations)
    offset = _less(before, before)
    partners = _partners(design) & np.isfinite(offset)
    seen = np.isfinite(window)
    levels = partners @ np.where(seen, window, 0.0) + np.where(partners, offset, 0.0) @ seen.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = window - levels / (partners @ seen.astype(float))
    return result


def spreads(design: Design) -> Array:
    """SD of every unit's gaps before the start."""
    before = places(design, design.pre)
    result: Array = np.nanstd(gaps(replace(design, outcome=design.outcome.iloc[:, before])), axis=1, ddof=1)
    return result


def weights(design: Design) -> Array | None:
    """How much each placebo counts: one each, or its share of its cluster where units were assigned in clusters."""
    if design.clusters is None:
        return None
    own = design.clusters.iloc[1:]
    return np.asarray(1 / own.map(own.value_counts()).to_numpy(float))


def against_each(design: Design) -> Array:
    """DiD of the region against each comparison unit, on the periods that both observe."""
    before, after = (_values(design, part) for part in (design.pre, design.post))
    effects: Array = (_less(after[:1], after[1:]) - _less(before[:1], before[1:]))[0]
    return effects


def without_each(design: Design) -> Array:
    """The region's DiD without each comparison unit in turn."""
    if (adjusted := _adjusted(design)) is not None:
        return adjusted.without_each(design)
    pairs = against_each(design)
    finite = np.isfinite(pairs)
    rest: Array = (np.nansum(pairs) - np.where(finite, pairs, 0.0)) / (finite.sum() - finite)
    return rest


def means(design: Design) -> pd.DataFrame:
    """Outcome means of region and pool before and after; their difference in differences is the headline.

    Where the definition changes inside the window, means of the periods since then, NaN if it parts before from after:
    the headline is free of the change, the means themselves are not.
    """
    alike = comparable_levels(design)
    pairs = against_each(alike) if alike else np.array([])
    if alike is None or not np.isfinite(pairs).any():
        return pd.DataFrame(np.nan, index=["region", "pool"], columns=["pre", "post"])
    away = pairwise(design)[0] if alike is design else float(np.nanmean(pairs))
    design = alike
    sides = {"pre": _values(design, design.pre), "post": _values(design, design.post)}
    region = {name: float(np.nanmean(side[0])) for name, side in sides.items()}
    pre = region["pre"] - float(np.nanmean(_less(sides["pre"][:1], sides["pre"][1:])))
    pool = {"pre": pre, "post": pre + region["post"] - region["pre"] - float(away)}
    return pd.DataFrame([region, pool], index=["region", "pool"])


def comparable_levels(design: Design) -> Design | None:
    """The design with the periods after its last definition break only; None where a break parts before from after.

    Effects compare differences, which a shared break does not touch; a mean across a break has no meaning.
    """
    if not design.own_breaks:
        return design
    last = max(design.own_breaks)
    pre = tuple(period for period in design.pre if period >= last)
    return replace(design, pre=pre) if pre and all(period >= last for period in design.post) else None


def as_gap(design: Design) -> Design:
    """The region less its pool as one series, at the region's level."""
    level = np.nanmean(_values(design, design.pre)[0])
    series = pd.DataFrame([gaps(design)[0] + level], index=design.outcome.index[:1], columns=design.outcome.columns)
    return replace(design, outcome=series, own=None, own_breaks=())


def places(design: Design, names: Iterable[str]) -> list[int]:
    """Columns of some periods: labels are looked up here, as pandas takes a hundred times as long."""
    column = {name: place for place, name in enumerate(design.outcome.columns.to_numpy().tolist())}
    return [column[name] for name in names]


def _values(design: Design, names: Iterable[str]) -> Array:
    values: Array = design.outcome.to_numpy(float).T[places(design, names)].T
    return values


def _is_plain(design: Design, *parts: Array) -> bool:
    return design.clusters is None and all(np.isfinite(part).all() for part in parts)


def _less_the_others(values: Array) -> Array:
    """Row 0 less the mean of all others; every other row less the mean of the rest without row 0."""
    pool = values[1:]
    with np.errstate(invalid="ignore", divide="ignore"):  # a single pool unit has no comparison
        rest = (pool.sum(axis=0) - pool) / (len(pool) - 1)
    return np.concatenate([values[:1] - pool.mean(axis=0), pool - rest])


def _partners(design: Design) -> "np.typing.NDArray[np.bool_]":
    """Which units each one is compared with: the pool without itself and its own cluster."""
    count = len(design.outcome)
    group = np.arange(count) if design.clusters is None else pd.factorize(design.clusters)[0]
    apart = group[:, None] != group[None, :]
    apart[:, 0] = False
    result: np.typing.NDArray[np.bool_] = apart
    return result


def _less(units: Array, others: Array) -> Array:
    """Mean of each unit less mean of each other over the periods that both observe, for all pairs."""
    seen, seen_others = np.isfinite(units).astype(float), np.isfinite(others).astype(float)
    sums, sums_others = np.where(seen, units, 0.0) @ seen_others.T, seen @ np.where(seen_others, others, 0.0).T
    with np.errstate(invalid="ignore", divide="ignore"):
        changes: Array = (sums - sums_others) / (seen @ seen_others.T)
    return changes


def _adjusted(design: Design) -> "_Adjustment | None":
    if design.baseline is None:
        return None
    return _Adjustment(design.baseline.to_numpy(float))


class _Adjustment:
    """Changes as residuals on baseline covariates, fitted on the units that each is compared with.

    For the region these are all pool units; for a placebo all others, so its residual is the fitted one over one
    less its leverage. Holes are filled beforehand by the additive fit.
    """

    def __init__(self, covariates: Array) -> None:
        centred = covariates - covariates[1:].mean(axis=0)
        self.model = np.column_stack([np.ones(len(centred)), centred])
        self.hat = self.model @ np.linalg.pinv(self.model[1:])

    def change(self, design: Design) -> Array:
        before, after = (self._window(design)[list(part)].to_numpy() for part in (design.pre, design.post))
        return self._residuals((after.mean(axis=1) - before.mean(axis=1))[:, None])[:, 0]

    def without_each(self, design: Design) -> Array:
        """Leaving a unit out moves the region's residual by that unit's own, in proportion to its leverage."""
        changes = self.change(design)
        effects: Array = changes[0] + self.hat[0] * changes[1:]
        return effects

    def path(self, design: Design) -> Array:
        window = self._window(design)
        deviations = window.sub(window[list(design.pre)].mean(axis=1), axis=0)
        return np.where(design.outcome.notna(), self._residuals(deviations.to_numpy()), np.nan)

    def _residuals(self, values: Array) -> Array:
        left = values - self.hat @ values[1:]
        left[1:] /= (1 - np.diag(self.hat[1:]))[:, None]
        return np.asarray(left)

    def _window(self, design: Design) -> pd.DataFrame:
        return additive(design.outcome, design.pre)


def additive(outcome: pd.DataFrame, pre: tuple[str, ...]) -> pd.DataFrame:
    """The outcome with holes filled from the additive unit + period fit of untreated cells."""
    values, seen = outcome.to_numpy(float), outcome.notna().to_numpy()
    if seen.all():
        return outcome
    usable = seen.copy()
    usable[0] &= outcome.columns.isin(list(pre))
    fitted = two_way(values, usable)
    return pd.DataFrame(np.where(seen, values, fitted), index=outcome.index, columns=outcome.columns)


def two_way(values: Array, usable: "np.typing.NDArray[np.bool_]") -> Array:
    """The additive unit + period fit of the usable cells, for every cell; by alternating means."""
    unit, period = np.zeros(len(values)), np.zeros(values.shape[1])
    for _ in range(200):
        before = unit
        period = _masked_mean(values - unit[:, None], usable, axis=0)
        unit = _masked_mean(values - period[None, :], usable, axis=1)
        if np.array_equal(unit, before):  # to the last bit: further turns change nothing
            break
    return np.asarray(unit[:, None] + period[None, :])


def _masked_mean(values: Array, usable: "np.typing.NDArray[np.bool_]", axis: int) -> Array:
    totals: Array = np.where(usable, values, 0.0).sum(axis=axis) / np.maximum(usable.sum(axis=axis), 1)
    return totals
