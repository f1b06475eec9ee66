"""What the specifications of raw workbooks share: a small project whose workbooks are made by tests/data."""

import os
import re
import runpy
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest

from evalkit.ingest import mapping, pipeline
from evalkit.ingest.pipeline import Ingested
from evalkit.scaffold import new_project, open_questions
from evalkit.workbooks import sandbox

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


def save(path, pages):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for row, contents in enumerate(page.rows, 1):
            for column, content in enumerate(contents, 1):
                if content is not None:
                    sheet.cell(row, column, content)
        for top, left, bottom, right in page.merged:
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    book.save(path)
    return path


class Begun:
    """`evalkit new first --from FILE`, its files, and what `ingest` reads after the marks are taken away."""

    def __init__(self, folder, source):
        self.root = folder / "mine"
        if isinstance(source, list):
            source = save(folder / "上报.xlsx", source)
        self.start = new_project.plan(self.root, "first", source)
        new_project.write(self.root, self.start)

    def text(self, file):
        return (self.root / file).read_text(encoding="utf-8-sig")

    @property
    def marks(self):
        found = [
            line.split("# ?", 1)[1] for line in self.text("params/mappings/first.yml").splitlines()[4:] if "# ?" in line
        ]
        return [one.strip() for one in found]

    @property
    def units(self):
        return pd.read_csv(self.root / "data/first/units.csv", dtype=str, keep_default_na=False)

    def answered(self, unit="count", start="2018", replaced=()):
        """What `ingest` makes of it when the marks are taken away."""
        for path in self.root.glob("params/**/*.yml"):
            text = path.read_text(encoding="utf-8")
            for old, new in replaced:
                text = text.replace(old, new)
            text = re.sub(r"^(  unit:) *(#.*)?$", rf"\1 {unit}", text, flags=re.MULTILINE)
            path.write_text(re.sub(r" *# \?.*", "", text), encoding="utf-8")
        path = self.root / "data/first/units.csv"
        path.write_text(path.read_text(encoding="utf-8-sig").replace("?", start), encoding="utf-8")
        assert [one for one in open_questions.left(self.root, "first") if "units.csv" in one] == []
        read = mapping.read(self.root, "first")
        files = pipeline.files(self.root, read)
        return pipeline.ingest(self.root, read, files, lambda done, total: None, sandbox.CHILDREN)

    def questions(self):
        """What `ingest` refuses and asks."""
        found = self.answered()
        return [*found.refused, *found.questions]

    def ingest(self, **answers):
        found = self.answered(**answers)
        assert [str(one) for one in found.refused] == []
        return found

    def panel(self, **answers):
        """Values by names as written in the workbook."""
        found, units = self.ingest(**answers), self.units.set_index("unit")
        shown = {unit: row["name_zh"] or row["name_en"] for unit, row in units.iterrows()}
        rows = zip(found.rows["unit"], found.rows["period"], found.rows["indicator"], found.rows["value"], strict=True)
        return {(shown[unit], period, name): Decimal(value) for unit, period, name, value in rows}


@pytest.fixture
def begin(tmp_path):
    """Starts a project in a folder of its own from a workbook, or from the pages of one."""
    return partial(Begun, tmp_path)


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
