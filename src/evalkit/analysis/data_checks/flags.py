"""What a check of the data says: which unit is unusual, in what, when, by how much, and what that does."""

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "anticipation",
    "spillover",
    "merger",
    "bunching",
    "trend",
    "definition_break",
    "missing",
    "repeated_year",
    "gap_period",
    "year_end",
]
Consequence = Literal[
    "baseline_holds_effect",
    "comparison_gains_too",
    "not_the_same_unit",
    "target_met_on_paper",
    "trend_taken_for_effect",
    "comparison_drifts",
    "step_taken_for_effect",
    "declared",
    "missing_selects",
    "year_not_observed",
    "period_absent",
    "stands_at_year_end",
]
RATE = 0.02  # of units in order that one check may flag; every check states how it keeps to it
# A comparison unit that gains too is the fault hardest to see and a needless flag costs only one more estimate
# without the unit, so this check screens: it flags more units in order than the others (`RATE`).
SCREENED = 0.1


@dataclass(frozen=True, slots=True)
class Flag:
    """One unit that one check finds unusual.

    Attributes:
        unit: code of the unit; of a shift that a whole stratum shares, the stratum.
        indicators, periods: in what and when, as far as it can be told.
        statistic, threshold: what was measured and what it exceeds; None where a break is only declared.
        consequence: what it does to the evaluation.
        units: the codes of all units that it holds for.
    """

    check: Code
    unit: str
    indicators: tuple[str, ...]
    periods: tuple[str, ...]
    statistic: float | None
    threshold: float | None
    consequence: Consequence
    units: tuple[str, ...] = ()

    @property
    def declared(self) -> bool:
        """Whether the assessment's parameters already know of it: information, not a fault."""
        return self.consequence == "declared"
