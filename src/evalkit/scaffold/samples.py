"""What a sample workbook seems to hold: the form of each sheet, names of units and indicators, periods."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalkit.ingest.layouts import Layout
from evalkit.workbooks import cell_text, period_labels, personal_data, reading
from evalkit.workbooks.cell_text import Measure
from evalkit.workbooks.cells import Cell, Sheet
from evalkit.workbooks.period_labels import PeriodLabel

#: Headings and samples stand near the top.
FIRST = 30
UNIT_WORDS = (
    "地区", "单位", "县", "县区", "区县", "县市区", "县(市、区)", "县(市,区)", "机构", "地区名称", "市县", "城市",
    "医共体", "医联体", "unit", "region", "county", "city", "district", "area",
)  # fmt: skip
INDICATOR_WORDS = ("指标", "指标名称", "项目", "监测指标", "indicator")
PERIOD_WORDS = ("期间", "时间", "年份", "年度", "季度", "报告期", "日期", "period", "year", "quarter")
VALUE_WORDS = ("数值", "值", "指标值", "数据", "value")
WORDS: dict[str, tuple[str, ...]] = {
    "indicator": INDICATOR_WORDS,
    "unit": UNIT_WORDS,
    "period": PERIOD_WORDS,
    "value": VALUE_WORDS,
    "measure": ("计量单位", "单位名称"),
    "note": ("备注", "说明", "note"),
}
UNREAD_WORDS = ("序号", "编号", "no.", "no", "代码", "编码", "行政区划代码", "区划代码", "code")
#: How names of regions end; tells a column of regions from one of indicators where its heading does not.
REGION = re.compile(r".*(?:[县市区旗州盟]|医共体|医联体|county|city|district)(?:\W.*)?", re.IGNORECASE)
#: The name of an indicator that neither a column nor the sheet names.
OPEN = "?"
#: What spreadsheet programs call a sheet that nobody named.
UNNAMED = re.compile(r"(?:sheet|工作表|表格?)\s*\d*", re.IGNORECASE)


@dataclass(slots=True)
class Sample:
    """What is likely of one sheet.

    Attributes:
        row: where the headings begin; `levels`: how many rows they take.
        columns: headings by what stands below them (`unit`, `indicator`, `period`, `value`, `measure`, `note`).
        unread: headings of columns that nobody needs.
        names: names of indicators as written; `units`: names of units as written.
        measures: units of measure by name of indicator, where a column tells them.
        periods: `2019`, `2019Q1` or `2019-01`, as found.
        cumulative: whether labels run from January on.
        year_in_name: whether the headings need the sheet's name to tell their year.
    """

    file: str
    sheet: str
    layout: Layout
    levels: int
    row: int
    columns: dict[str, str]
    unread: list[str]
    names: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    measures: dict[str, Measure] = field(default_factory=dict)
    periods: list[str] = field(default_factory=list)
    cumulative: bool = False
    year_in_name: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it is a CSV file, whose one sheet is called like the file."""
        return self.file.casefold().endswith(".csv")


def read(paths: Sequence[Path]) -> tuple[list[Sample], list[str]]:
    """What the sheets of these workbooks seem to hold, and the names of sheets without a table.

    Raises:
        InputError: a file cannot be read, or holds personal data.
    """
    samples: list[Sample] = []
    unread: list[str] = []
    for path in paths:
        book = reading.read_guarded(path, path.name)
        personal_data.refuse(book)
        for sheet in book.sheets:
            if sheet.cells:
                sample = _sample(path.name, sheet)
                samples.extend([sample] if sample else [])
                unread.extend([] if sample else [sheet.name])
    return samples, unread


def _sample(file: str, sheet: Sheet) -> Sample | None:
    """The first rows decide: headings are where periods stand beside each other, or where known words do."""
    rows = list(sheet.rows())
    for year in ("", "2020"):  # labels such as 一季度 need the sheet's name to tell their year
        for cells in rows[:FIRST]:
            if sum(1 for cell in cells if _period(cell, year)) >= 2:
                return _periods_wide(file, sheet, rows, cells, year)
    for cells in rows[:FIRST]:
        roles = _roles(cells)
        if {"indicator", "value"} <= set(roles):
            return _periods_long(Sample(file, sheet.name, "long", 1, *_form(cells, roles)), rows, roles)
        if roles.keys() & {"unit", "period"} and len(cells) > 2:
            roles = _with_names(rows, cells, roles)
            found = Sample(file, sheet.name, "indicators_wide", 1, *_form(cells, roles))
            found.names = [
                _text(cell) for cell in cells if cell not in roles.values() and _text(cell) not in found.unread
            ]
            return _periods_long(found, rows, roles)
    return None


def _with_names(rows: Sequence[tuple[Cell, ...]], cells: Sequence[Cell], roles: dict[str, Cell]) -> dict[str, Cell]:
    """The columns, with regions in the first one that holds texts, where no heading names them."""
    others = (cell for cell in cells if cell not in roles.values() and cell_text.key(_text(cell)) not in UNREAD_WORDS)
    texts = next((cell for cell in others if len(_below(rows, cell)) > 1), None)
    return roles if "unit" in roles or texts is None else {**roles, "unit": texts}


