"""Before and after: what changed in the region itself, by a ladder that asks no more than the series can give."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from evalkit import periods
from evalkit.analysis.effects import time_series
from evalkit.analysis.effects.design import Design
from evalkit.analysis.effects.gaps import as_gap, places
from evalkit.analysis.effects.time_series import Fit, Series
from evalkit.analysis.results import Estimate, Reason, Result, Withheld, reason, withheld

__all__ = ["Change", "change", "controlled", "ladder", "mean_difference", "reading", "segmented"]

ANNUAL_POINTS = 8  # up to so many annual points a change is indistinguishable from the trend
POINTS_EACH_SIDE = 4
LEVEL_ONLY = 12  # with fewer points the slope is not estimated
LONG = {"year": 24, "half": 24, "quarter": 24, "month": 36, "day": 36}  # from so many points on a local level is fitted
INFERENCE = {
    "segmented_hac": "hac",
    "segmented_ar1": "ar1",
    "segmented_quasi": "quasi",
    "segmented_persistent": "assumed",
    "local_level": "kalman",
}
WIDEST = 4.0  # a wider interval (as a factor) says nothing useful
READ_AT = ("effect_h8", "effect_h4", "level_change")  # the first of these that was estimated


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Change(Result):
    """A change of the region's own series.

    Attributes:
        series: columns period, observed, expected (the counterfactual: what the baseline would have led
            to), low, high (its 95 % interval), used (`pre`, `post`, or why the period enters neither).
        means: mean before and after, on the analysis scale.
        people: term -> (estimate, low, high) in people or cases, where the indicator counts them.
        corner: whether a variance of the state-space model was pushed to zero.
        refit: makes `model`.

    Examples:
        >>> finding.changes[0]
        Change(county_visit_rate, mean_difference, level_change 2.955)
        >>> finding.changes[1].series[["period", "observed", "expected"]].tail(1).round(1)
             period  observed  expected
        26   2022Q3      91.3      90.7
    """

    series: pd.DataFrame
    means: tuple[float, float]
    people: dict[str, tuple[float, float, float]]
    corner: bool = False
    refit: Callable[[], Any] | None = None

    @property
    def model(self) -> Any:
        """The fitted model of statsmodels, with `summary()`, `resid` and so on; None for the plain means.

        Examples:
            >>> finding.changes[1].model.nobs
            23.0
        """
        return self.refit() if self.refit else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a ladder says as a whole.

    Attributes:
        main: the result to show; the wider one if two are equally good.
        twin: the result that it was compared with, if any.
        agree: whether the two agree; None without a twin. If they disagree, neither supports a claim.
    """

    main: Change | Withheld
    twin: Change | None = None
    agree: bool | None = None


def change(design: Design) -> Change | Withheld:
    """The result to show.

    Examples:
        >>> ek.before_after.change(design).method
        'segmented_persistent'
    """
    return reading(ladder(design)).main


def ladder(design: Design) -> tuple[Change | Withheld, ...]:
    """Every method that the length and the kind of the series allow, plainest first.

    Examples:
        >>> [step.method for step in ek.before_after.ladder(design)]
        ['mean_difference', 'segmented_hac', 'segmented_quasi', 'segmented_ar1', 'segmented_persistent']
    """
    why = design.refused or _own_refusal(design)
    if why:
        return (design.withheld("before_after", "mean_difference", why, "level_change"),)
    plain = mean_difference(design)
    if _too_short(design) or not time_series.determined(series := _series(design)):
        return (plain,)
    return (plain, *_models(design, series))


def controlled(design: Design) -> tuple[Change | Withheld, ...]:
    """The same ladder on the region less its pool: what both share (season, COVID, definitions) cancels.

    Examples:
        >>> ek.before_after.controlled(design)[0]
        Change(county_visit_rate, controlled_mean_difference, level_change 1.402)
    """
    why = design.refused or (None if design.pool else reason("no_comparison_units"))
    if why:
        return (design.withheld("before_after", "controlled_mean_difference", why, "level_change"),)
    gap = as_gap(design)
    models: tuple[Change, ...] = (mean_difference(gap),)
    if not _too_short(gap) and time_series.determined(series := _series(gap)):
        models += _models(gap, series)
    return tuple(replace(model, method=f"controlled_{model.method}", n_comparison=len(design.pool)) for model in models)


