"""Who does what by when: one table of everything that each body owes."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit.analysis.goals import obligations
from evalkit.analysis.goals.ledger import DONE, State
from evalkit.analysis.goals.obligations import Body, Owed
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import tables
from evalkit.reporting.elements.html import paragraphs, withheld
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate


def table(evaluation: Evaluation) -> Piece:
    """Who owes what by when: tasks, recommendations and open problems of each body, whatever the source calls it.

    What is done is counted, not listed.
    """
    every = obligations.bodies(evaluation)
    left = (replace(body, owed=tuple(owed for owed in body.owed if not _done(owed))) for body in every)
    bodies = [body for body in left if body.owed]
    if not bodies:
        return Html("")
    done = len({owed.name[language()] for body in every for owed in body.owed if _done(owed)})
    columns = heads("What:w", "Kind", "Due:s", "Progress")
    rows: list[Sequence[object] | Group] = []
    for body in bodies:
        rows += [Group(_body(body)), *map(_owed, body.owed)]
    caption = say("Responsibilities and deadlines")
    if all(_is_silent(owed) for body in bodies for owed in body.owed):
        columns, rows = columns[:-1], [row if isinstance(row, Group) else row[:-1] for row in rows]
        caption = say("Responsibilities and deadlines; no evidence seen for any (not the same as not done)")
    shown = Table.of("departments-table", caption, columns, rows, tables.is_fictional(evaluation), stacked=True)
    return stacked(shown, paragraphs(say("Done tasks are not listed here: {n}.", n=done)) if done else "")


def _done(owed: Owed) -> bool:
    return isinstance(owed.state, State) and owed.state.status in DONE


def _is_silent(owed: Owed) -> bool:
    return isinstance(owed.state, State) and owed.state.status == "unknown"


def _body(body: Body) -> Html:
    """A body, how much it owes, and its other names."""
    name = body.owner.name[language()] if body.owner else body.name
    text, aliases = say("{body} ({n})", body=name, n=len(body.owed)), body.owner.aliases if body.owner else ()
    if not aliases:
        return text
    return text + say(" <small>also: {others}</small>", others=wording.listed(aliases))


def _owed(owed: Owed) -> list[object]:
    due = formats.period(owed.due) if owed.due else translate("not stated")
    return [owed.name[language()], translate(vocabulary.OWED[owed.kind]), due, _stands(owed)]


def _stands(owed: Owed) -> Html:
    """The progress of a task or the state of a problem; a short word if nothing was received."""
    if isinstance(owed.state, State) and not _is_silent(owed):
        return chips.progress(owed.state.status, vocabulary.PROGRESS[owed.state.status])
    code = "unknown" if isinstance(owed.state, State) else owed.state or "recommended"
    return withheld(translate(vocabulary.OWED_STANDINGS[code]))
