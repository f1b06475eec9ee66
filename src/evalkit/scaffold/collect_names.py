"""What recognised sheets name: regions, indicators, periods, start dates, populations; found as `ingest` finds it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from evalkit.ingest.facts import content
from evalkit.ingest.find_table import Found, Heading, Line
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


def collect(forms: Sequence[Form], about: Sequence[Shape]) -> Collected:
    """Everything that these sheets name.

    Args:
        forms: the tables as drafted.
        about: sheets with facts about regions and no values over time.
    """
    found = Collected()
    for form in forms:
        if form.spec["layout"] == "adoption":
            for one in form.shapes:
                _dates(found, one, str(form.spec["value"]))
                _about_regions(found, one)
        else:
            _of_form(found, form)
    for one in about:
        _about_regions(found, one)
    for form in forms:
        for one in form.shapes if form.spec["layout"] != "adoption" else ():
            if column := one.of("adoption"):
                _dates(found, one, column.heading)
            _provinces(found, one)
    for name in ("units", "indicators"):
        setattr(found, name, _distinct(getattr(found, name)))
    return found


def _distinct(names: Sequence[str]) -> list[str]:
    """Names that differ in more than their spelling."""
    kept: dict[str, str] = {}
    for name in names:
        about = cell_text.label(name)
        if about.name:
            kept.setdefault(about.name, name)
    return list(kept.values())


def _of_form(found: Collected, form: Form) -> None:
    members: list[tuple[str, str, str]] = []
    for one, part in form.parts():
        outside = {name: _outside(form, one, part, name) for name in ("unit", "indicator", "period")}
        names = {heading.column: _of_heading(form, part, heading) for heading in part.headings}
        at = [part.columns["value"]] if "value" in part.columns else list(names)
        for line in part.lines:
            cells = [(column, cell) for column in at if (cell := line.cells.get(column))]
            row = {
                name: recognise.text(line.facts[name]) for name in ("unit", "indicator", "period") if name in line.facts
            }
            for column, cell in cells:
                said = outside | names.get(column, {}) | row
                members.append((said.get("unit", ""), said.get("indicator", ""), f"{one.sheet.name}!{cell.address}"))
                _value(found, form, part, line, said, cell)
            if row and cells:
                year = _year(form, one, line)
                _add_period(found, row.get("period", ""), year)
        for said in names.values():
            _add_period(found, said.get("period", ""), said.get("year", "") or _year(form, one, None))
        _add_period(found, outside["period"], "")
    _members(found, members)


def _members(found: Collected, places: Sequence[tuple[str, str, str]]) -> None:
    """Names of regions and indicators; sums and larger areas are none, unless nearly everything is one."""
    units = [unit for unit, _, _ in places if unit]
    areas = {unit for unit in units if cell_text.label(unit).whole}
    own = {unit for unit in units if unit not in areas and not _is_sum(unit)}
    for unit, indicator, cell in places:
        left_out = _is_sum(unit) or (unit in areas and len(own) > 1) or lexicon.heading(unit) == "unit"
        if unit and left_out:
            found.sums.setdefault(unit, cell)
        elif unit and unit != OPEN:
            found.units.append(unit)
        if indicator and _is_sum(indicator):
            found.sums.setdefault(indicator, cell)
        elif indicator and not left_out:
            found.indicators.append(indicator)


def _is_sum(name: str) -> bool:
    return cell_text.label(name).total


def _value(found: Collected, form: Form, part: Found, line: Line, said: dict[str, str], cell: Cell) -> None:
    """What a value tells of its indicator: the measure it is in, whether it has decimals."""
    name = cell_text.key(said.get("indicator", ""))
    own = cell_text.label(said.get("indicator", "")).measure
    written = recognise.text(line.facts["measure"]) if "measure" in line.facts else said.get("measure", "")
    of_lines = [one for text in part.unit_lines for one in cell_text.unit_line(text)]
    of_title = [one for text in part.titles if (one := cell_text.label(text).measure)]
    lines = of_lines or of_title
    measure = own or cell_text.measure(written) or (lines[0] if len(lines) == 1 else None)
    if measure:
        found.measures.setdefault(name, measure)
    number = cell_text.number(cell_text.as_text(cell.value))
    scale = measure.factor if measure else Decimal(1)
    if number and (number.value * scale) % 1 and not number.suffix:
        found.decimals.add(name)


def _of_heading(form: Form, part: Found, heading: Heading) -> dict[str, str]:
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


def _outside(form: Form, one: Shape, part: Found, name: str) -> str:
    """What the sheet's or file's name, the title or the mapping say for all values."""
    where: dict[str, Any] = form.spec.get(name) or {}
    texts = {"sheet": [one.sheet.name], "file": [PurePath(one.file).stem], "above": [*part.titles, *part.unit_lines]}
    for key, candidates in texts.items():
        for text in candidates if key in where else ():
            if match := re.search(where[key], cell_text.as_text(text)):
                return match[1] if match.lastindex else match[0]
    return str(where.get("fixed", ""))


def _year(form: Form, one: Shape, line: Line | None) -> str:
    where: dict[str, Any] = form.spec.get("year") or {}
    if "column" in where:
        return recognise.text(line.facts["year"])[:4] if line and "year" in line.facts else ""
    match = re.search(r"(?:19|20)\d\d", " ".join([one.sheet.name, *one.above, one.file])) if where else None
    return match[0] if match else ""


def _add_period(found: Collected, label: str, year: str) -> None:
    read = period_labels.period(label, year if re.fullmatch(r"\d{4}", year) else "") if label else None
    if isinstance(read, PeriodLabel) and read.period and read.period not in found.periods:
        found.periods.append(read.period)


def _rows(one: Shape, heading: str) -> Iterator[tuple[str, Cell]]:
    """The regions of a sheet, as keys, each with its cell in a column."""
    unit = one.of("unit")
    column = next((column for column in one.columns.values() if column.heading == heading), None)
    names = {cell.row: recognise.text(cell) for cell in unit.cells} if unit else {}
    for cell in column.cells if column else ():
        if names.get(cell.row) and not _is_sum(names[cell.row]):
            yield cell_text.key(names[cell.row]), cell


def _dates(found: Collected, one: Shape, heading: str) -> None:
    """When reforms began; who never began has no date, or a code for it."""
    found.has_dates = True
    for name, cell in _rows(one, heading):
        written = recognise.text(cell)
        if cell_text.missing(written, {}) not in (None, "withheld") or lexicon.says("never", written):
            continue
        read = period_labels.reform_date(content(cell))
        found.adoption.setdefault(name, read.text if isinstance(read, DateLabel) else OPEN)


def _about_regions(found: Collected, one: Shape) -> None:
    unit = one.of("unit")
    names = [recognise.text(cell) for cell in unit.cells] if unit else []
    found.units += [name for name in names if name and not recognise.is_sum(name)]
    for column in one.columns.values():
        if lexicon.says("population", cell_text.label(column.heading).name):
            scale = cell_text.label(column.heading).measure
            for name, cell in _rows(one, column.heading):
                number = cell_text.number(cell_text.as_text(cell.value))
                if number:
                    value = number.value * (scale.factor if scale else 1)
                    found.population.setdefault(name, cell_text.plain(value))
    _provinces(found, one)


def _provinces(found: Collected, one: Shape) -> None:
    if (column := one.of("province")) is not None and one.of("unit") is not column:
        for name, cell in _rows(one, column.heading):
            found.provinces.setdefault(name, recognise.text(cell))
