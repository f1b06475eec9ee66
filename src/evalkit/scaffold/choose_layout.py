"""Choose the mapping layout of a recognised sheet and the place of each fact; doubts are recorded."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from evalkit.ingest import find_table
from evalkit.ingest.facts import content
from evalkit.ingest.find_table import NoTableError, TableBlock
from evalkit.ingest.layouts import FACTS, Table
from evalkit.scaffold import recognise
from evalkit.scaffold.recognise import Column, Shape
from evalkit.workbooks import cell_text, lexicon, period_labels
from evalkit.workbooks.cells import address
from evalkit.workbooks.period_labels import PeriodLabel, Unclear

#: What neither the sheet nor its name tells.
OPEN = "?"
#: What spreadsheet programs and yearbooks call an unnamed sheet.
UNNAMED = re.compile(r"(?:sheet|工作表|表格?|table|data|数据|tab)?[\s\d.()_-]*", re.IGNORECASE)
#: A period in the name of a sheet or file, or in a title.
PERIOD = r"(?:19|20)\d\d(?:年?第?[一二三四1-4]季度|[-_ ]?[Qq][1-4]|年\d{1,2}月|-(?:0[1-9]|1[0-2]))?年?"
LAYOUTS = {
    frozenset({"period"}): "periods_wide",
    frozenset({"indicator"}): "indicators_wide",
    frozenset({"period", "indicator"}): "both_wide",
}
TITLE = (
    r"^(?:(?:附?表|[Tt]able)\s*[\d.\-–—]*\s*[:：.、]?\s*)?"
    r"(?:各(?:县市区|县区|县|地区|省市|省|市|区)|分(?:县|地区|市|省))?(.+?)(?: by [\w ]+)?$"
)
TITLE_NUMBER = re.compile(r"^(?:(?:附?表|table)\s*[\d.\-–—]*|\d+[\d.\-–—]*)\s*[:：.、]?\s*", re.IGNORECASE)
TITLE_REGIONS = re.compile(
    r"各(?:县市区|县区|县|地区|省市|省|市|区)|分(?:县|地区|市|省)|by [\w ]+$|in [\w ]+$", re.IGNORECASE
)


@dataclass(slots=True)
class Form:
    """A table of a mapping, drafted for sheets that look alike.

    Attributes:
        spec: the table's keys, as the mapping will hold them.
        doubts: what is asked of a key, by the key.
        kinds: what each row of headings tells: `period`, `unit`, `indicator`, `measure`, `group`, or `unit joined` and
            `indicator joined` where the period is in the same cells.
    """

    shapes: list[Shape]
    spec: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """The table as `ingest` reads it."""
        return Table.model_validate(self.spec)

    @property
    def file(self) -> str:
        """The file of the sheets."""
        return self.shapes[0].file

    @property
    def names(self) -> list[str]:
        """The names of the sheets."""
        return [shape.sheet.name for shape in self.shapes]

    def parts(self) -> Iterator[tuple[Shape, TableBlock]]:
        """The parts of the tables as `ingest` finds them."""
        for shape in self.shapes:
            try:
                for block in find_table.find(shape.grid, self.table):
                    yield shape, block
            except NoTableError:
                continue


def forms(shapes: Sequence[Shape], regions: Collection[str]) -> tuple[list[Form], list[Shape]]:
    """The tables of a mapping for these sheets, and sheets that hold facts about regions but no values over time.

    Args:
        shapes: what the sheets look like.
        regions: keys of names that columns of regions hold.
    """
    alike: dict[tuple[object, ...], list[Shape]] = {}
    for shape in shapes:
        alike.setdefault(_signature(shape), []).append(shape)
    made = [form for group in alike.values() for form in _of_alike(group, regions)]
    if any(form.spec["layout"] != "adoption" and form.spec.get("period") != {"fixed": OPEN} for form in made):
        facts_only = [form for form in made if _only_about_regions(form)]
        values = [form for form in made if form not in facts_only]
        return values, [shape for form in facts_only for shape in form.shapes]
    return made, []


def _signature(shape: Shape) -> tuple[object, ...]:
    labels = [(column.heading, column.role) for column in shape.columns.values() if column.role not in ("data", "skip")]
    rows = shape.rows if _blank_labels(shape) else ()
    return (shape.file, shape.levels, len(shape.rows), rows, *labels, _yearless(shape), _dated(shape.sheet.name))


def _blank_labels(shape: Shape) -> bool:
    return any(not column.heading for column in shape.columns.values())


def _only_about_regions(form: Form) -> bool:
    """Population, area and the like: a row per region, and no period anywhere."""
    first = form.shapes[0]
    if form.spec.get("period") != {"fixed": OPEN} or first.of("unit") is None:
        return False
    return any(lexicon.says("population", cell_text.label(column.heading).name) for column in first.columns.values())


def _of_alike(shapes: list[Shape], regions: Collection[str]) -> Iterator[Form]:
    first = shapes[0]
    if form := _adoption(shapes):
        yield form
        return
    if not first.of("value") and not first.all_of("data"):
        return
    form = Form(shapes)
    heads = _in_headings(form, regions)
    columns = {name: first.of(name) for name in FACTS if name not in heads}
    if first.of("value"):
        form.spec["layout"] = "long"
    elif "unit" in heads:
        form.spec["layout"] = "units_wide"
    else:
        form.spec["layout"] = LAYOUTS.get(frozenset(heads), "")
    if not form.spec["layout"] or set(FACTS) <= heads:
        return
    form.doubts["layout"] = "is this the form of the sheets?"
    _place_sheets(form)
    for name in FACTS:
        if name not in heads:
            _place(form, name, columns[name], regions)
    _further_columns(form)
    _years(form)
    _header(form)
    yield form


def _in_headings(form: Form, regions: Collection[str]) -> set[str]:
    """What the headings above the values tell."""
    first, kinds = form.shapes[0], list[str]()
    if first.of("value"):
        return set()
    for level, texts in zip(first.levels, first.level_texts, strict=True):
        if level == "joined":
            names = [pair[0] for heading in texts if (pair := recognise.split(heading))]
            kinds.append(f"{_name_level(form, names, regions, kinds)} joined")
        else:
            kinds.append(_name_level(form, texts, regions, kinds) if level in ("name", "unit") else level)
    lowest = {
        name: max((place for place, kind in enumerate(kinds) if kind == name), default=0)
        for name in ("unit", "indicator")
    }
    form.kinds = tuple("group" if place < lowest.get(kind, 0) else kind for place, kind in enumerate(kinds))
    joined = {"period"} if any(kind.endswith("joined") for kind in kinds) else set[str]()
    return {name for name in FACTS for kind in kinds if kind.startswith(name)} | joined


def _name_level(form: Form, texts: Sequence[str], regions: Collection[str], above: Sequence[str]) -> str:
    """Whether a row of headings names regions or indicators; `above` is what the rows above it name."""
    first = form.shapes[0]
    if first.of("unit"):
        return "indicator"
    if "unit" in above:  # cities above their counties, or counties above their indicators
        finer = recognise.are_regions(texts, regions) and not recognise.are_indicators(texts)
        return "unit" if finer else "indicator"
    if first.of("indicator") or recognise.are_regions(texts, regions):
        return "unit"
    if recognise.are_indicators(texts) or recognise.are_regions(form.names, regions):
        return "indicator"
    around = [*form.names, *first.above, PurePath(first.file).stem]
    other, guess = ("indicators", "unit") if any(map(recognise.is_indicator, around)) else ("regions", "indicator")
    form.doubts["layout"] = f"do the headings name {other} instead? Then start again with other headings"
    return guess


def _place_sheets(form: Form) -> None:
    if form.file.casefold().endswith(".csv"):
        form.spec["files"] = ["*.csv"]
    else:
        form.spec["sheets"] = form.names


def _place(form: Form, name: str, column: Column | None, regions: Collection[str]) -> None:
    """Set where a fact is found: a column, else the sheet's name, the title or the file's name, else nowhere."""
    if column is not None:
        form.spec[name] = {"column": column.heading or _letters(column)}
        if not column.sure:
            form.doubts[name] = f"no heading says so: do its cells name the {_word(name)}s?"
        return
    where, doubt = {"period": _period, "unit": _unit, "indicator": _indicator}[name](form, regions)
    form.spec[name] = where
    if doubt:
        form.doubts[name] = doubt


def _word(name: str) -> str:
    return "region" if name == "unit" else name


def _letters(column: Column) -> str:
    letters = address(1, column.number)[:-1]
    return f"{letters}:{letters}"


def _period(form: Form, regions: Collection[str]) -> tuple[dict[str, str], str]:
    del regions
    if all(_dated(name) for name in form.names) and not _is_text(form):
        return {"sheet": f"({PERIOD})"}, ""
    if all(len(_dates(shape.above)) == 1 for shape in form.shapes):
        return {"above": f"({PERIOD})"}, "only the title names it"
    if _dated(PurePath(form.file).stem):
        return {"file": f"({PERIOD})"}, "only the file's name names it"
    return {"fixed": OPEN}, "nothing names it: which period are the values of?"


def _dates(lines: Sequence[str]) -> set[str]:
    """The periods that lines name."""
    return {match[0].strip("年") for line in lines if _dated(line) and (match := re.search(PERIOD, line))}


def _dated(name: str) -> bool:
    match = re.search(PERIOD, cell_text.clean(name))
    return match is not None and isinstance(period_labels.period(match[0]), PeriodLabel)


def _is_text(form: Form) -> bool:
    return form.file.casefold().endswith(".csv")


def _bare_names(form: Form) -> list[str]:
    """The sheets' names without periods."""
    return [re.sub(PERIOD, "", cell_text.clean(name)).strip(" -_") for name in form.names]