def _form(cells: Sequence[Cell], roles: Mapping[str, Cell]) -> tuple[int, dict[str, str], list[str]]:
    """The row of the headings, what they stand for, and those that nobody needs."""
    unread = [_text(cell) for cell in cells if cell_text.key(_text(cell)) in UNREAD_WORDS]
    return cells[0].row, {role: _text(cell) for role, cell in roles.items()}, unread


def _periods_long(found: Sample, rows: Sequence[tuple[Cell, ...]], roles: Mapping[str, Cell]) -> Sample:
    """The same with what stands below the headings: units, indicators, periods."""
    _names_below(found, rows, roles)
    if "period" in roles:
        below = [cell for cell in _column(rows, roles["period"]) if cell.row > found.row]
        # 第一季度 needs the sheet's name to tell its year.
        for year in ("", _year_in_name(found.file, found.sheet) or "2020"):
            found.periods = _each(one.period for cell in below if (one := _period(cell, year)))
            found.year_in_name = bool(year and found.periods)
            if found.periods:
                break
    return found


def _periods_wide(
    file: str, sheet: Sheet, rows: Sequence[tuple[Cell, ...]], cells: tuple[Cell, ...], year: str
) -> Sample:
    below = next((line for line in rows if line[0].row == cells[0].row + 1), ())
    levels = 2 if not year and sum(1 for cell in below if _period(cell, "2020")) >= 2 else 1
    roles = _roles(cells) or _by_its_names(rows, cells[0], levels)
    found = Sample(file, sheet.name, "periods_wide", levels, *_form(cells, roles))
    found.unread = [_text(cell) for cell in cells if cell not in roles.values() and not _period(cell, year or "2020")]
    found.year_in_name = bool(year)
    lowest = below if levels > 1 else cells
    found.cumulative = any(one.cumulative for cell in lowest if (one := _period(cell, year or "2020")))
    found.periods = _across(cells, below if levels > 1 else (), _year_in_name(file, sheet.name) if year else "")
    _names_below(found, rows, roles)
    if "indicator" not in roles:
        found.names = [OPEN if found.is_text or UNNAMED.fullmatch(sheet.name) else _clean(sheet.name)]
    return found


def _by_its_names(rows: Sequence[tuple[Cell, ...]], heading: Cell, levels: int) -> dict[str, Cell]:
    """A first column whose heading says nothing: regions, where most of its names end like those of regions."""
    if _period(heading):
        return {}
    names = _below(rows, heading, levels)
    regions = sum(1 for name in names if REGION.fullmatch(name))
    return {"unit" if 2 * regions > len(names) else "indicator": heading}


def _across(upper: Sequence[Cell], lower: Sequence[Cell], year: str) -> list[str]:
    """The periods of headings: those of the lower row where there is one, under the year that stands above them."""
    if not lower:
        return _each(one.period for cell in upper if (one := _period(cell, year)) and one.period)
    years = {cell.column: one.period for cell in upper if (one := _period(cell))}
    above = [next((years[at] for at in sorted(years, reverse=True) if at <= cell.column), "") for cell in lower]
    found = [_period(cell, at) for cell, at in zip(lower, above, strict=True)]
    return _each(one.period for one in found if one)


def _names_below(found: Sample, rows: Sequence[tuple[Cell, ...]], roles: Mapping[str, Cell]) -> None:
    if "unit" in roles:
        found.units = _below(rows, roles["unit"], found.levels)
    if "indicator" in roles:
        found.names = _below(rows, roles["indicator"], found.levels)
    if {"indicator", "measure"} <= roles.keys():
        told = {cell.row: cell_text.measure(_text(cell)) for cell in _column(rows, roles["measure"])}
        pairs = [(_text(cell), told.get(cell.row)) for cell in _column(rows, roles["indicator"])]
        found.measures = {name: measure for name, measure in pairs if measure}


def _year_in_name(file: str, sheet: str) -> str:
    named = re.search(r"20\d\d", f"{sheet} {file}")
    return named[0] if named else ""


def _period(cell: Cell, year: str = "") -> PeriodLabel | None:
    text = cell_text.as_text(cell.value)
    found = period_labels.period(text, year) if text.strip() else None
    return found if isinstance(found, PeriodLabel) else None


def _text(cell: Cell) -> str:
    return _clean(cell_text.as_text(cell.value))


def _clean(text: str) -> str:
    return " ".join(cell_text.clean(text).split())


def _roles(cells: Iterable[Cell]) -> dict[str, Cell]:
    """What the columns hold, by their headings."""
    found: dict[str, Cell] = {}
    for cell in cells:
        for role, known in WORDS.items():
            if cell_text.key(_text(cell)) in known:
                found.setdefault(role, cell)
    return found


def _column(rows: Sequence[tuple[Cell, ...]], heading: Cell) -> list[Cell]:
    return [cell for cells in rows for cell in cells if cell.column == heading.column]


def _below(rows: Sequence[tuple[Cell, ...]], heading: Cell, levels: int = 1) -> list[str]:
    """The names that stand in a column of names, each once."""
    column = _column(rows, heading)
    texts = [_text(cell) for cell in column if cell.row >= heading.row + levels and isinstance(cell.value, str)]
    return _each(text for text in texts if not re.match(r"注|备注|说明|填报|制表|审核|资料来源|数据来源", text))


def _each(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
