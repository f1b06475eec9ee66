"""The cases of tests/cases: each `cmd` is run in a copy of its folder, and gives what its `expected` says is right.

Those that need no process of their own are in test_cases_of_input.py.
"""

import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import evalkit

CASES = Path(__file__).parents[1] / "cases"
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the commands are scripts for bash"),
]


class Ran:
    """A case after its commands: what they said, and the panels that they wrote."""

    def __init__(self, folder: Path, said: str) -> None:
        self.folder, self.said = folder, said

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8-sig")

    def panel(self, folder: str = "try") -> dict[tuple[str, str], Decimal]:
        """Values by region and period."""
        rows = pd.read_csv(self.folder / folder / "data/first/panel.csv", dtype=str)
        cells = rows[["unit", "period", "value"]].to_numpy().tolist()
        return {(unit, period): Decimal(value) for unit, period, value in cells}


@pytest.fixture
def run(tmp_path):
    """Runs a case with `evalkit`, `papermill` and NOTEBOOKS in its environment."""

    def go(name: str, cmd: str = "") -> Ran:
        folder, tools = tmp_path / name, tmp_path / "tools"
        shutil.copytree(CASES / name, folder)
        tools.mkdir()
        for tool, module in (("evalkit", "evalkit"), ("papermill", "papermill"), ("python3", "")):
            call = f'exec "{sys.executable}" {f"-m {module}" if module else ""} "$@"\n'
            (tools / tool).write_text(f"#!/bin/bash\n{call}")
            (tools / tool).chmod(0o755)
        paths = {"PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(Path(evalkit.__file__).parents[1])}
        script = cmd or (folder / "cmd").read_text(encoding="utf-8")
        (folder / "cmd").write_text(script, encoding="utf-8")
        done = subprocess.run(
            ["bash", "./cmd"],
            cwd=folder,
            env=dict(os.environ) | paths | {"NOTEBOOKS": str(NOTEBOOKS), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )
        said = done.stdout.decode("utf-8", "replace")
        assert "Traceback" not in said or name == "papermill-p-code", said
        return Ran(folder, said)

    return go


def arithmetic(panel, first, regions, periods, step=1):
    """Whether values go on by a step from period to period, from a first value of each region."""
    places = list(enumerate(map(str, periods)))
    starts = list(zip(regions, map(Decimal, first), strict=True))
    assert panel == {(region, period): start + step * n for region, start in starts for n, period in places}


def test_regions_as_columns(run):
    arithmetic(run("regions-as-columns").panel(), (1000, 1100, 900), ["甲县", "乙县", "丙县"], range(2015, 2022))


def test_second_table_below(run):
    panel = run("second-table-below").panel()
    first = {key: value for key, value in panel.items() if key[0] in ("甲县", "乙县", "丙县")}
    arithmetic(first, (1000, 1100, 900), ["甲县", "乙县", "丙县"], ("2016", "2017", "2018"), 10)
    second = {key: value for key, value in panel.items() if key not in first}
    arithmetic(second, (1030, 1130, 930), ["丁县", "戊县", "己县"], ("2019", "2020", "2021"), 10)


def test_fiscal_years(run):
    ran = run("fiscal-years")
    names = ("northmoor", "southmere", "eastfold")
    arithmetic(ran.panel(), (1000, 1010, 1020), names, range(2006, 2016))
    assert "question: " in ran.said
    assert "'2006/07' and the like were read as the years in which they begin" in ran.said


def test_half_years(run):
    ran = run("half-years")
    halves = [f"{year}H{half}" for year in range(2017, 2021) for half in (1, 2)]
    arithmetic(ran.panel(), (1000, 1010, 1020), ["甲县", "乙县", "丙县"], halves)
    assert "cumulative" not in ran.text("try/params/mappings/first.yml")


def test_display_format_in_ten_thousands(run):
    panel = run("display-format-in-ten-thousands").panel()
    firsts = (14_551_800, 14_671_800, 14_791_800, 14_911_800)
    arithmetic(panel, firsts, ["甲县", "乙县", "丙县", "丁县"], range(2012, 2022), 310_000)


def test_display_format_in_a_part_of_the_cells(run):
    cmd = (
        (CASES / "display-format-in-ten-thousands/cmd").read_text(encoding="utf-8").replace("income.xlsx", "mixed.xlsx")
    )
    panel = run("display-format-in-ten-thousands", cmd).panel()
    assert len(panel) == 40
    assert all(14_000_000 < value < 19_000_000 for value in panel.values())


def test_superscript_footnote(run):
    ran = run("superscript-footnote")
    arithmetic(ran.panel(), (60, 61, 62, 63), ["甲县", "乙县", "丙县", "丁县"], range(2012, 2022), Decimal("0.3"))
    assert "乙县,2016,基层就诊率,62.2,,,reported,,first-workbook,2016年起含村卫生室" in ran.said


def test_english_units_of_measure(run):
    ran = run("english-units-of-measure")
    assert ran.panel()["northmoor", "2015"] == 1_455_000
    assert not {"source", "note"} & {unit for unit, _ in ran.panel()}
    assert re.findall(r"^  unit: (\S+)", ran.text("try2/params/indicators.yml"), re.MULTILINE) == [
        *("count", "per_1000", "other", "percent")
    ]
    assert "attendances = 1455000 (count)" in ran.said


def test_csv_of_other_countries(run):
    ran = run("csv-of-other-countries")
    panel = ran.panel()
    assert (panel["northmoor", "2016"], panel["eastfold", "2019"], len(panel)) == (Decimal("60.1"), Decimal("62.4"), 12)
    assert "9 values; for example:" in ran.said


def test_drafts_that_miss_the_regions(run):
    ran = run("drafts-that-miss-the-regions")
    for folder, layout, regions in (
        ("bilingual", "periods_wide", ["北京", "天津", "河北"]),
        ("years-below-indicators", "both_wide", ["甲县", "乙县", "丙县"]),
        ("long-by-country", "long", ["northmoor", "southmere", "eastfold"]),
    ):
        root = f"try-{folder}.xlsx"
        assert f"layout: {layout}  # ?" in ran.text(f"{root}/params/mappings/first.yml")
        units = pd.read_csv(ran.folder / root / "data/first/units.csv", dtype=str)
        assert units["unit"].tolist()[:3] == regions
        assert "ignore_columns" not in ran.text(f"{root}/params/mappings/first.yml")


FORMS = [
    ("clean_year_over_ind.xlsx", "both_wide"),
    ("joined_ind_year.xlsx", "both_wide"),
    ("sheet_per_year.xlsx", "indicators_wide"),
    ("wide_en.csv", "periods_wide"),
    ("long_year_en.csv", "indicators_wide"),
]


@pytest.mark.parametrize(("file", "layout"), FORMS)
def test_drafts_of_common_forms(run, file, layout):
    ran = run("drafts-of-common-forms", f"mkdir try && cd try && evalkit new first --from ../{file}")
    assert f"layout: {layout}  # ?" in ran.text("try/params/mappings/first.yml")
    assert "my-region" not in ran.text("try/data/first/units.csv")
    assert "ingest refuses" not in ran.text("try/params/mappings/first.yml")
    assert "numbers are not read" not in ran.text("try/params/mappings/first.yml")


def test_totals_and_notes_as_regions(run):
    ran = run("totals-and-notes-as-regions")
    assert len({unit for unit, _ in ran.panel()}) == 25
    found = re.search(r"^first,northmoor,attendances,did,did_mean,att,([^,]+),,,([^,]+),", ran.said, re.MULTILINE)
    assert found
    assert [round(float(one), 4) for one in found.groups()] == [0.1616, 0.04]


def test_stata_file(run):
    assert "4 values; for example:" in run("stata-file").said


def test_start_typed_in_excel(run):
    said = run("start-typed-in-excel").said
    assert len(re.findall("Excel (?:has made|makes) ", said)) == 3
    assert "'Mar-19' is not a period\n    Excel has made a date of it" in said
    assert "no mistakes found" in said  # 2019年3月


def test_never_coded_9999(run):
    ran = run("never-coded-9999")
    for code in ("9999", "0"):
        assert (
            f"`adoption` '{code}' is not a period\n    It seems to mean that the reform never began there" in ran.said
        )
    assert not (ran.folder / "reports").exists()


def test_blank_in_same_column(run):
    ran = run("blank-in-same-column")
    assert "the unit 'u00' has no `province`, so no unit agrees with it" in ran.said
    assert not (ran.folder / "reports/first/results.csv").exists()


def test_two_yearly_panel(run):
    found = re.search(r"callaway_santanna,group,([^,]+),", run("two-yearly-panel").said)
    assert found
    assert round(float(found[1]), 2) == 3.15


def test_gap_before_start(run):
    said = run("gap-before-start").said
    found = dict(re.findall(r"callaway_santanna,(group|cohort=\d+),([^,]+),", said))
    assert {term: round(float(value), 2) for term, value in found.items()} == {
        "group": 3.74,
        "cohort=2013": 1.07,
        "cohort=2016": 5.08,
    }


def test_zeros_on_log_scale(run):
    ran = run("zeros-on-log-scale")
    assert "no judgement of u00 (1): Withheld: 7 of 16 figures are zero" in ran.said
    assert "`scale: level` or `scale: per_capita` in indicators.yml uses every figure" in ran.said
    assert 'u01,deaths,did,did_mean,att,,,,,,,,,,,8,4,withheld,"zeros_on_log_scale: n=4, of=16"' in ran.said
    pages = [ran.text(f"reports/first/site/{unit}/report.en.html") for unit in ("u00", "u01")]
    assert all("zero has no logarithm" in page for page in pages)


def test_papermill_p_code(run):
    said = run("papermill-p-code").said
    assert 'Did you mean "010101"? Codes are text: with papermill use -r region 010101.' in said
    assert "AttributeError" not in said


def test_terminal_escapes(run):
    said = run("terminal-escapes").said
    assert "\\x1b]0;TITLE" in said
    assert "^[]" not in said


def test_ingest_three_at_once(run):
    ran = run("ingest-three-at-once")
    assert set(re.findall(r"exit (\d)", ran.said)) <= {"0", "2"}
    assert "exit 0" in ran.said
    assert (ran.folder / "project/data/d/panel.csv").stat().st_size > 20_000
