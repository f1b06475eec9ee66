"""The first screen of a report: three to five sentences, and one row for each primary indicator."""

from collections.abc import Sequence

from evalkit import periods
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals.attainment import ORDER, Attainment, observations
from evalkit.analysis.goals.observed import Figures, Observation
from evalkit.analysis.results import Withheld
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements import prose, sparklines, tables, terms
from evalkit.reporting.elements.html import bullets, small
from evalkit.reporting.elements.prose import joined
from evalkit.reporting.elements.sparklines import Axis
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, commas, language, say, semicolons, translate
from evalkit.reporting.region import goal_cells, goal_tables, ledgers

MOST = 5  # sentences that a reader with two minutes takes in
NAMED = 3  # goals that a sentence names
WANTING = ("not_met", "behind", "near", "direction_not_met")  # statuses whose goals are named


def conclusions(
    judged: Sequence[Attainment], findings: Sequence[Finding], panel: Panel, evaluation: Evaluation
) -> Html:
    """Three to five plain sentences with number, period and certainty; what is wanting comes first."""
    primary = [one for one in findings if one.primary]
    with terms.linking():
        first = joined(_goals_sentence(judged, evaluation), _age_sentence(panel, evaluation))
        room = MOST - 1 - any(isinstance(one.effect, Withheld) for one in primary) - bool(evaluation.details.tasks)
        told = [first, *_indicator_sentences(primary, judged, panel, evaluation, room)]
        told += [_withheld_sentence(primary), ledgers.sentence(evaluation)]
    return bullets(filter(None, told), "conclusions")


def _indicator_sentences(
    primary: Sequence[Finding], judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation, room: int
) -> list[Html]:
    """At most `room` sentences: the latest figure and effect of every primary indicator; two if there is only one."""
    seen = {one.indicator.id: _latest(one.indicator, judged, panel, evaluation) for one in primary}
    ranked = sorted(primary, key=lambda one: _rank(_goal(one.indicator, judged)))
    told = [
        (_latest_sentence(one.indicator, seen[one.indicator.id], judged, evaluation), effect_sentence(one))
        for one in [one for one in ranked if seen[one.indicator.id]][:room]
    ]
    sentences = (
        _apart(primary[0].indicator, *told[0]) if len(primary) == len(told) == 1 else [joined(*two) for two in told]
    )
    if silent := [one.indicator.name[language()] for one in ranked if not seen[one.indicator.id]]:
        sentences.append(say("{indicator}: no figure in the sources used.", indicator=wording.listed(silent)))
    return sentences[:room]


def _apart(indicator: Indicator, latest: Html, effect: Html) -> list[Html]:
    """Figure and effect of the only indicator, in one sentence each."""
    told = say("{indicator}: {told}", indicator=indicator.name[language()], told=effect)
    return [latest, told] if effect else [latest]


def _goals_sentence(judged: Sequence[Attainment], evaluation: Evaluation) -> Html:
    """How many targets have which status, worst first; those that are missed by name."""
    if not judged:
        return say("The sources used state no target of this region's own.")
    told = [_counted(code, judged, evaluation) for code in ORDER if any(one.goal == code for one in judged)]
    if all(one.goal == "not_measured" for one in judged):
        return say("Whether the {n} targets were met is not in the sources used; they are not judged.", n=len(judged))
    listing = semicolons(told)
    if evaluation.assessment.as_of is None:
        return say("Targets ({n}): {list}.", n=len(judged), list=listing)
    return say("Targets ({n}) on {as_of}: {list}.", n=len(judged), as_of=prose.as_of(evaluation), list=listing)


def _age_sentence(panel: Panel, evaluation: Evaluation) -> Html:
    """How old the newest figure of the region is."""
    tables = (table.loc[table["unit"] == evaluation.region] for table in (panel.published, panel.rows))
    known = [period for own in tables for period in own.loc[own["value"].notna(), "period"].unique()]
    if not known:
        return Html("")
    return say("The newest figure used is of {period}.", period=formats.period(max(known, key=periods.last_day)))


def _counted(code: str, judged: Sequence[Attainment], evaluation: Evaluation) -> Html:
    names = [evaluation.indicators[one.indicator].name[language()] for one in judged if one.goal == code]
    told = say("{status}: {n}", n=len(names), status=translate(chips.GOALS[code][2]))
    distinct = list(dict.fromkeys(names))
    if code not in WANTING:
        return told
    if len(distinct) > NAMED:
        return told + say(" ({list} and others)", list=wording.listed(distinct[:NAMED]))
    if len(distinct) == 1 < len(names):
        return told + say(" (all of {indicator})", indicator=distinct[0])
    return told + say(" ({list})", list=wording.listed(distinct))


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


