"""Everything that is found about one region: per indicator the design, the estimates, the checks, the conclusion."""

from dataclasses import dataclass
from html import escape
from typing import TypeVar

import pandas as pd

from evalkit.analysis.effects import before_after, checks, conclusion, did, synthetic
from evalkit.analysis.effects.conclusion import Conclusion
from evalkit.analysis.effects.design import Design, assign
from evalkit.analysis.results import Check, Result, Withheld, reason, withheld
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator

__all__ = ["Finding", "evaluate", "find", "useful"]

Estimated = TypeVar("Estimated", bound=Result)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Finding:
    """One indicator of one region.

    Attributes:
        primary: whether the verdict rests on it; exploratory indicators get no chip.
        changes: before/after results, plainest method first; each estimate may be withheld.
        controlled: the same on the region less its pool.
        others: the weighted comparisons (synthetic DiD, synthetic control).

    Examples:
        >>> finding.conclusion.verdict, finding.effect["att"].p_value < 0.05
        ('uncertain', False)
    """

    indicator: Indicator
    primary: bool
    design: Design
    changes: tuple[before_after.Change | Withheld, ...]
    controlled: tuple[before_after.Change | Withheld, ...]
    effect: did.Effect | Withheld
    path: did.EventStudy | Withheld
    others: tuple[synthetic.Synthetic | Withheld, ...]
    checks: tuple[Check, ...]
    conclusion: Conclusion

    def __repr__(self) -> str:
        rank = "primary" if self.primary else "exploratory"
        return f"Finding({self.indicator.id}, {rank}, {self.conclusion.verdict}, {self.effect!r}, {self.design!r})"

    def _repr_html_(self) -> str:
        """The estimates next to each other, each check, and what was concluded."""
        shown = [*self.changes, self.effect, *self.others, *self.checks]
        table = pd.concat([result.tidy().assign(method=result.method) for result in shown], ignore_index=True)
        return f"<p>{escape(repr(self))}</p>{table.set_index('method').to_html(na_rep='')}"

    @property
    def useful(self) -> did.Effect | Withheld:
        """The effect; withheld where it is a factor whose interval spans so much that it says nothing.

        Examples:
            >>> finding.useful
            Effect(county_visit_rate, did_mean, att 1.415)
        """
        return useful(self.effect)

    @property
    def is_too_wide(self) -> bool:
        """Whether the effect is estimated, and not shown as its interval spans so much.

        Examples:
            >>> finding.is_too_wide
            False
        """
        return self.useful is not self.effect

    @property
    def results(self) -> tuple[Result, ...]:
        """All of it, for results.csv.

        Examples:
            >>> [result for result in finding.results if result.analysis == "did"]
            [Effect(county_visit_rate, did_mean, att 1.415), Synthetic(...), Synthetic(...)]
        """
        return (*self.changes, *self.controlled, self.effect, self.path, *self.others, *self.checks)


def useful(effect: Estimated) -> Estimated | Withheld:
    """An effect; withheld where it is a factor whose interval spans so much that it says nothing.

    Examples:
        >>> ek.findings.useful(finding.effect)
        Effect(county_visit_rate, did_mean, att 1.415)
    """
    if isinstance(effect, Withheld) or effect.unit != "log" or not before_after.spans_too_much(effect["att"]):
        return effect
    return withheld(effect, reason("fluctuates_too_much"))


def evaluate(panel: Panel, evaluation: Evaluation) -> tuple[Finding, ...]:
    """Every chosen indicator of the region, primary ones first.

    Examples:
        >>> [each.indicator.id for each in ek.findings.evaluate(panel, report.evaluation)]
        ['county_visit_rate', 'primary_visits']
    """
    return tuple(find(panel, evaluation, name) for name in evaluation.assessment.chosen)


def find(panel: Panel, evaluation: Evaluation, indicator: str, adoption: str | None = None) -> Finding:
    """One indicator of the region; with `adoption`, as if the reform had started then.

    Examples:
        >>> ek.findings.find(panel, report.evaluation, "county_visit_rate", adoption="2020Q4").design.adoption
        '2020Q4'
    """
    design = assign(panel, evaluation, indicator, adoption)
    effect, path = did.att(design), did.event_study(design)
    others = tuple(synthetic.estimate(design, method) for method in ("synthetic_did", "synthetic_control"))
    results = checks.all(design, effect, path, *others)
    return Finding(
        design.indicator,
        indicator in evaluation.assessment.indicators.primary,
        design,
        before_after.ladder(design),
        before_after.controlled(design),
        effect,
        path,
        others,
        results,
        conclusion.draw(design.indicator, effect, results, others),
    )
