"""What would make us doubt an effect: each check is one row, passed, failed or for information."""

from dataclasses import replace

import numpy as np

from evalkit.analysis.effects import did, gaps
from evalkit.analysis.effects.design import Design, regrouped
from evalkit.analysis.effects.did import Effect, EventStudy
from evalkit.analysis.effects.placebo import around, rank_p
from evalkit.analysis.effects.synthetic import Synthetic
from evalkit.analysis.results import ALPHA, Check, Estimate, Result, Withheld, reason

__all__ = [
    "adoption_alternatives",
    "all",
    "detectable",
    "effective_donors",
    "equivalence",
    "leave_one_out",
    "placebo_time",
    "plain",
    "population_scaled",
    "pre_gap",
    "sensitivity",
    "smallest_p",
    "studentised",
    "without_mask",
]

INFORMATION = ("smallest_p", "detectable", "plain", "effective_donors", "sensitivity", "equivalence")


def all(design: Design, effect: Effect | Withheld, path: EventStudy | Withheld, *others: Result) -> tuple[Check, ...]:
    """Every check that this design allows; none where the effect itself is withheld.

    Examples:
        >>> [check.method for check in ek.checks.all(design, finding.effect, finding.path) if check.passed is False]
        []
    """
    if not isinstance(effect, Effect) or not isinstance(path, EventStudy):
        return ()
    results = [
        smallest_p(effect),
        detectable(effect),
        plain(effect),
        studentised(effect),
        pre_gap(path),
        sensitivity(effect, path),
        equivalence(effect, design),
        leave_one_out(design, effect),
    ]
    results += [effective_donors(result) for result in others if isinstance(result, Synthetic)][:1]
    again = (population_scaled(design, effect), without_mask(design, effect), placebo_time(design, effect))
    results += [check for check in again if check]
    return tuple(results + adoption_alternatives(design, effect))


def smallest_p(effect: Effect) -> Check:
    """The smallest p that a pool of this size can give, 1/(N+1); passes at 0.05 or below.

    Examples:
        >>> round(ek.checks.smallest_p(finding.effect)["value"].estimate, 3)  # 1 of 24
        0.042
    """
    return _check(effect, "smallest_p", [Estimate("value", effect.smallest_p)], effect.smallest_p <= ALPHA)


def detectable(effect: Effect) -> Check:
    """The smallest effect that the judgement would have found in 80 % of cases.

    Examples:
        >>> round(ek.checks.detectable(finding.effect)["value"].estimate, 1)  # percentage points
        3.6
    """
    size, n = effect.judgement.detectable, len(effect.placebos)
    why = reason("unbounded_interval", n=n) if size is None else None
    return _check(effect, "detectable", [Estimate("value", size, reason=why)])


def plain(effect: Effect) -> Check:
    """The placebo test without regard to how noisy each unit is: for information, it does not judge.

    Examples:
        >>> ek.checks.plain(finding.effect).tidy()[["estimate", "p_value", "conf_low", "conf_high"]].round(2)
           estimate  p_value  conf_low  conf_high
        0      1.41     0.21     -0.76       3.59
    """
    att, judged = effect["att"], effect.judgement
    low, high = around(att.estimate or 0.0, judged.plain_half, judged.plain_p)
    return _check(effect, "plain", [Estimate("att", att.estimate, None, None, judged.plain_p, low, high)])


def studentised(effect: Effect) -> Check:
    """The headline with every effect divided by the SD of its unit's pre-period gaps.

    Guards against a region noisier than its pool, where the plain p rejects far too often. Without a significant
    plain p there is nothing to guard against.

    Examples:
        >>> ek.checks.studentised(finding.effect).passed is None  # the plain p is not significant
        True
    """
    judged = effect.judgement
    estimate = Estimate("att", effect["att"].estimate, statistic=judged.ratio, p_value=judged.studentised_p)
    return _check(effect, "studentised", [estimate], _if(judged.plain_p <= ALPHA, judged.studentised_p <= ALPHA))


def population_scaled(design: Design, effect: Effect) -> Check | None:
    """The headline with every effect divided by the SD that a unit of its size may be expected to show.

    The variance of an effect is a + b / size, fitted to the placebos' squares with a, b >= 0. Small units vary
    more, and a small treated one would look special. Ferman & Pinto (2019), Rev. Econ. Stat. 101(3).

    Examples:
        >>> ek.checks.population_scaled(design, finding.effect)
        Check(county_visit_rate, population_scaled, att 1.415)
    """
    from scipy.optimize import nnls  # slow to load, and most processes of a run fit nothing

    if design.sizes is None:
        return None
    inverse = 1 / design.sizes.to_numpy(float)
    model = np.column_stack([np.ones_like(inverse), inverse * design.sizes.to_numpy(float).mean()])
    fitted, _ = nnls(model[1:], effect.placebos.to_numpy() ** 2)
    spread = np.sqrt(model @ fitted)
    if not (spread > 0).all():
        return None
    effects = np.concatenate([[effect["att"].estimate or 0.0], effect.placebos.to_numpy()]) / spread
    p_value = rank_p(effects[0], effects[1:], effect.weights)
    estimate = Estimate("att", effect["att"].estimate, statistic=float(effects[0]), p_value=p_value)
    return _check(effect, "population_scaled", [estimate], _if(effect.judgement.plain_p <= ALPHA, p_value <= ALPHA))


def pre_gap(path: EventStudy) -> Check:
    """The region's largest absolute pre-gap among the units' own largest; passes above 0.05.

    Examples:
        >>> ek.checks.pre_gap(finding.path).passed
        True
    """
    estimate = Estimate("max", path.largest_pre_gap, p_value=path.pre_gap_p)
    return _check(path, "pre_gap", [estimate], path.pre_gap_p > ALPHA)


