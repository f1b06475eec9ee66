"""Workbooks into a panel: the command, what is written and when, and values held against each other."""

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pandas as pd
import pytest

from evalkit import cli, errors
from evalkit.files import lock
from evalkit.ingest import mapping, pipeline, read_workbook, subtotals
from evalkit.ingest.subtotals import Entry
from evalkit.workbooks import log as readings

INDICATORS = "rate: {name: {zh: 就诊率}, unit: percent}\nvisits: {name: {zh: 门急诊人次}, unit: count}\n"
UNITS = "unit | name_zh\na | 演示市甲\nb | 演示市乙\nc | 演示市丙"
LONG = """
files: ["*.csv"]
tables:
  - {layout: long, unit: {column: 地区}, period: {column: 期间}, indicator: {column: 指标}, value: 数值,
     numerator: 分子, denominator: 分母, note: 备注}
indicators: {rate: {decimals: 2}, visits: {}}
"""
HEADINGS = "地区,期间,指标,数值,分子,分母,备注\n"


@pytest.fixture
def workbooks(project):
    """A project whose workbooks are long CSV files; write one with its lines."""
    project.indicators(INDICATORS)
    project.table("units", UNITS)
    project.write("params/mappings/d.yml", LONG)

    def write(lines, name="表", headings=HEADINGS):
        project.write(f"data/raw/{name}.csv", headings + "\n".join(lines) + "\n")

    return write


@pytest.fixture
def read(project):
    def go(text=None):
        if text is not None:
            project.write("params/mappings/d.yml", text)
        found = mapping.read(project.root, "d")
        return pipeline.ingest(project.root, found, pipeline.files(project.root, found), lambda done, total: None)

    return go


