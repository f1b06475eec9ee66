"""Tables and sections written from a notebook: what a reader of the file finds, also of hostile texts."""

import docx
import openpyxl
import pandas as pd
import pypandoc
import pytest
from bs4 import BeautifulSoup

from evalkit.errors import InputError
from evalkit.publishing import preflight
from evalkit.publishing.downloads.export import export
from evalkit.reporting.elements.parts import Paragraph, Section
from evalkit.reporting.elements.table import Below, Group, Picture, Table, heads, lines
from evalkit.reporting.language import words
from evalkit.reporting.language.formats import Interval, Number
from evalkit.reporting.language.words import Html

HOSTILE = [
    r"\input{/etc/passwd} \end{tabular}",
    "$x_1$ & 5 % #1 {a} ~ ^",
    "[2cm] first in its row",
    "* starred",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "a -- b --- c '' `` ?`",
    "two\n\nparagraphs % not a comment",
    "基层就诊率上升",
]


@pytest.fixture(autouse=True)
def _english():
    words.use("en")


def table(rows, columns=("Name", "Effect:n"), caption="Effects", simulated=False):
    return Table.of("effects_table", caption, heads(*columns), rows, simulated)


def points(number, decimals=1):
    return Number(f"{number:+.{decimals}f} points", number, decimals, "+", " points")


def read_latex(path):
    """Caption and rows of the first table, as pandoc reads them."""
    made = pypandoc.convert_text(path.read_text(encoding="utf-8"), "html", format="latex", extra_args=["--wrap=none"])
    page = BeautifulSoup(made, "html.parser")
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.find_all("tr")]
    return page.caption.get_text() if page.caption else "", rows


def same(text):
    """A text as it is after a reader of LaTeX has set it in one line, in ASCII quotes and dashes."""
    return " ".join(text.split())


def test_hostile_texts_stay_texts_in_latex(tmp_path):
    caption, rows = read_latex(export(table([(text, 1) for text in HOSTILE], caption=HOSTILE[1]), tmp_path / "t.tex"))
    assert caption == HOSTILE[1]
    assert [row[0].replace("’", "'").replace("‘", "`") for row in rows[1:]] == list(map(same, HOSTILE))


def test_hostile_texts_stay_texts_in_excel(tmp_path):
    sheet = openpyxl.load_workbook(export(table([(text, 1) for text in HOSTILE]), tmp_path / "t.xlsx")).active
    cells = [row[0] for row in sheet.iter_rows(min_row=4)]
    assert [cell.value for cell in cells] == list(map(same, HOSTILE))
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value[0] in "=+@")


def test_hostile_texts_stay_texts_in_word(tmp_path):
    made = docx.Document(export(table([(text, 1) for text in HOSTILE]), tmp_path / "t.docx"))
    assert [same(row.cells[0].text) for row in made.tables[0].rows[1:]] == list(map(same, HOSTILE))


def test_hostile_names_and_texts_of_a_dataframe_stay_texts(tmp_path):
    frame = pd.DataFrame({"=1+1": HOSTILE, r"\b_%": range(len(HOSTILE))})
    _, rows = read_latex(export(frame, tmp_path / "t.tex"))
    sheet = openpyxl.load_workbook(export(frame, tmp_path / "t.xlsx")).active
    assert rows[0] == ["=1+1", r"\b_%"]
    assert [(cell.value, cell.data_type) for cell in sheet[3]] == [("=1+1", "s"), (r"\b_%", "s")]
    assert {cell.data_type for row in sheet.iter_rows(min_row=4, max_col=1) for cell in row} == {"s"}


def test_a_unit_that_all_numbers_share_is_in_the_heading(tmp_path):
    mixed = Number("3 days", 3, 0, unit=" days")
    rows = [("a", points(1.4), points(2)), ("b", points(-0.26), mixed), ("c", "withheld", "")]
    _, found = read_latex(export(table(rows, ("Name", "Effect:n", "Other:n")), tmp_path / "t.tex"))
    assert found == [
        ["Name", "Effect (points)", "Other"],
        ["a", "+1.4", "+2.0 points"],
        ["b", "-0.3", "3 days"],
        ["c", "withheld", ""],
    ]


