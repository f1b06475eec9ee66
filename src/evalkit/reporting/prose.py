"""Sentences: number, unit, period and uncertainty; no causal verb that the design does not carry."""

import importlib.metadata
from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup, escape

from evalkit.analysis import before_after
from evalkit.analysis.attainment import Attainment, observations
from evalkit.analysis.did import Effect
from evalkit.analysis.findings import Finding
from evalkit.analysis.results import Withheld
from evalkit.inputs.panel import Panel
from evalkit.inputs.params import Indicator
from evalkit.inputs.project import Evaluation
from evalkit.reporting import chips, formats, ledgers, vocabulary, wording
from evalkit.reporting.html import Column, Html, render
from evalkit.reporting.words import language, say, translate


def title(evaluation: Evaluation) -> Html:
    """Head of a region's page."""
    return head(evaluation, evaluation.name(evaluation.region, language()))


def head(evaluation: Evaluation, name: str) -> Html:
    """Head of a page: what, where, as of when, in which state; and the mark by which the runner knows it."""
    return Html(
        Markup(
            '<header class="report" data-region="{region}" data-assessment="{assessment}" data-parameters="{key}">'
            '<p class="kicker">{kicker}</p><h1>{name}</h1><p class="subtitle">{heading}</p>'
            '<p class="meta">{cutoff}</p></header>'
        ).format(
            region=evaluation.region,
            assessment=evaluation.assessment.name,
            key=evaluation.key,
            kicker=kicker(evaluation),
            name=name,
            heading=heading(evaluation),
            cutoff=cutoff(evaluation),
        )
        + notices(evaluation)
    )


def heading(evaluation: Evaluation) -> str:
    """The assessment's title."""
    about = evaluation.assessment
    return about.title[language()] if about.title else about.name


def kicker(evaluation: Evaluation) -> str:
    """Stage and state: mid-term report, draft for comments."""
    about = evaluation.assessment
    return f"{translate(vocabulary.STAGES[about.stage])} · {translate(vocabulary.STATES[about.state])}"


def as_of(evaluation: Evaluation) -> str:
    """The cut-off date in words."""
    day = evaluation.assessment.as_of
    return formats.date(day) if day else translate("all data received")


def cutoff(evaluation: Evaluation) -> Markup:
    """Up to when data enter."""
    return say("Data cut-off: {as_of}. Nothing observed or released later enters.", as_of=as_of(evaluation))


def notices(evaluation: Evaluation) -> Markup:
    """What every reader must know before the first number."""
    standings = set(evaluation.sources["standing"])
    told = []
    if "fictional" in standings:
        told.append(say("Demonstration data: every region on this page is fictional and every value simulated."))
    if standings & {"press", "draft"}:
        told.append(
            say(
                "Compiled from public documents; not an official evaluation; not commissioned, reviewed or "
                "endorsed by any body named here."
            )
        )
    return Markup("").join(Markup('<p class="notice">{}</p>').format(one) for one in told)


def section(code: str, *parts: object) -> Html:
    """A heading with a stable anchor, and what stands under it; nothing at all where every part is empty."""
    heading = Markup('<h2 id="{}">{}</h2>').format(code, translate(vocabulary.SECTIONS[code]))
    body = Markup("").join(shown(part) for part in parts)
    return Html(heading + body if body or not parts else "")


def shown(part: object) -> Markup:
    """A part of a page as its markup: what draws itself is drawn, plain text is escaped."""
    draw = getattr(part, "_repr_html_", None)
    return Markup(draw()) if draw else escape(part)


def subsection(indicator: Indicator) -> Html:
    """A heading for one indicator."""
    return Html(Markup("<h3>{}</h3>").format(indicator.name[language()]))


def question(evaluation: Evaluation) -> Html:
    """The evaluation question."""
    asked = evaluation.assessment.question
    return Html(Markup('<p class="question">{}</p>').format(asked[language()]) if asked else "")


def conclusions(
    judged: Sequence[Attainment], findings: Sequence[Finding], panel: Panel, evaluation: Evaluation
) -> Html:
    """Three to five plain sentences with number, period and uncertainty."""
    primary = [one for one in findings if one.primary]
    told = [_goals_sentence(judged)]
    told += [joined(_latest_sentence(one, judged, panel, evaluation), effect_sentence(one)) for one in primary[:3]]
    told += [_withheld_sentence(primary), ledgers.sentence(evaluation)]
    items = Markup("").join(Markup("<li>{}</li>").format(one) for one in told if one)
    return Html(Markup('<ul class="conclusions">{}</ul>').format(items))


def joined(*sentences: Markup) -> Markup:
    """Sentences one after the other: Chinese has no space between them."""
    return Markup("" if language() == "zh" else " ").join(one for one in sentences if one)


