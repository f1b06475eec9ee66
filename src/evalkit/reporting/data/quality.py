"""The quality of the data: what is there, what does not fit, what was changed; for all regions and for one."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from evalkit.panel import coverage as covered
from evalkit.panel import ingest_logs
from evalkit.panel.consistency import KINDS, Finding
from evalkit.panel.consistency import findings as findings
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.data import coverage_figures
from evalkit.reporting.data.coverage_figures import simulated
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.charts.drawing import Drawing
from evalkit.reporting.elements.html import demo, items, paragraphs, small
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Column, Group, Table, heads
from evalkit.reporting.language import audience, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, plain, say, semicolons, translate

FEW = 4  # periods that are named; of more, only their number and the first and last
NOTES = 12  # that are quoted
MOST = 200  # findings of one kind that are listed
MOST_QUESTIONS = 100


def title(evaluation: Evaluation) -> Piece:
    """Head of the page."""
    return prose.head(evaluation, translate(vocabulary.DATA_QUALITY))


def lead(findings: Sequence[Finding], panel: Panel, evaluation: Evaluation) -> Html:
    """What the page holds, how much was found, and what was hidden."""
    if not panel.exists:
        return paragraphs(say("No time series is available, so there is nothing to check."))
    counts = Counter(finding.kind for finding in findings)
    counted = [translate(vocabulary.QUALITY_KINDS[kind]) + f" {counts[kind]}" for kind in KINDS if counts[kind]]
    kinds = semicolons(counted) or translate("nothing")
    sentences = [
        say("Every finding says what it does to the evaluation; no value is changed or filled in because of it."),
        say("Found in each region's own figures: {list}.", list=kinds),
        *hidden(panel, evaluation),
    ]
    return paragraphs(*sentences)


def hidden(panel: Panel, evaluation: Evaluation) -> list[Html]:
    """How small numbers are hidden, how many are, and what that does; nothing where the assessment hides none."""
    rule = evaluation.assessment.disclosure
    if rule is None:
        return []
    own = panel.hidden[panel.hidden["unit"] == evaluation.region] if evaluation.region else panel.hidden
    sentences = [
        say(
            "Small numbers are hidden: counts from 1 to {last}, as a value, a numerator or what a numerator leaves of "
            "its denominator, and counts from which one of these would follow. Hidden here: {n} values. They are as "
            "good as missing for every estimate; as only small ones are, the mean of the others is somewhat too high.",
            last=rule.threshold - 1,
            n=len(own),
        )
    ]
    if rule.round_to > 1:
        sentences.append(say("Other counts are rounded to multiples of {n}, and shares follow them.", n=rule.round_to))
    return sentences


def coverage(panel: Panel, evaluation: Evaluation) -> tuple[Drawing, ...]:
    """Which values are there, by region and, unless all are, by period."""
    due = covered.grid(panel)
    draw = [] if due.empty else [coverage_figures.by_region, coverage_figures.by_period]
    return tuple(figure(due, panel, evaluation) for figure in draw[: 1 if due["observed"].all() else None])


def missing(panel: Panel, evaluation: Evaluation) -> Piece:
    """How many values are missing of each indicator, by reason."""
    due = covered.grid(panel)
    gaps = covered.gaps(panel, evaluation, due)
    if gaps.empty:
        return paragraphs(say("No value that is due is missing."))
    counts = Counter(zip(gaps["indicator"], gaps["reason"], strict=True))
    reasons = [reason for reason in covered.REASONS if reason in set(gaps["reason"])]
    size, missed = Counter(due["indicator"]), Counter(gaps["indicator"])
    columns = heads("Indicator", "Values due:n", "Missing:n")
    columns += [Column(translate(vocabulary.GAP_REASONS[reason]), "n") for reason in reasons]
    rows = [
        [
            evaluation.indicators[name].name[language()],
            *(formats.count(n) for n in (size[name], missed[name], *(counts[name, reason] for reason in reasons))),
        ]
        for name, _ in missed.most_common()
    ]
    shown = Table.of("quality-missing", say("Missing values by indicator and reason"), columns, rows, simulated(panel))
    return stacked(shown, _notes(gaps))


def _notes(gaps: pd.DataFrame) -> Html:
    """What notes say about values that are not there."""
    said = gaps.loc[gaps["note"] != "", "note"].value_counts()
    notes = [f"{note} ({count})" for note, count in said.head(NOTES).items()]
    return paragraphs(say("Notes: {list}.", list=wording.listed(notes))) if notes else Html("")


def table(findings: Sequence[Finding], panel: Panel, evaluation: Evaluation) -> Piece:
    """Every finding in a row, by kind and by what it does: who, in what and when, what the figures are."""
    if not findings:
        return paragraphs(say("No figure contradicts another of its own region."))
    rows: list[Sequence[object] | Group] = []
    for kind in KINDS:
        of_kind = [finding for finding in findings if finding.kind == kind]
        for consequence in dict.fromkeys(finding.consequence for finding in of_kind):
            alike = [finding for finding in of_kind if finding.consequence == consequence]
            rows.append(Group(_alike(kind, consequence, len(alike))))
            rows += [_row(finding, evaluation) for finding in alike[:MOST]]
    columns = heads("Region", "Indicator", "Periods:s", "Figures:w")
    caption = say("Figures that do not fit those of the same region: reasons to ask, not findings against a region")
    return Table.of("quality-findings", caption, columns, rows, simulated(panel))


def _alike(kind: str, consequence: str, n: int) -> Html:
    """The heading of findings of one kind that do the same to the evaluation, which it says once for all of them."""
    heading = say("{kind} ({n})", kind=translate(vocabulary.QUALITY_KINDS[kind]), n=n)
    more = say(" – the first {n} are listed", n=MOST) if n > MOST else ""
    effect = small(translate(vocabulary.QUALITY_CONSEQUENCES[consequence]))
    return heading + more + Html("<br>") + effect


def changes(panel: Panel, evaluation: Evaluation) -> Piece:
    """How many cells were changed when the workbooks were read, by rule; values themselves are not shown."""
    log = ingest_logs.read(evaluation, "log")
    if log.empty:
        sentence = say("This panel was not read from workbooks, or no cell of them had to be changed.")
        return paragraphs(sentence)
    rule = log["rule"].map(_rule)
    counts = log.groupby(rule)["file"].agg(["size", "nunique"]).sort_values("size", ascending=False)
    columns = heads("What was normalised", "Cells:n", "Workbooks:n")
    rows = [
        [str(name), *(formats.count(float(amount)) for amount in row)]
        for name, row in zip(counts.index, counts.to_numpy(), strict=True)
    ]
    caption = say(
        "{n} cells of {files} workbooks were read otherwise than written; the log names each with its address",
        n=formats.count(len(log)),
        files=formats.count(log["file"].nunique()),
    )
    return Table.of("quality-changes", caption, columns, rows, simulated(panel))


def questions(panel: Panel, evaluation: Evaluation) -> Piece:
    """What is still to be asked about the workbooks; for the public, or where small numbers are hidden, how many."""
    asked = ingest_logs.read(evaluation, "questions")
    if asked.empty:
        return paragraphs(say("No question about the workbooks is open."))
    # A question names file, sheet and cell, and quotes what is there.
    if evaluation.assessment.disclosure is not None or not audience.may_show("workbooks", evaluation):
        return paragraphs(say("Questions about the workbooks still open: {n}.", n=len(asked)))
    columns = heads("Where", "What:w", "What to do:w")
    english = Html('<span lang="en">{}</span>')
    rows = [
        (row["where"], english.format(row["what"]), english.format(row["cure"]))
        for _, row in asked.head(MOST_QUESTIONS).iterrows()
    ]
    caption = say("Questions still open: {n}; the values stand as reported", n=len(asked))
    return Table.of("quality-questions", caption, columns, rows, simulated(panel))


def region(findings: Sequence[Finding], panel: Panel, evaluation: Evaluation) -> Piece:
    """The region's share: its findings, how many values are hidden, how many cells of its workbooks were normalised."""
    if not panel.exists:
        return Html("")
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.unit == evaluation.region:
            alike.setdefault((finding.kind, finding.consequence), []).append(finding)
    sentences = [_sentence(group, evaluation) for group in alike.values()] + hidden(panel, evaluation)
    sentences = sentences or [say("No figure of this region contradicts another, and none of the period is missing.")]
    sentences += _normalised(evaluation)
    label = paragraphs(demo()) if simulated(panel) else ""
    return stacked(label, Html('<ul id="quality-own">{}</ul>').format(items(sentences)))


