"""Files of statistics programs as one sheet: Stata (.dta), SPSS (.sav) and Parquet; labels of values are shown."""

import datetime as dt
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from evalkit.errors import InputError
from evalkit.workbooks import cell_text, file_kind
from evalkit.workbooks.cells import Cell, Kind, Sheet
from evalkit.workbooks.sheet_parts import MOST_CELLS, too_many_cells

#: Periods that Stata counts from 1960: by format, how many there are in a year, and how they are written.
STATA_PERIODS = {"%th": (2, "H{}"), "%tq": (4, "Q{}"), "%tm": (12, "-{:02}")}


def read(data: bytes, kind: Kind, shown: str) -> tuple[Sheet, ...]:
    """The table of a file as a sheet with its column names in the first row.

    Raises:
        InputError: the file is damaged or holds too many cells.
    """
    try:
        names, columns = _parquet(data) if kind == "parquet" else _statistics(data, kind)
    except InputError:
        raise
    except Exception as error:  # the libraries raise whatever they stumble over
        raise file_kind.damaged(shown, " ".join(str(error).split())[:80]) from None
    if len(names) * (max(map(len, columns), default=0) + 1) > MOST_CELLS:
        raise too_many_cells(shown)
    return (sheet(PurePath(shown).stem, names, zip(*columns, strict=True)),)


def sheet(name: str, names: Sequence[str], rows: Iterator[Sequence[Any]], first: int = 2) -> Sheet:
    """A sheet of a table: names of columns in row 1, its rows from row `first` on."""
    cells = {(1, place): Cell(1, place, text) for place, text in enumerate(names, start=1)}
    for row, values in enumerate(rows, start=first):
        for place, value in enumerate(values, start=1):
            if (content := _content(value)) is not None:
                cells[row, place] = Cell(row, place, content)
    return Sheet(name, cells)


def _content(value: Any) -> str | float | bool | dt.date | None:
    """A value as a cell holds it; None for a missing one."""
    if value is None or isinstance(value, bool | dt.date):
        return value if value == value else None  # NaT is not equal to itself
    if isinstance(value, str):
        return value if value.strip() else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return number if math.isfinite(number) else None


def _parquet(data: bytes) -> tuple[list[str], list[list[Any]]]:
    from pyarrow import parquet

    with parquet.ParquetFile(io.BytesIO(data)) as file:
        if file.metadata.num_rows * file.metadata.num_columns > MOST_CELLS:
            raise too_many_cells("the table")
        table = file.read()
    return list(table.schema.names), [column.to_pylist() for column in table.columns]


def _statistics(data: bytes, kind: Kind) -> tuple[list[str], list[list[Any]]]:
    """Columns of a Stata or SPSS file; a coded value is shown by its label, a period of Stata by its name."""
    import pyreadstat

    reader = pyreadstat.read_dta if kind == "dta" else pyreadstat.read_sav
    table, metadata = reader(io.BytesIO(data), output_format="dict")
    formats, labels = metadata.original_variable_types, metadata.variable_value_labels
    single = {name for name, stored in metadata.readstat_variable_types.items() if stored == "float"}
    columns = [
        list(_values(table[name], str(formats.get(name, "")), labels.get(name, {}), name in single)) for name in table
    ]
    said = metadata.column_names_to_labels
    return [_heading(name, said.get(name) or "") for name in table], columns


def _heading(name: str, label: str) -> str:
    """The name of a variable, with the scale that only its label tells: visits (thousands)."""
    measure = cell_text.label(label).measure
    return f"{name} ({measure.text})" if measure and measure.factor != 1 else name


def _values(column: Sequence[Any], form: str, labels: Mapping[Any, str], single: bool) -> Iterator[Any]:
    """Values as the program shows them; `single` if it keeps them with seven digits."""
    per_year, pattern = STATA_PERIODS.get(form.lower()[:3], (0, ""))
    for value in column:
        plain = value.item() if hasattr(value, "item") else value
        if not isinstance(plain, int | float) or plain != plain:
            yield labels.get(plain, plain)
        elif per_year:
            year, place = divmod(int(plain), per_year)
            yield f"{1960 + year}{pattern.format(place + 1)}"
        else:
            exact = float(f"{plain:.7g}") if single else plain
            yield labels.get(plain, str(int(plain)) if form.lower().startswith("%ty") else exact)
