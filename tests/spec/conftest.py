"""What the specifications of raw workbooks share: a small project whose workbooks are made by tests/data."""

import runpy
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
