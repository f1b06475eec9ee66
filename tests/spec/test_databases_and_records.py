"""A query on a database, and records, as sources of a panel: read-only, no password anywhere, no small number."""

import sqlite3

import duckdb
import pytest

from evalkit.errors import InputError
from evalkit.ingest import mapping, pipeline

QUARTERS = ["2018Q1", "2018Q2", "2019Q1", "2019Q2"]
ROWS = [
    *[("演示市甲", quarter, "primary_visit_share", 60.5 + int(quarter[-1])) for quarter in QUARTERS],
    ("演示市乙", "2018Q1", "primary_visits", 1200),
    ("演示市乙", "2018Q2", "primary_visits", 1300),
]
QUERY = (
    "files: []\nurl: ${EVALKIT_TEST_DATABASE}\nquery: %s\nindicators: {primary_visit_share: {}, primary_visits: {}}\n"
)
SELECT = "SELECT region AS unit, period, indicator, value FROM panel ORDER BY 1, 2"
SECRET = "s3cr:t/p@ss"


@pytest.fixture
def ingest(raw):
    def go(text):
        raw.project.write("params/mappings/d.yml", text)
        found = mapping.read(raw.project.root, "d")
        files = pipeline.files(raw.project.root, found)
        return pipeline.ingest(raw.project.root, found, files, lambda done, total: None)

    return go


@pytest.fixture
def refusal(ingest):
    def go(text):
        with pytest.raises(InputError) as told:
            ingest(text)
        return str(told.value)

    return go


@pytest.fixture
def sqlite(tmp_path, monkeypatch):
    path = tmp_path / "panel.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE panel (region TEXT, period TEXT, indicator TEXT, value REAL)")
        connection.executemany("INSERT INTO panel VALUES (?, ?, ?, ?)", ROWS)
    monkeypatch.setenv("EVALKIT_TEST_DATABASE", f"sqlite:///{path}")
    return path


@pytest.fixture
def filled(postgres, monkeypatch):
    import psycopg

    with psycopg.connect(postgres) as connection:
        connection.execute("DROP TABLE IF EXISTS panel")
        connection.execute("CREATE TABLE panel (region text, period text, indicator text, value numeric)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO panel VALUES (%s, %s, %s, %s)", ROWS)
    monkeypatch.setenv("EVALKIT_TEST_DATABASE", postgres)
    return postgres


WANTED = {
    **{("jia", quarter, "primary_visit_share"): f"{60.5 + int(quarter[-1])}" for quarter in QUARTERS},
    ("yi", "2018Q1", "primary_visits"): "1200",
    ("yi", "2018Q2", "primary_visits"): "1300",
}


