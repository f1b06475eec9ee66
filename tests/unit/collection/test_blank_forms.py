"""Who returned the collection workbook, who is late, what is incomplete; the list as a table and as a workbook."""

import datetime as dt
import os
import sys

import openpyxl
import pytest

from evalkit import cli
from evalkit.collection import blank_forms, outstanding, requested
from evalkit.collection import form as forms
from evalkit.collection import status as returns
from evalkit.ingest import mapping, pipeline

ONLY_THEM = "design: {comparison: {exclude: {c: not asked, d: not asked}}}\n"
DUE, TODAY = dt.date(2021, 3, 1), dt.date(2021, 3, 11)
UNITS = """
unit | name_zh | name_en | adoption
a    | 演示甲  | First   | 2020Q1
b    | 演示乙  | Second  | 2020Q1
c    | 演示丙  | Third   |
d    | 演示丁  | Fourth  |
"""


@pytest.fixture
def asking(project):
    """Regions a, b and c are asked for one indicator in four quarters, until 2021-03-01; d is a comparison unit."""
    project.indicators("visits: {name: {zh: 人次, en: Visits}, unit: count}\nbeds: {name: {en: Beds}, unit: count}")
    project.table("units", UNITS)
    project.table("panel", "unit | period | indicator | value\nd | 2020Q1 | visits | 1\nd | 2020Q1 | beds | 1")
    base = f"dataset: d\nregions: [a, b, c]\nindicators: {{primary: [visits, beds]}}\n{ONLY_THEM}"
    project.assessment("as_of: 2020-12-31\ncollection: {due: 2021-03-01}\n", base)
    return project


