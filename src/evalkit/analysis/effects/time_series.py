"""Interrupted time series: one series, one change of level and slope, four ways to allow for its noise.

All share one set of regressors; effects after 4 and 8 periods are the difference from the continued baseline. Wagner,
Soumerai, Zhang & Ross-Degnan (2002), J. Clin. Pharm. Ther. 27(4); Bernal, Cummins & Gasparrini (2017), Int. J.
Epidemiol. 46(1).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr, stdtrit

from evalkit import periods
from evalkit.analysis.effects import restricted_likelihood
from evalkit.analysis.effects.restricted_likelihood import Regression
from evalkit.analysis.results import ALPHA, Estimate

LAGS = {"year": 1, "half": 2, "quarter": 4, "month": 12, "day": 7}  # Newey & West (1987), one seasonal cycle
# How much of one period's noise is still in the next, where a series is too short to tell: assumed, and rather too
# strong than too weak, as an estimate comes out far too low (15 to 29 % false alarms with 10 to 16 quarters).
PERSISTENCE = {"year": 0.6, "half": 0.6, "quarter": 0.6, "month": 0.8, "day": 0.99}
HORIZONS = (4, 8)
# Diffuse exactly, not by a large variance: the likelihood of statsmodels is then the restricted one.
COEFFICIENTS_AS_STATES: dict[str, Any] = {"mle_regression": False, "use_exact_diffuse": True}
CORNER = 1e-6  # a variance below this share of the noise is one that the likelihood pushed to zero
EXPECTED = pd.Index(["expected", "low", "high"])
Array = npt.NDArray[np.float64]
Weights = dict[str, float]


@dataclass(frozen=True, eq=False)
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

    @cached_property
    def place(self) -> npt.NDArray[np.int64]:
        """Numbers of the periods that enter."""
        return np.flatnonzero(self.values.notna().to_numpy())

    @cached_property
    def used(self) -> list[str]:
        """Periods that enter."""
        names: list[str] = self.values.index.to_numpy()[self.place].tolist()
        return names

    @cached_property
    def every(self) -> Array:
        """The regressors of every period."""
        return self.regressors.to_numpy(float)

    @property
    def model(self) -> Array:
        """The regressors of the periods that enter."""
        return self.every[self.place]

    @property
    def observed(self) -> Array:
        """The values of the periods that enter."""
        return np.asarray(self.values, dtype=np.float64)[self.place]

    @cached_property
    def continued(self) -> Array:
        """The regressors as if nothing had started."""
        return np.asarray(self.every * ~self.regressors.columns.isin(["level", "slope"]))

    @cached_property
    def contrasts(self) -> Array:
        """One row per effect: the weights of all regressors."""
        columns = self.regressors.columns.tolist()
        return np.array([[weights.get(name, 0.0) for name in columns] for weights in self.effects.values()])


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What a model gives; `expected` continues the baseline (columns expected, low, high), where the model can.

    Attributes:
        refit: makes the model of statsmodels.
    """

    estimates: tuple[Estimate, ...]
    expected: pd.DataFrame | None = None
    corner: bool = False
    refit: Callable[[], Any] | None = None

    @property
    def model(self) -> Any:
        """The fitted model of statsmodels; None where it has none."""
        return self.refit() if self.refit else None


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
    model = series.model
    return bool(np.linalg.matrix_rank(model) == model.shape[1] < len(model))


def hac(series: Series) -> Fit:
    """Least squares with Newey-West errors, small-sample correction and t distribution."""
    model, lags = series.model, LAGS[periods.frequency(series.used[0])]
    inverse = np.linalg.pinv(model)
    coefficients = inverse @ series.observed
    scores = model * (series.observed - model @ coefficients)[:, None]
    total = scores.T @ scores
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        shared = scores[lag:].T @ scores[:-lag]
        total += (1 - lag / (lags + 1)) * (shared + shared.T)
    bread, free = inverse @ inverse.T, len(model) - model.shape[1]
    return _linear(
        series, coefficients, bread @ total @ bread * len(model) / free, free, partial(_least_squares, series, lags)
    )


