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
    known = {name: [figure for figure in found.values() if figure] for name, found in figures.items()}
    families = _families(evaluation.indicators, known)
    chosen = set(evaluation.assessment.chosen)
    shown = [name for name in figures if name in chosen or len(known[name]) > 1 or name in families]
    listed = tuple(evaluation.indicators[name] for name in shown)
    return Crossing(listed, {one.id: _cells(one, figures[one.id], panel.units, one.id in families) for one in listed})


def _candidates(panel: Panel, evaluation: Evaluation) -> list[str]:
    own = panel.published[panel.published["unit"].isin(evaluation.regions)]
    numbers = own[own["value"].notna()]["indicator"]
    return list(dict.fromkeys([*evaluation.assessment.chosen, *numbers]))


def _latest(panel: Panel, region: str, indicator: str) -> Observation | None:
    return next((one for one in reversed(observations(panel, region, indicator)) if one.value is not None), None)


def _families(indicators: Mapping[str, Indicator], known: Mapping[str, Sequence[Observation]]) -> set[str]:
    """Indicators of families with figures for several indicators: similar names, different definitions."""
    groups: dict[str, list[str]] = {}
    for name, found in known.items():
        if (family := indicators[name].comparable.family) and found:
            groups.setdefault(family, []).append(name)
    return {name for group in groups.values() if len(group) > 1 for name in group}


def _cells(
    about: Indicator, figures: Mapping[str, Observation | None], units: pd.DataFrame, in_family: bool
) -> dict[str, Cell]:
    return {
        region: Cell(figure, _why_alone(about, region, figure, figures, units, in_family))
        for region, figure in figures.items()
    }


def _why_alone(
    about: Indicator,
    region: str,
    figure: Observation | None,
    figures: Mapping[str, Observation | None],
    units: pd.DataFrame,
    in_family: bool,
) -> Reason | None:
    """The first reason why a figure must not be compared with any other region's; None if there is none."""
    if figure is None:
        return reason("no_figure")
    others = {other: one for other, one in figures.items() if other != region and one is not None}
    rule = about.comparable
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
