"""A first mapping from sample workbooks: what was found in them, and `# ?` behind everything that is only likely."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalkit.errors import InputError
from evalkit.inputs import labels, period_labels, personal_data, workbook
from evalkit.inputs.cells import Cell, Sheet
from evalkit.inputs.params import Indicator
from evalkit.inputs.period_labels import PeriodLabel

#: Headings and samples stand near the top.
FIRST = 30
UNIT_WORDS = ("地区", "单位", "县", "县区", "区县", "县(市、区)", "机构", "地区名称", "unit", "region", "county")
INDICATOR_WORDS = ("指标", "指标名称", "项目", "监测指标", "indicator")
PERIOD_WORDS = ("期间", "时间", "年份", "年度", "季度", "报告期", "日期", "period", "year", "quarter")
VALUE_WORDS = ("数值", "值", "指标值", "数据", "value")
WORDS: dict[str, tuple[str, ...]] = {
    **{"indicator": INDICATOR_WORDS, "unit": UNIT_WORDS, "period": PERIOD_WORDS, "value": VALUE_WORDS},
    **{"measure": ("计量单位", "单位名称"), "note": ("备注", "说明", "note")},
}
UNREAD_WORDS = ("序号", "编号", "no.", "no")


@dataclass(slots=True)
class _Sample:
    """What is likely of one sheet."""

    file: str
    sheet: str
    layout: str
    levels: int
    row: int
    columns: dict[str, str]
    unread: list[str]
    names: list[str] = field(default_factory=list)
    cumulative: bool = False
    year_in_name: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it is a CSV file, whose one sheet is called like the file."""
        return self.file.casefold().endswith(".csv")


def draft(paths: Sequence[Path], indicators: Mapping[str, Indicator]) -> str:
    """The text of a mapping for these workbooks.

    Raises:
        InputError: with one mistake per file that cannot be read, or that holds personal data.
    """
    samples: list[_Sample] = []
    unread: list[str] = []
    for path in paths:
        book = workbook.read_guarded(path, path.name)
        for sheet in book.sheets:
            if sheet.cells:
                _no_persons(path.name, sheet)
                sample = _sample(path.name, sheet)
                samples.extend([sample] if sample else [])
                unread.extend([] if sample else [sheet.name])
    return "\n".join(_lines(samples, unread, indicators)) + "\n"


def _no_persons(file: str, sheet: Sheet) -> None:
    if found := personal_data.found(sheet):
        raise InputError([personal_data.mistake(f"{file}, {sheet.name}!{found[0]}", found[1])])


def _sample(file: str, sheet: Sheet) -> _Sample | None:
    """The first rows decide: headings are where periods stand beside each other, or where known words do."""
    rows = list(sheet.rows())
    for year in ("", "2020"):  # labels such as 一季度 need the sheet's name to tell their year
        for cells in rows[:FIRST]:
            if sum(1 for cell in cells if _period(cell, year)) >= 2:
                return _periods_wide(file, sheet, rows, cells, year)
    for cells in rows[:FIRST]:
        roles = _roles(cells)
        if {"indicator", "value"} <= set(roles):
            return _Sample(
                file,
                sheet.name,
                "long",
                1,
                cells[0].row,
                _texts(roles),
                _unread(cells),
                _below(rows, roles["indicator"]),
            )
        if roles.keys() & {"unit", "period"} and len(cells) > 2:
            names = [_text(cell) for cell in cells if cell not in roles.values() and _text(cell) not in _unread(cells)]
            return _Sample(file, sheet.name, "indicators_wide", 1, cells[0].row, _texts(roles), _unread(cells), names)
    return None


def _periods_wide(
    file: str, sheet: Sheet, rows: Sequence[tuple[Cell, ...]], cells: tuple[Cell, ...], year: str
) -> _Sample:
    below = next((line for line in rows if line[0].row == cells[0].row + 1), ())
    levels = 2 if sum(1 for cell in below if _period(cell, "2020")) >= 2 else 1
    levels = 1 if year else levels
    roles = _roles(cells) or ({"indicator": cells[0]} if not _period(cells[0]) else {})
    names = _below(rows, roles["indicator"], levels) if "indicator" in roles else []
    found = _Sample(file, sheet.name, "periods_wide", levels, cells[0].row, _texts(roles), _unread(cells), names)
    found.year_in_name = bool(year)
    found.cumulative = any(one.cumulative for cell in cells if (one := _period(cell)))
    return found


def _period(cell: Cell, year: str = "") -> PeriodLabel | None:
    text = labels.as_text(cell.value)
    found = period_labels.period(text, year) if text.strip() else None
    return found if isinstance(found, PeriodLabel) else None


def _text(cell: Cell) -> str:
    return labels.clean(labels.as_text(cell.value))


