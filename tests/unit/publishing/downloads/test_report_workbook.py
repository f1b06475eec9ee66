"""A region's workbook: tables as on the page, numbers as numbers, texts that never become formulas."""

import io
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from evalkit.analysis.results import COLUMNS
from evalkit.publishing.downloads import report_workbook
from evalkit.publishing.downloads.imprint import Imprint
from evalkit.reporting.elements.parts import Facts, Paragraph, Section
from evalkit.reporting.elements.table import Below, Column, Group, Picture, Table, datum, lines, with_data
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html

COLUMNS_OF_GOALS = (Column("Goal"), Column("Value", "n"), Column("Note"))
NOTICE = Paragraph("notice", Html("Compiled from public documents."))
LIMITS = Section("limits", "Limits", (Html("<ul><li>First limit</li><li>Second limit</li></ul>"),))
PROVENANCE = Section("provenance", "From", (Facts(((Html("Dataset"), Html("ab12")),)),))
IMPRINT = Imprint("en", "Town", "Final assessment", "Final report · Final version", "Data cut-off: 2022.")
HOSTILE = ("=cmd()", "+1+1", "-1+1", "@SUM(A1)", "＝1", "＋1", "－1", "＠1", "#N/A", "=1+1\n2")


def result(**known):
    return dict.fromkeys(COLUMNS, "") | {"assessment": "a", "region": "town", "q_value": "0.5"} | known


def goals(*rows, name="goals", caption="Goals, all of them"):
    return Table.of(name, caption, COLUMNS_OF_GOALS, rows, simulated=False)


def page(*rows, more=(), **about):
    return [NOTICE, goals(*rows, **about), *more, LIMITS, PROVENANCE]


def percent(value, decimals=1):
    return formats.fixed(value, decimals, unit="%")


def opened(page, rows=(), imprint=IMPRINT):
    results = pd.DataFrame(list(rows) or [result()], columns=list(COLUMNS))
    return openpyxl.load_workbook(io.BytesIO(report_workbook.workbook(page, imprint, results)))


