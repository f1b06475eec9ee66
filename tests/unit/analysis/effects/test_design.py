import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.effects import design as designs

QUARTERS = [f"{year}Q{quarter}" for year in (2018, 2019, 2020) for quarter in (1, 2, 3, 4)]


@pytest.fixture
def fill(project):
    """Units as a text table, and values for all of them in every quarter of 2018-2020."""

    def filling(units, more="", values=None, **holes):
        project.table("units", units)
        names = [line.split("|")[0].strip() for line in units.strip().splitlines()[1:]]
        table = pd.DataFrame(np.arange(len(names) * 12.0).reshape(-1, 12) + 1, index=names, columns=QUARTERS)
        for unit, missing in holes.items():
            table.loc[unit, missing] = np.nan
        project.values(table if values is None else values)
        project.assessment(more)
        return project

    return filling


PLAIN = "unit | adoption\na | 2019Q3\nb |\nc |\nd |"


def test_the_region_stands_first_and_the_pool_below(fill):
    design = fill(PLAIN).design()
    assert list(design.outcome.index) == ["a", "b", "c", "d"]
    assert design.pool == ["b", "c", "d"]
    assert list(design.outcome.columns) == QUARTERS
    assert (design.pre, design.post) == (tuple(QUARTERS[:6]), tuple(QUARTERS[6:]))
    assert (design.adoption, design.refused) == ("2019Q3", None)


@pytest.mark.parametrize(
    ("units", "more", "why"),
    [
        ("unit|adoption\na|\nb|", "", "no_adoption: as_of="),
        ("unit|adoption\na|2018Q2\nb|", "", "too_few_pre_periods: have=1, need=2"),
        ("unit|adoption\na|2020Q2\nb|", "", "too_few_post_periods: have=3, need=4, adoption=2020Q2, last=2020Q4"),
        (
            "unit|adoption\na|2020Q1\nb|",
            "design: {mask: {covid: [2020Q1]}}\n",
            "too_few_post_periods: have=3, need=4, adoption=2020Q1, last=2020Q4",
        ),
    ],
)
def test_what_the_design_does_not_allow_is_refused_with_the_reason(fill, units, more, why):
    assert str(fill(units, more).design().refused) == why


def test_without_a_panel_everything_is_refused(project):
    assert str(project.design().refused) == "no_panel"


def test_a_region_without_values_is_refused(fill):
    assert str(fill(PLAIN, a=QUARTERS).design().refused) == "no_observations"


def test_two_pre_periods_are_enough(fill):
    assert fill("unit|adoption\na|2018Q3\nb|").design().refused is None


def test_a_refusal_becomes_a_withheld_result_with_its_terms(fill):
    design = fill("unit|adoption\na|2020Q2\nb|").design()
    withheld = design.withheld("did", "did_mean", design.refused, "att")
    assert (withheld.indicator, withheld.method, withheld.terms) == ("rate", "did_mean", ("att",))
    assert (withheld.n_pre, withheld.n_post) == (9, 3)


def test_every_unit_outside_the_pool_has_the_first_reason_that_applies(fill):
    units = """
unit  | adoption | parent | province
a     | 2019Q3   | city   | x
city  |          |        | x
ward  |          | a      | x
room  |          | ward   | x
early | 2018     |        | x
late  | 2020Q4   |        | x
after | 2021Q1   |        | x
far   |          |        | y
odd   |          |        | x
gap   |          |        | x
good  |          |        | x
"""
    more = "design: {comparison: {same: [province], exclude: {odd: merged in 2019}}}\n"
    design = fill(units, more, gap=QUARTERS[6:8]).design()
    assert design.pool == ["after", "good"]
    assert {unit: str(why) for unit, why in design.excluded.items()} == {
        "odd": "excluded_by_evaluator: why=merged in 2019",
        "city": "overlaps_region",
        "ward": "overlaps_region",
        "room": "overlaps_region",
        "early": "treated_in_window: adoption=2018",
        "late": "treated_in_window: adoption=2020Q4",
        "far": "differs: column=province",
        "gap": "too_many_missing: share=80%",
    }


def test_never_treated_leaves_out_who_adopts_later(fill):
    units = "unit | adoption\na | 2019Q3\nafter | 2021Q1\ngood |"
    design = fill(units, "design: {comparison: {eligible: never_treated}}\n").design()
    assert design.pool == ["good"]


def test_a_unit_that_adopts_between_the_last_value_and_the_as_of_date_is_left_out(fill):
    units = "unit | adoption\na | 2019Q3\nsoon | 2021Q1\ngood |"
    assert fill(units, "as_of: 2021-03-31\n").design().pool == ["good"]
    assert fill(units, "as_of: 2020-12-31\n").design().pool == ["good", "soon"]


