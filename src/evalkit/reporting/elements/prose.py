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


def head(evaluation: Evaluation, name: str, meta: Html | str = "", with_notices: bool = True) -> Piece:
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
        meta=Html.escape(meta) if meta else cutoff(evaluation),
    )
    return stacked(top, notices(evaluation) if with_notices else what_if(evaluation))


def heading(evaluation: Evaluation) -> str:
    """The assessment's title."""
    assessment = evaluation.assessment
    return assessment.title[language()] if assessment.title else assessment.name


def kicker(evaluation: Evaluation) -> str:
    """Stage and state: mid-term report, draft for comments; first that it is not for publication, where it is not."""
    return " · ".join(filter(None, (audience.label(evaluation), stage_and_state(evaluation))))


def stage_and_state(evaluation: Evaluation) -> str:
    """Mid-term report, draft for comments."""
    assessment = evaluation.assessment
    state = translate(vocabulary.STATES[assessment.state])
    if evaluation.is_desk_review:
        return translate(vocabulary.DESK_REVIEW) + formats.in_brackets(state)
    return f"{translate(vocabulary.STAGES[assessment.stage])} · {state}"


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
    sentences = []
    if "fictional" in standings:
        sentences.append(say("Demonstration data: every region on this page is fictional and every value simulated."))
    if standings & {"press", "draft"}:
        sentences.append(
            say(
                "Compiled from public documents; not an official evaluation; not commissioned, reviewed or "
                "endorsed by any body named here."
            )
        )
    label = audience.label(evaluation)
    internal = [Paragraph("notice internal", Html("<strong>{}</strong>").format(label))] if label else []
    return stacked(*internal, what_if(evaluation), *(Paragraph("notice", sentence) for sentence in sentences))


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
    return Html("" if language() == "zh" else " ").join(sentence for sentence in sentences if sentence)


def reading(finding: Finding) -> Html:
    """What the region's own series says as a whole: agreement of two models, effect in points and in people."""
    verdict = before_after.reading(finding.changes)
    if isinstance(verdict.main, Withheld) and verdict.main.reason.code == "fluctuates_too_much":
        return wording.why(verdict.main.reason)
    if isinstance(verdict.main, Withheld) or not verdict.main.inference:
        return (
            say("Too short to tell a change from the trend: only the means are compared.")
            if finding.changes[-1].n_obs
            else Html("")
        )
    if verdict.agree is False:
        return say(
            "{first} and {second} contradict each other: no change may be claimed from this series alone.",
            first=wording.method(verdict.main.method),
            second=wording.method(verdict.twin.method if verdict.twin else ""),
        )
    at = next(verdict.main[term] for term in before_after.READ_AT if term in {e.term for e in verdict.main.estimates})
    sentences = [
        say(
            "{method}: {term} {effect} (95% interval {interval}).",
            method=wording.method(verdict.main.method),
            term=wording.term(at.term),
            effect=formats.effect(at.estimate, finding.indicator),
            interval=formats.interval(at.conf_low, at.conf_high, finding.indicator),
        )
    ]
    if verdict.twin is not None:
        sentences.append(say("{method} agrees.", method=wording.method(verdict.twin.method)))
    if verdict.twin is not None and verdict.twin.corner:
        sentences.append(say("Its level does not wander at all (a variance of zero), so it adds little as a check."))
    if at.term in verdict.main.people:
        estimate, low, high = (formats.number(size, 0, signed=True) for size in verdict.main.people[at.term])
        sentences.append(say("That is {n} ({low} to {high}) in that period.", n=estimate, low=low, high=high))
    return joined(*sentences)


def readings(findings: Sequence[Finding]) -> Html:
    """One reading per indicator; the reasons of those without a series follow below."""
    lines = [(finding.indicator.name[language()], reading(finding)) for finding in findings]
    return bullets(say("<strong>{name}</strong>: {told}", name=name, told=said) for name, said in lines if said)


