"""Two-way fixed effects with standard errors clustered at the unit: the one home of the plain regression.

For diagnosis and teaching only. With one treated unit the clustered error is not an estimate of anything (Conley &
Taber 2011; MacKinnon & Webb 2020), and no library says so: `staggered.clustered` refuses it, and the two callers that
show it for one region (`pitfalls.clustered`, `calibration.clustered_p`) do so to show how often it is wrong.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Slope:
    """The coefficient of the treatment, its clustered error and the degrees of freedom (clusters - 1)."""

    estimate: float
    std_error: float
    degrees_of_freedom: int

    @property
    def p_value(self) -> float:
        """Two-sided, by the t distribution."""
        ratio = abs(self.estimate / self.std_error)
        return float(2 * stdtr(self.degrees_of_freedom, -ratio))


def demeaned(values: Array, seen: Flags, strata: npt.NDArray[np.str_] | None = None, sweeps: int = 500) -> Array:
    """Residuals of unit effects and of period effects per stratum, over the observed cells (alternating means)."""
    left = np.where(seen, values, 0.0)
    scale = max(1.0, float(np.abs(left).max()))
    groups = [slice(None)] if strata is None else [np.flatnonzero(strata == name) for name in sorted(set(strata))]
    for _ in range(sweeps):
        before = left.copy()
        left -= seen * (left.sum(axis=1) / np.maximum(seen.sum(axis=1), 1))[:, None]
        for rows in groups:
            left[rows] -= seen[rows] * (left[rows].sum(axis=0) / np.maximum(seen[rows].sum(axis=0), 1))
        if np.abs(left - before).max() <= 1e-12 * scale:
            break
    return left


def slope(
    outcome: Array, treatment: Array, cells: int, parameters: int, clusters: npt.NDArray[np.int64] | None = None
) -> Slope:
    """Regression of the demeaned outcome on the demeaned treatment, units in rows.

    The error carries the factor G/(G-1) x (N-1)/(N-K): G units, N observed cells, K counted parameters.

    Args:
        cells: observed cells.
        clusters: number of each unit's cluster; None for one each.
        parameters: counted in K; 1 for no correction, as many as there are effects for that of common software.
    """
    amount = float((treatment**2).sum())
    estimate = float((treatment * outcome).sum() / amount)
    scores = (treatment * (outcome - estimate * treatment)).sum(axis=1)
    if clusters is not None:
        scores = np.bincount(clusters, scores)
    units = len(scores)
    factor = units / (units - 1) * (cells - 1) / max(cells - parameters, 1)
    return Slope(estimate, float(np.sqrt(factor * (scores**2).sum()) / amount), units - 1)


def of_region(values: Array, n_pre: int, parameters: int) -> Slope:
    """The slope where the first row alone is treated, from the column `n_pre` on; NaN cells are left out."""
    seen = np.isfinite(values)
    treatment = np.zeros_like(values)
    treatment[0, n_pre:] = 1.0
    return slope(demeaned(values, seen), demeaned(treatment, seen), int(seen.sum()), parameters)
