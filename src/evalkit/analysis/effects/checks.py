"""What would make us doubt an effect: each check is one row, passed, failed or for information."""

from dataclasses import replace

import numpy as np
from scipy.optimize import nnls

from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import Design, regrouped
from evalkit.analysis.effects.did import Effect, EventStudy
from evalkit.analysis.effects.synthetic import Synthetic
from evalkit.analysis.results import ALPHA, Check, Estimate, Result, Withheld, reason

__all__ = [
    "adoption_alternatives",
    "all",
    "detectable",
    "effective_donors",
    "leave_one_out",
    "placebo_time",
    "population_scaled",
    "pre_gap",
    "smallest_p",
    "studentised",
    "without_mask",
]

POWER = 0.8


def all(design: Design, effect: Effect | Withheld, path: EventStudy | Withheld, *others: Result) -> tuple[Check, ...]:
    """Every check that this design allows; none where the effect itself is withheld."""
    if not isinstance(effect, Effect) or not isinstance(path, EventStudy):
        return ()
    found = [
        smallest_p(effect),
        detectable(effect),
        studentised(design, effect),
        pre_gap(path),
        leave_one_out(design, effect),
    ]
    found += [effective_donors(result) for result in others if isinstance(result, Synthetic)][:1]
    again = (population_scaled(design, effect), without_mask(design, effect), placebo_time(design, effect))
    found += [check for check in again if check]
    return tuple(found + adoption_alternatives(design, effect))


def smallest_p(effect: Effect) -> Check:
    """The smallest p that a pool of this size can give, 1/(N+1); passes at 0.05 or below."""
    return _check(effect, "smallest_p", [Estimate("value", effect.smallest_p)], effect.smallest_p <= ALPHA)


def detectable(effect: Effect) -> Check:
    """The smallest effect that this pool would have shown with p <= 0.05 in 80 % of cases."""
    placebos = effect.placebos.to_numpy()
    half = did.critical(placebos)
    if half is None:
        return _check(
            effect, "detectable", [Estimate("value", None, reason=reason("unbounded_interval", n=len(placebos)))]
        )
    # The share of |g + d| >= c changes only where d passes c - g or -c - g, so the smallest d is one of these.
    roots = np.sort(np.concatenate([half - placebos, -half - placebos]))
    roots = roots[roots >= 0]
    power = (np.abs(placebos[:, None] + roots) >= half * (1 - 1e-9)).mean(axis=0)
    return _check(effect, "detectable", [Estimate("value", float(roots[np.argmax(power >= POWER)]))])


def studentised(design: Design, effect: Effect) -> Check:
    """The headline with every effect divided by the SD of its unit's pre-period gaps.

    Guards against a region noisier than its pool, where the plain p rejects far too often.
    """
    before = design.outcome[list(design.pre)]
    gaps = did.leave_one_out_gaps(before.sub(before.mean(axis=1), axis=0).to_numpy())
    spread = np.nanstd(gaps, axis=1, ddof=1)
    effects = np.concatenate([[effect["att"].estimate or 0.0], effect.placebos.to_numpy()])
    ratios = np.divide(effects, spread, out=np.full_like(effects, np.inf), where=spread > 0)
    p_value = did.rank_p(ratios[0], ratios[1:])
    estimate = Estimate("att", effect["att"].estimate, statistic=float(ratios[0]), p_value=p_value)
    return _check(effect, "studentised", [estimate], p_value <= ALPHA)


