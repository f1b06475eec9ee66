"""Counts of members become values of consortium and city; hospitals stay out of a primary-care share."""

import pandas as pd
import pytest

from evalkit.panel import observations as panels
from evalkit.panel import roll_up

INDICATORS = """
rate: {name: {en: Rate}, unit: percent, from_members: {numerator: visits, denominator: visits, kinds: [centre]}}
part: {name: {en: Part}, unit: share, from_members: {numerator: visits, denominator: visits, kinds: [centre]}}
sum: {name: {en: Sum}, unit: count, from_members: {numerator: visits}}
visits: {name: {en: Visits}, unit: count}
"""
UNITS = """
unit | kind       | parent | adoption
city | city       |        |
a    | consortium | city   | 2019Q1
b    | consortium | city   |
h    | hospital   |        |
c    | centre     |        |
d    | centre     |        |
e    | centre     |        |
"""
MEMBERS = """
unit | of | role   | from   | to
h    | a  | lead   |        |
c    | a  | member |        |
d    | b  | member |        | 2018Q2
d    | a  | member | 2018Q3 |
e    | b  | member |        |
"""
PANEL = """
unit | period | indicator | value | status    | released
h    | 2018Q1 | visits    | 60    | published | 2018-05-01
c    | 2018Q1 | visits    | 40    | reported  | 2018-06-01
d    | 2018Q1 | visits    | 20    | published |
e    | 2018Q1 | visits    | 30    | published |
h    | 2018Q3 | visits    | 60    | published |
c    | 2018Q3 | visits    | 40    | published |
d    | 2018Q3 | visits    | 20    | published |
e    | 2018Q3 | visits    | 30    | published |
"""


@pytest.fixture
def members(project):
    """Two consortia of a city; `d` moves from one to the other in the middle of 2018."""
    project.indicators(INDICATORS)
    project.table("units", UNITS)
    project.table("members", MEMBERS)
    project.table("panel", PANEL)
    return project


def of(panel, indicator="rate"):
    rows = panel.rows[panel.rows["indicator"] == indicator]
    return {(row.unit, row.period): row.value for row in rows.itertuples()}


def test_numerators_and_denominators_are_added_up_to_consortium_and_city(members):
    assert of(members.read()) == {
        ("a", "2018Q1"): 40.0,  # c of h + c
        ("b", "2018Q1"): 100.0,
        ("city", "2018Q1"): pytest.approx(60.0),  # 90 of 150
        ("a", "2018Q3"): 50.0,  # d has moved here: 60 of 120
        ("b", "2018Q3"): 100.0,
        ("city", "2018Q3"): pytest.approx(60.0),
    }


def test_the_row_holds_both_sums(members):
    rows = members.read().rows.set_index(["unit", "period", "indicator"])
    found = rows.loc[("a", "2018Q1", "rate")]
    assert (found["numerator"], found["denominator"]) == (40, 100)


def test_its_status_is_the_worst_of_the_inputs_and_its_release_the_latest(members):
    rows = members.read().rows.set_index(["unit", "period", "indicator"])
    assert rows.loc[("a", "2018Q1", "rate"), ["status", "released"]].tolist() == ["reported", "2018-06-01"]


def test_a_sum_of_published_counts_is_derived_from_them(members):
    rows = members.read().rows.set_index(["unit", "period", "indicator"])
    assert rows.at[("b", "2018Q1", "rate"), "status"] == "derived"


def test_one_simulated_count_makes_the_sum_simulated(members):
    members.table("panel", PANEL.replace("| 30    | published |", "| 30    | simulated |"))
    rows = members.read().rows.set_index(["unit", "period", "indicator"])
    assert rows.at[("city", "2018Q1", "rate"), "status"] == "simulated"
    assert rows.at[("a", "2018Q1", "rate"), "status"] == "reported"


@pytest.mark.parametrize(("indicator", "value"), [("part", 0.4), ("sum", 100)])
def test_shares_are_ratios_and_counts_are_sums(members, indicator, value):
    members.assessment(base=f"dataset: d\nregions: [a]\nindicators: {{primary: [{indicator}]}}\n")
    assert of(members.read(), indicator)[("a", "2018Q1")] == value


def test_a_period_in_which_a_member_did_not_report_has_no_value(members):
    members.table("panel", PANEL.replace("h    | 2018Q1 | visits    | 60    | published | 2018-05-01\n", ""))
    found = of(members.read())
    assert ("a", "2018Q1") not in found
    assert ("city", "2018Q1") not in found
    assert ("b", "2018Q1") in found


def test_a_count_needs_only_the_kinds_that_enter(members):
    members.indicators(INDICATORS.replace("{numerator: visits}", "{numerator: visits, kinds: [centre]}"))
    members.table("panel", PANEL.replace("h    | 2018Q1 | visits    | 60    | published | 2018-05-01\n", ""))
    members.assessment(base="dataset: d\nregions: [a]\nindicators: {primary: [sum]}\n")
    assert of(members.read(), "sum")[("a", "2018Q1")] == 40


