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
        usual: the finding with the date that the report uses.
        shifted: the finding with this date.
    """

    date: str
    reform: Text | None
    usual: Finding
    shifted: Finding

    @property
    def moved(self) -> bool:
        """Whether the judgement is another than with the usual date."""
        return self.shifted.conclusion.verdict != self.usual.conclusion.verdict


@dataclass(frozen=True, slots=True, eq=False)
class EarlySignal:
    """Region and comparison group over fewer periods than a judgement needs: a description, not an estimate."""

    indicator: Indicator
    effect: Effect
    needed: int


def dates(panel: Panel, evaluation: Evaluation, findings: Sequence[Finding]) -> tuple[OtherStart, ...]:
    """Every primary indicator with every alternative adoption date of units.csv."""
    texts = str(panel.units.at[evaluation.region, "adoption_alternatives"]).split(";")
    alternatives = [date for text in texts if (date := text.strip()) and _has_come(date, evaluation)]
    return tuple(
        OtherStart(date, None, finding, find(panel, evaluation, finding.indicator.id, date))
        for finding in findings
        if finding.primary and isinstance(finding.effect, Effect)
        for date in alternatives
    )


def reforms(panel: Panel, evaluation: Evaluation, findings: Sequence[Finding]) -> tuple[OtherStart, ...]:
    """Every dated payment reform, on the indicators that it may move."""
    return tuple(
        OtherStart(policy.date, policy.name, finding, find(panel, evaluation, finding.indicator.id, policy.date))
        for policy in second_reforms(evaluation)
        for finding in findings
        if policy.date and finding.indicator.id in policy.indicators and panel.exists
    )


def second_reforms(evaluation: Evaluation) -> list[Policy]:
    """Payment reforms of the region, without those that begin after the cut-off date."""
    payment = [policy for policy in evaluation.details.policies if policy.role == "payment"]
    return [policy for policy in payment if not policy.date or _has_come(policy.date, evaluation)]


def rows(starts: Sequence[OtherStart]) -> tuple[Check, ...]:
    """Estimates of second reforms for results.csv; those of alternative dates are among the checks already."""
    return tuple(
        Check(
            indicator=start.shifted.effect.indicator,
            analysis="check",
            method="adoption_alternative",
            unit=start.shifted.effect.unit,
            data_status=start.shifted.effect.data_status,
            inference=start.shifted.effect.inference,
            estimates=(replace(start.shifted.effect["att"], term=f"date={start.date}"),),
            n_obs=start.shifted.effect.n_obs,
            n_treated=1,
            n_comparison=start.shifted.effect.n_comparison,
            n_pre=start.shifted.effect.n_pre,
            n_post=start.shifted.effect.n_post,
        )
        for start in starts
        if start.reform and isinstance(start.shifted.effect, Effect)
    )


def early_signals(panel: Panel, evaluation: Evaluation, findings: Sequence[Finding]) -> tuple[EarlySignal, ...]:
    """Primary indicators with some complete periods after the start, but fewer than a judgement needs."""
    need = evaluation.assessment.design.minimum_post_periods
    signals = []
    for finding in findings:
        refused = finding.design.refused
        if finding.primary and refused and refused.code == "too_few_post_periods" and finding.design.post:
            effect = did.att(assign(panel, _with_any_post(evaluation), finding.indicator.id))
            if not isinstance(effect, Withheld):
                signals.append(EarlySignal(finding.indicator, effect, need))
    return tuple(signals)


def _with_any_post(evaluation: Evaluation) -> Evaluation:
    design = evaluation.assessment.design.model_copy(update={"minimum_post_periods": 1})
    return replace(evaluation, assessment=evaluation.assessment.model_copy(update={"design": design}))


def _has_come(date: str, evaluation: Evaluation) -> bool:
    as_of = evaluation.assessment.as_of
    return as_of is None or periods.first_day(date) <= as_of