def reading(changes: tuple[Change | Withheld, ...]) -> Reading:
    """Hold the last two models of a ladder against each other.

    They disagree where one 95 % interval excludes zero and the other does not, or where their signs differ. In a short
    series the last one assumes how persistent noise is; it is shown, as the others claim too much.

    Examples:
        >>> ek.before_after.reading(finding.changes).agree
        True
    """
    models = [change for change in changes if isinstance(change, Change) and change.inference]
    if models and read_at(models[-1]).estimate is None:
        return Reading(withheld(models[-1], reason("fluctuates_too_much")))
    models = [model for model in models if read_at(model).estimate is not None]
    if len(models) < 2:
        return Reading(models[0] if models else changes[-1])
    main, twin = models[-2:]
    if twin.method == "segmented_persistent":
        main, twin = twin, main
    first, second = read_at(main), read_at(twin)
    return Reading(main, twin, _claims(first) == _claims(second) and _sign(first) == _sign(second))


def mean_difference(design: Design) -> Change:
    """Mean after less mean before: a description, without any inference.

    Examples:
        >>> ek.before_after.mean_difference(design)["level_change"].estimate
        2.95...
    """
    before, after = _means(design)
    return _change(design, "mean_difference", Fit((Estimate("level_change", after - before),)))


def segmented(design: Design) -> Change:
    """Segmented regression with Newey-West errors; its `model` is the fit of statsmodels.

    Examples:
        >>> print(ek.before_after.segmented(design).model.summary())
                                    OLS Regression Results
        ...
    """
    return _change(design, "segmented_hac", time_series.hac(_series(design)))


def _models(design: Design, series: Series) -> tuple[Change, ...]:
    """Newey-West always, a count or share model if the counts are known, and a likelihood model.

    Long series get a local level model; series too short for one get AR(1) noise and a model with a fixed persistence.
    """
    points = len(design.pre) + len(design.post)
    fits: list[tuple[str, Fit | None]] = [("segmented_hac", time_series.hac(series))]
    if (quasi := _quasi(design, series)) is not None:
        fits.append(("segmented_quasi", quasi))
    if points >= LONG[periods.frequency(design.adoption)]:
        fits.append(("local_level", time_series.local_level(series)))
    else:
        fits.append(("segmented_ar1", time_series.ar1(series) if points >= LEVEL_ONLY else None))
        fits.append(("segmented_persistent", time_series.persistent(series)))
    return tuple(_change(design, method, fit) for method, fit in fits if fit is not None)


def _quasi(design: Design, series: Series) -> Fit | None:
    """Counts, and shares whose numerator and denominator are known for every period that enters."""
    if design.own is None:
        return None
    counts = design.own.reindex(series.used)
    if design.indicator.unit == "count" and design.unit == "log" and counts["value"].notna().all():
        return time_series.quasi_poisson(series, design.own["value"])
    shares = counts[["numerator", "denominator"]]
    if design.indicator.unit in ("percent", "share") and shares.notna().all(axis=None):
        factor = 100.0 if design.indicator.unit == "percent" else 1.0
        return time_series.quasi_binomial(series, design.own["numerator"], design.own["denominator"], factor)
    return None


def _series(design: Design) -> Series:
    used, start, extra = sorted([*design.pre, *design.post]), design.post[0], design.covariates
    if extra is not None:
        complete = set(extra.index[extra.notna().all(axis=1)])
        used = [name for name in used if name in complete]
    own = design.outcome.iloc[0]
    n_post = sum(name in design.post for name in used)
    return time_series.prepare(own, used, start, n_post, len(used) >= LEVEL_ONLY, extra)


def _own_refusal(design: Design) -> Reason | None:
    """What rules out a before/after comparison, even if a comparison between regions remains valid."""
    if design.own_breaks:
        return reason("definition_break", periods="; ".join(design.own_breaks))
    # An adoption inside a mask, or one period before it, is indistinguishable from what the mask is for.
    for period in (design.adoption, periods.write(periods.parse(design.adoption) + 1)):
        if mask := (design.masked or {}).get(period):
            return reason("not_separable_from_mask", mask=mask, adoption=design.adoption)
    return None


def _too_short(design: Design) -> bool:
    points = len(design.pre) + len(design.post)
    annual = periods.frequency(design.adoption) == "year"
    return (annual and points <= ANNUAL_POINTS) or min(len(design.pre), len(design.post)) < POINTS_EACH_SIDE