@pytest.fixture
def evalkit(project, monkeypatch, capsys):
    """Runs the command in the project; its exit status and what it said."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["evalkit", "ingest", *arguments, "--project", str(project.root)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def told(mistakes):
    return "\n".join(map(str, mistakes))


def written(project, name):
    return pd.read_csv(project.root / "data/d" / name, dtype=str, keep_default_na=False)


def test_the_panel_has_the_columns_of_its_contract_and_its_numbers_are_exact(project, workbooks, evalkit):
    workbooks(["演示市甲,2020Q1,就诊率,60.5,121,200,口径调整：含村站", "演示市甲,2020Q1,门急诊人次,200,,,"])
    status, out, _ = evalkit("d")
    assert status == 0
    assert "Written: data/d/panel.csv" in out
    rows = written(project, "panel.csv").values.tolist()
    assert rows == [
        ["a", "2020Q1", "rate", "60.50", "121", "200", "reported", "", "", "口径调整：含村站"],
        ["a", "2020Q1", "visits", "200", "", "", "reported", "", "", ""],
    ]


def test_what_explains_the_panel_stands_beside_it(project, workbooks, evalkit):
    workbooks(["演示市甲,2020年1季度,就诊率,６０．５,,,", "演示市乙,2020Q1,就诊率,—,,,"])
    assert evalkit("d")[0] == 0
    log = written(project, "ingest/log.csv")
    assert list(log.columns) == ["file", "sheet", "cell", "before", "after", "rule"]
    assert ["data/raw/表.csv", "表", "D2", "６０．５", "60.5", "full-width signs"] in log.values.tolist()
    assert ["data/raw/表.csv", "表", "B2", "2020年1季度", "2020Q1", "label of a period"] in log.values.tolist()
    [gap] = written(project, "ingest/missing.csv").to_dict("records")
    assert (gap["unit"], gap["period"], gap["reason"], gap["mark"], gap["cell"]) == (
        "b",
        "2020Q1",
        "missing",
        "—",
        "D3",
    )
    [book] = written(project, "ingest/workbooks.csv").to_dict("records")
    assert len(book["checksum"]) == 64


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(project, workbooks, evalkit):
    workbooks(["演示市甲,2020Q1,就诊率,60.5,,,"])
    status, out, _ = evalkit("d", "--dry-run")
    assert status == 0
    assert "1 workbooks, 1 rows" in out
    assert not (project.root / "data/d/panel.csv").exists()


def test_all_mistakes_are_told_at_once_and_the_old_panel_stays(project, workbooks, evalkit):
    project.write("data/d/panel.csv", "old")
    workbooks(["演示市柄,2020Q1,就诊率,60,,,", "演示市甲,2020Q9,就诊率,60,,,", "演示市甲,2020Q1,就珍率,60,,,"])
    workbooks(["演示市甲,2020Q1,就诊率,160,,,"], "另一")
    status, _, err = evalkit("d")
    assert status == 2
    assert "nothing was written, data/d/panel.csv is unchanged" in err
    for part in (
        "表!A2: unknown unit '演示市柄'",
        "表!B3: '2020Q9'",
        "表!C4: unknown indicator '就珍率'",
        "160 is above 100",
    ):
        assert part in err
    assert "Did you mean 就诊率" in err
    assert (project.root / "data/d/panel.csv").read_text() == "old"
    assert not (project.root / "data/d/ingest").exists()


def test_a_pattern_without_files_is_a_mistake(project, workbooks, evalkit):
    status, _, err = evalkit("d")
    assert status == 2
    assert "no file below data/raw/ fits '*.csv'" in err


@pytest.mark.parametrize("given", [[], ["d", "--status", "a"]])
def test_the_command_does_one_thing_at_a_time(workbooks, evalkit, given):
    status, _, err = evalkit(*given)
    assert status == 2
    assert "needs one of MAPPING, --draft, --status" in err


def test_a_draft_can_be_read_once_its_questions_are_answered(project, workbooks, evalkit, read):
    workbooks(["演示市甲,2020Q1,就诊率,60.5,121,200,", "演示市甲,2020Q1,就诊比,60.5,,,"])
    status, out, _ = evalkit("--draft", str(project.root / "data/raw/表.csv"))
    assert status == 0
    assert "layout: long  # ? seen in 表.csv" in out
    assert "# ? 就诊比: is it rate (就诊率)?" in out
    found = read(out + "\nignore_indicators: [就诊比]\n")
    assert found.refused == ()
    assert found.rows["value"].tolist() == ["60.5"]


def test_a_draft_of_personal_data_is_refused(project, workbooks, evalkit):
    workbooks(["演示人,60"], headings="姓名,数值\n")
    status, out, err = evalkit("--draft", str(project.root / "data/raw/表.csv"))
    assert (status, out) == (2, "")
    assert "personal data" in err
    assert "演示人" not in err


KILLED_WHILE_WRITING = """
import os, signal, sys
from evalkit import cli, errors
from evalkit.files import lock
fsync, left = os.fsync, [7]
def dying(file):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(file)
os.fsync = dying
sys.argv = ["evalkit", "ingest", "d", "--project", {root!r}]
cli.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_run_that_is_killed_while_it_writes_the_panel_leaves_the_old_one_whole(project, workbooks, evalkit):
    workbooks(["演示市甲,2020Q1,就诊率,60.5,,,"])
    project.write("data/d/panel.csv", "old")
    code = KILLED_WHILE_WRITING.format(root=str(project.root))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (project.root / "data/d/panel.csv").read_text() == "old"
    assert evalkit("d")[0] == 0
    assert len(written(project, "panel.csv")) == 1
    assert [path.name for path in (project.root / "data/d").glob(".*")] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_run_that_is_killed_while_it_reads_leaves_the_old_panel_whole(project, workbooks):
    for number in range(60):
        workbooks([f"演示市甲,{1950 + number},就诊率,60.5,,,"] * 1, f"表{number}")
    project.write("data/d/panel.csv", "old")
    command = [sys.executable, "-m", "evalkit", "ingest", "d", "--project", str(project.root)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.5)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert (project.root / "data/d/panel.csv").read_text() == "old" or running.returncode == 0


def test_every_value_that_is_not_written_as_it_stands_is_in_the_log(project, workbooks):
    lines = [
        f"演示市甲,2020Q{n + 1},就诊率,{text},,," for n, text in enumerate(["60.5", "60.5%", "６１", "62（初步）"])
    ]
    workbooks(lines)
    found = mapping.read(project.root, "d")
    context = pickle.dumps(pipeline.context(project.root, found))
    [path] = pipeline.files(project.root, found)
    reading = read_workbook.read(read_workbook.Task(path, "data/raw/表.csv", context))
    changed = {line.cell for line in reading.log}
    assert [row.cell for row in reading.rows if row.cell not in changed] == ["D2"]
    assert [row.status for row in reading.rows] == ["reported"] * 3 + ["provisional"]


def test_a_missing_link_of_a_running_total_leaves_a_gap_and_a_question(workbooks, read):
    workbooks([f"演示市甲,2020Q{quarter},门急诊人次,{value},,," for quarter, value in ((1, 10), (3, 30), (4, 44))])
    found = read(LONG.replace("{layout: long", "{cumulative: [visits], layout: long"))
    assert found.refused == ()
    assert dict(zip(found.rows["period"], found.rows["value"], strict=True)) == {"2020Q1": "10", "2020Q4": "14"}
    assert "visits of 2020Q3 cannot be determined: the running total to 2020Q2 is missing" in told(found.questions)


