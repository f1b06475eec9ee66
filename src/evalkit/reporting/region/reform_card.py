"""The reform card: the structure of the reform, its measures over time, concurrent reforms, incentives."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from evalkit import periods
from evalkit.analysis.goals import ledger
from evalkit.project.evaluation import Evaluation
from evalkit.project.region_file import Policy
from evalkit.reporting.elements import prose, shared_cells, tables
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.sheet import Sheet
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, semicolons, translate
from evalkit.reporting.region import reform_figures
from evalkit.reporting.region.reform_figures import Mark

FEWEST = 3  # entries of a timeline


def structures(evaluation: Evaluation) -> Piece:
    """How the reform is built: how many, who, where."""
    parts = evaluation.details.structures
    if not parts:
        return Html("")
    grounds, above = shared_cells.grounds(parts, evaluation)
    columns = [*heads("Part", "What the source says"), shared_cells.ground_head(above)]
    rows = [
        [part.name[language()], part.value[language()] if part.value else formats.NOTHING, ground]
        for part, ground in zip(parts, grounds, strict=True)
    ]
    shown = shared_cells.without_empty(columns, rows)
    caption = say("How the reform is built")
    table = Table.of("structures-table", caption, *shown, tables.is_fictional(evaluation))
    return stacked(above, shared_cells.folded(caption, table, len(rows)))


def policies(evaluation: Evaluation) -> Piece:
    """Measures, their legal basis, and concurrent reforms, by date; undated ones last."""
    in_force = _in_force(evaluation)
    if not in_force:
        return Html("")
    grounds, above = shared_cells.grounds(in_force, evaluation)
    columns = [*heads("Measure or document", "Date:s", "Kind:s", "May move"), shared_cells.ground_head(above)]
    undated = sum(not policy.date for policy in in_force)
    rows: list[list[object] | Group] = [
        [
            policy.name[language()],
            formats.period(policy.date) if policy.date else formats.NOTHING,
            translate(vocabulary.LANES[policy.role]),
            shared_cells.indicators(policy.indicators, evaluation),
            ground,
        ]
        for policy, ground in zip(in_force, grounds, strict=True)
    ]
    if undated:
        rows.insert(len(rows) - undated, Group(say("No date in the source ({n})", n=undated)))
    shown = shared_cells.without_empty(columns, rows)
    caption = say("Measures and documents")
    table = Table.of("policies-table", caption, *shown, tables.is_fictional(evaluation))
    return stacked(above, shared_cells.folded(caption, table, len(in_force)), _confounders(in_force))


def _in_force(evaluation: Evaluation) -> list[Policy]:
    """What was in force by the cut-off date, by date, with what has no date."""
    as_of = evaluation.assessment.as_of
    policies = evaluation.details.policies
    in_force = [policy for policy in policies if policy.date is None or ledger.is_known(policy.date, as_of)]
    return sorted(in_force, key=lambda policy: policy.date or "9999")


def _confounders(in_force: Sequence[Policy]) -> Html:
    """Concurrent policies that could confound the estimate."""
    others = [policy.name[language()] for policy in in_force if policy.role in ("concurrent", "payment")]
    if not others:
        return Html("")
    return say(
        "<p>These run beside the reform and may be a reason for a change in the figures as well: {list}. What changed "
        "cannot be put down to the reform alone.</p>",
        list=wording.listed(others),
    )


def timeline(evaluation: Evaluation) -> Drawing | Html:
    """Measures, milestones and other reforms over time; empty where fewer than three have a date."""
    in_force = _in_force(evaluation)
    marks = [Mark(entry.role, entry.date, entry.name[language()], True, entry) for entry in in_force if entry.date]
    events = [(event.milestone, event.status == "reached") for event in ledger.milestones(evaluation)]
    marks += [
        Mark("milestone", entry.date, entry.name[language()], reached, entry) for entry, reached in events if entry.date
    ]
    if len(marks) < FEWEST:
        return Html("")
    marks.sort(key=lambda mark: (periods.first_day(mark.date), periods.last_day(mark.date), mark.lane))
    simulated = tables.is_fictional(evaluation)

    def paint(sheet: Sheet) -> Figure:
        return reform_figures.timeline(marks, evaluation, sheet)

    caption = _caption(marks, sum(not policy.date for policy in in_force), evaluation)
    is_one = len({mark.cited.source for mark in marks}) == 1
    if is_one:
        named = wording.source(marks[0].cited.source, evaluation, between=" · ")
        caption += Html("<br>") + say("Source: {list}", list=named)
    description = semicolons([f"{formats.period(mark.date)} {mark.name}" for mark in marks])
    table = _entries(marks, evaluation, simulated, is_one)
    return drawing(paint, "fig-timeline", _title(marks), caption, table, simulated, description)


def _title(marks: Sequence[Mark]) -> Html:
    others = sum(mark.lane in ("payment", "concurrent") for mark in marks)
    years = [day(mark.date).year for mark in marks for day in (periods.first_day, periods.last_day)]
    return say(
        "{n} dated entries from {first} to {last}; {others} of them are other reforms of the same time"
        if others
        else "{n} dated entries from {first} to {last}; no other reform with a date is known",
        n=len(marks),
        first=formats.period(str(min(years))),
        last=formats.period(str(max(years))),
        others=others,
    )


def _caption(marks: Sequence[Mark], undated: int, evaluation: Evaluation) -> Html:
    key = "Numbers as in the list. Filled: reported as having happened; hollow: planned, or nothing reported."
    sentences = [say(key)]
    if not all(reform_figures.numbers(marks)):
        sentences.append(say("Entries of which only the year is known are in the list and not drawn."))
    if len(reform_figures.adoption(evaluation)) == 4:
        sentences.append(say("Of the start only the year is known: the band is that year."))
    if undated:
        sentences.append(say("Measures without a date in the sources are not drawn: {n}.", n=undated))
    return prose.joined(*sentences)


def _entries(marks: Sequence[Mark], evaluation: Evaluation, simulated: bool, is_one_source: bool) -> Table:
    columns = heads("No.:n", "Date:s", "Entry", "Kind:s", "Happened", "Source:w")
    rows = [
        (
            number or formats.NOTHING,
            formats.period(mark.date),
            mark.name,
            translate(vocabulary.LANES[mark.lane]),
            translate("reported") if mark.happened else translate("planned, or nothing reported"),
            formats.NOTHING if is_one_source else wording.source(mark.cited.source, evaluation),
        )
        for number, mark in zip(reform_figures.numbers(marks), marks, strict=True)
    ]
    shown = shared_cells.without_empty(columns, rows)
    return Table.of("timeline-table", say("Dated entries of this figure"), *shown, simulated)


def incentives(evaluation: Evaluation) -> Piece:
    """Consequences tied to results, and how they may distort the figures."""
    consequences = evaluation.details.incentives
    if not consequences:
        return Html("")
    grounds, above = shared_cells.grounds(consequences, evaluation)
    columns = [
        *heads("Consequence", "Tied to", "Indicators", "How it may bend the figures"),
        shared_cells.ground_head(above),
    ]
    rows = [
        [
            incentive.name[language()],
            incentive.tied_to[language()],
            shared_cells.indicators(incentive.indicators, evaluation),
            incentive.risk[language()],
            ground,
        ]
        for incentive, ground in zip(consequences, grounds, strict=True)
    ]
    shown = shared_cells.without_empty(columns, rows)
    table = Table.of("incentives-table", say("What hangs on results"), *shown, tables.is_fictional(evaluation))
    apart = say("<p>Appraisal scores and estimates of effects are kept apart: neither enters the other.</p>")
    return stacked(above, table, apart)
