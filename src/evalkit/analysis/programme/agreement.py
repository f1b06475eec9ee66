"""Whether two estimators of a pooled effect come to the same answer; a failed check must be reported."""

from typing import Literal

from evalkit.analysis.results import Estimate

Agreement = Literal["agree", "only_check", "only_headline", "opposite"]


def compare(headline: Estimate, check: Estimate) -> Agreement:
    """Compare what two 95 % intervals say about zero; where one of them is missing nothing disagrees."""
    first, second = _side(headline), _side(check)
    if first is None or second is None or first == second:
        return "agree"
    if not first:
        return "only_check"
    return "only_headline" if not second else "opposite"


def _side(one: Estimate) -> int | None:
    """On which side of zero the interval lies: 1, -1, or 0 where it holds zero."""
    if one.conf_low is None or one.conf_high is None:
        return None
    return 1 if one.conf_low > 0 else -1 if one.conf_high < 0 else 0