def _goals_sentence(judged: Sequence[Attainment]) -> Markup:
    if not judged:
        return say("The sources name no target of this region's own.")
    counts: Counter[str] = Counter(one.goal for one in judged)
    told = [
        say("{status}: {n}", n=counts[code], status=translate(word))
        for code, (_, _, word) in chips.GOALS.items()
        if counts[code]
    ]
    separator = "，" if language() == "zh" else ", "
    return say("Targets ({n}): {list}.", n=len(judged), list=Markup(separator).join(told))


def _latest_sentence(one: Finding, judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation) -> Markup:
    """A primary indicator's latest figure, against its target where it has one."""
    indicator, name = one.indicator, one.indicator.name[language()]
    goal = next((goal for goal in judged if goal.indicator == indicator.id), None)
    seen = observations(panel, evaluation.region, indicator.id)
    latest = goal.latest if goal else next((figure for figure in reversed(seen) if figure.value is not None), None)
    if latest is None:
        return say("{indicator}: no figure has been published.", indicator=name)
    known = {
        "indicator": name,
        "value": wording.observation(latest, indicator),
        "period": formats.period(latest.period),
    }
    if goal is None:
        return say("{indicator}: {value} ({period}); the sources name no target.", **known)
    if goal.gap is None or goal.growth is not None:
        told = say("{indicator}: {value} ({period}).", **known)
    else:
        told = say(
            "{indicator}: {value} ({period}), {gap} against the target ({target}).",
            **known,
            target=wording.target(goal.target, indicator),
            gap=formats.difference(goal.gap, indicator),
        )
    return joined(told, _outlook_sentence(goal, indicator, evaluation))


def _outlook_sentence(goal: Attainment, indicator: Indicator, evaluation: Evaluation) -> Markup:
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
        return Markup("")
    why = joined(*(wording.goal_reason(one, evaluation) for one in goal.reasons))
    return say("{status}: {why}", status=status, why=why)


def _withheld_sentence(primary: Sequence[Finding]) -> Markup:
    """Why there is no effect, said once where the primary indicators share the reason."""
    groups = wording.reasons(
        [(one.indicator, one.effect.reason) for one in primary if isinstance(one.effect, Withheld)]
    )
    told = [why_it for _, why_it in groups]
    return joined(say("Whether the reform made a difference cannot be estimated."), *told) if told else Markup("")


def effect_sentence(one: Finding) -> Markup:
    """One estimate in words, with its interval, its comparison group and what could not have been seen."""
    if not isinstance(one.effect, Effect):
        return Markup("")
    att = one.effect["att"]
    known = {"n": one.effect.n_comparison, "effect": formats.effect(att.estimate, one.indicator)}
    if att.conf_low is None:
        return say(
            "After the start it changed by {effect} relative to {n} comparison regions; too "
            "few for a 95% interval or a "
            "judgement.",
            **known,
        )
    told = [
        say(
            "After the start it changed by {effect} relative to {n} comparison regions (95% "
            "interval {interval}; p {p}).",
            **known,
            interval=formats.interval(att.conf_low, att.conf_high, one.indicator),
            p=formats.equal_to(one.conclusion.p_value or att.p_value),
        )
    ]
    smallest = next((check["value"].estimate for check in one.checks if check.method == "detectable"), None)
    if smallest is not None and one.conclusion.verdict == "uncertain":
        told.append(
            say(
                "An effect smaller than {d} could not have been seen with these data.",
                d=formats.effect(smallest, one.indicator, signed=False),
            )
        )
    if one.primary:
        told.append(say("Judgement: {word}.", word=translate(chips.EFFECTS[one.conclusion.verdict][2])))
    return joined(*told)


def reading(one: Finding) -> Markup:
    """What the region's own series says as a whole: agreement of two models, effect in points and in people."""
    found = before_after.reading(one.changes)
    if isinstance(found.main, Withheld) or not found.main.inference:
        return (
            say("Too short to tell a change from the trend: only the means are compared.")
            if one.changes[-1].n_obs
            else Markup("")
        )
    if found.agree is False:
        return say(
            "{first} and {second} contradict each other: no change may be claimed from this series alone.",
            first=wording.method(found.main.method),
            second=wording.method(found.twin.method if found.twin else ""),
        )
    at = next(found.main[term] for term in before_after.READ_AT if term in {e.term for e in found.main.estimates})
    told = [
        say(
            "{method}: {term} {effect} (95% interval {interval}).",
            method=wording.method(found.main.method),
            term=wording.term(at.term),
            effect=formats.effect(at.estimate, one.indicator),
            interval=formats.interval(at.conf_low, at.conf_high, one.indicator),
        )
    ]
    if found.twin is not None:
        told.append(say("{method} agrees.", method=wording.method(found.twin.method)))
    if found.twin is not None and found.twin.corner:
        told.append(say("Its level does not wander at all (a variance of zero), so it adds little as a check."))
    if at.term in found.main.people:
        estimate, low, high = (formats.number(size, 0, signed=True) for size in found.main.people[at.term])
        told.append(say("That is {n} ({low} to {high}) in that period.", n=estimate, low=low, high=high))
    return joined(*told)


