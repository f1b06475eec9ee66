"""A table as a value: numbers stay numbers beside the text that shows them."""

import math

import pytest

from evalkit.reporting.elements.table import Below, Column, Group, Table, heads, lines
from evalkit.reporting.language import formats, words
from evalkit.reporting.language.formats import MINUS
from evalkit.reporting.language.words import Html, say


@pytest.fixture(autouse=True)
def english():
    words.use("en")


def table(*rows, columns=None):
    return Table.of("t", "Caption", columns or heads("Indicator", "Effect, 95% interval:n"), rows, simulated=False)


def test_the_frame_holds_numbers_unrounded_and_other_cells_as_text():
    frame = table(("Visits", lines(formats.fixed(1.2345, 1), "0.1 to 2.3")), ("Costs", Html("<b>not</b> known"))).frame
    assert list(frame.columns) == ["Indicator", "Effect, 95% interval"]
    assert frame.iloc[0, 1] == 1.2345
    assert frame.iloc[1, 1] == "not known"


def test_headings_over_rows_are_a_column_of_the_frame():
    frame = table(Group("Care"), ("Visits", formats.count(3)), Below("Source"), Group("Cost"), ("Fees", 4)).frame
    assert frame.to_numpy().tolist() == [["Care", "Visits", 3], ["Cost", "Fees", 4]]


def test_headings_come_with_their_kind():
    assert heads("Check: imputation", "p:n") == [Column("Check: imputation"), Column("p", "n")]


@pytest.mark.parametrize(
    ("make", "number", "form"),
    [
        (lambda: formats.number(1234.5, 2), 1234.5, f'#,##0.0;"{MINUS}"#,##0.0;#,##0.0'),
        (lambda: formats.fixed(-0.5, 3), -0.5, f'0.000;"{MINUS}"0.000;0.000'),
        (lambda: formats.fixed(0.31, signed=True, unit="%"), 0.31, f'"+"0.0"%";"{MINUS}"0.0"%";0.0"%"'),
        (lambda: formats.percent(0.123), 12.3, f'0.0"%";"{MINUS}"0.0"%";0.0"%"'),
        (lambda: formats.probability(0.0312), 0.0312, f'0.000;"{MINUS}"0.000;0.000'),
        (lambda: formats.phrased("about {value}", formats.count(40)), 40, f'"about "0;"about {MINUS}"0;"about "0'),
    ],
)
def test_a_printed_number_knows_what_it_says(make, number, form):
    cell = lines(make())
    assert cell.number == pytest.approx(number)
    assert cell.form == form


@pytest.mark.parametrize(
    "shown", [formats.NOTHING, formats.probability(0.0001), formats.number(math.nan), say("{n}", n=3)]
)
def test_what_is_no_number_has_none(shown):
    assert lines(shown).number is None


def test_a_second_line_keeps_the_number_of_the_first():
    cell = lines(lines(formats.fixed(7.0), Html("<small>2022</small>")), None, "more")
    assert (cell.number, cell.text, cell.note) == (7.0, "7.0\n2022\nmore", "2022\nmore")


def test_names_in_chinese_say_so_in_cells_but_not_in_attributes():
    html = str(Table.of("t", "甲", [Column("乙"), Column("丙")], [("丁", "戊")], simulated=False, stacked=True))
    assert 'aria-label="甲"' in html
    assert '<td data-label="丙"><div><span lang="zh-CN">戊</span></div></td>' in html
    assert html.count("<span") == 5
