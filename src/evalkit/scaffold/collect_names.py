"""What recognised sheets name: regions, indicators, periods, start dates, populations; found as `ingest` finds it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from evalkit.ingest.facts import content
from evalkit.ingest.find_table import Heading, Line, TableBlock
from evalkit.scaffold import recognise
from evalkit.scaffold.choose_layout import OPEN, Form
from evalkit.scaffold.recognise import Shape
from evalkit.workbooks import cell_text, lexicon, period_labels
from evalkit.workbooks.cells import Cell
from evalkit.workbooks.labels.measures import Measure
from evalkit.workbooks.period_labels import DateLabel, PeriodLabel


@dataclass(slots=True)
class Collected:
    """What recognised sheets name.

    Attributes:
        units, indicators: names as written, each once.
        measures: units of measure by `key` of an indicator's name.
        decimals: keys of indicators that have values with decimals.
        periods: `2019`, `2019Q1` or `2019-01`.
        adoption: when the reform began, by `key` of a region; `?` for an ambiguous date.
        population: residents, by `key` of a region.
        sums: cells that name sums and larger areas, which are not regions.
        has_dates: whether a sheet says when reforms began.
    """

    units: list[str] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)
    measures: dict[str, Measure] = field(default_factory=dict)
    decimals: set[str] = field(default_factory=set)
    periods: list[str] = field(default_factory=list)
    adoption: dict[str, str] = field(default_factory=dict)
    population: dict[str, str] = field(default_factory=dict)
    provinces: dict[str, str] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    has_dates: bool = False


def collect(forms: Sequence[Form], facts_only: Sequence[Shape]) -> Collected:
    """Everything that these sheets name.

    Args:
        forms: the tables as drafted.
        facts_only: sheets with facts about regions and no values over time.
    """
    collected = Collected()
    for form in forms:
        if form.spec["layout"] == "adoption":
            for shape in form.shapes:
                _dates(collected, shape, str(form.spec["value"]))
                _about_regions(collected, shape)
        else:
            _of_form(collected, form)
    for shape in facts_only:
        _about_regions(collected, shape)
    for form in forms:
        for shape in form.shapes if form.spec["layout"] != "adoption" else ():
            if column := shape.of("adoption"):
                _dates(collected, shape, column.heading)
            _provinces(collected, shape)
    for name in ("units", "indicators"):
        setattr(collected, name, _distinct(getattr(collected, name)))
    return collected


def _distinct(names: Sequence[str]) -> list[str]:
    """Names that differ in more than their spelling."""
    kept: dict[str, str] = {}
    for name in names:
        label = cell_text.label(name)
        if label.name:
            kept.setdefault(label.name, name)
    return list(kept.values())


def _of_form(collected: Collected, form: Form) -> None:
    members: list[tuple[str, str, str]] = []
    for shape, part in form.parts():
        outside = {name: _outside(form, shape, part, name) for name in ("unit", "indicator", "period")}
        names = {heading.column: _of_heading(form, part, heading) for heading in part.headings}
        at = [part.columns["value"]] if "value" in part.columns else list(names)
        for line in part.lines:
            cells = [(column, cell) for column in at if (cell := line.cells.get(column))]
            row = {
                name: recognise.text(line.facts[name]) for name in ("unit", "indicator", "period") if name in line.facts
            }
            for column, cell in cells:
                said = outside | names.get(column, {}) | row
                members.append((said.get("unit", ""), said.get("indicator", ""), f"{shape.sheet.name}!{cell.address}"))
                _value(collected, form, part, line, said, cell)
            if row and cells:
                year = _year(form, shape, line)
                _add_period(collected, row.get("period", ""), year)
        for said in names.values():
            _add_period(collected, said.get("period", ""), said.get("year", "") or _year(form, shape, None))
        _add_period(collected, outside["period"], "")
    _members(collected, members)


def _members(collected: Collected, places: Sequence[tuple[str, str, str]]) -> None:
    """Names of regions and indicators, without sums and larger areas (unless nearly all names are such)."""
    units = [unit for unit, _, _ in places if unit]
    areas = {unit for unit in units if cell_text.label(unit).whole}
    own = {unit for unit in units if unit not in areas and not _is_sum(unit)}
    for unit, indicator, cell in places:
        left_out = _is_sum(unit) or (unit in areas and len(own) > 1) or lexicon.heading(unit) == "unit"
        if unit and left_out:
            collected.sums.setdefault(unit, cell)
        elif unit and unit != OPEN:
            collected.units.append(unit)
        if indicator and _is_sum(indicator):
            collected.sums.setdefault(indicator, cell)
        elif indicator and not left_out:
            collected.indicators.append(indicator)


def _is_sum(name: str) -> bool:
    return cell_text.label(name).total


def _value(collected: Collected, form: Form, part: TableBlock, line: Line, said: dict[str, str], cell: Cell) -> None:
    """What a value tells of its indicator: the measure it is in, whether it has decimals."""
    name = cell_text.key(said.get("indicator", ""))
    own = cell_text.label(said.get("indicator", "")).measure
    written = recognise.text(line.facts["measure"]) if "measure" in line.facts else said.get("measure", "")
    of_lines = [own_measure for text in part.unit_lines for own_measure in cell_text.unit_line(text)]
    of_title = [own_measure for text in part.titles if (own_measure := cell_text.label(text).measure)]
    lines = of_lines or of_title
    measure = own or cell_text.measure(written) or (lines[0] if len(lines) == 1 else None)
    if measure:
        collected.measures.setdefault(name, measure)
    number = cell_text.number(cell_text.as_text(cell.value))
    scale = measure.factor if measure else Decimal(1)
    if number and (number.value * scale) % 1 and not number.suffix:
        collected.decimals.add(name)


def _of_heading(form: Form, part: TableBlock, heading: Heading) -> dict[str, str]:
    """What the heading of a column says, by its rows."""
    said: dict[str, str] = {}
    for cell in heading.levels:
        level = part.header.index(cell.row) if cell.row in part.header else len(part.header) - 1
        kind, text = form.kinds[level] if level < len(form.kinds) else "", recognise.text(cell)
        if kind.endswith("joined"):
            pair = recognise.split(text) or (text, "")
            said |= {kind.removesuffix(" joined"): pair[0], "period": pair[1]}
        elif kind == "period":
            said |= {"year": said.get("period", "")[:4], "period": text}
        elif kind:
            said[kind] = text
    return said


def _outside(form: Form, shape: Shape, part: TableBlock, name: str) -> str:
    """What the sheet's or file's name, the title or the mapping say for all values."""
    where: dict[str, Any] = form.spec.get(name) or {}
    above, file = [*part.titles, *part.unit_lines], PurePath(shape.file).stem
    texts = {"sheet": [shape.sheet.name], "file": [file], "above": above}
    for key, candidates in texts.items():
        for text in candidates if key in where else ():
            if match := re.search(where[key], cell_text.as_text(text)):
                return match[1] if match.lastindex else match[0]
    return str(where.get("fixed", ""))


def _year(form: Form, shape: Shape, line: Line | None) -> str:
    where: dict[str, Any] = form.spec.get("year") or {}
    if "column" in where:
        return recognise.text(line.facts["year"])[:4] if line and "year" in line.facts else ""
    match = re.search(r"(?:19|20)\d\d", " ".join([shape.sheet.name, *shape.above, shape.file])) if where else None
    return match[0] if match else ""


def _add_period(collected: Collected, label: str, year: str) -> None:
    read = period_labels.period(label, year if re.fullmatch(r"\d{4}", year) else "") if label else None
    if isinstance(read, PeriodLabel) and read.period and read.period not in collected.periods:
        collected.periods.append(read.period)


def _rows(shape: Shape, heading: str) -> Iterator[tuple[str, Cell]]:
    """The regions of a sheet, as keys, each with its cell in a column."""
    unit = shape.of("unit")
    column = next((column for column in shape.columns.values() if column.heading == heading), None)
    names = {cell.row: recognise.text(cell) for cell in unit.cells} if unit else {}
    for cell in column.cells if column else ():
        if names.get(cell.row) and not _is_sum(names[cell.row]):
            yield cell_text.key(names[cell.row]), cell


def _dates(collected: Collected, shape: Shape, heading: str) -> None:
    """Start dates of reforms; a region that never started has no date, or a code for "never"."""
    collected.has_dates = True
    for name, cell in _rows(shape, heading):
        written = recognise.text(cell)
        if cell_text.missing(written, {}) not in (None, "withheld") or lexicon.says("never", written):
            continue
        read = period_labels.reform_date(content(cell))
        collected.adoption.setdefault(name, read.text if isinstance(read, DateLabel) else OPEN)


def _about_regions(collected: Collected, shape: Shape) -> None:
    unit = shape.of("unit")
    names = [recognise.text(cell) for cell in unit.cells] if unit else []
    collected.units += [name for name in names if name and not recognise.is_sum(name)]
    for column in shape.columns.values():
        if lexicon.says("population", cell_text.label(column.heading).name):
            scale = cell_text.label(column.heading).measure
            for name, cell in _rows(shape, column.heading):
                number = cell_text.number(cell_text.as_text(cell.value))
                if number:
                    value = number.value * (scale.factor if scale else 1)
                    collected.population.setdefault(name, cell_text.plain(value))
    _provinces(collected, shape)


def _provinces(collected: Collected, shape: Shape) -> None:
    if (column := shape.of("province")) is not None and shape.of("unit") is not column:
        for name, cell in _rows(shape, column.heading):
            collected.provinces.setdefault(name, recognise.text(cell))
