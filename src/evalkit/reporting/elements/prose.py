"""Sentences: number, unit, period and uncertainty; no causal verb that the design does not carry."""

import importlib.metadata
import re
from collections.abc import Mapping, Sequence

from evalkit.analysis.effects import before_after
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.results import Withheld
from evalkit.errors import nearest
from evalkit.panel.observations import Panel, units_as_of
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements.html import bullets, paragraphs
from evalkit.reporting.elements.parts import Facts, Fold, Head, Paragraph, Piece, Section, filled_parts, stacked
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import audience, chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate


def title(evaluation: Evaluation) -> Piece:
    """Head of a region's page; the cut-off date is given with the sources."""
    return head(evaluation, evaluation.name(evaluation.region, language()), period(evaluation))


def head(evaluation: Evaluation, name: str, about: Html | str = "", with_notices: bool = True) -> Piece:
    """Head of a page: what, where, as of when, in which state; and the mark by which the runner knows it.

    Args:
        with_notices: False for a page that holds nothing about the assessment's regions.
    """
    top = Head(
        region=evaluation.region,
        assessment=evaluation.assessment.name,
        parameters=evaluation.key,
        kicker=kicker(evaluation),
        name=name,
        title=heading(evaluation),
        meta=Html.escape(about) if about else cutoff(evaluation),
    )
    return stacked(top, notices(evaluation) if with_notices else what_if(evaluation))


def heading(evaluation: Evaluation) -> str:
    """The assessment's title."""
    about = evaluation.assessment
    return about.title[language()] if about.title else about.name


def kicker(evaluation: Evaluation) -> str:
    """Stage and state: mid-term report, draft for comments; first that it is not for publication, where it is not."""
    return " · ".join(filter(None, (audience.label(evaluation), stage_and_state(evaluation))))


def stage_and_state(evaluation: Evaluation) -> str:
    """Mid-term report, draft for comments."""
    about = evaluation.assessment
    state = translate(vocabulary.STATES[about.state])
    if evaluation.is_desk_review:
        return translate(vocabulary.DESK_REVIEW) + formats.in_brackets(state)
    return f"{translate(vocabulary.STAGES[about.stage])} · {state}"


def as_of(evaluation: Evaluation) -> str:
    """The cut-off date in words."""
    day = evaluation.assessment.as_of
    return formats.date(day) if day else translate("all data received")


def cutoff(evaluation: Evaluation) -> Html:
    """Up to when data enter."""
    return say("Data cut-off: {as_of}. Data published after this date are not used.", as_of=as_of(evaluation))


def period(evaluation: Evaluation) -> Html:
    """Which time is evaluated: from the start of the reform, where one is known by then, to the cut-off date."""
    start = str(units_as_of(evaluation).at[evaluation.region, "adoption"])
    if not start:
        return say("Period evaluated: up to the cut-off date; no start of the reform is known by then.")
    if event := evaluation.details.start:
        return say(
            "Period evaluated: since {event} ({start}); the sources used do not say when implementation began.",
            event=event[language()],
            start=formats.period(start),
        )
    return say("Period evaluated: since the start of the reform ({start}).", start=formats.period(start))


def notices(evaluation: Evaluation) -> Piece:
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
    label = audience.label(evaluation)
    internal = [Paragraph("notice internal", Html("<strong>{}</strong>").format(label))] if label else []
    return stacked(*internal, what_if(evaluation), *(Paragraph("notice", one) for one in told))


def what_if(evaluation: Evaluation) -> Piece:
    """The mark of results that do not rest on the registered design; empty where they do."""
    if not evaluation.what_if:
        return Html("")
    changes = say("What if {changes}: this is not the registered design.", changes=evaluation.what_if)
    return Paragraph("notice", changes)


def section(code: str, *parts: object, title: str | Mapping[str, str] | None = None) -> Piece:
    """A heading with a stable anchor and the parts under it; empty if every part is empty.

    Args:
        code: a section of the reports, or with `title` one of your own; the anchor in links.
        parts: the content: texts, tables, figures.
        title: of a section of your own, in each language: {"zh": "…", "en": "…"}; a text for all languages.

    Raises:
        ValueError: an unknown section without a title, or a title that lacks the language of the page.
    """
    filled = tuple(filled_parts(parts))
    heading = _own_title(code, title) if title is not None else _known_title(code)
    return Section(code, heading, filled) if filled or not parts else Html("")


def _known_title(code: str) -> str:
    if code not in vocabulary.SECTIONS:
        own = 'For a section of your own add its title: title={"zh": "…", "en": "…"}.'
        raise ValueError(f"there is no section {code!r}. {nearest(code, vocabulary.SECTIONS)} {own}")
    return translate(vocabulary.SECTIONS[code])


def _own_title(code: str, title: str | Mapping[str, str]) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", code):
        raise ValueError(f"{code!r} cannot be an anchor: write small letters, digits, - and _, a letter first")
    if isinstance(title, str):
        return title
    if language() not in title:
        raise ValueError(f"the section {code!r} has no title in {language()!r}: add it to `title`")
    return title[language()]


def question(evaluation: Evaluation) -> Piece:
    """The evaluation question."""
    asked = evaluation.assessment.question
    return Paragraph("question", Html.escape(asked[language()])) if asked else Html("")


