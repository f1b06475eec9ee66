"""Interrupted time series: one series, one change of level and slope, four ways to allow for its noise.

The models are statsmodels'; what is ours is the common set of regressors, and effects after 4 and 8 periods
as the difference from the continued baseline. Wagner, Soumerai, Zhang & Ross-Degnan (2002), J. Clin. Pharm.
Ther. 27(4); Bernal, Cummins & Gasparrini (2017), Int. J. Epidemiol. 46(1).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import minimize_scalar
from statsmodels.tools.sm_exceptions import ModelWarning

from evalkit import periods
from evalkit.analysis.results import Estimate

LAGS = {"year": 1, "half": 2, "quarter": 4, "month": 12, "day": 7}  # Newey & West (1987), one seasonal cycle
# How much of one period's noise is still in the next, where a series is too short to tell: assumed, and rather too
# strong than too weak, as an estimate comes out far too low (15 to 29 % false alarms with 10 to 16 quarters).
PERSISTENCE = {"year": 0.6, "half": 0.6, "quarter": 0.6, "month": 0.8, "day": 0.99}
HORIZONS = (4, 8)
# Diffuse exactly, not by a large variance: that leaves noise in the likelihood, and a search that ends where it began.
COEFFICIENTS_AS_STATES: dict[str, Any] = {"mle_regression": False, "use_exact_diffuse": True}
# From end to end: the correlation of neighbouring periods, and the share of the noise by which a level wanders.
CORRELATIONS = np.linspace(-0.999, 0.999, 21)
WANDERING = np.array([0.0, *np.geomspace(1e-5, 0.5, 9), *(1 - np.geomspace(0.3, 0.01, 4)), 1.0])
SEARCH = {"xatol": 1e-9}
CORNER = 1e-6  # a variance below this share of the noise is one that the likelihood pushed to zero
Array = npt.NDArray[np.float64]
Weights = dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series and its regressors, every period of the window in the index.

    Attributes:
        values: NaN where a period does not enter (masked, left out, missing).
        regressors: constant, trend, level, slope, season, covariates.
        effects: term -> weights of the regressors that make it.
    """

    values: "pd.Series[float]"
    regressors: pd.DataFrame
    effects: dict[str, Weights]

    @property
    def used(self) -> list[str]:
        """Periods that enter."""
        return [str(name) for name in self.values.index[self.values.notna()]]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What a model gives; `expected` continues the baseline (columns expected, low, high), where the model can.

    Attributes:
        model: the fitted model of statsmodels.
    """

    estimates: tuple[Estimate, ...]
    expected: pd.DataFrame | None = None
    corner: bool = False
    model: Any = None


def prepare(
    own: "pd.Series[float]", used: list[str], start: str, n_post: int, slope: bool, extra: pd.DataFrame | None
) -> Series:
    """A `Series` with its regressors.

    Args:
        own: values by period, the whole window.
        used: periods that enter.
        start: first period after adoption that enters.
        n_post: how many periods after adoption enter.
        slope: whether the slope may change as well.
        extra: covariates by period; None for none.
    """
    names = [str(name) for name in own.index]
    regressors = _regressors(names, names.index(start), slope)
    effects: dict[str, Weights] = {"level_change": {"level": 1.0}}
    if slope:
        effects["slope_change"] = {"slope": 1.0}
    for ahead in HORIZONS:
        if n_post >= ahead:
            effects[f"effect_h{ahead}"] = {"level": 1.0, **({"slope": ahead - 1.0} if slope else {})}
    regressors = regressors if extra is None else regressors.join(extra)
    return Series(own.where(own.index.isin(used)).astype(float), regressors, effects)


def determined(series: Series) -> bool:
    """Whether the periods that enter can tell all regressors apart, with something left for the noise."""
    model = series.regressors.loc[series.used]
    return int(np.linalg.matrix_rank(model)) == model.shape[1] < len(model)


def hac(series: Series) -> Fit:
    """Least squares with Newey-West errors, small-sample correction and t distribution."""
    model = series.regressors.loc[series.used]
    lags = LAGS[periods.frequency(series.used[0])]
    fit = sm.OLS(series.values[series.used].to_numpy(), model).fit()
    robust = fit.get_robustcov_results("HAC", maxlags=lags, use_correction=True, use_t=True)
    estimates = tuple(_contrast(robust, model, term, weights) for term, weights in series.effects.items())
    frame = robust.get_prediction(_continued(series)).summary_frame(alpha=0.05)
    return Fit(estimates, _expected(series, frame[["mean", "mean_ci_lower", "mean_ci_upper"]].to_numpy()), model=robust)


def persistent(series: Series) -> Fit:
    """Generalised least squares with the assumed persistence and a t law: for series too short to estimate it."""
    used = series.used
    model, values = series.regressors.loc[used].to_numpy(float), series.values[used].to_numpy(float)
    place = np.array([periods.parse(name).ordinal for name in used])
    every = PERSISTENCE[periods.frequency(used[0])] ** np.abs(place[:, None] - place[None, :]).astype(float)
    root = np.linalg.cholesky(np.linalg.inv(every)).T
    fit = sm.OLS(root @ values, pd.DataFrame(root @ model, columns=series.regressors.columns)).fit()
    estimates = tuple(_contrast(fit, series.regressors, term, weights) for term, weights in series.effects.items())
    frame = fit.get_prediction(_continued(series).to_numpy(float)).summary_frame(alpha=0.05)
    return Fit(estimates, _expected(series, frame[["mean", "mean_ci_lower", "mean_ci_upper"]].to_numpy()))


def ar1(series: Series) -> Fit | None:
    """Regression with first-order autoregressive errors, by exact likelihood; None where that has no top."""
    model = sm.tsa.SARIMAX(
        series.values.to_numpy(), exog=_read(series.regressors), order=(1, 0, 0), **COEFFICIENTS_AS_STATES
    )
    return _likelihood(series, model, list(series.regressors.columns), CORRELATIONS, lambda one: (one, 1.0))


def local_level(series: Series) -> Fit | None:
    """The same regressors on a level that may wander by itself; None where the likelihood has no top.

    The guard against a straight line that finds changes in an untouched series. Harvey (1989). A level
    variance of zero (a corner of the likelihood, common in short series) makes it the straight line again.
    """
    exog = series.regressors.drop(columns="constant")  # the level is the constant
    model = sm.tsa.UnobservedComponents(
        series.values.to_numpy(), level="local level", exog=_read(exog), **COEFFICIENTS_AS_STATES
    )
    return _likelihood(series, model, list(exog.columns), WANDERING, lambda share: (1.0 - share, share))


def quasi_poisson(series: Series, counts: "pd.Series[float]") -> Fit:
    """Counts with a log link and the noise scaled to the data; effects in log points."""
    model = series.regressors.loc[series.used]
    fit = sm.GLM(counts[series.used].to_numpy(float), model, family=sm.families.Poisson()).fit(scale="X2", use_t=True)
    estimates = tuple(_contrast(fit, model, term, weights) for term, weights in series.effects.items())
    frame = fit.get_prediction(_continued(series)).summary_frame(alpha=0.05)
    return Fit(
        estimates, _expected(series, np.log(frame[["mean", "mean_ci_lower", "mean_ci_upper"]].to_numpy())), model=fit
    )


def quasi_binomial(
    series: Series, numerator: "pd.Series[float]", denominator: "pd.Series[float]", factor: float
) -> Fit:
    """Shares with their denominators and the noise scaled to the data; effects in points, by the delta method.

    Args:
        series: its values are not used, its periods and regressors are.
        numerator, denominator: by period.
        factor: 100 for percentages, 1 for shares.
    """
    model = series.regressors.loc[series.used]
    events, trials = (counts[series.used].to_numpy(float) for counts in (numerator, denominator))
    # As shares with weights: given (events, others), statsmodels leaves the trials out of the dispersion.
    shares = sm.GLM(events / trials, model, family=sm.families.Binomial(), var_weights=trials)
    fit = shares.fit(scale="X2", use_t=True)
    start = str(series.regressors.index[series.regressors["level"] > 0][0])
    names = [str(name) for name in series.regressors.index]
    ahead = {"level_change": 1, **{f"effect_h{h}": h for h in HORIZONS if f"effect_h{h}" in series.effects}}
    estimates = tuple(
        _share_difference(fit, series, term, names[names.index(start) + step - 1], factor)
        for term, step in ahead.items()
    )
    frame = fit.get_prediction(_continued(series)).summary_frame(alpha=0.05)
    return Fit(
        estimates, _expected(series, factor * frame[["mean", "mean_ci_lower", "mean_ci_upper"]].to_numpy()), model=fit
    )


def _share_difference(fit: Any, series: Series, term: str, period: str, factor: float) -> Estimate:
    after = series.regressors.loc[period].to_numpy(float)
    before = _continued(series).loc[period].to_numpy(float)
    with_it, without = (1 / (1 + np.exp(-(row @ fit.params.to_numpy()))) for row in (after, before))
    slope = factor * (with_it * (1 - with_it) * after - without * (1 - without) * before)
    spread = float(np.sqrt(slope @ fit.cov_params().to_numpy() @ slope))
    return _with_t(term, float(factor * (with_it - without)), spread, int(fit.df_resid))


def _likelihood(
    series: Series, model: Any, regressors: list[str], shapes: Array, parameters: Callable[[float], tuple[float, ...]]
) -> Fit | None:
    """Fit a state-space model with one parameter besides the variance of its noise.

    The coefficients are states with a diffuse start (restricted likelihood), so that only that parameter is searched
    for: faster, and less short of the noise in short series. Harvey (1989), section 3.4.

    Args:
        shapes: where the parameter may lie, from end to end.
        parameters: all of the model's at such a place, with noise of size one.
    """
    noise = sm.OLS(series.values[series.used].to_numpy(), series.regressors.loc[series.used]).fit().scale
    free = len(series.used) - series.regressors.shape[1]
    found = _highest(model, noise, free, shapes, parameters)
    if found is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        try:
            fit = model.smooth(found, cov_type="none")
        except np.linalg.LinAlgError:
            return None
    # The coefficients are the last states, in the order given; the last smoothed value has seen every period.
    count = len(regressors)
    coefficients = np.asarray(fit.smoother_results.smoothed_state)[-count:, -1]
    covariance = np.asarray(fit.smoother_results.smoothed_state_cov)[-count:, -count:, -1]
    estimates = []
    for term, weights in series.effects.items():
        row = np.array([weights.get(name, 0.0) for name in regressors])
        variance = float(row @ covariance @ row)
        if not np.isfinite(variance) or variance <= 0:
            return None
        estimates.append(_with_t(term, float(row @ coefficients), float(np.sqrt(variance)), free))
    params = dict(zip(model.param_names, np.asarray(fit.params), strict=True))
    variances = [params[name] for name in ("sigma2.level", "sigma2.irregular") if name in params]
    corner = len(variances) == 2 and min(variances) < CORNER * max(variances)
    return Fit(tuple(estimates), None, corner, fit)


def _highest(
    model: Any, noise: float, free: int, shapes: Array, parameters: Callable[[float], tuple[float, ...]]
) -> Array | None:
    """The parameters at which the likelihood is highest; None where it has no value.

    At each shape the best size of the noise follows from two values of the likelihood, so that one number is left to
    look for, and it is looked for everywhere: in a short series there may be several tops, and the library's own
    search ends before any of them, in each process at another place.

    Args:
        noise: a first idea of its variance.
        free: observations less coefficients.
    """

    def sized(shape: float, variance: float) -> Array:
        return np.array(
            [one if name == "ar.L1" else one * variance for name, one in zip(names, parameters(shape), strict=True)]
        )

    def top(shape: float) -> tuple[float, float]:
        once, twice = (model.loglike(sized(shape, factor * noise)) for factor in (1, 2))
        squares = 4 * (twice - once) + 2 * free * np.log(2)  # of the residuals, over `noise`
        return once + squares / 2 - free / 2 * (np.log(squares / free) + 1), squares / free * noise

    names = model.param_names
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            place = int(np.argmax([top(one)[0] for one in shapes]))
            bounds = shapes[max(place - 1, 0)], shapes[min(place + 1, len(shapes) - 1)]
            near = minimize_scalar(lambda one: -top(one)[0], bounds=bounds, method="bounded", options=SEARCH)
            best = max(shapes[place], float(near.x), key=lambda one: top(one)[0])
            found = sized(best, top(best)[1])
    except np.linalg.LinAlgError:
        return None
    return found if np.isfinite(found).all() else None


def _regressors(names: list[str], start: int, with_slope: bool) -> pd.DataFrame:
    """Constant, trend, level and slope after adoption, and the season of each period."""
    time = np.arange(len(names), dtype=float)
    after = (time >= start).astype(float)
    columns: dict[str, Any] = {"constant": np.ones(len(names)), "trend": time - start, "level": after}
    if with_slope:
        columns["slope"] = after * (time - start)
    if periods.frequency(names[0]) == "half":
        columns["h2"] = [float(name.endswith("H2")) for name in names]
    elif periods.frequency(names[0]) == "quarter":
        for quarter in (2, 3, 4):
            columns[f"q{quarter}"] = [float(name.endswith(f"Q{quarter}")) for name in names]
    elif periods.frequency(names[0]) == "month":
        angle = 2 * np.pi * np.array([int(name[5:7]) for name in names]) / 12
        for harmonic in (1, 2):
            columns[f"sin{harmonic}"], columns[f"cos{harmonic}"] = np.sin(harmonic * angle), np.cos(harmonic * angle)
    return pd.DataFrame(columns, index=names)


def _read(regressors: pd.DataFrame) -> Array:
    """Covariates with gaps filled by zero: such a period has no value either, so the zero is never used."""
    return regressors.fillna(0.0).to_numpy()


def _continued(series: Series) -> pd.DataFrame:
    """The regressors as if nothing had started."""
    return series.regressors.assign(**{name: 0.0 for name in ("level", "slope") if name in series.regressors})


def _expected(series: Series, columns: Array) -> pd.DataFrame:
    return pd.DataFrame(columns, index=series.regressors.index, columns=["expected", "low", "high"])


def _contrast(fit: Any, model: pd.DataFrame, term: str, weights: Weights) -> Estimate:
    test = fit.t_test([[weights.get(name, 0.0) for name in model.columns]])
    low, high = test.conf_int()[0]
    spread, statistic = float(np.squeeze(test.sd)), float(np.squeeze(test.tvalue))
    return Estimate(
        term, float(np.squeeze(test.effect)), spread, statistic, float(test.pvalue), float(low), float(high)
    )


def _with_t(term: str, estimate: float, spread: float, free: int) -> Estimate:
    """With a t law: the noise is estimated from the same few points, and the normal law would forget that.

    Args:
        free: observations less coefficients.
    """
    statistic = estimate / spread
    half = float(stats.t.ppf(0.975, free)) * spread
    p_value = float(2 * stats.t.sf(abs(statistic), free))
    return Estimate(term, estimate, spread, statistic, p_value, estimate - half, estimate + half)