def readings(findings: Sequence[Finding]) -> Html:
    """One reading per indicator; those without a series are told with their reason below."""
    told = [(one.indicator.name[language()], reading(one)) for one in findings]
    items = [
        Markup("<li>{}</li>").format(say("<strong>{name}</strong>: {told}", name=name, told=said))
        for name, said in told
        if said
    ]
    return Html(Markup("<ul>{}</ul>").format(Markup("").join(items)) if items else "")


def certainty(one: Finding) -> Markup:
    """How sure one may be, and what takes it down."""
    drawn = one.conclusion
    if drawn.certainty is None:
        return Markup("")
    why_lower = wording.listed([translate(vocabulary.DOWNGRADES[code]) for code in drawn.reasons])
    word = translate(vocabulary.CERTAINTIES[drawn.certainty])
    told = say("Certainty of the evidence (GRADE): {word}.", word=word)
    if why_lower:
        told = say("Certainty of the evidence (GRADE): {word}; {why}.", word=word, why=why_lower)
    return joined(told, say("Design: level {n} of 5 on the Maryland Scientific Methods Scale.", n=drawn.level or 0))


def conditions(findings: Sequence[Finding]) -> Html:
    """The rule applied: every condition, the judgement that follows, and its certainty, per primary indicator."""
    judged = [one for one in findings if one.primary and one.conclusion.conditions]
    if not judged:
        return Html("")
    columns = [Column(translate("Condition")), *(Column(one.indicator.name[language()]) for one in judged)]
    rows: list[list[object]] = [
        [translate(vocabulary.CONDITIONS[held[0].code]), *(chips.outcome(one.holds) for one in held)]
        for held in zip(*(one.conclusion.conditions for one in judged), strict=True)
    ]
    rows.append([translate("Judgement"), *(chips.effect(one.conclusion.verdict) for one in judged)])
    rows.append([translate("Certainty"), *(certainty(one) for one in judged)])
    simulated = any(one.effect.simulated for one in judged)
    return Html(
        render("conditions-table", say("The rule of the judgement, condition by condition"), columns, rows, simulated)
    )


def rule() -> Html:
    """The rule of the judgement, printed beside its result."""
    told = Markup("").join(Markup("<p>{}</p>").format(translate(one)) for one in vocabulary.RULE)
    return Html(
        Markup("<details><summary>{}</summary>{}</details>").format(translate("The rule of the judgement"), told)
    )


def lead(notebook: str) -> Html:
    """What an annex is, and its caveat."""
    return Html(Markup("<p>{}</p>").format(translate(vocabulary.LEADS[notebook])))


def unchecked(findings: Sequence[Finding]) -> Html:
    """Said where there is no effect that could be checked."""
    if any(one.checks for one in findings):
        return Html("")
    return Html(
        Markup('<p class="withheld">{}</p>').format(say("No effect was estimated, so there is nothing to check."))
    )


def limits(findings: Sequence[Finding], evaluation: Evaluation) -> Html:
    """What this page cannot say."""
    told = [
        say("Whether a target was met says nothing about whether the reform is the reason; the two are judged apart.")
    ]
    if any(isinstance(one.effect, Effect) for one in findings):
        told += [
            say(
                "The comparison assumes that without the reform the region would have changed "
                "like the comparison group. "
                "The checks can contradict this, but not prove it."
            ),
            say("One region alone can show only large effects; “not sufficient to tell” does not mean “no effect”."),
        ]
    if any(isinstance(one.effect, Withheld) for one in findings):
        told.append(
            say("Where an estimate is withheld, nothing about the effect may be concluded, in either direction.")
        )
    if set(evaluation.sources["standing"]) & {"press", "draft"}:
        told.append(say("Figures and targets are quoted from press reports and drafts; they were not checked on site."))
    return Html(Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(one) for one in told)))


def provenance(panel: Panel, evaluation: Evaluation) -> Html:
    """Inputs with their hash, parameters, version, and the command that makes this page again."""
    command = f"evalkit run {evaluation.assessment.name} {evaluation.region}"
    entries = [
        (say("Dataset"), evaluation.assessment.dataset),
        (say("Data as of the cut-off (SHA-256)"), panel.fingerprint),
        (say("Parameters (SHA-256)"), evaluation.key),
        (say("Software"), f"evalkit {importlib.metadata.version('evalkit')}"),
        (say("Made again by"), command),
    ]
    items = Markup("").join(Markup("<dt>{}</dt><dd><code>{}</code></dd>").format(*entry) for entry in entries)
    return Html(Markup('<dl class="provenance">{}</dl>').format(items))