def table_of(book):
    """Heading and rows of the first table, as lists of values."""
    sheet = book.worksheets[2]
    return [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


def test_the_sheets_are_notes_contents_tables_and_results():
    assert opened(page()).sheetnames == ["Notes", "Contents", "Goals", "Results"]


def test_a_workbook_speaks_one_language_and_says_what_it_is():
    book = opened(page(caption="目标（全部）"), imprint=replace(IMPRINT, lang="zh", region="某县", title="总结评估"))
    assert book.sheetnames == ["说明", "目录", "目标", "数据"]
    assert (book.properties.title, book.properties.language) == ("某县总结评估报告", "zh")


def test_sections_of_ones_own_are_notes_with_their_titles():
    own = Section("ours", "Ours", (Html("<p>{}</p>").format("a=b"),))
    assert ("Ours", "a=b") in list(opened(page(more=[own])).worksheets[0].iter_rows(values_only=True))


def test_a_table_stands_as_on_the_page():
    rows = table_of(opened(page(("Visits", percent(65.3), "fine"), ("Costs", "—", "not known"))))
    assert rows == [["Goal", "Value", "Note"], ["Visits", 65.3, "fine"], ["Costs", "—", "not known"]]


def test_a_number_shows_the_unit_of_the_page():
    cell = opened(page(("Visits", percent(-65.304, 2), ""))).worksheets[2]["B4"]
    assert (cell.value, cell.data_type, cell.number_format) == (-65.3, "n", '0.00"%";"−"0.00"%";0.00"%"')


def test_a_number_is_one_in_every_column_and_a_text_never():
    assert table_of(opened(page(("2019", 1, formats.fixed(3.14, 1)))))[1] == ["2019", 1, 3.1]


def test_the_second_line_of_a_figure_becomes_a_column():
    rows = table_of(
        opened(page(("Visits", lines(percent(65.3), "2022"), "x"), ("Costs", lines("unknown", "why"), "y")))
    )
    assert rows[0] == ["Goal", "Value", "Value (note)", "Note"]
    assert rows[1] == ["Visits", 65.3, "2022", "x"]
    assert rows[2][:2] == ["Costs", "unknown\nwhy"]


def test_every_value_of_a_cell_has_a_column_of_its_own():
    shown = with_data(Html("60% → 65%"), [datum("Baseline", percent(60.0)), datum("Latest", percent(65.0))])
    rows = table_of(opened(page(("Visits", shown, "x"), ("Costs", "—", "y"))))
    assert rows == [["Goal", "Baseline", "Latest", "Note"], ["Visits", 60, 65, "x"], ["Costs", "—", None, "y"]]


def test_an_interval_is_two_numbers_behind_its_estimate():
    interval = formats.Interval("1.0 to 2.0%", percent(1.0), percent(2.0))
    rows = table_of(opened(page(("Visits", lines(percent(1.5), interval), "x"), ("Costs", percent(3.0), "y"))))
    assert rows[0] == ["Goal", "Value", "Interval from", "Interval to", "Note"]
    assert rows[1:] == [["Visits", 1.5, 1, 2, "x"], ["Costs", 3, None, None, "y"]]


def test_what_stands_below_a_row_becomes_a_column_of_that_row():
    table = [("Visits", 1, "x"), Below("Source: plan"), ("C", 2, "")]
    rows = table_of(opened([goals(*table)]))
    assert rows[0] == ["Goal", "Value", "Note", "Further"]
    assert [row[0::3] for row in rows[1:]] == [["Visits", "Source: plan"], ["C", None]]


def test_a_heading_over_rows_keeps_its_row():
    assert table_of(opened([goals(Group("Care"), ("Visits", 1, "x"))]))[1][:2] == ["Care", None]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_no_text_becomes_a_formula_or_an_error(text, place):
    row = ["Visits", 1, "x"]
    row[place] = lines(*text.split("\n"))
    sheet = opened(page(row)).worksheets[2]
    cell = next(one for one in sheet[4] if one.value == text)
    assert cell.data_type == "s"
    assert cell.quotePrefix == (not text.startswith("#"))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_results_becomes_a_formula(text):
    sheet = opened(page(), rows=[result(region=text)])["Results"]
    assert (sheet["B4"].value, sheet["B4"].data_type) == (text, "s")


def test_control_characters_are_left_out():
    assert table_of(opened(page(("Bell\x07", 1, "a\x0bb"))))[1] == ["Bell", 1, "ab"]


def test_results_are_numbers_without_the_q_value_of_all_regions():
    given = result(estimate="1.25", n_obs="20", p_value="0.05", status="ok")
    sheet = opened(page(), rows=[given])["Results"]
    known = dict(zip([one.value for one in sheet[3]], [one.value for one in sheet[4]], strict=True))
    assert "q_value" not in known
    assert (known["estimate"], known["n_obs"], known["p_value"], known["status"]) == (1.25, 20, 0.05, "ok")
    assert [type(known[name]) for name in ("estimate", "n_obs")] == [float, int]
    assert known["conf_low"] is None


def test_data_of_figures_share_one_sheet():
    drawn = [
        Picture(name, title, Html("<svg></svg>"), Html(""), goals(("2020", 1, ""), name=name))
        for name, title in (("a", "It rose"), ("b", "It fell"))
    ]
    sheet = opened(page(more=drawn))["Data of the figures"]
    told = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert told[2:5] == ["It rose", "Goal", "2020"]
    assert told[6:] == ["It fell", "Goal", "2020"]


def test_every_sheet_says_first_what_the_workbook_is():
    book = opened(page(), imprint=replace(IMPRINT, labels=("Internal", "Demonstration data")))
    for sheet in book.worksheets:
        assert sheet["A1"].value.startswith("Internal")
        assert "Demonstration data" in sheet["A1"].value
        assert "Town · Final assessment · Final report · Final version" in sheet["A1"].value
        assert sheet["A1"].value[:20] in sheet.oddHeader.left.text


def test_headings_stay_on_screen_and_on_paper():
    sheet = opened(page()).worksheets[2]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A4", "$1:$3")
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_columns_are_as_wide_as_their_text_within_bounds():
    widths = opened(page(("甲" * 10, 1, "x" * 200))).worksheets[2].column_dimensions
    assert [widths[name].width for name in "ABC"] == [22, 8, 46]


def test_a_wrapped_row_is_as_high_as_its_lines():
    heights = opened(page(("a", 1, "x" * 200), ("a", 1, "x"))).worksheets[2].row_dimensions
    assert heights[4].height > 4 * heights[5].height


def test_contents_lead_to_every_table():
    book = opened(page())
    links = {cell.value: cell.hyperlink.location for row in book["Contents"].rows for cell in row if cell.hyperlink}
    assert links["Goals, all of them"] == "'Goals'!A1"
    assert {place.rpartition("!")[0].strip("'") for place in links.values()} <= set(book.sheetnames)


def test_notes_say_what_the_numbers_rest_on():
    definitions = goals(("Rate", "of all", "plan"), name="definitions-table", caption="Definitions")
    rows = opened(page(more=[definitions]))["Notes"].iter_rows(min_row=3, max_col=2, values_only=True)
    told = [row for row in rows if row[0]]
    assert ("Notes", "Final assessment") in told
    assert ("Stage and state", "Final report · Final version") in told
    assert ("Data cut-off", "Data cut-off: 2022.") in told
    assert ("Please note", "Compiled from public documents.") in told
    assert [note for about, note in told if about == "Limits"] == ["First limit", "Second limit"]
    assert ("Rate", "of all\nplan") in told
    assert ("Dataset", "ab12") in told


@pytest.mark.parametrize(
    ("caption", "name"),
    [
        ("a/b: [c]*?\\", "a b   c"),
        ("'quoted'", "quoted"),
        ("长" * 40, "长" * 30),
        ("=x", "=x"),
        ("Primary indicators at a veryverylong glance", "Primary indicators"),
        ("Indicators that must not get any worse", "Indicators that must not get"),
        ("与《县域医共体建设中期评估》（数据截至2021年）比较", "与《县域医共体建设中期评估》"),
        ("与《县域医共体建设中期评估（方法演示）》比较", "与《县域医共体建设中期评估（方法演示）》比较"),
    ],
)
def test_a_sheet_has_a_name_that_a_spreadsheet_takes_and_a_reader_understands(caption, name):
    assert opened(page(caption=caption)).sheetnames[2] == name


def test_a_sheet_is_named_by_the_number_of_its_table_and_no_name_comes_twice():
    first, second = (replace(goals(), number=number) for number in ("Table 1", "Table 2"))
    assert opened([first, second]).sheetnames[2:4] == ["Table 1 Goals", "Table 2 Goals"]
    assert opened([goals(), goals(name="more")]).sheetnames[2:4] == ["Goals", "Goals 2"]
