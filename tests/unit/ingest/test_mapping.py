"""The mapping file: every mistake in it is named with its line."""

import pytest

from evalkit.errors import InputError
from evalkit.ingest import aliases, mapping
from evalkit.project import dataset
from evalkit.project.params import Indicator

GOOD = """
files: ["d/*.xlsx"]
tables:
  - {layout: periods_wide, unit: {file: "(.+)_"}, indicator: {column: 指标名称}}
indicators:
  rate: {aliases: [就诊率]}
"""


def mistakes(project, text):
    project.write("params/mappings/d.yml", text)
    with pytest.raises(InputError) as caught:
        mapping.read(project.root, "d")
    return str(caught.value)


def test_a_mapping_is_named_after_its_dataset(project):
    project.write("params/mappings/d.yml", GOOD)
    read = mapping.read(project.root, "d")
    assert read.dataset == "d"
    assert read.tables[0].in_headings == {"period"}
    assert read.tables[0].columns == {"indicator": "指标名称"}


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("layout: wide", "layout: periods_wide", "layout"),
        ("unit: {}", 'unit: {file: "(.+)_"}', "write exactly one of column, sheet, file, cell, above, fixed"),
        ('unit: {file: "("}', 'unit: {file: "(.+)_"}', "is not a regular expression"),
        ('unit: {file: "(.+)_"}, period: {column: 年}', 'unit: {file: "(.+)_"}', "the headings name `period`"),
        ('files: ["../*"]', 'files: ["d/*.xlsx"]', "leaves data/raw/"),
        ("aliases: [就诊率], rnage: [0, 1]", "aliases: [就诊率]", "unknown key"),
        ("cumulative: [visits], layout: periods_wide", "layout: periods_wide", "not under `indicators`"),
    ],
)
def test_a_mistake_is_named_with_its_line(project, wrong, right, message):
    told = mistakes(project, GOOD.replace(right, wrong))
    assert message in told
    assert "params/mappings/d.yml" in told


def test_an_unknown_mapping_is_told_with_the_nearest(project):
    project.write("params/mappings/visits.yml", GOOD)
    with pytest.raises(InputError, match='Did you mean "visits"'):
        mapping.read(project.root, "vists")


def test_a_folder_of_workbooks_without_a_mapping_can_hold_collection_workbooks(project):
    project.write("data/raw/d/a.csv", "a\n")
    read = mapping.read(project.root, "d")
    assert (read.files, read.tables) == (("d/**/*",), ())


def names(project, text, units="unit | name_zh\na | 演示市甲\nb | 演示市乙"):
    project.write("params/mappings/d.yml", text)
    project.table("units", units)
    about = Indicator.model_validate({"id": "rate", "name": {"zh": "比率", "en": "Rate"}, "unit": "percent"})
    listed = dataset.units(project.root / "data/d", "data/d")
    return aliases.names(mapping.read(project.root, "d"), listed, {"rate": about})


def test_indicators_are_known_by_alias_by_their_own_names_and_by_id(project):
    known = names(project, GOOD)
    for text in ("就诊率", "1.就诊率（%）", "比率", "Rate", "rate", "　就诊率％"):
        assert known.indicator(text) == ("rate", "value"), text
    assert known.indicator("就诊") is None


def test_units_are_known_by_code_name_prefix_and_alias(project):
    known = names(project, GOOD + "units: {prefixes: [西省], aliases: {甲市: a}}")
    for text in ("a", "演示市甲", "西省演示市甲", " 演示市 甲", "甲市"):
        assert known.unit(text) == ("a",), text
    assert known.unit("西省") == ()


def test_a_name_that_two_units_share_is_neither(project):
    known = names(project, GOOD, "unit | name_zh\na | 演示县\nb | 演示县")
    assert known.unit("演示县") == ("a", "b")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("units: {aliases: {丙: c}}", "'丙' stands for 'c', no unit of units.csv"),
        ("units: {columns: [code]}", "units.csv has no column `code`"),
    ],
)
def test_names_that_stand_for_nothing_are_mistakes(project, more, message):
    with pytest.raises(InputError, match=message):
        names(project, GOOD + more)


def test_one_name_for_two_things_is_a_mistake(project):
    with pytest.raises(InputError, match="stands for"):
        names(project, GOOD.replace("{aliases: [就诊率]}", "{aliases: [就诊率], numerator: [就诊率]}"))


def test_all_near_names_are_suggested_because_one_of_them_would_be_a_guess(project):
    told = names(project, GOOD).suggest_unit("演示市丙")
    assert "演示市甲 or 演示市乙" in told or "演示市乙 or 演示市甲" in told
