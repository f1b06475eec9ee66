"""What is wrong with a unit's own figures is found, named with unit, indicator and period, and changes nothing."""

import numpy as np
import pandas as pd
import pytest

from evalkit.panel import consistency, coverage, outliers
from evalkit.panel import observations as panels
from evalkit.project.params import Indicator

INDICATORS = """
rate: {name: {en: Rate}, unit: percent, from_members: {numerator: visits, denominator: visits, kinds: [centre]}}
total: {name: {en: Total}, unit: count, from_members: {numerator: visits}}
visits: {name: {en: Visits}, unit: count}
share: {name: {en: Share}, unit: percent}
"""
ASSESSMENT = "dataset: d\nregions: [a]\nindicators: {primary: [share]}\n"
UNITS = "unit | kind | adoption\na | consortium | 2019Q1\nb | consortium |\nh | hospital |\nc | centre |\n"
MEMBERS = "unit | of\nh | a\nc | a\n"
HEAD = "unit | indicator | period | value | numerator | denominator | status | note"


@pytest.fixture
def found(project):
    """Findings about a panel, of one kind if one is asked for, as (unit, indicators, periods, facts)."""

    def find(table, kind=None, more="", files=None, base=ASSESSMENT):
        project.indicators(INDICATORS)
        project.assessment(more, base=base)
        project.table("units", UNITS)
        project.table("members", MEMBERS)
        rows = [line for line in table.strip().splitlines() if line.strip()]
        project.table("panel", "\n".join([HEAD, "a | share | 2020Q1 | 50 | | | |", *rows]))
        for name, text in (files or {}).items():
            project.write(f"data/d/ingest/{name}.csv", text)
        evaluation = project.load()
        listed = consistency.findings(panels.read(evaluation, every=True), evaluation)
        return [(one.unit, one.indicators, one.periods, dict(one.facts)) for one in listed if kind in (None, one.kind)]

    return find


def test_an_ingest_that_replaced_no_value_is_no_finding(found):
    assert found("", "revised", files={"revisions": "unit,period,indicator,part,before,after\n"}) == []


@pytest.mark.parametrize(
    ("row", "fits"),
    [
        ("50.0 | 500 | 1000", True),
        ("33.3 | 1 | 3", True),
        ("33.3 | 100 | 300", True),
        ("33.4 | 1000 | 3000", False),
        ("50 | 5000 | 9000", False),
        ("0.5 | 500 | 1000", False),
    ],
)
def test_a_value_is_that_of_numerator_and_denominator_within_rounding(found, row, fits):
    assert (found(f"b | share | 2020Q1 | {row} | |", "ratio") == []) is fits


def test_the_precision_is_that_of_the_whole_column(found):
    rows = "b | share | 2020Q1 | 50 | 496 | 1000 | |\n"
    assert found(rows, "ratio") == []
    assert len(found(rows + "b | share | 2020Q2 | 51.7 | 517 | 1000 | |", "ratio")) == 1


def test_the_three_figures_are_told(found):
    told = found("b | share | 2020Q1 | 40 | 500 | 1000 | |", "ratio")
    assert told == [("b", ("share",), ("2020Q1",), {"value": 40, "computed": 50})]


def test_a_numerator_larger_than_its_denominator_is_found(found):
    told = found("b | share | 2020Q1 | 110 | 110 | 100 | |", "above_whole")
    assert told == [("b", ("share",), ("2020Q1",), {"numerator": 110, "denominator": 100})]
    assert found("b | share | 2020Q1 | 100 | 100 | 100 | |", "above_whole") == []


def test_a_count_below_zero_is_found(found):
    assert found("b | total | 2020Q1 | -4 | | | |", "negative") == [("b", ("total",), ("2020Q1",), {"value": -4})]


PARTS = "h | visits | 2020Q1 | 600 | | | |\nc | visits | 2020Q1 | 400 | | | |\n"


