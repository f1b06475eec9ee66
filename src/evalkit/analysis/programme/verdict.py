"""The chip of the programme: like a region's, a rule fixed before results are known, printed with its result."""

from dataclasses import dataclass

import numpy as np

from evalkit.analysis.effects.conclusion import Condition, Verdict
from evalkit.analysis.programme.long_base import LongBase
from evalkit.analysis.results import ALPHA, Estimate, Result, Withheld
from evalkit.project.params import Indicator

# What must hold for `supported` and `opposite`; the sign of the effect decides between the two.
RULE = ("p_value", "pre_path", "other_base", "other_estimator", "every_cohort", "imputation")
APART = ("other_base", "other_estimator")  # where the estimators differ beyond chance nothing can be judged


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The chip with all that decided it; `conditions` are those of `RULE`, empty where no p could be had."""

    indicator: str
    verdict: Verdict
    conditions: tuple[Condition, ...] = ()
    p_value: float | None = None
    data_status: str = ""


def draw(indicator: Indicator, headline: Result, imputation: Result | None) -> Conclusion:
    """Apply the rule to one pooled effect.

    `supported` needs p at most 0.05, no unusual path before the start, the sign kept without any one cohort and by
    the imputation estimator, and a favourable sign. Where the estimate differs beyond chance from that with one base
    period or from imputation, nothing can be judged.
    """
    if not isinstance(headline, LongBase) or headline["group"].conf_low is None:
        return Conclusion(indicator.id, "cannot_judge", data_status=headline.data_status)
    effect, p_value = headline["group"].estimate or 0.0, headline["group"].p_value
    if indicator.better == "none" or p_value is None:
        return Conclusion(indicator.id, "no_direction", (), p_value, headline.data_status)
    significant = p_value <= ALPHA
    holds: dict[str, bool | None] = {
        "p_value": significant,
        "pre_path": None if headline.pre_path_p is None else headline.pre_path_p > ALPHA,
        "other_base": _agree_with(headline.other_base),
        "other_estimator": _agree_with(headline.other_estimator),
        "every_cohort": all(_same_sign(effect, rest) for rest in headline.without.values()) if significant else None,
        "imputation": _agrees(effect, imputation) if significant else None,
    }
    favourable: Verdict = "supported" if (effect > 0) == (indicator.better == "higher") else "opposite"
    clear = significant and all(is_met is not False for is_met in holds.values())
    drawn: Verdict = favourable if clear else "uncertain"
    if any(holds[code] is False for code in APART):
        drawn = "cannot_judge"
    conditions = tuple(Condition(code, holds[code]) for code in RULE)
    return Conclusion(indicator.id, drawn, conditions, p_value, headline.data_status)


def _agree_with(difference: Estimate | None) -> bool | None:
    """Whether another estimator differs by no more than chance; None where that could not be tested."""
    return None if difference is None or difference.p_value is None else difference.p_value > ALPHA


def _agrees(effect: float, imputation: Result | None) -> bool:
    """Whether imputation points the same way; without it the condition does not hold."""
    if imputation is None or isinstance(imputation, Withheld):
        return False
    return _same_sign(effect, imputation["simple"].estimate or 0.0)


def _same_sign(effect: float, other: float) -> bool:
    return bool(np.sign(effect) == np.sign(other))
