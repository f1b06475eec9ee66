"""What a region's pages rest on: its own data and those of the units that it may be compared with, and no others."""

import docx
import pandas as pd
import pytest

from evalkit.analysis.data_checks import diagnostics
from evalkit.analysis.data_checks.flags import Flag
from evalkit.panel import observations
from evalkit.publishing import preflight
from evalkit.publishing.run import run_keys

UNITS = """
unit | kind     | parent | province | adoption
a    | county   |        | p        | 2019Q1
b    | county   |        | p        |
c    | county   |        | q        | 2019Q1
d    | county   |        | q        |
m    | hospital | a      | r        |
"""
WHOLE = ["_quality"]


@pytest.fixture
def provinces(project):
    """Regions `a` and `c`, each compared within its province; `m` lies in `a`, though in another province."""
    project.assessment(
        "design: {comparison: {same: [province]}}\n",
        base="dataset: d\nregions: [a, c]\nindicators: {primary: [rate]}\n",
    )
    project.table("units", UNITS)
    write(project)
    return project


def write(project, **changed):
    names = [str(name) for name in pd.period_range("2017Q1", periods=16, freq="Q")]
    values = pd.DataFrame(50.0, index=["a", "b", "c", "d", "m"], columns=names)
    for unit, value in changed.items():
        values.loc[unit, "2019Q2"] = value
    project.values(values)


def keys(project):
    return run_keys.run_keys(project.load(), ["a", "c", *WHOLE])


def changed(project, before):
    after = keys(project)
    assert all(after[name].parameters == before[name].parameters for name in after)
    return [name for name in after if after[name].data != before[name].data]


@pytest.mark.parametrize(("unit", "stale"), [("a", ["a"]), ("b", ["a"]), ("m", ["a"]), ("c", ["c"]), ("d", ["c"])])
def test_a_changed_value_concerns_those_whose_report_can_rest_on_it(provinces, unit, stale):
    before = keys(provinces)
    write(provinces, **{unit: 51.0})
    assert changed(provinces, before) == [*stale, *WHOLE]


def test_a_report_sees_no_other_figures_than_those_in_its_key(provinces):
    evaluation = provinces.load("a")
    for every in (False, True):
        seen = observations.read(evaluation, every)
        assert set(seen.rows["unit"]) == set(seen.digests) == {"a", "b", "m"}
        assert seen.fingerprint != observations.read(provinces.load(), every).fingerprint


@pytest.mark.parametrize(("d", "stale"), [("2018Q4", []), ("2019Q1", []), ("2019Q2", ["c"])])
def test_a_unit_that_had_begun_is_compared_with_nobody_who_began_later(provinces, d, stale):
    provinces.table("units", UNITS.replace("d    | county   |        | q        |", f"d | county | | q | {d}"))
    before = keys(provinces)
    write(provinces, d=51.0)
    assert changed(provinces, before) == [*stale, *WHOLE]


def test_a_unit_that_had_begun_may_be_compared_from_an_earlier_date_in_doubt(provinces):
    units = UNITS.replace("adoption\n", "adoption | adoption_alternatives\n").replace(
        "2019Q1\n", "2019Q1 | 2018Q1; 2019Q3\n"
    )
    provinces.table("units", units.replace("d    | county   |        | q        |", "d | county | | q | 2018Q4"))
    before = keys(provinces)
    write(provinces, d=51.0)
    assert changed(provinces, before) == ["c", *WHOLE]


def test_a_figure_that_was_published_counts_for_its_own_region(provinces):
    before = keys(provinces)
    provinces.table("published", "unit | period | indicator | value | source | phrase\nc | 2019 | rate | 1 | s | x")
    assert changed(provinces, before) == ["c", *WHOLE]


@pytest.mark.parametrize(
    ("benchmark", "unit", "stale"), [("d", "d", ["a", "c"]), ("x", "b", ["a"])], ids=["a unit", "a place that is none"]
)
def test_a_benchmark_counts_for_the_region_that_is_held_against_it(provinces, benchmark, unit, stale):
    target = "indicator: rate, operator: benchmark, value: {en: level}, source: s, phrase: x"
    provinces.region("a", f"region: a\ntargets: [{{{target}, relative_to: {benchmark}}}]\n")
    before = keys(provinces)
    write(provinces, **{unit: 51.0})
    assert changed(provinces, before) == [*stale, *WHOLE]


def test_a_parent_may_be_a_place_that_is_no_unit(provinces):
    provinces.table("units", UNITS.replace("b    | county   |        | p ", "b    | county   | state  | p "))
    before = keys(provinces)
    write(provinces, b=51.0)
    assert changed(provinces, before) == ["a", *WHOLE]


def test_what_checks_find_in_other_units_counts_where_these_are_compared(provinces, monkeypatch):
    before = keys(provinces)
    (provinces.root / "reports/a/work" / run_keys.KNOWN).unlink()
    flag = Flag("bunching", "d", ("rate",), ("2019Q2",), 0.001, 0.02, "target_met_on_paper", ("d",))
    monkeypatch.setattr(diagnostics, "diagnose", lambda *_: (flag,))
    assert changed(provinces, before) == ["c"]


def test_cells_of_a_workbook_that_were_read_otherwise_count_for_its_units(provinces):
    before = keys(provinces)
    provinces.write("data/d/ingest/workbooks.csv", "file,units\nx.xlsx,c d\n")
    provinces.write("data/d/ingest/log.csv", "file,rule\nx.xlsx,minus\n")
    assert changed(provinces, before) == ["c", *WHOLE]


def test_a_table_of_all_units_counts_for_every_region(provinces):
    before = keys(provinces)
    provinces.table(
        "units", UNITS.replace("d    | county   |        | q        |", "d    | county   |        | q        | 2020Q1")
    )
    assert changed(provinces, before) == ["a", "c", *WHOLE]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 1}', '{"files": "x", "regions": {"a": 1}}'])
def test_nothing_is_read_again_where_no_file_changed_and_a_damaged_memory_is_no_harm(provinces, monkeypatch, text):
    before = keys(provinces)
    with monkeypatch.context() as without:
        without.setattr(observations, "read", lambda *_, **__: pytest.fail("the panel was read"))
        assert keys(provinces) == before
    (provinces.root / "reports/a/work" / run_keys.KNOWN).write_text(text, encoding="utf-8")
    assert keys(provinces) == before


def test_a_template_of_word_documents_concerns_every_region(provinces):
    before = keys(provinces)
    docx.Document().save(str(provinces.root / preflight.TEMPLATE))
    after = keys(provinces)
    assert all(after[name].parameters != before[name].parameters for name in before)
