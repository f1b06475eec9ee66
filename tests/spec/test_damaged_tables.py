"""Tables of a project that are damaged or absurdly wide: one message with the file, at once."""

import io

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from evalkit.project import dataset

ROWS = [("a", f"{year}Q{quarter}", "rate", 50.0 + quarter) for year in (2018, 2019) for quarter in range(1, 5)]
COLUMNS = ["unit", "period", "indicator", "value"]


def whole() -> bytes:
    stream = io.BytesIO()
    pd.DataFrame(ROWS, columns=COLUMNS).to_parquet(stream)
    return stream.getvalue()


def with_columns(*names: str) -> bytes:
    stream = io.BytesIO()
    arrays = [pa.array([row[min(place, 3)] for row in ROWS]) for place in range(len(names))]
    parquet.write_table(pa.table(arrays, names=list(names)), stream)
    return stream.getvalue()


def with_metadata(text: bytes) -> bytes:
    stream = io.BytesIO()
    table = pa.Table.from_pandas(pd.DataFrame(ROWS, columns=COLUMNS)).replace_schema_metadata({b"pandas": text})
    parquet.write_table(table, stream)
    return stream.getvalue()


@pytest.fixture
def mistakes_of(project):
    project.table("units", "unit | adoption\na | 2019Q1\nb |\nc |")
    project.assessment()

    def told(name: str, content: bytes) -> str:
        (project.root / "data/d" / name).write_bytes(content)
        return project.mistakes()

    return told


@pytest.mark.parametrize(
    "content",
    [whole()[:-100], whole()[:40], b"", b"PAR1" + bytes(200) + b"PAR1", b"unit,period\n"],
    ids=["cut off", "only its beginning", "empty", "noise", "a CSV file"],
)
def test_a_damaged_parquet_panel_is_named(mistakes_of, content):
    assert mistakes_of("panel.parquet", content).startswith("data/d/panel.parquet: is damaged (")


def test_a_parquet_panel_with_two_columns_of_one_name_is_refused(mistakes_of):
    content = with_columns("unit", "period", "indicator", "value", "value")
    assert mistakes_of("panel.parquet", content).startswith("data/d/panel.parquet: duplicate column `value`")


def test_a_parquet_panel_with_thousands_of_columns_is_refused(mistakes_of):
    content = with_columns(*COLUMNS, *(f"x{number}" for number in range(1_000)))
    assert mistakes_of("panel.parquet", content).startswith("data/d/panel.parquet: has more than 1,000 columns")


def test_metadata_of_pandas_that_is_no_json_changes_nothing(project):
    project.table("units", "unit | adoption\na | 2019Q1\nb |\nc |")
    project.assessment()
    (project.root / "data/d/panel.parquet").write_bytes(with_metadata(b"{no json"))
    assert project.read().rows["value"].tolist() == [51.0, 52.0, 53.0, 54.0] * 2


@pytest.mark.parametrize("name", ["panel.csv", "units.csv", "members.csv", "targets.csv"])
def test_a_header_of_two_million_columns_is_refused(mistakes_of, name):
    content = b"unit,period,indicator,value" + b"," * 2_000_000 + b"\n"
    assert mistakes_of(name, content).startswith(f"data/d/{name}, line 1: has more than 1,000 columns")


@pytest.mark.parametrize("row", [b"a,2019Q1,rate,1" + b"," * 2_000_000, b'a,2019Q1,rate,"1,5"' + b",x" * 1_000])
def test_a_row_of_thousands_of_cells_is_refused_with_its_line(mistakes_of, row):
    content = b"unit,period,indicator,value\na,2018Q4,rate,1\n" + row + b"\n"
    assert mistakes_of("panel.csv", content).startswith("data/d/panel.csv, line 3: has more than 1,000 columns")


def test_commas_in_quotes_separate_nothing(tmp_path):
    (tmp_path / "units.csv").write_bytes(b'unit,name_zh\na,"' + b"," * 2_000 + b'"\n')
    assert dataset.read_text(tmp_path / "units.csv", "units.csv").at[0, "name_zh"] == "," * 2_000


def test_a_header_without_an_end_is_refused(mistakes_of):
    assert "columns" in mistakes_of("units.csv", b"unit," * 3_000_000)