def _normalised(evaluation: Evaluation) -> list[Html]:
    """How many cells of the region's workbooks were read otherwise than written; nothing where none was."""
    n, files = ingest_logs.normalised(evaluation).get(evaluation.region, (0, 0))
    if not n:
        return []
    return [
        say(
            "{n} cells of the workbooks that hold this region's figures ({files}) were read otherwise than written: "
            "signs, units of measure, names. A log names each with its address.",
            n=formats.count(n),
            files=formats.count(files),
        )
    ]


def _row(finding: Finding, evaluation: Evaluation) -> Sequence[object]:
    return [
        evaluation.name(finding.unit, language()),
        wording.indicators(finding.indicators, evaluation),
        _periods(finding),
        _facts(finding, evaluation),
    ]


def _sentence(findings: Sequence[Finding], evaluation: Evaluation) -> Html:
    """Findings of one kind that do the same to the evaluation."""
    places = []
    for finding in findings:
        facts = {
            "indicators": wording.indicators(finding.indicators, evaluation),
            "periods": _periods(finding),
            "facts": _facts(finding, evaluation),
        }
        words = "{indicators}, {periods}" if facts["facts"] == formats.NOTHING else "{indicators}, {periods} ({facts})"
        places.append(plain(words, **facts))
    return say(
        "{kind}: {places}. {consequence}",
        kind=translate(vocabulary.QUALITY_KINDS[findings[0].kind]),
        places=semicolons(places),
        consequence=translate(vocabulary.QUALITY_CONSEQUENCES[findings[0].consequence]),
    )


