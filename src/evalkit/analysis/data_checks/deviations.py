"""Deviations of units from their stratum, and tests for a shape in them.

A unit's deviations are its values less its own mean and less the mean of never-treated units of its stratum in the
period. A check specifies a shape (a step, a slope, the path of the effect). Its statistic is the generalised least
squares statistic of that shape under AR(1) noise, compared with the same statistic of the other units.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from evalkit import periods
from evalkit.analysis.effects.design import adopted
from evalkit.analysis.effects.indicator_values import to_scale
from evalkit.analysis.programme.cohorts import strata
from evalkit.panel.breaks import breaks_in
from evalkit.panel.observations import Panel
from evalkit.periods import Frequency
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator

LEAST_UNITS = 8  # other units needed to estimate what is usual
LEAST_PERIODS = 4  # periods needed to estimate slope and noise
FAR = 10_000  # first treated position of a unit that is never treated
ABSENT = 1e8  # variance of a missing value, relative to the noise
MAD = 1.4826  # standard deviation per median absolute deviation, for a normal variable
MAD_EFFICIENCY = 0.37  # efficiency of the MAD relative to the standard deviation, as a share of the units
Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One indicator of all units of the panel; arrays have units in rows and periods in columns.

    Attributes:
        raw: values as reported.
        values: values on the analysis scale (shares as logits), NaN if missing.
        deviation: values less unit and stratum-period means.
        start: position of each unit's first treated period, `FAR` if never treated.
        stratum: stratum of each unit, further divided by the definition breaks that apply to it.
        ar1, noise: autocorrelation and standard deviation of the deviations of never-treated units.
        drift: standard deviation of the slopes of never-treated units, per period.
    """

    indicator: Indicator
    units: tuple[str, ...]
    periods: tuple[str, ...]
    raw: Array
    values: Array
    deviation: Array
    start: Integers
    stratum: npt.NDArray[np.str_]
    ar1: float
    noise: float
    drift: float

    @property
    def frequency(self) -> Frequency:
        """The frequency of the indicator's periods."""
        return periods.frequency(self.periods[0])

    def until(self, end: int) -> "Series":
        """The series without the periods from position `end` onwards."""
        parts = {name: getattr(self, name)[:, :end] for name in ("raw", "values", "deviation")}
        return replace(self, periods=self.periods[:end], **parts)

    def precision(self, rows: Mask) -> Array:
        """Inverse covariance of the deviations (units x periods x periods); missing values have no weight."""
        n = len(self.periods)
        lag = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
        slope = line(n, 1)[:, 1]
        shared = self.ar1**lag + (self.drift / self.noise) ** 2 * np.outer(slope, slope)
        gone = ~np.isfinite(self.deviation[rows])
        return np.asarray(np.linalg.inv(shared + ABSENT * gone[:, :, None] * np.eye(n)) / self.noise**2)


def gather(panel: Panel, evaluation: Evaluation) -> tuple[Series, ...]:
    """All indicators of the panel with variation and at least `LEAST_PERIODS` periods, as series."""
    gathered = []
    for name in sorted(set(panel.rows["indicator"]) & set(evaluation.indicators)):
        raw = panel.wide(name).reindex(panel.units.index)
        series = of_values(raw, evaluation.indicators[name], panel.units, evaluation)
        if series.noise > 0 and len(series.periods) >= LEAST_PERIODS:
            gathered.append(series)
    return tuple(gathered)


def denominators(panel: Panel, evaluation: Evaluation) -> tuple[Series, ...]:
    """The denominators of the panel as series of counts: they reveal changes of the population counted."""
    rows = panel.rows.assign(value=pd.to_numeric(panel.rows["denominator"])).dropna(subset="value")
    counts = []
    for name, group in rows[rows["value"] > 0].groupby("indicator"):
        wide = group.pivot(index="unit", columns="period", values="value").reindex(panel.units.index)
        wide = wide.reindex(columns=periods.span(group["period"]))
        indicator = evaluation.indicators[str(name)].model_copy(update={"unit": "count", "scale": "log", "breaks": ()})
        counts.append(of_values(wide, indicator, panel.units, evaluation))
    return tuple(series for series in counts if series.noise > 0 and len(series.periods) >= LEAST_PERIODS)


