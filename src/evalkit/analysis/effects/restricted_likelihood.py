"""Regressions whose noise has one parameter besides its size, at the top of their restricted likelihood.

Patterson & Thompson (1971), Biometrika 58(3); Harvey (1989), section 3.4: the same likelihood as that of a state-space
model whose coefficients are states with a diffuse start. In closed form it costs a hundredth, and its slope is known,
so that the top is found to the last digits, on every machine at the same place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# From end to end: the correlation of neighbouring periods, and the share of the noise by which a level wanders.
CORRELATIONS = np.linspace(-0.999, 0.999, 21)
WANDERING = np.array([0.0, *np.geomspace(1e-5, 0.5, 9), *(1 - np.geomspace(0.3, 0.01, 4)), 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Whitened:
    """Regressors and, in the last column, values, made free of correlation; each with its slope in the parameter.

    Attributes:
        log_size: log determinant of the noise's covariance.
    """

    table: Array
    table_slope: Array
    log_size: float
    log_size_slope: float


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """The regression at the top.

    Attributes:
        shape: the parameter of the noise.
        variance: of the noise.
        covariance: of the coefficients.
    """

    shape: float
    variance: float
    coefficients: Array
    covariance: Array


Whitening = Callable[[float], Whitened]


def autoregressive(table: Array, place: npt.NDArray[np.int64]) -> Whitening:
    """Noise of which the share `shape` is still in the next period.

    Args:
        table: regressors and values, one row per period that enters.
        place: number of each of these periods; holes are allowed.
    """
    steps, before, after = np.diff(place)[:, None], table[:-1], table[1:]

    def whitened(shape: float) -> Whitened:
        kept = float(shape) ** steps
        slope = steps * float(shape) ** (steps - 1)
        spread = np.sqrt(1 - kept**2)
        new = (after - kept * before) / spread
        return Whitened(
            np.vstack([table[:1], new]),
            np.vstack([np.zeros_like(table[:1]), slope * (new * kept / spread - before) / spread]),
            float(2 * np.log(spread).sum()),
            float((-2 * kept * slope / spread**2).sum()),
        )

    return whitened


def wandering(table: Array, place: npt.NDArray[np.int64]) -> Whitening:
    """Independent noise on a level that wanders: the share `shape` of the variance moves the level for good.

    The constant among the regressors is where the level starts.
    """
    own, axes = _wandering_axes(tuple(place.tolist()))
    turned = axes.T @ table

    def whitened(shape: float) -> Whitened:
        sizes = 1 - shape + shape * own
        ratio = (own - 1) / sizes
        rows = turned / np.sqrt(sizes)[:, None]
        return Whitened(rows, -0.5 * ratio[:, None] * rows, float(np.log(sizes).sum()), float(ratio.sum()))

    return whitened


@lru_cache(maxsize=64)
def _wandering_axes(place: tuple[int, ...]) -> tuple[Array, Array]:
    """Variances and axes of a random walk; where it starts makes no difference, as the model has a constant."""
    steps = np.array(place, dtype=float) - place[0] + 1
    own, axes = np.linalg.eigh(np.minimum.outer(steps, steps))
    return own, axes


def highest(whitening: Whitening, shapes: Array) -> Regression | None:
    """The regression where the likelihood is highest; None where it has no value.

    Every interval between neighbours is looked at, as a short series may have several tops.

    Args:
        shapes: where the parameter may lie, from end to end.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        heights = np.array([_height(whitening(shape)) for shape in shapes])
        place = int(np.argmax(heights))
        if not np.isfinite(heights[place]):
            return None
        best = _climb(whitening, shapes, place)
    return _regression(whitening(best), best)


def _climb(whitening: Whitening, shapes: Array, place: int) -> float:
    """From the highest of the shapes to the top, uphill; an end of the range may be the top itself."""
    from scipy.optimize import brentq, minimize_scalar  # slow to load, and most processes of a run fit nothing

    start = float(shapes[place])
    uphill = place + int(np.sign(_slope(whitening(start))))
    if uphill == place or not 0 <= uphill < len(shapes):
        return start
    end = float(shapes[uphill])
    if _slope(whitening(start)) * _slope(whitening(end)) < 0:
        top = float(brentq(lambda shape: _slope(whitening(shape)), start, end, xtol=1e-15))
    else:  # a top and a valley lie between the two
        bounds = min(start, end), max(start, end)
        top = float(minimize_scalar(lambda shape: -_height(whitening(shape)), bounds=bounds, method="bounded").x)
    return max(start, top, key=lambda shape: _height(whitening(shape)))


def _height(noise: Whitened) -> float:
    """The log likelihood with the best size of the noise, but for a constant."""
    rows, columns = noise.table.shape
    sizes = np.abs(np.diag(np.linalg.qr(noise.table, mode="r")))
    return float(-noise.log_size / 2 - np.log(sizes[:-1]).sum() - (rows - columns + 1) * np.log(sizes[-1]))


def _slope(noise: Whitened) -> float:
    """Slope of the height in the parameter."""
    model, values = noise.table[:, :-1], noise.table[:, -1]
    turned, triangle = np.linalg.qr(model)
    coefficients = np.linalg.solve(triangle, turned.T @ values)
    rest = values - model @ coefficients
    moved = noise.table_slope
    free = len(model) - model.shape[1]
    return float(
        -noise.log_size_slope / 2
        - np.trace(np.linalg.solve(triangle, turned.T @ moved[:, :-1]))
        - free * (rest @ (moved[:, -1] - moved[:, :-1] @ coefficients)) / (rest @ rest)
    )


def _regression(noise: Whitened, shape: float) -> Regression:
    model, values = noise.table[:, :-1], noise.table[:, -1]
    turned, triangle = np.linalg.qr(model)
    root = np.linalg.inv(triangle)
    coefficients = root @ (turned.T @ values)
    rest = values - model @ coefficients
    variance = float(rest @ rest) / (len(model) - model.shape[1])
    return Regression(shape, variance, coefficients, variance * root @ root.T)
