"""`evalkit new`: a commented project from nothing or from a workbook; names cannot harm it, no file is overwritten."""

import re
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml

from evalkit import cli
from evalkit.ingest import mapping as mappings
from evalkit.project import evaluation
from evalkit.scaffold import new_project, open_questions

COUNTIES = ["清河县", "白云县", "东湖区", "山阳市"]
HOSTILE = ["=cmd()", "<script>alert(1)</script>", "a\"b'c: {d}", "one\ntwo # three", "# ? x", "---"]


@pytest.fixture
def folder(tmp_path):
    """An empty folder."""
    made = tmp_path / "mine"
    made.mkdir()
    return made


@pytest.fixture
def evalkit(folder, monkeypatch, capsys):
    """Runs the command in that folder; its exit status and what it said."""
    monkeypatch.chdir(folder)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["evalkit", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, content in enumerate(row, start=1):
                cell = sheet.cell(number, column, content)
                if isinstance(content, str):
                    cell.data_type = "s"  # a name that begins with = is a name here
    book.save(path)
    return path


def years_wide(names, indicators=("门急诊人次（万人次）", "县域就诊率（%）")):
    """A row per region and indicator, a column per year."""
    rows = [["序号", "地区", "指标名称", 2019, 2020, 2021]]
    rows += [[n, unit, name, 1.5, 2.5, 3.5] for n, unit in enumerate(names, 1) for name in indicators]
    return {"年报": rows}


def quarters_wide(names):
    """A sheet per indicator, years over quarters, a title above, a total and a footnote below."""
    quarters = [f"{sign}季度" for sign in "一二三四"]
    years = ["序号", "地区", 2020, None, None, None, 2021, None, None, None]
    head = [["各县情况"], years, [None, None, *quarters, *quarters]]
    rows = [[n, unit, *(50 + n + q / 10 for q in range(8))] for n, unit in enumerate(names, 1)]
    total = [None, "合计", *([50] * 8)]
    return {"基层就诊率": [*head, *rows, total, ["注：来源于统计年报"]]}


def sheet_for_each_year(names):
    """Rows of regions and quarters under a heading that no list knows; only the sheet tells the year."""
    heading = ["区名", "季度", "基层就诊率（%）", "次均费用（元）"]
    quarters = [f"第{sign}季度" for sign in "一二三四"]
    rows = [[unit, quarter, 50.5 + n, 210.5 + n] for n, unit in enumerate(names) for quarter in quarters]
    return {f"{year}年": [[f"{year}年各区情况"], heading, *rows, ["注：来源于区卫生健康局"]] for year in (2020, 2021)}


def answer(folder: Path, adoption: str = "2020Q3") -> None:
    """What an evaluator does: answer every question, take the marks away."""
    for path in folder.glob("params/**/*.yml"):
        path.write_text(re.sub(r" *# \?.*", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in folder.glob("data/*/*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("?", adoption), encoding="utf-8")


def read(folder: Path, file: str):
    return yaml.safe_load((folder / file).read_text(encoding="utf-8"))


def test_an_empty_folder_becomes_a_project_with_three_commands_to_go_on(folder, evalkit):
    status, out, err = evalkit("new", "first")
    assert (status, err) == (0, "")
    for command in ("check", "ingest", "run"):
        assert f"  evalkit {command} first " in out
    for file in ("assessments/first.yml", "indicators.yml", "regions/my-region.yml", "mappings/first.yml"):
        assert (folder / "params" / file).is_file()
    assert mappings.read(folder, "first").files == ("first/*",)


def test_check_says_exactly_what_an_empty_project_lacks(folder, evalkit):
    evalkit("new", "first")
    status, out, err = evalkit("check", "first")
    assert status == 2
    assert "`my_indicator.unit`: Input should be 'percent'" in err
    assert "data/first/units.csv, line 2: `adoption` '?' is not a period" in err or "`adoption` is not filled" in out
    for asked in ("regions: [my-region]", "primary: [my_indicator]", "targets: []", "layout: periods_wide"):
        assert f"[{asked}]" in out.replace("[- ", "[")


def test_an_answered_template_passes(folder, evalkit):
    evalkit("new", "first")
    indicators = folder / "params/indicators.yml"
    indicators.write_text(indicators.read_text(encoding="utf-8").replace("unit: ", "unit: percent"), encoding="utf-8")
    answer(folder)
    assert evalkit("check", "first") == (0, "first: 1 regions, no mistakes found.\n", "")


@pytest.mark.parametrize(
    ("sheets", "indicators", "end", "rows"),
    [
        (years_wide(COUNTIES), {"门急诊人次": "count", "县域就诊率": "percent"}, "2021-12-31", 24),
        (quarters_wide(COUNTIES), {"基层就诊率": "percent"}, "2021-12-31", 32),
        (sheet_for_each_year(COUNTIES), {"基层就诊率": "percent", "次均费用": "yuan"}, "2021-12-31", 64),
    ],
    ids=["years", "quarters", "a sheet for each year"],
)
def test_a_workbook_gives_names_and_periods_and_then_a_panel(folder, evalkit, tmp_path, sheets, indicators, end, rows):
    book = workbook(tmp_path / "上报.xlsx", sheets)
    assert evalkit("new", "first", "--from", book)[0] == 0
    assert {name: one["unit"] for name, one in read(folder, "params/indicators.yml").items()} == indicators
    assert str(read(folder, "params/assessments/first.yml")["as_of"]) == end
    units = pd.read_csv(folder / "data/first/units.csv", dtype=str, keep_default_na=False)
    assert list(units["unit"]) == list(units["name_zh"]) == COUNTIES
    assert list(units["adoption"]) == ["?", "", "", ""]
    assert (folder / "data/raw/first/上报.xlsx").read_bytes() == book.read_bytes()
    answer(folder)
    assert evalkit("check", "first")[0] == 0
    status, _, err = evalkit("ingest", "first")
    assert (status, [line for line in err.splitlines() if "refused" in line]) == (0, [])
    panel = pd.read_csv(folder / "data/first/panel.csv", dtype=str)
    assert len(panel) == rows
    assert set(panel["unit"]) == set(COUNTIES)
    assert set(panel["source"]) == {"first-workbook"}


def test_running_totals_are_seen_where_the_sheet_tells_the_year(folder, evalkit, tmp_path):
    head = ["地区", "指标", "1-3月", "1-6月", "1-9月", "全年"]
    rows = [head, *([unit, "门急诊人次（万人次）", 10.1, 20.2, 30.3, 40.4] for unit in COUNTIES)]
    book = workbook(tmp_path / "w.xlsx", {"2020年": rows, "2021年": rows})
    evalkit("new", "first", "--from", book)
    answer(folder)
    (table,) = mappings.read(folder, "first").tables
    assert (table.cumulative, table.year.sheet) == (("*",), r"(?:19|20)\d\d")
    assert str(read(folder, "params/assessments/first.yml")["as_of"]) == "2021-12-31"
    assert evalkit("ingest", "first")[0] == 0


def test_a_workbook_in_english_makes_a_project_in_english(folder, evalkit, tmp_path):
    rows = [["Town", "Jan 2019", "Feb 2019"], ["Ashford", 31.5, 30.1], ["Elmton", 28.4, 29.9]]
    evalkit("new", "zones", "--from", workbook(tmp_path / "air.xlsx", {"NO2": rows}))
    assert read(folder, "params/assessments/zones.yml")["languages"] == ["en"]
    assert "add zh" not in (folder / "params/indicators.yml").read_text(encoding="utf-8")
    assert r"lang = \"en\"" in (folder / "notebooks/region_report.ipynb").read_text(encoding="utf-8")
    sources = pd.read_csv(folder / "data/zones/sources.csv", dtype=str, keep_default_na=False).set_index("source")
    assert sources.loc["plan", ["title_en", "title_zh"]].tolist() == ["?", ""]


def test_a_rate_since_january_is_refused_with_what_can_be_done(folder, evalkit, tmp_path):
    rows = [["地区", "指标", "1-3月", "1-6月"], *([unit, "县域就诊率（%）", 80, 81] for unit in COUNTIES)]
    evalkit("new", "first", "--from", workbook(tmp_path / "w.xlsx", {"2020年": rows}))
    answer(folder)
    status, _, err = evalkit("ingest", "first")
    assert status == 2
    assert "list it in `ignore_indicators`" in err


def test_an_indicator_that_nothing_names_is_asked_for_and_one_answer_is_enough(folder, evalkit, tmp_path):
    rows = [["地区", 2019, 2020, 2021], *([unit, 50, 51, 52] for unit in COUNTIES)]
    evalkit("new", "first", "--from", workbook(tmp_path / "w.xlsx", {"Sheet1": rows}))
    assert read(folder, "params/indicators.yml") == {
        "indicator_1": {"name": {"en": "?"}, "unit": None, "better": "none"}
    }
    indicators = folder / "params/indicators.yml"
    indicators.write_text(indicators.read_text(encoding="utf-8").replace("unit: ", "unit: percent"), encoding="utf-8")
    answer(folder)
    assert evalkit("check", "first")[0] == 0
    assert evalkit("ingest", "first")[0] == 0
    assert set(pd.read_csv(folder / "data/first/panel.csv")["indicator"]) == {"indicator_1"}


def test_hostile_names_come_out_as_text(folder, evalkit, tmp_path):
    sheets = years_wide([*COUNTIES, *HOSTILE], indicators=HOSTILE)
    assert evalkit("new", "first", "--from", workbook(tmp_path / "w.xlsx", sheets))[0] == 0
    written = [" ".join(name.split()) for name in HOSTILE]
    told = read(folder, "params/indicators.yml")
    assert [one["name"]["en"] for one in told.values()] == written
    assert all(re.fullmatch(r"[\w-]+", name) for name in told)
    units = pd.read_csv(folder / "data/first/units.csv", dtype=str, keep_default_na=False)
    assert all(re.fullmatch(r"[\w-]+", name) for name in units["unit"])
    shown = [*units["name_zh"], *units["name_en"]]
    assert [name for name in shown if name.startswith(("=", "+", "-", "@", "<"))] == []
    aliases = mappings.read(folder, "first").units.aliases
    assert {"=cmd()", "<script>alert(1)</script>"} <= set(aliases)
    assert set(aliases.values()) <= set(units["unit"])
    assert set(read(folder, "params/mappings/first.yml")) <= set(mappings.Mapping.model_fields)
    assert not [asked for asked in open_questions.left(folder, "first") if ": x" in asked]


def test_a_file_that_is_there_stops_everything_and_is_named(folder, evalkit):
    kept = {"params/assessments/first.yml": "mine", "data/first/units.csv": "unit\nmine\n"}
    for name, text in kept.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    status, _, err = evalkit("new", "first")
    assert status == 2
    assert all(f"{name}: is there already" in err for name in kept)
    assert {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.*")} == kept


def test_indicators_that_are_there_stay_and_what_they_lack_is_told(folder, evalkit, tmp_path):
    own = "visit_rate: {name: {zh: 县域就诊率}, unit: percent}\n"
    (folder / "params").mkdir()
    (folder / "params/indicators.yml").write_text(own, encoding="utf-8")
    book = workbook(tmp_path / "w.xlsx", years_wide(COUNTIES))
    status, out, _ = evalkit("new", "first", "--from", book)
    assert status == 0
    assert (folder / "params/indicators.yml").read_text(encoding="utf-8") == own
    assert "not changed: params/indicators.yml" in out
    assert "'门急诊人次' is not in params/indicators.yml" in out
    assert read(folder, "params/assessments/first.yml")["indicators"]["primary"] == ["visit_rate"]


def test_a_file_that_appears_in_the_meantime_is_not_overwritten(folder):
    start = new_project.plan(folder, "first")
    (folder / "params").mkdir()
    (folder / "params/indicators.yml").write_text("mine", encoding="utf-8")
    with pytest.raises(new_project.InputError, match=r"params/indicators.yml: cannot be written"):
        new_project.write(folder, start)
    assert (folder / "params/indicators.yml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["../x", "a b", "", ".x", "a/b", "a: b", "$x"])
def test_a_name_that_can_be_no_file_is_refused(folder, evalkit, name):
    status, _, err = evalkit("new", name)
    assert (status, "cannot be a name" in err, list(folder.iterdir())) == (2, True, [])


def test_a_workbook_without_a_table_is_refused_with_a_way_out(folder, evalkit, tmp_path):
    status, _, err = evalkit("new", "first", "--from", workbook(tmp_path / "w.xlsx", {"说明": [["各县上报"]]}))
    assert status == 2
    assert "Start without it: evalkit new first" in err
    assert list(folder.iterdir()) == []


def test_what_is_written_is_a_project_of_its_own(folder, evalkit):
    evalkit("new", "first")
    assert evaluation.locate() == folder.resolve()
    for path in folder.glob("params/**/*.yml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / schema).resolve().is_file(), first
