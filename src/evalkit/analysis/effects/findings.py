"""Everything that is found about one region: per indicator the design, the estimates, the checks, the conclusion."""

from dataclasses import dataclass
from html import escape

import pandas as pd

from evalkit.analysis.effects import before_after, checks, conclusion, did, synthetic
from evalkit.analysis.effects.conclusion import Conclusion
from evalkit.analysis.effects.design import Design, assign
from evalkit.analysis.results import Check, Result, Withheld, reason
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator

__all__ = ["Finding", "evaluate", "find"]


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
    def is_too_wide(self) -> bool:
        """Whether the effect is a factor whose interval spans so much that it is not shown.

        Examples:
            >>> finding.is_too_wide
            False
        """
        is_factor = isinstance(self.effect, did.Effect) and self.design.unit == "log"
        return is_factor and before_after.is_too_wide(self.design, self.effect["att"])

    @property
    def useful(self) -> did.Effect | Withheld:
        """The effect; withheld where its interval is too wide to say anything.

        Examples:
            >>> finding.useful
            Effect(county_visit_rate, did_mean, att 1.415)
        """
        if not self.is_too_wide:
            return self.effect
        return self.design.withheld("did", self.effect.method, reason("fluctuates_too_much"), "att")

    @property
    def results(self) -> tuple[Result, ...]:
        """All of it, for results.csv.

        Examples:
            >>> [result for result in finding.results if result.analysis == "did"]
            [Effect(county_visit_rate, did_mean, att 1.415), Synthetic(...), Synthetic(...)]
        """
        return (*self.changes, *self.controlled, self.effect, self.path, *self.others, *self.checks)


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
    found = checks.all(design, effect, path, *others)
    return Finding(
        design.indicator,
        indicator in evaluation.assessment.indicators.primary,
        design,
        before_after.ladder(design),
        before_after.controlled(design),
        effect,
        path,
        others,
        found,
        conclusion.draw(design.indicator, effect, found, others),
    )
