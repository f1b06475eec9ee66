"""Exact placebo tests: ranks, critical values, and the one test that judges a region's effect.

One treated unit has no sampling variance that a clustered standard error could estimate (Conley & Taber 2011; Ferman
& Pinto 2019). The reference distribution is the same estimate made for every comparison unit as if it had been
treated. Where units were assigned in clusters, a placebo counts for its share of its cluster.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.analysis.results import ALPHA

POWER = 0.8
TIE = 1e-9  # relative: equal numbers computed along different paths may differ in the last bits
Array = npt.NDArray[np.float64]


def rank_p(value: float, placebos: Array, weights: Array | None = None) -> float:
    """Exact two-sided placebo p: (1 + number of placebos at least as large) / (1 + N).

    Args:
        value: the region's own.
        placebos: one per comparison unit.
        weights: how much each placebo counts; None for one each.
    """
    sizes = np.abs(placebos)
    finite = sizes[np.isfinite(sizes)]
    least = abs(value) * (1 - TIE) - TIE * (float(finite.mean()) if len(finite) else 0.0)
    counts = _counts(placebos, weights)
    return float((1 + counts[sizes >= least].sum()) / (1 + counts.sum()))


def critical(placebos: Array, weights: Array | None = None, alpha: float = ALPHA) -> float | None:
    """The size that an effect must exceed for p <= alpha; None where no effect can (at 5 %: fewer than 19 placebos).

    Without weights it is the k-th largest absolute placebo, k = floor(alpha (N + 1)). The interval by inversion is
    the estimate plus and minus it.
    """
    counts = _counts(placebos, weights)
    order = np.argsort(-np.abs(placebos), kind="stable")
    larger = np.concatenate([[0.0], np.cumsum(counts[order])])
    rejecting = 1 + larger <= alpha * (1 + counts.sum()) + 1e-9
    return float(np.abs(placebos)[order][int(rejecting.sum()) - 1]) if rejecting[0] and len(order) else None


def smallest_p(placebos: Array, weights: Array | None = None) -> float:
    """The smallest p that a pool can give, 1 / (1 + N)."""
    return float(1 / (1 + _counts(placebos, weights).sum()))


def size(placebos: Array, weights: Array | None = None) -> float:
    """The level of the test: the largest share of false alarms at most `ALPHA` that so many placebos can give."""
    total = 1 + float(_counts(placebos, weights).sum())
    return float(np.floor(ALPHA * total + 1e-9) / total)


def _counts(placebos: Array, weights: Array | None) -> Array:
    return np.ones(len(placebos)) if weights is None else weights


@dataclass(frozen=True, slots=True)
class Judgement:
    """The test that judges: significant where both the plain and the studentised placebo test are.

    The plain test rejects far too often where the region is noisier than its pool; the studentised one divides
    every effect by the SD of its unit's gaps before the start. The larger p judges, fixed beforehand.

    Attributes:
        p_value: the larger of `plain_p` and `studentised_p`.
        half: half-width of the interval that inverts this test; None where the pool is too small.
        half_90: the same at the level 90 %, for equivalence.
        ratio: the region's effect over its own spread.
        detectable: the smallest effect that this test finds in 80 % of cases; None where `half` is.
    """

    p_value: float
    half: float | None
    half_90: float | None
    plain_p: float
    plain_half: float | None
    studentised_p: float
    ratio: float
    detectable: float | None


def judge(effects: Array, spreads: Array, weights: Array | None = None) -> Judgement:
    """The judgement of the first unit, the others its placebos.

    Args:
        effects: one per unit.
        spreads: SD of each unit's gaps before the start.
        weights: of the placebos.
    """
    ratios = np.divide(effects, spreads, out=np.full_like(effects, np.inf), where=spreads > 0)
    plain, studentised = (rank_p(part[0], part[1:], weights) for part in (effects, ratios))
    half, half_90 = (_half(effects, ratios, spreads, weights, alpha) for alpha in (ALPHA, 2 * ALPHA))
    return Judgement(
        p_value=max(plain, studentised),
        half=half,
        half_90=half_90,
        plain_p=plain,
        plain_half=critical(effects[1:], weights),
        studentised_p=studentised,
        ratio=float(ratios[0]),
        detectable=None if half is None else smallest_seen(_as_noisy(effects, spreads), half, weights),
    )


def _half(effects: Array, ratios: Array, spreads: Array, weights: Array | None, alpha: float) -> float | None:
    """The size that the region's effect must exceed to be significant by both tests; None where none can be."""
    limit, ratio_limit = (critical(part[1:], weights, alpha) for part in (effects, ratios))
    if limit is None or ratio_limit is None or not np.isfinite(ratio_limit):
        return None
    return float(max(limit, ratio_limit * spreads[0]))


def _as_noisy(effects: Array, spreads: Array) -> Array:
    """The placebos with the spread of the region, which may be noisier; unchanged where no spread is known."""
    measured = (spreads[1:] > 0) & (spreads[0] > 0)
    scale = np.divide(spreads[0], spreads[1:], out=np.ones(len(spreads) - 1), where=measured)
    scaled: Array = effects[1:] * scale
    return scaled


def smallest_seen(placebos: Array, least: float, weights: Array | None = None) -> float:
    """The smallest shift d for which the share of |placebo + d| > least reaches `POWER`."""
    counts = _counts(placebos, weights)
    need = POWER * counts.sum() - 1e-9
    above, below = least - placebos, -least - placebos  # seen from d = above on, and up to d = below
    tries = np.unique(np.concatenate([above[above > 0], below[below > 0], [0.0]]))
    shares = _weight_at_most(above, counts, tries) + counts.sum() - _weight_below(below, counts, tries)
    return float(tries[np.argmax(shares >= need)])


def _weight_at_most(values: Array, counts: Array, at: Array) -> Array:
    order = np.argsort(values, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(counts[order])])
    result: Array = sums[np.searchsorted(values[order], at, side="right")]
    return result


def _weight_below(values: Array, counts: Array, at: Array) -> Array:
    order = np.argsort(values, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(counts[order])])
    result: Array = sums[np.searchsorted(values[order], at, side="left")]
    return result


def around(estimate: float, half: float | None, p_value: float) -> tuple[float | None, float | None]:
    """The interval by inversion; it holds zero exactly where p is above alpha, whatever the last bit says."""
    if half is None or not np.isfinite(half):
        return None, None
    low, high = estimate - half, estimate + half
    return (min(low, 0.0), max(high, 0.0)) if p_value > ALPHA else (low, high)
