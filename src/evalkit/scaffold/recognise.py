"""What the cells of a sheet are: headings, labels, values; and what each column and each row of headings tells.

The words are those of `workbooks/lexicon`, labels of periods and measures are read as `ingest` reads them.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from evalkit.ingest.find_table import Grid
from evalkit.workbooks import cell_text, lexicon, period_labels
from evalkit.workbooks.cells import Cell, Sheet
from evalkit.workbooks.labels import spellings
from evalkit.workbooks.period_labels import PeriodLabel, Unclear

Kind = Literal["text", "period", "year", "number"]
#: Headings are expected in the first so many rows.
FIRST = 60
#: What a label of a period looks like within a longer text.
DATED = re.compile(r"(?:19|20)\d\d")
LETTERS = re.compile("[A-Za-z]{1,2}")
PLAIN = re.compile(r"[+-]?[\d,.]+(?:e[+-]?\d+)?%?")
LAST_WORD = re.compile(r"\s([A-Za-z]+)$")
LETTER = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class Column:
    """A column below the headings.

    Attributes:
        heading: its text, from the lowest row of headings that has one.
        role: `unit`, `period`, `year`, `indicator`, `value`, `measure`, `note`, `adoption`, …; `data` for values;
            `skip` for what is not needed; `text` for other texts.
        sure: whether the heading says so; otherwise it is guessed from the cells.
    """

    number: int
    heading: str
    role: str
    sure: bool
    cells: list[Cell]


@dataclass(slots=True)
class Shape:
    """What a sheet looks like: its rows of headings with their meanings, its columns.

    Attributes:
        rows: the rows of the headings.
        levels: what each row of headings names above the values: `period`, `indicator`, `unit`, `measure`, `joined`.
        columns: every column by its number.
        above: the texts above the headings.
    """

    file: str
    sheet: Sheet
    grid: Grid
    rows: tuple[int, ...]
    columns: dict[int, Column]
    levels: tuple[str, ...] = ()
    level_texts: tuple[tuple[str, ...], ...] = ()
    above: list[str] = field(default_factory=list)

    def of(self, role: str) -> Column | None:
        """The first column with this role."""
        return next((column for column in self.columns.values() if column.role == role), None)

    def all_of(self, *roles: str) -> list[Column]:
        """All columns with one of these roles."""
        return [column for column in self.columns.values() if column.role in roles]


def shape(file: str, sheet: Sheet) -> Shape | None:
    """What a sheet looks like; None where it holds no table."""
    grid = Grid(sheet, skip_hidden=False)
    rows = _heading_rows(grid)
    if not rows:
        return None
    result = Shape(file, sheet, grid, rows, {})
    result.columns = {column.number: column for column in _columns(grid, rows)}
    _first_of_several(result)
    _complete_roles(result)
    data = [column.number for column in result.all_of("data")]
    result.level_texts = tuple(tuple(_texts_of_level(grid, row, rows, data)) for row in rows)
    result.levels = tuple(_level(texts, alone=len(rows) == 1) for texts in result.level_texts)
    result.above = [text(cell) for row, cells in grid.rows.items() if row < rows[0] for cell in cells.values()]
    return result


def text(cell: Cell | None) -> str:
    """A cell's text on one line."""
    return " ".join(cell_text.clean(cell_text.unmarked(cell_text.as_text(cell.value))).split()) if cell else ""


def kind(cell: Cell) -> Kind:
    """What a cell holds: a number (or the mark of a missing one), a label of a period, a bare year, another text."""
    if isinstance(cell.value, dt.date):
        return "period"
    if not isinstance(cell.value, str):
        is_year = isinstance(cell.value, float) and cell.value.is_integer() and 1900 <= cell.value <= 2100
        return "year" if is_year else "number"
    return kind_of(cell.value)


@lru_cache(maxsize=50_000)
def kind_of(written: str) -> Kind:
    """The same of a text."""
    written = cell_text.unmarked(written)
    if re.fullmatch(r"(?:19|20)\d\d", cell_text.key(written)):
        return "year"
    if spellings.days(cell_text.key(written)):
        return "period"
    if (cell_text.missing(written, {}) and not may_be_mark(written)) or PLAIN.fullmatch(cell_text.key(written)):
        return "number"
    if cell_text.label(written).total and not DATED.search(written):
        return "text"  # 合计 may also be the total of a year
    if is_period(written):  # before 2018年 is a number of years
        return "period"
    return "number" if cell_text.number(written) else "text"


