"""Rows of results.csv for every figure of a region as its sources publish it, and those derived from them."""

from collections.abc import Sequence

from evalkit.analysis.goals.attainment import Attainment
from evalkit.analysis.goals.observed import Observation, observations
from evalkit.analysis.results import Estimate, Result, reason
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation


def rows(judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation) -> tuple[Result, ...]:
    """One result per figure that no target already reports; a fact in words has no number, with that as the reason.

    The panel is the one after disclosure control, so a hidden figure has no row.
    """
    reported = [goal for goal in judged if goal.method == "published"]
    taken = {(goal.indicator, row.period) for goal in reported for row in goal.estimates if row.term == "value"}
    own = panel.published.loc[panel.published["unit"] == evaluation.region, "indicator"]
    return tuple(
        _result(name, figure, evaluation)
        for name in dict.fromkeys(own)
        for figure in observations(panel, evaluation.region, name)
        if figure.method == "published" and (name, figure.period) not in taken
    )


def _result(indicator: str, figure: Observation, evaluation: Evaluation) -> Result:
    why = reason("only_words", period=figure.period) if figure.value is None else None
    return Result(
        indicator=indicator,
        analysis="attainment",
        method="published",
        unit=evaluation.indicators[indicator].unit,
        data_status=figure.status,
        estimates=(Estimate("value", figure.value, period=figure.period, reason=why),),
    )
