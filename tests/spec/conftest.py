"""What the specifications of raw workbooks share: a small project whose workbooks are made by tests/data."""

import os
import runpy
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from evalkit.ingest import mapping, pipeline
from evalkit.ingest.pipeline import Ingested

INDICATORS = """
county_visit_rate: {name: {zh: 县域就诊率}, unit: percent}
primary_visit_share: {name: {zh: 基层就诊率}, unit: percent}
primary_visits: {name: {zh: 门急诊人次}, unit: count}
"""
UNITS = """
unit | name_zh | province | code
jia | 演示市甲 | 西省 | 990181
yi | 演示市乙 | 西省 | 990182
bing | 演示市丙 | 西省 | 990183
ding | 演示市丁 | 东省 | 990184
yan | 演示䶮县 | 西省 | 990185
"""
NAMES = """
units: {prefixes: [西省], aliases: {演示丙: bing}, columns: [code]}
indicators:
  county_visit_rate: {}
  primary_visit_share: {aliases: [基层诊疗量占比]}
  primary_visits: {}
"""
IN_ROWS = "{layout: indicators_wide, unit: {column: 地区}, period: {column: 年份}}"
BY_FILE = "{layout: periods_wide, unit: {file: '^(.+?)_'}, indicator: {column: 指标名称}}"


@pytest.fixture(scope="session")
def workbooks() -> SimpleNamespace:
    """The script that makes workbooks."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "data" / "make_workbooks.py")))


@dataclass(frozen=True)
class Raw:
    """A project with workbooks below data/raw/d and a mapping of them."""

    project: Any
    make: SimpleNamespace

    @property
    def folder(self) -> Path:
        return self.project.root / "data/raw/d"

    def case(self, name: str, *given: object, **more: object) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.make.CASES[name](self.folder, *given, **more)

    def mapping(self, *tables: str, more: str = "", names: str = NAMES) -> None:
        listed = "".join(f"  - {table}\n" for table in tables)
        self.project.write("params/mappings/d.yml", f"files: ['d/**/*']\n{names}\n{more}\ntables:\n{listed}")

    def ingest(self, *tables: str, more: str = "", names: str = NAMES) -> Ingested:
        self.mapping(*tables, more=more, names=names)
        read = mapping.read(self.project.root, "d")
        return pipeline.ingest(
            self.project.root, read, pipeline.files(self.project.root, read), lambda done, total: None
        )

    def rows(self, *tables: str, **given: str) -> dict[tuple[str, str, str], str]:
        """Values by unit, period and indicator of workbooks in which nothing is refused."""
        found = self.ingest(*tables, **given)
        assert [str(one) for one in found.refused] == []
        return by_key(found.rows)


def by_key(rows: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    keys = zip(rows["unit"], rows["period"], rows["indicator"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


@pytest.fixture
def raw(project, workbooks) -> Raw:
    """A project with units and indicators, and without workbooks."""
    project.indicators(INDICATORS)
    project.table("units", UNITS)
    return Raw(project, workbooks)


@pytest.fixture
def told() -> Callable[[Any], str]:
    """Messages as one text."""
    return lambda mistakes: "\n".join(map(str, mistakes))


SERVER = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SECRET = "s3cr:t/p@ss"


@pytest.fixture(scope="module")
def postgres():
    """A PostgreSQL server of our own on a socket and a free port; its address with a password."""
    if not SERVER:
        if os.environ.get("EVALKIT_REQUIRE_DATABASE") == "1":
            pytest.fail("no PostgreSQL server here: apt-get install postgresql")
        pytest.skip("no PostgreSQL server here")
    folder = Path(tempfile.mkdtemp(prefix="evalkit-"))  # short enough for a socket's path
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if as_user:
        folder.chmod(0o755)
        shutil.chown(folder, "postgres")
    password, data, port = folder / "password", folder / "data", str(40_000 + os.getpid() % 20_000)
    password.write_text(SECRET)
    password.chmod(0o644)

    def run(*command):
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=folder)

    login = ["-U", "evaluator", f"--pwfile={password}", "-A", "scram-sha-256", "-E", "UTF8"]
    run(str(SERVER[-1] / "initdb"), "-D", str(data), *login)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    run(str(SERVER[-1] / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://evaluator:s3cr%3At%2Fp%40ss@127.0.0.1:{port}/postgres"
    finally:
        run(str(SERVER[-1] / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
