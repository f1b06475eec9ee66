"""Borrowed strength: each region's own estimate and those of all regions, shrunk together.

Own estimates scatter around the regions' true effects; where many regions started the same reform, their mean and
spread say what to expect of one more. The best estimate is between the two. Its interval is the robust one of
Armstrong, Kolesár & Plagborg-Møller (2022, Econometrica 90(6)): its average coverage over regions is 95 % whatever
the distribution of true effects. It is a third statement with its own certainty and never reverses a verdict.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq, linprog, minimize_scalar
from scipy.stats import norm

from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import assign
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.effects.placebo import Array
from evalkit.analysis.results import ALPHA, Estimate, Result, Withheld, reason
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation

LEAST = 10  # regions with an own estimate
MOST = 150  # more of a nation's add nothing to what is known of centre and spread
WITH_KURTOSIS = 20  # regions from which on the tails of the true effects are estimated too
METHOD, INFERENCE = "empirical_bayes", "robust"
GRID = 400  # points of the squared bias over which the least favourable distribution is looked for
DECIMALS = 2  # to which the ratio of noise to spread is rounded (upwards) before its critical value is looked up


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Best(Result):
    """A region's best estimate.

    Attributes:
        own_weight: the share of the own estimate in it.
        centre: what all regions together say.
        regions: how many regions' own estimates it rests on.
    """

    own_weight: float
    centre: float
    regions: int


@dataclass(frozen=True, slots=True)
class Own:
    """A region's own headline in short, as all regions' reports need it: a nation's placebos would fill the memory.

    Attributes:
        noise: standard deviation of its placebos. placebos: how many there are.
    """

    estimate: float
    noise: float
    placebos: int


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What the own estimates of a programme say about the true effects.

    Attributes:
        centre: their mean. variance: of true effects around it. kurtosis: of the same; None where it is not bounded.
        centre_error: standard error of the mean, with the noise of the pool that all share.
        regions: how many set it.
    """

    centre: float
    variance: float
    kurtosis: float | None
    centre_error: float
    regions: int


def estimates(
    panel: Panel, evaluation: Evaluation, findings: Sequence[Finding], flagged: Set[str] = frozenset()
) -> tuple[Result, ...]:
    """The best estimate of every primary indicator of a region, or why there is none.

    Args:
        flagged: regions whose data are in doubt; they do not set what all regions say together.
    """
    kind = str(panel.units.at[evaluation.region, "kind"])
    return tuple(
        best(finding.effect, own_estimates(panel, evaluation, finding.indicator.id, kind), flagged)
        for finding in findings
        if finding.primary
    )


def own_estimates(panel: Panel, evaluation: Evaluation, indicator: str, kind: str) -> dict[str, Own]:
    """The headline of treated units of a kind that have one, by unit; of a nation's, of so many as `MOST`."""
    full_panel = panel.whole or panel
    name = f"own estimates of {indicator}, {kind}, {full_panel.fingerprint}, {evaluation.what_if}"
    return evaluation.once(name, lambda: _own_estimates(full_panel, evaluation, indicator, kind))


def hold(panel: Panel, evaluation: Evaluation) -> None:
    """Make what every region's report needs once for a run."""
    treated = panel.units.loc[panel.units["adoption"] != "", "kind"]
    for name in evaluation.assessment.indicators.primary:
        for kind in sorted(set(treated[treated.index.isin(list(evaluation.regions))])):
            own_estimates(panel, evaluation, name, str(kind))


