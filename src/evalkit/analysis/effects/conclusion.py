"""The effect chip and its certainty: a rule fixed before results are known, printed with its result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.synthetic import Synthetic
from evalkit.analysis.results import ALPHA, Check, Result, Withheld
from evalkit.project.params import Indicator

__all__ = ["RULE", "Conclusion", "draw"]

Verdict = Literal["supported", "opposite", "uncertain", "cannot_judge", "no_direction"]
Certainty = Literal["high", "moderate", "low", "very_low"]
# The rule: what must hold for `supported` and `opposite`; the sign of the effect decides between the two.
RULE = ("p_value", "pre_gap", "synthetic_did", "leave_one_out", "without_mask")
# Observational evidence starts low (GRADE); each of these takes it a step down, to very low at the least.
DOWNGRADES = {
    "p_value": "imprecise",
    "pre_gap": "unlike_before",
    "synthetic_did": "sign_changes",
    "leave_one_out": "hangs_on_one",
    "without_mask": "hangs_on_mask",
    "placebo_time": "found_where_nothing_happened",
}
# Maryland Scientific Methods Scale, Sherman et al. (1997): with a comparison group; before/after alone would be 2.
COMPARISON_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the rule and whether it holds; None if open, as the effect is indistinguishable from zero."""

    code: str
    holds: bool | None


@dataclass(frozen=True, slots=True, repr=False)
class Conclusion:
    """The chip, with all that decided it.

    Attributes:
        conditions: those of `RULE`, in its order; empty if nothing could be judged.
        p_value: that of the estimate, the larger of plain and studentised.
        certainty: GRADE word; None without a judgement.
        reasons: codes of the steps down.
        level: of the design on the Maryland Scientific Methods Scale; None if nothing was estimated.

    Examples:
        >>> finding.conclusion
        Conclusion(county_visit_rate, uncertain, certainty very_low)
        >>> finding.conclusion.reasons
        ('imprecise',)
    """

    indicator: str
    verdict: Verdict
    conditions: tuple[Condition, ...] = ()
    p_value: float | None = None
    data_status: str = ""
    certainty: Certainty | None = None
    reasons: tuple[str, ...] = ()
    level: int | None = None

    def __repr__(self) -> str:
        certainty = f", certainty {self.certainty}" if self.certainty else ""
        return f"Conclusion({self.indicator}, {self.verdict}{certainty})"

    def _repr_html_(self) -> str:
        holds = {condition.code: "holds" if condition.holds else "fails" for condition in self.conditions}
        facts = {"verdict": self.verdict, "p": self.p_value, "certainty": self.certainty, **holds}
        shown = {name: fact for name, fact in facts.items() if fact is not None}
        return str(pd.Series(shown, dtype=object).to_frame().to_html(header=False))


def draw(
    indicator: Indicator, effect: Effect | Withheld, checks: Sequence[Check], others: Sequence[Result]
) -> Conclusion:
    """Apply the rule to one indicator.

    `supported` needs every condition of `RULE`: the larger of the plain and the studentised p at most 0.05,
    no unusual pre-gap, the sign kept by synthetic DiD, by every left-out comparison unit and without the
    mask, and a favourable sign; `opposite` the same with an unfavourable one.

    Examples:
        >>> ek.conclusion.draw(design.indicator, finding.effect, finding.checks, finding.others).verdict
        'uncertain'
    """
    if not isinstance(effect, Effect):
        return Conclusion(indicator.id, "cannot_judge", data_status=effect.data_status)
    by_method = {check.method: check for check in checks}
    p_value = effect["att"].p_value or 1.0
    if effect.smallest_p > ALPHA or indicator.better == "none":
        gone: Verdict = "cannot_judge" if effect.smallest_p > ALPHA else "no_direction"
        return Conclusion(indicator.id, gone, (), p_value, effect.data_status, level=COMPARISON_LEVEL)
    att = effect["att"].estimate or 0.0
    significant = p_value <= ALPHA
    holds: dict[str, bool | None] = {
        "p_value": significant,
        "pre_gap": by_method["pre_gap"].passed,
        "synthetic_did": _keeps_sign(att, others) if significant else None,
        "leave_one_out": by_method["leave_one_out"].passed,
        "without_mask": by_method["without_mask"].passed if "without_mask" in by_method else significant or None,
    }
    favourable: Verdict = "supported" if (att > 0) == (indicator.better == "higher") else "opposite"
    in_time = by_method.get("placebo_time")
    failed = {
        **{code: is_met is False for code, is_met in holds.items()},
        "placebo_time": in_time is not None and not in_time.passed,
    }
    reasons = tuple(DOWNGRADES[code] for code, is_failed in failed.items() if is_failed)
    return Conclusion(
        indicator.id,
        favourable if all(holds.values()) else "uncertain",
        tuple(Condition(code, holds[code]) for code in RULE),
        p_value,
        effect.data_status,
        "very_low" if reasons else "low",
        reasons,
        COMPARISON_LEVEL,
    )


def _keeps_sign(att: float, others: Sequence[Result]) -> bool:
    """Whether synthetic DiD points the same way; without one the condition does not hold."""
    twins = [other for other in others if isinstance(other, Synthetic) and other.method == "synthetic_did"]
    return bool(twins) and bool(np.sign(twins[0]["att"].estimate or 0.0) == np.sign(att))