def may_be_mark(written: str) -> bool:
    """Whether a text is a letter for a withheld number (x, c), which may also be a name."""
    return bool(LETTERS.fullmatch(written.strip())) and cell_text.missing(written, {}) == "withheld"


def is_period(written: str) -> bool:
    """Whether a text names a period, possibly without its year (一季度)."""
    label = period_labels.period(written)
    return isinstance(label, PeriodLabel) or (isinstance(label, Unclear) and not written.isdigit())


def split(written: str) -> tuple[str, str] | None:
    """A heading that joins a name and a period: both, the period second."""
    plain = cell_text.clean(written)
    pairs = [(plain[:at].strip(" \n\t-_/|·:,;"), plain[at:].strip(" \n\t-_/|·:,;")) for at in cell_text.joints(plain)]
    dated = [pair for part, other in pairs for pair in ((part, other), (other, part)) if _is_dated(pair)]
    # A measure in brackets belongs to the name.
    return max(dated, key=lambda pair: (cell_text.label(pair[1]).measure is None, len(pair[1])), default=None)


def _is_dated(pair: tuple[str, str]) -> bool:
    name, label = pair
    dated = DATED.search(label) and not DATED.search(name) and LETTER.search(name)
    return bool(dated) and isinstance(period_labels.period(label), PeriodLabel)


def are_regions(names: Iterable[str], known_regions: Collection[str] = ()) -> bool:
    """Whether most names end as those of regions do, or are known to be regions."""
    labels = [label for name in names if (label := cell_text.label(name)).name and not (label.total or label.whole)]
    ending = re.compile(rf".+(?:{lexicon.pattern('region_ending')})")
    regions = sum(
        bool(ending.fullmatch(re.sub(r"\(.*\)", "", part))) or part in known_regions
        for label in labels
        for part in [_first_part(label.name)]
    )
    return bool(labels) and 2 * regions > len(labels)


def are_indicators(names: Collection[str]) -> bool:
    """Whether most names have a measure, or words that indicators have."""
    return 2 * sum(map(is_indicator, names)) > len(names)


def is_sum(name: str) -> bool:
    """Whether a name is that of a sum or of a larger area."""
    return (label := cell_text.label(name)).total or label.whole


def is_indicator(name: str) -> bool:
    """Whether a name has a measure, or words that names of indicators have."""
    return cell_text.label(name).measure is not None or any(likely(name, unit) for unit in lexicon.LIKELY)


def likely(name: str, unit: str) -> bool:
    """Whether a word in the name of an indicator tells that it is counted in this unit."""
    words = lexicon.words(f"likely_{unit}")
    spaced = re.sub(r"[\s_]+", " ", cell_text.clean(name).casefold())
    chinese = [word for word in words if not word.isascii()]
    return any(word in cell_text.key(name) for word in chinese) or any(
        re.search(rf"\b{re.escape(word)}\b", spaced) for word in words if word.isascii()
    )


def _first_part(name: str) -> str:
    return lexicon.spellings(name)[-2] if len(lexicon.spellings(name)) > 2 else name


def _heading_rows(grid: Grid) -> tuple[int, ...]:
    """The rows directly above the first row of values that hold two texts or periods and no number."""
    numbers = list(grid.rows)
    for place, row in enumerate(numbers[:FIRST]):
        if not _may_be_headings(grid, row) or not _is_wide_enough(grid, row, numbers[place + 1 :]):
            continue
        last = place
        while last + 1 < len(numbers) and _goes_on(grid, numbers[place], numbers, last + 1):
            last += 1
        if last + 1 < len(numbers) and _has_values(grid.rows[numbers[last + 1]]):
            return tuple(numbers[place : last + 1])
    return ()


def _may_be_headings(grid: Grid, row: int) -> bool:
    cells = list(grid.rows[row].values())
    if any(kind(cell) == "number" for cell in cells):
        return False
    said = [cell for cell in cells if text(cell) and not _is_remark(text(cell))]
    spread = len(said) == 1 and kind(said[0]) in ("period", "year") and grid.at(row, said[0].column + 1) is said[0]
    return len(said) >= 2 or spread


