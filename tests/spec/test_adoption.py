"""When is a region treated, and which periods enter? Units in, the part of every period out."""

import pytest

QUARTERS = [f"{year}Q{quarter}" for year in (2017, 2018, 2019, 2020) for quarter in (1, 2, 3, 4)]


@pytest.fixture
def parts(project):
    """What becomes of every period, for an adoption: `pre`, `post`, or why it is left out."""

    def parted(adoption, periods=QUARTERS, more=""):
        project.table("units", f"unit | adoption\na | {adoption}\nb |\nc |")
        rows = [f"{unit}|{period}|rate|{i}" for unit in "abc" for i, period in enumerate(periods)]
        project.table("panel", "\n".join(["unit|period|indicator|value", *rows]))
        project.assessment(more)
        design = project.design()
        assert design.refused is None
        roles = {**dict.fromkeys(design.pre, "pre"), **dict.fromkeys(design.post, "post"), **design.left_out}
        return design.adoption, [roles.get(period, "-") for period in periods]

    return parted


def test_adoption_at_the_panels_own_frequency(parts):
    assert parts("2019Q1") == ("2019Q1", ["pre"] * 8 + ["post"] * 8)


@pytest.mark.parametrize("adoption", ["2019-02", "2019-03", "2019-02-14", "2019-01-02"])
def test_adoption_within_a_quarter_leaves_that_quarter_out_as_incomplete(parts, adoption):
    assert parts(adoption) == ("2019Q1", ["pre"] * 8 + ["incomplete"] + ["post"] * 7)


@pytest.mark.parametrize("adoption", ["2019-01", "2019-01-01"])
def test_adoption_on_the_first_day_makes_the_quarter_complete(parts, adoption):
    assert parts(adoption) == ("2019Q1", ["pre"] * 8 + ["post"] * 8)


def test_adoption_known_to_the_year_leaves_all_its_quarters_out(parts):
    assert parts("2019") == ("2019Q1", ["pre"] * 8 + ["incomplete"] * 4 + ["post"] * 4)


def test_adoption_in_a_month_of_an_annual_panel(parts):
    years = [str(year) for year in range(2015, 2024)]
    assert parts("2019-02", years) == ("2019", ["pre"] * 4 + ["incomplete"] + ["post"] * 4)
    assert parts("2019-01", years) == ("2019", ["pre"] * 4 + ["post"] * 5)
    assert parts("2019Q1", years) == ("2019", ["pre"] * 4 + ["post"] * 5)


def test_adoption_in_a_quarter_of_a_monthly_panel_leaves_its_months_out(parts):
    months = [f"2019-{month:02}" for month in range(1, 13)]
    assert parts("2019Q2", months) == ("2019-04", ["pre"] * 3 + ["incomplete"] * 3 + ["post"] * 6)


def test_transition_and_anticipation_are_left_out(parts):
    design = "design: {transition: 2, anticipation: 1}\n"
    expected = ["pre"] * 7 + ["anticipation"] + ["transition"] * 2 + ["post"] * 6
    assert parts("2019Q1", more=design) == ("2019Q1", expected)


def test_transition_counts_from_the_period_of_adoption_complete_or_not(parts):
    expected = ["pre"] * 8 + ["transition"] * 2 + ["post"] * 6
    assert parts("2019-02", more="design: {transition: 2}\n") == ("2019Q1", expected)


def test_baseline_and_post_periods_shorten_the_window(parts):
    design = "design: {baseline_periods: 4, post_periods: 5}\n"
    assert parts("2019Q1", more=design) == ("2019Q1", ["-"] * 4 + ["pre"] * 4 + ["post"] * 5 + ["-"] * 3)


def test_adoption_after_the_as_of_date_is_read_as_empty(project):
    project.table("units", "unit | adoption\na | 2020-07\nb |\nc |")
    rows = [f"{unit}|{period}|rate|{i}" for unit in "abc" for i, period in enumerate(QUARTERS)]
    project.table("panel", "\n".join(["unit|period|indicator|value", *rows]))
    project.assessment("as_of: 2020-06-30\n")
    assert str(project.design().refused) == "no_adoption: as_of=2020-06-30"
    project.assessment("as_of: 2020-09-30\n")
    assert project.design().refused.code == "too_few_post_periods"


def test_a_unit_that_adopts_after_the_as_of_date_may_be_compared(project):
    project.table("units", "unit | adoption\na | 2018Q1\nb | 2020-07\nc | 2020-06")
    rows = [f"{unit}|{period}|rate|{i}" for unit in "abc" for i, period in enumerate(QUARTERS)]
    project.table("panel", "\n".join(["unit|period|indicator|value", *rows]))
    project.assessment("as_of: 2020-06-30\n")
    design = project.design()
    assert design.pool == ["b"]
    assert str(design.excluded["c"]) == "treated_in_window: adoption=2020-06"
