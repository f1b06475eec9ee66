"""Whether other estimators of a pooled effect come to the same answer; a failed check must be reported.

The test is of the difference itself: under draws of the assignment, or from the difference of influence functions.
Two intervals may overlap although the estimators differ, as both rest on the same data.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from evalkit.analysis.programme import imputed, randomize
from evalkit.analysis.programme.draw_test import Draws
from evalkit.analysis.programme.group_time import GroupTime, Sum
from evalkit.analysis.programme.runs import Runs, levelled
from evalkit.analysis.programme.samples import Array, Sample
from evalkit.analysis.results import Estimate, reason

METHOD = "other_estimators"  # of the row in results.csv
SAME = 1e-7  # relative: estimators that are the same number by construction differ by rounding only
BASE, IMPUTATION = "callaway_santanna", "imputation"  # terms: the headline less this estimate
Agreement = Literal["agree", "only_check", "only_headline", "opposite"]


def compare(headline: Estimate, check: Estimate) -> Agreement:
    """Compare what two 95 % intervals say about zero; where one of them is missing nothing disagrees."""
    first, second = _side(headline), _side(check)
    if first is None or second is None or first == second:
        return "agree"
    if not first:
        return "only_check"
    return "only_headline" if not second else "opposite"


def _side(estimate: Estimate) -> int | None:
    """On which side of zero the interval lies: 1, -1, or 0 where it holds zero."""
    if estimate.conf_low is None or estimate.conf_high is None:
        return None
    return 1 if estimate.conf_low > 0 else -1 if estimate.conf_high < 0 else 0


def drawn(fitted: Array, runs: Runs, noise: Runs) -> tuple[Estimate, Estimate]:
    """The headline less the same with one base period, and the mean over cells less imputation, with p under draws.

    Args:
        fitted: the estimated effects. runs: the panel. noise: the panel without them.
    """
    group, cells = randomize.group(runs.times), randomize.over_cells(runs.times)
    last, actual = Runs(runs.sample, runs.arms, "last"), runs.imputed(runs.arms.treated[None, :])
    return (
        _tested(BASE, group(runs.actual) - group(last.actual), noise.of(group), group(last.less(fitted).drawn)),
        _tested(IMPUTATION, cells(runs.actual) - actual, noise.of(cells), noise.imputed(noise.places)),
    )


def _tested(term: str, actual: Array, alone: Draws, others: Array) -> Estimate:
    gaps = np.concatenate([actual, alone.values - others])
    if not np.isfinite(gaps[0]):
        return Estimate(term, None, reason=reason("no_comparison_units"))
    gaps[np.abs(gaps) < SAME * np.nanmax(np.abs(alone.values))] = 0.0
    if not np.nan_to_num(gaps[1:]).any():
        return Estimate(term, float(gaps[0]), reason=reason("no_variance"))
    test = replace(alone, actual=float(gaps[0]), values=gaps[1:]).usable()
    return Estimate(term, test.actual, p_value=test.p_value())


def sums(effects: GroupTime, fitted: Array, group: Sum, base: Sum) -> tuple[Sum, Sum]:
    """The same differences with their influence functions.

    Args:
        group: the headline. base: the same with one base period.
    """
    values, seen = levelled(effects.sample)
    other, _ = imputed.scores(effects.sample, values, seen)
    _, influence = imputed.scores(effects.sample, values - fitted, seen)
    cells = effects.post
    share = np.array([cell.n_treated for cell in cells]) / sum(cell.n_treated for cell in cells)
    mean = float(share @ [cell.estimate for cell in cells])
    own = share @ np.array([cell.influence for cell in cells])
    by_base = _within(effects.sample, group.influence, base.influence)
    return (
        Sum(BASE, group.estimate - base.estimate, by_base, group.carried),
        Sum(IMPUTATION, mean - other, _within(effects.sample, own, influence), group.carried),
    )


def _within(sample: Sample, own: Array, other: Array) -> Array:
    """The difference of two influence functions, less its mean over each cohort of a stratum.

    Both estimators weight cohorts alike, so that the sampling of cohorts has no part in their difference. A mean of n
    clusters takes its share of their variance, which is put back; a cohort of one cluster keeps all of it.
    """
    difference = own - other
    for stratum, start in set(zip(sample.stratum.tolist(), sample.cohort.tolist(), strict=True)):
        members = (sample.stratum == stratum) & (sample.cohort == start)
        if (count := sample.n_clusters(members)) > 1:
            difference[members] = (difference[members] - difference[members].mean()) * np.sqrt(count / (count - 1))
    difference[np.abs(difference) < SAME * np.abs(own).max()] = 0.0
    return difference