def test_intervals_groups_and_remarks_have_cells_of_their_own(tmp_path):
    interval = Interval("−1.0 to 3.0 points", points(-1), points(3))
    rows = [Group("Access"), (Html("a"), lines(points(1), interval)), Below("source: \\plan")]
    _, found = read_latex(export(table(rows), tmp_path / "t.tex"))
    heading = ["Name", "Effect (points)", "Interval from (points)", "Interval to (points)", "Further"]
    assert found == [heading, ["Access", *[""] * 4], ["a", "+1.0", "-1.0", "+3.0", "source: \\plan"]]


def test_numbers_of_a_dataframe_are_whole_in_excel_and_readable_in_latex(tmp_path):
    frame = pd.DataFrame({"term": ["a", None], "n": [1234567, 2], "x": [1 / 3, float("nan")]}, index=["u", "v"])
    frame = frame.rename_axis("unit")
    sheet = openpyxl.load_workbook(export(frame, tmp_path / "t.xlsx")).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)] == [
        ["unit", "term", "n", "x"],
        ["u", "a", 1234567, pytest.approx(1 / 3, abs=1e-15)],
        ["v", None, 2, None],
    ]
    assert read_latex(export(frame, tmp_path / "t.tex"))[1][1:] == [
        ["u", "a", "1234567", "0.333333"],
        ["v", "", "2", ""],
    ]


def test_a_number_that_is_not_finite_is_a_text(tmp_path):
    path = export(pd.DataFrame({"x": [float("inf"), 1.5]}), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert [sheet["A4"].value, sheet["A5"].value, sheet["A1"].value] == ["inf", 1.5, "t"]


def test_word_without_its_extra_is_a_message(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="Word documents need the extra"):
        export(table([("a", 1)]), tmp_path / "t.docx")


def test_a_caption_replaces_that_of_a_table(tmp_path):
    assert read_latex(export(table([("a", 1)]), tmp_path / "t.tex", caption="Mine & yours"))[0] == "Mine & yours"


def test_simulated_data_say_so_in_every_file(tmp_path):
    about = table([("a", 1)], simulated=True)
    assert read_latex(export(about, tmp_path / "t.tex"))[0].startswith("Demonstration data")
    assert "Demonstration data" in openpyxl.load_workbook(export(about, tmp_path / "t.xlsx")).active["A1"].value
    assert any("Demonstration data" in p.text for p in docx.Document(export(about, tmp_path / "t.docx")).paragraphs)
    frame = pd.DataFrame({"estimate": [1.0], "data_status": ["simulated"]})
    assert read_latex(export(frame, tmp_path / "f.tex", caption="Effects"))[0].endswith("Effects")
    assert "Demonstration data" in (tmp_path / "f.tex").read_text(encoding="utf-8")


def test_a_section_keeps_its_text_in_word_and_its_tables_everywhere(tmp_path):
    svg = Html('<svg viewBox="0 0 40 20" role="img" aria-label="up"><path d="M0 0L40 20" stroke="#000"/></svg>')
    data = table([("2020", 2)], ("Period", "Value:n"), "Values")
    picture = Picture("fig", "Rate went up", svg, Html("How to read it"), data)
    section = Section("effects", "Did it work?", (Paragraph("notice", Html("What if")), table([("a", 1)]), picture))
    made = docx.Document(export(section, tmp_path / "s.docx"))
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert [text for text in texts if "Did it work?" in text]
    assert "What if" in texts
    assert len(made.tables) == len(made.inline_shapes) == 1
    assert openpyxl.load_workbook(export(section, tmp_path / "s.xlsx")).sheetnames == ["Effects", "Rate went up"]
    assert (export(section, tmp_path / "s.tex")).read_text(encoding="utf-8").count(r"\begin{tabular}") == 2


def test_several_tables_go_into_one_file(tmp_path):
    pair = [table([("a", 1)]), pd.DataFrame({"x": [1]})]
    assert len(openpyxl.load_workbook(export(pair, tmp_path / "p.xlsx")).sheetnames) == 2


@pytest.mark.parametrize(
    ("shown", "name", "said"),
    [
        (Html("<p>text</p>"), "t.xlsx", "there is no table in it"),
        (Html(""), "t.docx", "there is no table in it"),
        (pd.DataFrame({"x": [1]}), "t.xls", 'Did you mean ".xlsx"?'),
        (pd.DataFrame({"x": [1]}), "t", "Known: .docx, .tex, .xlsx."),
    ],
)
def test_what_cannot_be_written_is_a_message(tmp_path, shown, name, said):
    with pytest.raises(InputError) as caught:
        export(shown, tmp_path / name)
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []
