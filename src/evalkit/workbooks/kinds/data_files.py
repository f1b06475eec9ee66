"""Files of statistics programs as one sheet: Stata (.dta), SPSS (.sav) and Parquet; labels of values are shown."""

import datetime as dt
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from evalkit.errors import InputError
from evalkit.workbooks import file_kind
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
    """A value as a cell holds it; None where there is none."""
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
    import tempfile

    import pyreadstat

    with tempfile.NamedTemporaryFile(suffix=f".{kind}") as file:  # the library opens files by name only
        file.write(data)
        file.flush()
        options = {"apply_value_formats": True, "formats_as_category": False, "output_format": "dict"}
        reader = pyreadstat.read_dta if kind == "dta" else pyreadstat.read_sav
        table, about = reader(file.name, **options)
    formats = about.original_variable_types
    return list(table), [list(_values(column, str(formats.get(name, "")))) for name, column in table.items()]


def _values(column: Sequence[Any], form: str) -> Iterator[Any]:
    per_year, pattern = STATA_PERIODS.get(form.lower()[:3], (0, ""))
    for value in column:
        number = value.item() if hasattr(value, "item") else value
        if per_year and isinstance(number, int | float) and number == number:
            year, place = divmod(int(number), per_year)
            yield f"{1960 + year}{pattern.format(place + 1)}"
        elif form.lower().startswith("%ty") and isinstance(number, int | float) and number == number:
            yield str(int(number))
        else:
            yield number
