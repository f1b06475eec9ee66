"""Headings, tables and figures are numbered as official reports number them."""

import pytest

from evalkit.publishing.downloads.numbering import Numbers, chinese, numbered
from evalkit.reporting.elements.parts import Fold, Parts, Section, flat
from evalkit.reporting.elements.table import Column, Picture, Table
from evalkit.reporting.language import words
from evalkit.reporting.language.words import Html


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


def table(name):
    return Table.of(name, "x", [Column("a")], [["1"]], simulated=False)


def picture(name):
    return Picture(name, "t", Html("<svg/>"), Html(""), table(f"{name}-data"))


def labels(page):
    return {one.name: one.number for one in flat(page) if isinstance(one, Table | Picture)}


PAGE = (
    Section("conclusions", "C", (table("glance-table"), Fold(Html("more"), (table("rules"),)))),
    Section("reform", "R", (picture("timeline"), Parts((table("structures"),)))),
    Section("goals", "G", (table("goals-table"),)),
    Section("effects", "E", (table("effects-table"),)),
)


@pytest.mark.parametrize(
    ("lang", "main", "annexed", "figure"), [("zh", "表", "附表", "附图"), ("en", "Table ", "Table A", "Figure A")]
)
def test_tables_of_main_text_and_annexes_are_counted_apart(lang, main, annexed, figure):
    words.use(lang)
    assert labels(numbered(PAGE, divided=True)) == {
        "glance-table": f"{main}1",
        "rules": f"{annexed}1",
        "timeline": f"{figure}1",
        "structures": f"{annexed}3",
        "goals-table": f"{main}2",
        "effects-table": f"{annexed}2",
    }


def test_a_page_without_annexes_is_counted_through():
    words.use("zh")
    tables = ("glance-table", "rules", "structures", "goals-table", "effects-table")
    wanted = {name: f"表{n}" for n, name in enumerate(tables, start=1)} | {"timeline": "图1"}
    assert labels(numbered(PAGE, divided=False)) == wanted


def test_numbers_change_nothing_else():
    words.use("zh")
    for before, after in zip(flat(PAGE), flat(numbered(PAGE, divided=True)), strict=True):
        assert (type(before), getattr(before, "name", "")) == (type(after), getattr(after, "name", ""))
    assert set(labels(PAGE).values()) == {""}


def test_the_page_prints_them():
    words.use("zh")
    shown = str(numbered(PAGE, divided=True)[2].html())
    assert '<caption><span class="number">表2</span>\N{EM SPACE}x</caption>' in shown
