"""The same analysis with another start: dates in doubt, a second reform on another date, an early look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalkit import periods
from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import assign
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding, find
from evalkit.analysis.results import Check, Withheld
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator, Text
from evalkit.project.region_file import Policy


@dataclass(frozen=True, slots=True, eq=False)
class OtherStart:
    """What is found for one indicator when the reform is taken to have started on `date`.

    Attributes:
        reform: the second reform's name where the date is its own; None where the date is in doubt.
        usual: what is found with the date that the report uses.
    """

    date: str
    reform: Text | None
    usual: Finding
    found: Finding

    @property
    def moved(self) -> bool:
        """Whether the judgement is another than with the usual date."""
        return self.found.conclusion.verdict != self.usual.conclusion.verdict


@dataclass(frozen=True, slots=True, eq=False)
class EarlySignal:
    """Region and comparison group over fewer periods than a judgement needs: a description, not an estimate."""

    indicator: Indicator
    effect: Effect
    needed: int


def dates(panel: Panel, evaluation: Evaluation, findings: Sequence[Finding]) -> tuple[OtherStart, ...]:
    """Every primary indicator with every alternative adoption date of units.csv."""
    listed = str(panel.units.at[evaluation.region, "adoption_alternatives"]).split(";")
    known = [date for text in listed if (date := text.strip()) and _has_come(date, evaluation)]
    return tuple(
        OtherStart(date, None, one, find(panel, evaluation, one.indicator.id, date))
        for one in findings
        if one.primary and isinstance(one.effect, Effect)
        for date in known
    )


def reforms(panel: Panel, evaluation: Evaluation, findings: Sequence[Finding]) -> tuple[OtherStart, ...]:
    """Every dated payment reform, on the indicators that it may move."""
    return tuple(
        OtherStart(policy.date, policy.name, one, find(panel, evaluation, one.indicator.id, policy.date))
        for policy in second_reforms(evaluation)
        for one in findings
        if policy.date and one.indicator.id in policy.indicators and panel.exists
    )


def second_reforms(evaluation: Evaluation) -> list[Policy]:
    """Payment reforms of the region, without those that begin after the cut-off date."""
    found = [policy for policy in evaluation.details.policies if policy.role == "payment"]
    return [policy for policy in found if not policy.date or _has_come(policy.date, evaluation)]


def rows(starts: Sequence[OtherStart]) -> tuple[Check, ...]:
    """Estimates of second reforms for results.csv; those of alternative dates are among the checks already."""
    return tuple(
        Check(
            indicator=one.found.effect.indicator,
            analysis="check",
            method="adoption_alternative",
            unit=one.found.effect.unit,
            data_status=one.found.effect.data_status,
            inference=one.found.effect.inference,
            estimates=(replace(one.found.effect["att"], term=f"date={one.date}"),),
            n_obs=one.found.effect.n_obs,
            n_treated=1,
            n_comparison=one.found.effect.n_comparison,
            n_pre=one.found.effect.n_pre,
            n_post=one.found.effect.n_post,
        )
        for one in starts
        if one.reform and isinstance(one.found.effect, Effect)
    )


def early_signals(panel: Panel, evaluation: Evaluation, findings: Sequence[Finding]) -> tuple[EarlySignal, ...]:
    """Primary indicators with some complete periods after the start, but fewer than a judgement needs."""
    need = evaluation.assessment.design.minimum_post_periods
    found = []
    for one in findings:
        refused = one.design.refused
        if one.primary and refused and refused.code == "too_few_post_periods" and one.design.post:
            effect = did.att(assign(panel, _with_any_post(evaluation), one.indicator.id))
            if not isinstance(effect, Withheld):
                found.append(EarlySignal(one.indicator, effect, need))
    return tuple(found)


def _with_any_post(evaluation: Evaluation) -> Evaluation:
    design = evaluation.assessment.design.model_copy(update={"minimum_post_periods": 1})
    return replace(evaluation, assessment=evaluation.assessment.model_copy(update={"design": design}))


def _has_come(date: str, evaluation: Evaluation) -> bool:
    as_of = evaluation.assessment.as_of
    return as_of is None or periods.first_day(date) <= as_of