def test_a_running_total_that_falls_is_none(workbooks, read):
    workbooks([f"演示市甲,2020Q{quarter},门急诊人次,{value},,," for quarter, value in ((1, 10), (2, 8))])
    found = read(LONG.replace("{layout: long", "{cumulative: [visits], layout: long"))
    assert "表!D3: visits runs from January, but falls" in told(found.refused)


def test_a_percentage_cannot_be_differenced(workbooks, read):
    workbooks([f"演示市甲,2020Q{quarter},就诊率,{value},,," for quarter, value in ((1, 10), (2, 18))])
    found = read(LONG.replace("{layout: long", "{cumulative: [rate], layout: long"))
    assert "rate is a rate: the difference of two is not that of a quarter" in told(found.refused)


def test_a_whole_year_beside_its_quarters_is_checked_and_left_out(project, read):
    project.indicators(INDICATORS)
    project.table("units", UNITS)
    quarters = "2020年,一季度,二季度,三季度,四季度,全年\n"
    project.write("data/raw/演示市甲.csv", "指标," + quarters.replace("2020年,", "") + "门急诊人次,10,11,12,13,47\n")
    found = read("""
files: ["*.csv"]
tables: [{layout: periods_wide, unit: {file: .+}, indicator: {column: 指标}, year: {fixed: "2020"}}]
indicators: {visits: {frequency: quarter}}
""")
    assert found.refused == ()
    assert found.rows["period"].tolist() == ["2020Q1", "2020Q2", "2020Q3", "2020Q4"]
    assert "演示市甲!F2: the whole year is 47, its parts add up to 46" in told(found.questions)


def test_ten_thousands_in_a_unit_line_hold_for_all_counts_of_the_sheet(project, read):
    project.indicators(INDICATORS)
    project.table("units", UNITS)
    project.write(
        "data/raw/演示市甲.csv", "单位：万人次、%,\n指标,2020年\n门急诊人次,1.5\n就诊率,61.5\n门急诊人次（人次）,7\n"
    )
    found = read("""
files: ["*.csv"]
tables: [{layout: periods_wide, unit: {file: .+}, indicator: {column: 指标}}]
indicators: {visits: {}, rate: {}}
""")
    assert "visits is 15000 here and 7 in" in told(found.refused)
    assert found.rows.set_index("indicator").loc["rate", "value"] == "61.5"


def test_a_count_with_decimals_is_refused(workbooks, read):
    workbooks(["演示市甲,2020Q1,门急诊人次,145.518,,,"])
    assert "145.518 is no whole number, but a count" in told(read().refused)


def test_columns_that_nobody_declared_are_told_and_values_without_heading_are_refused(project, workbooks, read):
    workbooks(["演示市甲,2020Q1,就诊率,60,,,,x"], headings=HEADINGS.strip() + ",填报情况\n")
    assert "表!H2: stands in a column that is not read" in told(read().questions)
    project.write("data/raw/表.csv", "指标,2020年,\n就诊率,60,61\n")
    found = read("""
files: ["*.csv"]
tables: [{layout: periods_wide, unit: {fixed: a}, indicator: {column: 指标}}]
indicators: {rate: {}}
""")
    assert "表!C2: stands in a column that is not read" in told(found.refused)


def test_a_sheet_that_no_table_is_for_is_refused(project, workbooks, read):
    workbooks(["演示市甲,2020Q1,就诊率,60,,,"])
    assert "no table of the mapping is for this sheet" in told(
        read(LONG.replace("{layout", "{sheets: [别的], layout")).refused
    )


def test_a_footnote_mark_becomes_a_note_and_one_without_footnote_a_question(workbooks, read):
    workbooks(["演示市甲,2020Q1,就诊率,60①,,,", "演示市乙,2020Q1,就诊率,60②,,,", "注：①含村站；③其他,,,,,,"])
    found = read()
    assert found.rows["note"].tolist() == ["含村站", ""]
    assert "表!D3: 1 cells of 就诊率 have the footnote mark ②, but the sheet has no such footnote" in told(
        found.questions
    )


