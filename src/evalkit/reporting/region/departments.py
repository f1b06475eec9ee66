"""Who does what by when: one table of everything that each body owes."""

from collections.abc import Sequence

from evalkit.analysis.goals import obligations
from evalkit.analysis.goals.ledger import State
from evalkit.analysis.goals.obligations import Body, Owed
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import tables
from evalkit.reporting.elements.parts import Piece
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate


def table(evaluation: Evaluation) -> Piece:
    """Who owes what by when: tasks, recommendations and open problems of each body, whatever the source calls it."""
    found = obligations.bodies(evaluation)
    if not found:
        return Html("")
    columns = heads("What:w", "Kind", "Due:s", "Progress")
    rows: list[Sequence[object] | Group] = []
    for one in found:
        rows += [Group(_body(one)), *map(_owed, one.owed)]
    caption = say("Responsibilities and deadlines")
    if all(_is_silent(owed) for one in found for owed in one.owed):
        columns, rows = columns[:-1], [row if isinstance(row, Group) else row[:-1] for row in rows]
        caption = say("Responsibilities and deadlines; no evidence seen for any (not the same as not done)")
    return Table.of("departments-table", caption, columns, rows, tables.is_fictional(evaluation), stacked=True)


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