def test_who_came_or_left_within_a_period_does_not_count_in_it(members):
    # d leaves b in the middle of 2018Q3 and comes to a on the next day: it is no whole-period member of either,
    # but of their city all the time.
    members.table("members", MEMBERS.replace("2018Q2", "2018-07").replace("2018Q3", "2018-08"))
    found = of(members.read())
    assert found[("a", "2018Q3")] == 40.0
    assert found[("b", "2018Q3")] == 100.0
    assert found[("city", "2018Q3")] == pytest.approx(60.0)


def test_an_institution_of_two_consortia_counts_once_in_the_city(members):
    members.table("members", MEMBERS + "e | a | member | |")
    found = of(members.read())
    assert found[("a", "2018Q1")] == pytest.approx(100 * 70 / 130)
    assert found[("city", "2018Q1")] == pytest.approx(60.0)


def test_a_value_of_the_panel_itself_stays(members):
    members.table("panel", PANEL + "a | 2018Q1 | rate | 77 | published |")
    found = of(members.read())
    assert found[("a", "2018Q1")] == 77
    assert found[("a", "2018Q3")] == 50.0


def test_an_indicator_keeps_to_its_frequency(members):
    members.table("panel", PANEL + "a | 2018 | rate | 77 | published |")
    assert of(members.read()) == {("a", "2018"): 77}


def test_what_was_not_released_by_the_as_of_date_is_not_added_up(members):
    members.assessment("as_of: 2018-05-31\n")
    assert ("a", "2018Q1") not in of(members.read())  # c's count came in June
    members.assessment("as_of: 2018-06-01\n")
    assert of(members.read())[("a", "2018Q1")] == 40.0


def test_a_membership_that_begins_after_the_as_of_date_changes_nothing(members):
    members.assessment("as_of: 2018-06-30\n")
    before = members.read().fingerprint
    members.table("members", MEMBERS + "e | a | member | 2018Q3 |")
    assert members.read().fingerprint == before
    members.table("members", MEMBERS.replace("e    | b", "e    | a"))
    assert members.read().fingerprint != before


def test_no_denominator_no_value(members):
    members.table("panel", "unit|period|indicator|value\nh|2018Q1|visits|0\nc|2018Q1|visits|0\ne|2018Q1|visits|1")
    assert ("a", "2018Q1") not in of(members.read())


def test_members_counts_are_read_though_the_assessment_does_not_name_them(members):
    assert set(members.read().rows["indicator"]) == {"rate", "visits"}


def test_a_panel_without_either_is_told(members):
    members.table("panel", "unit | period | indicator | value\nh | 2018Q1 | other | 1")
    members.indicators(INDICATORS + "other: {name: {en: O}, unit: count}\n")
    assert "has no row of the indicator `rate`" in members.mistakes()


def test_a_panel_without_members_is_as_it_was(members):
    rows = pd.DataFrame({"unit": ["a"], "period": ["2018Q1"], "indicator": ["rate"], "value": [1.0]})
    assert roll_up.add(rows, members.load(), ["rate"]) is rows


def test_an_unknown_count_is_an_error(members):
    members.indicators(INDICATORS.replace("{numerator: visits}", "{numerator: visist}"))
    told = members.mistakes()
    assert "params/indicators.yml, sum, from_members: the indicator `visist` is not in params/indicators.yml" in told
    assert 'Did you mean "visits"' in told


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ("unit: days, from_members: {numerator: visits}", "percent, share or count"),
        ("unit: percent, from_members: {numerator: visits}", "with unit percent, write `from_members` with a `denom"),
        ("unit: count, from_members: {numerator: visits, denominator: visits}", "without a `denominator`"),
    ],
)
def test_only_what_follows_from_counts_can_be_added_up(members, about, told):
    members.indicators(f"rate: {{name: {{en: Rate}}, {about}}}\nvisits: {{name: {{en: V}}, unit: count}}")
    assert told in members.mistakes()


def test_what_a_value_is_made_of_is_told_by_institution(members):
    evaluation = members.load("a")
    rule = evaluation.indicators["rate"].from_members
    found = roll_up.institutions(members.read("a").rows, evaluation, "a", rule, "2018Q1")
    assert found.set_index("member")["counted"].to_dict() == {"c": True, "h": False}
    assert found.set_index("member")["denominator"].to_dict() == {"c": 40, "h": 60}


def test_checks_of_the_data_see_values_and_not_what_they_are_made_of(members):
    panel = panels.read(members.load(), every=True)
    assert set(panel.rows["indicator"]) == {"rate", "part", "sum"}
    members.assessment(base="dataset: d\nregions: [a]\nindicators: {primary: [visits]}\n")
    assert "visits" in set(panels.read(members.load(), every=True).rows["indicator"])