def _facts(finding: Finding, evaluation: Evaluation) -> str:
    """The numbers behind a finding, or the reason why they are missing."""
    if reason := str(finding.facts.get("reason", "")):
        return translate(vocabulary.GAP_REASONS[reason])
    words = vocabulary.QUALITY_FACTS.get(finding.kind)
    if words is None or (finding.kind == "revised" and "before" not in finding.facts):
        return formats.NOTHING
    indicator, counts = evaluation.indicators[finding.indicators[0]], finding.kind == "above_whole"
    facts = {
        name: _number(fact, None if counts or finding.facts.get("part", "value") != "value" else indicator)
        for name, fact in finding.facts.items()
        if f"{{{name}}}" in words
    }
    return plain(words, **facts)


def _number(fact: float | str, indicator: Indicator | None) -> str:
    """A figure of a finding with its unit, or a plain count; anything but a number is shown as written."""
    try:
        amount = float(fact)
    except ValueError:
        return str(fact)
    return formats.value(amount, indicator) if indicator else formats.count(amount)


def _periods(finding: Finding) -> str:
    if len(finding.periods) > FEW:
        first, last = formats.period(finding.periods[0]), formats.period(finding.periods[-1])
        return plain("{n} periods from {first} to {last}", n=len(finding.periods), first=first, last=last)
    return wording.listed([formats.period(name) for name in finding.periods])


def _rule(text: str) -> str:
    """A rule of the log in words; an unknown one is shown as written."""
    rule = next((name for name in vocabulary.INGEST_RULES if text.startswith(name)), None)
    return translate(vocabulary.INGEST_RULES[rule]) if rule else text