def test_the_window_is_shortened_only_on_demand(fill):
    units = "unit | adoption\na | 2019Q3\nlate | 2020Q4\ngood |"
    assert fill(units).design().pool == ["good"]
    assert fill(units, "design: {post_periods: 5}\n").design().pool == ["good", "late"]


@pytest.mark.parametrize(("missing", "kept"), [(1, True), (2, False)])
def test_eighty_percent_of_the_pre_periods_must_be_observed(fill, missing, kept):
    # Five pre-periods: four of five are 80 %.
    design = fill("unit|adoption\na|2019Q2\nb|\nc|", b=QUARTERS[:missing]).design()
    assert ("b" in design.pool) is kept


def test_periods_that_the_region_does_not_observe_enter_neither_side(fill):
    design = fill(PLAIN, a=["2018Q2", "2020Q1"]).design()
    assert "2018Q2" not in design.pre
    assert "2020Q1" not in design.post
    assert "2018Q2" in design.outcome.columns


def test_masked_periods_stay_in_the_window_and_out_of_the_estimate(fill):
    design = fill(PLAIN, "design: {mask: {covid: [2020Q1, 2020Q2], flood: [2017Q1]}}\n").design()
    assert design.masked == {"2020Q1": "covid", "2020Q2": "covid"}
    assert design.post == ("2019Q3", "2019Q4", "2020Q3", "2020Q4")
    assert list(design.outcome.columns) == QUARTERS


def test_a_mask_at_the_end_of_the_data_stays_in_the_window(fill):
    design = fill("unit|adoption\na|2019Q1\nb|", "design: {mask: {covid: [2020Q3, 2020Q4]}}\n").design()
    assert design.post == tuple(QUARTERS[4:10])
    assert list(design.outcome.columns) == QUARTERS


@pytest.mark.parametrize(
    ("periods", "masked"),
    [
        ([f"2020-{month:02}" for month in range(1, 13)], ["2020-07", "2020-08", "2020-09"]),
        ([str(year) for year in range(2012, 2024)], ["2020"]),
    ],
)
def test_a_mask_hides_what_shares_a_day_with_it_at_any_frequency(fill, periods, masked):
    values = pd.DataFrame(np.arange(24.0).reshape(2, 12), index=["a", "b"], columns=periods)
    project = fill(f"unit|adoption\na|{periods[4]}\nb|", "design: {mask: {heat: [2020Q3]}}\n", values)
    assert list(project.design().masked) == masked


def test_counts_are_analysed_in_logs_and_a_zero_has_none(project, fill):
    project.indicators("rate: {name: {en: Visits}, unit: count}")
    design = fill(PLAIN).design()
    assert design.unit == "log"
    assert design.outcome.loc["a", "2018Q3"] == pytest.approx(np.log(3))
    values = pd.DataFrame([[0.0] + [1.0] * 11] * 3, index=["a", "b", "c"], columns=QUARTERS)
    assert "2018Q1" not in fill("unit|adoption\na|2019Q3\nb|\nc|", values=values).design().pre


def test_per_capita_divides_by_the_population(project, fill):
    project.indicators("rate: {name: {en: Visits}, unit: count, scale: per_capita}")
    units = "unit|adoption|population\na|2019Q3|10\nb||5\nc||"
    design = fill(units).design()
    assert design.outcome.loc["a", "2018Q2"] == 0.2
    assert design.pool == ["b"]
    assert design.excluded["c"].code == "too_many_missing"


BREAK = "rate: {{name: {{en: R}}, unit: percent, breaks: [{{from: {start}, where: {{province: x}}}}]}}"
PROVINCES = "unit|adoption|province\na|2019Q3|{own}\nb||x\nc||y"


@pytest.mark.parametrize(
    ("own", "start", "pool", "breaks"),
    [
        ("x", "2019Q1", ["b"], ("2019Q1",)),
        ("y", "2019Q1", ["c"], ()),
        ("x", "2018Q1", ["b", "c"], ()),  # from the first period on: nothing is crossed
        ("x", "2019-02", ["b"], ("2019Q1",)),
        ("x", "2021Q1", ["b", "c"], ()),
    ],
)
def test_no_estimate_crosses_a_break_that_is_not_shared(project, fill, own, start, pool, breaks):
    project.indicators(BREAK.format(start=start))
    design = fill(PROVINCES.format(own=own)).design()
    assert design.pool == pool
    assert design.own_breaks == breaks


