"""Small numbers are hidden at the boundary, wherever they stand, and cannot be computed from what stays."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.errors import InputError
from evalkit.panel import observations as panels
from evalkit.project import evaluation as projects

INDICATORS = """
cases: {name: {en: Cases}, unit: count}
beds: {name: {en: Beds}, unit: count}
share: {name: {en: Share}, unit: percent}
deaths: {name: {en: Deaths}, unit: per_100000}
stay: {name: {en: Stay}, unit: days}
visits: {name: {en: Visits}, unit: count}
rate: {name: {en: Rate}, unit: percent, from_members: {numerator: visits, denominator: visits, kinds: [centre]}}
primary: {name: {en: Primary}, unit: count, from_members: {numerator: visits, kinds: [centre]}}
"""
UNITS = """
unit | kind     | parent | adoption
a    | county   |        |
b    | county   |        |
city | city     |        |
"""
ASSESSMENT = "dataset: d\nregions: [a]\nindicators: {primary: [cases]}\n"
RULE = "disclosure: {threshold: 10, round_to: 1}\n"


@pytest.fixture
def hide(project):
    """The rows of a panel, by unit and indicator, as they may be shown."""

    def shown(
        table,
        rule=RULE,
        units=UNITS,
        members="",
        published="",
        every=True,
        indicators=INDICATORS,
        first="a | cases | 500 | |",
    ):
        project.indicators(indicators)
        project.assessment(rule, base=ASSESSMENT)
        project.table("units", units)
        head = "unit | indicator | value | numerator | denominator | period"
        lines = [f"{line} | 2020" for line in [first, *table.strip().splitlines()]]
        project.table("panel", "\n".join([head, *lines]))
        if members:
            project.table("members", members)
        if published:
            project.table("published", published)
        return panels.read(project.load(), every)

    return shown


def cells(panel):
    return {
        (row.unit, row.indicator): tuple(
            None if pd.isna(n) else float(n) for n in (row.value, row.numerator, row.denominator)
        )
        for row in panel.rows.itertuples()
    }


def hidden(panel):
    return {(row.unit, row.indicator) for row in panel.rows.itertuples() if row.note == "suppressed"}


SUM = "disclosure: {threshold: 10, sums: [{total: cases, parts: [men, women]}]}\n"
SEXES = INDICATORS + "men: {name: {en: Men}, unit: count}\nwomen: {name: {en: Women}, unit: count}\n"


@pytest.mark.parametrize(
    ("rule", "women", "gone"), [(RULE, 3, {"women"}), (SUM, 3, {"women", "men"}), (SUM, 0, set()), (SUM, 60, set())]
)
def test_a_declared_sum_gives_no_part_away(hide, rule, women, gone):
    table = f"b | cases | {6097 + women} | |\nb | men | 6097 | |\nb | women | {women} | |"
    assert hidden(hide(table, rule, indicators=SEXES)) == {("b", name) for name in gone}


def test_a_total_is_hidden_where_both_parts_are_small(hide):
    table = "b | cases | 9 | |\nb | men | 6 | |\nb | women | 3 | |"
    assert hidden(hide(table, SUM, indicators=SEXES)) == {("b", name) for name in ("cases", "men", "women")}


def test_declared_sums_and_sums_of_units_work_together(hide):
    units = "unit | parent | adoption\na | city | \nb | city | \ncity | | "
    rows = [("a", 300, 200, 100), ("b", 203, 200, 3), ("city", 503, 400, 103)]
    table = "\n".join(f"{u} | cases | {c} | |\n{u} | men | {m} | |\n{u} | women | {w} | |" for u, c, m, w in rows[1:])
    table += "\na | men | 200 | |\na | women | 100 | |"
    found = hidden(hide(table, SUM, units=units, indicators=SEXES, first="a | cases | 300 | |"))
    assert ("b", "women") in found
    assert found & {("b", "men"), ("b", "cases")}
    assert found & {("a", "women"), ("city", "women")}


@pytest.mark.parametrize(
    ("rate", "population", "shown"),
    [(42.86, 7000, False), (42.86, 70_000, True), (0, 7000, True), (128.57, 7000, False), (142.86, 7000, True)],
)
@pytest.mark.parametrize("published", [False, True])
def test_a_rate_without_counts_is_one_of_the_population(hide, rate, population, shown, published):
    units = f"unit | population | adoption\na | 50000 | \nb | {population} | "
    if published:
        head = "unit | period | indicator | value | source | phrase\n"
        panel = hide("", units=units, published=f"{head}b | 2019 | deaths | {rate} | s | p")
        assert (len(panel.published) == 1) == shown
    else:
        assert hidden(hide(f"b | deaths | {rate} | |", units=units)) == (set() if shown else {("b", "deaths")})


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("exempt: [casse]", "disclosure.exempt: 'casse' is not in params/indicators.yml"),
        ("sums: [{total: casse, parts: [cases, beds]}]", "disclosure.sums: 'casse' is not in params/indicators.yml"),
        ("sums: [{total: cases, parts: [beds, share]}]", "disclosure.sums: 'share' has the unit percent"),
        ("sums: [{total: cases, parts: [beds]}]", "should have at least 2 items"),
    ],
)
def test_a_rule_names_indicators_that_are_counts(hide, rule, told):
    with pytest.raises(InputError, match=re.escape(told)):
        hide("", f"disclosure: {{threshold: 10, {rule}}}\n")


@pytest.mark.parametrize(("value", "shown"), [(0, True), (1, False), (9, False), (10, True), (11, True)])
def test_a_count_is_hidden_from_1_to_below_the_threshold(hide, value, shown):
    panel = hide(f"b | cases | {value} | |")
    assert cells(panel)["b", "cases"][0] == (value if shown else None)
    assert hidden(panel) == (set() if shown else {("b", "cases")})


@pytest.mark.parametrize(
    ("numerator", "shown"), [(0, True), (1, False), (9, False), (10, True), (90, True), (91, False), (100, True)]
)
def test_a_share_is_hidden_where_few_are_in_it_or_few_are_not(hide, numerator, shown):
    found = cells(hide(f"b | share | {numerator} | {numerator} | 100"))["b", "share"]
    assert found == ((numerator, numerator, 100) if shown else (None, None, 100))


@pytest.mark.parametrize(("denominator", "shown"), [(9, False), (10, True)])
def test_a_figure_of_few_is_hidden_with_its_denominator(hide, denominator, shown):
    found = cells(hide(f"b | stay | 7.5 | | {denominator}\na | share | 100 | {denominator} | {denominator}"))
    assert found["b", "stay"] == ((7.5, None, denominator) if shown else (None, None, None))
    assert found["a", "share"] == ((100, denominator, denominator) if shown else (None, None, None))


def test_a_numerator_that_follows_from_value_and_denominator_is_as_telling_as_a_given_one(hide):
    found = cells(hide("a | share | 3.0 | | 100\nb | share | 97.0 | | 100\na | deaths | 30.0 | | 10000"))
    assert [found[one][0] for one in (("a", "share"), ("b", "share"), ("a", "deaths"))] == [None, None, None]
    assert cells(hide("a | share | 3.0 | 3 |"))["a", "share"] == (None, None, None)


def test_without_a_rule_everything_is_shown(hide):
    panel = hide("b | cases | 1 | |", rule="")
    assert hidden(panel) == set()
    assert panel.hidden.empty


def test_a_count_of_no_people_may_be_exempt(hide):
    table = "b | beds | 3 | |\nb | cases | 3 | |"
    assert hidden(hide(table, rule="disclosure: {threshold: 10, exempt: [beds]}\n")) == {("b", "cases")}


def test_an_exemption_of_an_unknown_indicator_is_told(hide):
    with pytest.raises(panels.InputError, match=r"disclosure\.exempt: 'bedz'.*\n.*Did you mean \"beds\""):
        hide("b | beds | 3 | |", rule="disclosure: {threshold: 10, exempt: [bedz]}\n")


@pytest.mark.parametrize("rule", ["threshold: 2", "threshold: 5, round_to: 6", "threshold: 5, round_to: 0"])
def test_a_rule_that_would_hide_nothing_or_tell_an_untruth_is_refused(hide, rule):
    with pytest.raises(panels.InputError, match="disclosure"):
        hide("b | cases | 3 | |", rule=f"disclosure: {{{rule}}}\n")


def test_counts_that_stay_are_rounded_and_shares_follow(hide):
    panel = hide("b | cases | 12 | |\nb | share | 38.46 | 25 | 65\na | share | 50 | 25 | 65", RULE.replace("1}", "5}"))
    assert cells(panel)["b", "cases"] == (10, None, None)
    assert cells(hide("b | cases | 13 | |", RULE.replace("1}", "5}")))["b", "cases"] == (15, None, None)
    assert cells(panel)["b", "share"] == (pytest.approx(100 * 25 / 65), 25, 65)
    assert cells(hide("b | share | 41.27 | 26 | 63", RULE.replace("1}", "10}")))["b", "share"] == (50, 30, 60)
    assert cells(panel)["a", "share"][0] == 50  # is not that of its counts, and no rounding may hide that


NESTED = (
    "unit | kind | parent\ncity | city |\na | county | city\nb | county | city\nc | county | city\nd | county | city"
)


def test_a_total_and_the_others_do_not_give_a_hidden_count_away(hide):
    panel = hide("b | cases | 4 | |\nc | cases | 60 | |\nd | cases | 30 | |\ncity | cases | 594 | |", units=NESTED)
    assert hidden(panel) == {("b", "cases"), ("d", "cases")}
    assert cells(panel)["city", "cases"][0] == 594


def test_without_a_total_nothing_more_is_hidden(hide):
    assert hidden(hide("b | cases | 4 | |\nc | cases | 60 | |", units=NESTED)) == {("b", "cases")}


def test_a_total_of_other_units_is_no_total(hide):
    assert hidden(hide("b | cases | 4 | |\ncity | cases | 9000 | |", units=NESTED)) == {("b", "cases")}


def test_two_hidden_counts_that_are_small_together_need_a_third(hide):
    table = "b | cases | 1 | |\nc | cases | 1 | |\nd | cases | 30 | |\ncity | cases | 532 | |"
    assert hidden(hide(table, units=NESTED)) == {("b", "cases"), ("c", "cases"), ("d", "cases")}
    table = "b | cases | 6 | |\nc | cases | 4 | |\nd | cases | 30 | |\ncity | cases | 540 | |"
    assert hidden(hide(table, units=NESTED)) == {("b", "cases"), ("c", "cases")}


def test_where_no_part_is_left_the_total_is_hidden(hide):
    units = "unit | kind | parent\ncity | city |\na | county |\nb | county | city\nc | county | city"
    panel = hide("b | cases | 6 | |\nc | cases | 3 | |\ncity | cases | 9 | |", units=units)
    assert hidden(panel) == {("b", "cases"), ("c", "cases"), ("city", "cases")}


CONSORTIUM = "unit | kind\na | consortium\nh | hospital\nc | centre\ne | centre\nb | county\ncity | city"
MEMBERS = "unit | of\nh | a\nc | a\ne | a"


def test_a_total_from_members_counts_does_not_give_one_away(hide):
    table = "h | visits | 6000 | |\nc | visits | 4 | |\ne | visits | 700 | |"
    panel = hide(table, units=CONSORTIUM, members=MEMBERS, every=False)
    assert hidden(panel) == set()  # the assessment has no share: nothing is read but its own indicator
    project_wide = hide(table, units=CONSORTIUM, members=MEMBERS)
    assert cells(project_wide)["a", "rate"] == (pytest.approx(100 * 704 / 6704), 704, 6704)
    assert ("a", "rate") not in hidden(project_wide)
    keys = {(row.unit, row.indicator) for row in project_wide.hidden.itertuples()}
    assert keys == {("c", "visits"), ("e", "visits")}


def test_the_same_count_under_another_name_does_not_give_it_away(hide):
    table = "a | rate | 96.0 | 96 | 100\na | primary | 96 | |\nb | primary | 50 | |"
    panel = hide(table, units=CONSORTIUM, members=MEMBERS)
    assert hidden(panel) == {("a", "rate"), ("a", "primary")}


def test_published_counts_follow_the_same_rule(hide):
    published = """
    unit | period | indicator | value | source | phrase
    a    | 2019   | cases     | 3     | press  | 3 cases
    a    | 2018   | cases     | 30    | press  | 30 cases
    b    | 2020   | cases     | 4     | press  | 4 cases
    """
    panel = hide("b | cases | 12 | |", published=published)
    assert panel.published["phrase"].tolist() == ["30 cases"]
    assert panel.hidden[["unit", "period", "published"]].values.tolist() == [["a", "2019", True], ["b", "2020", True]]


def test_a_published_total_does_not_give_a_count_of_the_panel_away(hide):
    published = "unit | period | indicator | value | source | phrase\ncity | 2020 | cases | 534 | press | total"
    table = "b | cases | 4 | |\nc | cases | 30 | |"
    assert hidden(hide(table, units=NESTED, published=published)) == {("b", "cases"), ("c", "cases")}


def test_the_previous_assessment_tells_nothing_that_this_one_hides(hide, project):
    hide("b | cases | 3 | |")
    project.write("params/assessments/before.yml", ASSESSMENT + "as_of: 2020-12-31\n")
    project.assessment(RULE + "as_of: 2021-12-31\nprevious: before\n", base=ASSESSMENT)
    assert hidden(panels.read(project.load().earlier)) == {("b", "cases")}
    assert hidden(panels.read(projects.load("before", project=project.root))) == set()


def test_the_hash_on_a_page_rests_on_what_is_shown(hide):
    prints = [hide(f"b | cases | {value} | |").fingerprint for value in (3, 7, 12)]
    assert prints[0] == prints[1] != prints[2]


# ---- nothing hidden can be computed ----

NAMES = ["m0", "m1", "m2", "m3", "m4"]
KINDS = {name: "centre" if k % 2 else "hospital" for k, name in enumerate(NAMES)}
TREE = {"x": ["m0", "m1"], "y": ["m2", "m3", "m4"], "top": ["x", "y"]}
INSIDE = TREE | {"top": NAMES}
COUNTS = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 200)), min_size=5, max_size=5)


def whole(cases, visits):
    """Every count of a city with two consortia, by unit and name."""
    found = {(name, "cases"): n for name, n in zip(NAMES, cases, strict=True)}
    found |= {(name, "visits"): n for name, n in zip(NAMES, visits, strict=True)}
    for total, parts in INSIDE.items():
        found[total, "cases"] = sum(found[part, "cases"] for part in parts)
        found[total, "primary"] = sum(found[part, "visits"] for part in parts if KINDS[part] == "centre")
        found[total, "all"] = sum(found[part, "visits"] for part in parts)
        found[total, "rest"] = found[total, "all"] - found[total, "primary"]
    return found


def equations():
    """What an outsider knows of how they add up, written down without the code under test."""
    for total, parts in INSIDE.items():
        yield [(total, "cases"), *((part, "cases") for part in parts)]
        yield [(total, "all"), *((part, "visits") for part in parts)]
        yield [(total, "primary"), *((part, "visits") for part in parts if KINDS[part] == "centre")]
        yield [(total, "all"), (total, "primary"), (total, "rest")]
    yield from ([("top", name), ("x", name), ("y", name)] for name in ("cases", "all", "primary"))


def computed(unknown):
    """Which hidden counts, alone or two or three together, the equations leave only one answer for."""
    matrix = np.zeros((0, len(unknown)))
    for total, *parts in equations():
        row = [(cell in parts) - float(cell == total) for cell in unknown]
        matrix = np.vstack([matrix, row])
    _, sizes, directions = np.linalg.svd(matrix)
    free = directions[(sizes > 1e-9).sum() :]  # how hidden counts can vary with every equation kept
    for size in (1, 2, 3):
        for group in itertools.combinations(range(len(unknown)), size):
            if np.abs(free[:, list(group)].sum(axis=1)).max(initial=0) < 1e-9:
                yield [unknown[k] for k in group]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=COUNTS, visits=COUNTS, threshold=st.integers(3, 11))
def test_no_hidden_count_follows_from_what_stays(project, cases, visits, threshold):
    truth, above = whole(cases, visits), {part: total for total, parts in TREE.items() for part in parts}
    project.indicators(INDICATORS)
    project.assessment(f"disclosure: {{threshold: {threshold}}}\n", base=ASSESSMENT.replace("[a]", "[x]"))
    units = [f"{unit} | {KINDS.get(unit, 'city')} | {above.get(unit, '')}" for unit in [*NAMES, *TREE]]
    project.table("units", "\n".join(["unit | kind | parent", *units]))
    rows = [f"{unit} | {name} | {n} | 2020" for (unit, name), n in truth.items() if name in ("cases", "visits")]
    project.table("panel", "\n".join(["unit | indicator | value | period", *rows]))
    panel = panels.read(project.load(), every=True)
    gone = {(row.unit, row.indicator) for row in panel.hidden.itertuples()}
    gone |= {(unit, part) for unit, name in gone if name == "rate" for part in ("numerator", "rest")}
    shown = cells(panel) | {(unit, "visits"): (n,) for (unit, name), n in truth.items() if name == "visits"}
    unknown = sorted(
        (unit, name)
        for unit, name in truth
        if (unit, {"all": "rate", "rest": "rate"}.get(name, name)) in gone
        and not (name == "all" and shown[unit, "rate"][2] is not None)
    )
    assert [cell for cell, n in truth.items() if 0 < n < threshold and cell not in unknown] == []
    told = [group for group in computed(unknown) if all(truth[cell] for cell in group)]
    assert [group for group in told if sum(truth[cell] for cell in group) < threshold] == []