def _is_wide_enough(grid: Grid, row: int, below: Sequence[int]) -> bool:
    """Whether a row spans the table: a known word in it, or texts above most of its columns."""
    cells = grid.rows[row]
    if any(lexicon.heading(text(cell)) or lexicon.says("skip", text(cell)) for cell in cells.values()):
        return True
    left = min(cells)
    if below and grid.at(below[0], left) is None and kind(cells[left]) == "text" and _may_be_headings(grid, below[0]):
        return True  # the upper of two rows, with blank cells where merged ones were
    columns = {column for row_below in below[:FIRST] for column in grid.rows[row_below]}
    return 2 * sum(grid.at(row, column) is not None for column in columns) >= len(columns)


def _is_remark(written: str) -> bool:
    return bool(cell_text.unit_line(written)) or bool(re.match(r"[^:：]{2,8}[:：].", written)) or len(written) > 80


def _goes_on(grid: Grid, first: int, rows: Sequence[int], place: int) -> bool:
    """Whether a row belongs to the headings: without numbers, and its first column goes on or is a heading."""
    row = rows[place]
    cells = grid.rows[row]
    left = min(column for next_row in rows[place : place + 5] for column in grid.rows[next_row])
    if any(kind(cell) == "number" for cell in cells.values()):
        return False
    above, here = grid.at(first, left), grid.at(row, left)
    if here is None or not text(here) or here is above:
        return True
    if lexicon.heading(text(here)):
        return len(cells) > 1
    texts = all(kind(cell) == "text" and not may_be_mark(text(cell)) for cell in cells.values())
    below = grid.rows.get(rows[place + 1], {}) if place + 1 < len(rows) else {}
    return (
        texts
        and len(cells) > 2
        and sum(kind(cell) in ("number", "year") for cell in below.values()) >= len(cells) - 1
        and not any(kind(cell) in ("period", "year") for cell in grid.rows[first].values())
    )


def _has_values(cells: dict[int, Cell]) -> bool:
    return len(cells) > 1 and any(kind(cell) != "text" for cell in cells.values())


def _columns(grid: Grid, rows: tuple[int, ...]) -> list[Column]:
    numbers = sorted({column for row, cells in grid.rows.items() if row >= rows[0] for column in cells})
    columns = []
    for number in numbers:
        heading = next((text(cell) for row in reversed(rows) if (cell := grid.at(row, number)) and text(cell)), "")
        rest = [cells for row, cells in grid.rows.items() if row > rows[-1] and number in cells]
        below = [cells[number] for cells in rest if heading or len(cells) > 1]  # a note is alone in its row
        if below:
            columns.append(_column(number, heading, below))
    return columns


def _column(number: int, heading: str, below: list[Cell]) -> Column:
    # A table that goes on on another page repeats its headings.
    kinds = [kind(cell) for cell in below if text(cell) not in ("", heading) and not may_be_mark(text(cell))]
    share = {name: kinds.count(name) / max(1, len(kinds)) for name in ("text", "period", "year")}
    said = lexicon.heading(heading) if heading else ""
    if not said and lexicon.says("unit", (LAST_WORD.findall(heading) or [""])[0]):
        said = "unit"  # Health district
    looks = "text" if share["text"] > 0.5 else "period" if share["period"] > 0.5 else "data"
    is_text = said in ("province", "kind", "note", "measure", "unit", "indicator") and looks == "text"
    if is_text or said == "adoption" or (said == "period" and share["period"] + share["year"] > 0.4):
        return Column(number, heading, said, True, below)
    if heading and lexicon.says("skip", heading):
        return Column(number, heading, "skip", True, below)
    if said == "value" and looks == "data":
        return Column(number, heading, "value", True, below)
    if said == "unit" and not heading.isdigit() and looks == "data" and kinds.count("number") == len(kinds):
        return Column(number, heading, "unit", True, below)  # codes of regions
    return Column(number, heading, looks, False, below)


def _complete_roles(shape: Shape) -> None:
    """Roles of columns whose headings say nothing: by their cells, and by what is still missing."""
    columns = list(shape.columns.values())
    _only_one(columns, "unit", "text")
    _only_one(columns, "indicator", "text")
    _year_and_part(columns)
    likely = [column for column in shape.all_of("text") if not column.sure and not _names_indicators(column, shape)]
    if likely and not shape.of("unit"):
        max(likely, key=lambda column: len({text(cell) for cell in column.cells})).role = "unit"
    for column in shape.all_of("text"):
        if not column.sure and not shape.of("indicator") and _names_indicators(column, shape):
            column.role = "indicator"
    places = shape.all_of("province", "kind")
    if places and not shape.of("unit"):
        places[0].role = "unit"
    _numbers_that_are_labels(shape, columns)
    if shape.of("value") and len(shape.all_of("data")) > 0 and not shape.of("indicator"):
        for column in shape.all_of("value"):
            column.role = "data"


