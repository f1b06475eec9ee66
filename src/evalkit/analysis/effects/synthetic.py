"""Synthetic difference-in-differences and synthetic control for one treated region.

Both weight problems are small ridge regressions on the simplex, solved exactly as non-negative least
squares. Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), AER 111(12); Abadie, Diamond &
Hainmueller (2010), JASA 105(490).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from evalkit.analysis.effects.design import Design
from evalkit.analysis.effects.gaps import two_way
from evalkit.analysis.effects.placebo import Array, around, critical, rank_p
from evalkit.analysis.results import Estimate, Result, Withheld, reason

__all__ = ["Synthetic", "estimate"]

Method = Literal["synthetic_did", "synthetic_control", "intercept"]
NEGLIGIBLE = 1e-6  # ridge of the time weights, in units of the outcome's noise (as in the paper)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Synthetic(Result):
    """A weighted comparison.

    Attributes:
        donors: weight of every comparison unit, largest first.
        effective_donors: 1 / sum of squared weights.
        pre_fit: root mean squared gap in the pre-periods (after the intercept, where there is one).
        filled: how many missing cells were filled from the additive unit + period fit.

    Examples:
        >>> ek.synthetic.estimate(design).donors.head(2).round(3)
        demo-e43    0.097
        demo-e37    0.073
        dtype: float64
    """

    donors: pd.Series
    effective_donors: float
    pre_fit: float
    filled: int


def estimate(design: Design, method: Method = "synthetic_did") -> Synthetic | Withheld:
    """The weighted estimate with placebo inference: every donor in turn takes the region's place.

    For synthetic control, p and interval are those of the same estimate with an intercept (Doudchenko & Imbens 2016;
    Ferman & Pinto 2021): the estimate itself stays the classic one.

    Examples:
        >>> ek.synthetic.estimate(design, "synthetic_control")
        Synthetic(county_visit_rate, synthetic_control, att 0.848)
    """
    if why := design.refused:
        return design.withheld("did", method, why, "att")
    if len(design.pool) < 2:
        return design.withheld("did", method, reason("too_few_comparison_units", have=len(design.pool), need=2), "att")
    used = [*design.pre, *design.post]
    values, filled = fill(design.outcome[used].to_numpy(), len(design.pre))
    n_pre = len(design.pre)
    effect, weights, fit = _solve(values, n_pre, method)
    pool = np.ascontiguousarray(values[1:])
    # A unit above or below the range of the others has a gap as large as that distance; an intercept removes it.
    inference: Method = "intercept" if method == "synthetic_control" else method
    placebos = np.array(_placebos(pool.tobytes(), pool.shape[1], n_pre, inference))
    tested = effect if inference == method else _solve(values, n_pre, inference)[0]
    half, p_value = critical(placebos), rank_p(tested, placebos)
    low, high = around(tested, half, p_value)
    why = reason("unbounded_interval", n=len(placebos)) if half is None else None
    if why is None and inference != method:
        why = reason("interval_with_intercept", estimate=f"{tested:.6g}")
    spread = float(placebos.std(ddof=1))
    att = Estimate("att", effect, std_error=spread, p_value=p_value, conf_low=low, conf_high=high, reason=why)
    return Synthetic(
        indicator=design.indicator.id,
        analysis="did",
        method=method,
        unit=design.unit,
        inference="placebo_space",
        data_status=design.data_status,
        estimates=(att,),
        filled=filled,
        pre_fit=fit,
        donors=pd.Series(weights, index=design.pool).sort_values(ascending=False, kind="stable"),
        effective_donors=float(1 / (weights**2).sum()),
        n_obs=values.size,
        n_treated=1,
        n_comparison=len(design.pool),
        n_pre=n_pre,
        n_post=len(design.post),
    )


@lru_cache(maxsize=256)
def _placebos(pool: bytes, length: int, n_pre: int, method: Method) -> tuple[float, ...]:
    """The same estimate for every unit of a pool, the others its donors.

    The treated region has no part in it, so regions that share pool, window and adoption share this too;
    the pool travels as bytes because they can be looked up.
    """
    values = np.frombuffer(pool).reshape(-1, length)
    order = np.arange(len(values))
    turns = (values[np.concatenate([[unit], order[:unit], order[unit + 1 :]])] for unit in order)
    return tuple(_solve(rows, n_pre, method)[0] for rows in turns)


def _solve(values: Array, n_pre: int, method: Method) -> tuple[float, Array, float]:
    """Effect of the first unit, donor weights, pre-period fit."""
    treated, donors = values[0], values[1:]
    post_length = values.shape[1] - n_pre
    steps = np.diff(donors[:, :n_pre], axis=1)
    noise = float(steps.std(ddof=1)) if steps.size > 1 else 0.0
    target, matrix = treated[:n_pre], donors[:, :n_pre].T
    if method == "intercept":
        values = values - values[:, :n_pre].mean(axis=1, keepdims=True)
        treated, donors, method = values[0], values[1:], "synthetic_control"
        target, matrix = treated[:n_pre], donors[:, :n_pre].T
    if method == "synthetic_control":
        weights = simplex_ridge(matrix, target, NEGLIGIBLE * noise * np.sqrt(n_pre))
        gaps = treated - weights @ donors
        return float(gaps[n_pre:].mean()), weights, float(np.sqrt((gaps[:n_pre] ** 2).mean()))
    ridge = post_length**0.25 * noise * np.sqrt(n_pre)
    weights = simplex_ridge(matrix - matrix.mean(axis=0), target - target.mean(), ridge)
    after = donors[:, n_pre:].mean(axis=1)
    before = donors[:, :n_pre]
    times = simplex_ridge(before - before.mean(axis=0), after - after.mean(), NEGLIGIBLE * noise * np.sqrt(len(donors)))
    gaps = treated - weights @ donors
    centred = gaps[:n_pre] - gaps[:n_pre].mean()
    return float(gaps[n_pre:].mean() - times @ gaps[:n_pre]), weights, float(np.sqrt((centred**2).mean()))


def simplex_ridge(matrix: Array, target: Array, ridge: float) -> Array:
    """Weights w >= 0, sum 1, that minimise |matrix w - target|^2 + ridge^2 |w|^2."""
    from scipy.optimize import nnls  # slow to load, and most processes of a run fit nothing

    columns = matrix.shape[1]
    scale = max(1.0, float(np.abs(matrix).max()), float(np.abs(target).max()))
    # A constant subtracted from every row of both sides changes nothing on the simplex and conditions the problem.
    heavy = 1e3 * scale * np.sqrt(len(target))
    system, wanted = np.zeros((len(target) + columns + 1, columns)), np.zeros(len(target) + columns + 1)
    system[: len(target)], wanted[: len(target)] = matrix, target
    np.fill_diagonal(system[len(target) :], ridge)
    system[-1] = wanted[-1] = heavy
    weights, _ = nnls(system, wanted, maxiter=30 * columns)
    return np.asarray(weights / weights.sum())


def fill(values: Array, n_pre: int) -> tuple[Array, int]:
    """Missing cells from the additive unit + period fit of untreated cells; the count of filled cells."""
    seen = np.isfinite(values)
    if seen.all():
        return values, 0
    usable = seen.copy()
    usable[0, n_pre:] = False
    return np.where(seen, values, two_way(values, usable)), int((~seen).sum())