def of_values(raw: pd.DataFrame, indicator: Indicator, units: pd.DataFrame, evaluation: Evaluation) -> Series:
    """The series of one indicator from its raw values (units x periods, a row for every unit)."""
    columns = [str(name) for name in raw.columns]
    values = _even(to_scale(raw, indicator, units).to_numpy(dtype=float), indicator)
    first = {text: _position(str(text), columns) for text in units["adoption"].unique()}
    start = units["adoption"].map(first).to_numpy(dtype=np.int64)
    breaks = breaks_in(indicator, units, columns)
    named = strata(units, evaluation.assessment.design).to_numpy(dtype=str)
    stratum = np.array([f"{name}|{tuple(row)}" for name, row in zip(named, breaks.to_numpy(), strict=True)])
    deviation = _deviations(values, start, stratum)
    ar1, noise, drift = _noise(np.where(start[:, None] >= FAR, deviation, np.nan))
    return Series(
        indicator,
        tuple(units.index),
        tuple(columns),
        raw.to_numpy(dtype=float),
        values,
        deviation,
        start,
        stratum,
        ar1,
        noise,
        drift,
    )


def _even(values: Array, indicator: Indicator) -> Array:
    """Shares as logits, so that the noise has the same size at every level; other units unchanged."""
    total = {"percent": 100.0, "share": 1.0}.get(indicator.unit)
    if total is None:
        return values
    inside = np.clip(values / total, 0.001, 0.999)
    return np.asarray(np.log(inside / (1 - inside)))


def _position(text: str, columns: list[str]) -> int:
    if not text:
        return FAR
    first = adopted(text, columns)[0]
    return periods.number(periods.parse(first)) - periods.number(periods.parse(columns[0]))


def _deviations(values: Array, start: Integers, stratum: npt.NDArray[np.str_]) -> Array:
    result = np.full(values.shape, np.nan)
    untreated = np.arange(values.shape[1]) < start[:, None]
    for name in np.unique(stratum):
        own = np.flatnonzero(stratum == name)
        never = own[start[own] >= FAR]
        usual = never if len(never) >= LEAST_UNITS else own
        shown = np.where(untreated[usual], values[usual], np.nan)
        shared = mean_of(shown - mean_of(shown, 1)[:, None], 0)
        # A second pass, so that missing periods do not bias the units' means.
        shared = shared + mean_of(shown - shared - mean_of(shown - shared, 1)[:, None], 0)
        left = values[own] - shared
        result[own] = left - mean_of(left, 1)[:, None]
    return result


