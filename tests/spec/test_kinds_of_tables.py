"""Inputs of our own beside each case of tests/cases that is about tables: drafted and read, or asked about."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from evalkit.errors import InputError

CASES = Path(__file__).parents[1] / "cases"
HIGH = InlineFont(vertAlign="superscript")
PAIR = ["甲县", "乙县"]
EN = ["Barnby", "Colton"]


def book(*sheets):
    """Sheets as name, rows and merged ranges; a cell may be a number with its number format."""

    def write(folder):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, rows, *merged in sheets:
            sheet = made.create_sheet(name)
            for row, contents in enumerate(rows, 1):
                for column, content in enumerate(contents, 1):
                    if isinstance(content, tuple):
                        sheet.cell(row, column, content[0]).number_format = content[1]
                    elif content is not None:
                        sheet.cell(row, column, content)
            for area in merged[0].split() if merged else ():
                sheet.merge_cells(area)
        made.save(folder / "上报.xlsx")
        return folder / "上报.xlsx"

    return write


def text(content, name="Visits.csv"):
    def write(folder):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder / name

    return write


def frame(name, how, **columns):
    """A file that pandas writes: Stata, with a label of its variable, or Parquet."""

    def write(folder):
        more = (
            {"write_index": False, "version": 118, "variable_labels": {"visits": "Visits (thousands)"}}
            if how == "to_stata"
            else {}
        )
        getattr(pd.DataFrame(columns), how)(folder / name, **more)
        return folder / name

    return write


def grid(regions, periods, *values):
    """A panel: values row by row."""
    keys = [(region, period) for region in regions for period in periods]
    return dict(zip(keys, map(Decimal, map(str, values)), strict=True))


def wide(*heads, word="县", name="门诊人次"):
    """Two counties under these headings, with values that count up."""
    rows = [[word, *heads], *([unit, *(10 * n + m for m in range(len(heads)))] for n, unit in enumerate(PAIR, 1))]
    return book((name, rows))


def counted(*periods):
    return grid(PAIR, periods, *(10 * n + m for n in (1, 2) for m in range(len(periods))))


YEARS = ("2018", "2019")
HALVES = ("2020H1", "2020H2")
PLAIN = grid(PAIR, YEARS, 5, 6, 7, 8)
YUAN = (14_551_800, 14_861_800, 15_551_800, 15_861_800)
LONG = {"county": [*PAIR, *PAIR], "year": [2018, 2018, 2019, 2019]}

#: By case folder: what it is, how it is written, the unit that is answered, and the panel.
READ = [
    (
        "regions-as-columns",
        "a row of units below the counties, 合计 below the years",
        book(
            (
                "门诊",
                [
                    ["各县门诊人次"],
                    ["年份", *PAIR],
                    [None, "万人次", "万人次"],
                    [2018, 5, 7],
                    [2019, 6, 8],
                    ["合计", 11, 15],
                ],
            )
        ),
        "count",
        grid(PAIR, YEARS, 50000, 60000, 70000, 80000),
    ),
    (
        "regions-as-columns",
        "counties below their cities",
        book(("门诊人次", [["年份", "东市", None], [None, *PAIR], [2018, 5, 7], [2019, 6, 8]], "A1:A2 B1:C1")),
        "count",
        PLAIN,
    ),
    (
        "regions-as-columns",
        "quarters by councils, a column Total, thousands in the title",
        book(
            (
                "Visits",
                [
                    ["Table 4. Visits by council (thousands)"],
                    ["Quarter", *EN, "Total"],
                    ["Q1 2018", 1, 2, 3],
                    ["Q2 2018", 4, 5, 9],
                    ["Source: NHS"],
                ],
            )
        ),
        "count",
        grid(EN, ("2018Q1", "2018Q2"), 1000, 4000, 2000, 5000),
    ),
    (
        "regions-as-columns",
        "months that Excel keeps as dates",
        book(
            (
                "门诊人次",
                [["月份", *PAIR], *([(dt.datetime(2018, m, 1), 'yyyy"年"m"月"'), m, 10 + m] for m in (1, 2, 3))],
            )
        ),
        "count",
        grid(PAIR, ("2018-01", "2018-02", "2018-03"), 1, 2, 3, 11, 12, 13),
    ),
    (
        "second-table-below",
        "other years alone in a row, without the word for counties",
        book(("门诊人次", [["县", 2018, 2019], ["甲县", 5, 6], [], ["续表二"], [None, 2020, 2021], ["甲县", 7, 8]])),
        "count",
        grid(["甲县"], ("2018", "2019", "2020", "2021"), 5, 6, 7, 8),
    ),
    (
        "second-table-below",
        "Table 1 (continued), another word for the districts",
        book(
            (
                "Visits",
                [
                    ["Area", 2018, 2019],
                    ["Barnby", 5, 6],
                    ["Table 1 (continued)"],
                    ["District", 2018, 2019],
                    ["Colton", 7, 8],
                ],
            )
        ),
        "count",
        grid(EN, YEARS, 5, 6, 7, 8),
    ),
    (
        "second-table-below",
        "headings and a scale of one indicator again",
        book(
            (
                "2018年",
                [
                    ["县", "门诊"],
                    [None, "万人次"],
                    ["甲县", 5],
                    ["续表"],
                    ["县", "门诊"],
                    [None, "万人次"],
                    ["乙县", 7],
                ],
            )
        ),
        "count",
        grid(PAIR, ("2018",), 50000, 70000),
    ),
    (
        "second-table-below",
        "more regions beside it than in it",
        book(
            ("门诊人次", [["县", 2018, None, "县", 2018], ["甲县", 5, None, "乙县", 6], [None, None, None, "丙县", 7]])
        ),
        "count",
        grid(["甲县", "乙县", "丙县"], ["2018"], 5, 6, 7),
    ),
    (
        "second-table-below",
        "other years beside it",
        book(
            ("门诊人次", [["县", 2018, None, "县", 2019], ["甲县", 5, None, "甲县", 6], ["乙县", 7, None, "乙县", 8]])
        ),
        "count",
        PLAIN,
    ),
    *(
        ("fiscal-years", " ".join(heads), wide(*heads), "count", counted("2018", "2019", "2020"))
        for heads in (
            ("FY18", "FY19", "FY20"),
            ("2018/19", "2019/20r", "2020/21 (p)"),
            ("2018-19年", "2019-20年", "2020-21年"),
            ("平成30年度", "令和元年度", "令和2年度"),
            ("Apr 2018 – Mar 2019", "Apr 2019 – Mar 2020", "Apr 2020 – Mar 2021"),
            ("18/19", "19/20", "20/21"),
        )
    ),
    *(
        ("half-years", " ".join(heads), wide(*heads), "count", counted(*HALVES))
        for heads in (
            ("1H20", "2H20"),
            ("2020年1-6月", "2020年7-12月"),
            ("Jan–Jun 2020", "Jul–Dec 2020"),
            ("2020上半年度", "2020下半年度"),
            ("上半年2020", "下半年2020"),
        )
    ),
    *(
        ("two-yearly-panel", " ".join(heads), wide(*heads), "count", counted("2017", "2019", "2021"))
        for heads in (
            ("2017年", "2019年", "2021年"),
            ("Year 2017", "Year 2019", "Year 2021"),
            ("X2017", "X2019", "X2021"),
        )
    ),
    *(
        (
            "display-format-in-ten-thousands",
            code,
            book(
                (
                    name,
                    [
                        ["县", *YEARS],
                        *([u, (a, code), (b, code)] for u, a, b in zip(PAIR, YUAN[::2], YUAN[1::2], strict=True)),
                    ],
                )
            ),
            "yuan",
            grid(PAIR, YEARS, *YUAN),
        )
        for code, name in (
            ('0!.0,"万"', "医疗收入（元）"),
            ('[>=10000]0!.0,"万";0', "医疗收入（元）"),
            ('0.0,"千"', "医疗收入（元）"),
            ("#,##0.00_);(#,##0.00)", "医疗收入"),
            ("0.00E+00", "医疗收入"),
        )
    ),
    (
        "superscript-footnote",
        "in the heading, in the name and in the number",
        book(
            (
                "就诊率",
                [
                    ["县", CellRichText("2018", TextBlock(HIGH, "①")), "2019²"],
                    [CellRichText("甲县", TextBlock(HIGH, "1")), CellRichText("62.5", TextBlock(HIGH, "1,2")), "63[1]"],
                    ["乙县[2]", "64.5②", CellRichText("65", TextBlock(HIGH, "a"))],
                ],
            )
        ),
        "percent",
        grid(PAIR, YEARS, "62.5", 63, "64.5", 65),
    ),
    (
        "superscript-footnote",
        "set low, and as stars",
        book(
            (
                "Rate seen",
                [
                    ["District", "2018*", 2019],
                    ["Barnby*", CellRichText("62.5", TextBlock(InlineFont(vertAlign="subscript"), "1")), "63*"],
                    ["Colton", "64.5†", "65 ‡"],
                ],
            )
        ),
        "percent",
        grid(EN, YEARS, "62.5", 63, "64.5", 65),
    ),
    *(
        (
            "english-units-of-measure",
            line,
            book(("Visits", [["Table 1: Visits"], [line], ["District", *YEARS], ["Barnby", 5, 6], ["Colton", 7, 8]])),
            "count",
            grid(EN, YEARS, *(factor * n for n in (5, 6, 7, 8))),
        )
        for line, factor in (
            ("Figures in '000s", 1000),
            ("Thousands of visits", 1000),
            ("Unit: 10 000 person-times", 10_000),
            ("(単位：千人)", 1000),
            ("in lakh", 100_000),
            ("US$ million", 10**6),
            ("100 million yuan", 10**8),
            ("Rate per 100,000 population", 1),
        )
    ),
    *(
        (
            "english-units-of-measure",
            head,
            book(("data", [["District", "Year", head], *([u, y, n] for u in EN for y, n in ((2018, 5), (2019, 6)))])),
            "count",
            grid(EN, YEARS, *(factor * n for n in (5, 6, 5, 6))),
        )
        for head, factor in (
            ("Visits, thousand", 1000),
            ("Visits in millions", 10**6),
            ("Visits (in 10,000)", 10_000),
            ("Spending, RMB 10,000", 10_000),
            ("收入：亿元", 10**8),
        )
    ),
    *(
        ("csv-of-other-countries", name, text(content), "index", grid(EN, YEARS, "1234.5", "2.25", 3000, 4))
        for name, content in (
            ("apostrophes", "region;2018;2019\nBarnby;1'234.5;2.25\nColton;3’000;4\n"),
            ("narrow spaces", "region;2018;2019\nBarnby;1\u202f234,5;2,25\nColton;3\u00a0000;4,0\n"),
            ("bars", "region|2018|2019\nBarnby|1234.5|2.25\nColton|3000|4"),
            ("UTF-16, tabs", "region\t2018\t2019\nBarnby\t1.234,5\t2,25\nColton\t3.000,0\t4\n".encode("utf-16")),
            ("quoted", '"region","2018","2019"\r\n"Barnby","1,234.5","2.25"\r\n"Colton","3,000","4"\r\n'),
        )
    ),
    (
        "csv-of-other-countries",
        "GB18030, days with points, decimal commas",
        text(
            "县;期间;占比\n甲县;01.01.2018;5,5\n甲县;01.04.2018;6\n乙县;01.01.2018;7\n乙县;01.04.2018;8\n".encode(
                "gb18030"
            )
        ),
        "percent",
        grid(PAIR, ("2018Q1", "2018Q2"), "5.5", 6, 7, 8),
    ),
    (
        "drafts-of-common-forms",
        "cities and counties in two columns, 小计 and 合计",
        book(
            (
                "诊疗人次",
                [
                    ["地市", "县（区）", *YEARS],
                    ["东市", "甲县", 5, 6],
                    [None, "乙县", 7, 8],
                    [None, "小计", 12, 14],
                    ["合计", None, 12, 14],
                ],
                "A2:A4",
            )
        ),
        "count",
        PLAIN,
    ),
    (
        "drafts-of-common-forms",
        "years among changes, ranks and sums",
        book(
            (
                "诊疗人次",
                [["县", *YEARS, "增长率%", "排名", "合计"], ["甲县", 5, 6, 20.5, 1, 11], ["乙县", 7, 8, 14, 2, 15]],
            )
        ),
        "count",
        PLAIN,
    ),
    (
        "drafts-of-common-forms",
        "an index column of pandas",
        text(",region,year,visits\n0,Barnby,2018,5\n1,Barnby,2019,6\n2,Colton,2018,7\n3,Colton,2019,8\n"),
        "count",
        grid(EN, YEARS, 5, 6, 7, 8),
    ),
    (
        "drafts-of-common-forms",
        "headings on several lines, full-width signs",
        book(
            (
                "数据",
                [
                    ["县\n（市、区）", "年　份", "门诊\n人次"],
                    ["甲县", "２０１８年", 5],
                    ["乙县", "２０１８年", 7],
                    ["甲县", "２０１９年", 6],
                    ["乙县", "２０１９年", 8],
                ],
            )
        ),
        "count",
        PLAIN,
    ),
    (
        "drafts-that-miss-the-regions",
        "Region above District",
        book(("Visits", [["Region", "District", *YEARS], ["North", "Barnby", 5, 6], ["North", "Colton", 7, 8]])),
        "count",
        grid(EN, YEARS, 5, 6, 7, 8),
    ),
    (
        "drafts-that-miss-the-regions",
        "codes and names",
        text("LA code,LA name,Year,Visits\nE1,Barnby,2018,5\nE1,Barnby,2019,6\nE2,Colton,2018,7\nE2,Colton,2019,8\n"),
        "count",
        grid(EN, YEARS, 5, 6, 7, 8),
    ),
    (
        "drafts-that-miss-the-regions",
        "a borough that no list has, no heading above it",
        text(",2018,2019\nBarnby,5,6\nColton,7,8\n"),
        "count",
        grid(EN, YEARS, 5, 6, 7, 8),
    ),
    (
        "totals-and-notes-as-regions",
        "means, extremes and changes below the counties",
        book(
            (
                "诊疗人次",
                [
                    ["县", *YEARS],
                    ["全市", 12, 14],
                    ["其中：市区", 1, 2],
                    ["甲县", 5, 6],
                    ["乙县", 7, 8],
                    ["平均", 6, 7],
                    ["中位数", 6, 7],
                    ["最大值", 7, 8],
                    ["同比增长（%）", 1.5, 2.5],
                    ["注：1. 2018年数据含3家医院；"],
                    ["2. 2019年为快报数。"],
                    ["制表日期：2020年3月5日"],
                ],
            )
        ),
        "count",
        PLAIN,
    ),
    (
        "totals-and-notes-as-regions",
        "subtotals, All boroughs, Median, Max",
        book(
            (
                "Visits",
                [
                    ["Region", "Borough", *YEARS],
                    ["North", "Barnby", 5, 6],
                    ["North", "Colton", 7, 8],
                    ["North", "Sub-total", 12, 14],
                    ["Grand Total", None, 12, 14],
                    [None, "All boroughs", 12, 14],
                    [None, "Median", 6, 7],
                    [None, "Max", 7, 8],
                    ["Note: 2 offices did not report in 2018"],
                ],
            )
        ),
        "count",
        grid(EN, YEARS, 5, 6, 7, 8),
    ),
    (
        "stata-file",
        "single precision",
        frame("w.dta", "to_stata", **LONG, rate=pd.Series([60.1, 4.7, 61.25, 5], dtype="float32")),
        "percent",
        grid(PAIR, YEARS, "60.1", "61.25", "4.7", 5),
    ),
    (
        "stata-file",
        "Parquet with categories and days",
        frame(
            "w.parquet",
            "to_parquet",
            county=pd.Categorical(LONG["county"]),
            year=pd.to_datetime(["2018-01-01"] * 2 + ["2019-01-01"] * 2, utc=True),
            visits=[5, 7, 6, 8],
        ),
        "count",
        PLAIN,
    ),
]

#: What may mean two things, or nothing that is known: by case folder, what it is, and what is asked or refused.
ASKED = [
    (
        "regions-as-columns",
        "a title and no name of an indicator",
        book(("Sheet1", [["年份", *PAIR], [2018, 5, 7]])),
        "name it in params/indicators.yml",
    ),
    (
        "fiscal-years",
        "quarters of fiscal years",
        wide("Q1 2020/21", "Q2 2020/21"),
        "is a quarter of a year that is no calendar year",
    ),
    ("fiscal-years", "three years in one", wide("2015-2017", "2016-2018"), "covers several years"),
    ("half-years", "first halves alone", wide("Jan-Jun 2019", "Jan-Jun 2020"), "runs? from January"),
    (
        "display-format-in-ten-thousands",
        "万 behind thousands",
        book(("收入", [["县", 2018], ["甲县", (14_551_800, '0.0,"万"')], ["乙县", (1, '0.0,"万"')]])),
        "shows 14551.8 but stores 14551800, with the unit 万",
    ),
    (
        "superscript-footnote",
        "a number behind a number",
        book(("就诊率", [["县", 2018, 2019], ["甲县", "63(2)", 64], ["乙县", 1, 2]])),
        r"'63\(2\)' is not a number",
    ),
    (
        "english-units-of-measure",
        "several units in one line",
        book(("Visits", [["单位：万人次、人次"], ["县", "2018"], ["甲县", 5], ["乙县", 6]])),
        "the unit line leaves open what is in 万人次 or in 人次",
    ),
    (
        "totals-and-notes-as-regions",
        "a sum under a name of its own",
        book(("诊疗人次", [["县", 2018, 2019], ["甲县", 5, 6], ["乙县", 7, 8], ["丙县", 9, 7], ["示范片区", 21, 21]])),
        "示范片区 is the sum of the 3 other regions in every period",
    ),
    (
        "drafts-of-common-forms",
        "a sheet of sums among those of years",
        book(
            ("汇总", [["县", "门诊人次"], ["甲县", 11]]),
            ("2018年", [["县", "门诊人次"], ["甲县", 5]]),
            ("2019年", [["县", "门诊人次"], ["甲县", 6]]),
        ),
        "nothing names it: which period are the values of",
    ),
    (
        "start-typed-in-excel",
        "the year with two digits",
        book(
            ("门诊人次", [["县", 2018, 2019], ["甲县", 5, 6], ["乙县", 7, 8]]),
            ("启动", [["县", "启动时间"], ["甲县", "Mar-19"], ["乙县", None]]),
        ),
        "'Mar-19' has a year of two digits",
    ),
    (
        "start-typed-in-excel",
        "a day of two months",
        book(
            ("门诊人次", [["县", 2018, 2019], ["甲县", 5, 6], ["乙县", 7, 8]]),
            ("启动", [["县", "启动时间"], ["甲县", "03/04/2019"], ["乙县", None]]),
        ),
        "may be a day of two months",
    ),
]
#: Files that are no table, and what they are called.
NO_TABLE = [
    ("x.db", b"SQLite format 3\0" + bytes(99), "is a SQLite database"),
    ("x.mdb", b"\0\1\0\0Standard Jet DB\0" + bytes(99), "is an Access database"),
    ("x.sas7bdat", bytes(12) + b"\xc2\xea\x81\x60" + bytes(99), "is a SAS file"),
    ("x.rds", b"\x1f\x8b\x08" + bytes(9), "is an R data file"),
    ("x.dbf", b"\x03\x79\x01\x01" + bytes(99), "is a dBase file"),
    ("x.json", b'[{"county": "A"}]', "is JSON, not a table"),
]


@pytest.mark.parametrize(("write", "unit", "panel"), [pytest.param(*one[2:], id=f"{one[0]}: {one[1]}") for one in READ])
def test_an_input_of_the_kind_becomes_its_panel(begin, tmp_path, write, unit, panel):
    found = begin(write(tmp_path)).panel(unit=unit)
    assert {key[:2]: value for key, value in found.items()} == panel
    assert len({indicator for _, _, indicator in found}) == 1


@pytest.mark.parametrize(("write", "asked"), [pytest.param(*one[2:], id=f"{one[0]}: {one[1]}") for one in ASKED])
def test_an_input_that_may_mean_two_things_is_asked_about(begin, tmp_path, write, asked):
    begun = begin(write(tmp_path))
    told = [*begun.marks, *(str(one) for one in begun.questions())]
    assert any(re.search(asked, one) for one in told), told


@pytest.mark.parametrize(("name", "content", "called"), NO_TABLE)
def test_a_file_of_another_program_is_called_what_it_is(begin, tmp_path, name, content, called):
    with pytest.raises(InputError, match=called):
        begin(text(content, name)(tmp_path))


def test_the_scale_that_only_the_label_of_a_variable_tells_counts(begin, tmp_path):
    panel = begin(frame("w.dta", "to_stata", **LONG, visits=[5, 7, 6, 8])(tmp_path)).panel()
    assert panel["甲县", "2018", "visits"] == 5000


def test_each_case_of_tables_has_two_inputs_of_our_own():
    drafted = {path.parent.name for path in CASES.glob("*/cmd") if "new first --from" in path.read_text("utf-8")}
    own = Counter(one[0] for one in [*READ, *ASKED])
    assert {name: own[name] for name in drafted | {"drafts-of-common-forms", "two-yearly-panel"} if own[name] < 2} == {}