def test_the_nearest_units_are_kept_and_the_others_named(fill):
    units = """
unit | adoption | population | area
a    | 2019Q3   | 100        | 5
b    |          | 300        | 5
c    |          | 110        | 5
d    |          | 95         | 5
e    |          |            | 5
"""
    more = "design: {comparison: {nearest: {n: 2, by: [population, area]}}}\n"
    design = fill(units, more).design()
    assert design.pool == ["c", "d"]
    assert {unit: str(why) for unit, why in design.excluded.items()} == {
        "b": "not_among_nearest: n=2",
        "e": "not_among_nearest: n=2",
    }


def test_a_unit_of_unknown_size_comes_last(fill):
    units = "unit|adoption|population|area\na|2019Q3|100|5\nb|||5\nc||900|90"
    design = fill(units, "design: {comparison: {nearest: {n: 1, by: [population, area]}}}\n").design()
    assert design.pool == ["c"]


def test_each_alternative_adoption_has_a_design_of_its_own(fill):
    units = "unit|adoption|adoption_alternatives\na|2019Q3|2019Q1; 2020Q4\nb||"
    design = fill(units).design()
    assert list(design.alternatives) == ["2019Q1", "2020Q4"]
    assert design.alternatives["2019Q1"].pre == tuple(QUARTERS[:4])
    assert design.alternatives["2020Q4"].refused.code == "too_few_post_periods"


def test_data_status_is_that_of_region_and_pool_within_the_window(project, fill):
    fill(PLAIN, "design: {comparison: {exclude: {d: merged}}}\n")
    lines = (project.root / "data/d/panel.csv").read_text().splitlines()
    marked = [line + "published" if not line.startswith("d,") else line + "simulated" for line in lines[1:]]
    project.write("data/d/panel.csv", "\n".join([lines[0], *marked]))
    assert project.design().data_status == "published"
    project.assessment()
    assert project.design().data_status == "mixed"


def test_regrouping_gives_a_new_design_and_leaves_the_old_one(make_values, design_of):
    design = design_of(make_values())
    other = designs.regrouped(design, design.pre[:3], design.pre[3:])
    assert (len(other.pre), len(other.post)) == (3, 9)
    assert (len(design.pre), len(design.post)) == (12, 8)
    assert other.outcome is design.outcome


def test_units_that_share_an_institution_at_any_time_are_not_compared(fill):
    units = "unit | adoption | kind\na | 2019Q3 | unit\nb | | unit\nc | | unit\nd | | unit\nx | | house\ny | | house"
    project = fill(units, x=QUARTERS, y=QUARTERS)
    project.table("members", "unit | of | from | to\nx | a | |\nx | b | 2018Q2 | 2018Q3\ny | c | |\ny | d | |")
    design = project.design()
    assert design.pool == ["c", "d"]
    assert {unit: str(why) for unit, why in design.excluded.items()} == {
        "b": "overlaps_region",
        "x": "overlaps_region",
        "y": "no_observations",
    }


def test_an_institution_shared_after_the_as_of_date_excludes_nobody(fill):
    project = fill("unit | adoption\na | 2018Q3\nb |\nx |", "as_of: 2019-12-31\n", x=QUARTERS)
    project.table("members", "unit | of | from\nx | a |\nx | b | 2020Q1")
    assert project.design().pool == ["b"]


def test_institutions_whose_counts_are_added_up_are_no_comparison_units(project):
    rule = "from_members: {numerator: visits, denominator: visits, kinds: [centre]}"
    project.indicators(f"rate: {{name: {{en: R}}, unit: percent, {rule}}}\nvisits: {{name: {{en: V}}, unit: count}}")
    members = [(f"{of}-{kind}", of, kind) for of in "abc" for kind in ("hospital", "centre")]
    houses = "".join(f"{name} | | {kind}\n" for name, _, kind in members)
    project.table("units", "unit | adoption | kind\na | 2019Q3 | unit\nb | | unit\nc | | unit\n" + houses)
    project.table("members", "unit | of\n" + "".join(f"{name} | {of}\n" for name, of, _ in members))
    names = [name for name, _, _ in members]
    visits = pd.DataFrame(np.arange(72.0).reshape(6, 12) + 10, index=names, columns=QUARTERS)
    project.values(visits, indicator="visits")
    design = project.design()
    assert (design.refused, design.pool) == (None, ["b", "c"])
    assert design.outcome.at["a", "2018Q1"] == pytest.approx(100 * 22 / 32)
    assert {design.excluded[name].code for name in names} == {"overlaps_region", "no_observations"}
