"""Difference-in-differences for one treated region, with exact placebo inference (placebo in space)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit import periods
from evalkit.analysis.effects import gaps as paths
from evalkit.analysis.effects.design import Design
from evalkit.analysis.effects.placebo import Array, Judgement, around, critical, judge, rank_p, size, smallest_p
from evalkit.analysis.results import Estimate, Reason, Result, Withheld, reason

__all__ = ["Effect", "EventStudy", "att", "event_study"]

DUST = 1e-12  # effects below this share of the outcome's size are rounding errors


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Effect(Result):
    """The headline estimate of one region; its p and interval are those of the judgement.

    Attributes:
        placebos: the same estimate for every comparison unit, by unit.
        weights: how much each placebo counts; None for one each.
        judgement: the test behind p and interval, with its two halves.
        level: of the test; below 5 % where the number of comparison units is blunt.
        means: outcome means, rows `region`, `pool`; columns `pre`, `post`; of the periods since the last change of
            definition, NaN where it parts before from after.
        rank: place of the region's absolute effect among all, 1 = largest.
        smallest_p: 1/(N+1), the smallest p that this pool can give.

    Examples:
        >>> finding.effect.tidy().round(2)[["estimate", "p_value", "conf_low", "conf_high"]]
           estimate  p_value  conf_low  conf_high
        0      1.41     0.21     -1.21       4.04
        >>> finding.effect.rank, len(finding.effect.placebos)  # the fifth largest of 24
        (5, 23)
        >>> histogram = finding.effect.placebos.plot.hist()
    """

    placebos: pd.Series
    weights: Array | None
    judgement: Judgement
    level: float
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

    Examples:
        >>> finding.path.gaps.head(2).round(2)
           period  event_time   gap  region  pool used
        0  2016Q1         -12 -0.60   -1.66 -1.05  pre
        1  2016Q2         -11  0.97   -0.80 -1.77  pre
    """

    gaps: pd.DataFrame
    band: tuple[float, float] | None
    largest_pre_gap: float
    pre_gap_p: float


def att(design: Design) -> Effect | Withheld:
    """Region's change less the pool's; p is the larger of the plain and the studentised placebo p.

    The interval inverts that test. The plain p and its interval are the check `plain`.

    Examples:
        >>> ek.did.att(design)
        Effect(county_visit_rate, did_mean, att 1.415)
    """
    if why := design.refused or _too_few(design):
        return design.withheld("did", "did_mean", why, "att")
    values = design.outcome
    cells = values.to_numpy()[np.isfinite(values.to_numpy())]
    if np.ptp(cells) == 0:
        return design.withheld("did", "did_mean", reason("constant_outcome"), "att")
    effects, weights = paths.pairwise(design), paths.weights(design)
    effects[np.abs(effects) < DUST * np.abs(cells).max()] = 0.0
    region, placebos = float(effects[0]), effects[1:]
    judged = judge(effects, paths.spreads(design), weights)
    low, high = around(region, judged.half, judged.p_value)
    why = None if low is not None else reason("unbounded_interval", n=len(placebos))
    if low is None and judged.plain_half is not None:
        why = reason("no_variance")
    return Effect(
        indicator=design.indicator.id,
        analysis="did",
        method="did_mean",
        unit=design.unit,
        inference="placebo_space",
        data_status=design.data_status,
        estimates=(Estimate("att", region, p_value=judged.p_value, conf_low=low, conf_high=high, reason=why),),
        placebos=pd.Series(placebos, index=values.index[1:]),
        weights=weights,
        judgement=judged,
        level=size(placebos, weights),
        means=paths.means(design),
        rank=1 + int((np.abs(placebos) > abs(region)).sum()),
        smallest_p=smallest_p(placebos, weights),
        n_obs=int(values[[*design.pre, *design.post]].notna().to_numpy().sum()),
        n_treated=1,
        n_comparison=len(placebos),
        n_pre=len(design.pre),
        n_post=len(design.post),
    )


def event_study(design: Design) -> EventStudy | Withheld:
    """Gaps by event time; the base is the mean of all pre-periods, the band simultaneous over the whole path.

    Examples:
        >>> ek.did.event_study(design).tidy().query("p_value != p_value").shape  # a band, no p per period
        (26, 7)
    """
    if why := design.refused or _too_few(design):
        return design.withheld("event_study", "gap", why)
    every, weights = paths.gaps(design), paths.weights(design)
    table = _gap_table(design, every[0])
    pre, post = paths.places(design, design.pre), paths.places(design, design.post)
    largest = np.nanmax(np.abs(every[:, pre]), axis=1)
    band = _band(largest[1:], np.nanmax(np.abs(every[1:, post]), axis=1), weights)
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
        pre_gap_p=rank_p(largest[0], largest[1:], weights),
        n_treated=1,
        n_obs=int(design.outcome.notna().to_numpy().sum()),
        n_comparison=len(design.pool),
        n_pre=len(design.pre),
        n_post=len(design.post),
    )


def _band(before: Array, after: Array, weights: Array | None) -> tuple[float, float] | None:
    """Half-widths before and after the start that hold the whole path of 95 % of the placebos.

    Gaps after the start lie further out, as the base does not contain them: each side has its own critical value,
    and both are widened by one factor until together they hold.
    """
    sides = critical(before, weights), critical(after, weights)
    if sides[0] is None or sides[1] is None:
        return None
    scaled = [part / side if side else np.zeros_like(part) for part, side in zip((before, after), sides, strict=True)]
    factor = critical(np.maximum(*scaled), weights) or 1.0
    return factor * sides[0], factor * sides[1]


def _too_few(design: Design) -> Reason | None:
    """A placebo is a comparison unit's change less that of another one, so it takes two."""
    if not design.pool:
        return reason("no_comparison_units")
    return reason("too_few_comparison_units", have=1, need=2) if len(design.pool) == 1 else None


def _gap_table(design: Design, gaps: Array) -> pd.DataFrame:
    own = design.outcome.to_numpy(float)[0]
    own = own - own[paths.places(design, design.pre)].mean()
    columns: list[str] = design.outcome.columns.to_numpy().tolist()
    times = [periods.number(periods.parse(name)) for name in columns]
    first = periods.number(periods.parse(design.adoption)) if design.adoption else times[-1] + 1
    return pd.DataFrame(
        {
            "period": columns,
            "event_time": [time - first for time in times],
            "gap": gaps,
            "region": own,
            "pool": own - gaps,
            "used": design.uses,
        }
    )


def _gap_estimate(event_time: int, gap: float, period: str, band: tuple[float, float] | None, n: int) -> Estimate:
    term = f"event_time={event_time}"
    if band is None:
        return Estimate(term, gap, period=period, reason=reason("unbounded_interval", n=n))
    half = band[0] if event_time < 0 else band[1]
    return Estimate(term, gap, conf_low=gap - half, conf_high=gap + half, period=period)
