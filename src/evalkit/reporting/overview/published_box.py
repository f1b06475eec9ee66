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


def region(bundle: Bundle) -> Piece:
    """The answers on the region; empty where none was published."""
    answers = [answer for answer in bundle.answers if answer.region == bundle.evaluation.region]
    verdicts = [
        _why(finding.indicator, finding.conclusion.verdict, finding.conclusion.conditions, vocabulary.CONDITIONS)
        for finding in bundle.primary
        if answers
    ]
    return _box(answers, bundle, verdicts)


def programme(bundle: Bundle) -> Piece:
    """The answers on all regions together; empty where none was published."""
    answers = [answer for answer in bundle.answers if answer.region == "_programme"]
    primary = bundle.evaluation.assessment.indicators.primary
    verdicts = [
        _why(result.indicator, result.conclusion.verdict, result.conclusion.conditions, vocabulary.PROGRAMME_CONDITIONS)
        for result in bundle.programme
        if answers and result.indicator.id in primary
    ]
    return _box(answers, bundle, verdicts)


def _box(answers: Sequence[PublishedAnswer], bundle: Bundle, verdicts: Iterable[Html]) -> Piece:
    if not answers:
        return Html("")
    columns = heads("Method", "Published:n", "This report:n", "Comparison", "Source of the published figure:w")
    results = bundle.results[bundle.results["analysis"].isin(["did", "programme"])]
    rows = [_row(answer, bundle.evaluation.indicators[answer.indicator], results) for answer in answers]
    caption = say("Published results and this report's")
    simulated = bool(results["data_status"].isin(["simulated", "mixed"]).any())
    shown = Table.of("published-answers-table", caption, columns, rows, simulated, stacked=True)
    note = say(
        "The judgement rests on one method that is fixed for all reports before results are known, not on the method "
        "that happens to be the most precise here."
    )
    return stacked(shown, bullets(verdicts), paragraphs(note))


def _row(answer: PublishedAnswer, indicator: Indicator, results: pd.DataFrame) -> list[object]:
    match = (results[["indicator", "method", "term"]] == [answer.indicator, answer.method, answer.term]).all(axis=1)
    own = results.loc[match & results["estimate"].notna(), "estimate"]
    value = float(own.iloc[0]) if len(own) else None
    name, source = wording.method(answer.method), answer.source
    if answer.term != "att":
        name += formats.in_brackets(wording.term(answer.term))
    return [
        name,
        _number(answer.value, answer.decimals, indicator),
        _number(value, answer.decimals, indicator),
        _comparison(answer, value, indicator),
        source if CHINESE.search(source) else Html(Markup('<span lang="en">{}</span>').format(source)),
    ]


def _number(value: float | None, decimals: int, indicator: Indicator) -> str:
    """On the analysis scale and as exact as the source, so that both can be laid side by side."""
    unit = translate("log points") if indicator.scale == "log" else formats.unit(indicator)
    return formats.fixed(value, decimals, signed=True, unit=f" {unit}" if unit else "")


def _comparison(answer: PublishedAnswer, value: float | None, indicator: Indicator) -> str | Html:
    if value is None:
        return translate("not estimated in this report")
    if abs(value - answer.value) <= 0.5 * 10**-answer.decimals + 1e-9:
        return translate("the same to the digits printed")
    return say("differs by {difference}", difference=_number(value - answer.value, max(answer.decimals, 2), indicator))


def _why(indicator: Indicator, verdict: str, conditions: Sequence[Condition], wording_of: Mapping[str, str]) -> Html:
    """The judgement with the conditions that do not hold."""
    failed = [translate(wording_of[condition.code]) for condition in conditions if condition.holds is False]
    facts = {"name": indicator.name[language()], "verdict": translate(chips.EFFECTS[verdict][2])}
    if not failed:
        return say("{name}: {verdict}.", **facts)
    return say("{name}: {verdict}, as these conditions do not hold: {list}.", **facts, list=commas(failed))
