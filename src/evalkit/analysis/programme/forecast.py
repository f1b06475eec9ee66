"""What an assessment will be able to say: regions with a judgement, what the others lack, detectable effects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from pandas.api.types import is_numeric_dtype

from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import assign
from evalkit.analysis.effects.indicator_values import without_logarithm
from evalkit.analysis.results import Reason, Withheld
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.project.params import Indicator

MOST = 60  # regions that are tried; of a nation's, evenly chosen ones
NO_LEVELS = ("unit", "name_zh", "name_en", "kind", "adoption", "adoption_precision", "adoption_alternatives")


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


def forecast(full_panel: Panel, evaluation: Evaluation) -> Iterator[Forecast]:
    """Every primary indicator; the estimates themselves are made and not shown."""
    chosen = evaluation.regions[:: -(-len(evaluation.regions) // MOST)]
    for name in evaluation.assessment.indicators.primary:
        panel = replace(full_panel, rows=full_panel.rows[full_panel.rows["indicator"] == name])
        if evaluation.assessment.design.covariates:  # these may be other indicators
            panel = full_panel
        yield _of_indicator(panel, evaluation, name, chosen)


def levels(full_panel: Panel, evaluation: Evaluation) -> list[str]:
    """Columns of units.csv that look like the level at which the reform was assigned.

    Regions of one kind with the same value always start together: at least twice with the reform and once without,
    and in at least two regions each time. Regions that start unit by unit do so by chance only in very small tables.
    """
    units, design = full_panel.units, evaluation.assessment.design
    if design.cluster:
        return []
    kinds = set(units.loc[units.index.isin(list(evaluation.regions)), "kind"])
    table = units[units["kind"].isin(kinds)]
    columns = [name for name in table.columns if name not in NO_LEVELS and not is_numeric_dtype(table[name])]
    return [str(name) for name in columns if _is_level(table[table[name] != ""], name)]


def _is_level(table: pd.DataFrame, column: str) -> bool:
    grouped = table.groupby(["kind", column])["adoption"]
    starts, together = grouped.nunique(), grouped.first()[grouped.size() >= 2]
    return bool((starts <= 1).all() and (together != "").sum() >= 2 and (together == "").any())


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