def joined(*sentences: Html) -> Html:
    """Sentences one after the other: Chinese has no space between them."""
    return Html("" if language() == "zh" else " ").join(one for one in sentences if one)


def reading(one: Finding) -> Html:
    """What the region's own series says as a whole: agreement of two models, effect in points and in people."""
    found = before_after.reading(one.changes)
    if isinstance(found.main, Withheld) and found.main.reason.code == "fluctuates_too_much":
        return wording.why(found.main.reason)
    if isinstance(found.main, Withheld) or not found.main.inference:
        return (
            say("Too short to tell a change from the trend: only the means are compared.")
            if one.changes[-1].n_obs
            else Html("")
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
    """One reading per indicator; the reasons of those without a series follow below."""
    told = [(one.indicator.name[language()], reading(one)) for one in findings]
    return bullets(say("<strong>{name}</strong>: {told}", name=name, told=said) for name, said in told if said)


def certainty(one: Finding) -> Html:
    """The certainty of the evidence, and the reasons that lower it."""
    drawn = one.conclusion
    if drawn.certainty is None:
        return Html("")
    why_lower = wording.listed([translate(vocabulary.DOWNGRADES[code]) for code in drawn.reasons])
    word = translate(vocabulary.CERTAINTIES[drawn.certainty])
    told = say("Certainty of the evidence (GRADE): {word}.", word=word)
    if why_lower:
        told = say("Certainty of the evidence (GRADE): {word}; {why}.", word=word, why=why_lower)
    return joined(told, say("Design: level {n} of 5 on the Maryland Scientific Methods Scale.", n=drawn.level or 0))


def conditions(findings: Sequence[Finding]) -> Piece:
    """The rule applied: every condition, the judgement that follows, and its certainty, per primary indicator."""
    judged = [one for one in findings if one.primary and one.conclusion.conditions]
    if not judged:
        return Html("")
    columns = [*heads("Condition"), *(Column(one.indicator.name[language()]) for one in judged)]
    rows: list[list[object]] = [
        [translate(vocabulary.CONDITIONS[held[0].code]), *(chips.outcome(one.holds) for one in held)]
        for held in zip(*(one.conclusion.conditions for one in judged), strict=True)
    ]
    rows.append([translate("Judgement"), *(chips.effect(one.conclusion.verdict) for one in judged)])
    rows.append([translate("Certainty"), *(certainty(one) for one in judged)])
    simulated = any(one.effect.simulated for one in judged)
    caption = say("The rule of the judgement, condition by condition")
    return Table.of("conditions-table", caption, columns, rows, simulated)


def rule(findings: Sequence[Finding]) -> Piece:
    """The rule of the judgement, printed with its result; empty where no effect is estimated."""
    if not any(isinstance(one.effect, Effect) for one in findings):
        return Html("")
    told = paragraphs(*map(translate, vocabulary.RULE))
    return Fold(Html.escape(translate("The rule of the judgement")), (told,))


def lead(notebook: str) -> Html:
    """What an annex is, and its caveat."""
    return paragraphs(translate(vocabulary.LEADS[notebook]))


def unchecked(findings: Sequence[Finding]) -> Html:
    """A notice if there is no effect to check."""
    if any(one.checks for one in findings):
        return Html("")
    return Html(
        Html('<p class="withheld">{}</p>').format(say("No effect was estimated, so there is nothing to check."))
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
    return bullets(told)


def citation(evaluation: Evaluation) -> Html:
    """Who made the report and when, and how to cite it."""
    signed = evaluation.narrative.signatures if audience.may_show("signatures", evaluation) else ()
    about, names = evaluation.assessment, [one.name for one in signed]
    if not names and about.evaluator:
        names = [about.evaluator[language()]]
    day = max((one.date for one in signed if one.date), default=None)
    told = [
        say("Evaluators: {names}.", names=wording.listed(names))
        if names
        else say("The evaluators have not signed yet."),
        say("Date of the report: {date}.", date=formats.date(day))
        if day
        else say("Draft, not dated; made from what was public on {as_of}.", as_of=as_of(evaluation)),
    ]
    cited = say(
        "How to cite: {region}: {title} ({kicker}; data cut-off {as_of}; parameters {hash}). Name the original source "
        "of quoted figures as well; the rights in quoted texts remain with their authors.",
        region=evaluation.name(evaluation.region, language()),
        title=heading(evaluation),
        kicker=stage_and_state(evaluation),
        as_of=as_of(evaluation),
        hash=Html("<code>{}</code>").format(evaluation.key[:12]),
    )
    terms = say("Licence of this report: {licence}.", licence=about.licence[language()]) if about.licence else Html("")
    return (
        paragraphs(joined(*told)) + Html('<p id="cite">{}</p>').format(cited) + (paragraphs(terms) if terms else terms)
    )


def provenance(panel: Panel, evaluation: Evaluation) -> Facts:
    """Inputs with their hash, parameters, version, and the command that makes this page again."""
    command = f"evalkit run {evaluation.assessment.name} {evaluation.region}"
    entries = [
        (say("Dataset"), evaluation.assessment.dataset),
        (say("Data as of the cut-off (SHA-256)"), panel.fingerprint),
        (say("Parameters (SHA-256)"), evaluation.key),
        (say("Software"), f"evalkit {importlib.metadata.version('evalkit')}"),
        (say("Command to reproduce this page"), command),
    ]
    return Facts(tuple((label, Html.escape(given)) for label, given in entries))