def by_key(rows):
    keys = zip(rows["unit"], rows["period"], rows["indicator"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


@pytest.mark.parametrize("database", ["sqlite", "filled"])
def test_a_query_becomes_a_panel(request, ingest, database):
    request.getfixturevalue(database)
    found = ingest(QUERY % SELECT)
    assert [str(one) for one in found.refused] == []
    assert by_key(found.rows) == WANTED
    assert found.workbooks["kind"].tolist() == ["query"]


@pytest.mark.parametrize("database", ["sqlite", "filled"])
def test_a_wide_query_is_read_by_a_table_and_its_messages_name_rows(request, ingest, database):
    request.getfixturevalue(database)
    share = "CASE WHEN period = '2018Q2' THEN 101.5 ELSE 60 END AS 基层就诊率"
    query = f"SELECT region, period, {share} FROM panel WHERE value < 100 ORDER BY 2"
    table = "tables: [{layout: indicators_wide, unit: {column: region}, period: {column: period}}]\n"
    found = ingest(QUERY % query + table)
    assert [str(one).partition("\n")[0] for one in found.refused] == ["database, query!C3: 101.5 is above 100"]


def test_long_results_come_in_pieces(sqlite, ingest, monkeypatch):
    monkeypatch.setattr(pipeline.database, "PIECE", 8)
    found = ingest(QUERY % SELECT)
    assert by_key(found.rows) == WANTED
    assert len(found.workbooks) == 3


@pytest.mark.parametrize("database", ["sqlite", "filled"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM panel", "SELECT 1; DELETE FROM panel", "DROP TABLE panel", "UPDATE panel SET value = 0"]
)
def test_only_one_select_is_accepted(request, refusal, database, statement):
    request.getfixturevalue(database)
    assert "query" in refusal(QUERY % statement)


def test_postgresql_refuses_to_write_even_in_a_select(filled, refusal):
    import psycopg

    with psycopg.connect(filled) as connection:
        made = "AS 'DELETE FROM panel; SELECT 1' LANGUAGE sql"
        connection.execute(f"CREATE OR REPLACE FUNCTION harm() RETURNS int {made}")
    assert "read-only transaction" in refusal(QUERY % "WITH a AS (SELECT harm() AS value) SELECT * FROM a")
    assert "data-modifying statements" in refusal(QUERY % "WITH a AS (DELETE FROM panel RETURNING *) SELECT * FROM a")


def test_sqlite_refuses_to_write(sqlite):
    with sqlite3.connect(f"{sqlite.as_uri()}?mode=ro", uri=True) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM panel")


def test_the_password_stands_nowhere(filled, raw, ingest, refusal, monkeypatch, capsys):
    found = ingest(QUERY % SELECT)
    pipeline.write(raw.project.root, mapping.read(raw.project.root, "d"), found)
    told = [refusal(QUERY % "SELECT * FROM nowhere")]
    wrong = [("s3cr", "wr0ng"), ("127.0.0.1", "127.0.0.2"), ("sql:", "nosql:")]
    for address in [filled.replace(*pair) for pair in wrong]:
        monkeypatch.setenv("EVALKIT_TEST_DATABASE", address)
        told.append(refusal(QUERY % SELECT))
    paths = [path for path in raw.project.root.rglob("*") if path.is_file() and path.suffix != ".db"]
    written = [path.read_text("utf-8") for path in paths]
    for text in [*told, *written, *capsys.readouterr()]:
        assert not any(secret in text for secret in (SECRET, "s3cr", "wr0ng", "p%40ss"))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (None, "the environment has no EVALKIT_TEST_DATABASE"),
        ("no address", "holds no address of a database"),
        ("sqlite:////nowhere/a.db", "the database says: unable to open database file"),
        ("oracle://u:s3cr@h/d", "no driver reads oracle"),
    ],
)
def test_an_address_that_leads_nowhere(refusal, monkeypatch, address, told):
    monkeypatch.delenv("EVALKIT_TEST_DATABASE", raising=False)
    if address:
        monkeypatch.setenv("EVALKIT_TEST_DATABASE", address)
    message = refusal(QUERY % SELECT)
    assert told in message
    assert "s3cr" not in message


def test_an_address_in_the_mapping_is_refused(refusal):
    assert "url" in refusal((QUERY % SELECT).replace("${EVALKIT_TEST_DATABASE}", "postgresql://u:p@h/d"))


def test_personal_data_of_a_query_are_refused(sqlite, ingest):
    found = ingest(QUERY % "SELECT region AS unit, period, indicator, value, '13812345678' AS phone FROM panel")
    assert "looks like personal data" in str(found.refused[0])


RECORDS = """
files: ["visits*.{kind}"]
records:
  unit: county
  period: visited
  frequency: quarter
  {more}
  indicators:
    primary_visit_share: {{numerator: "count(*) FILTER (level = 'primary')", denominator: count(*)}}
    primary_visits: {{value: "count(*) FILTER (level = 'primary')"}}
"""
#: County, quarter, visits at primary level, other visits.
VISITS = [
    ("演示市甲", "2018Q1", 30, 20),
    ("演示市甲", "2018Q2", 45, 15),
    ("990182", "2018Q1", 3, 40),
    ("990182", "2018Q2", 40, 4),
]


@pytest.fixture
def visits(raw):
    def write(kind="parquet", lines=VISITS, extra=""):
        rows = []
        for county, quarter, *numbers in lines:
            month = 3 * int(quarter[-1]) - 2
            levels = [level for level, n in zip(("primary", "other"), numbers, strict=True) for _ in range(n)]
            days = [f"{quarter[:4]}-{month:02}-{1 + i % 28:02}" for i in range(len(levels))]
            rows += [(county, day, level, 100.5) for day, level in zip(days, levels, strict=True)]
        folder = raw.project.root / "data/raw"
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE v (county VARCHAR, visited DATE, level VARCHAR, cost DOUBLE)")
            connection.executemany("INSERT INTO v VALUES (?, ?, ?, ?)", rows)
            if extra:
                connection.execute(extra)
            form = "PARQUET" if kind == "parquet" else "CSV, HEADER"
            connection.execute(f"COPY v TO '{folder / f'visits-1.{kind}'}' (FORMAT {form})")
        names = "units: {columns: [code]}\nindicators: {primary_visit_share: {}, primary_visits: {}}\n"
        return lambda more="": RECORDS.format(kind=kind, more=more) + names

    return write


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_records_become_indicators_and_small_numbers_stay_hidden(raw, visits, ingest, kind):
    found = ingest(visits(kind)())
    assert [str(one) for one in found.refused] == []
    rows = found.rows[found.rows["indicator"] == "primary_visit_share"]
    assert rows[["unit", "period", "value", "numerator", "denominator"]].to_numpy().tolist() == [
        ["jia", "2018Q1", "60", "30", "50"],
        ["jia", "2018Q2", "75", "45", "60"],
    ]
    hidden = found.gaps[["unit", "period", "indicator", "mark"]].to_numpy().tolist()
    assert hidden == [
        ["yi", "2018Q1", "primary_visit_share", "fewer than 10"],
        ["yi", "2018Q1", "primary_visits", "fewer than 10"],
        ["yi", "2018Q2", "primary_visit_share", "fewer than 10"],  # four others are left over
    ]
    pipeline.write(raw.project.root, mapping.read(raw.project.root, "d"), found)
    texts = [path.read_text("utf-8") for path in (raw.project.root / "data/d").rglob("*.csv")]
    cells = {cell for text in texts for line in text.splitlines() if "yi" in line for cell in line.split(",")}
    assert not cells & {"3", "4", "43", "6.97", "90.9"}


def test_the_limit_and_the_frequency_are_the_mappings(visits, ingest):
    text = visits()("smallest: 3\n  where: cost > 1").replace("quarter\n", "year\n")
    assert by_key(ingest(text).rows)["yi", "2018", "primary_visits"] == "43"
    half = visits()().replace("quarter\n", "half\n")
    assert set(ingest(half).rows["period"]) == {"2018H1"}


def test_records_without_a_unit_or_of_an_unknown_one(visits, ingest, told):
    found = ingest(visits(extra="INSERT INTO v SELECT NULL, '2018-01-01', 'other', 1 FROM range(25)")())
    assert "25 records name no unit; they are left out" in told(found.questions)
    found = ingest(visits(lines=[("演示市丁甲", "2018Q1", 30, 30)])())
    assert "unknown unit '演示市丁甲' in 60 records of 2018Q1" in told(found.refused)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("unit: county", "unit: nowhere"), "nowhere"),
        (("unit: county", "unit: county; DROP VIEW records"), "is no expression"),
        (("unit: county", "unit: \"(SELECT content FROM read_text('/etc/hostname'))\""), "Permission Error"),
        (("unit: county", "unit: \"(SELECT county FROM read_csv('/etc/passwd') LIMIT 1)\""), "Permission Error"),
        (("period: visited", "period: level"), "records:"),
        (
            ("value: \"count(*) FILTER (level = 'primary')\"", "numerator: count(*)"),
            "write `numerator` and `denominator`",
        ),
    ],
)
def test_wrong_sql_is_told_in_one_line(visits, refusal, change, told):
    text = visits()()
    assert change[0] in text
    assert told in refusal(text.replace(*change))


def test_a_mean_says_on_how_many_it_rests(raw, visits, ingest, refusal):
    raw.project.indicators(
        "primary_visit_share: {name: {zh: 次均费用}, unit: yuan}\nprimary_visits: {name: {zh: 人次}, unit: count}\n"
    )
    share = "numerator: \"count(*) FILTER (level = 'primary')\", denominator: count(*)"
    text = visits()().replace(share, "value: avg(cost)")
    assert "`primary_visit_share` does not say on how many it rests" in refusal(text)
    found = ingest(text.replace("value: avg(cost)", "value: avg(cost), denominator: count(*)"))
    assert by_key(found.rows)["jia", "2018Q1", "primary_visit_share"] == "100.5"
    assert set(found.rows["denominator"]) == {""}


def test_damaged_records_are_named(raw, visits, refusal):
    text = visits()()
    path = raw.project.root / "data/raw/visits-1.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    assert "params/mappings/d.yml, records:" in refusal(text)
