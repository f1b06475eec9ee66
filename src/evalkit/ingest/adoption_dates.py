"""Dates on which reforms began, from a sheet with a row per unit; they are listed, and never change units.csv."""

from evalkit.ingest.facts import FactError, content
from evalkit.ingest.find_table import TableBlock
from evalkit.ingest.sheet_facts import SheetFacts
from evalkit.workbooks import cell_text, lexicon, period_labels
from evalkit.workbooks.cells import Cell
from evalkit.workbooks.log import Adoption


def read(block: TableBlock, facts: SheetFacts, date_1904: bool) -> None:
    """Note the date of every row, with its precision; what may mean two things is refused.

    Args:
        block: the table, whose column `value` holds the dates.
        facts: reads the rows' units, and holds the reading to write to.
        date_1904: whether the workbook counts days from 1904 on.
    """
    for line in block.lines:
        cell = line.cells.get(block.columns["value"])
        if cell is not None and _never(cell):
            facts.reading.change(facts.sheet.name, cell.address, cell.value, "", "the reform never began there")
        elif cell is not None:
            try:
                facts.reading.adoptions.append(_adoption(facts, facts.of_line(line).unit or "", cell, date_1904))
            except FactError as error:
                facts.refuse(error)


def _never(cell: Cell) -> bool:
    text = cell_text.as_text(cell.value)
    return not text.strip() or cell_text.missing(text, {}) not in (None, "withheld") or lexicon.says("never", text)


def _adoption(facts: SheetFacts, unit: str, cell: Cell, date_1904: bool) -> Adoption:
    date, text = period_labels.reform_date(content(cell), date_1904), cell_text.as_text(cell.value)
    if not isinstance(date, period_labels.DateLabel):
        why, cure = (date.why, date.cure) if date else ("is no date", "Write 2019, 2019-02 or 2019-02-14.")
        raise FactError(cell.address, f"{text!r} {why}", cure)
    if text != date.text:
        facts.reading.change(facts.sheet.name, cell.address, cell.value, date.text, "date of a reform")
    return Adoption(unit, date.text, date.precision, facts.sheet.name, cell.address)
