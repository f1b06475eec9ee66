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
from evalkit.reporting.elements.table import Below, Column, Group, Picture, Table, lines
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


def opened(*pages, rows=(), imprint=IMPRINT):
    languages = ("en", "zh")[: len(pages)]
    made = report_workbook.workbook(
        dict(zip(languages, pages, strict=True)),
        {lang: replace(imprint, lang=lang) for lang in languages},
        pd.DataFrame(list(rows) or [result()], columns=list(COLUMNS)),
    )
    return openpyxl.load_workbook(io.BytesIO(made))


def table_of(book):
    """Heading and rows of the first table, as lists of values."""
    sheet = book.worksheets[2]
    return [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


def test_the_sheets_are_notes_contents_tables_and_results():
    assert opened(page()).sheetnames == ["说明 notes", "目录 contents", "1 Goals", "数据 results"]


def test_sections_of_ones_own_are_notes_with_their_titles_in_each_language():
    own = [
        Section("ours", title, (Html("<p>{}</p>").format(text),)) for title, text in (("Ours", "a=b"), ("本县", "无"))
    ]
    notes = list(opened(page(more=own[:1]), page(more=own[1:])).worksheets[0].iter_rows(values_only=True))
    assert ("Ours", "a=b") in notes
    assert ("本县", "无") in notes


def test_each_language_has_its_tables():
    assert opened(page(), page()).sheetnames[2:4] == ["1 Goals", "1 Goals zh"]
    assert opened(page(), page(caption="目标（全部）")).sheetnames[2:4] == ["1 Goals", "1 目标"]


def test_a_table_stands_as_on_the_page():
    rows = table_of(opened(page(("Visits", percent(65.3), "fine"), ("Costs", "—", "not known"))))
    assert rows == [["Goal", "Value", "Note"], ["Visits", 65.3, "fine"], ["Costs", "—", "not known"]]


def test_a_number_shows_the_unit_of_the_page():
    cell = opened(page(("Visits", percent(-65.304, 2), ""))).worksheets[2]["B4"]
    assert (cell.value, cell.data_type, cell.number_format) == (-65.3, "n", '0.00"%";"−"0.00"%";0.00"%"')


def test_only_columns_of_numbers_hold_numbers():
    assert table_of(opened(page(("2019", 1, 2019))))[1] == ["2019", 1, "2019"]


def test_the_second_line_of_a_figure_becomes_a_column():
    rows = table_of(
        opened(page(("Visits", lines(percent(65.3), "2022"), "x"), ("Costs", lines("unknown", "why"), "y")))
    )
    assert rows[0] == ["Goal", "Value", "Value (note)", "Note"]
    assert rows[1] == ["Visits", 65.3, "2022", "x"]
    assert rows[2][:2] == ["Costs", "unknown\nwhy"]


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
    sheet = opened(page(), rows=[result(region=text)])["数据 results"]
    assert (sheet["B4"].value, sheet["B4"].data_type) == (text, "s")


def test_control_characters_are_left_out():
    assert table_of(opened(page(("Bell\x07", 1, "a\x0bb"))))[1] == ["Bell", 1, "ab"]


def test_results_are_numbers_without_the_q_value_of_all_regions():
    given = result(estimate="1.25", n_obs="20", p_value="0.05", status="ok")
    sheet = opened(page(), rows=[given])["数据 results"]
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
    book = opened(page(), page(), imprint=replace(IMPRINT, labels=("Internal", "Demonstration data")))
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
    links = {
        cell.value: cell.hyperlink.location for row in book["目录 contents"].rows for cell in row if cell.hyperlink
    }
    assert links["Goals, all of them"] == "'1 Goals'!A1"
    assert {place.rpartition("!")[0].strip("'") for place in links.values()} <= set(book.sheetnames)


def test_notes_say_what_the_numbers_rest_on():
    definitions = goals(("Rate", "of all", "plan"), name="definitions-table", caption="Definitions")
    rows = opened(page(more=[definitions]))["说明 notes"].iter_rows(min_row=3, max_col=2, values_only=True)
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
    [("a/b: [c]*?\\", "1 a b"), ("'quoted'", "1 'quoted"), ("长" * 40, "1 " + "长" * 29), ("=x", "1 =x")],
)
def test_a_sheet_has_a_name_that_a_spreadsheet_takes(caption, name):
    assert opened(page(caption=caption)).sheetnames[2] == name