def _statsmodels() -> Any:
    """Loaded with the first fit: it takes a second, and most processes of a run fit nothing."""
    import statsmodels.api

    return statsmodels.api


def _least_squares(series: Series, lags: int) -> Any:
    fit = _statsmodels().OLS(series.observed, series.regressors.iloc[series.place]).fit()
    return fit.get_robustcov_results("HAC", maxlags=lags, use_correction=True, use_t=True)


def persistent(series: Series) -> Fit:
    """Generalised least squares with the assumed persistence and a t law: for series too short to estimate it."""
    model, values = series.model, series.observed
    place = np.array([periods.number(periods.parse(name)) for name in series.used])
    every = PERSISTENCE[periods.frequency(series.used[0])] ** np.abs(place[:, None] - place[None, :]).astype(float)
    root = np.linalg.cholesky(np.linalg.inv(every)).T
    inverse = np.linalg.pinv(root @ model)
    coefficients = inverse @ root @ values
    rest, free = root @ (values - model @ coefficients), len(model) - model.shape[1]
    return _linear(series, coefficients, inverse @ inverse.T * (rest @ rest) / free, free)


def _linear(
    series: Series, coefficients: Array, covariance: Array, free: int, refit: Callable[[], Any] | None = None
) -> Fit:
    estimates = _contrasts(series, coefficients, covariance, free)
    return Fit(estimates, _expected(series, _ahead(series, coefficients, covariance, free)), refit=refit)


def _ahead(series: Series, coefficients: Array, covariance: Array, free: int) -> Array:
    """The continued baseline and its 95 % interval, by period."""
    middle = series.continued @ coefficients
    variance = np.einsum("ij,jk,ik->i", series.continued, covariance, series.continued)
    half = stdtrit(free, 1 - ALPHA / 2) * np.sqrt(variance)
    return np.column_stack([middle, middle - half, middle + half])


def ar1(series: Series) -> Fit | None:
    """Regression with first-order autoregressive errors, by restricted likelihood; None where that has no top."""
    whitening = restricted_likelihood.autoregressive(_table(series), series.place)
    fit = restricted_likelihood.highest(whitening, restricted_likelihood.CORRELATIONS)
    return None if fit is None else _likelihood(series, fit, partial(_state_space_ar1, series, fit))


def _state_space_ar1(series: Series, fit: Regression) -> Any:
    model = _statsmodels().tsa.SARIMAX(
        series.values.to_numpy(), exog=_read(series.regressors), order=(1, 0, 0), **COEFFICIENTS_AS_STATES
    )
    return model.smooth([fit.shape, fit.variance * (1 - fit.shape**2)], cov_type="none")


def local_level(series: Series) -> Fit | None:
    """The same regressors on a level that may wander by itself; None where the likelihood has no top.

    The guard against a straight line that finds changes in an untouched series. Harvey (1989). A level
    variance of zero (a corner of the likelihood, common in short series) makes it the straight line again.
    """
    whitening = restricted_likelihood.wandering(_table(series), series.place)
    fit = restricted_likelihood.highest(whitening, restricted_likelihood.WANDERING)
    if fit is None:
        return None
    corner = min(fit.shape, 1 - fit.shape) < CORNER * max(fit.shape, 1 - fit.shape)
    return _likelihood(series, fit, partial(_state_space_level, series, fit), corner)


def _state_space_level(series: Series, fit: Regression) -> Any:
    exog = series.regressors.drop(columns="constant")  # the level is the constant
    model = _statsmodels().tsa.UnobservedComponents(
        series.values.to_numpy(), level="local level", exog=_read(exog), **COEFFICIENTS_AS_STATES
    )
    return model.smooth([fit.variance * (1 - fit.shape), fit.variance * fit.shape], cov_type="none")


def _likelihood(series: Series, fit: Regression, refit: Callable[[], Any], corner: bool = False) -> Fit | None:
    free = len(series.place) - len(fit.coefficients)
    spreads = np.einsum("ij,jk,ik->i", series.contrasts, fit.covariance, series.contrasts)
    if not (np.isfinite(spreads) & (spreads > 0)).all():
        return None
    return Fit(_contrasts(series, fit.coefficients, fit.covariance, free), None, corner, refit)


def _table(series: Series) -> Array:
    return np.column_stack([series.model, series.observed])


def quasi_poisson(series: Series, counts: "pd.Series[float]") -> Fit:
    """Counts with a log link and the noise scaled to the data; effects in log points."""
    events = np.asarray(counts, dtype=np.float64)[series.place]
    refit = partial(_scaled, series, _statsmodels().families.Poisson(), events)
    fit = refit(model=series.model)
    return _linear(series, fit.params, fit.cov_params(), int(fit.df_resid), refit)


def quasi_binomial(
    series: Series, numerator: "pd.Series[float]", denominator: "pd.Series[float]", factor: float
) -> Fit:
    """Shares with their denominators and the noise scaled to the data; effects in points, by the delta method.

    Args:
        series: its values are not used, its periods and regressors are.
        numerator, denominator: by period.
        factor: 100 for percentages, 1 for shares.
    """
    events, trials = (np.asarray(counts, dtype=np.float64)[series.place] for counts in (numerator, denominator))
    # As shares with weights: given (events, others), statsmodels leaves the trials out of the dispersion.
    refit = partial(_scaled, series, _statsmodels().families.Binomial(), events / trials, trials)
    fit = refit(model=series.model)
    coefficients, covariance, free = fit.params, fit.cov_params(), int(fit.df_resid)
    start = int(np.flatnonzero(series.regressors["level"].to_numpy() > 0)[0])
    ahead = {"level_change": 1, **{f"effect_h{h}": h for h in HORIZONS if f"effect_h{h}" in series.effects}}
    estimates = tuple(
        _share_difference(series, coefficients, covariance, free, term, start + step - 1, factor)
        for term, step in ahead.items()
    )
    expected = factor * _logistic(_ahead(series, coefficients, covariance, free))
    return Fit(estimates, _expected(series, expected), refit=refit)


def _scaled(
    series: Series, family: Any, outcome: Array, trials: Array | None = None, model: Array | None = None
) -> Any:
    """A generalised linear model with Pearson's dispersion."""
    named = series.regressors.iloc[series.place] if model is None else model
    return _statsmodels().GLM(outcome, named, family=family, var_weights=trials).fit(scale="X2", use_t=True)


def _logistic(log_odds: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def _share_difference(
    series: Series, coefficients: Array, covariance: Array, free: int, term: str, place: int, factor: float
) -> Estimate:
    after, before = series.every[place], series.continued[place]
    with_it, without = _logistic(np.array([after @ coefficients, before @ coefficients]))
    slope = factor * (with_it * (1 - with_it) * after - without * (1 - without) * before)
    spread = float(np.sqrt(slope @ covariance @ slope))
    return _with_t(term, float(factor * (with_it - without)), spread, free)


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


def _expected(series: Series, columns: Array) -> pd.DataFrame:
    return pd.DataFrame(columns, index=series.regressors.index, columns=EXPECTED)


def _contrasts(series: Series, coefficients: Array, covariance: Array, free: int) -> tuple[Estimate, ...]:
    rows = series.contrasts
    sizes, spreads = rows @ coefficients, np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance, rows))
    return tuple(
        _with_t(term, float(size), float(spread), free)
        for term, size, spread in zip(series.effects, sizes, spreads, strict=True)
    )


def _with_t(term: str, estimate: float, spread: float, free: int) -> Estimate:
    """With a t law: the noise is estimated from the same few points, and the normal law would forget that.

    Args:
        free: observations less coefficients.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # no noise at all
        statistic = float(np.divide(estimate, spread))
    half = float(stdtrit(free, 1 - ALPHA / 2)) * spread
    p_value = float(2 * stdtr(free, -abs(statistic)))
    return Estimate(term, estimate, spread, statistic, p_value, estimate - half, estimate + half)