def read_at(change: Change) -> Estimate:
    """The estimate that a reading uses."""
    by_term = {estimate.term: estimate for estimate in change.estimates}
    return next(by_term[term] for term in READ_AT if term in by_term)


def _claims(estimate: Estimate) -> bool:
    return (estimate.conf_low or 0.0) > 0 or (estimate.conf_high or 0.0) < 0


def _sign(estimate: Estimate) -> bool:
    return (estimate.estimate or 0.0) > 0


def _useful(design: Design, estimate: Estimate) -> Estimate:
    """The estimate, or the reason where its interval is too wide; a slope spans no factor."""
    if estimate.term == "slope_change" or not is_too_wide(design, estimate):
        return estimate
    return Estimate(estimate.term, None, reason=reason("fluctuates_too_much"))


def is_too_wide(design: Design, estimate: Estimate) -> bool:
    """Whether an interval spans a factor above `WIDEST`, so that nothing useful is known."""
    if estimate.conf_low is None or estimate.conf_high is None:
        return False
    if design.unit == "log":
        return spans_too_much(estimate)
    before = _means(design)[0]
    if np.nanmin(design.outcome.to_numpy(float)[0]) < 0 or not before > 0:  # only what cannot be negative has factors
        return False
    return bool(before + estimate.conf_high > WIDEST * max(before + estimate.conf_low, 0.0))


def spans_too_much(estimate: Estimate) -> bool:
    """Whether the interval of an estimate in log points spans a factor above `WIDEST`."""
    low, high = estimate.conf_low, estimate.conf_high
    return low is not None and high is not None and high - low > math.log(WIDEST)


def _means(design: Design) -> tuple[float, float]:
    own = design.outcome.to_numpy(float)[0]
    before, after = (own[places(design, side)] for side in (design.pre, design.post))
    return float(np.mean(before)), float(np.mean(after))


def _people(design: Design, fit: Fit) -> dict[str, tuple[float, float, float]]:
    """Effects in people or cases: of a count against what was expected, of a share against its denominator."""
    if design.own is None:
        return {}
    people: dict[str, tuple[float, float, float]] = {}
    for estimate in fit.estimates:
        ahead = int(estimate.term.removeprefix("effect_h")) if estimate.term.startswith("effect_h") else 0
        if not ahead or estimate.estimate is None or estimate.conf_low is None or estimate.conf_high is None:
            continue
        period = periods.write(periods.parse(design.post[0]) + ahead - 1)
        sizes = (estimate.estimate, estimate.conf_low, estimate.conf_high)
        if design.indicator.unit == "count" and design.unit == "log" and fit.expected is not None:
            base = float(np.exp(float(fit.expected["expected"][period])))
            people[estimate.term] = tuple(base * float(np.expm1(size)) for size in sizes)  # type: ignore[assignment]
        elif design.indicator.unit in ("percent", "share"):
            base = float(design.own["denominator"].get(period, np.nan))
            factor = 100 if design.indicator.unit == "percent" else 1
            if np.isfinite(base):
                people[estimate.term] = tuple(base * size / factor for size in sizes)  # type: ignore[assignment]
    return people


@lru_cache(maxsize=64)
def _texts(words: tuple[str, ...]) -> Any:
    """A column of text; every change of a region has the same few."""
    return pd.array(list(words), dtype="str")


def _change(design: Design, method: str, fit: Fit) -> Change:
    names = tuple(design.outcome.columns.to_numpy().tolist())
    columns: dict[str, Any] = {
        "period": _texts(names),
        "observed": design.outcome.to_numpy(float)[0],
        "used": _texts(design.uses),
    }
    for column in ("expected", "low", "high"):
        columns[column] = np.full(len(names), np.nan) if fit.expected is None else fit.expected[column].to_numpy()
    return Change(
        indicator=design.indicator.id,
        analysis="before_after",
        method=method,
        unit=design.unit,
        inference=INFERENCE.get(method, ""),
        data_status=design.data_status,
        estimates=tuple(_useful(design, estimate) for estimate in fit.estimates),
        series=pd.DataFrame(columns),
        means=_means(design),
        people=_people(design, fit),
        corner=fit.corner,
        refit=fit.refit,
        n_obs=len(design.pre) + len(design.post),
        n_treated=1,
        n_pre=len(design.pre),
        n_post=len(design.post),
    )