def certainty(finding: Finding) -> Html:
    """The certainty of the evidence, and the reasons that lower it."""
    drawn = finding.conclusion
    if drawn.certainty is None:
        return Html("")
    why_lower = wording.listed([translate(vocabulary.DOWNGRADES[code]) for code in drawn.reasons])
    word = translate(vocabulary.CERTAINTIES[drawn.certainty])
    sentence = say("Certainty of the evidence (GRADE): {word}.", word=word)
    if why_lower:
        sentence = say("Certainty of the evidence (GRADE): {word}; {why}.", word=word, why=why_lower)
    return joined(sentence, say("Design: level {n} of 5 on the Maryland Scientific Methods Scale.", n=drawn.level or 0))


def conditions(findings: Sequence[Finding]) -> Piece:
    """The rule applied: every condition, the judgement that follows, and its certainty, per primary indicator."""
    judged = [finding for finding in findings if finding.primary and finding.conclusion.conditions]
    if not judged:
        return Html("")
    columns = [*heads("Condition"), *(Column(finding.indicator.name[language()]) for finding in judged)]
    rows: list[list[object]] = [
        [translate(vocabulary.CONDITIONS[row[0].code]), *(chips.outcome(condition.holds) for condition in row)]
        for row in zip(*(finding.conclusion.conditions for finding in judged), strict=True)
    ]
    rows.append([translate("Judgement"), *(chips.effect(finding.conclusion.verdict) for finding in judged)])
    rows.append([translate("Certainty"), *(certainty(finding) for finding in judged)])
    simulated = any(finding.effect.simulated for finding in judged)
    caption = say("The rule of the judgement, condition by condition")
    return Table.of("conditions-table", caption, columns, rows, simulated)


def rule(findings: Sequence[Finding]) -> Piece:
    """The rule of the judgement, printed with its result; empty where no effect is estimated."""
    if not any(isinstance(finding.effect, Effect) for finding in findings):
        return Html("")
    sentences = paragraphs(*map(translate, vocabulary.RULE))
    return Fold(Html.escape(translate("The rule of the judgement")), (sentences,))


def lead(notebook: str) -> Html:
    """What an annex is, and its caveat."""
    return paragraphs(translate(vocabulary.LEADS[notebook]))


def unchecked(findings: Sequence[Finding]) -> Html:
    """A notice if there is no effect to check."""
    if any(finding.checks for finding in findings):
        return Html("")
    return Html(
        Html('<p class="withheld">{}</p>').format(say("No effect was estimated, so there is nothing to check."))
    )


def limits(findings: Sequence[Finding], evaluation: Evaluation) -> Html:
    """What this page cannot say."""
    sentences = [
        say("Whether a target was met says nothing about whether the reform is the reason; the two are judged apart.")
    ]
    if any(isinstance(finding.effect, Effect) for finding in findings):
        sentences += [
            say(
                "The comparison assumes that without the reform the region would have changed "
                "like the comparison group. "
                "The checks can contradict this, but not prove it."
            ),
            say("One region alone can show only large effects; “not sufficient to tell” does not mean “no effect”."),
        ]
    if any(isinstance(finding.effect, Withheld) for finding in findings):
        sentences.append(
            say("Where an estimate is withheld, nothing about the effect may be concluded, in either direction.")
        )
    if set(evaluation.sources["standing"]) & {"press", "draft"}:
        sentences += [
            say("Figures and targets are quoted from press reports and drafts; they were not checked on site.")
        ]
    return bullets(sentences)


def citation(evaluation: Evaluation) -> Html:
    """Who made the report and when, and how to cite it."""
    signed = evaluation.narrative.signatures if audience.may_show("signatures", evaluation) else ()
    assessment, names = evaluation.assessment, [signature.name for signature in signed]
    if not names and assessment.evaluator:
        names = [assessment.evaluator[language()]]
    day = max((signature.date for signature in signed if signature.date), default=None)
    sentences = [
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
    page = paragraphs(joined(*sentences)) + Html('<p id="cite">{}</p>').format(cited)
    if assessment.licence:
        page += paragraphs(say("Licence of this report: {licence}.", licence=assessment.licence[language()]))
    return page


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
