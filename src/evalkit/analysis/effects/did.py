"""Difference-in-differences for one treated region, with exact placebo inference.

One treated unit has no sampling variance that a clustered standard error could estimate (Conley & Taber
2011; Ferman & Pinto 2019). The reference distribution is instead the same estimate made for every
comparison unit as if it had been treated (placebo in space); its p-value is exact where the units are
exchangeable.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.analysis.effects.design import Design
from evalkit.analysis.results import ALPHA, Estimate, Reason, Result, Withheld, reason

__all__ = ["Effect", "EventStudy", "att", "event_study"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Effect(Result):
    """The headline estimate of one region.

    Attributes:
        placebos: the same estimate for every comparison unit, by unit.
        means: outcome means, rows `region`, `pool`; columns `pre`, `post`.
        rank: place of the region's absolute effect among all, 1 = largest.
        smallest_p: 1/(N+1), the smallest p that this pool can give.
    """

    placebos: pd.Series
    means: pd.DataFrame
    rank: int
    smallest_p: float


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class EventStudy(Result):
    """Region less pool, by event time.

    Attributes:
        gaps: columns period, event_time, gap, region, pool (deviations from the own baseline), used
            (`pre`, `post`, or why the period enters neither).
        band: half-width of the simultaneous 95 % placebo band before and after adoption; None without one.
        largest_pre_gap, pre_gap_p: the region's largest absolute pre-gap and its rank p.
    """

    gaps: pd.DataFrame
    band: tuple[float, float] | None
    largest_pre_gap: float
    pre_gap_p: float


def att(design: Design) -> Effect | Withheld:
    """Region's change less the pool's, with exact placebo p and an interval by inversion."""
    if why := design.refused or _too_few(design):
        return design.withheld("did", "did_mean", why, "att")
    values = design.outcome
    if np.ptp(values.to_numpy()[np.isfinite(values.to_numpy())]) == 0:
        return design.withheld("did", "did_mean", reason("constant_outcome"), "att")
    effects = pairwise(values, design.pre, design.post)
    region, placebos = effects[0], effects[1:]
    p_value = rank_p(region, placebos)
    half = critical(placebos)
    estimate = Estimate(
        "att",
        float(region),
        p_value=p_value,
        conf_low=None if half is None else float(region - half),
        conf_high=None if half is None else float(region + half),
        reason=reason("unbounded_interval", n=len(placebos)) if half is None else None,
    )
    return Effect(
        indicator=design.indicator.id,
        analysis="did",
        method="did_mean",
        unit=design.unit,
        inference="placebo_space",
        data_status=design.data_status,
        estimates=(estimate,),
        placebos=pd.Series(placebos, index=values.index[1:]),
        means=_means(design),
        rank=1 + int((np.abs(placebos) > abs(region)).sum()),
        smallest_p=1 / (len(placebos) + 1),
        n_obs=int(values[[*design.pre, *design.post]].notna().to_numpy().sum()),
        n_treated=1,
        n_comparison=len(placebos),
        n_pre=len(design.pre),
        n_post=len(design.post),
    )


def event_study(design: Design) -> EventStudy | Withheld:
    """Gaps by event time; the base is the mean of all pre-periods, the band simultaneous over periods."""
    if why := design.refused or _too_few(design):
        return design.withheld("event_study", "gap", why)
    deviations = design.outcome.sub(design.outcome[list(design.pre)].mean(axis=1), axis=0)
    gaps = leave_one_out_gaps(deviations.to_numpy())
    table = _gap_table(design, deviations, gaps[0])
    pre = np.flatnonzero(design.outcome.columns.isin(list(design.pre)))
    post = np.flatnonzero(design.outcome.columns.isin(list(design.post)))
    largest = np.nanmax(np.abs(gaps[:, pre]), axis=1)
    before, after = critical(largest[1:]), critical(np.nanmax(np.abs(gaps[1:, post]), axis=1))
    band = None if before is None or after is None else (before, after)
    estimates = tuple(
        _gap_estimate(int(event_time), float(gap), str(period), band, len(design.pool))
        for event_time, gap, period in zip(table["event_time"], table["gap"], table["period"], strict=True)
        if np.isfinite(gap)
    )
    return EventStudy(
        indicator=design.indicator.id,
        analysis="event_study",
        method="gap",
        unit=design.unit,
        inference="placebo_band",
        data_status=design.data_status,
        estimates=estimates,
        gaps=table,
        band=band,
        largest_pre_gap=float(largest[0]),
        pre_gap_p=rank_p(largest[0], largest[1:]),
        n_treated=1,
        n_obs=int(design.outcome.notna().to_numpy().sum()),
        n_comparison=len(design.pool),
        n_pre=len(design.pre),
        n_post=len(design.post),
    )


def _too_few(design: Design) -> Reason | None:
    """A placebo is a comparison unit's change less that of another one, so it takes two."""
    if not design.pool:
        return reason("no_comparison_units")
    return reason("too_few_comparison_units", have=1, need=2) if len(design.pool) == 1 else None


