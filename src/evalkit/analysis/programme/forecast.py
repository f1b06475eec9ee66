"""What an assessment will be able to say: regions with a judgement, what the others lack, detectable effects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import assign
from evalkit.analysis.effects.indicator_values import without_logarithm
from evalkit.analysis.results import Reason, Withheld
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.project.params import Indicator

MOST = 60  # regions that are tried; of a nation's, evenly chosen ones


@dataclass(frozen=True, slots=True)
class Forecast:
    """One primary indicator.

    Attributes:
        tried: how many regions were tried. regions: how many there are.
        detectable: of every region that will get a judgement, the smallest effect that it finds in 80 % of cases.
        missing: regions without a judgement, by reason.
        zeros: values of the panel that have no logarithm.
    """

    indicator: Indicator
    tried: int
    regions: int
    detectable: tuple[float, ...]
    missing: dict[Reason, tuple[str, ...]]
    zeros: int


def forecast(whole: Panel, evaluation: Evaluation) -> Iterator[Forecast]:
    """Every primary indicator; the estimates themselves are made and not shown."""
    chosen = evaluation.regions[:: -(-len(evaluation.regions) // MOST)]
    for name in evaluation.assessment.indicators.primary:
        panel = replace(whole, rows=whole.rows[whole.rows["indicator"] == name])
        if evaluation.assessment.design.covariates:  # these may be other indicators
            panel = whole
        yield _of_indicator(panel, evaluation, name, chosen)


def _of_indicator(panel: Panel, evaluation: Evaluation, name: str, chosen: Sequence[str]) -> Forecast:
    detectable, missing, indicator = [], dict[Reason, tuple[str, ...]](), evaluation.indicators[name]
    for region in chosen:
        effect = did.att(assign(panel, of_region(evaluation, region), name))
        if isinstance(effect, did.Effect) and effect.judgement.detectable is not None:
            detectable.append(effect.judgement.detectable)
            continue
        why = effect.reason if isinstance(effect, Withheld) else effect["att"].reason
        if why is not None:
            missing[why] = (*missing.get(why, ()), region)
    zeros = int(without_logarithm(panel.wide(name), indicator).to_numpy().sum())
    return Forecast(indicator, len(chosen), len(evaluation.regions), tuple(detectable), missing, zeros)