def _rest_of_name(form: Form) -> str:
    """The pattern of the sheets' names without a period at their beginning or end."""
    if not any(_dated(name) for name in form.names):
        return "(.+)"
    return rf"^(?:{PERIOD})?[-_ ]*(.+?)[-_ ]*(?:{PERIOD})?$"


def _unit(form: Form, regions: Collection[str]) -> tuple[dict[str, str], str]:
    names = _bare_names(form)
    telling = [name for name in names if not UNNAMED.fullmatch(name)]
    if not _is_text(form) and len(telling) == len(names):
        if recognise.are_regions(names, regions):
            return {"sheet": _rest_of_name(form)}, ""
        if len(names) > 1 and not recognise.are_indicators(names):
            return {"sheet": _rest_of_name(form)}, "do the sheets' names name the regions?"
    if "_" in form.file:
        return {"file": "^(.+?)_"}, "no column names it; is it in the name of the file?"
    return {"fixed": OPEN}, "nothing names it: which region are the values of?"


def _indicator(form: Form, regions: Collection[str]) -> tuple[dict[str, str], str]:
    names, first = _bare_names(form), form.shapes[0]
    if any(re.match(r"指标[:：]|indicator:", line, re.IGNORECASE) for line in first.above):
        return {"above": "(?:指标|[Ii]ndicator)[:：] *(.+)"}, ""
    if len(titles := _titles_of_parts(form)) > 1:
        return {"above": TITLE}, f"the titles name it ({', '.join(titles)})"
    telling = not _is_text(form) and all(not UNNAMED.fullmatch(name) for name in names)
    if telling and not recognise.are_regions(names, regions):
        return {"sheet": _rest_of_name(form)}, "no column names it; does the sheet's name?"
    title = next((line for line in map(_title, first.above) if line), "")
    if title and len(form.shapes) == 1:
        return {"fixed": title}, "taken from the title: is it the indicator's name?"
    return {"fixed": OPEN}, "neither a column nor the sheet names it: name it in params/indicators.yml"


