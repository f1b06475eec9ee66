"""Columns take what their text needs; a page is turned only where nothing else helps."""

import pytest

from evalkit.publishing.downloads.column_widths import UPRIGHT, layout
from evalkit.reporting.elements.parts import Spark
from evalkit.reporting.elements.table import Column, Group, Table, lines
from evalkit.reporting.language.words import Html


def table(*rows, kind=""):
    """A table whose first row is its heading."""
    heading, *body = rows
    return Table.of("t", "", [Column(text, kind) for text in heading], body, simulated=False)


def test_shares_add_up_to_the_whole():
    made = layout(table(("a", "b", "c"), ("x" * 90, "y", "z" * 30)))
    assert sum(made.shares) == pytest.approx(1)


def test_a_column_with_more_text_is_wider():
    first, second = layout(table(("甲", "乙"), ("长" * 200, "长" * 40))).shares
    assert first > 1.5 * second


def test_columns_that_have_what_they_need_take_no_more():
    first, second = layout(table(("甲", "乙"), ("甲甲甲甲", "乙乙乙乙"))).shares
    assert first == pytest.approx(second)


def test_a_word_is_never_narrower_than_its_column():
    hash_of = "0123456789abcdef" * 2
    first, _ = layout(table(("a", "b"), (hash_of, "长" * 200))).shares
    assert first * 49 >= len(hash_of) / 2


def test_a_page_is_turned_for_many_columns():
    narrow, wide = (table(["Indicators"] * n, ["1"] * n) for n in (6, 12))
    assert (layout(narrow).across, layout(wide).across) == (False, True)


def test_a_page_is_turned_where_rows_would_be_taller_than_a_reader_follows():
    low, high = (table(["甲"] * 5, ["长" * n] * 5) for n in (60, 200))
    assert (layout(low).across, layout(high).across) == (False, True)


def test_a_heading_across_all_columns_does_not_count():
    plain = table(("a", "b"), ("x", "y"))
    grouped = Table.of("t", "", plain.columns, [*plain.rows, Group("g" * 80)], simulated=False)
    assert layout(grouped) == layout(plain)


def test_a_small_drawing_has_room():
    spark = lines(Spark(Html("<svg></svg>"), ""))
    assert layout(table(("甲", "乙"), (spark, "长" * 400))).shares[0] * 49 > 7.8


def test_a_date_and_a_p_value_are_never_broken():
    columns = [Column("指标与目标"), Column("期限", "s"), Column("p", "n"), Column("说明", "w")]
    rows = [["就诊率" * 20, "2022年12月31日", "0.375", "说明" * 80]]
    shares = layout(Table.of("t", "x", columns, rows, simulated=False)).shares
    assert shares[1] * UPRIGHT > 7 + 4 * 0.25
    assert shares[2] * UPRIGHT > 2.5 + 0.5
