"""The common forms of tables, made from known values: rows of cells per sheet, and what surrounds a table."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalkit.workbooks.cells import Cell, Sheet, Workbook

Row = list[object]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Truth:
    """What a workbook says: values by region, period and indicator, as they are written in its cells.

    A value may be a text or a whole `Cell`, for its number format.
    """

    units: Sequence[str]
    periods: Sequence[object]
    indicators: Sequence[str]
    values: Mapping[Key, object]
    unit_word: str = "地区"
    period_word: str = "年份"

    def at(self, unit: str, period: object, indicator: str) -> object:
        return self.values.get((unit, str(period), indicator))


@dataclass
class Page:
    """A sheet: its rows, and its merged ranges (first row, first column, last row, last column)."""

    name: str
    rows: list[Row]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    heads: int = 1
    labels: int = 1


def one_indicator(truth: Truth) -> Truth:
    return Truth(truth.units, truth.periods, truth.indicators[:1], truth.values, truth.unit_word, truth.period_word)


def periods_over_indicators(truth: Truth) -> list[Page]:
    return [_two_levels("监测", truth, truth.periods, truth.indicators, lambda u, a, b: truth.at(u, a, b))]


def indicators_over_periods(truth: Truth) -> list[Page]:
    return [_two_levels("监测", truth, truth.indicators, truth.periods, lambda u, a, b: truth.at(u, b, a))]


def _two_levels(
    name: str, truth: Truth, upper: Sequence[object], lower: Sequence[object], at: Callable[..., object]
) -> Page:
    top: Row = [truth.unit_word, *(one if not place else None for one in upper for place in range(len(lower)))]
    rows = [top, [None, *(one for _ in upper for one in lower)]]
    rows += [[unit, *(at(unit, a, b) for a in upper for b in lower)] for unit in truth.units]
    width = len(lower)
    merged = [(1, 2 + width * n, 1, 1 + width * (n + 1)) for n in range(len(upper)) if width > 1]
    return Page(name, rows, [*merged, (1, 1, 2, 1)], heads=2)


def joined(truth: Truth) -> list[Page]:
    head: Row = [truth.unit_word, *(f"{name}{_year(p)}" for name in truth.indicators for p in truth.periods)]
    rows = [[u, *(truth.at(u, p, i) for i in truth.indicators for p in truth.periods)] for u in truth.units]
    return [Page("监测", [head, *rows])]


def joined_other_way(truth: Truth) -> list[Page]:
    head: Row = [truth.unit_word, *(f"{p}年{name}" for p in truth.periods for name in truth.indicators)]
    rows = [[u, *(truth.at(u, p, i) for p in truth.periods for i in truth.indicators)] for u in truth.units]
    return [Page("监测", [head, *rows])]


def _year(period: object) -> str:
    return f" {period}"


def indicators_across(truth: Truth) -> list[Page]:
    head: Row = [truth.unit_word, truth.period_word, *truth.indicators]
    rows: list[Row] = [
        [u, p, *(truth.at(u, p, i) for i in truth.indicators)] for u in truth.units for p in truth.periods
    ]
    return [Page("数据", [head, *rows], labels=2)]


def periods_across(truth: Truth) -> list[Page]:
    """One indicator, named by the sheet."""
    (name,) = truth.indicators
    head: Row = [truth.unit_word, *truth.periods]
    return [Page(name, [head, *([u, *(truth.at(u, p, name) for p in truth.periods)] for u in truth.units)])]


def periods_and_indicators(truth: Truth, word: str = "指标") -> list[Page]:
    head: Row = [truth.unit_word, word, *truth.periods]
    rows: list[Row] = [
        [u, i, *(truth.at(u, p, i) for p in truth.periods)] for u in truth.units for i in truth.indicators
    ]
    return [Page("数据", [head, *rows], labels=2)]


def regions_across(truth: Truth) -> list[Page]:
    (name,) = truth.indicators
    head: Row = [truth.period_word, *truth.units]
    return [Page(name, [head, *([p, *(truth.at(u, p, name) for u in truth.units)] for p in truth.periods)])]


def tidy(truth: Truth) -> list[Page]:
    head: Row = [truth.unit_word, truth.period_word, "variable", "value"]
    rows: list[Row] = [
        [u, p, i, truth.at(u, p, i)] for u in truth.units for p in truth.periods for i in truth.indicators
    ]
    return [Page("data", [head, *rows], labels=3)]


def sheet_per_period(truth: Truth) -> list[Page]:
    head: Row = [truth.unit_word, *truth.indicators]
    return [
        Page(f"{p}年", [list(head), *([u, *(truth.at(u, p, i) for i in truth.indicators)] for u in truth.units)])
        for p in truth.periods
    ]


def sheet_per_indicator(truth: Truth) -> list[Page]:
    return [page for name in truth.indicators for page in periods_across(_only(truth, name))]


def sheet_per_unit(truth: Truth) -> list[Page]:
    """Indicators down, periods across."""
    return [
        Page(
            u, [["指标", *truth.periods], *([i, *(truth.at(u, p, i) for p in truth.periods)] for i in truth.indicators)]
        )
        for u in truth.units
    ]


def sheet_per_unit_by_period(truth: Truth) -> list[Page]:
    """Periods down, indicators across."""
    head: Row = [truth.period_word, *truth.indicators]
    return [
        Page(u, [list(head), *([p, *(truth.at(u, p, i) for i in truth.indicators)] for p in truth.periods)])
        for u in truth.units
    ]


def world_bank(truth: Truth) -> list[Page]:
    head: Row = ["Country Name", "Country Code", "Indicator Name", "Indicator Code", *truth.periods]
    rows: list[Row] = [
        [u, f"C{n:02}", i, f"X.{m}", *(truth.at(u, p, i) for p in truth.periods)]
        for n, u in enumerate(truth.units)
        for m, i in enumerate(truth.indicators)
    ]
    return [
        Page(
            "Data",
            [["Data Source", "World Development Indicators"], ["Last Updated Date", "2021-05-01"], head, *rows],
            heads=3,
            labels=4,
        )
    ]


def _only(truth: Truth, name: str) -> Truth:
    return Truth(truth.units, truth.periods, [name], truth.values, truth.unit_word, truth.period_word)


FORMS: dict[str, Callable[[Truth], list[Page]]] = {
    "periods over indicators": periods_over_indicators,
    "indicators over periods": indicators_over_periods,
    "joined in one cell": joined,
    "joined, the year first": joined_other_way,
    "indicators across": indicators_across,
    "periods across": lambda truth: periods_across(one_indicator(truth)),
    "periods across, indicators down": periods_and_indicators,
    "regions across": lambda truth: regions_across(one_indicator(truth)),
    "tidy": tidy,
    "a sheet per period": sheet_per_period,
    "a sheet per indicator": sheet_per_indicator,
    "a sheet per region": sheet_per_unit,
    "a sheet per region, periods down": sheet_per_unit_by_period,
    "World Bank": world_bank,
}
SINGLE = {"periods across", "regions across"}


def shifted(page: Page, above: Sequence[Row] = (), below: Sequence[Row] = (), serial: bool = False) -> Page:
    """The same with rows above and below, and perhaps a column of serial numbers on the left."""
    rows = [list(row) for row in page.rows]
    merged = list(page.merged)
    if serial:
        rows = [["序号" if not n else None if n < page.heads else n, *row] for n, row in enumerate(rows)]
        merged = [(a, b + 1, c, d + 1) for a, b, c, d in merged] + ([(1, 1, page.heads, 1)] if page.heads > 1 else [])
    by = len(above)
    merged = [(a + by, b, c + by, d) for a, b, c, d in merged]
    return Page(page.name, [*map(list, above), *rows, *map(list, below)], merged, page.heads, page.labels)


def in_two_parts(page: Page, caption: Sequence[Row]) -> Page:
    """The table cut in two below each other, the second under the same headings again."""
    body, head = page.rows[page.heads :], page.rows[: page.heads]
    half = max(1, len(body) // 2)
    first = [*head, *body[:half], *map(list, caption)]
    merged = [*page.merged, *((a + len(first), b, c + len(first), d) for a, b, c, d in page.merged)]
    return Page(page.name, [*first, *map(list, head), *body[half:]], merged, page.heads, page.labels)


def side_by_side(page: Page) -> Page:
    """The table cut in two beside each other, with an empty column between."""
    body, head = page.rows[page.heads :], page.rows[: page.heads]
    half, width = (len(body) + 1) // 2, max(map(len, page.rows))
    rows = [[*_wide(row, width), None, *row] for row in head]
    rest = [*body[half:], *([[]] if len(body) % 2 else [])]
    rows += [[*_wide(left, width), None, *right] for left, right in zip(body[:half], rest, strict=True)]
    merged = [*page.merged, *((a, b + width + 1, c, d + width + 1) for a, b, c, d in page.merged)]
    return Page(page.name, rows, merged, page.heads, page.labels)


def _wide(row: Row, width: int) -> Row:
    return [*row, *([None] * (width - len(row)))]


def as_workbook(pages: Sequence[Page], name: str = "上报.xlsx") -> Workbook:
    """What reading such a workbook gives; numbers are floats, as spreadsheets keep them."""
    sheets = []
    for page in pages:
        cells = {}
        for row, contents in enumerate(page.rows, 1):
            for column, content in enumerate(contents, 1):
                if isinstance(content, Cell):
                    cells[row, column] = replace(content, row=row, column=column)
                elif content is not None:
                    value = float(content) if isinstance(content, (int, float)) else content
                    cells[row, column] = Cell(row, column, value)
        sheets.append(Sheet(page.name, cells, tuple(page.merged)))
    return Workbook(name, "0" * 64, "xlsx", "", tuple(sheets))


def with_total(page: Page, word: str, first: bool = False) -> Page:
    """A row of sums in it, below the last row or above the first."""
    body, width = page.rows[page.heads :], max(map(len, page.rows))
    numbers = [[row[at] for row in body if isinstance(row[at], (int, float))] for at in range(page.labels, width)]
    row: Row = [word, *([None] * (page.labels - 1)), *(sum(map(float, column)) for column in numbers)]
    rows = [*page.rows[: page.heads], *([row] if first else []), *body, *([] if first else [row])]
    return Page(page.name, rows, page.merged, page.heads, page.labels)


def unmerged(page: Page) -> Page:
    """Blank cells where merged ones were."""
    return Page(page.name, page.rows, [], page.heads, page.labels)


def beside_text(page: Page, heading: str, texts: Sequence[object]) -> Page:
    """A further column of texts on the right (备注)."""
    width = max(map(len, page.rows))
    added: Row = [heading, *([None] * (page.heads - 1)), *texts]
    rows = [[*_wide(row, width), added[n] if n < len(added) else None] for n, row in enumerate(page.rows)]
    return Page(page.name, rows, page.merged, page.heads, page.labels)


def without_heading(page: Page) -> Page:
    """The first column without a heading, as pivot tables have it."""
    rows = [[None, *page.rows[0][1:]], *page.rows[1:]]
    return Page(page.name, rows, [one for one in page.merged if one[:2] != (1, 1)], page.heads, page.labels)


def with_blanks(page: Page, row: int, column: int) -> Page:
    """A blank row so many rows below the headings, and a blank column before this one; zero for none."""
    rows, merged = [list(one) for one in page.rows], list(page.merged)
    if row:
        rows.insert(min(page.heads + row, len(rows)), [])
    if column:
        rows = [[*one[: column - 1], None, *one[column - 1 :]] if one else one for one in rows]
        merged = [(a, b + (b >= column), c, d + (d >= column)) for a, b, c, d in merged]
    return Page(page.name, rows, merged, page.heads, page.labels + (0 < column <= page.labels))


def measures_below(page: Page) -> Page:
    """The units of measure of the headings in a row of their own below them."""
    heads, body = page.rows[: page.heads], page.rows[page.heads :]
    named = [re.fullmatch(r"(.+?)\s*[（(](.+)[）)]", one) if isinstance(one, str) else None for one in heads[-1]]
    if not any(named[page.labels :]):
        return page
    named = [None] * page.labels + named[page.labels :]
    names: Row = [match[1] if match else one for match, one in zip(named, heads[-1], strict=True)]
    below: Row = [match[2] if match else None for match in named]
    return Page(page.name, [*heads[:-1], names, below, *body], page.merged, page.heads + 1, page.labels)
