"""Which unit, period and indicator a value belongs to: by its row, its heading, the sheet, the file, or the mapping."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from evalkit.ingest.aliases import Names
from evalkit.ingest.find_table import Heading, Line
from evalkit.ingest.layouts import From
from evalkit.workbooks import cell_text, period_labels
from evalkit.workbooks.cells import Cell, Sheet
from evalkit.workbooks.labels.measures import Measure
from evalkit.workbooks.period_labels import PeriodLabel, Together, Unclear

#: Characters that may separate two facts in one heading.
JOINTS = " \n\t-_/|·:,;.&"
FIX_PERIOD = "Write it like 2019, 2019Q1, 2019年1季度 or 2019年1-3月, or declare it under `periods` in the mapping."


class FactError(Exception):
    """An unreadable label: its cell (empty for the sheet or file), what it is, what to do."""

    def __init__(self, cell: str, what: str, cure: str) -> None:
        super().__init__(what)
        self.cell, self.what, self.cure = cell, what, cure


@dataclass(frozen=True, slots=True)
class Named:
    """An indicator in a label: its id, the part of it, and what else the label says."""

    indicator: str
    part: str
    text: str
    measure: Measure | None = None
    markers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts known about a value so far; the others are None.

    Attributes:
        total: the label of a sum (合计) in the place of a unit, an indicator or a period.
        measure: the unit of measure of a column whose heading names no indicator.
    """

    unit: str | None = None
    period: PeriodLabel | None = None
    indicator: Named | None = None
    total: str = ""
    measure: Measure | None = None

    def over(self, other: "Facts") -> "Facts":
        """These facts, completed by others."""
        return Facts(
            self.unit or other.unit,
            self.period or other.period,
            self.indicator or other.indicator,
            self.total or other.total,
            self.measure or other.measure,
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads labels with the names and periods that a mapping declares."""

    names: Names
    periods: Mapping[str, str] = field(default_factory=dict)
    totals: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    together: Together = field(default_factory=Together)

    def unit(self, text: str, cell: str = "") -> str:
        """The unit that a text names.

        Raises:
            FactError: it is unknown or ambiguous.
        """
        units = self.names.unit(text) or self.names.unit(cell_text.label(text).name)
        shown = cell_text.quoted(text)
        if len(units) > 1:
            cure = f"It may be {' or '.join(units)}: declare it under `units: {{aliases: …}}` in the mapping."
            raise FactError(cell, f"the unit {shown} is not the only one of its name", cure)
        if not units:
            raise FactError(cell, f"unknown unit {shown}", self.names.suggest_unit(text))
        return units[0]

    def indicator(self, text: str, cell: str = "") -> Named:
        """The indicator that a text names.

        Raises:
            FactError: it is unknown.
        """
        meant = self.names.indicator(text)
        if meant is None:
            what = f"unknown indicator {cell_text.quoted(text)}"
            raise FactError(cell, what, self.names.suggest_indicator(text))
        label = cell_text.label(text)
        return Named(*meant, label.name, label.measure, label.markers)

    def period(self, value: str | float | dt.date, year: str, cell: str = "") -> PeriodLabel:
        """The period that a label names; what the mapping declares goes before everything else.

        Raises:
            FactError: it names none, or may name several.
        """
        text = cell_text.as_text(value)
        declared = self.periods.get(cell_text.key(text))
        if declared:
            return PeriodLabel(declared, markers=cell_text.label(text).markers)
        period = self.together.period(value, year)
        if isinstance(period, PeriodLabel):
            return period
        why = period.why if isinstance(period, Unclear) else "is not a period"
        raise FactError(
            cell, f"{cell_text.quoted(text)} {why}", period.cure if isinstance(period, Unclear) else FIX_PERIOD
        )

    def is_total(self, text: str) -> bool:
        """Whether a text names a sum, and no unit or indicator."""
        label = cell_text.label(text)
        return label.total or label.whole or cell_text.key(text) in self.totals

    def is_ignored(self, text: str) -> bool:
        """Whether the mapping says that this indicator is not read."""
        return bool({cell_text.key(text), cell_text.label(text).name} & self.ignored)

    def heading(self, heading: Heading, wanted: frozenset[str], year: str) -> Facts:
        """What the heading of a column says: unit, period, indicator, or two of them, in one cell or in several.

        Raises:
            FactError: a level says nothing of the kind, or something is not said.
        """
        facts, marked, measure = Facts(), frozenset[str](), None
        for cell in heading.levels:
            text = cell_text.as_text(cell.value)
            if "period" in wanted and (period := self._level(cell, year)) is not None:
                year, marked = period.period[:4], marked | period.markers
                facts = replace(facts, period=period)
            elif "period" in wanted and self._has_no_year(cell, year):
                continue  # a level further down, or the error below, will tell
            elif (alone := cell_text.measure(text)) and self.names.indicator(text) is None:
                measure = alone  # a row of units below the names
            elif joined := self._joined(text, wanted, year, heading.address):
                facts = joined.over(facts)
            else:
                facts = self._name_level(facts, text, wanted, heading)
        if not facts.total:
            self._complete(facts, wanted, year, heading)
        named = facts.indicator
        if named and measure and not named.measure:
            facts = replace(facts, indicator=replace(named, measure=measure))
        elif not named:
            facts = replace(facts, measure=measure)
        return replace(facts, period=facts.period and replace(facts.period, markers=marked | facts.period.markers))

    def _complete(self, facts: Facts, wanted: frozenset[str], year: str, heading: Heading) -> None:
        """Raise for what the heading should say and does not."""
        texts = [cell_text.as_text(cell.value) for cell in heading.levels]
        lowest = next((text for text in reversed(texts) if not cell_text.measure(text)), texts[-1])
        if "period" in wanted and facts.period is None:
            self.period(lowest, year, heading.address)
            raise FactError(heading.address, f"{heading.text!r} names no period", FIX_PERIOD)
        if "unit" in wanted and facts.unit is None:
            self.unit(lowest, heading.address)
            raise FactError(heading.address, f"{heading.text!r} names no unit", self.names.suggest_unit(lowest))
        if "indicator" in wanted and facts.indicator is None:
            self.indicator(lowest, heading.address)
            cure = self.names.suggest_indicator(lowest)
            raise FactError(heading.address, f"{heading.text!r} names no indicator", cure)

    def _name_level(self, facts: Facts, text: str, wanted: frozenset[str], heading: Heading) -> Facts:
        if "unit" in wanted and (self.names.unit(text) or self.names.unit(cell_text.label(text).name)):
            return replace(facts, unit=self.unit(text, heading.address))
        if "indicator" in wanted:
            return self._indicator_level(facts, text, heading)
        if "unit" in wanted:
            if self.is_total(text):
                return replace(facts, total=cell_text.clean(text))
            if text != cell_text.as_text(heading.levels[-1].value):
                return facts  # a larger area above its regions
            raise FactError(heading.address, f"unknown unit {cell_text.clean(text)!r}", self.names.suggest_unit(text))
        raise FactError(heading.address, f"{cell_text.quoted(text)} is not a period", FIX_PERIOD)

    def _joined(self, text: str, wanted: frozenset[str], year: str, cell: str) -> Facts | None:
        """Two facts joined in one cell (基层就诊率（%）2017年): the one way in which both parts mean something.

        Raises:
            FactError: there are several ways, and they do not mean the same.
        """
        if len(wanted) < 2:
            return None
        plain = cell_text.clean(text)
        readings: list[Facts] = []
        for at in cell_text.joints(plain):
            parts = plain[:at].strip(JOINTS), plain[at:].strip(JOINTS)
            for first, other in (parts, parts[::-1]):
                facts = self._pair(first, other, wanted, year) if first and other else None
                if facts and facts not in readings:
                    readings.append(facts)
        if (
            len(
                {
                    (
                        facts.unit,
                        facts.period and facts.period.period,
                        facts.indicator and (facts.indicator.indicator, facts.indicator.part),
                    )
                    for facts in readings
                }
            )
            > 1
        ):
            cure = "Part it into two rows of headings, or rename the indicator."
            raise FactError(cell, f"{plain!r} may be read in more than one way", cure)
        return readings[0] if readings else None

    def _pair(self, first: str, other: str, wanted: frozenset[str], year: str) -> Facts | None:
        """What a pair of names means, the first being an indicator or, without one, a unit."""
        if "indicator" in wanted:
            named = self._indicator_named(first)
            if not named and not self.is_ignored(first):
                return None
            facts = Facts(indicator=named, total="" if named else first)
        else:
            units = self.names.unit(first)
            if len(units) != 1:
                return None
            facts = Facts(unit=units[0])
        if "period" in wanted and isinstance(period := period_labels.period(other, year), PeriodLabel):
            measure = cell_text.label(other).measure
            if measure and facts.indicator and not facts.indicator.measure:
                facts = replace(facts, indicator=replace(facts.indicator, measure=measure))
            return replace(facts, period=period)
        if "unit" in wanted and "indicator" in wanted and len(units := self.names.unit(other)) == 1:
            return replace(facts, unit=units[0])
        return None

    def _indicator_named(self, text: str) -> Named | None:
        return self.indicator(text) if self.names.indicator(text) else None

    def _level(self, cell: Cell, year: str) -> PeriodLabel | None:
        try:
            return self.period(content(cell), year)
        except FactError:
            return None

    def _has_no_year(self, cell: Cell, year: str) -> bool:
        return isinstance(period_labels.period(content(cell), year), Unclear)

    def _indicator_level(self, facts: Facts, text: str, heading: Heading) -> Facts:
        """The lowest level that names an indicator counts; a group of indicators above it may have any name."""
        meant = self.names.indicator(text)
        if meant is not None:
            return replace(facts, indicator=self.indicator(text), total="")
        if self.is_ignored(text) or (self.is_total(text) and text == cell_text.as_text(heading.levels[-1].value)):
            return replace(facts, indicator=None, total=cell_text.clean(text))
        return facts


def content(cell: Cell) -> str | float | dt.date:
    """A label's content: text, number or date."""
    value = cell.value
    if isinstance(value, dt.date) and cell.shown:  # yyyy"年" shows the year alone
        return {"year": f"{value:%Y}", "month": f"{value:%Y-%m}"}.get(cell.shown.precision, value)
    return value if isinstance(value, (str, float, dt.date)) else cell_text.as_text(value)


def source(
    where: From, file: str, sheet: Sheet, line: Line | None, what: str, above: Sequence[str] = ()
) -> Cell | None:
    """The label that a `From` points to, as a cell (row 0 if it is not in one); None if the row has none.

    Raises:
        FactError: the sheet's or file's name does not fit the pattern, or the cell is empty.
    """
    if where.fixed is not None:
        return Cell(0, 0, where.fixed)
    if where.column is not None:
        return line.facts.get(what) if line else None
    if where.above is not None:
        fitting = next((text for text in above if re.search(where.above, text)), " / ".join(above))
        return _matched(Cell(0, 0, fitting), where.above)
    if where.cell is not None:
        labelled = next((cell for cell in sheet.cells.values() if cell.address == where.cell), None)
        if labelled is None:
            raise FactError(where.cell, f"is empty, but should hold the {what}", "Fill it in, or mend the mapping.")
        return _matched(labelled, where.pattern) if where.pattern else labelled
    pattern, text = (where.sheet, sheet.name) if where.sheet is not None else (where.file, PurePath(file).stem)
    return _matched(Cell(0, 0, text), pattern or "")


def _matched(cell: Cell, pattern: str) -> Cell:
    text = cell_text.as_text(cell.value)
    match = re.search(pattern, text)
    if not match:
        what = f"{text!r} does not fit the pattern {pattern!r} of the mapping"
        raise FactError(cell.address, what, "Name it as was agreed, or mend the mapping.")
    return replace(cell, value=match[1] if match.lastindex else match[0])
