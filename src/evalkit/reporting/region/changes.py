"""What has changed: since the previous assessment, and since this report was published for the first time."""

from collections.abc import Sequence

from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals import since_last as in_time
from evalkit.analysis.goals.attainment import Attainment, Observation, Status
from evalkit.analysis.goals.since_last import Revision, Since
from evalkit.analysis.revisions import extended, headline, origin
from evalkit.panel.observations import Panel
from evalkit.project import last_run
from evalkit.project.evaluation import Evaluation
from evalkit.project.last_run import Change, Difference, Figure
from evalkit.project.params import Indicator
from evalkit.reporting.elements import prose, tables
from evalkit.reporting.elements.html import paragraphs, small, withheld
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Cell, Table, datum, heads, lines, with_data
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, commas, language, say, translate


def since(judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation) -> Piece:
    """Figures and statuses in the previous assessment and in this one; nothing where none is named."""
    previous = evaluation.previous
    if evaluation.earlier is None:
        return Html("")
    if previous is None:
        return paragraphs(say("The previous assessment did not cover this region."))
    pairs = in_time.since(judged, panel, evaluation)
    seen = [pair for pair in pairs if pair.then or pair.now]
    names = dict.fromkeys(evaluation.indicators[pair.indicator].name[language()] for pair in pairs if pair not in seen)
    unseen = paragraphs(
        say("No figure in either assessment: {list}.", list=wording.listed(list(names)))
        if seen
        else say("Neither assessment has a figure of these indicators, so nothing can be compared.")
    )
    if seen and all("same_figure" in pair.notes for pair in seen):
        sentence = say(
            "Since “{title}” (data cut-off {as_of}) the sources used hold no newer figure.",
            title=prose.heading(previous),
            as_of=prose.as_of(previous),
        )
        return stacked(paragraphs(sentence), unseen if names else "")
    return stacked(_since_table(seen, previous, evaluation) if seen else "", unseen if names else "")


def _since_table(pairs: Sequence[Since], previous: Evaluation, evaluation: Evaluation) -> Table:
    columns = heads("Indicator", "Figure then:n", "Figure now:n", "Difference:n", "Remark:w")
    rows = [_since_row(pair, evaluation.indicators[pair.indicator]) for pair in pairs]
    caption = say(
        "Compared with “{title}” (data cut-off {as_of})", title=prose.heading(previous), as_of=prose.as_of(previous)
    )
    return Table.of("since-table", caption, columns, rows, tables.is_fictional(evaluation))


def _since_row(pair: Since, indicator: Indicator) -> list[object]:
    name = Html('<span class="indicator">{}</span>').format(indicator.name[language()])
    if pair.target is not None:
        name += say("<br><small>target: {target}</small>", target=wording.target(pair.target, indicator))
    remarks = [translate(vocabulary.SINCE[code]) for code in pair.notes]
    return [
        name,
        _figure(pair.then, indicator, _goal(pair.goal_then, pair), "Status then"),
        _figure(pair.now, indicator, _goal(pair.goal_now, pair), "Status now"),
        formats.difference(pair.difference, indicator),
        Html("<br>").join(Html.escape(remark) for remark in remarks) or formats.NOTHING,
    ]


def _figure(seen: Observation | None, indicator: Indicator, status: Html, heading: str) -> Cell:
    """A figure with its period and status; in a spreadsheet the status has its own column."""
    if seen is None:
        none = translate("no figure")
        return with_data(lines(none, status), [datum("", none), datum(heading, status)])
    value = wording.observation(seen, indicator)
    shown = lines(value, small(formats.period(seen.period)), status)
    return with_data(shown, [datum("", value), datum(heading, status)])


def _goal(status: Status | None, pair: Since) -> Html:
    if status is not None:
        return chips.goal(status)
    return Html.escape(translate("no target stated") if pair.target is None else translate("not judged"))