def test_no_order_of_files_changes_the_panel(workbooks, read, project):
    lines = [f"演示市{name},2020Q{quarter},就诊率,6{quarter},,," for name in "甲乙丙" for quarter in range(1, 5)]
    workbooks(lines, "一")
    first = read().fingerprint
    (project.root / "data/raw/一.csv").unlink()
    workbooks(lines[7:][::-1], "二")
    workbooks(lines[:7], "三")
    assert read().fingerprint == first


def entry(level, role, label, value):
    return Entry(level, role, level, label, {"": (Decimal(value), "B2")})


def test_flat_tables_sum_up_to_the_subtotal_below_them():
    entries = [entry(0, "part", "", 1), entry(0, "part", "", 2), entry(0, "total", "小计", 3), entry(0, "part", "", 4)]
    entries += [entry(0, "total", "小计", 4), entry(0, "total", "合计", 8)]
    assert [one.agrees for one in subtotals.check(entries, 0.001)] == [True, True, False]


def test_a_total_whose_parts_are_missing_is_not_judged():
    entries = [entry(0, "total", "合计", 8), Entry(2, "part", 0, ""), entry(0, "part", "", 3)]
    assert [one.agrees for one in subtotals.check(entries, 0.001)] == [None]


def test_readings_can_be_sent_between_processes():
    reading = readings.Reading(
        "a", rows=[readings.Row("a", "2020", "rate", "value", "1", *"abc", "", -1, "", False, "s", "A1")]
    )
    assert pickle.loads(pickle.dumps(reading)) == reading


@pytest.mark.parametrize("sign", ["=1+cmd|' /C calc'!A0", '@HYPERLINK("x")', "+1+1", "-2+3"])
def test_no_text_of_a_workbook_becomes_a_formula(project, workbooks, evalkit, sign):
    text = sign.replace('"', '""')
    workbooks(
        [f'演示市甲,2020Q1,就诊率,60.5%,121,200,"{text}"', f'演示市乙,2020Q1,就诊率,"—",1,2,"{text}"'], name="=表"
    )
    assert evalkit("d")[0] == 0
    assert written(project, "panel.csv")["note"].tolist() == [f"'{sign}"]
    for name in ("log", "missing", "questions", "workbooks"):
        cells = written(project, f"ingest/{name}.csv").to_numpy().ravel()
        assert [cell for cell in cells if cell.startswith(("=", "@", "+"))] == []


def test_negative_numbers_stay_numbers_in_the_log(project, workbooks, evalkit, read):
    project.indicators(INDICATORS + "growth: {name: {zh: 增速}, unit: other}")
    project.write("params/mappings/d.yml", LONG.replace("visits: {}", "visits: {}, growth: {}"))
    workbooks(["演示市甲,2020Q1,增速,－3.5,,,"])
    assert evalkit("d")[0] == 0
    assert written(project, "panel.csv")["value"].tolist() == ["-3.5"]
    assert "-3.5" in written(project, "ingest/log.csv")["after"].tolist()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_name_that_is_not_utf_8_is_named_with_its_cure(project, workbooks, evalkit):
    for name in ("甲县", "乙县"):
        workbooks(["演示市甲,2020Q1,就诊率,60,,,"], name="x")
        path = project.root / "data/raw/x.csv"
        path.rename(path.with_name(os.fsdecode(name.encode("gbk")) + ".csv"))
    status, _, said = evalkit("d")
    assert status == 2
    assert said.count("its name is not UTF-8 text") == 2
    assert "data/raw/\\udcbc\\udcd7\\udccf\\udcd8.csv" in said
    assert "unzip -O GBK" in said


def test_three_ingests_at_once_all_write_the_same_panel(project, workbooks, read):
    workbooks([f"演示市{name},2020Q1,就诊率,60.5,121,200," for name in "甲乙丙"])
    found, mapped = read(), mapping.read(project.root, "d")
    with ThreadPoolExecutor(3) as threads:
        for _ in range(5):
            list(threads.map(lambda _: pipeline.write(project.root, mapped, found), range(3)))
            assert len(written(project, "panel.csv")) == 3
    assert not list((project.root / "data/d").rglob(".panel*"))


def test_an_ingest_says_that_another_is_writing(project, workbooks, evalkit, monkeypatch):
    workbooks(["演示市甲,2020Q1,就诊率,60.5,121,200,"])
    monkeypatch.setattr(pipeline, "WAIT", 0)
    with lock.held(project.root / "data/d/ingest/.lock", errors.Mistake("", "", "")):
        status, _, err = evalkit("d")
    assert status == 2
    assert "data/d: another `evalkit ingest` is writing it" in err
