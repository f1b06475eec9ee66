"""The programme: pooled effects of a reform that units start at different times. The only importer of diff-diff.

pool = staggered.sample(panel, evaluation, "primary_visit_share", "county")
staggered.callaway_santanna(pool)      # the headline and its parts
staggered.imputation(pool)             # the check
staggered.twfe(pool), staggered.bacon(pool)   # why not plain regression
"""

import warnings

import numpy as np
import pandas as pd

from evalkit.analysis.effects.synthetic import fill
from evalkit.analysis.programme.cohorts import kinds, sample
from evalkit.analysis.programme.few_clusters import OneTreatedUnitError, are_few, carried_by, clustered, twfe
from evalkit.analysis.programme.group_time import GroupTime, Pooled, aggregates, att_gt, callaway_santanna
from evalkit.analysis.programme.samples import NEVER, Array, Integers, Sample
from evalkit.analysis.results import Estimate, Result, Withheld, reason

__all__ = [
    "GroupTime",
    "OneTreatedUnitError",
    "Pooled",
    "Sample",
    "aggregates",
    "are_few",
    "att_gt",
    "bacon",
    "callaway_santanna",
    "clustered",
    "imputation",
    "kinds",
    "sample",
    "twfe",
]
BACON = ("treated_vs_never", "earlier_vs_later", "later_vs_earlier")
COLUMNS = {"outcome": "value", "unit": "unit", "time": "period", "first_treat": "first_treated"}


def imputation(sample: Sample) -> Result | Withheld:
    """Imputation estimator of Borusyak, Jaravel & Spiess (2024): effects against an untreated unit + period fit.

    Estimated per stratum by diff-diff (conservative errors clustered at the unit) and pooled by treated cells;
    strata share no unit, so their variances add.

    Examples:
        >>> ek.staggered.imputation(ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county"))
        Result(county_visit_rate, imputation, simple 1.597)
    """
    if sample.refused:
        return sample.withheld("imputation", sample.refused, "simple", inference="analytic")
    parts = [part for name in sorted(set(sample.stratum)) if (part := _imputed(sample, str(name)))]
    if not parts:
        return sample.withheld("imputation", reason("no_comparison_units"), "simple", inference="analytic")
    effects, errors, cells = (np.array(column) for column in zip(*parts, strict=True))
    weights = cells / cells.sum()
    error = float(np.sqrt(weights**2 @ errors**2))
    freedom = len(set(sample.clusters)) - 1
    pooled = carried_by(sample.n_clusters(sample.compared), "simple", float(weights @ effects), error, freedom)
    return sample.result("imputation", "analytic", [pooled])


def _imputed(sample: Sample, stratum: str) -> tuple[float, float, int] | None:
    """Effect, error and treated cells of one stratum; None where it holds no identified treated cell.

    Where only never treated units may be compared, cohort by cohort with these alone. They are shared, so that the
    cohorts' errors are taken to move together, the worst case.
    """
    data = sample.long[sample.stratum[sample.long["unit"]] == stratum]
    if sample.parameters.comparison.eligible != "never_treated":
        return _fitted(data)
    cohorts = sorted(set(data["first_treated"]) - {NEVER})
    parts = [part for start in cohorts if (part := _fitted(data[data["first_treated"].isin([start, NEVER])]))]
    if not parts:
        return None
    effects, errors, cells = (np.array(column) for column in zip(*parts, strict=True))
    weights = cells / cells.sum()
    return float(weights @ effects), float(weights @ errors), int(cells.sum())


def _fitted(data: pd.DataFrame) -> tuple[float, float, int] | None:
    data = _identified(data)
    if not (data["treated"].any() and (~data["treated"]).any()):
        return None
    from diff_diff import ImputationDiD  # slow to load, and only the programme needs it

    fit = ImputationDiD(cluster="cluster").fit(data, **COLUMNS)
    return float(fit.overall_att), float(fit.overall_se), int(data["treated"].sum())


def _identified(data: pd.DataFrame) -> pd.DataFrame:
    """Cells whose unit and period also have an untreated cell; without one no counterfactual can be fitted (T5)."""
    started = (data["first_treated"] != NEVER) & (data["period"] >= data["first_treated"])
    data = data.assign(treated=started)
    for column in ("unit", "period", "unit"):
        data = data[data[column].isin(data.loc[~data["treated"], column])]
    return data


def bacon(sample: Sample) -> Result | Withheld:
    """Goodman-Bacon (2021) decomposition of the two-way fixed effects estimate, by type of comparison.

    With period effects per stratum the regression is the strata's own regressions weighted by their residual
    variance of treatment, and so are its parts. The decomposition needs a balanced panel: holes are filled from the
    additive fit of the unit's own cohort and stratum (`n_obs` counts observed cells only).

    Examples:
        >>> parts = ek.staggered.bacon(ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county"))
        >>> round(parts["weight:treated_vs_never"].estimate, 2)
        0.87
    """
    terms = [f"{what}:{name}" for name in BACON for what in ("weight", "estimate")]
    if sample.refused:
        return sample.withheld("bacon", sample.refused, *terms)
    parts = [_decomposed(sample, str(name)) for name in sorted(set(sample.stratum))]
    weight = np.sum([own for own, _ in parts], axis=0)
    if not weight.sum() > 0:
        return sample.withheld("bacon", reason("no_comparison_units"), *terms)
    total = np.sum([own * estimate for own, estimate in parts], axis=0)
    estimates = []
    for name, share, amount in zip(BACON, weight / weight.sum(), total / weight.sum(), strict=True):
        estimates.append(Estimate(f"weight:{name}", float(share)))
        none = None if share > 0 else reason("no_such_comparison")
        estimates.append(Estimate(f"estimate:{name}", None if none else float(amount / share), reason=none))
    return sample.result("bacon", "", estimates)


def _decomposed(sample: Sample, stratum: str) -> tuple[Array, Array]:
    """Weights (times the stratum's residual variance of treatment) and estimates of the three types."""
    rows = np.flatnonzero(sample.stratum == stratum)
    cohort = sample.cohort[rows]
    if len(set(cohort)) < 2:
        return np.zeros(3), np.zeros(3)
    from diff_diff import BaconDecomposition

    with warnings.catch_warnings():
        # A stratum without never-treated units is decomposed among its cohorts; its page says so.
        warnings.filterwarnings("ignore", message=".*never-treated.*", category=UserWarning)
        decomposition = BaconDecomposition().fit(_balanced(sample, rows), **COLUMNS)
    started = ((cohort[:, None] != NEVER) & (sample.times[None, :] >= cohort[:, None])).astype(float)
    residual = started - started.mean(axis=0) - started.mean(axis=1)[:, None] + started.mean()
    weights = np.array([getattr(decomposition, f"total_weight_{name}") for name in BACON], dtype=float)
    values = np.array([getattr(decomposition, f"weighted_avg_{name}") or 0.0 for name in BACON], dtype=float)
    return weights * float((residual**2).sum()), np.nan_to_num(values)


def _balanced(sample: Sample, rows: Integers) -> pd.DataFrame:
    """Long data of some units without holes, each filled from its cohort's additive fit."""
    values, cohort = sample.outcome.to_numpy()[rows].copy(), sample.cohort[rows]
    for start in set(cohort):
        own = cohort == start
        values[own], _ = fill(values[own], values.shape[1])
    return pd.DataFrame(
        {
            "unit": np.repeat(rows, len(sample.times)),
            "period": np.tile(sample.times, len(rows)),
            "value": values.ravel(),
            "first_treated": np.repeat(cohort, len(sample.times)),
        }
    )
