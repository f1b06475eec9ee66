"""From a workbook, a database or records to the page of one region, by the commands alone."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pytest

import evalkit

COUNTIES = ["青溪县", "万安县", "丹江县", "阳泉县", "鹿鸣县", "沙河县", "永兴县", "云岭县", "安澜县", "宝山县"]
ASSESSMENT = "dataset: d\nregions: [u0]\nindicators: {primary: [rate]}\nlanguages: [zh]\ndownloads: []\n"
pytestmark = pytest.mark.slow


def rates(periods, first_after, effect=6.0, scale=1.0):
    """Rates of all counties by period; the first county gains from some period on."""
    random = np.random.default_rng(11)
    values = 45 + random.normal(0, 4, (len(COUNTIES), 1)) + 0.3 * np.arange(len(periods))
    values = values + random.normal(0, 0.4, values.shape)
    values[0, first_after:] += effect
    return pd.DataFrame((values * scale).round(2), index=COUNTIES, columns=periods)


@pytest.fixture
def command(tmp_path):
    """Runs the command in the project's folder; what it said."""

    def run(*arguments):
        environment = dict(os.environ) | {"PYTHONPATH": str(Path(evalkit.__file__).parents[1]), "LANG": "C.UTF-8"}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "evalkit", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def estimate(root, name, indicator):
    rows = pd.read_csv(root / f"reports/{name}/results.csv", dtype=str)
    rows = rows[(rows["indicator"] == indicator) & (rows["method"] == "did_mean") & (rows["term"] == "att")]
    assert rows["status"].tolist() == ["ok"]
    return float(rows["estimate"].iloc[0])


def page(root, name, region):
    return (root / f"reports/{name}/site/{region}/report.zh.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("labels", "start", "written"),
    [
        ([f"{y}年{h}" for y in range(2015, 2022) for h in ("上半年", "下半年")], "2019H1", "2019年上半年"),
        ([str(y) for y in range(2001, 2025, 2)], "2012", "2013"),
    ],
    ids=["half-years", "every second year"],
)
def test_half_years_and_two_yearly_waves_come_from_a_workbook_to_a_page(tmp_path, command, labels, start, written):
    values = rates(labels, 8 if "H" in start else 6)
    book = openpyxl.Workbook()
    book.active.title = "县域就诊率（%）"
    for row in (["县", *labels], *([name, *values.loc[name]] for name in COUNTIES)):
        book.active.append(row)
    source = tmp_path / "上报.xlsx"
    book.save(source)
    command("new", "first", "--from", str(source))
    units = tmp_path / "data/first/units.csv"
    units.write_text(units.read_text(encoding="utf-8-sig").replace("?", start), encoding="utf-8")
    assert "no mistakes found" in command("check", "first")
    assert f"{len(labels) * 10} rows" in command("ingest", "first")
    command("run", "first", COUNTIES[0], "--lang", "zh")
    assert estimate(tmp_path, "first", "县域就诊率") == pytest.approx(6, abs=1)
    assert written in page(tmp_path, "first", COUNTIES[0])


def test_half_years_typed_by_hand_come_to_a_page(project, command):
    halves = [f"{y}H{h}" for y in range(2014, 2022) for h in (1, 2)]
    project.assessment("languages: [zh]\ndownloads: []\n")
    values = rates(halves, 8)
    values.index = ["a", *(f"u{n}" for n in range(1, 10))]
    project.table("units", "unit | adoption\na | 2018H1\n" + "".join(f"{unit} |\n" for unit in values.index[1:]))
    project.values(values)
    assert "no mistakes found" in command("check", "a")
    command("run", "a", "--lang", "zh")
    assert estimate(project.root, "a", "rate") == pytest.approx(6, abs=1)
    assert "2018年上半年" in page(project.root, "a", "a")


@pytest.fixture
def counties(project):
    """A project with ten counties and an empty panel."""
    project.indicators("rate: {name: {zh: 就诊率}, unit: percent, better: higher}")
    project.write("params/assessments/a.yml", ASSESSMENT)
    rows = [f"u{n} | {name} | {'2018' if not n else ''}\n" for n, name in enumerate(COUNTIES)]
    project.table("units", "unit | name_zh | adoption\n" + "".join(rows))
    return project


YEARS = [str(year) for year in range(2010, 2024)]
QUERY = "url: ${EVALKIT_TEST_DATABASE}\nquery: SELECT * FROM visits ORDER BY 1, 2\nindicators: {rate: {}}\n"


def long(values):
    return [(unit, period, "rate", float(values.loc[unit, period])) for unit in values.index for period in values]


def test_a_sqlite_database_comes_to_a_page(counties, command, monkeypatch):
    values = rates(YEARS, 8)
    with sqlite3.connect(counties.root / "visits.db") as connection:
        connection.execute("CREATE TABLE visits (unit TEXT, period TEXT, indicator TEXT, value REAL)")
        connection.executemany("INSERT INTO visits VALUES (?, ?, ?, ?)", long(values))
    monkeypatch.setenv("EVALKIT_TEST_DATABASE", f"sqlite:///{counties.root / 'visits.db'}")
    counties.write("params/mappings/d.yml", QUERY)
    command("ingest", "d")
    command("run", "a", "u0", "--lang", "zh")
    assert estimate(counties.root, "a", "rate") == pytest.approx(6, abs=1)
    assert "青溪县" in page(counties.root, "a", "u0")


def test_a_postgresql_database_comes_to_a_page(counties, command, monkeypatch, postgres):
    import psycopg

    with psycopg.connect(postgres) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS visits")
        cursor.execute("CREATE TABLE visits (unit text, period text, indicator text, value numeric)")
        cursor.executemany("INSERT INTO visits VALUES (%s, %s, %s, %s)", long(rates(YEARS, 8)))
    monkeypatch.setenv("EVALKIT_TEST_DATABASE", postgres)
    counties.write("params/mappings/d.yml", QUERY)
    command("ingest", "d")
    command("run", "a", "u0", "--lang", "zh")
    assert estimate(counties.root, "a", "rate") == pytest.approx(6, abs=1)
    everything = [one.read_bytes() for one in counties.root.rglob("*") if one.is_file()]
    assert not any(b"s3cr" in one for one in everything)


def test_records_come_to_a_page(counties, command):
    values = rates(YEARS, 8)
    (counties.root / "data/raw/d").mkdir(parents=True)
    shares = json.dumps(
        [[n, int(period), values.loc[name, period]] for n, name in enumerate(COUNTIES) for period in YEARS]
    )
    with duckdb.connect() as connection:
        shares_of = "SELECT unnest(from_json(?, '[[\"DOUBLE\"]]')) AS s"
        visits = (
            "SELECT 'u' || CAST(s[1] AS INT) AS county, make_date(CAST(s[2] AS INT), 3, 1) AS visited, "
            f"i < s[3] * 20 AS local FROM ({shares_of}), range(2000) t(i)"
        )
        connection.execute(f"CREATE TABLE v AS {visits}", [shares])
        connection.execute(f"COPY v TO '{counties.root / 'data/raw/d/visits.parquet'}' (FORMAT PARQUET)")
    counties.write(
        "params/mappings/d.yml",
        'files: ["d/*.parquet"]\n'
        "records:\n  unit: county\n  period: visited\n  frequency: year\n"
        "  indicators: {rate: {numerator: count(*) FILTER (local), denominator: count(*)}}\n"
        "indicators: {rate: {}}\n",
    )
    command("ingest", "d")
    command("run", "a", "u0", "--lang", "zh")
    assert estimate(counties.root, "a", "rate") == pytest.approx(6, abs=1)