def _titles_of_parts(form: Form) -> list[str]:
    """What the titles of tables below each other name, where each has its own."""
    first = form.shapes[0]
    spec = form.spec | {"indicator": {"fixed": OPEN}, "header": {"rows": list(first.rows)}}
    try:
        parts = find_table.find(first.grid, Table.model_validate(spec))
    except (NoTableError, ValueError):
        return []
    named = [next(filter(None, map(_title, part.titles)), "") for part in parts]
    return [cell_text.as_named(title) for title in named] if len(set(named)) == len(named) and all(named) else []


def _title(line: str) -> str:
    """The indicator that a title is likely about; empty for any other line."""
    if cell_text.unit_line(line) or re.match(r"[^:：]{2,8}[:：]", TITLE_NUMBER.sub("", line)):
        return ""
    name = TITLE_REGIONS.sub("", TITLE_NUMBER.sub("", line))
    return re.sub(PERIOD, "", name).strip(" -—–,，、:：")


def _further_columns(form: Form) -> None:
    first = form.shapes[0]
    if form.spec["layout"] == "long" and (value := first.of("value")):
        form.spec["value"] = value.heading
    for role in ("measure", "note"):
        column = first.of(role)
        if column is not None and (role == "note" or _are_measures(column)):
            form.spec[role] = column.heading
        elif column is not None:
            column.role = "text"
    unread = first.all_of("skip", "text", "province", "kind", "adoption")
    unread += first.all_of("data") if form.spec["layout"] == "long" else _without_period(form)
    headings = [column.heading or _letters(column) for column in unread]
    if headings:
        form.spec["ignore_columns"] = list(dict.fromkeys(headings))
        form.doubts["ignore_columns"] = "these columns are left out"


