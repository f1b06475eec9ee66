"""Read a sheet into panel rows: each value with its unit, period and indicator, or a reason, or a question."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from evalkit.ingest import adoption_dates, cell_value, find_table, subtotals
from evalkit.ingest.aliases import PARTS
from evalkit.ingest.cell_value import Expected, Value
from evalkit.ingest.facts import FactError, Facts, Named
from evalkit.ingest.find_table import Grid, Line, NoTableError, TableBlock
from evalkit.ingest.layouts import Table
from evalkit.ingest.mapping import Answer
from evalkit.ingest.sheet_facts import Context, SheetFacts
from evalkit.ingest.subtotals import Entry
from evalkit.units_of_measure import RATES
from evalkit.workbooks import cell_text
from evalkit.workbooks.cells import Cell, Sheet, address
from evalkit.workbooks.labels.measures import Measure
from evalkit.workbooks.log import Gap, Reading, Row, Total

FOOTNOTE = re.compile(rf"([{re.escape(cell_text.FOOTNOTE_MARKS)}])\s*([^;；。{re.escape(cell_text.FOOTNOTE_MARKS)}]+)")
#: A footnote whose number is not a superscript: 注：2 2016年起….
NUMBERED = re.compile(r"(?:(?<=[:：])|^)\s*[(（\[]?(\d)[)）、.\]]?(?=[\s、.)）\]]\s*\D|\s+\d{4}年|[^\d\s.])")
NOT_READ = "Declare it in the mapping, or list it under `ignore_columns`."
ASK_SHOWN = "Ask which is meant: `answers`, or `zero: missing` at the indicator, settles it in the mapping."
ASK_NOTE = "Ask what it says."
ASK_FLAG = "Ask what it says; write it under `flags` in the mapping (`b: break in the series`)."
ASK_MARK = "Ask what it says; write it under `missing` in the mapping (`c: withheld`)."
STATES = frozenset({"provisional", "revised"})
#: A value rounded to this many or more is asked about: the source knows it better.
COARSE = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A cell for a value, with the facts about it; the cell may be empty."""

    row: int
    column: int
    cell: Cell | None
    facts: Facts
    measure: Measure | None
    note: str

    @property
    def address(self) -> str:
        """For example B7."""
        return address(self.row, self.column)


def ask_together(reading: Reading) -> None:
    """Ask once for each indicator of a workbook about cells with the same doubt, and about rounded numbers."""
    for (name, doubt, cure), cells in reading.doubts.items():
        reading.ask(*cells[0], f"{len(cells)} cells of {name} {doubt}", cure)
    for name, (step, cell, count) in reading.steps.items():
        if step >= COARSE:
            what = f"{count} values in {name} are rounded to {cell_text.plain(step)}, this one among them"
            reading.ask(*cell, what, "Ask for the numbers as counted.")


