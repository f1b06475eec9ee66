"""The effect chip: a rule fixed beforehand, printed beside its result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evalkit.analysis.did import ALPHA, Effect
from evalkit.analysis.results import Check, Result, Withheld
from evalkit.analysis.synthetic import Synthetic
from evalkit.inputs.params import Indicator

Verdict = Literal["supported", "opposite", "uncertain", "cannot_judge", "no_direction"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the rule and whether it holds."""

    code: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The chip with the conditions that decided it; `p_value` is the larger of plain and studentised."""

    indicator: str
    verdict: Verdict
    conditions: tuple[Condition, ...] = ()
    p_value: float | None = None
    data_status: str = ""


def draw(
    indicator: Indicator, effect: Effect | Withheld, checks: Sequence[Check], others: Sequence[Result]
) -> Conclusion:
    """Apply the rule to one primary indicator.

    `supported` needs every condition: the larger of the plain and the studentised p at most 0.05, no
    unusual pre-gap, the sign kept by synthetic DiD, by every left-out comparison unit and without the
    mask, and a favourable sign; `opposite` the same with an unfavourable one.
    """
    if not isinstance(effect, Effect):
        return Conclusion(indicator.id, "cannot_judge", data_status=effect.data_status)
    att = effect["att"].estimate or 0.0
    by_method = {check.method: check for check in checks}
    p_value = max(effect["att"].p_value or 1.0, by_method["studentised"]["att"].p_value or 1.0)
    if effect.smallest_p > ALPHA:
        return Conclusion(indicator.id, "cannot_judge", (), p_value, effect.data_status)
    if indicator.better == "none":
        return Conclusion(indicator.id, "no_direction", (), p_value, effect.data_status)
    synthetic = [
        result["att"].estimate or 0.0
        for result in others
        if isinstance(result, Synthetic) and result.method == "synthetic_did"
    ]
    conditions = (
        Condition("p_value", p_value <= ALPHA),
        Condition("pre_gap", bool(by_method["pre_gap"].passed)),
        Condition("synthetic_did", bool(synthetic) and bool(np.sign(synthetic[0]) == np.sign(att))),
        Condition("leave_one_out", bool(by_method["leave_one_out"].passed)),
        Condition("without_mask", "without_mask" not in by_method or bool(by_method["without_mask"].passed)),
    )
    favourable = (att > 0) == (indicator.better == "higher")
    decided: Verdict = "supported" if favourable else "opposite"
    verdict = decided if all(condition.holds for condition in conditions) else "uncertain"
    return Conclusion(indicator.id, verdict, conditions, p_value, effect.data_status)