def pairwise(values: pd.DataFrame, pre: tuple[str, ...], post: tuple[str, ...]) -> Array:
    """DiD of the first unit against the others, and of every other against the rest without the first.

    Each is the average over partners of the pairwise DiD on the periods that both observe; on complete
    data that is the usual formula.

    Args:
        values: units x periods; the treated unit first.

    Returns:
        One effect per unit, in the order of the rows.
    """
    region = np.nanmean(against_each(values, pre, post), keepdims=True)
    before, after = values[list(pre)].to_numpy()[1:], values[list(post)].to_numpy()[1:]
    if np.isfinite(before).all() and np.isfinite(after).all():
        change = after.mean(axis=1) - before.mean(axis=1)
        return np.concatenate([region, change - (change.sum() - change) / (len(change) - 1)])
    matrix = _less(after, after) - _less(before, before)
    np.fill_diagonal(matrix, np.nan)
    return np.concatenate([region, np.nanmean(matrix, axis=1)])


def against_each(values: pd.DataFrame, pre: tuple[str, ...], post: tuple[str, ...]) -> Array:
    """DiD of the first unit against each of the others, on the periods that both observe."""
    before, after = values[list(pre)].to_numpy(), values[list(post)].to_numpy()
    effects: Array = (_less(after[:1], after[1:]) - _less(before[:1], before[1:]))[0]
    return effects


def _less(units: Array, others: Array) -> Array:
    """Mean of each unit less mean of each other over the periods that both observe, for all pairs."""
    seen, seen_others = np.isfinite(units).astype(float), np.isfinite(others).astype(float)
    sums, sums_others = np.where(seen, units, 0.0) @ seen_others.T, seen @ np.where(seen_others, others, 0.0).T
    with np.errstate(invalid="ignore", divide="ignore"):
        changes: Array = (sums - sums_others) / (seen @ seen_others.T)
    return changes


def leave_one_out_gaps(deviations: Array) -> Array:
    """Row 0: the region less the mean of all others; other rows: that unit less the rest without the region."""
    seen = np.isfinite(deviations[1:])
    filled = np.where(seen, deviations[1:], 0.0)
    total, count = filled.sum(axis=0), seen.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        region = deviations[0] - total / count
        others = deviations[1:] - (total - filled) / (count - seen)
    return np.vstack([region, others])


def rank_p(value: float, placebos: Array) -> float:
    """Exact two-sided placebo p: (1 + number of placebos at least as large) / (1 + N)."""
    # Equal numbers computed along different paths may differ in the last bit; a tie must count as one.
    least = abs(value) * (1 - 1e-9) - 1e-9
    return (1 + int((np.abs(placebos) >= least).sum())) / (1 + len(placebos))


def critical(placebos: Array) -> float | None:
    """The k-th largest absolute placebo, k = floor(alpha (N + 1)); None where k is 0 (N < 19).

    An effect further than this from zero has p <= alpha, so the interval by inversion is the estimate
    plus and minus it.
    """
    k = int(np.floor(ALPHA * (len(placebos) + 1) + 1e-9))
    return float(np.sort(np.abs(placebos))[-k]) if k else None


def _means(design: Design) -> pd.DataFrame:
    own = design.outcome.iloc[0]
    pool = design.outcome.iloc[1:]
    spans = {"pre": list(design.pre), "post": list(design.post)}
    return pd.DataFrame(
        {name: [own[span].mean(), pool[span].mean(axis=1).mean()] for name, span in spans.items()},
        index=["region", "pool"],
    )


def _gap_table(design: Design, deviations: pd.DataFrame, gaps: Array) -> pd.DataFrame:
    columns = [str(name) for name in design.outcome.columns]
    first = columns.index(design.adoption) if design.adoption in columns else len(columns)
    roles = {
        **dict.fromkeys(design.pre, "pre"),
        **dict.fromkeys(design.post, "post"),
        **(design.left_out or {}),
        **(design.masked or {}),
    }
    return pd.DataFrame(
        {
            "period": columns,
            "event_time": np.arange(len(columns)) - first,
            "gap": gaps,
            "region": deviations.iloc[0].to_numpy(),
            "pool": deviations.iloc[1:].mean(axis=0).to_numpy(),
            "used": [roles.get(p, "missing") for p in columns],
        }
    )


def _gap_estimate(event_time: int, gap: float, period: str, band: tuple[float, float] | None, n: int) -> Estimate:
    term = f"event_time={event_time}"
    if band is None:
        return Estimate(term, gap, period=period, reason=reason("unbounded_interval", n=n))
    half = band[0] if event_time < 0 else band[1]
    return Estimate(term, gap, conf_low=gap - half, conf_high=gap + half, period=period)
