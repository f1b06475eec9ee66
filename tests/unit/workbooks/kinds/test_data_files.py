"""Stata, SPSS, Parquet and binary workbooks are read like any other table."""

import datetime as dt
import io
import struct
import zipfile

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from evalkit.errors import InputError
from evalkit.workbooks import reading
from evalkit.workbooks.kinds import data_files

TABLE = pd.DataFrame(
    {
        "county": ["甲县", "乙县", "乙县"],
        "year": [2018.0, 2018.0, 2019.0],
        "kind": [1.0, 2.0, 2.0],
        "rate": [61.5, np.nan, 64],
    }
)
ROWS = [
    ["county", "year", "kind", "rate"],
    ["甲县", 2018.0, "urban", 61.5],
    ["乙县", 2018.0, "rural", None],
    ["乙县", 2019.0, "rural", 64.0],
]


@pytest.fixture
def rows(tmp_path):
    """Rows of the only sheet of a file, None where a cell is empty."""

    def read(name, content=None):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        (sheet,) = reading.read(path, name).sheets
        last = max(column for _, column in sheet.cells)
        numbers = sorted({row for row, _ in sheet.cells})
        return [[(sheet.cells.get((row, c)) or Empty).value for c in range(1, last + 1)] for row in numbers]

    return read


class Empty:
    value = None


@pytest.mark.parametrize("write", [pyreadstat.write_dta, pyreadstat.write_sav])
def test_labels_of_values_are_shown(rows, tmp_path, write):
    name = f"表.{write.__name__[-3:]}"
    write(TABLE, str(tmp_path / name), variable_value_labels={"kind": {1: "urban", 2: "rural"}})
    assert rows(name) == ROWS


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_every_release_of_stata(rows, tmp_path, version):
    TABLE.assign(county=["a", "b", "b"]).drop(columns="kind").to_stata(
        tmp_path / "a.dta", version=version, write_index=False
    )
    assert rows("a.dta")[1] == ["a", 2018.0, 61.5]


@pytest.mark.parametrize(
    ("code", "texts"), [("tq", ["2018Q1", "2018Q4"]), ("tm", ["2018-01", "2018-10"]), ("th", ["2018H1", "2018H2"])]
)
def test_periods_of_stata(rows, tmp_path, code, texts):
    table = pd.DataFrame({"t": pd.to_datetime(["2018-01-01", "2018-10-01"]), "v": [1.0, 2.0]})
    table.to_stata(tmp_path / "a.dta", convert_dates={"t": code}, write_index=False)
    assert [row[0] for row in rows("a.dta")[1:]] == texts


def test_dates_of_stata(rows, tmp_path):
    table = pd.DataFrame({"t": pd.to_datetime(["2018-02-14"]), "v": [1.0]})
    table.to_stata(tmp_path / "a.dta", convert_dates={"t": "td"}, write_index=False)
    assert rows("a.dta")[1][0] == dt.date(2018, 2, 14)


def test_parquet(rows, tmp_path):
    TABLE.assign(kind=["urban", "rural", "rural"]).to_parquet(tmp_path / "a.parquet")
    assert rows("a.parquet") == ROWS


@pytest.mark.parametrize("name", ["a.dta", "a.sav", "a.parquet"])
def test_damaged_ones_are_refused_in_one_line(tmp_path, rows, name):
    made = {"a.dta": TABLE.drop(columns="county").to_stata, "a.parquet": TABLE.to_parquet}
    path = tmp_path / name
    if name in made:
        made[name](path)
    else:
        pyreadstat.write_sav(TABLE, str(path))
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:40], whole[:-30]):
        with pytest.raises(InputError) as told:
            rows(name, content)
        assert f"{name}: is damaged" in str(told.value)


def test_a_file_of_millions_of_cells_is_refused(tmp_path, rows):
    pd.DataFrame({"a": np.arange(300_000)}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="more than 250,000 filled cells"):
        rows("a.parquet")


def record(kind: int, content: bytes = b"") -> bytes:
    """One record of a binary workbook: kind and size in groups of seven bits."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    return head + (bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])) + content


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(lines) -> bytes:
    rows = b""
    for row, line in enumerate(lines):
        rows += record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        for column, value in enumerate(line):
            cell = struct.pack("<II", column, 0)
            rows += (
                record(6, cell + wide(value)) if isinstance(value, str) else record(5, cell + struct.pack("<d", value))
            )
    sheet = record(129) + record(148, struct.pack("<4I", 0, len(lines) - 1, 0, len(lines[0]) - 1))
    sheet += record(145) + rows + record(146) + record(130)
    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("表")) + record(144)
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"

    def relation(kind: str, target: str) -> str:
        to = f'<Relationship Id="rId1" Type="{kinds}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}">{to}</Relationships>'

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("_rels/.rels", relation("officeDocument", "xl/workbook.bin"))
        made.writestr("xl/_rels/workbook.bin.rels", relation("worksheet", "worksheets/sheet1.bin"))
        made.writestr("xl/workbook.bin", book + record(132))
        made.writestr("xl/worksheets/sheet1.bin", sheet)
    return stream.getvalue()


def test_a_binary_workbook(rows):
    table = [["县", "2018", "2019"], ["甲县", 61.5, 62.25]]
    assert rows("a.xlsb", xlsb(table)) == table


def test_rows_of_a_later_piece_keep_their_numbers():
    made = data_files.sheet("q", ["a", "b"], iter([(1, None), (np.int64(2), "x")]), first=50)
    values = {at: cell.value for at, cell in made.cells.items()}
    assert values == {(1, 1): "a", (1, 2): "b", (50, 1): 1.0, (51, 1): 2.0, (51, 2): "x"}
