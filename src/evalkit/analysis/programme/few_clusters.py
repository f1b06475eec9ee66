"""Inference for pooled effects: clustered errors, and alternatives to them when clusters are few.

A clustered error with one treated unit is far too small (it rejected 71 % of true nulls in our measurement), and no
library warns (T1): `clustered` refuses it. With under 40 units, or under 8 treated ones, a wild cluster bootstrap
(Cameron, Gelbach & Miller 2008) and randomization inference (MacKinnon & Webb 2020) are shown with it.
"""

import numpy as np
from scipy.stats import norm, t

from evalkit.analysis.effects import two_way
from evalkit.analysis.effects.placebo import rank_p
from evalkit.analysis.programme.samples import LEAST_TREATED, NEVER, Array, Flags, Integers, Sample
from evalkit.analysis.results import ALPHA, Estimate, Result, reason

FEW_CLUSTERS, FEW_TREATED = 40, 8
DRAWS = 999
SEED = 20220101


class OneTreatedUnitError(ValueError):
    """A clustered error was asked for with fewer than two treated units.

    Examples:
        >>> ek.staggered.clustered("att", 1.3, std_error=0.4, n_treated=1)
        Traceback (most recent call last):
        evalkit.analysis.programme.few_clusters.OneTreatedUnitError: ...
    """

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

    Examples:
        >>> estimate = ek.staggered.clustered("att", 1.3, std_error=0.4, n_treated=22, degrees_of_freedom=45)
        >>> round(estimate.conf_low, 2), round(estimate.conf_high, 2)
        (0.49, 2.11)
    """
    if n_treated < LEAST_TREATED:
        raise OneTreatedUnitError(n_treated)
    if not std_error > 0:
        return Estimate(term, estimate, reason=reason("no_variance"))
    if n_treated < FEW_TREATED:
        return Estimate(term, estimate, std_error, reason=reason("few_treated_clusters", n=n_treated))
    law = norm if np.isinf(degrees_of_freedom) else t(degrees_of_freedom)
    half, ratio = float(law.ppf(1 - ALPHA / 2)) * std_error, estimate / std_error
    return Estimate(
        term, estimate, std_error, float(ratio), float(2 * law.sf(abs(ratio))), estimate - half, estimate + half
    )


def carried_by(n_treated: int, term: str, estimate: float, std_error: float, degrees_of_freedom: float) -> Estimate:
    """`clustered`, or the bare estimate where a single treated cluster carries the term."""
    if n_treated < LEAST_TREATED:
        return Estimate(term, estimate, reason=reason("one_treated_cluster", n=n_treated))
    return clustered(term, estimate, std_error, n_treated, degrees_of_freedom)


def sums_by_cluster(scores: Array, sample: Sample) -> Array:
    """Scores of units (first axis) added up within clusters."""
    names, number = np.unique(sample.clusters, return_inverse=True)
    sums = np.zeros((len(names), *scores.shape[1:]))
    np.add.at(sums, number, scores)
    return sums


def error_of(influence: Array, sample: Sample) -> float:
    """Standard error of an estimate with this influence function, clustered at the level of assignment."""
    return float(np.sqrt((sums_by_cluster(influence, sample) ** 2).sum()))


def are_few(sample: Sample) -> bool:
    """Whether clustered errors need company.

    Examples:
        >>> ek.staggered.are_few(ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county"))
        False
    """
    clusters, treated = len(set(sample.clusters)), sample.n_clusters(sample.compared)
    return clusters < FEW_CLUSTERS or treated < FEW_TREATED


def twfe(sample: Sample) -> tuple[Result, ...]:
    """Two-way fixed effects with period effects per stratum: the plain regression, as a diagnosis only.

    Errors clustered at the unit with the factor G/(G-1) x (N-1)/(N-K), K the period effects and the treatment; unit
    effects are nested in the clusters and not counted (T11). With few clusters the wild bootstrap and the
    randomization p-value follow.

    Examples:
        >>> ek.staggered.twfe(ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county"))
        (Result(county_visit_rate, twfe, att 1.479),)
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
    number = np.unique(sample.clusters, return_inverse=True)[1]
    fit = two_way.slope(outcome, treatment, int(seen.sum()), parameters, number)
    slope = fit.estimate
    treated = sample.n_clusters(sample.compared)
    headline = carried_by(treated, "att", slope, fit.std_error, fit.degrees_of_freedom)
    results: list[Result] = [sample.result("twfe", "cluster", [headline])]
    if are_few(sample):
        results.append(_wild(sample, treatment, outcome, seen, slope))
        results.append(_randomized(sample, outcome, seen, slope))
    return tuple(results)


def _treatment(sample: Sample, cohort: Integers) -> Array:
    started: Flags = (cohort[:, None] != NEVER) & (sample.times[None, :] >= cohort[:, None])
    return started.astype(float)


def _wild(sample: Sample, treatment: Array, outcome: Array, seen: Flags, slope: float) -> Result:
    """Wild cluster bootstrap-t with the null imposed and Rademacher weights."""
    names, number = np.unique(sample.clusters, return_inverse=True)
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], (DRAWS, len(names)))[:, number]
    amount, own = (treatment**2).sum(), (treatment**2).sum(axis=1)
    scores = (treatment * outcome).sum(axis=1)
    slopes = signs @ scores / amount
    drawn = signs * scores - slopes[:, None] * own
    for name in sorted(set(sample.stratum)):  # a draw's own period effects, taken out again
        rows = sample.stratum == name
        means = signs[:, rows] @ outcome[rows] / np.maximum(seen[rows].sum(axis=0), 1)
        drawn[:, rows] -= means @ treatment[rows].T
    spread = np.sqrt((sums_by_cluster(drawn.T, sample) ** 2).sum(axis=0))
    actual = slope * amount / np.sqrt((sums_by_cluster(scores - slope * own, sample) ** 2).sum())
    ratios = np.divide(slopes * amount, spread, out=np.full(DRAWS, np.inf), where=spread > 0)
    estimate = Estimate("att", slope, statistic=float(actual), p_value=rank_p(float(actual), ratios))
    return sample.result("twfe", "wild_bootstrap", [estimate])


def _randomized(sample: Sample, outcome: Array, seen: Flags, slope: float) -> Result:
    """Randomization inference: compare the coefficient with those of cohorts permuted within strata."""
    random = np.random.default_rng(SEED)
    slopes = np.empty(DRAWS)
    for draw in range(DRAWS):
        # Three sweeps are exact for balanced panels; with holes the outcome's own residuals settle the numerator.
        treatment = two_way.demeaned(_treatment(sample, _dealt(sample, random)), seen, sample.stratum, sweeps=3)
        slopes[draw] = (treatment * outcome).sum() / max(float((treatment**2).sum()), 1e-12)
    return sample.result("twfe", "randomization", [Estimate("att", slope, p_value=rank_p(slope, slopes))])


def _dealt(sample: Sample, random: np.random.Generator) -> Integers:
    """Cohorts permuted within strata: over clusters if each of them starts as a whole, else over units."""
    keys = np.array([f"{stratum}\n{name}" for stratum, name in zip(sample.stratum, sample.clusters, strict=True)])
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    if (sample.cohort != sample.cohort[first][number]).any():
        first = number = np.arange(len(keys))
    dealt, stratum = sample.cohort[first].copy(), sample.stratum[first]
    for name in sorted(set(stratum)):
        rows = np.flatnonzero(stratum == name)
        dealt[rows] = random.permutation(dealt[rows])
    return np.asarray(dealt[number])
