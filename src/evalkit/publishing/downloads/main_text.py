"""What a report says in its main text, five to eight pages, and what it annexes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evalkit.reporting.elements.parts import Fold, Head, Paragraph, Parts, Piece, Section, flat
from evalkit.reporting.elements.table import Below, Cell, Picture, Table, cell, heads
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import say, translate

# By the codes of sections and the names of tables; whatever is not named here is annexed.
SECTIONS = ("conclusions", "goals", "effects", "implementation", "problems", "limits")
TABLES = (
    "glance-table",
    "goals-table",
    "references-table",
    "effects-table",
    "withheld-table",
    "departments-table",
    "problems-table",
    "recommendations-table",
)
FOR_CITIZENS = 'id="for-you"'  # the box that a bureau does not need
ANNEXES = {  # their titles with the codes of their sections; the last one takes all others
    "Goals, effects and checks in detail": ("conclusions", "goals", "effects", "indicators", "checks"),
    "The reform and its implementation": ("reform", "implementation", "appraisal", "problems", "members"),
    "Published figures and quality of the data": ("changes", "published", "quality"),
    "Evaluation plan, evidence, definitions and sources": (),
}


@dataclass(frozen=True, slots=True)
class Annex:
    """One annex: its title and its sections."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Divided:
    """A report as an office submits it.

    Attributes:
        opening: the head and the notices, for the cover.
        main: the sections of the main text, and what else is shown before the first section.
    """

    opening: tuple[Piece, ...]
    main: tuple[Piece, ...]
    annexes: tuple[Annex, ...]

    @property
    def annexed(self) -> tuple[Section, ...]:
        """The sections of all annexes."""
        return tuple(section for annex in self.annexes for section in annex.sections)


def divide(page: Iterable[Piece]) -> Divided:
    """A page as opening, main text and annexes; what follows a section without belonging to it goes with it."""
    opening: list[Piece] = []
    sections: list[Section] = []
    main: list[Piece] = []
    annexed: list[Section] = []
    for piece in _unstacked(page):
        if isinstance(piece, Section):
            sections.append(piece)
        elif sections:
            sections[-1] = replace(sections[-1], parts=(*sections[-1].parts, piece))
        else:
            (opening if _is_opening(piece) else main).append(piece)
    for section in sections:
        kept, moved = _divided(section.parts) if section.code in SECTIONS else ((), section.parts)
        if kept:
            main.append(replace(section, parts=kept))
        if moved:
            code = f"{section.code}-annex" if kept else section.code
            annexed.append(replace(section, code=code, parts=moved))
    return Divided(tuple(opening), tuple(main), tuple(_annexes(annexed)))


def _unstacked(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Parts that are only stacked in others, one by one."""
    for piece in pieces:
        if type(piece) is Parts and not piece.opened:
            yield from _unstacked(piece.parts)
        else:
            yield piece


def _is_opening(piece: Piece) -> bool:
    return isinstance(piece, Head) or (isinstance(piece, Paragraph) and piece.kind.startswith("notice"))


def _annexes(sections: Sequence[Section]) -> list[Annex]:
    named = {code: title for title, codes in ANNEXES.items() for code in codes}
    others = list(ANNEXES)[-1]
    titles = [named.get(section.code.removesuffix("-annex"), others) for section in sections]
    groups = {title: [one for one, own in zip(sections, titles, strict=True) if own == title] for title in ANNEXES}
    return [Annex(translate(title), tuple(group)) for title, group in groups.items() if group]


def _divided(parts: Iterable[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """What of some parts belongs into the main text, and the others."""
    kept: list[Piece] = []
    moved: list[Piece] = []
    for part in parts:
        if isinstance(part, Table) and part.name in TABLES:
            short = replace(part, rows=tuple(row for row in part.rows if not isinstance(row, Below)))
            kept.append(short)
            moved += [_sources(part)] if short != part else []
        elif isinstance(part, Parts) and any(isinstance(one, Table) and one.name in TABLES for one in flat(part.parts)):
            inside, others = _divided(part.parts)
            kept.append(replace(part, parts=inside))
            moved += others
        elif FOR_CITIZENS in getattr(part, "opened", "") or any(map(_is_detail, flat([part]))):
            moved.append(part)
        else:
            kept.append(part)
    return tuple(kept), tuple(moved)


def _is_detail(part: Piece) -> bool:
    return isinstance(part, Table | Picture | Fold)


def _sources(table: Table) -> Table:
    """What a table says below its rows, as a table of its own; the main text has the rows."""
    first: Cell | None = None
    rows: list[tuple[Cell, Cell]] = []
    for row in table.rows:
        if isinstance(row, Below) and first is not None:
            rows.append((first, cell(row.content)))
        elif isinstance(row, tuple):
            first = row[0]
    columns = (table.columns[0], *heads("Source"))
    caption = say("Sources of {table}", table=table.number or text_of(table.caption))
    return Table(f"{table.name}-sources", caption, columns, tuple(rows))