class SheetReader:
    """Reads one sheet by one table of the mapping into a `Reading`."""

    def __init__(
        self, context: Context, reading: Reading, sheet: Sheet, table: Table, answers: Mapping[str, Answer]
    ) -> None:
        self.context, self.reading, self.sheet, self.table, self.answers = context, reading, sheet, table, answers
        self.facts = SheetFacts(context, reading, sheet, table)
        self.footnotes: dict[str, str] = {}
        self.unit_lines: tuple[Measure, ...] = ()
        self.reported, self.edition = "", -1
        self.units_in_rows = table.unit is not None and table.unit.column is not None
        self._expected: dict[tuple[str, str, Measure | None], Expected] = {}

    def read(self, date_1904: bool) -> None:
        """Read the sheet; everything that is wrong with it is noted in the reading."""
        try:
            for block in find_table.find(Grid(self.sheet, self.context.mapping.hidden == "skip"), self.table):
                self._part(block, date_1904)
        except NoTableError as error:
            self.reading.refuse(self.sheet.name, "", error.what, error.cure)

    def _part(self, block: TableBlock, date_1904: bool) -> None:
        """Read the table of the sheet, or one of its parts."""
        try:
            self._about(block)
            self.facts.read_together(block)
            self.facts.outside([*block.titles, *block.unit_lines])
            self.reported, self.edition = self.facts.reported()
            self.reading.returned_on = max(self.reading.returned_on, self.reported)
        except FactError as error:
            self.facts.refuse(error)
        else:
            if self.table.layout == "adoption":
                adoption_dates.read(block, self.facts, date_1904)
            else:
                self._rows(block)

    def _about(self, block: TableBlock) -> None:
        """Titles, unit lines and footnotes; repeated headings; columns that are not read."""
        kept = (self.reading.titles, self.reading.unit_lines, self.reading.notes)
        for texts, further in zip(kept, (block.titles, block.unit_lines, block.notes), strict=True):
            texts += [text for text in further if text not in texts]
        of_lines = [measure for line in block.unit_lines for measure in cell_text.unit_line(line)]
        of_titles = [measure for title in block.titles if (measure := cell_text.label(title).measure)]
        self.unit_lines = tuple(of_lines or of_titles)
        self._expected.clear()
        notes = [NUMBERED.sub(lambda match: cell_text.raised(match[1]), note) for note in block.notes]
        self.footnotes = {mark: text.strip() for note in notes for mark, text in FOOTNOTE.findall(note)}
        for row in block.repeated:
            self.reading.change(self.sheet.name, f"A{row}", "headings", "", "repeated headings are left out")
        for stranger in block.strangers:
            tell = self.reading.ask if stranger.declarable else self.reading.refuse
            tell(self.sheet.name, stranger.cell.address, "stands in a column that is not read", NOT_READ)

    def _rows(self, block: TableBlock) -> None:
        headings = self.facts.headings(block)
        entries: list[Entry] = []
        is_complete = True
        for line in block.lines:
            try:
                entries += self._line(line, list(self._places(line, block, headings)))
            except FactError as error:
                self.facts.refuse(error)
                is_complete = False
        if is_complete:  # a part that could not be read would be missed in every total
            self._check_totals(entries)
        self._unused_measures()

    def _doubt(self, place: Place, named: Named, value: Value) -> None:
        """Remember what is doubtful about a cell: what it shows, an unknown footnote, a flag, a mark for no number."""
        doubts = [(f"{value.doubt}; the stored numbers were read", ASK_SHOWN)] if value.doubt else []
        unknown = [mark for mark in value.footnote if mark not in self.footnotes and mark.strip()]
        doubts += (
            [(f"have the footnote mark {unknown[0]}, but the sheet has no such footnote", ASK_NOTE)] if unknown else []
        )
        for letter in value.flags:
            if letter not in self.context.mapping.flags:
                doubts.append((f"have the flag {letter!r}; the numbers were read without it", ASK_FLAG))
        mark = cell_text.key(cell_text.as_text(place.cell and place.cell.value))
        if value.reason == "withheld" and mark not in self.context.missing:
            doubts.append((f"hold {mark!r}, taken as a number that is withheld", ASK_MARK))
        for doubt, cure in doubts:
            self.reading.doubts.setdefault((named.text, doubt, cure), []).append((self.sheet.name, place.address))

    def _places(self, line: Line, block: TableBlock, headings: list[tuple[int, Facts]]) -> Iterator[Place]:
        """The cells of a row that may hold values. A row with a label alone is a caption and gives none.

        Raises:
            FactError: the row has values, but no heading says of what.
        """
        parts = {part: block.columns[part] for part in PARTS if part in block.columns}
        columns = [*parts.values(), *(column for column, _ in headings)]
        if not any(column in line.cells for column in columns) and not self.facts.is_known(line):
            return
        facts, measure = self.facts.of_line(line), self._measure(line)
        note = cell_text.as_text(line.facts["note"].value).strip() if "note" in line.facts else ""
        for part, column in parts.items():
            named = facts.indicator
            if named is not None and part != "value":
                named = replace(named, part=part)
            fits = measure if part == "value" or (measure and measure.kind == "count") else None  # 85 % of 1000
            yield Place(line.row, column, line.cells.get(column), replace(facts, indicator=named), fits, note)
        for column, heading in headings:
            yield Place(line.row, column, line.cells.get(column), facts.over(heading), measure or heading.measure, note)

    def _line(self, line: Line, places: list[Place]) -> list[Entry]:
        if not places:
            return []
        if places[0].facts.total:
            return self._total(line, places)
        entry = Entry(line.row, "part", self.facts.level(line), "")
        for place in places:
            self._value(place, entry)
        return [entry]

    def _measure(self, line: Line) -> Measure | None:
        cell = line.facts.get("measure")
        text = cell_text.as_text(cell.value).strip() if cell else ""
        if not cell or not text:
            return None
        measure = cell_text.measure(text)
        if measure is None:
            raise FactError(cell.address, f"{text!r} is no unit of measure", "Write 人次, 万人次, %, ‰ or 元.")
        return measure

    def _value(self, place: Place, entry: Entry) -> None:
        """Turn a cell into a row of the reading, a gap, a question or a refusal."""
        named = place.facts.indicator
        assert named is not None
        content = self._answered(place, named, self.answers.get(place.address))
        if content.problem:
            self.reading.refuse(self.sheet.name, place.address, *content.problem)
            return
        self._doubt(place, named, content)
        if content.value is None:
            self._gap(place, content, named)
        else:
            value = cell_text.plain(content.value)
            if content.rules:
                before = place.cell and place.cell.value
                self.reading.change(self.sheet.name, place.address, before, value, "; ".join(content.rules))
            if self._unit_of(named) == "count":
                entry.values[self._key(place.facts, named)] = (content.value, place.address)
            self._step(content, place, named)
            self.reading.rows.append(self._row(place, content, named, value))

    def _answered(self, place: Place, named: Named, answer: Answer | None) -> Value:
        """The value of a cell; an answer in the mapping replaces its content."""
        if answer:
            self.reading.answered.add((self.sheet.name, place.address))
        if answer and not answer.accept:
            number = None if answer.value is None else Decimal(answer.value)
            return Value(number, "missing" if number is None else None, (f"answer: {answer.why}",))
        if place.cell is None:
            return Value(reason="missing")
        value = cell_value.read(place.cell, self._wanted(named, place.measure), self.context.missing, bool(answer))
        return replace(value, doubt="", flags="", rules=(*value.rules, f"accepted: {answer.why}")) if answer else value

    def _gap(self, place: Place, value: Value, named: Named) -> None:
        facts, mark = place.facts, place.cell and (place.cell.error or place.cell.value)
        assert facts.unit
        assert facts.period
        if value.rules:
            self.reading.change(self.sheet.name, place.address, mark, "", "; ".join(value.rules))
        beside = facts.period.total and self.context.mapping.indicators[named.indicator].frequency != "year"
        if named.part == "value" and not beside:
            names, text = (facts.unit, facts.period.period, named.indicator), cell_text.as_text(mark)
            self.reading.gaps.append(Gap(*names, value.reason or "missing", text, self.sheet.name, place.address))
        if value.reason == "error":
            what = f"holds {cell_text.as_text(mark)}: taken as missing"
            self.reading.ask(self.sheet.name, place.address, what, "Ask for the value.")

    def _row(self, place: Place, content: Value, named: Named, value: str) -> Row:
        period, mapping = place.facts.period, self.context.mapping
        assert place.facts.unit
        assert period
        declared = [meaning for letter in content.flags if (meaning := mapping.flags.get(letter))]
        markers = content.markers | period.markers | named.markers | STATES & set(declared)
        provisional = "provisional" in markers
        notes = [place.note, self._footnote(content.footnote), self._comment(place)]
        notes += [mapping.provisional.note] if provisional else []
        notes += [meaning for meaning in declared if meaning not in STATES]
        unknown = (letter for letter in content.flags if letter not in mapping.flags)
        notes += [f"flag {letter}" for letter in unknown if not cell_text.flagged_as(letter)]
        return Row(
            unit=place.facts.unit,
            period=period.period,
            indicator=named.indicator,
            part=named.part,
            value=value,
            status=mapping.provisional.status if provisional else mapping.status,
            note="；".join(dict.fromkeys(filter(None, notes))),
            label=named.text,
            reported=self.reported,
            edition=len(mapping.revision.order) if "revised" in markers else self.edition,
            running=self._running(named, period.period, period.cumulative or "cumulative" in markers),
            whole_year=period.total,
            sheet=self.sheet.name,
            cell=place.address,
        )

    def _running(self, named: Named, period: str, claimed: bool) -> str:
        """Whether values run from January on.

        `"*"` declares it for counts only (a percentage has no difference); half-years never run: 下半年 begins in July.
        """
        declared = self.table.cumulative
        if named.indicator in declared or ("*" in declared and self._unit_of(named) == "count" and "H" not in period):
            return "declared"
        return "claimed" if claimed else ""

    def _footnote(self, marks: str) -> str:
        return "；".join(self.footnotes[mark] for mark in marks if mark in self.footnotes)

    def _comment(self, place: Place) -> str:
        if self.context.mapping.comments != "note":
            return ""
        return self.sheet.comments.get((place.row, place.column), "").strip()

    def _unit_of(self, named: Named) -> str:
        return self.context.units[named.indicator] if named.part == "value" else "count"

    def _wanted(self, named: Named, row_measure: Measure | None) -> Expected:
        measure = named.measure or row_measure
        key = (named.indicator, named.part, measure)
        if key not in self._expected:
            unit = self._unit_of(named)
            made = cell_value.expected(
                self.context.mapping.indicators[named.indicator], unit, named.part, self.table.fractions
            )
            self._expected[key] = replace(made, measure=measure or self._unit_line(unit))
        return self._expected[key]

    def _unused_measures(self) -> None:
        """A scale above the table that was applied to nothing, although no heading names another."""
        scales = [measure for measure in self.unit_lines if measure.factor != 1]
        used = [wanted.measure for wanted in self._expected.values() if wanted.measure]
        if scales and self._expected and len(used) < len(self._expected) and not set(scales) & set(used):
            what = f"{scales[0].text} stands above the table, but is no measure of its indicators"
            self.reading.ask(self.sheet.name, "", what, "Check the `unit` of the indicators in params/indicators.yml.")

    def _unit_line(self, unit: str) -> Measure | None:
        """The measure from the sheet's 单位： line that fits the unit; None if no measure fits."""
        fitting = {
            measure.to(unit): measure
            for measure in self.unit_lines
            if (measure.kind or unit not in RATES) and measure.to(unit) is not None
        }
        if len(fitting) > 1:
            measures = " or in ".join(measure.text for measure in fitting.values())
            raise FactError("", f"the unit line leaves open what is in {measures}", "Name the unit in each heading.")
        return next(iter(fitting.values()), None)

    def _step(self, value: Value, place: Place, named: Named) -> None:
        """Remember how coarse the numbers of an indicator are: the finest one of the workbook tells."""
        if not value.step:
            return
        first = (value.step, (self.sheet.name, place.address), 0)
        step, cell, count = self.reading.steps.get(named.text, first)
        self.reading.steps[named.text] = (min(step, value.step), cell, count + 1)

    def _key(self, facts: Facts, named: Named | None) -> Hashable:
        """The key that matches a number of a total to its parts; without the unit if each row is a unit."""
        period = facts.period.period if facts.period else ""
        if self.units_in_rows:
            return (period, named.indicator, named.part) if named else period
        return facts.unit, period

    def _total(self, line: Line, places: list[Place]) -> list[Entry]:
        """A row of sums: read for the check only, and logged as left out."""
        text = places[0].facts.total
        label = cell_text.label(text)
        self.reading.change(
            self.sheet.name, f"A{line.row}", text, "", "row left out: no unit or indicator of the panel"
        )
        if self.context.reader.is_ignored(text) or label.whole:
            return []
        entry = Entry(line.row, "of_which" if label.of_which else "total", self.facts.level(line), label.name)
        for place in places:
            named = place.facts.indicator
            if place.cell is not None and (named is None or self._unit_of(named) == "count"):
                measure = (named and named.measure) or label.measure or place.measure or self._unit_line("count")
                wanted = Expected("count", None, None, measure=measure)
                value = cell_value.read(place.cell, wanted, self.context.missing, accept=True)
                if value.value is not None:
                    entry.values[self._key(place.facts, named)] = (value.value, place.address)
        return [entry]

    def _check_totals(self, entries: list[Entry]) -> None:
        for total in subtotals.check(entries, self.context.mapping.totals.tolerance):
            value, parts, entry = cell_text.plain(total.value), cell_text.plain(total.parts), total.entry
            self.reading.totals.append(
                Total(self.sheet.name, total.cell, entry.label, entry.role, entry.level, value, parts, total.agrees)
            )
            if total.agrees is False:
                what = f"{entry.label} is {value}, its parts add up to {parts}"
                if entry.role == "of_which":
                    what = f"其中：{entry.label} is {value}, more than the {parts} it belongs to"
                self.reading.ask(self.sheet.name, total.cell, what, "Ask which of them is right; the parts were read.")
