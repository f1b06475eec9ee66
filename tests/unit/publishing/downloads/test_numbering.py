"""Headings, tables and figures are numbered as official reports number them."""

import pytest

from evalkit.publishing.downloads.numbering import Numbers, chinese
from evalkit.reporting.language import words


@pytest.mark.parametrize(
    ("number", "told"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (99, "九十九")]
)
def test_numbers_in_chinese_characters(number, told):
    assert chinese(number) == told


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ["一、", "（一）", "（二）", "二、", "（一）"]),
        ("en", ["1\N{EM SPACE}", "1.1\N{EM SPACE}", "1.2\N{EM SPACE}", "2\N{EM SPACE}", "2.1\N{EM SPACE}"]),
    ],
)
def test_parts_are_counted_anew_in_every_section(lang, told):
    words.use(lang)
    numbers = Numbers()
    assert [numbers.heading(level) for level in (1, 2, 2, 1, 2)] == told


@pytest.mark.parametrize(("lang", "told"), [("zh", ["表1", "图1", "表2"]), ("en", ["Table 1", "Figure 1", "Table 2"])])
def test_tables_and_figures_are_counted_apart(lang, told):
    words.use(lang)
    numbers = Numbers()
    assert [numbers.table(), numbers.figure(), numbers.table()] == told
