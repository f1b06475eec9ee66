"""Ten million visit records into county-quarter indicators, then a run: seconds and memory of each.

    python bench/records.py [RECORDS]

Holds itself to 30 s and 1 GB on two cores for the ingest.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

COUNTIES, QUARTERS, START = 200, 24, "2017-01-01"
SECONDS, MEGABYTES = 30, 1024
MAPPING = """
files: ["visits/*.parquet"]
records:
  unit: county
  period: visited
  frequency: quarter
  indicators:
    primary_share: {numerator: "count(*) FILTER (level = 'primary')", denominator: count(*)}
    visits: {value: count(*)}
    cost: {value: avg(cost), denominator: count(*)}
"""
INDICATORS = """
primary_share: {name: {zh: 基层就诊率, en: Primary-care share}, unit: percent, better: higher}
visits: {name: {zh: 就诊人次, en: Visits}, unit: count}
cost: {name: {zh: 次均费用, en: Cost per visit}, unit: yuan}
"""
ASSESSMENT = """
dataset: d
regions: [c001]
indicators: {primary: [primary_share]}
programme: false
languages: [en]
"""


def main(records: int) -> None:
    with tempfile.TemporaryDirectory(prefix="records-") as folder:
        root = Path(folder)
        write(root, records)
        seconds, megabytes = timed("ingest", "d", "--project", str(root))
        print(f"{records:,} records ingested in {seconds:.1f} s with {megabytes:,.0f} MB")
        taken, most = timed("run", "a", "--project", str(root))
        print(f"run: {taken:.1f} s, {most:,.0f} MB")
        if seconds > SECONDS or megabytes > MEGABYTES:
            sys.exit(f"more than {SECONDS} s or {MEGABYTES} MB")


def write(root: Path, records: int) -> None:
    """A project with simulated records in four Parquet files; 20 counties start in 2020."""
    texts = {
        "params/indicators.yml": INDICATORS,
        "params/mappings/d.yml": MAPPING,
        "params/assessments/a.yml": ASSESSMENT,
    }
    units = [f"c{i:03}" for i in range(1, COUNTIES + 1)]
    rows = "".join(f"{unit},County {unit},{'2020Q1' if i < 20 else ''}\n" for i, unit in enumerate(units))
    texts["data/d/units.csv"] = "unit,name_en,adoption\n" + rows
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "data/raw/visits").mkdir(parents=True)
    with duckdb.connect(config={"threads": "2"}) as connection:
        for part in range(4):
            share = "0.6 + CASE WHEN c <= 20 AND day >= DATE '2020-01-01' THEN 0.04 ELSE 0 END"
            connection.execute(f"""
                COPY (SELECT printf('c%03d', c) AS county, day AS visited, round(100 + 50 * random(), 2) AS cost,
                             CASE WHEN random() < {share} THEN 'primary' ELSE 'other' END AS level,
                             hash(i) AS person
                      FROM (SELECT i, 1 + i % {COUNTIES} AS c,
                                   DATE '{START}' + CAST(floor(random() * {QUARTERS} * 91) AS INT) AS day
                            FROM range({part}, {records}, 4) t(i)))
                TO '{root / f"data/raw/visits/{part}.parquet"}' (FORMAT PARQUET)""")


def timed(*arguments: str) -> tuple[float, float]:
    """Seconds of the command, and the most memory that it or one of its children took."""
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-m", "evalkit", *arguments], check=True, env=environment)
    return time.monotonic() - start, max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
