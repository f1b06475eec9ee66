import pytest

from evalkit.analysis import attainment

PUBLISHED = "unit | period | indicator | value | text | status | released | source | phrase\n"


@pytest.fixture
def judge(project):
    """One target, published figures and perhaps a panel in; the attainment out."""

    def judging(target, published="", panel="", more="", indicator="better: higher", adoption="2019Q1"):
        project.indicators(f"rate: {{name: {{en: Rate}}, unit: percent, {indicator}}}")
        project.table("units", f"unit | adoption\na | {adoption}\nb |")
        project.table("published", PUBLISHED + published)
        if panel:
            project.table("panel", "unit | period | indicator | value\n" + panel)
        project.assessment(more)
        project.region("a", f"region: a\ntargets:\n  - {{indicator: rate, {target}, source: plan, phrase: …}}\n")
        (found,) = attainment.judge(project.read(), project.load("a"))
        return found

    return judging


def figure(value, period="2022"):
    return f"a | {period} | rate | {value} | | | | press | …\n"


@pytest.mark.parametrize(
    ("target", "value", "goal", "gap"),
    [
        ("operator: '>=', value: 65", 65, "met", 0),
        ("operator: '>=', value: 65", 64.45, "not_met", -0.55),
        ("operator: '>', value: 65", 65, "not_met", 0),
        ("operator: '<=', value: 65", 65, "met", 0),
        ("operator: '<=', value: 65", 66, "not_met", 1),
        ("operator: '<', value: 65", 65, "not_met", 0),
        ("operator: '=', value: 65", 65, "met", 0),
        ("operator: '=', value: 65", 66, "not_met", 1),
        ("operator: '~', value: 100", 95, "met", -5),
        ("operator: '~', value: 100", 94.9, "not_met", -5.1),
        ("operator: range, value: [3, 5]", 4, "met", 0),
        ("operator: range, value: [3, 5]", 2, "not_met", -1),
        ("operator: range, value: [3, 5]", 7, "not_met", 2),
    ],
)
def test_a_numeric_target_against_a_figure(judge, target, value, goal, gap):
    found = judge(target, figure(value))
    assert found.goal == goal
    assert found.met is (goal == "met")
    assert found.gap == pytest.approx(gap)


@pytest.mark.parametrize(("value", "goal"), [(30, "met"), (31.5, "met"), (31.6, "not_met"), (20, "met")])
def test_about_is_looked_at_from_the_worse_side(judge, value, goal):
    assert judge("operator: '~', value: 30", figure(value), indicator="better: lower").goal == goal


@pytest.mark.parametrize(("near", "goal"), [("", "not_met"), (", near: 0.5", "not_met"), (", near: 0.6", "near")])
def test_near_only_where_the_indicator_allows_it(judge, near, goal):
    found = judge("operator: '>=', value: 65", figure(64.45), indicator=f"better: higher{near}")
    assert found.goal == goal
    assert found.met is False


@pytest.mark.parametrize(
    ("as_of", "value", "goal", "met"),
    [
        ("2022-12-31", 66, "met_early", True),
        ("2022-12-31", 64, "cannot_tell", None),
        ("2023-12-31", 66, "met", True),
        ("2023-12-31", 64, "not_met", False),
    ],
)
def test_before_its_deadline_a_target_can_be_met_but_not_missed(judge, as_of, value, goal, met):
    found = judge("operator: '>=', value: 65, deadline: 2023", figure(value), more=f"as_of: {as_of}\n")
    assert (found.goal, found.met) == (goal, met)


@pytest.mark.parametrize(
    ("operator", "now", "goal"),
    [
        ("increase", 11, "direction_met"),
        ("increase", 10, "direction_not_met"),
        ("decrease", 9, "direction_met"),
        ("no_increase", 10, "direction_met"),
        ("no_increase", 11, "direction_not_met"),
        ("no_decrease", 10, "direction_met"),
    ],
)
def test_a_direction_is_seen_against_the_year_before_adoption(judge, operator, now, goal):
    found = judge(f"operator: {operator}", figure(10, "2018") + figure(now, "2020"))
    assert (found.goal, found.baseline, found.gap) == (goal, 10, None)