@pytest.mark.parametrize(("value", "parts"), [("40", None), ("40.1", 40), ("41", 40)])
def test_a_share_of_its_own_is_held_against_its_members(found, value, parts):
    told = found(PARTS + f"a | rate | 2020Q1 | {value} | | | |", "total")
    assert told == ([] if parts is None else [("a", ("rate",), ("2020Q1",), {"value": float(value), "parts": parts})])


def test_a_total_of_its_own_is_held_against_its_parts(found):
    assert found(PARTS + "a | total | 2020Q1 | 1000 | | | |", "total") == []
    told = found(PARTS + "a | total | 2020Q1 | 990 | | | |", "total")
    assert told == [("a", ("total",), ("2020Q1",), {"value": 990, "parts": 1000})]


def test_a_total_is_not_held_against_members_of_whom_one_did_not_report(found):
    assert found("c | visits | 2020Q1 | 400 | | | |\na | total | 2020Q1 | 990 | | | |", "total") == []


def test_provisional_values_are_found_by_status_or_note_and_told_once_per_period(found):
    table = """
    b | share | 2020Q1 | 50 | | | provisional |
    b | rate  | 2020Q1 | 50 | | |             | 初步数
    b | rate  | 2020Q2 | 50 | | |             | 区划调整
    """
    assert found(table, "provisional") == [("b", ("rate", "share"), ("2020Q1",), {})]


def test_gaps_of_the_evaluated_region_are_told_with_their_reason(found):
    table = """
    b | share | 2020Q1 | 50 | | | |
    b | share | 2020Q2 | 50 | | | |
    b | share | 2020Q3 | 50 | | | |
    b | share | 2020Q4 | 50 | | | |
    a | share | 2020Q2 |    | | | | not_applicable
    b | rate  | 2020Q1 | 50 | | | |
    """
    files = {"missing": "unit,period,indicator,reason\na,2020Q3,share,error\n"}
    both = ASSESSMENT.replace("[share]", "[share], exploratory: [rate]")
    told = found(table, "gap", files=files, base=both)
    assert told == [
        ("a", ("share",), ("2020Q2",), {"reason": "not_applicable"}),
        ("a", ("share",), ("2020Q3",), {"reason": "error"}),
        ("a", ("share",), ("2020Q4",), {"reason": "no_row"}),
    ]
    assert found(table, "never", base=both) == [("a", ("rate",), ("2020Q1",), {"reason": "no_row"})]


def test_a_note_in_words_is_kept(found, project):
    found("b | share | 2020Q2 | | | | | 平台未上线\nb | share | 2020Q1 | 1 | | | |")
    evaluation = project.load()
    panel = panels.read(evaluation)
    assert panel.absent[["unit", "period", "note"]].to_numpy().tolist() == [["b", "2020Q2", "平台未上线"]]
    assert panel.wide("share").columns.tolist() == ["2020Q1"]


def test_a_hidden_count_is_a_finding_of_its_own(found):
    table = "b | total | 2020Q1 | 90 | | | |\na | share | 2020Q2 | 4 | 4 | 100 | |"
    told = found(table, "hidden", more="disclosure: {threshold: 10}\n")
    assert told == [("a", ("share",), ("2020Q2",), {"reason": "hidden"})]


REVISIONS = "unit,period,indicator,part,before,after\na,2020Q1,share,value,49,50\nz,2020Q1,share,value,1,2\n"


def test_replaced_values_are_told_with_both_numbers(found):
    told = found("", "revised", files={"revisions": REVISIONS})
    assert told == [("a", ("share",), ("2020Q1",), {"part": "value", "before": "49", "after": "50"})]


def test_replaced_values_tell_no_numbers_where_small_ones_are_hidden(found):
    told = found("", "revised", more="disclosure: {threshold: 10}\n", files={"revisions": REVISIONS})
    assert told == [("a", ("share",), ("2020Q1",), {"part": "value"})]