def population_scaled(design: Design, effect: Effect) -> Check | None:
    """The headline with every effect divided by the SD that a unit of its size may be expected to show.

    The variance of an effect is a + b / size, fitted to the placebos' squares with a, b >= 0. Small units vary
    more, and a small treated one would look special. Ferman & Pinto (2019), Rev. Econ. Stat. 101(3).
    """
    if design.sizes is None:
        return None
    inverse = 1 / design.sizes.to_numpy(float)
    model = np.column_stack([np.ones_like(inverse), inverse * design.sizes.to_numpy(float).mean()])
    fitted, _ = nnls(model[1:], effect.placebos.to_numpy() ** 2)
    spread = np.sqrt(model @ fitted)
    if not (spread > 0).all():
        return None
    effects = np.concatenate([[effect["att"].estimate or 0.0], effect.placebos.to_numpy()]) / spread
    p_value = did.rank_p(effects[0], effects[1:])
    estimate = Estimate("att", effect["att"].estimate, statistic=float(effects[0]), p_value=p_value)
    return _check(effect, "population_scaled", [estimate], p_value <= ALPHA)


def pre_gap(path: EventStudy) -> Check:
    """The region's largest absolute pre-gap among the units' own largest; passes above 0.05."""
    estimate = Estimate("max", path.largest_pre_gap, p_value=path.pre_gap_p)
    return _check(path, "pre_gap", [estimate], path.pre_gap_p > ALPHA)


def leave_one_out(design: Design, effect: Effect) -> Check:
    """The headline without each comparison unit in turn; passes where the sign stays."""
    pairs = did.against_each(design.outcome, design.pre, design.post)
    found = (pairs.sum() - pairs) / (len(pairs) - 1)
    low, high = float(found.min()), float(found.max())
    return _check(effect, "leave_one_out", [Estimate("min", low), Estimate("max", high)], _same_sign(effect, low, high))


def effective_donors(result: Synthetic) -> Check:
    """How many comparison units the synthetic comparison rests on, 1 / sum of squared weights."""
    return replace(_check(result, "effective_donors", [Estimate("value", result.effective_donors)]), inference="")


def without_mask(design: Design, effect: Effect) -> Check | None:
    """The headline with the masked periods put back; passes where the sign stays."""
    if not design.masked:
        return None
    masked = {p for p in design.masked if p not in (design.left_out or {})}
    pre = tuple(sorted({*design.pre, *(p for p in masked if p < design.adoption)}))
    post = tuple(sorted({*design.post, *(p for p in masked if p >= design.adoption)}))
    return _again(effect, "without_mask", "att", regrouped(design, pre, post), keep_sign=True)


def placebo_time(design: Design, effect: Effect) -> Check | None:
    """An adoption date invented in the middle of the baseline; passes where nothing is found there."""
    middle = len(design.pre) // 2
    if middle < 2:
        return None
    invented = regrouped(design, design.pre[:middle], design.pre[middle:])
    return _again(effect, "placebo_time", f"date={design.pre[middle]}", invented, keep_sign=False)


def adoption_alternatives(design: Design, effect: Effect) -> list[Check]:
    """The headline with every other date on which the reform may have started; pass where the sign stays."""
    found = [
        _again(effect, "adoption_alternative", f"date={date}", other, keep_sign=True)
        for date, other in (design.alternatives or {}).items()
        if not other.refused and other.pool
    ]
    return [check for check in found if check]


def _again(effect: Effect, method: str, term: str, design: Design, keep_sign: bool) -> Check | None:
    again = did.att(design)
    if isinstance(again, Withheld):
        return None
    estimate = again["att"]
    passed = _same_sign(effect, estimate.estimate or 0.0) if keep_sign else (estimate.p_value or 0.0) > ALPHA
    return _check(again, method, [replace(estimate, term=term)], passed)


def _same_sign(effect: Effect, *others: float) -> bool:
    return {np.sign(other) for other in others} == {np.sign(effect["att"].estimate or 0.0)}


def _check(about: Result, method: str, found: list[Estimate], passed: bool | None = None) -> Check:
    with_p = any(estimate.p_value is not None for estimate in found)
    return Check(
        indicator=about.indicator,
        analysis="check",
        method=method,
        unit=about.unit,
        passed=passed,
        inference="placebo_space" if with_p else "",
        data_status=about.data_status,
        estimates=tuple(found),
        n_obs=about.n_obs,
        n_treated=1,
        n_comparison=about.n_comparison,
        n_pre=about.n_pre,
        n_post=about.n_post,
    )
