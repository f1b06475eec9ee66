"""The first screen of a report: the answer, and one row for each primary indicator with an estimate."""

from collections.abc import Sequence

from evalkit.analysis.bundle import Bundle
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals.attainment import ORDER, Attainment, observations
from evalkit.analysis.goals.observed import Figures, Observation
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.answer import effect_words, goal_words, source_words
from evalkit.reporting.answer.card import MOST, Answer
from evalkit.reporting.elements import sparklines, tables, terms
from evalkit.reporting.elements.html import small
from evalkit.reporting.elements.parts import EMPTY, Piece
from evalkit.reporting.elements.sparklines import Axis
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, commas, say, semicolons, translate
from evalkit.reporting.region import boxes, goal_cells, goal_tables, ledgers


def answer(found: Bundle) -> Answer:
    """The answer of a region's report, from what was found."""
    evaluation, primary = found.evaluation, found.primary
    goals, effect = goal_words.clause(found.goals), effect_words.clause(primary, found.goals)
    held, newest = effect_words.certainty(primary), source_words.newest(found.panel, evaluation)
    line = say("{goals}; {effect}.", goals=goals, effect=effect)
    basis = say("Certainty: {certainty}. Newest figure: {newest}.", certainty=held, newest=newest)
    with terms.explained() as used:
        cards = (
            goal_words.card(found.goals, found.references, evaluation),
            effect_words.card(primary, found.headlines, evaluation),
            effect_words.certainty_card(primary),
        )
        sentences = tuple(filter(None, _sentences(found)))[:MOST]
    return Answer(line, basis, cards, sentences, terms.meanings(used))


def _sentences(found: Bundle) -> list[Html]:
    """What is behind the cards: the region's own estimates, those of all regions, or what the sources report."""
    evaluation, primary = found.evaluation, found.primary
    named = [*(one.indicator.id for one in primary), *(one.indicator for one in found.goals)]
    is_incomplete = bool(boxes.not_received(found.goals, found.findings, found.panel, evaluation))
    return [
        source_words.sources(evaluation),
        effect_words.own(primary),
        effect_words.programme_sentence(found.headlines, evaluation, with_verdict=False),
        effect_words.best_sentence(found.best, evaluation),
        source_words.achievements(found.panel, evaluation, named),
        ledgers.sentence(evaluation),
        source_words.needed("#not-received") if is_incomplete else Html(""),
    ]


def _goal(indicator: Indicator, judged: Sequence[Attainment]) -> Attainment | None:
    """The target of an indicator that is furthest from being met."""
    own = [one for one in judged if one.indicator == indicator.id]
    return min(own, key=lambda one: ORDER.index(one.goal), default=None)


def _rank(goal: Attainment | None) -> int:
    return ORDER.index(goal.goal) if goal else len(ORDER)


def _latest(
    indicator: Indicator, judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation
) -> Observation | None:
    """The figure that a target is judged by; without a target the last one."""
    if goal := _goal(indicator, judged):
        return goal.latest
    seen = observations(panel, evaluation.region, indicator.id)
    return next((figure for figure in reversed(seen) if figure.value is not None), None)


def glance(judged: Sequence[Attainment], findings: Sequence[Finding], panel: Panel, evaluation: Evaluation) -> Piece:
    """One row for each primary indicator: latest figure, target with its chip, effect with its chip; not met first.

    Empty where nothing is estimated: the answer then says all there is.
    """
    if not any(isinstance(one.effect, Effect) for one in findings if one.primary):
        return EMPTY
    primary = sorted((one for one in findings if one.primary), key=lambda one: _rank(_goal(one.indicator, judged)))
    columns = heads("Primary indicator", "Latest", "Trend", "Target met?", "Effect of the reform?")
    seen = goal_tables.figures([one.indicator.id for one in primary], panel, evaluation)
    over = sparklines.axis(seen.values())
    rows = [_glance_row(one, judged, panel, evaluation, seen[one.indicator.id], over) for one in primary]
    simulated = tables.is_fictional(evaluation) or any(one.effect.simulated for one in primary)
    caption = say("Primary indicators at a glance")
    return Table.of("glance-table", caption, columns, rows, simulated, stacked=True)


def _glance_row(
    one: Finding, judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation, seen: Figures, over: Axis | None
) -> list[object]:
    goal = _goal(one.indicator, judged)
    drawn = sparklines.sparkline(seen, over, goal.target if goal else None)
    return [
        goal_cells.name(one.indicator),
        goal_cells.observed(_latest(one.indicator, judged, panel, evaluation), one.indicator),
        drawn or formats.NOTHING,
        _goal_cell(goal, sum(other.indicator == one.indicator.id for other in judged), one.indicator),
        _effect_cell(one),
    ]


def _goal_cell(goal: Attainment | None, count: int, indicator: Indicator) -> Html:
    if goal is None:
        return Html.escape(translate("no target stated"))
    wanted = wording.target(goal.target, indicator)
    told = [say("target: {target}", target=wanted)]
    if goal.target.deadline:
        told = [say("{target} by {deadline}", target=wanted, deadline=formats.period(goal.target.deadline))]
    if count > 1:
        told.append(say("further targets: {n}", n=count - 1))
    return chips.goal(goal.goal) + goal_cells.LINE + small(commas(told))


def _effect_cell(one: Finding) -> Html:
    chip = chips.effect(one.conclusion.verdict)
    if not isinstance(one.effect, Effect):
        return chip
    att = one.effect["att"]
    told = [say("{effect} (no 95% interval)", effect=formats.effect(att.estimate, one.indicator))]
    if att.conf_low is not None:
        interval = formats.interval(att.conf_low, att.conf_high, one.indicator)
        effect = formats.effect(att.estimate, one.indicator)
        told = [say("{effect} (95% interval {interval})", effect=effect, interval=interval)]
    return goal_cells.LINE.join([chip, *map(small, [*told, *_certainty(one)])])


def _certainty(one: Finding) -> list[Html]:
    """How sure one may be, and which effect could have been seen at all."""
    smallest = next((check["value"].estimate for check in one.checks if check.method == "detectable"), None)
    told = []
    if one.conclusion.certainty:
        word = translate(vocabulary.CERTAINTIES[one.conclusion.certainty])
        told.append(say("certainty: {word}", word=word))
    if smallest is not None:
        told.append(say("detectable: {d}", d=formats.effect(smallest, one.indicator, signed=False)))
    return [semicolons(told)] if told else []
