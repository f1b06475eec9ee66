"""Numbers of headings, tables and figures: a page, its Word document and its workbook give a table the same one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from evalkit.publishing.downloads import main_text
from evalkit.reporting.elements.parts import Part, Piece, flat
from evalkit.reporting.elements.table import Picture, Table
from evalkit.reporting.language.words import language, say

GAP = "\N{EM SPACE}"  # between a number and what it numbers; plain spaces would be run together
DIGITS = "〇一二三四五六七八九"
# In the main text and in the annexes.
TABLES = ("Table {n}", "Table A{n}")
FIGURES = ("Figure {n}", "Figure A{n}")


@dataclass(slots=True)
class Numbers:
    """Counts headings through a document, in the main text or in one annex."""

    section: int = 0
    part: int = 0

    def heading(self, level: int) -> str:
        """一、 and （一） in Chinese, 1 and 1.1 in English; parts are numbered from 1 in every section."""
        if level == 1:
            self.section, self.part = self.section + 1, 0
            return f"{chinese(self.section)}、" if language() == "zh" else f"{self.section}{GAP}"
        self.part += 1
        return f"（{chinese(self.part)}）" if language() == "zh" else f"{self.section}.{self.part}{GAP}"


def numbered(page: Iterable[Piece], divided: bool) -> list[Piece]:
    """A page whose tables and figures have their numbers.

    Args:
        divided: whether it is a report with a main text and annexes, in whose order they are counted.
    """
    page = list(page)
    report = main_text.divide(page)
    shares = (report.main, report.annexed) if divided else (page,)
    numbers: dict[str, str] = {}
    for of_tables, of_figures, share in zip(TABLES, FIGURES, shares, strict=False):
        for kind, message in ((Table, of_tables), (Picture, of_figures)):
            names = [piece.name for piece in flat(share) if isinstance(piece, kind) and piece.name not in numbers]
            numbers |= {name: str(say(message, n=n)) for n, name in enumerate(dict.fromkeys(names), start=1)}
    return [_numbered(piece, numbers) for piece in page]


def _numbered(piece: Piece, numbers: dict[str, str]) -> Piece:
    if isinstance(piece, Table | Picture):
        return replace(piece, number=numbers.get(piece.name, ""))
    if isinstance(piece, Part) and hasattr(piece, "parts"):
        return replace(piece, parts=tuple(_numbered(part, numbers) for part in piece.parts))  # type: ignore[type-var]
    return piece


def chinese(number: int) -> str:
    """A number up to 99 in Chinese characters: 十二, 二十."""
    tens, ones = divmod(number, 10)
    before = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return before + (DIGITS[ones] if ones or not tens else "")
