"""The test of a pooled effect against draws of the assignment: p, interval, and the smallest effect that it finds.

The p is the larger of two, like that of one region: of the effect itself, and of the effect over the spread that its
clusters show before the start. Draws of the effect itself claim far too much where the treated clusters are noisier
than the others.
"""

from dataclasses import dataclass

import numpy as np

from evalkit.analysis.effects.placebo import POWER, rank_p
from evalkit.analysis.programme.samples import Array
from evalkit.analysis.results import ALPHA, Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """One statistic under the actual assignment and under every draw.

    Attributes:
        actual: what was estimated. values: the same under every draw.
        doses: what every draw would show of an effect of one in those who were treated in truth.
        spreads: how noisy the actual clusters (first) and those of every draw are; None where nothing tells.
    """

    actual: float
    values: Array
    doses: Array
    spreads: Array | None = None

    def usable(self) -> "Draws":
        """Without the draws in which nothing is compared."""
        finite = np.isfinite(self.values) & np.isfinite(self.doses)
        spreads = None if self.spreads is None else self.spreads[np.concatenate([[True], finite])]
        return Draws(self.actual, self.values[finite], self.doses[finite], spreads)

    @property
    def relative(self) -> Array:
        """The spread of every draw over that of the actual clusters; ones where nothing tells."""
        ones: Array = np.ones(len(self.values))
        return ones if self.spreads is None else self.spreads[1:] / self.spreads[0]

    def p_value(self) -> float:
        """The larger of the plain and the studentised one."""
        return max(rank_p(self.actual, self.values), rank_p(self.actual, self.values / self.relative))


def tested(term: str, draws: Draws) -> Estimate:
    """An estimate with its randomization p and the interval of constant effects that are not rejected."""
    draws = draws.usable()
    actual, p_value = draws.actual, draws.p_value()
    low, high = inverted(draws)
    if low is not None and high is not None and p_value > ALPHA:
        low, high = min(low, 0.0), max(high, 0.0)  # p and interval agree to the last bit
    return Estimate(
        term,
        actual,
        std_error=float((draws.values - actual * draws.doses).std(ddof=1)),
        p_value=p_value,
        conf_low=low,
        conf_high=high,
    )


def inverted(draws: Draws) -> tuple[float | None, float | None]:
    """All constant effects with p above alpha: the wider of the intervals of the two tests."""
    k = int(np.floor(ALPHA * (len(draws.values) + 1) + 1e-9))
    if k < 1:
        return None, None
    plain, studentised = _limits(draws, np.ones(len(draws.values)), k), _limits(draws, draws.relative, k)
    low, high = min(plain[0], studentised[0]), max(plain[1], studentised[1])
    return (low, high) if np.isfinite([low, high]).all() else (None, None)


def _limits(draws: Draws, relative: Array, k: int) -> tuple[float, float]:
    """Ends of the effects d at which |value - d dose| / relative spread is compared with |actual - d|.

    For every draw these are the d between two roots around the estimate, so each end is a quantile of the roots.
    """
    values, doses = draws.values / relative, draws.doses / relative
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = np.array([(draws.actual - values) / (1 - doses), (draws.actual + values) / (1 + doses)])
    bounded = np.isfinite(roots).all(axis=0) & (np.abs(doses) < 1)
    roots = np.where(bounded, roots, np.array([[-np.inf], [np.inf]]))
    return float(np.sort(roots.min(axis=0))[k - 1]), float(np.sort(roots.max(axis=0))[-k])


def smallest_found(draws: Draws) -> float | None:
    """The constant effect that the test finds in `POWER` of cases; None where it can find none.

    The interval says from which size on an effect with its noise is found. The noise is that of the draws in units of
    the actual clusters' own spread, as these may be noisier than the others.
    """
    draws = draws.usable()
    low, high = inverted(draws)
    if low is None or high is None:
        return None
    noise = (draws.values - draws.actual * draws.doses) / draws.relative
    gains, losses = draws.actual - low - noise, high - draws.actual + noise
    return float(np.quantile(np.concatenate([gains, losses]), POWER))