def test_what_was_replaced_after_the_as_of_date_is_not_told(found):
    later = REVISIONS + "a,2020Q2,share,value,1,2\n"
    told = found("", "revised", more="as_of: 2020-03-31\n", files={"revisions": later})
    assert [one[2] for one in told] == [("2020Q1",)]


def test_primary_indicators_come_first(found):
    table = PARTS + "a | rate | 2020Q1 | 41 | | | |\nb | share | 2020Q1 | 40 | 500 | 1000 | |"
    assert [one[1] for one in found(table) if one[3].get("value")] == [("share",), ("rate",)]


def test_a_dataset_without_a_panel_has_no_findings(project):
    assert consistency.findings(project.read(), project.load()) == ()


# ---- coverage ----


def test_only_what_a_units_kind_reports_is_due(found, project):
    found("b | share | 2020Q3 | 50 | | | |")
    evaluation = project.load()
    due = coverage.grid(panels.read(evaluation, every=True))
    assert set(due["unit"]) == {"a", "b"}
    assert due.groupby(due["unit"].astype(str))["observed"].agg(["size", "sum"]).to_numpy().tolist() == [[3, 1], [3, 1]]


def test_without_a_panel_nothing_is_due(project):
    assert coverage.grid(project.read()).empty


# ---- outliers ----

ABOUT = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent"})


def series(units=60, years=7, seed=0, trend=0.2):
    """Quarterly values with level, season, trend and noise."""
    random, n = np.random.default_rng(seed), 4 * years
    values = 60 + random.normal(0, 5, (units, 1)) + np.tile([0, 3, -2, 4], years) + trend * np.arange(n)
    names = [f"{2016 + k // 4}Q{k % 4 + 1}" for k in range(n)]
    index = [f"u{k:03}" for k in range(units)]
    return pd.DataFrame(values + random.normal(0, 1, (units, n)), index=index, columns=names).round(1)


def odd(wide, about=ABOUT, breaks=None, tests=None):
    none = pd.DataFrame(False, index=wide.index, columns=wide.columns)
    found = outliers.find(wide, about, none if breaks is None else breaks, tests or wide.shape[1])
    return {(one.unit, one.period): one for one in found}


def test_a_decimal_slip_is_found_with_what_was_to_be_expected():
    wide = series()
    true = wide.at["u007", "2018Q3"]
    wide.at["u007", "2018Q3"] = true / 10
    one = odd(wide)["u007", "2018Q3"]
    assert (one.value, one.expected) == (true / 10, pytest.approx(true, abs=4))


@pytest.mark.parametrize("period", ["2016Q1", "2022Q4"])
def test_a_slip_at_the_end_of_a_series_is_found_in_spite_of_a_trend(period):
    wide = series(trend=2.0)
    wide.at["u007", period] += 30
    assert ("u007", period) in odd(wide)


def test_season_trend_and_level_are_no_outliers():
    found = [len({unit for unit, _ in odd(series(seed=seed))}) / 60 for seed in range(20)]
    assert np.mean(found) <= outliers.RATE


def test_what_many_units_show_at_once_is_no_slip():
    wide = series()
    wide.loc[wide.index[:30], "2020Q1"] -= 25
    assert [one for one in odd(wide) if one[1] == "2020Q1"] == []


def test_values_beyond_a_break_of_definition_are_not_neighbours():
    wide = series()
    wide.loc["u007", "2022Q2":] += 40
    breaks = pd.DataFrame(False, index=wide.index, columns=wide.columns)
    breaks.loc["u007", "2022Q2"] = True
    assert "u007" not in {unit for unit, _ in odd(wide, breaks=breaks)}


def test_a_series_that_never_changes_and_one_too_short_have_no_outliers():
    wide = series()
    wide.loc["u001"] = 50.0
    wide.loc["u002", "2017Q4":] = np.nan
    wide.at["u002", "2016Q2"] = 900.0
    assert {unit for unit, _ in odd(wide)} & {"u001", "u002"} == set()
