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


def answer(bundle: Bundle) -> Answer:
    """The answer of a region's report, from what was found."""
    evaluation, primary = bundle.evaluation, bundle.primary
    goals, effect = goal_words.clause(bundle.goals), effect_words.clause(primary, bundle.goals)
    certainty, newest = effect_words.certainty(primary), source_words.newest(bundle.panel, evaluation)
    line = say("{goals}; {effect}.", goals=goals, effect=effect)
    basis = say("Certainty: {certainty}. Newest figure: {newest}.", certainty=certainty, newest=newest)
    with terms.explained() as used:
        cards = (
            goal_words.card(bundle.goals, bundle.references, evaluation),
            effect_words.card(primary, bundle.headlines, evaluation),
            effect_words.certainty_card(primary),
        )
        sentences = tuple(filter(None, _sentences(bundle)))[:MOST]
    return Answer(line, basis, cards, sentences, terms.meanings(used))


def _sentences(bundle: Bundle) -> list[Html]:
    """What is behind the cards: the region's own estimates, those of all regions, or what the sources report."""
    evaluation, primary = bundle.evaluation, bundle.primary
    named = [*(finding.indicator.id for finding in primary), *(goal.indicator for goal in bundle.goals)]
    is_incomplete = bool(boxes.not_received(bundle.goals, bundle.findings, bundle.panel, evaluation))
    return [
        source_words.sources(evaluation),
        effect_words.own(primary),
        effect_words.programme_sentence(bundle.headlines, evaluation, with_verdict=False),
        effect_words.best_sentence(bundle.best, evaluation),
        source_words.achievements(bundle.panel, evaluation, named),
        ledgers.sentence(evaluation),
        source_words.needed("#not-received") if is_incomplete else Html(""),
    ]


def _goal(indicator: Indicator, judged: Sequence[Attainment]) -> Attainment | None:
    """The target of an indicator that is furthest from being met."""
    own = [goal for goal in judged if goal.indicator == indicator.id]
    return min(own, key=lambda goal: ORDER.index(goal.goal), default=None)


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
    if not any(isinstance(finding.effect, Effect) for finding in findings if finding.primary):
        return EMPTY
    primary = [finding for finding in findings if finding.primary]
    primary.sort(key=lambda finding: _rank(_goal(finding.indicator, judged)))
    columns = heads("Primary indicator", "Latest", "Trend", "Target met?", "Effect of the reform?")
    seen = goal_tables.figures([finding.indicator.id for finding in primary], panel, evaluation)
    over = sparklines.axis(seen.values())
    rows = [_glance_row(finding, judged, panel, evaluation, seen[finding.indicator.id], over) for finding in primary]
    simulated = tables.is_fictional(evaluation) or any(finding.effect.simulated for finding in primary)
    caption = say("Primary indicators at a glance")
    return Table.of("glance-table", caption, columns, rows, simulated, stacked=True)


def _glance_row(
    finding: Finding,
    judged: Sequence[Attainment],
    panel: Panel,
    evaluation: Evaluation,
    seen: Figures,
    over: Axis | None,
) -> list[object]:
    goal = _goal(finding.indicator, judged)
    drawn = sparklines.sparkline(seen, over, goal.target if goal else None)
    return [
        goal_cells.name(finding.indicator),
        goal_cells.observed(_latest(finding.indicator, judged, panel, evaluation), finding.indicator),
        drawn or formats.NOTHING,
        _goal_cell(goal, sum(other.indicator == finding.indicator.id for other in judged), finding.indicator),
        _effect_cell(finding),
    ]


def _goal_cell(goal: Attainment | None, count: int, indicator: Indicator) -> Html:
    if goal is None:
        return Html.escape(translate("no target stated"))
    wanted = wording.target(goal.target, indicator)
    parts = [say("target: {target}", target=wanted)]
    if goal.target.deadline:
        parts = [say("{target} by {deadline}", target=wanted, deadline=formats.period(goal.target.deadline))]
    if count > 1:
        parts.append(say("further targets: {n}", n=count - 1))
    return chips.goal(goal.goal) + goal_cells.LINE + small(commas(parts))


def _effect_cell(finding: Finding) -> Html:
    chip = chips.effect(finding.conclusion.verdict)
    if not isinstance(finding.effect, Effect):
        return chip
    att = finding.effect["att"]
    parts = [say("{effect} (no 95% interval)", effect=formats.effect(att.estimate, finding.indicator))]
    if att.conf_low is not None:
        interval = formats.interval(att.conf_low, att.conf_high, finding.indicator)
        effect = formats.effect(att.estimate, finding.indicator)
        parts = [say("{effect} (95% interval {interval})", effect=effect, interval=interval)]
    return goal_cells.LINE.join([chip, *map(small, [*parts, *_certainty(finding)])])


def _certainty(finding: Finding) -> list[Html]:
    """How sure one may be, and which effect could have been seen at all."""
    smallest = next((check["value"].estimate for check in finding.checks if check.method == "detectable"), None)
    parts = []
    if finding.conclusion.certainty:
        word = translate(vocabulary.CERTAINTIES[finding.conclusion.certainty])
        parts.append(say("certainty: {word}", word=word))
    if smallest is not None:
        parts.append(say("detectable: {d}", d=formats.effect(smallest, finding.indicator, signed=False)))
    return [semicolons(parts)] if parts else []
