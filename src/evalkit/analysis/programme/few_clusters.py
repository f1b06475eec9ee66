"""Inference for pooled effects: clustered errors, and what stands in for them when clusters are few.

A clustered error with one treated unit is far too small (it rejected 71 % of true nulls in our measurement), and no
library warns (T1): `clustered` refuses it. With under 40 units, or under 8 treated ones, a wild cluster bootstrap
(Cameron, Gelbach & Miller 2008) and randomization inference (MacKinnon & Webb 2020) are shown beside it.
"""

import numpy as np
from scipy.stats import norm, t

from evalkit.analysis.effects import two_way
from evalkit.analysis.effects.did import rank_p
from evalkit.analysis.programme.cohorts import LEAST_TREATED, NEVER, Array, Flags, Integers, Sample
from evalkit.analysis.results import ALPHA, Estimate, Result, reason

FEW_CLUSTERS, FEW_TREATED = 40, 8
DRAWS = 999
SEED = 20220101


class OneTreatedUnitError(ValueError):
    """A clustered error was asked for with fewer than two treated units."""

    def __init__(self, n_treated: int) -> None:
        super().__init__(
            f"{n_treated} treated unit has no clustered standard error or p-value: it rejects most true nulls. "
            "Use did.att(design.assign(panel, evaluation, indicator)): exact placebo inference for one region."
        )


def clustered(
    term: str, estimate: float, std_error: float, n_treated: int, degrees_of_freedom: float = np.inf
) -> Estimate:
    """An estimate with its clustered error, two-sided p and 95 % interval.

    Args:
        term: name of results.csv.
        estimate: on the analysis scale.
        std_error: clustered at the unit, in the same unit.
        n_treated: treated clusters behind it.
        degrees_of_freedom: of the t distribution; normal where infinite.

    Raises:
        OneTreatedUnitError: with fewer than two treated clusters (T1).
    """
    if n_treated < LEAST_TREATED:
        raise OneTreatedUnitError(n_treated)
    if not std_error > 0:
        return Estimate(term, estimate, reason=reason("no_variance"))
    law = norm if np.isinf(degrees_of_freedom) else t(degrees_of_freedom)
    half, ratio = float(law.ppf(1 - ALPHA / 2)) * std_error, estimate / std_error
    return Estimate(
        term, estimate, std_error, float(ratio), float(2 * law.sf(abs(ratio))), estimate - half, estimate + half
    )


def are_few(sample: Sample) -> bool:
    """Whether clustered errors need company."""
    return len(sample.cohort) < FEW_CLUSTERS or sample.n_treated < FEW_TREATED


def twfe(sample: Sample) -> tuple[Result, ...]:
    """Two-way fixed effects with period effects per stratum: the plain regression, as a diagnosis only.

    Errors clustered at the unit with the factor G/(G-1) x (N-1)/(N-K), K the period effects and the treatment; unit
    effects are nested in the clusters and not counted (T11). With few clusters the wild bootstrap and the
    randomization p-value follow.
    """
    if sample.refused:
        return (sample.withheld("twfe", sample.refused, "att", inference="cluster"),)
    values = sample.outcome.to_numpy()
    seen = np.isfinite(values)
    treatment = two_way.demeaned(_treatment(sample, sample.cohort), seen, sample.stratum)
    if float((treatment**2).sum()) <= 1e-9:
        return (sample.withheld("twfe", reason("no_comparison_units"), "att", inference="cluster"),)
    outcome = two_way.demeaned(values, seen, sample.stratum)
    parameters = len(set(sample.stratum)) * (seen.shape[1] - 1) + 1
    fit = two_way.slope(outcome, treatment, int(seen.sum()), parameters)
    slope = fit.estimate
    headline = clustered("att", slope, fit.std_error, sample.n_treated, fit.degrees_of_freedom)
    found: list[Result] = [sample.result("twfe", "cluster", [headline])]
    if are_few(sample):
        found.append(_wild(sample, treatment, outcome, seen, slope))
        found.append(_randomized(sample, outcome, seen, slope))
    return tuple(found)


def _treatment(sample: Sample, cohort: Integers) -> Array:
    started: Flags = (cohort[:, None] != NEVER) & (sample.times[None, :] >= cohort[:, None])
    return started.astype(float)


def _wild(sample: Sample, treatment: Array, outcome: Array, seen: Flags, slope: float) -> Result:
    """Wild cluster bootstrap-t with the null imposed and Rademacher weights."""
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], (DRAWS, len(outcome)))
    amount, own = (treatment**2).sum(), (treatment**2).sum(axis=1)
    scores = (treatment * outcome).sum(axis=1)
    slopes = signs @ scores / amount
    drawn = signs * scores - slopes[:, None] * own
    for name in sorted(set(sample.stratum)):  # a draw's own period effects, taken out again
        rows = sample.stratum == name
        means = signs[:, rows] @ outcome[rows] / np.maximum(seen[rows].sum(axis=0), 1)
        drawn[:, rows] -= means @ treatment[rows].T
    spread = np.sqrt((drawn**2).sum(axis=1))
    actual = slope * amount / np.sqrt(((scores - slope * own) ** 2).sum())
    ratios = np.divide(slopes * amount, spread, out=np.full(DRAWS, np.inf), where=spread > 0)
    estimate = Estimate("att", slope, statistic=float(actual), p_value=rank_p(float(actual), ratios))
    return sample.result("twfe", "wild_bootstrap", [estimate])


def _randomized(sample: Sample, outcome: Array, seen: Flags, slope: float) -> Result:
    """Randomization inference: cohorts dealt anew to the units of each stratum, the coefficient compared."""
    random = np.random.default_rng(SEED)
    slopes = np.empty(DRAWS)
    for draw in range(DRAWS):
        # Three sweeps are exact for balanced panels; with holes the outcome's own residuals settle the numerator.
        treatment = two_way.demeaned(_treatment(sample, _dealt(sample, random)), seen, sample.stratum, sweeps=3)
        slopes[draw] = (treatment * outcome).sum() / max(float((treatment**2).sum()), 1e-12)
    return sample.result("twfe", "randomization", [Estimate("att", slope, p_value=rank_p(slope, slopes))])


def _dealt(sample: Sample, random: np.random.Generator) -> Integers:
    dealt = sample.cohort.copy()
    for name in sorted(set(sample.stratum)):
        rows = np.flatnonzero(sample.stratum == name)
        dealt[rows] = random.permutation(dealt[rows])
    return dealt
