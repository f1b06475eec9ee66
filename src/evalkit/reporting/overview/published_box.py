"""What others have published, next to the report's own estimates, and why the rule judges as it does."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from evalkit.analysis.bundle import Bundle
from evalkit.analysis.effects.conclusion import Condition
from evalkit.project.params import Indicator
from evalkit.project.published_answers import PublishedAnswer
from evalkit.reporting.elements.html import bullets, paragraphs
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import CHINESE, Html, commas, language, say, translate


def region(found: Bundle) -> Piece:
    """The answers on the region; empty where none was published."""
    listed = [one for one in found.answers if one.region == found.evaluation.region]
    verdicts = [
        _why(one.indicator, one.conclusion.verdict, one.conclusion.conditions, vocabulary.CONDITIONS)
        for one in found.primary
        if listed
    ]
    return _box(listed, found, verdicts)


def programme(found: Bundle) -> Piece:
    """The answers on all regions together; empty where none was published."""
    listed = [one for one in found.answers if one.region == "_programme"]
    primary = found.evaluation.assessment.indicators.primary
    verdicts = [
        _why(one.indicator, one.conclusion.verdict, one.conclusion.conditions, vocabulary.PROGRAMME_CONDITIONS)
        for one in found.programme
        if listed and one.indicator.id in primary
    ]
    return _box(listed, found, verdicts)


def _box(listed: Sequence[PublishedAnswer], found: Bundle, verdicts: Iterable[Html]) -> Piece:
    if not listed:
        return Html("")
    columns = heads("Method", "Published:n", "This report:n", "Comparison", "Source of the published figure:w")
    results = found.results[found.results["analysis"].isin(["did", "programme"])]
    rows = [_row(one, found.evaluation.indicators[one.indicator], results) for one in listed]
    caption = say("Published results and this report's")
    simulated = bool(results["data_status"].isin(["simulated", "mixed"]).any())
    shown = Table.of("published-answers-table", caption, columns, rows, simulated, stacked=True)
    note = say(
        "The judgement rests on one method that is fixed for all reports before results are known, not on the method "
        "that happens to be the most precise here."
    )
    return stacked(shown, bullets(verdicts), paragraphs(note))


def _row(one: PublishedAnswer, indicator: Indicator, results: pd.DataFrame) -> list[object]:
    match = (results["indicator"] == one.indicator) & (results["method"] == one.method) & (results["term"] == one.term)
    own = results.loc[match & results["estimate"].notna(), "estimate"]
    value = float(own.iloc[0]) if len(own) else None
    name = wording.method(one.method)
    if one.term != "att":
        name += formats.in_brackets(wording.term(one.term))
    return [
        name,
        _number(one.value, one.decimals, indicator),
        _number(value, one.decimals, indicator),
        _comparison(one, value, indicator),
        Html(Markup('<span lang="en">{}</span>').format(one.source)) if not CHINESE.search(one.source) else one.source,
    ]


def _number(value: float | None, decimals: int, indicator: Indicator) -> str:
    """On the analysis scale and as exact as the source, so that both can be laid side by side."""
    unit = translate("log points") if indicator.scale == "log" else formats.unit(indicator)
    return formats.fixed(value, decimals, signed=True, unit=f" {unit}" if unit else "")


def _comparison(one: PublishedAnswer, value: float | None, indicator: Indicator) -> str | Html:
    if value is None:
        return translate("not estimated in this report")
    if abs(value - one.value) <= 0.5 * 10**-one.decimals + 1e-9:
        return translate("the same to the digits printed")
    return say("differs by {difference}", difference=_number(value - one.value, max(one.decimals, 2), indicator))


def _why(indicator: Indicator, verdict: str, conditions: Sequence[Condition], wording_of: Mapping[str, str]) -> Html:
    """The judgement with the conditions that do not hold."""
    failed = [translate(wording_of[one.code]) for one in conditions if one.holds is False]
    known = {"name": indicator.name[language()], "verdict": translate(chips.EFFECTS[verdict][2])}
    if not failed:
        return say("{name}: {verdict}.", **known)
    return say("{name}: {verdict}, as these conditions do not hold: {list}.", **known, list=commas(failed))
