"""Before and after: what changed in the region itself, by a ladder that asks no more than the series can give."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm

from evalkit.analysis.design import Design
from evalkit.analysis.results import Estimate, Reason, Result, Withheld, reason
from evalkit.inputs import periods

ANNUAL_POINTS = 8  # up to so many annual points a change cannot be told from the trend
POINTS_EACH_SIDE = 4
LEVEL_ONLY = 12  # with fewer points the slope is not estimated
LAGS = {"year": 1, "quarter": 4, "month": 12, "day": 7}  # Newey & West (1987), one seasonal cycle
HORIZONS = (4, 8)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Change(Result):
    """A change of the region's own series.

    Attributes:
        series: columns period, observed, expected (the counterfactual: what the baseline would have led
            to), low, high (its 95 % interval), used (`pre`, `post`, or why the period enters neither).
        means: mean before and after, on the analysis scale.
    """

    series: pd.DataFrame
    means: tuple[float, float]


def change(design: Design) -> Change | Withheld:
    """The fullest method that the series allows."""
    return ladder(design)[-1]


def ladder(design: Design) -> tuple[Change | Withheld, ...]:
    """Every method that the length of the series allows, plainest first."""
    why = design.refused or _own_refusal(design)
    if why:
        return (design.withheld("before_after", "mean_difference", why, "level_change"),)
    plain = mean_difference(design)
    if _too_short(design) or not _is_determined(design):
        return (plain,)
    return plain, segmented(design)


def mean_difference(design: Design) -> Change:
    """Mean after less mean before: a description, without any inference."""
    own = design.outcome.iloc[0]
    before, after = float(own[list(design.pre)].mean()), float(own[list(design.post)].mean())
    series = _series(design).assign(expected=np.nan, low=np.nan, high=np.nan)
    return _change(design, "mean_difference", "", (Estimate("level_change", after - before),), series)


def segmented(design: Design) -> Change:
    """Segmented regression: level and slope before and after, season, Newey-West errors.

    Wagner et al. (2002); Newey & West (1987) with small-sample correction and t distribution. Effects
    after 4 and 8 periods are the fitted difference from the continued baseline.
    """
    own = design.outcome.iloc[0]
    used = sorted([*design.pre, *design.post])
    model = _model(design)
    with_slope = "slope" in model
    lags = LAGS[periods.frequency(used[0])]
    fit = sm.OLS(own[used].to_numpy(), model.loc[used]).fit()
    robust = fit.get_robustcov_results("HAC", maxlags=lags, use_correction=True, use_t=True)
    effects = {"level_change": {"level": 1.0}}
    if with_slope:
        effects["slope_change"] = {"slope": 1.0}
    for ahead in HORIZONS:
        if len(design.post) >= ahead:
            effects[f"effect_h{ahead}"] = {"level": 1.0, **({"slope": ahead - 1.0} if with_slope else {})}
    estimates = tuple(_contrast(robust, model, term, weights) for term, weights in effects.items())
    series = _series(design)
    without = model.assign(**{name: 0.0 for name in ("level", "slope") if name in model})
    expected = robust.get_prediction(without).summary_frame(alpha=0.05)
    expected = expected.set_axis(model.index)
    for name, column in (("expected", "mean"), ("low", "mean_ci_lower"), ("high", "mean_ci_upper")):
        series[name] = expected[column].reindex(series["period"]).to_numpy()
    return _change(design, "segmented_hac", "hac", estimates, series)


def _own_refusal(design: Design) -> Reason | None:
    """What forbids a before/after comparison although a comparison between regions may stand."""
    if design.own_breaks:
        return reason("definition_break", periods="; ".join(design.own_breaks))
    # An adoption inside a mask, or one period before it, cannot be told from what the mask is for.
    for period in (design.adoption, periods.write(periods.parse(design.adoption) + 1)):
        if mask := (design.masked or {}).get(period):
            return reason("not_separable_from_mask", mask=mask, adoption=design.adoption)
    return None


def _too_short(design: Design) -> bool:
    points = len(design.pre) + len(design.post)
    annual = periods.frequency(design.adoption) == "year"
    return (annual and points <= ANNUAL_POINTS) or min(len(design.pre), len(design.post)) < POINTS_EACH_SIDE


def _is_determined(design: Design) -> bool:
    """Whether trend, level and season can be told apart (a year on either side is too little for that)."""
    model = _model(design).loc[sorted([*design.pre, *design.post])]
    return int(np.linalg.matrix_rank(model)) == model.shape[1] < len(model)


def _model(design: Design) -> pd.DataFrame:
    names = [str(name) for name in design.outcome.columns]
    return _regressors(names, names.index(design.post[0]), len(design.pre) + len(design.post) >= LEVEL_ONLY)


def _regressors(names: list[str], start: int, with_slope: bool) -> pd.DataFrame:
    """Constant, trend, level and slope after adoption, and the season of each period."""
    time = np.arange(len(names), dtype=float)
    after = (time >= start).astype(float)
    columns: dict[str, Any] = {"constant": np.ones(len(names)), "trend": time - start, "level": after}
    if with_slope:
        columns["slope"] = after * (time - start)
    if periods.frequency(names[0]) == "quarter":
        for quarter in (2, 3, 4):
            columns[f"q{quarter}"] = [float(name.endswith(f"Q{quarter}")) for name in names]
    elif periods.frequency(names[0]) == "month":
        angle = 2 * np.pi * np.array([int(name[5:7]) for name in names]) / 12
        for harmonic in (1, 2):
            columns[f"sin{harmonic}"], columns[f"cos{harmonic}"] = np.sin(harmonic * angle), np.cos(harmonic * angle)
    return pd.DataFrame(columns, index=names)


def _contrast(fit: Any, model: pd.DataFrame, term: str, weights: dict[str, float]) -> Estimate:
    test = fit.t_test([[weights.get(name, 0.0) for name in model.columns]])
    low, high = test.conf_int()[0]
    return Estimate(
        term,
        float(test.effect[0]),
        float(test.sd[0, 0]),
        float(test.tvalue[0, 0]),
        float(test.pvalue),
        float(low),
        float(high),
    )


def _series(design: Design) -> pd.DataFrame:
    own = design.outcome.iloc[0]
    roles = {
        **dict.fromkeys(design.pre, "pre"),
        **dict.fromkeys(design.post, "post"),
        **(design.left_out or {}),
        **(design.masked or {}),
    }
    names = [str(name) for name in own.index]
    return pd.DataFrame(
        {"period": names, "observed": own.to_numpy(), "used": [roles.get(name, "missing") for name in names]}
    )


def _change(design: Design, method: str, inference: str, found: tuple[Estimate, ...], series: pd.DataFrame) -> Change:
    own = design.outcome.iloc[0]
    return Change(
        indicator=design.indicator.id,
        analysis="before_after",
        method=method,
        unit=design.unit,
        inference=inference,
        data_status=design.data_status,
        estimates=found,
        series=series,
        means=(float(own[list(design.pre)].mean()), float(own[list(design.post)].mean())),
        n_obs=len(design.pre) + len(design.post),
        n_treated=1,
        n_pre=len(design.pre),
        n_post=len(design.post),
    )
