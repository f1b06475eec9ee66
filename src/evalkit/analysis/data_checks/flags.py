"""Flags, the results of data checks: unit, indicators, periods, size and consequence."""

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
RATE = 0.02  # share of correct units that one check may flag; each check documents how it keeps to this rate
# Spillover is the fault hardest to detect, and a false flag costs only one more estimate without the unit. So that
# check screens: it may flag a larger share of correct units.
SCREENED = 0.1


@dataclass(frozen=True, slots=True)
class Flag:
    """A unit that one check finds unusual.

    Attributes:
        unit: code of the unit; for a shift common to a stratum, the stratum.
        indicators, periods: the figures concerned, as far as they can be determined.
        statistic, threshold: the measured value and the threshold it passes; None for a declared break.
        consequence: what it means for the evaluation.
        units: codes of all units concerned.
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
        """Whether the parameters declare it: then it is information, not a fault."""
        return self.consequence == "declared"
