"""Trend and projection of a short series: a straight line with intervals that reflect how few figures there are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from evalkit import periods
from evalkit.analysis.goals.bounds import Bounds
from evalkit.periods import Frequency

MINIMUM: dict[Frequency, int] = {"year": 3, "half": 4, "quarter": 6, "month": 12, "day": 12}
PER_YEAR: dict[Frequency, float] = {"year": 1, "half": 2, "quarter": 4, "month": 12, "day": 365.25}
# Autocorrelation of the noise. Estimates from so few figures are far too low: with quarters and autocorrelation 0.6, a
# 95 % Newey-West interval misses the true pace in 30 to 40 of 100 series. It is therefore assumed: for quarters as in
# published series, for other frequencies the equivalent. If the true value is lower, intervals are too wide.
PERSISTENCE: dict[Frequency, float] = {"year": 0.3, "half": 0.5, "quarter": 0.6, "month": 0.8, "day": 0.99}
PACE_LEVEL, EXPECTED_LEVEL = 0.95, 0.80
HORIZON = 10  # years beyond which the line is not extrapolated

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A line through figures, and its projection to a target.

    Attributes:
        first, last, n: first and last period, number of figures.
        pace: change per year, in the indicator's unit; `pace_low`, `pace_high`: its 95 % interval.
        deadline: the period, at the figures' frequency, that contains the deadline; empty without a target.
        expected: the figure projected for that period; `expected_low`, `expected_high`: its 80 % prediction interval.
        needed: the pace from now on that would reach the target by the deadline; None if the target is met.
        reached: the period in which the line reaches the target; None if it does not within ten years.
    """

    first: str
    last: str
    n: int
    pace: float
    pace_low: float
    pace_high: float
    deadline: str = ""
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    needed: float | None = None
    reached: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A least squares fit on time and season; `hat` maps figures to coefficients, of which the second is the trend."""

    names: tuple[str, ...]
    middle: float
    coefficients: Array
    hat: Array
    persistence: Array
    variance: float
    freedom: int


def trend(figures: Mapping[str, float]) -> Trajectory | None:
    """Pace per year with its 95 % interval; None if there are too few figures (`MINIMUM`).

    Args:
        figures: by period, of one frequency, source and definition; in any order.

    >>> found = trend({"2019": 1.0, "2020": 2.0, "2021": 3.5})
    >>> round(found.pace, 2)
    1.25
    """
    line = _fit(figures)
    if line is None:
        return None
    pace, spread = float(line.coefficients[1]), _spread(line)
    half = float(stdtrit(line.freedom, (1 + PACE_LEVEL) / 2)) * spread
    return Trajectory(line.names[0], line.names[-1], len(line.names), pace, pace - half, pace + half)


def towards(figures: Mapping[str, float], latest: float, bounds: Bounds, deadline: str) -> Trajectory | None:
    """The line extrapolated to a deadline and compared with a target; None if there are too few figures.

    Args:
        figures: as for `trend`.
        latest: the current figure, which decides from which side the target is approached.
        bounds: lowest and highest value that meet the target.
        deadline: any period that ends after the last figure.
    """
    line, course = _fit(figures), trend(figures)
    if line is None or course is None:
        return None
    last = periods.parse(line.names[-1])
    due = _holding(deadline, course.last)
    expected, spread = _ahead(line, due)
    half = float(stdtrit(line.freedom, (1 + EXPECTED_LEVEL) / 2)) * spread
    years = _years(last, periods.parse(due))
    aim = bounds[0] if latest < bounds[0] else bounds[1] if latest > bounds[1] else None
    missing = None if aim is None else aim - expected
    return Trajectory(
        *(course.first, course.last, course.n, course.pace, course.pace_low, course.pace_high),
        deadline=due,
        expected=expected,
        expected_low=expected - half,
        expected_high=expected + half,
        needed=None if missing is None else course.pace + missing / years,
        reached=None if missing is None or aim is None else _reached(course.pace, missing, aim > latest, due, last),
    )


def years_between(first: str, last: str) -> float:
    """Years from one period to another of the same frequency."""
    return _years(periods.parse(first), periods.parse(last))


def years_to(period: str, deadline: str) -> float:
    """Years from a period to the period of the same frequency that contains the deadline."""
    return years_between(period, _holding(deadline, period))


def _years(first: pd.Period, last: pd.Period) -> float:
    return float(periods.number(last) - periods.number(first)) / PER_YEAR[periods.frequency(periods.write(last))]


def _holding(deadline: str, like: str) -> str:
    """The period, of the frequency of `like`, in which a deadline ends."""
    return periods.write(periods.of_day(periods.last_day(deadline), periods.frequency(like)))


def _reached(pace: float, missing: float, upwards: bool, due: str, last: pd.Period) -> str | None:
    """The period in which the line, in the season of the deadline, reaches the target."""
    if pace == 0 or (pace > 0) != upwards:
        return None
    step = PER_YEAR[periods.frequency(due)]
    if missing / pace > HORIZON + _years(last, periods.parse(due)):  # also avoids an overflow below
        return None
    end = max(periods.parse(due) + math.ceil(missing / pace * step - 1e-9), last + 1)
    return periods.write(end) if _years(last, end) <= HORIZON else None


def _fit(figures: Mapping[str, float]) -> _Line | None:
    names = tuple(sorted(figures))
    if not names or len(names) < MINIMUM[periods.frequency(names[0])]:
        return None
    values = np.array([figures[name] for name in names])
    middle = float(values.mean())  # subtracted for numerical accuracy
    model = _regressors(names, names)
    freedom = len(names) - int(np.linalg.matrix_rank(model))
    if freedom < 1 or np.linalg.matrix_rank(np.delete(model, 1, axis=1)) == np.linalg.matrix_rank(model):
        return None
    hat = np.asarray(np.linalg.pinv(model), float)
    persistence = _persistence(names, names)
    left = (np.eye(len(names)) - model @ hat) @ (values - middle)
    expected = float(np.trace(persistence - model @ hat @ persistence))
    variance = float(left @ left) / max(expected, 1e-12)
    return _Line(names, middle, np.asarray(hat @ (values - middle), float), hat, persistence, variance, freedom)


def _regressors(names: Sequence[str], observed: Sequence[str]) -> Array:
    """Constant, years since the first figure, season (quarters: one column each, months: two harmonics)."""
    first = periods.parse(observed[0])
    rows = [[1.0, _years(first, periods.parse(name)), *_season(name, observed)] for name in names]
    return np.array(rows)


def _season(name: str, observed: Sequence[str]) -> list[float]:
    """Season regressors of a period; a quarter that was never observed gets the mean of the others."""
    frequency = periods.frequency(name)
    if frequency == "month":
        angles = [2 * math.pi * harmonic * int(name[5:7]) / 12 for harmonic in (1, 2)]
        return [function(angle) for angle in angles for function in (math.sin, math.cos)]
    if frequency not in ("half", "quarter"):
        return []
    seen = sorted({other[-2:] for other in observed})
    return [float(name[-2:] == quarter) if name[-2:] in seen else 1 / len(seen) for quarter in seen[1:]]


def _persistence(names: Sequence[str], others: Sequence[str]) -> Array:
    """Assumed noise correlation between two sets of periods."""
    rate = PERSISTENCE[periods.frequency(names[0])]
    first, second = (np.array([periods.number(periods.parse(name)) for name in part]) for part in (names, others))
    return np.asarray(rate ** np.abs(first[:, None] - second[None, :]).astype(float))


def _spread(line: _Line) -> float:
    row = line.hat[1]
    return math.sqrt(line.variance * max(float(row @ line.persistence @ row), 0.0))


def _ahead(line: _Line, period: str) -> tuple[float, float]:
    """The line at a future period, and the standard error of predicting its figure."""
    row = _regressors([period], line.names)[0]
    weights = row @ line.hat
    shared = _persistence([period], line.names)[0]
    error = 1 + weights @ line.persistence @ weights - 2 * weights @ shared
    return line.middle + float(row @ line.coefficients), math.sqrt(line.variance * max(float(error), 0.0))