def _noise(deviation: Array) -> tuple[float, float, float]:
    """Autocorrelation and standard deviation of the noise around units' slopes, and the slopes' standard deviation."""
    n = deviation.shape[1]
    centred = line(n, 1)[:, 1] * np.isfinite(deviation)
    centred = np.where(
        np.isfinite(deviation), centred - mean_of(np.where(centred != 0, centred, np.nan), 1)[:, None], 0
    )
    squares = (centred**2).sum(axis=1)
    slopes = (centred * np.nan_to_num(deviation)).sum(axis=1) / np.where(squares > 0, squares, 1)
    left = deviation - slopes[:, None] * centred
    both = np.isfinite(left[:, 1:]) & np.isfinite(left[:, :-1])
    products = np.where(both, left[:, 1:] * left[:, :-1], 0).sum()
    power = np.where(both, left[:, 1:] ** 2 + left[:, :-1] ** 2, 0).sum() / 2
    seen = left[np.isfinite(left)]
    if len(seen) < LEAST_UNITS or power == 0:
        return 0.0, 0.0, 0.0
    ar1 = products / power
    ar1 = float(np.clip(ar1 + (2 + 4 * ar1) / n, 0, 0.9))
    noise = float(MAD * np.median(np.abs(seen)) or np.std(seen)) * np.sqrt(n / max(n - 2, 1))
    lag = ar1 ** np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    by_noise = noise**2 * line(n, 1)[:, 1] @ lag @ line(n, 1)[:, 1] / (line(n, 1)[:, 1] ** 2).sum() ** 2
    inclined = slopes[squares > 0]
    return ar1, float(noise), float(np.sqrt(max((MAD * np.median(np.abs(inclined))) ** 2 - by_noise, 0)))


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Score and information of one shape, per unit; they add up over independent indicators."""

    score: Array
    information: Array

    def __add__(self, other: "Fit") -> "Fit":
        return Fit(self.score + other.score, self.information + other.information)

    @property
    def statistic(self) -> Array:
        """Standard normal if the noise model holds; NaN without information."""
        informed = self.information > 1e-9
        return np.where(informed, self.score / np.sqrt(np.where(informed, self.information, 1)), np.nan)

    @property
    def size(self) -> Array:
        """The estimated multiple of the shape; NaN without information."""
        informed = self.information > 1e-9
        return np.where(informed, self.score / np.where(informed, self.information, 1), np.nan)


def fit(precision: Array, deviation: Array, shape: Array, nuisance: Array) -> Fit:
    """Generalised least squares fit of a shape, after partialling out nuisance columns.

    Args:
        precision: units x periods x periods.
        deviation: units x periods.
        shape: periods, or periods x shapes to be fitted separately.
        nuisance: periods x columns, the same for all units.

    Returns:
        Score and information: units, or units x shapes.
    """
    y = np.nan_to_num(deviation)
    weighted = precision @ nuisance
    middle = np.linalg.pinv(nuisance.T @ weighted, hermitian=True)
    explained = middle @ (weighted.transpose(0, 2, 1) @ y[:, :, None])
    cleared = (precision @ y[:, :, None] - weighted @ explained)[:, :, 0]
    shapes = shape.reshape(len(shape), -1)
    against = weighted.transpose(0, 2, 1) @ shapes
    own = np.einsum("ts,nts->ns", shapes, precision @ shapes)
    information = own - np.einsum("nqs,nqs->ns", against, middle @ against)
    score = cleared @ shapes
    return Fit(score, information) if shape.ndim > 1 else Fit(score[:, 0], information[:, 0])


def centred(statistic: Array, usual: Mask) -> Array:
    """Statistics less the median of the usual units; all NaN with fewer than `LEAST_UNITS` of these."""
    reference = statistic[usual & np.isfinite(statistic)]
    return statistic - np.median(reference) if len(reference) >= LEAST_UNITS else np.full(statistic.shape, np.nan)


def spread(values: Array) -> float:
    """Robust standard deviation about zero of the finite values; NaN without any.

    >>> round(spread(np.array([-1.0, 1.0, np.nan, 2.0])), 4)
    1.4826
    """
    seen = np.abs(values[np.isfinite(values)])
    return float(MAD * np.median(seen)) or np.nan if len(seen) else np.nan


def critical(rate: float, others: int) -> float:
    """The one-sided threshold that a correct unit exceeds with probability `rate`.

    From Student's t, since the spread of a few units is itself uncertain.
    """
    return float(stats.t.isf(rate, max(MAD_EFFICIENCY * others, 3)))


def line(n: int, degree: int) -> Array:
    """Nuisance columns (n x degree + 1): a constant, and with degree 1 a slope."""
    t = np.arange(n) - (n - 1) / 2
    return np.stack([t**power for power in range(degree + 1)], axis=1)


def mean_of(values: Array, axis: int) -> Array:
    """The mean over an axis without NaN; NaN for empty slices."""
    seen = np.isfinite(values)
    count = seen.sum(axis=axis)
    return np.where(count > 0, np.where(seen, values, 0).sum(axis=axis) / np.maximum(count, 1), np.nan)
