"""What a report says in its main text, five to eight pages, and what it annexes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evalkit.reporting.elements.parts import Fold, Head, Paragraph, Parts, Piece, Section, flat
from evalkit.reporting.elements.table import Below, Cell, Table, cell, heads
from evalkit.reporting.language import section_order
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import say, translate

SECTIONS = {*(code for codes in section_order.FRONT.values() for code in codes), "limits"}
DESCRIBED = {"reform", "needed", "published"}  # in the main text too, where nothing could be estimated
ANNEXES = {  # their titles with the codes of their sections; the last one takes all others
    "Goals, effects and checks in detail": ("conclusions", "goals", "effects", "indicators", "checks"),
    "The reform and its implementation": ("reform", "implementation", "appraisal", "problems", "members"),
    "Published figures and quality of the data": ("changes", "published", "quality"),
    "Evaluation plan, evidence, definitions and sources": (),
}


@dataclass(frozen=True, slots=True)
class Attachment:
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
    annexes: tuple[Attachment, ...]

    @property
    def annexed(self) -> tuple[Section, ...]:
        """The sections of all annexes."""
        return tuple(section for annex in self.annexes for section in annex.sections)


def divide(page: Iterable[Piece]) -> Divided:
    """A page as opening, main text and annexes; what follows a section without belonging to it goes with it."""
    opening: list[Piece] = []
    sections: list[Section] = []
    main: list[Piece] = []
    ending: list[Piece] = []
    annexed: list[Section] = []
    for piece in _unstacked(page):
        if isinstance(piece, Section):
            sections.append(piece)
        elif isinstance(piece, Paragraph) and piece.kind == "lacking":
            ending.append(piece)
        elif sections:
            sections[-1] = replace(sections[-1], parts=(*sections[-1].parts, piece))
        else:
            (opening if _is_opening(piece) else main).append(piece)
    estimated = any(isinstance(part, Table) and part.name == "effects-table" for part in flat(sections))
    chosen = SECTIONS if estimated else SECTIONS | DESCRIBED
    for section in sections:
        kept, moved = _divided(section.parts) if section.code in chosen else ((), section.parts)
        if kept:
            main.append(replace(section, parts=kept))
        if moved:
            code = f"{section.code}-annex" if kept else section.code
            annexed.append(replace(section, code=code, parts=moved))
    return Divided(tuple(opening), (*main, *ending), tuple(_annexes(annexed)))


def _unstacked(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Parts that are only stacked in others, one by one."""
    for piece in pieces:
        if type(piece) is Parts and not piece.opened:
            yield from _unstacked(piece.parts)
        else:
            yield piece


def _is_opening(piece: Piece) -> bool:
    return isinstance(piece, Head) or (isinstance(piece, Paragraph) and piece.kind.startswith("notice"))


def _annexes(sections: Sequence[Section]) -> list[Attachment]:
    named = {code: title for title, codes in ANNEXES.items() for code in codes}
    others = list(ANNEXES)[-1]
    titles = [named.get(section.code.removesuffix("-annex"), others) for section in sections]
    pairs = list(zip(sections, titles, strict=True))
    groups = {title: [section for section, own in pairs if own == title] for title in ANNEXES}
    return [Attachment(translate(title), tuple(group)) for title, group in groups.items() if group]


def _divided(parts: Iterable[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """What of some parts belongs into the main text, and the others: what is folded, and sources below rows."""
    kept: list[Piece] = []
    moved: list[Piece] = []
    for part in parts:
        if isinstance(part, Fold) and not part.in_main_text:
            moved.append(part)
        elif isinstance(part, Fold):
            inside, others = _divided(part.parts)
            kept += inside
            moved += others
        elif isinstance(part, Table):
            short = replace(part, rows=tuple(row for row in part.rows if not isinstance(row, Below)))
            kept.append(short)
            moved += [_sources(part)] if short != part else []
        elif isinstance(part, Parts):
            inside, others = _divided(part.parts)
            if others and not any(isinstance(piece, Table) for piece in flat(inside)):
                moved.append(part)  # what is left is about what is moved
            else:
                kept.append(replace(part, parts=inside))
                moved += others
        else:
            kept.append(part)
    return tuple(kept), tuple(moved)


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
