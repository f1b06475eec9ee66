"""Who does what by when: one table of everything that each body owes."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit.analysis.goals import obligations
from evalkit.analysis.goals.ledger import State
from evalkit.analysis.goals.obligations import Body, Owed
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import tables
from evalkit.reporting.elements.html import paragraphs
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate


def table(evaluation: Evaluation) -> Piece:
    """Who owes what by when: tasks, recommendations and open problems of each body, whatever the source calls it.

    What is done is counted, not listed.
    """
    every = obligations.bodies(evaluation)
    found = [replace(one, owed=left) for one in every if (left := tuple(owed for owed in one.owed if not _done(owed)))]
    if not found:
        return Html("")
    done = len({owed.name[language()] for one in every for owed in one.owed if _done(owed)})
    columns = heads("What:w", "Kind", "Due:s", "Progress")
    rows: list[Sequence[object] | Group] = []
    for one in found:
        rows += [Group(_body(one)), *map(_owed, one.owed)]
    caption = say("Responsibilities and deadlines")
    if all(_is_silent(owed) for one in found for owed in one.owed):
        columns, rows = columns[:-1], [row if isinstance(row, Group) else row[:-1] for row in rows]
        caption = say("Responsibilities and deadlines; no evidence seen for any (not the same as not done)")
    shown = Table.of("departments-table", caption, columns, rows, tables.is_fictional(evaluation), stacked=True)
    return stacked(shown, paragraphs(say("Done tasks are not listed here: {n}.", n=done)) if done else "")


def _done(one: Owed) -> bool:
    return isinstance(one.state, State) and one.state.status in ("done", "done_late")


def _is_silent(one: Owed) -> bool:
    return isinstance(one.state, State) and one.state.status == "unknown"


def _body(one: Body) -> Html:
    """A body, how much it owes, and its other names."""
    name = one.owner.name[language()] if one.owner else one.name
    told, aliases = say("{body} ({n})", body=name, n=len(one.owed)), one.owner.aliases if one.owner else ()
    if not aliases:
        return told
    return told + say(" <small>also: {others}</small>", others=wording.listed(aliases))


def _owed(one: Owed) -> list[object]:
    due = formats.period(one.due) if one.due else translate("not stated")
    return [one.name[language()], translate(vocabulary.OWED[one.kind]), due, _stands(one)]


def _stands(one: Owed) -> Html:
    """The progress of a task or the state of a problem; a short word if nothing was received."""
    if isinstance(one.state, State) and not _is_silent(one):
        return chips.progress(one.state.status, vocabulary.PROGRESS[one.state.status])
    code = "unknown" if isinstance(one.state, State) else one.state or "recommended"
    return Html('<span class="withheld">{}</span>').format(translate(vocabulary.OWED_STANDINGS[code]))