def revised(panel: Panel, evaluation: Evaluation) -> Piece:
    """Figures of the previous assessment that the data contradict now, each with its explanation."""
    if evaluation.previous is None:
        return Html("")
    revisions = in_time.revised(panel, evaluation)
    if revisions is None and evaluation.is_desk_review:
        return Html("")
    if revisions is None:
        unchecked = "The figures of the previous assessment were not frozen: whether any was revised cannot be checked."
        return paragraphs(say(unchecked))
    if not revisions:
        return paragraphs(say("No figure of the previous assessment was revised afterwards."))
    columns = heads("Indicator", "Period:s", "As frozen then:n", "In the data now:n", "Difference:n", "Explanation:w")
    rows = [_revised_row(revision, evaluation.indicators[revision.indicator]) for revision in revisions]
    caption = say("Figures of the previous assessment that were revised afterwards")
    return Table.of("revised-table", caption, columns, rows, tables.is_fictional(evaluation))


def _revised_row(revision: Revision, indicator: Indicator) -> list[object]:
    gone, hidden = withheld(translate("no figure")), withheld(translate("hidden"))
    difference = None if revision.new is None or revision.old is None else revision.new - revision.old
    return [
        indicator.name[language()],
        formats.period(revision.period),
        hidden if revision.old is None else formats.value(revision.old, indicator),
        gone if revision.new is None else formats.value(revision.new, indicator),
        formats.difference(difference, indicator),
        revision.why[language()] if revision.why else withheld(translate("No explanation yet")),
    ]


def revisions(judged: Sequence[Attainment], findings: Sequence[Finding], panel: Panel, evaluation: Evaluation) -> Piece:
    """How the figures that this report leads with were revised from one published run to the next."""
    before = last_run.read(evaluation.root, evaluation.assessment.name, evaluation.region)
    if before is None and evaluation.assessment.state != "final":
        return Html("")  # no final version was published before, so nothing counts as revised
    run = extended(before, panel.fingerprint, headline(judged, findings), origin(panel, evaluation))
    restarted = [say("Figures shown before small numbers were hidden by today's rule are not listed.")]
    restarted = restarted if run.restarted else []
    if not any(change.rows for change in run.changes):
        return paragraphs(say("Since this report was published, no figure in it has been revised."), *restarted)
    columns = heads("Revision:s", "Indicator", "Result", "Before:n", "After:n", "Reason")
    rows = [
        _revision_row(number, row, change, evaluation)
        for number, change in enumerate(run.changes, start=1)
        for row in change.rows
    ]
    caption = say("Figures revised since this report was first published (run by run)")
    table = Table.of("revisions-table", caption, columns, rows, tables.is_fictional(evaluation))
    return stacked(table, _left_out(run.changes), paragraphs(*restarted) if restarted else Html(""))


def _revision_row(number: int, row: Difference, change: Change, evaluation: Evaluation) -> list[object]:
    shown = row.new or row.old
    assert shown is not None  # a difference is between two figures, or of one
    indicator = evaluation.indicators.get(shown.indicator)
    return [
        number,
        indicator.name[language()] if indicator else shown.indicator,
        _result(shown),
        _value(row.old, indicator),
        _value(row.new, indicator),
        _revised_for(row, change),
    ]


def _revised_for(row: Difference, change: Change) -> str:
    """What had changed; a run of an earlier version has noted only whether the data had."""
    if not row.reasons:
        return translate(vocabulary.REVISED_FOR_UNKNOWN[change.before != change.after])
    return commas([translate(vocabulary.REVISED_FOR[reason]) for reason in row.reasons])


def _result(figure: Figure) -> str:
    if figure.analysis == "attainment":
        return translate("latest figure")
    return say("{method}: {term}", method=wording.method(figure.method), term=wording.term(figure.term))


def _value(figure: Figure | None, indicator: Indicator | None) -> object:
    if figure is None:
        return withheld(translate("no figure"))
    if indicator is None:
        return formats.number(figure.value)
    if figure.analysis != "attainment":
        return formats.effect(figure.value, indicator)
    period = formats.period(figure.period)
    return lines(formats.value(figure.value, indicator), small(period))


def _left_out(changes: Sequence[Change]) -> Html:
    """How many differences of one run are counted but not listed."""
    more = sum(change.count - len(change.rows) for change in changes)
    return paragraphs(say("Further revised figures that are not listed: {n}.", n=more)) if more else Html("")