def sensitivity(effect: Effect, path: EventStudy) -> Check:
    """How many times the largest gap before the start a bias must be to take the interval to zero.

    The idea of Rambachan & Roth (2023), relative magnitudes, with the judgement's own interval: at multiple 0 it is
    the judgement.

    Examples:
        >>> ek.checks.sensitivity(finding.effect, finding.path)["breakdown"].reason
        Reason(code='not_told_from_zero', facts=())
    """
    att, half, departure = abs(effect["att"].estimate or 0.0), effect.judgement.half, path.largest_pre_gap
    if half is None or att <= half or not departure > 0:
        return _check(effect, "sensitivity", [Estimate("breakdown", None, reason=reason("not_told_from_zero"))])
    return _check(effect, "sensitivity", [Estimate("breakdown", (att - half) / departure)])


def equivalence(effect: Effect, design: Design) -> Check:
    """The size above which effects are ruled out, by the 90 % interval; passes within the declared `negligible`.

    Examples:
        >>> round(ek.checks.equivalence(finding.effect, design)["margin"].estimate, 1)  # no effect is larger than this
        3.0
    """
    half, margin = effect.judgement.half_90, design.indicator.negligible
    if half is None:
        why = reason("unbounded_interval", n=len(effect.placebos))
        return _check(effect, "equivalence", [Estimate("margin", None, reason=why)])
    excluded = abs(effect["att"].estimate or 0.0) + half
    passed = None if margin is None else excluded <= margin
    return _check(effect, "equivalence", [Estimate("margin", excluded)], passed)


def leave_one_out(design: Design, effect: Effect) -> Check:
    """The headline without each comparison unit in turn; passes where the sign stays.

    Examples:
        >>> ek.checks.leave_one_out(design, finding.effect).tidy()[["term", "estimate"]].round(1)
          term  estimate
        0  min       1.3
        1  max       1.5
    """
    effects = gaps.without_each(design)
    low, high = float(effects.min()), float(effects.max())
    return _check(
        effect, "leave_one_out", [Estimate("min", low), Estimate("max", high)], _keeps_sign(effect, low, high)
    )


def effective_donors(result: Synthetic) -> Check:
    """How many comparison units the synthetic comparison rests on, 1 / sum of squared weights.

    Examples:
        >>> round(ek.checks.effective_donors(ek.synthetic.estimate(design))["value"].estimate)
        18
    """
    return replace(_check(result, "effective_donors", [Estimate("value", result.effective_donors)]), inference="")


def without_mask(design: Design, effect: Effect) -> Check | None:
    """The headline with the masked periods put back; passes where the sign stays.

    Examples:
        >>> ek.checks.without_mask(design, finding.effect)
        Check(county_visit_rate, without_mask, att 1.335)
    """
    if not design.masked:
        return None
    masked = {p for p in design.masked if p not in (design.left_out or {})}
    pre = tuple(sorted({*design.pre, *(p for p in masked if p < design.adoption)}))
    post = tuple(sorted({*design.post, *(p for p in masked if p >= design.adoption)}))
    return _again(effect, "without_mask", "att", regrouped(design, pre, post), keep_sign=True)


def placebo_time(design: Design, effect: Effect) -> Check | None:
    """An adoption date invented in the middle of the baseline; passes where nothing is found there.

    Examples:
        >>> ek.checks.placebo_time(design, finding.effect).passed
        True
    """
    middle = len(design.pre) // 2
    if middle < 2:
        return None
    invented = regrouped(design, design.pre[:middle], design.pre[middle:])
    return _again(effect, "placebo_time", f"date={design.pre[middle]}", invented, keep_sign=False)


def adoption_alternatives(design: Design, effect: Effect) -> list[Check]:
    """The headline with every other date on which the reform may have started; pass where the sign stays.

    Examples:
        >>> ek.checks.adoption_alternatives(design, finding.effect)  # the date is not in doubt
        []
    """
    results = [
        _again(effect, "adoption_alternative", f"date={date}", other, keep_sign=True)
        for date, other in (design.alternatives or {}).items()
        if not other.refused and other.pool
    ]
    return [check for check in results if check]


def _again(effect: Effect, method: str, term: str, design: Design, keep_sign: bool) -> Check | None:
    again = did.att(design)
    if isinstance(again, Withheld):
        return None
    estimate = again["att"]
    passed = _keeps_sign(effect, estimate.estimate or 0.0) if keep_sign else (estimate.p_value or 0.0) > ALPHA
    return _check(again, method, [replace(estimate, term=term)], passed)


def _keeps_sign(effect: Effect, *others: float) -> bool | None:
    """Whether the sign stays; None where the effect is indistinguishable from zero itself."""
    same = {np.sign(other) for other in others} == {np.sign(effect["att"].estimate or 0.0)}
    return _if((effect["att"].p_value or 0.0) <= ALPHA, same)


def _if(applies: bool, passed: bool) -> bool | None:
    return passed if applies else None


def _check(source: Result, method: str, estimates: list[Estimate], passed: bool | None = None) -> Check:
    with_p = any(estimate.p_value is not None for estimate in estimates)
    return Check(
        indicator=source.indicator,
        analysis="check",
        method=method,
        unit=source.unit,
        passed=passed,
        inference="placebo_space" if with_p else "",
        data_status=source.data_status,
        estimates=tuple(estimates),
        n_obs=source.n_obs,
        n_treated=1,
        n_comparison=source.n_comparison,
        n_pre=source.n_pre,
        n_post=source.n_post,
    )