def test_without_a_baseline_a_direction_is_unclear(judge):
    found = judge("operator: increase", figure(11, "2020"))
    assert (found.goal, found.met) == ("direction_unclear", None)


def test_the_baseline_is_the_last_year_of_one_source_and_frequency(judge):
    panel = "".join(f"a | 2018Q{q} | rate | {q}\n" for q in (1, 2, 3, 4)) + "a | 2017Q4 | rate | 99\n"
    found = judge("operator: increase", figure(50, "2017"), panel + "a | 2020Q1 | rate | 3")
    assert found.baseline == 2.5


def test_the_baseline_does_not_mix_years_with_quarters(judge):
    annual = figure(80, "2016") + figure(10, "2018Q3") + figure(20, "2018Q4")
    assert judge("operator: increase", annual + figure(3, "2020")).baseline == 15


@pytest.mark.parametrize(
    "target",
    [
        "operator: status, value: {en: grade 3A}",
        "operator: growth, value: 10",
        "operator: benchmark, value: {en: Yiwu}",
    ],
)
def test_what_a_number_cannot_decide_is_not_decided(judge, target):
    found = judge(target, figure(64))
    assert (found.goal, found.met, found.gap) == ("cannot_tell", None, None)


def test_without_a_figure_nothing_is_judged(judge):
    found = judge("operator: '>=', value: 65", "a | 2022 | rate | | record high | | | press | …")
    assert (found.goal, found.met, found.latest, found.gap) == ("not_measured", None, None, None)
    assert [estimate.term for estimate in found.estimates] == ["target"]


def test_the_published_figure_comes_first_and_the_panels_beside_it(judge):
    found = judge("operator: '>=', value: 65", figure(66), "a | 2022 | rate | 64")
    assert (found.method, found.latest.value, found.latest.source) == ("published", 66, "press")
    assert (found.also.method, found.also.value) == ("panel", 64)
    assert found.goal == "met"


def test_the_latest_figure_counts_wherever_it_stands(judge):
    found = judge("operator: '>=', value: 65", figure(66, "2021"), "a | 2022 | rate | 64")
    assert (found.method, found.latest.period, found.also) == ("panel", "2022", None)


def test_a_figure_after_the_as_of_date_is_not_known(judge):
    published = figure(60, "2020") + "a | 2021 | rate | 70 | | | 2022-02-01 | press | …"
    found = judge("operator: '>=', value: 65", published, more="as_of: 2021-12-31\n")
    assert (found.latest.period, found.goal) == ("2020", "not_met")


def test_the_status_of_the_figure_travels(judge):
    derived = "a | 2022 | rate | 66 | | derived | | press | …"
    assert judge("operator: '>=', value: 65", derived).data_status == "derived"
    assert judge("operator: '>=', value: 65", figure(66)).data_status == "published"


def test_rows_carry_the_period_of_the_value_and_the_deadline_of_the_target(judge):
    found = judge("operator: range, value: [3, 5], deadline: 2023", figure(7))
    rows = [(e.term, e.estimate, e.conf_low, e.conf_high, e.period) for e in found.estimates]
    assert rows == [("value", 7, None, None, "2022"), ("target", 3, 3, 5, "2023"), ("gap", 2, None, None, "2023")]


def test_what_was_not_met_comes_first(project):
    names = ("met", "open", "missed")
    project.indicators("\n".join(f"{name}: {{name: {{en: N}}, unit: percent}}" for name in ("rate", *names)))
    project.table("published", PUBLISHED + "a|2022|met|70||||p|…\na|2022|missed|60||||p|…")
    rows = [f"*|{name}|>=|65|plan|…" for name in names]
    project.table("targets", "\n".join(["unit|indicator|operator|value|source|phrase", *rows]))
    judged = attainment.judge(project.read(), project.load("a"))
    assert [one.indicator for one in judged] == ["missed", "met", "open"]
