"""Stamps of what was fixed before results were known, and later changes to it."""

import datetime as dt
from typing import Literal

from evalkit.analysis.goals import observed
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.project.frozen import Figure, Frozen, FrozenRegion, fingerprint

Part = Literal["plan", "targets", "baseline", "primary", "design"]
DIGITS = 6  # decimals hashed, since the last bits of a sum may differ between machines


def freeze(evaluation: Evaluation, panel: Panel, date: dt.date) -> Frozen:
    """The current stamps of an assessment and all its regions."""
    assessment = evaluation.assessment
    regions = {region: of(of_region(evaluation, region), panel) for region in evaluation.regions}
    design, primary = fingerprint(assessment.design), assessment.indicators.primary
    return Frozen(date=date, primary=primary, design=design, disclosure=assessment.hides, regions=regions)


def of(evaluation: Evaluation, panel: Panel) -> FrozenRegion:
    """The current stamps of one region."""
    judged = [target.indicator for target in evaluation.targets]
    judged += [guard.indicator for guard in evaluation.details.plan.guards]
    names = dict.fromkeys([*evaluation.assessment.chosen, *judged])
    figures = {
        name: observed.figures(panel, evaluation, evaluation.indicators[name], evaluation.region) for name in names
    }
    values = {name: round(seen.baseline, DIGITS) for name, seen in figures.items() if seen.baseline is not None}
    latest = {
        name: Figure(period=seen.latest.period, value=round(seen.latest.value, DIGITS))
        for name, seen in figures.items()
        if seen.latest is not None and seen.latest.value is not None
    }
    return FrozenRegion(
        plan=fingerprint(evaluation.details.plan),
        targets=fingerprint(evaluation.targets),
        baseline=fingerprint(values),
        values=values,
        figures=latest,
    )


def may_show(evaluation: Evaluation, panel: Panel, indicator: str) -> bool:
    """Whether a frozen value may be shown with the current one: the disclosure rule is the same and hides neither.

    A value hidden now could otherwise be derived from a mean or a sum that was frozen when it was not hidden.
    """
    frozen, hidden = evaluation.frozen, panel.hidden
    if frozen is None or frozen.disclosure != evaluation.assessment.hides:
        return False
    return not ((hidden["unit"] == evaluation.region) & (hidden["indicator"] == indicator)).any()


def changed(evaluation: Evaluation, panel: Panel) -> tuple[Part, ...]:
    """The parts of one region that differ from its stamps; none if it was never frozen."""
    frozen = evaluation.frozen
    if frozen is None or evaluation.region not in frozen.regions:
        return ()
    then, now = frozen.regions[evaluation.region], of(evaluation, panel)
    # Compare only frozen indicators: adding one later is not a change of the baseline.
    values = {name: now.values.get(name) for name in then.values}
    assessment = evaluation.assessment
    same: dict[Part, bool] = {
        "plan": then.plan == now.plan,
        "targets": then.targets == now.targets,
        "baseline": then.baseline == fingerprint(values),
        "primary": set(frozen.primary) == set(assessment.indicators.primary),
        "design": frozen.design == fingerprint(assessment.design),
    }
    return tuple(part for part, is_same in same.items() if not is_same)
