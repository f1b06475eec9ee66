"""Outliers: values far from their own unit's neighbouring values, adjusted for season.

Each value is compared with the median of up to `SIDE` values before and after it, after removing the season. The
difference is divided by the median absolute deviation of all such differences of the unit: the modified z-score of
Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993), which on a moving median is Hampel's filter. They call
a score above 3.5 an outlier in one sample. Here a unit has hundreds of values and a spread estimated from few of them,
so the limit is the quantile of Student's t that a correct unit exceeds anywhere with probability `RATE`, at least 3.5.

A data entry error moves one value. A jump that many units share in the same period is not one and is left out; values
on opposite sides of a declared definition break are not compared.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit import periods
from evalkit.project.params import Indicator

SIDE = 3  # neighbours on each side
LEAST = 8  # values that a series needs to be checked
LEAST_YEARS = 3  # years in which a season must be observed to be estimated
LIMIT = 3.5
MAD = 0.6745  # median absolute deviation of a standard normal variable
MEAN = 1.2533  # standard deviation per mean absolute deviation; used if more than half of the differences are 0
EFFICIENCY = 0.25  # degrees of freedom per value, for the MAD of residuals of season and neighbours
RATE = 0.02  # share of correct units in which some value is called an outlier
SHARED = 0.1  # share of units above which a common jump is not a data entry error
Array = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Outlier:
    """One outlier; `expected` is the value that neighbours and season predict, `score` the modified z-score."""

    unit: str
    indicator: str
    period: str
    value: float
    expected: float
    score: float


def find(wide: pd.DataFrame, indicator: Indicator, breaks: pd.DataFrame, tests: int) -> list[Outlier]:
    """The outliers of one indicator.

    Args:
        wide: values with units in rows, all periods of the span in columns.
        breaks: same shape as `wide`: whether a new definition starts for the unit in the period.
        tests: number of values per unit that are tested, over all indicators.
    """
    names = [str(name) for name in wide.columns]
    scale = "log" if indicator.scale != "level" and ((wide > 0) | wide.isna()).all(axis=None) else "level"
    values = wide.to_numpy(dtype=float)
    raw = np.log(values) if scale == "log" else values
    parts = np.cumsum(breaks.to_numpy(dtype=bool), axis=1)
    season = np.array([_season(name) for name in names])
    usual = _seasonal(raw, parts, season)
    expected = _neighbours(raw - usual, parts) + usual
    score = _scores(raw - expected)
    limit = np.maximum(LIMIT, _limits(np.isfinite(raw).sum(axis=1), tests))
    odd = np.abs(score) > limit[:, None]
    odd &= odd.sum(axis=0) <= max(1, SHARED * len(wide))
    back = np.exp(expected) if scale == "log" else expected
    return [
        Outlier(str(wide.index[i]), indicator.id, names[k], float(values[i, k]), float(back[i, k]), float(score[i, k]))
        for i, k in np.argwhere(odd)
    ]


def _season(name: str) -> int:
    """Number of the quarter or month in its year; 0 for a year."""
    frequency, parsed = periods.frequency(name), periods.parse(name)
    return int({"half": parsed.quarter, "quarter": parsed.quarter, "month": parsed.month}.get(frequency, 0))


def _seasonal(raw: Array, parts: npt.NDArray[np.int_], season: npt.NDArray[np.int_]) -> Array:
    """Seasonal effects (units x periods); 0 where a season has too few years.

    Two passes, since the neighbours' medians still contain the season in the first.
    """
    usual = np.zeros(raw.shape)
    for _ in range(2 if len(set(season.tolist())) > 1 else 0):
        left = raw - _neighbours(raw - usual, parts)
        for phase in set(season.tolist()):
            own = left[:, season == phase]
            has_years = np.isfinite(own).sum(axis=1) >= LEAST_YEARS
            usual[:, season == phase] = np.where(has_years, _median(own), 0)[:, None]
        usual -= _median(np.where(np.isfinite(raw), usual, np.nan))[:, None]
    return np.nan_to_num(usual)


def _neighbours(raw: Array, parts: npt.NDArray[np.int_]) -> Array:
    """The median of the values around each value, without itself, on the same side of every break."""
    n = raw.shape[1]
    slope = _median(np.diff(raw, axis=1))[:, None]  # detrends: otherwise the ends of a trend look like outliers
    around = np.full((2 * SIDE, *raw.shape), np.nan)
    shifts = [shift for shift in (*range(-SIDE, 0), *range(1, SIDE + 1)) if abs(shift) < n]
    for k, shift in enumerate(shifts):
        to = slice(max(0, -shift), n - max(0, shift))
        source = slice(max(0, shift), n - max(0, -shift))
        same = parts[:, to] == parts[:, source]
        around[k, :, to] = np.where(same, raw[:, source] - slope * shift, np.nan)
    return _median(np.moveaxis(around, 0, -1))


def _scores(difference: Array) -> Array:
    """Modified z-scores within each unit; 0 for units with too few values."""
    seen = np.isfinite(difference)
    away = np.abs(difference - _median(difference)[:, None])
    scale = _median(away) / MAD
    mean = MEAN * np.nansum(away, axis=1) / np.maximum(seen.sum(axis=1), 1)
    scale = np.where(scale > 0, scale, mean)
    usable = (scale > 0) & (seen.sum(axis=1) >= LEAST)
    score = (difference - _median(difference)[:, None]) / np.where(usable, scale, np.inf)[:, None]
    return np.nan_to_num(score)


def _limits(count: npt.NDArray[np.int_], tests: int) -> Array:
    from scipy import stats  # slow to import, and many commands only import this module

    return np.asarray(stats.t.isf(RATE / (2 * max(tests, 1)), np.maximum(EFFICIENCY * count, 3)))


def _median(values: Array) -> Array:
    """Medians over the last axis; NaN for empty slices, without NumPy's warning."""
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    seen = np.isfinite(values)
    ordered = np.sort(np.where(seen, values, np.nan), axis=-1)  # NaN comes last
    count = seen.sum(axis=-1, keepdims=True)
    middle = [np.take_along_axis(ordered, place, axis=-1) for place in (np.maximum(count - 1, 0) // 2, count // 2)]
    return np.asarray((middle[0] + middle[1])[..., 0] / 2)
