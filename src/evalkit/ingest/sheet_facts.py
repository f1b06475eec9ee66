"""The labels of one sheet, read and logged: what its name, its file, its rows and its headings say of the values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalkit.ingest.facts import FactError, Facts, Named, Reader, content, source
from evalkit.ingest.find_table import Line, TableBlock
from evalkit.ingest.layouts import From, Table
from evalkit.ingest.mapping import Mapping as FileMapping
from evalkit.project.params import RAW
from evalkit.workbooks import cell_text, period_labels
from evalkit.workbooks.cell_text import Reason
from evalkit.workbooks.cells import Cell, Sheet
from evalkit.workbooks.log import Reading
from evalkit.workbooks.period_labels import PeriodLabel


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for every workbook: the mapping, names, units of indicators, the project's words."""

    mapping: FileMapping
    reader: Reader
    units: Mapping[str, str]
    missing: dict[str, Reason]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def edition(mapping: FileMapping, file: str, sheet: str) -> int:
    """The place in `revision.order` of the last mark in the names of folders, file and sheet; -1 without one."""
    name = f"{file.removeprefix(f'{RAW}/')} {sheet}"
    return max((place for place, mark in enumerate(mapping.revision.order) if mark in name), default=-1)


class SheetFacts:
    """Reads the labels of one sheet by one table of the mapping; a name is logged once per cell."""

    def __init__(self, context: Context, reading: Reading, sheet: Sheet, table: Table) -> None:
        self.context, self.reading, self.sheet, self.table = context, reading, sheet, table
        self.base, self.default_year = Facts(), ""
        self._above: Sequence[str] = ()
        self._logged: set[tuple[str, str]] = set()

    def outside(self, above: Sequence[str] = ()) -> None:
        """Take in what the sheet's or file's name, the lines above, a cell or the mapping say for all values.

        Raises:
            FactError: one of them does not say what it should.
        """
        self._above = above
        facts, year = Facts(), self._year(None)
        if unit := self._of_all(self.table.unit, "unit"):
            facts = replace(facts, unit=self._unit(unit))
        if indicator := self._of_all(self.table.indicator, "indicator"):
            facts = replace(facts, indicator=self._indicator(indicator))
        if period := self._of_all(self.table.period, "period"):
            facts = replace(facts, period=self._period(period, year))
        self.base, self.default_year = facts, year

    def read_together(self, block: TableBlock) -> None:
        """Read all labels of periods together: alone, 2006/07 may be a month."""
        cells = [line.facts["period"] for line in block.lines if "period" in line.facts]
        if "period" in self.table.in_headings:
            cells += [cell for heading in block.headings for cell in heading.levels]
        reader = self.context.reader
        undeclared = [cell for cell in cells if cell_text.key(cell_text.as_text(cell.value)) not in reader.periods]
        read = period_labels.together(map(content, undeclared))
        self.context = replace(self.context, reader=replace(reader, together=read))
        if read.asked:
            first = next(cell for cell in cells if content(cell) in read.labels)
            cure = "Check that starts of the reform are dated the same way; `periods` in the mapping settles it."
            self.reading.ask(self.sheet.name, first.address, read.asked, cure)
        marked = period_labels.flagged(map(content, undeclared))
        if marked:
            first = next(cell for cell in undeclared if content(cell) in marked)
            what = f"{', '.join(dict.fromkeys(marked))}: read as periods with a flag"
            self.reading.ask(
                self.sheet.name, first.address, what, "Ask what it says; `periods` in the mapping settles it."
            )

    def reported(self) -> tuple[str, int]:
        """The day on which the sheet was reported, and the place of its mark in `revision.order`.

        Raises:
            FactError: the day cannot be read.
        """
        rule, day = self.context.mapping.revision, ""
        if rule.date is not None:
            cell = source(rule.date, self.reading.file, self.sheet, None, "date")
            label = period_labels.reform_date(content(cell)) if cell else None
            if not isinstance(label, period_labels.DateLabel):
                what = f"{cell_text.as_text(cell.value) if cell else ''!r} is not the date of a report"
                raise FactError(cell.address if cell else "", what, "Write 2020-04-15 or 20200415.")
            day = label.text
        return day, edition(self.context.mapping, self.reading.file, self.sheet.name)

    def of_line(self, line: Line) -> Facts:
        """The facts that the row's own cells tell, over those of the sheet.

        Raises:
            FactError: a cell is empty or unreadable.
        """
        facts, year = self.base, self._year(line) or self.default_year
        for what in ("unit", "indicator", "period"):
            where: From | None = getattr(self.table, what)
            if where is None or where.column is None:
                continue
            cell = line.facts.get(what)
            if facts.total and (cell is None or not cell_text.as_text(cell.value).strip()):
                continue  # 合计 names nothing else
            if cell is None or not cell_text.as_text(cell.value).strip():
                if what == "unit" and (named := self._total_beside(line)):
                    facts = replace(facts, total=named)
                    continue
                first = next(iter(line.cells.values())).address
                raise FactError(
                    first, f"the row has values, but names no {what}", "Fill it in, or merge the cells above."
                )
            facts = self._of_cell(facts, what, cell, year)
        return facts

    def _total_beside(self, line: Line) -> str:
        """The label of a sum in another column than the one that names the regions (合计 below the cities)."""
        texts = [cell.value for cell in line.cells.values() if isinstance(cell.value, str)]
        return next((text for text in texts if self.context.reader.is_total(text)), "")

    def headings(self, block: TableBlock) -> list[tuple[int, Facts]]:
        """What each column holds; columns of sums and of indicators that are not read stay out."""
        kept: list[tuple[int, Facts]] = []
        for heading in block.headings:
            try:
                facts = self.context.reader.heading(heading, self.table.in_headings, self.default_year)
            except FactError as error:
                self.refuse(error)
                continue
            if facts.total:
                self.reading.change(self.sheet.name, heading.address, heading.text, "", "column left out")
                continue
            kept.append((heading.column, facts))
            meanings = [facts.unit] if facts.unit else []
            meanings += [facts.period.period] if facts.period else []
            meanings += [facts.indicator.indicator] if facts.indicator else []
            self._log(heading.levels[-1], heading.text, ", ".join(meanings), "heading of a column")
        return kept

    def refuse(self, error: FactError) -> None:
        """Note an unreadable label."""
        self.reading.refuse(self.sheet.name, error.cell, error.what, error.cure)

    def is_known(self, line: Line) -> bool:
        """Whether an empty row names something known, whose values are then missing."""
        reader = self.context.reader
        readers = {"unit": reader.names.unit, "indicator": reader.names.indicator}
        names = [(what, cell_text.as_text(line.facts[what].value)) for what in readers if what in line.facts]
        if not names and "period" in line.facts:
            return isinstance(period_labels.period(content(line.facts["period"]), "2020"), PeriodLabel)
        return bool(names) and all(readers[what](name) for what, name in names)

    def level(self, line: Line) -> int:
        """How far the row's name is set in."""
        names = [line.facts[what] for what in ("unit", "indicator") if what in line.facts]
        return max((cell_text.label(cell_text.as_text(cell.value)).indent for cell in names), default=0)

    def _of_all(self, where: From | None, what: str) -> Cell | None:
        if where is None or where.column is not None:
            return None
        return source(where, self.reading.file, self.sheet, None, what, self._above)

    def _year(self, line: Line | None) -> str:
        where = self.table.year
        if where is None or (where.column is not None) != (line is not None):
            return ""
        cell = source(where, self.reading.file, self.sheet, line, "year", self._above)
        match = re.search(r"(?:19|20)\d{2}", cell_text.clean(cell_text.as_text(cell.value))) if cell else None
        return match[0] if match else ""

    def _of_cell(self, facts: Facts, what: str, cell: Cell, year: str) -> Facts:
        text, reader = cell_text.as_text(cell.value), self.context.reader
        if what == "period":
            alone = not year and reader.is_total(text) and not isinstance(period_labels.period(text), PeriodLabel)
            return replace(facts, total=text) if alone else replace(facts, period=self._period(cell, year))
        reader_of = reader.names.unit if what == "unit" else reader.names.indicator
        left_out = reader.is_total(text) or (what == "indicator" and reader.is_ignored(text))
        if left_out and not reader_of(text) and not reader_of(cell_text.label(text).name):
            return replace(facts, total=text)
        if what == "unit":
            return replace(facts, unit=self._unit(cell))
        return replace(facts, indicator=self._indicator(cell))

    def _unit(self, cell: Cell) -> str:
        text = cell_text.as_text(cell.value)
        unit = self.context.reader.unit(text, cell.address)
        self._log(cell, text, unit, "name of a unit")
        return unit

    def _indicator(self, cell: Cell) -> Named:
        text = cell_text.as_text(cell.value)
        named = self.context.reader.indicator(text, cell.address)
        meaning = named.indicator if named.part == "value" else f"{named.indicator}, {named.part}"
        self._log(cell, text, meaning, "name of an indicator")
        return named

    def _period(self, cell: Cell, year: str) -> PeriodLabel:
        period = self.context.reader.period(content(cell), year, cell.address)
        self._log(cell, cell_text.as_text(cell.value), period.period, "label of a period")
        return period

    def _log(self, cell: Cell, text: str, meaning: str, rule: str) -> None:
        place = (cell.address, rule)
        if text != meaning and place not in self._logged:
            self._logged.add(place)
            self.reading.change(self.sheet.name, place[0], text, meaning, rule)