def _numbers_that_are_labels(shape: Shape, columns: list[Column]) -> None:
    """Recognise serial numbers, and years under a heading that does not name them."""
    unit = shape.of("unit")
    for column in columns:
        left = unit is not None and column.number < unit.number
        start = [text(cell) for cell in column.cells[:3]]
        if left and column.role == "data" and start in (["0", "1", "2"], ["1", "2", "3"]):
            column.role = "skip"
    headings = [column.heading for column in columns]
    if not shape.of("period") and not any(is_period(heading) or heading[:4].isdigit() for heading in headings):
        data = [column for column in columns[:3] if column.role == "data" and not is_indicator(column.heading)]
        if year := next(filter(_all_years, data), None):
            year.role, year.sure = "period", False


def _first_of_several(shape: Shape) -> None:
    """Keep only the first table if its headings are repeated further right, with values between."""
    columns = list(shape.columns.values())
    left = next((column for column in columns if column.heading and column.role not in ("data", "value", "skip")), None)
    for column in columns if left else []:
        between = any(left and left.number < other.number < column.number for other in shape.all_of("data", "value"))
        if left and column.number > left.number and column.heading == left.heading and between:
            shape.columns = {other.number: other for other in columns if other.number < column.number}
            return


def _only_one(columns: list[Column], role: str, other: str) -> None:
    """Give further columns of the same role (Country Name next to Region) another one; the finest names stay."""
    with_role = [column for column in columns if column.role == role]
    kept = max(with_role, key=lambda column: len({text(cell) for cell in column.cells} - {""}), default=None)
    for column in with_role:
        if column is not kept:
            column.role, column.sure = other, True


def _year_and_part(columns: list[Column]) -> None:
    """年份 next to 季度: the year completes the quarter."""
    dated = [column for column in columns if column.role == "period"]
    if len(dated) < 2:
        return
    years = [column for column in dated if _all_years(column) or all(DATED.match(text(cell)) for cell in column.cells)]
    parts = [column for column in dated if column not in years]
    for column in years if parts else []:
        column.role = "year"
    for column in (parts or years)[1:]:
        column.role, column.sure = "text", True


def _all_years(column: Column) -> bool:
    return bool(column.cells) and all(kind(cell) == "year" for cell in column.cells if text(cell))


def _names_indicators(column: Column, shape: Shape) -> bool:
    names = {text(cell) for cell in column.cells}
    return not are_regions(names) and (are_indicators(names) or bool(shape.of("unit") and shape.of("value")))


def _texts_of_level(grid: Grid, row: int, rows: tuple[int, ...], columns: list[int]) -> list[str]:
    """The distinct texts of a row of headings above values; blank cells of an upper row go on from the left."""
    texts: list[str] = []
    for column in columns:
        cell, left = grid.at(row, column), column - 1
        while cell is None and row < rows[-1] and left > 0:
            cell, left = grid.at(row, left), left - 1
        if cell is not None and text(cell) and text(cell) not in texts:
            texts.append(text(cell))
    return texts


def _same_measure(texts: Sequence[str]) -> bool:
    """Whether texts such as Visits and Beds are names: as measures they would all say the same."""
    measures = [measure for text in texts if (measure := cell_text.measure(text))]
    same = len({(measure.kind, measure.factor) for measure in measures}) == 1
    return same and len(measures) > 1 and all(text.isascii() for text in texts)


def _level(texts: Sequence[str], alone: bool) -> str:
    """What a row of headings tells, by the most of its texts; `alone` if no other row names the indicators."""
    named = [label for label in texts if not cell_text.label(label).total] or list(texts)
    tests = {
        "period": lambda label: bool(re.fullmatch(r"(?:19|20)\d\d", cell_text.key(label))) or is_period(label),
        "measure": lambda label: not alone and cell_text.measure(label) is not None and not _same_measure(named),
        "joined": lambda label: split(label) is not None,
        "unit": lambda label: are_regions([label]),
    }
    for name, test in tests.items():
        number = sum(map(test, named))
        if 2 * number > len(named) or (name == "period" and alone and number > 1):  # 2018, 2019, change, rank
            return name
    return "name" if named else ""