def _roles(cells: Iterable[Cell]) -> dict[str, Cell]:
    """What the columns hold, by their headings."""
    found: dict[str, Cell] = {}
    for cell in cells:
        for role, known in WORDS.items():
            if labels.key(_text(cell)) in known:
                found.setdefault(role, cell)
    return found


def _texts(roles: Mapping[str, Cell]) -> dict[str, str]:
    return {role: _text(cell) for role, cell in roles.items()}


def _unread(cells: Iterable[Cell]) -> list[str]:
    return [_text(cell) for cell in cells if labels.key(_text(cell)) in UNREAD_WORDS]


def _below(rows: Sequence[tuple[Cell, ...]], heading: Cell, levels: int = 1) -> list[str]:
    """The names that stand in a column of names, each once."""
    column = [cell for cells in rows for cell in cells if cell.column == heading.column]
    texts = [_text(cell) for cell in column if cell.row >= heading.row + levels and isinstance(cell.value, str)]
    return list(dict.fromkeys(text for text in texts if not re.match(r"注|备注|说明|填报|制表|审核", text)))


def _lines(samples: Sequence[_Sample], unread: Sequence[str], indicators: Mapping[str, Indicator]) -> Iterator[str]:
    yield "# A first mapping, made from samples. Lines marked `# ?` are only likely: check each, then delete the mark."
    yield "# Keys and their meaning: src/evalkit/inputs/mapping.py."
    endings = dict.fromkeys(_quoted("*" + Path(one.file).suffix) for one in samples)
    yield f"files: [{', '.join(endings)}]  # ? below data/raw/"
    if unread:
        yield f"ignore_sheets: [{', '.join(map(_quoted, unread))}]  # ? no table was found in them"
    yield "tables:"
    alike: dict[tuple[object, ...], list[_Sample]] = {}
    for one in samples:
        form = (one.layout, one.levels, one.year_in_name, one.cumulative, one.is_text, tuple(one.columns.items()))
        alike.setdefault(form, []).append(one)
    for listed in alike.values():
        yield from _table(listed[0], list(dict.fromkeys(one.sheet for one in listed)))
    yield "indicators:"
    yield from _indicators([name for one in samples for name in one.names], indicators)


def _table(one: _Sample, sheets: Sequence[str]) -> Iterator[str]:
    yield f"  - layout: {one.layout}  # ? seen in {one.file}"
    yield '    files: ["*.csv"]' if one.is_text else f"    sheets: [{', '.join(map(_quoted, sheets))}]  # ?"
    if one.levels > 1:
        yield f"    header: {{levels: {one.levels}}}  # ? headings from row {one.row}"
    needed = {"long": ("unit", "period", "indicator"), "periods_wide": ("unit", "indicator")}.get(
        one.layout, ("unit", "period")
    )
    for what in needed:
        if what in one.columns:
            yield f"    {what}: {{column: {_quoted(one.columns[what])}}}"
        elif what == "unit":
            yield '    unit: {file: "^(.+?)_"}  # ? no column names it; is it in the name of the file?'
        else:
            yield f'    {what}: {{sheet: "(.+)"}}  # ? no column names it'
    for what in ("value", "measure", "note") if one.layout == "long" else ("measure", "note"):
        if what in one.columns:
            yield f"    {what}: {_quoted(one.columns[what])}"
    if one.unread:
        yield f"    ignore_columns: [{', '.join(map(_quoted, one.unread))}]"
    if one.year_in_name:
        yield '    year: {sheet: "20.."}  # ? the headings name no year'
    if one.cumulative:
        yield '    cumulative: ["*"]  # ? labels such as 1-6月 run from January'


def _indicators(names: Iterable[str], indicators: Mapping[str, Indicator]) -> Iterator[str]:
    """Names that an indicator carries, then names that nobody knows, for the evaluator to place."""
    own = {
        labels.key(text): name for name, one in indicators.items() for text in (one.name.zh, one.name.en, name) if text
    }
    found: dict[str, list[str]] = {}
    strange: list[str] = []
    for text in dict.fromkeys(names):
        label = labels.label(text)
        if label.name in own:
            found.setdefault(own[label.name], []).append(label.name)
        elif label.name and not label.total:
            strange.append(label.name)
    for name, aliases in found.items():
        unit = indicators[name].unit
        yield f"  {name}: {{aliases: [{', '.join(map(_quoted, dict.fromkeys(aliases)))}]}}  # {unit}"
    for text in dict.fromkeys(strange):
        near = difflib.get_close_matches(text, own, n=1, cutoff=0.5)
        guess = f"is it {own[near[0]]} ({near[0]})?" if near else "which indicator of params/indicators.yml is it?"
        yield f"  # ? {text}: {guess} Or list it under `ignore_indicators`."
    if not found:
        yield "  {}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