def _latest_sentence(
    indicator: Indicator, latest: Observation | None, judged: Sequence[Attainment], evaluation: Evaluation
) -> Html:
    """A primary indicator's latest figure, against its target where it has one."""
    if latest is None:
        return Html("")
    goal = _goal(indicator, judged)
    known = {
        "indicator": indicator.name[language()],
        "value": wording.observation(latest, indicator),
        "period": wording.when(latest),
    }
    if goal is None:
        return say("{indicator}: {value} ({period}); the sources used state no target.", **known)
    if goal.gap is None or goal.growth is not None:
        told = say("{indicator}: {value} ({period}).", **known)
    else:
        known["target"] = wording.target(goal.target, indicator)
        known["gap"] = formats.difference(abs(goal.gap), indicator, signed=False)
        side = "above" if goal.gap > 0 else "below" if goal.gap < 0 else "level"
        told = say(vocabulary.AGAINST[side], **known)
    return joined(told, _outlook_sentence(goal, indicator, evaluation))


def _outlook_sentence(goal: Attainment, indicator: Indicator, evaluation: Evaluation) -> Html:
    """Before the deadline where the figures are heading; where nothing can be said, why."""
    status, ahead = translate(chips.GOALS[goal.goal][2]), goal.trajectory
    if goal.goal in ("on_track", "behind") and ahead is not None and ahead.expected is not None:
        figure = formats.difference if goal.benchmark else formats.mean
        expected, low, high = (
            figure(amount or 0.0, indicator) for amount in (ahead.expected, ahead.expected_low, ahead.expected_high)
        )
        return say(
            "{status}: if it goes on like this, {value} is to be expected at the deadline, {deadline} (80% interval "
            "{low} to {high}).",
            status=status,
            value=expected,
            deadline=formats.period(ahead.deadline),
            low=low,
            high=high,
        )
    if not goal.reasons:
        return Html("")
    why = joined(*(wording.goal_reason(one, evaluation) for one in goal.reasons))
    return say("{status}: {why}", status=status, why=why)


def _withheld_sentence(primary: Sequence[Finding]) -> Html:
    """Why there is no effect, written once for primary indicators that share the reason."""
    groups = wording.reasons(
        [(one.indicator, one.effect.reason) for one in primary if isinstance(one.effect, Withheld)]
    )
    told = [why_it for _, why_it in groups]
    return joined(say("Whether the reform made a difference cannot be estimated."), *told) if told else Html("")


def effect_sentence(one: Finding) -> Html:
    """One estimate in words: period, interval, comparison group, judgement, and how sure one may be."""
    if not isinstance(one.effect, Effect):
        return Html("")
    att, post = one.effect["att"], one.design.post
    known = {
        "n": one.effect.n_comparison,
        "effect": formats.effect(att.estimate, one.indicator),
        "first": formats.period(post[0]),
        "last": formats.period(post[-1]),
    }
    if att.conf_low is None:
        return say(
            "After the start ({first} to {last}) its change was {effect} more than in {n} comparison "
            "regions; too few for a 95% interval or a judgement.",
            **known,
        )
    interval = formats.interval(att.conf_low, att.conf_high, one.indicator)
    told = say(
        "After the start ({first} to {last}) its change was {effect} more than in {n} comparison "
        "regions (95% interval {interval}).",
        **known,
        interval=interval,
    )
    return joined(told, _judgement(one)) if one.primary else told


def _judgement(one: Finding) -> Html:
    """The judgement with its certainty."""
    drawn, word = one.conclusion, translate(chips.EFFECTS[one.conclusion.verdict][2])
    if not drawn.certainty:
        return say("Judgement: {word}.", word=word)
    certainty = translate(vocabulary.CERTAINTIES[drawn.certainty])
    return say("Judgement: {word}; certainty of the evidence: {certainty}.", word=word, certainty=certainty)


def glance(judged: Sequence[Attainment], findings: Sequence[Finding], panel: Panel, evaluation: Evaluation) -> Table:
    """One row for each primary indicator: latest figure, target with its chip, effect with its chip; not met first."""
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