def _without_period(form: Form) -> list[Column]:
    """Columns of numbers whose headings name no period, where the others do (changes, averages)."""
    lowest = form.kinds[-1] if form.kinds else ""
    named = [column for column in form.shapes[0].all_of("data") if column.heading]
    if len(form.kinds) > 1:
        named = [column for column in named if not recognise.is_sum(column.heading)]
    if lowest == "period":
        return [column for column in named if recognise.kind_of(column.heading) not in ("period", "year")]
    if lowest.endswith("joined"):
        return [column for column in named if not recognise.split(column.heading)]
    return []


def _are_measures(column: Column) -> bool:
    return all(cell_text.measure(recognise.text(cell)) for cell in column.cells if recognise.text(cell))


def _labels(shape: Shape) -> list[str | float | dt.date]:
    """The labels of periods in a sheet."""
    column = shape.of("period")
    if column is not None:
        return [content(cell) for cell in column.cells if not recognise.is_sum(recognise.text(cell))]
    levels = zip(shape.levels, shape.level_texts, strict=True)
    return [text for level, texts in levels if level == "period" for text in texts]


def _yearless(shape: Shape) -> bool:
    labels = _labels(shape)
    read = period_labels.together(labels)
    unclear = all(isinstance(read.period(label), Unclear) for label in labels)
    complete = any(isinstance(read.period(label, "2020"), PeriodLabel) for label in labels)
    return not shape.of("year") and unclear and complete


def _years(form: Form) -> None:
    """Labels such as 一季度 need a year from elsewhere; those such as 1-6月 run from January on."""
    first = form.shapes[0]
    if year := first.of("year"):
        form.spec["year"] = {"column": year.heading}
    elif _yearless(first):
        where = "sheet" if all(map(_dated, form.names)) else "above" if any(map(_dated, first.above)) else "file"
        form.spec["year"] = {where: "(?:19|20)\\d\\d"}
        form.doubts["year"] = "the labels name no year"
    together = period_labels.together(_labels(first))  # 上半年 is a half-year where 下半年 also occurs
    read = [together.period(label, "2020") for label in _labels(first)]
    if any(isinstance(label, PeriodLabel) and label.cumulative for label in read):
        form.spec["cumulative"] = ["*"]
        form.doubts["cumulative"] = "labels such as 1-6月 run from January"


def _header(form: Form) -> None:
    """Say where the headings are, unless `ingest` finds them by itself."""
    first = form.shapes[0]
    if len(first.rows) > 1:
        form.spec["header"] = {"levels": len(first.rows)}
    rows = {"rows": list(first.rows)}
    try:
        parts = find_table.find(first.grid, form.table)
    except (NoTableError, ValueError):
        form.spec["header"] = rows
        return
    if parts[0].header != first.rows:
        form.spec["header"] = rows


def _adoption(shapes: list[Shape]) -> Form | None:
    """A row per region with the date its reform began, and no values over time."""
    first = shapes[0]
    unit, date = first.of("unit"), first.of("adoption")
    names = [recognise.text(cell) for cell in unit.cells] if unit else []
    once = len(set(names)) == len(names)
    if date is None and not first.all_of("data", "value"):
        date = first.of("period")
    if unit is None or date is None or not once or (first.of("period") not in (None, date)) or "period" in first.levels:
        return None
    form = Form(shapes, {"layout": "adoption"}, {"layout": "dates on which the reform began; they are in units.csv"})
    _place_sheets(form)
    form.spec |= {"unit": {"column": unit.heading or _letters(unit)}, "value": date.heading}
    others = [column.heading or _letters(column) for column in first.columns.values() if column not in (unit, date)]
    if others:
        form.spec["ignore_columns"] = others
    _header(form)
    return form