@pytest.fixture
def give_back(asking):
    """Puts a region's workbook into data/raw/d/, with so many of its eight figures, on a day."""
    folder = asking.root / "data/raw/d"

    def put(unit, figures=8, name="", day=DUE, **cells):
        folder.mkdir(parents=True, exist_ok=True)
        [sent] = blank_forms.write(asking.load(), [unit], folder / "..")
        book = openpyxl.load_workbook(sent)
        sheet = book["季度 Quarterly"]
        rows = [
            row for row in range(forms.FIRST_LINE, sheet.max_row) if sheet.cell(row, forms.PART).value == "数值 Value"
        ]
        for number in range(figures):
            sheet.cell(rows[number // 4], forms.FIRST_PERIOD + number % 4).value = 5
        for address, content in cells.items():
            sheet[address] = content
        path = folder / (name or sent.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
        sent.unlink()
        moment = dt.datetime(day.year, day.month, day.day, 12).timestamp()
        os.utime(path, (moment, moment))
        return path

    return put


def regions(collected):
    return [(one.region, one.state) for one in collected.returns]


def test_nobody_has_returned_anything_before_the_folder_exists(asking):
    collected = returns.status(asking.load(), TODAY)
    assert regions(collected) == [(name, "nothing returned") for name in "abc"]
    assert [one.late for one in collected.returns] == [10, 10, 10]


def test_who_returned_nothing_stands_first(asking, give_back):
    give_back("a")
    give_back("b", 3)
    collected = returns.status(asking.load(), TODAY)
    assert regions(collected) == [("c", "nothing returned"), ("a", "complete"), ("b", "incomplete")]


def test_indicators_and_cells_are_counted(asking, give_back):
    give_back("a", 3)
    one = returns.status(asking.load(), TODAY).returns[-1]
    assert (one.complete, one.incomplete, one.empty, one.missing) == (0, 1, 1, 5)
    give_back("a", 6)
    one = returns.status(asking.load(), TODAY).returns[-1]
    assert (one.complete, one.incomplete, one.empty, one.missing) == (1, 1, 0, 2)


def test_a_reason_counts_as_an_answer(asking, give_back):
    give_back("a", 7, I11="不适用")
    assert returns.status(asking.load(), TODAY).returns[-1].state == "complete"


@pytest.mark.parametrize(("day", "late"), [(dt.date(2021, 2, 1), 0), (DUE, 0), (dt.date(2021, 3, 2), 1)])
def test_late_by_the_date_of_the_file(asking, give_back, day, late):
    give_back("a", day=day)
    one = returns.status(asking.load(), TODAY).returns[-1]
    assert (one.returned_on, one.late) == (day, late)


def test_without_a_due_date_nobody_is_late(asking, give_back):
    asking.assessment(
        "as_of: 2020-12-31\n", "dataset: d\nregions: [a, b]\nindicators: {primary: [visits, beds]}\n" + ONLY_THEM
    )
    give_back("a")
    collected = returns.status(asking.load(), TODAY)
    assert ([one.late for one in collected.returns], collected.due) == ([0, 0], None)


def test_the_due_date_makes_no_report_stale(asking):
    key = asking.load("a").key
    asking.assessment(
        "as_of: 2020-12-31\n", "dataset: d\nregions: [a, b, c]\nindicators: {primary: [visits, beds]}\n" + ONLY_THEM
    )
    assert asking.load("a").key == key


def test_a_workbook_is_its_markers_region_whatever_its_name(asking, give_back):
    give_back("a", name="演示乙 返回.xlsx")
    collected = returns.status(asking.load(), TODAY)
    assert regions(collected) == [("b", "nothing returned"), ("c", "nothing returned"), ("a", "questions")]
    assert collected.returns[-1].questions[0].what == "is named after b, but is the workbook of a"


def test_two_workbooks_of_one_region_are_asked_about(asking, give_back):
    give_back("a")
    give_back("a", name="a2.xlsx")
    last = returns.status(asking.load(), TODAY).returns[-2:]
    assert [one.region for one in last] == ["a", "a"]
    assert all("returned another workbook" in one.questions[-1].what for one in last)


def test_a_changed_layout_is_returned_but_not_readable(asking, give_back):
    give_back("a", A8="visit")
    one = returns.status(asking.load(), TODAY).returns[-1]
    assert (one.region, one.state, len(one.questions)) == ("a", "not readable", 1)


def test_personal_data_is_named_and_not_repeated(asking, give_back):
    give_back("a", J2="姓名", J3="演示某")
    one = returns.status(asking.load(), TODAY).returns[-1]
    assert (one.region, one.state) == ("a", "not readable")
    assert "演示某" not in str(one.questions[0])


def test_refused_figures_are_questions(asking, give_back):
    give_back("a", 8, F7=-5)
    one = returns.status(asking.load(), TODAY).returns[-1]
    assert one.state == "questions"
    assert one.questions[0].where.endswith("a_演示甲.xlsx, 季度 Quarterly!F7")


def test_a_workbook_sent_out_before_the_assessment_asked_for_more(asking, give_back):
    give_back("a")
    base = f"dataset: d\nregions: [a, b, c]\nindicators: {{primary: [visits, beds]}}\n{ONLY_THEM}"
    asking.assessment("as_of: 2021-12-31\n", base)
    one = returns.status(asking.load(), TODAY).returns[-1]
    assert (one.region, one.state) == ("a", "questions")
    assert "does not request" in one.questions[0].what


def test_files_of_nobody_are_listed_apart(asking, give_back):
    give_back("d")
    folder = asking.root / "data/raw/d"
    (folder / "note.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    (folder / "broken.xlsx").write_bytes(b"PK no workbook")
    (folder / "~$a.xlsx").write_bytes(b"lock")
    asking.write("params/assessments/e.yml", (asking.root / "params/assessments/a.yml").read_text(encoding="utf-8"))
    collected = returns.status(asking.load(), TODAY)
    assert [one.state for one in collected.returns] == ["nothing returned"] * 3
    whats = {one.file.rpartition("/")[2]: one.questions[0].what for one in collected.others}
    assert list(whats) == ["broken.xlsx", "d_演示丁.xlsx", "note.csv"]
    assert whats["d_演示丁.xlsx"] == "was made for d, which is not a region of a"
    assert whats["note.csv"] == "is not a collection workbook"


def test_nothing_below_raw_is_written(asking, give_back):
    path = give_back("a")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    returns.status(asking.load(), TODAY)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


# ---- the list


def test_the_list_is_a_workbook_whose_texts_stay_texts(asking, give_back):
    asking.table("units", UNITS.replace("演示丙", "=1+1"))
    give_back("a", 3)
    give_back("b", 8, F7=-5)
    evaluation = asking.load()
    path = outstanding.write(evaluation, returns.status(evaluation, TODAY))
    assert path == asking.root / "reports/a/collection.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["催报清单 Collection", "问题 Questions", "其他文件 Other files"]
    lines = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=5)]
    assert lines[0][:4] == ["c", "=1+1", "未交回 nothing returned", None]
    assert lines[1][4:10] == ["2021-03-01", 0, 1, 1, 5, None]
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value} == {"s", "n"}
    assert book.worksheets[1]["C5"].value == "-5 breaks the form's rule ≥ 0 整数 whole"


# ---- the commands


@pytest.fixture
def evalkit(asking, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["evalkit", *arguments, "--project", str(asking.root)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def test_template_writes_one_workbook_per_region(asking, evalkit):
    status, out, _ = evalkit("template", "a")
    assert (status, out.startswith("a: 3 collection workbooks in ")) == (0, True)
    names = sorted(path.name for path in (asking.root / "reports/a/templates").iterdir())
    assert names == ["a_演示甲.xlsx", "b_演示乙.xlsx", "c_演示丙.xlsx"]


def test_template_writes_named_units_where_it_is_told(asking, evalkit, tmp_path):
    assert evalkit("template", "a", "d", "--out", str(tmp_path / "out"))[0] == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["d_演示丁.xlsx"]


def test_template_of_an_unknown_unit_is_a_message(asking, evalkit):
    status, _, err = evalkit("template", "a", "dd")
    assert (status, "has no unit 'dd'" in err, "Traceback" in err) == (2, True, False)
    assert not (asking.root / "reports").exists()


def test_ingest_status_prints_the_list_and_writes_it(asking, give_back, evalkit):
    give_back("a", 3)
    status, out, err = evalkit("ingest", "--status", "a")
    assert status == 0
    assert "Traceback" not in err
    lines = out.splitlines()
    assert lines[1].split()[:3] == ["b", "nothing", "returned"]
    assert lines[3].split()[:7] == ["a", "incomplete", "2021-03-01", "0", "1", "1", "5"]
    assert lines[-1] == "a: 2 of 3 regions returned nothing. Open reports/a/collection.xlsx"
    assert (asking.root / "reports/a/collection.xlsx").is_file()


def test_returned_workbooks_become_the_panel_without_a_mapping(asking, give_back, evalkit):
    give_back("a", 8)
    give_back("b", 7, I11="不适用")
    assert evalkit("ingest", "d")[0] == 0
    rows = asking.read().rows
    assert rows.groupby(["unit", "indicator"])["value"].sum().to_dict() == {
        **{("a", "beds"): 20, ("a", "visits"): 20},
        **{("b", "beds"): 15, ("b", "visits"): 20},
    }
    gaps = (asking.root / "data/d/ingest/missing.csv").read_text(encoding="utf-8")
    assert "b,2020Q4,beds,not_applicable,不适用" in gaps


def test_a_workbook_of_another_dataset_is_refused_by_ingest(asking, give_back, evalkit):
    sent = give_back("a", 8)
    asking.write("data/other/units.csv", "unit\na\n")
    folder = asking.root / "data/raw/other"
    folder.mkdir()
    sent.rename(folder / "a.xlsx")
    status, _, err = evalkit("ingest", "other")
    assert (status, "was made for dataset d, not for other" in err) == (2, True)
    assert not (asking.root / "data/other/panel.csv").exists()


def everybody(project, more=""):
    """Nobody is excluded: c and d may be compared with a and b, and are asked too."""
    base = f"dataset: d\nregions: [a, b]\nindicators: {{primary: [visits, beds]}}\n{more}"
    project.assessment("as_of: 2020-12-31\n", base)


def test_comparison_regions_are_asked_and_called_in_too(asking, give_back):
    everybody(asking)
    made = blank_forms.write(asking.load())
    assert [path.name for path in made] == ["a_演示甲.xlsx", "b_演示乙.xlsx", "c_演示丙.xlsx", "d_演示丁.xlsx"]
    for path in made:
        path.unlink()
    give_back("d")
    collected = returns.status(asking.load(), TODAY)
    assert regions(collected) == [*((name, "nothing returned") for name in "abc"), ("d", "complete")]
    assert collected.others == ()


@pytest.mark.parametrize(
    ("design", "asked"),
    [
        ("{comparison: {exclude: {d: neighbour}}}", "abc"),
        ("{comparison: {eligible: never_treated}}", "abcd"),
        ("{comparison: {same: [province]}}", "abc"),
    ],
)
def test_only_who_may_be_compared_is_asked(asking, design, asked):
    lines = UNITS.strip().splitlines()
    provinces = ["province", *("东东东西")]
    asking.table("units", "\n".join(f"{line} | {name}" for line, name in zip(lines, provinces, strict=True)))
    everybody(asking, f"design: {design}\n")
    assert "".join(requested.asked(asking.load())) == asked


def test_units_of_another_kind_and_members_are_not_asked(asking):
    kinds = ["kind", "county", "county", "county", "hospital"]
    asking.table(
        "units", "\n".join(f"{line} | {kind}" for line, kind in zip(UNITS.strip().splitlines(), kinds, strict=True))
    )
    everybody(asking)
    assert requested.asked(asking.load()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("mapped", "collection", "sheet", "periods"),
    [
        ("indicators: {visits: {frequency: year}, beds: {frequency: year}}", "{}", "年度 Annual", ["2017", "2020"]),
        ("indicators: {visits: {frequency: half}}", "{}", "半年 Half-yearly", ["2017H1", "2020H2"]),
        ("", "{frequency: year, since: 2015}", "年度 Annual", ["2015", "2020"]),
        ("", "{frequency: month, since: 2020-03}", "月度 Monthly", ["2020-03", "2020-12"]),
        ("", "{}", "季度 Quarterly", ["2017Q1", "2020Q4"]),
    ],
)
def test_without_a_panel_mapping_and_assessment_say_the_frequency(asking, mapped, collection, sheet, periods):
    (asking.root / "data/d/panel.csv").unlink()
    if mapped:
        asking.write("params/mappings/d.yml", f"files: ['d/*']\n{mapped}\n")
    everybody(asking, f"collection: {collection}\n")
    (form,) = requested.layouts(asking.load(), ["a"])["a"].forms
    assert (form.sheet, [form.periods[0], form.periods[-1]]) == (sheet, periods)


@pytest.fixture
def both(asking, give_back):
    """A figure in a returned workbook (5), in a subfolder that the mapping does not name, and one in a report (7)."""

    def ingest(order):
        give_back("a", 8, name="returned/a.xlsx")
        asking.write("data/raw/d/年报.csv", "县,时间,visits\n演示甲,2020Q1,7\n")
        table = "{layout: indicators_wide, unit: {column: 县}, period: {column: 时间}}"
        text = f"files: ['d/*.csv']\ntables: [{table}]\nindicators: {{visits: {{}}, beds: {{}}}}\n{order}\n"
        asking.write("params/mappings/d.yml", text)
        found = mapping.read(asking.root, "d")
        return pipeline.ingest(asking.root, found, pipeline.files(asking.root, found), lambda done, total: None)

    return ingest


@pytest.mark.parametrize(
    ("order", "value"),
    [
        ("revision: {order: [年报, collection]}", "5"),
        ("revision: {order: [collection, 年报]}", "7"),
        ("revision: {order: [年报, returned]}", "5"),
    ],
)
def test_the_order_of_revisions_holds_between_a_returned_workbook_and_a_report(both, order, value):
    found = both(order)
    assert [str(one) for one in found.refused] == []
    rows = found.rows[(found.rows["indicator"] == "visits") & (found.rows["period"] == "2020Q1")]
    assert rows["value"].tolist() == [value]
    assert len(found.revisions) == 1


def test_without_an_order_the_two_are_asked(both):
    (refused,) = both("").refused
    assert "a, 2020Q1, visits is" in refused.what
    assert "Say under `revision` in the mapping" in refused.cure


def test_other_workbooks_that_the_mapping_does_not_name_stay_out(both, asking):
    (asking.root / "data/raw/d/old").mkdir(parents=True)
    book = openpyxl.Workbook()
    book.active.append(["县", "2020Q1"])
    book.save(asking.root / "data/raw/d/old/a.xlsx")
    found = both("revision: {order: [年报, collection]}")
    assert [str(one) for one in found.refused] == []
    assert "data/raw/d/old/a.xlsx" not in found.workbooks["file"].tolist()