def _own_estimates(full_panel: Panel, evaluation: Evaluation, indicator: str, kind: str) -> dict[str, Own]:
    units = full_panel.units
    treated = units.index[(units["adoption"] != "") & (units["kind"] == kind)].tolist()
    if len(treated) < LEAST or not full_panel.exists:
        return {}
    panel = replace(full_panel, rows=full_panel.rows[full_panel.rows["indicator"] == indicator])
    chosen = treated[:: -(-len(treated) // MOST)]
    effects = {str(unit): did.att(assign(panel, replace(evaluation, region=str(unit)), indicator)) for unit in chosen}
    return {unit: own(effect) for unit, effect in effects.items() if isinstance(effect, Effect)}


def own(effect: Effect) -> Own:
    """A region's headline in short."""
    return Own(effect["att"].estimate or 0.0, noise(effect), len(effect.placebos))


def noise(effect: Effect) -> float:
    """Standard deviation of the placebo effects, the noise of the own estimate."""
    counts = effect.weights
    return float(np.sqrt(np.average(effect.placebos.to_numpy() ** 2, weights=counts)))


def spread(values: Array, errors: Array, shared: float) -> Spread:
    """Centre and spread of true effects from own estimates and their errors.

    The moment estimators of the paper with its finite-sample corrections (section 4.2), all regions weighted alike.

    Args:
        shared: variance of the noise that all errors share, that of the pool.
    """
    n, variances = len(values), errors**2
    centre = float(values.mean())
    away = (values - centre) * np.sqrt(n / (n - 1))
    floor = 2 * (variances**2).mean() / (n * variances.mean())
    variance = max(float((away**2 - variances + shared).mean()), floor)
    kurtosis = None
    if n >= WITH_KURTOSIS:
        fourth = float((away**4 - 6 * variances * away**2 + 3 * variances**2).mean())
        least = 1 + 32 * (variances**4).mean() / (variance**2 * n * (variances**2).mean())
        kurtosis = max(fourth / variance**2, least)
    error = float(np.sqrt((variance + variances.mean()) / n + shared))
    return Spread(centre, variance, kurtosis, error, n)


def shrunk(value: float, error: float, common: Spread) -> tuple[float, float, float]:
    """Best estimate, half-width of its interval, and the share of the own estimate in it."""
    weight = common.variance / (common.variance + error**2)
    ratio = float(np.ceil(error**2 / common.variance * 10**DECIMALS) / 10**DECIMALS)
    kurtosis = None if common.kurtosis is None else float(np.ceil(common.kurtosis * 10) / 10)
    own = critical_value(ratio, kurtosis) * weight * error
    centre = float(norm.ppf(1 - ALPHA / 2)) * (1 - weight) * common.centre_error
    return common.centre + weight * (value - common.centre), float(np.hypot(own, centre)), weight


@lru_cache(maxsize=4096)
def critical_value(ratio: float, kurtosis: float | None = None, alpha: float = ALPHA) -> float:
    """The critical value that covers on average whatever the distribution of the bias.

    Args:
        ratio: second moment of the bias in units of the error, error variance over variance of true effects.
        kurtosis: its fourth moment over the square of the second; None for no bound.
        alpha: one less the coverage.
    """
    if ratio == 0:
        return float(norm.ppf(1 - alpha / 2))
    top = float(np.sqrt((1 + ratio) / alpha)) + 1  # Chebyshev's bound
    return float(brentq(lambda value: worst(value, ratio, kurtosis) - alpha, 0.5, top, xtol=1e-5))


def worst(value: float, ratio: float, kurtosis: float | None) -> float:
    """The largest average non-coverage over all distributions of the bias with these moments."""
    if kurtosis is None:
        return _envelope(value, ratio)
    if kurtosis <= 1 + 1e-9:  # the squared bias is a constant
        return float(_missed(np.array([ratio]), value)[0])
    top = max(ratio * kurtosis * 4, (value + 6) ** 2)
    points = np.unique(np.concatenate([np.linspace(0, np.sqrt(top), GRID) ** 2, [ratio]]))
    scale = max(ratio, 1.0)
    moments = np.array([np.ones_like(points), points / scale])
    solution = linprog(
        -_missed(points, value),
        A_ub=[(points / scale) ** 2],
        b_ub=[kurtosis * (ratio / scale) ** 2],
        A_eq=moments,
        b_eq=[1.0, ratio / scale],
        method="highs",
    )
    return float(-solution.fun)


def _envelope(value: float, ratio: float) -> float:
    """Without a bound on the kurtosis: the concave envelope of non-coverage in the squared bias."""
    at_zero = float(_missed(np.zeros(1), value)[0])

    def slope(point: float) -> float:
        return -float((_missed(np.array([point]), value)[0] - at_zero) / point)

    touch = float(minimize_scalar(slope, bounds=(1e-8, (value + 3) ** 2), method="bounded", options={"xatol": 1e-9}).x)
    if ratio >= touch:
        return float(_missed(np.array([ratio]), value)[0])
    return at_zero - ratio * slope(touch)


def _missed(squared: Array, value: float) -> Array:
    """Non-coverage of an estimate with this squared bias, in units of its error."""
    bias = np.sqrt(squared)
    return np.asarray(norm.cdf(-value - bias) + norm.cdf(bias - value))


def best(effect: Effect | Withheld, others: Mapping[str, Own], flagged: Set[str] = frozenset()) -> Best | Withheld:
    """The best estimate of one region, or why there is none.

    Args:
        effect: the region's own headline.
        others: own headlines of all regions of its kind, itself among them.
        flagged: regions whose data are in doubt; they do not set centre and spread.
    """
    setting = {unit: headline for unit, headline in others.items() if unit not in flagged}
    if len(setting) < LEAST or not isinstance(effect, Effect):
        why = (
            effect.reason if isinstance(effect, Withheld) else reason("too_few_regions", have=len(setting), need=LEAST)
        )
        return Withheld(
            indicator=effect.indicator,
            analysis="borrowed",
            method=METHOD,
            unit=effect.unit,
            reason=why,
            data_status=effect.data_status,
            terms=("att",),
        )
    heads = list(setting.values())
    values, errors = (np.array([getattr(head, name) for head in heads]) for name in ("estimate", "noise"))
    shared = float(np.mean([head.noise**2 / head.placebos for head in heads]))
    common = spread(values, errors, shared)
    estimate, half, weight = shrunk(effect["att"].estimate or 0.0, noise(effect), common)
    return Best(
        indicator=effect.indicator,
        analysis="borrowed",
        method=METHOD,
        unit=effect.unit,
        inference=INFERENCE,
        data_status=effect.data_status,
        estimates=(Estimate("att", estimate, conf_low=estimate - half, conf_high=estimate + half),),
        own_weight=weight,
        centre=common.centre,
        regions=common.regions,
        n_treated=common.regions,
        n_comparison=effect.n_comparison,
        n_pre=effect.n_pre,
        n_post=effect.n_post,
    )
