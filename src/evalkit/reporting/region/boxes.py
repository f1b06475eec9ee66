"""Two boxes below the conclusions: what was not received, said once, and what concerns a citizen."""

from collections.abc import Sequence

from evalkit import periods
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals import ledger, observed
from evalkit.analysis.goals.attainment import Attainment
from evalkit.analysis.goals.observed import Figures
from evalkit.analysis.results import Withheld
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import prose, tables
from evalkit.reporting.elements.html import bullets, demo, paragraphs
from evalkit.reporting.elements.parts import Heading, Parts, Piece
from evalkit.reporting.language import vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, semicolons, translate

YEARS_BEFORE = 2  # years before the start that an estimate should know


def not_received(
    judged: Sequence[Attainment], findings: Sequence[Finding], panel: Panel, evaluation: Evaluation
) -> Piece:
    """Requested but not received: figures, series, materials; empty if nothing is missing."""
    lacking = [
        *_figures(judged, findings, panel, evaluation),
        *_series(findings, panel, evaluation),
        *_materials(evaluation),
    ]
    if not lacking:
        return Html("")
    lead, title = say("To judge goals and effects, the sources used lack:"), "Data to be supplied"
    if evaluation.was_requested:
        lead = say("Asked for, and not received by the cut-off date ({as_of}):", as_of=prose.as_of(evaluation))
        title = "Not received this time"
    apart = say("What is missing is neither “not done” nor “not met”.")
    return _box("not-received", translate(title), lead, lacking, apart)


def _figures(
    judged: Sequence[Attainment], findings: Sequence[Finding], panel: Panel, evaluation: Evaluation
) -> list[Html]:
    """Indicators with a target, and primary ones, without any figure."""
    primary = (finding.indicator.id for finding in findings if finding.primary)
    ids = dict.fromkeys([*primary, *(goal.indicator for goal in judged)])
    lacking = [
        evaluation.indicators[name].name[language()]
        for name in ids
        if not observed.observations(panel, evaluation.region, name)
    ]
    if not lacking:
        return []
    return [
        say("figures of {n} of {total} indicators: {list}", n=len(lacking), total=len(ids), list=semicolons(lacking))
    ]


def _series(findings: Sequence[Finding], panel: Panel, evaluation: Evaluation) -> list[Html]:
    """The missing panel data for effect estimates: which figures, for which years, from which holder."""
    lacking = [
        finding.indicator
        for finding in findings
        if isinstance(finding.effect, Withheld) and finding.effect.reason.code == "no_panel" and finding.primary
    ]
    start, as_of = str(panel.units.at[evaluation.region, "adoption"]), evaluation.assessment.as_of
    first = periods.first_day(start).year - YEARS_BEFORE if start else None
    sentences = []
    for indicator in lacking:
        holder = wording.bilingual(indicator.source) or translate("not stated")
        facts = {"name": indicator.name[language()], "holder": holder}
        if first and as_of:
            facts |= {"first": str(first), "last": str(as_of.year)}
        sentences.append(say(vocabulary.SERIES_NEEDED[bool(first and as_of)], **facts))
    return sentences


def _materials(evaluation: Evaluation) -> list[Html]:
    """Tasks, items and events without any report."""
    details, as_of = evaluation.details, evaluation.assessment.as_of
    tasks = [entry.state.status == "unknown" for entry in ledger.tasks(evaluation)]
    items = [item for checklist in details.checklists for item in checklist.items]
    items += [item for duties in details.duties for owner in duties.owners for item in owner.items]
    unknown = [ledger.item_state(item, as_of).status == "unknown" for item in items]
    events = [event.status == "unknown" for event in ledger.milestones(evaluation)]
    gaps = {"tasks": tasks, "items": unknown, "events": events}
    return [say(vocabulary.MATERIALS[code], n=sum(gone), total=len(gone)) for code, gone in gaps.items() if any(gone)]


def for_you(panel: Panel, evaluation: Evaluation) -> Piece:
    """What a patient would ask: near care and its cost, then and now, and where to comment; no word on causes.

    Empty where there is nothing of these to tell.

    Args:
        panel: with every indicator, as those for citizens need not be among those that are evaluated.
    """
    assessment = evaluation.assessment
    names = [name for name in assessment.citizens or assessment.indicators.primary if name in evaluation.indicators]
    seen = [observed.figures(panel, evaluation, evaluation.indicators[name], evaluation.region) for name in names]
    sentences = [_plain(figures) for figures in seen if figures.latest is not None]
    lead = Html("")
    if tables.is_fictional(evaluation):
        lead = demo()
    if not sentences and not evaluation.narrative.channel:
        return Html("")
    return _box("for-you", translate("What this means for you"), lead, sentences, _channel(evaluation, bool(sentences)))


def _plain(figures: Figures) -> Html:
    """An indicator in everyday words, now and in the same season before the reform."""
    latest, start, indicator = figures.latest, figures.start, figures.indicator
    assert latest is not None  # others are left out
    facts = {
        "name": (indicator.plain or indicator.name)[language()],
        "value": wording.observation(latest, indicator),
        "period": wording.when(latest),
    }
    if start is None or start.value is None or latest.value is None or latest != figures.comparable[-1]:
        return say("{name}: {value} ({period})", **facts)
    return say(
        "{name}: {value} ({period}), {change} ({before})",
        **facts,
        before=wording.observation(start, indicator),
        change=wording.since(latest.value - start.value, indicator, start.period),
    )


def _channel(evaluation: Evaluation, has_figures: bool) -> Html:
    """A reminder that a change proves nothing and, if the evaluator names it, the channel for comments."""
    sentences, section = [], vocabulary.SECTIONS["conclusions"]
    if has_figures:
        sentences.append(
            say(
                'A change since then is not yet an effect of the reform (<a href="#conclusions">{title}</a>).',
                title=translate(section),
            )
        )
    if channel := evaluation.narrative.channel:
        sentences.append(say("Comments on this report: {channel}.", channel=channel[language()].rstrip("。.")))
    return prose.joined(*sentences)


def _box(name: str, title: str, lead: Html, points: Sequence[Html], below: Html) -> Parts:
    first = paragraphs(lead) if lead else Html("")
    opened = Html('<div class="box" id="{}">').format(name)
    return Parts((Heading(Html.escape(title)), first + bullets(points) + paragraphs(below)), opened, Html("</div>"))
