"""Cells that the ledgers and the reform card share: how far something is, where it should show, lists."""

from collections.abc import Iterable, Sequence

from evalkit.analysis.goals import ledger
from evalkit.analysis.goals.ledger import State
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Cited, Text
from evalkit.reporting.elements import tables
from evalkit.reporting.elements.html import quoted, withheld
from evalkit.reporting.elements.parts import Fold, Piece
from evalkit.reporting.elements.table import Column, Group, Table, cell, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate

LONG = 12  # rows that a reader scrolls past without looking for something


def state(state: State) -> Html:
    """How far something has come, since when, and how sure one may be; silence is called by its name."""
    word = vocabulary.PROGRESS[state.status]
    if state.status == "unknown":
        return withheld(translate(word))
    text = chips.progress(state.status, word)
    if state.when:
        date = formats.period(state.when)
        text += Html(" {}").format(date if state.exact else say("reported on {date}", date=date))
    if state.basis:
        text += say(" ({basis})", basis=translate(vocabulary.BASES[state.basis]))
    return text + Html("<br>{}").format(state.text[language()]) if state.text else text


def indicators(names: Iterable[str], evaluation: Evaluation) -> str:
    """The names of indicators as a list; a dash without any."""
    return wording.listed([evaluation.indicators[name].name[language()] for name in names]) or formats.NOTHING


def bodies(named: str | None, evaluation: Evaluation) -> str:
    """Who is named, on an English page by the English names that the region's file gives."""
    if not named or language() == "zh":
        return named or formats.NOTHING
    owners = ledger.owners_by_name(evaluation.details)
    names = ledger.named_together(named)
    return wording.listed([owners[name].name["en"] if name in owners else name for name in names])


def folded(caption: Html | str, table: Table, rows: int) -> Piece:
    """A long table folded under its caption and the number of its rows; a short one unchanged."""
    if rows <= LONG:
        return table
    label = say("{caption} ({n} rows)", caption=caption, n=rows)
    return Fold(label, (table,), kind="fold")


def without_empty(
    columns: Sequence[Column], rows: Sequence[Sequence[object] | Group]
) -> tuple[list[Column], list[Sequence[object] | Group]]:
    """The table less the columns in which no row says anything."""
    filled = [
        i
        for i in range(len(columns))
        if any(cell(row[i]).lines != (formats.NOTHING,) for row in rows if not isinstance(row, Group))
    ]
    kept: list[Sequence[object] | Group] = [row if isinstance(row, Group) else [row[i] for i in filled] for row in rows]
    return [columns[i] for i in filled], kept


def commitment(word: str | None) -> Html:
    """The source's own word for how firmly something is promised, and what it amounts to."""
    if not word:
        return Html.escape(formats.NOTHING)
    own = quoted(word)
    strength = vocabulary.COMMITMENTS.get(word)
    return say("{word} ({strength})", word=own, strength=translate(strength)) if strength else own


def grounds(cited: Sequence[Cited], evaluation: Evaluation) -> tuple[list[Html], Html]:
    """The source's words for each entry, and where they come from: said once, above, where it is one source."""
    if len({entry.source for entry in cited}) > 1:
        return [tables.cited(entry.source, entry.phrase, evaluation, entry.note) for entry in cited], Html("")
    return [words(entry.phrase, entry.note) for entry in cited], sources([entry.source for entry in cited], evaluation)


def ground_head(above: Html) -> Column:
    """The heading over the grounds of entries: their words only where the source is named above."""
    (column,) = heads("Words of the source:w" if above else "Source:w")
    return column


def sources(codes: Iterable[str], evaluation: Evaluation) -> Html:
    """The line that names the sources of a table, each once with its standing."""
    named = [wording.source(code, evaluation, between=" · ") for code in dict.fromkeys(codes) if code]
    names = say("Source: {list}", list=Html("<br>").join(named))
    return Html('<p class="source">{}</p>').format(names) if named else Html("")


def words(phrase: str, *notes: Text | None) -> Html:
    """A source's words and the notes on them, without the name of the source."""
    remarks = [Html('<span class="note">{}</span>').format(note[language()]) for note in notes if note]
    return Html("<br>").join([quoted(phrase), *remarks] if phrase else remarks)
