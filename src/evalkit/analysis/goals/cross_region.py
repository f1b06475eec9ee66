"""Figures of several regions in one table: which may be compared, and why others may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from evalkit.analysis.goals.attainment import Observation, observations
from evalkit.analysis.results import Reason, reason
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator


@dataclass(frozen=True, slots=True)
class Cell:
    """One region's latest figure; `reason` says why it must not be compared, None if it may be."""

    figure: Observation | None
    reason: Reason | None


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """Indicators in columns, regions in rows.

    Attributes:
        indicators: the assessment's, those that several regions publish, and families of which several are published.
        cells: by indicator, then region.
    """

    indicators: tuple[Indicator, ...]
    cells: Mapping[str, Mapping[str, Cell]]


def compare(panel: Panel, evaluation: Evaluation) -> Crossing:
    """Latest figures of every region of the assessment, each with the reason if it is not comparable."""
    figures = {
        name: {region: _latest(panel, region, name) for region in evaluation.regions}
        for name in _candidates(panel, evaluation)
    }
    with_figure = {name: [figure for figure in by_region.values() if figure] for name, by_region in figures.items()}
    families = _families(evaluation.indicators, with_figure)
    chosen = set(evaluation.assessment.chosen)
    shown = [name for name in figures if name in chosen or len(with_figure[name]) > 1 or name in families]
    cells = {name: _cells(evaluation.indicators[name], figures[name], panel.units, name in families) for name in shown}
    return Crossing(tuple(evaluation.indicators[name] for name in shown), cells)


def _candidates(panel: Panel, evaluation: Evaluation) -> list[str]:
    own = panel.published[panel.published["unit"].isin(evaluation.regions)]
    numbers = own[own["value"].notna()]["indicator"]
    return list(dict.fromkeys([*evaluation.assessment.chosen, *numbers]))


def _latest(panel: Panel, region: str, indicator: str) -> Observation | None:
    figures = reversed(observations(panel, region, indicator))
    return next((figure for figure in figures if figure.value is not None), None)


def _families(indicators: Mapping[str, Indicator], with_figure: Mapping[str, Sequence[Observation]]) -> set[str]:
    """Indicators of families with figures for several indicators: similar names, different definitions."""
    groups: dict[str, list[str]] = {}
    for name, figures in with_figure.items():
        if (family := indicators[name].comparable.family) and figures:
            groups.setdefault(family, []).append(name)
    return {name for group in groups.values() if len(group) > 1 for name in group}


def _cells(
    indicator: Indicator, figures: Mapping[str, Observation | None], units: pd.DataFrame, in_family: bool
) -> dict[str, Cell]:
    return {
        region: Cell(figure, _why_alone(indicator, region, figure, figures, units, in_family))
        for region, figure in figures.items()
    }


def _why_alone(
    indicator: Indicator,
    region: str,
    figure: Observation | None,
    figures: Mapping[str, Observation | None],
    units: pd.DataFrame,
    in_family: bool,
) -> Reason | None:
    """The first reason why a figure must not be compared with other regions; None if it may be."""
    if figure is None:
        return reason("no_figure")
    others = {other: value for other, value in figures.items() if other != region and value is not None}
    rule = indicator.comparable
    if rule.never:
        return reason("never_comparable")
    if not others:
        return reason("other_definition") if in_family else reason("only_region")
    alike = [
        other
        for other in others
        if all(str(units.at[other, name]) == str(units.at[region, name]) for name in rule.same)
    ]
    if not alike:
        return reason("other_kind")
    if figure.period not in {others[other].period for other in alike}:
        return reason("other_period")
    return None
