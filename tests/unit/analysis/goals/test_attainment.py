"""Whether targets were met: by kind of target, before and after the deadline, and what may not be said."""

import pytest

from evalkit.analysis.goals import attainment
from evalkit.analysis.results import rows

PUBLISHED = "unit | period | indicator | value | text | status | released | source | phrase\n"
CELLS = "indicator: rate, source: plan, phrase: …"


@pytest.fixture
def judge(project):
    """One target, published figures and perhaps a panel in; the attainment out."""

    def judging(target, published="", panel="", more="", indicator="better: higher", adoption="2019Q1", region=""):
        project.indicators(f"rate: {{name: {{en: Rate}}, unit: percent, {indicator}}}")
        project.table("units", f"unit | adoption\na | {adoption}\nb |")
        project.table("published", PUBLISHED + published)
        if panel:
            project.table("panel", "unit | period | indicator | value\n" + panel)
        project.assessment(more)
        project.region("a", f"region: a\ntargets:\n  - {{{CELLS}, {target}}}\n{region}")
        (found,) = attainment.judge(project.read(), project.load("a"))
        return found

    return judging


def figure(value, period="2022", unit="a"):
    return f"{unit} | {period} | rate | {value} | | | | press | …\n"


def wording(text, period="2022"):
    return f"a | {period} | rate | | {text} | | | press | …\n"


def yearly(*values, start=2018, unit="a"):
    return "".join(figure(value, start + i, unit) for i, value in enumerate(values))


def codes(found):
    return [one.code for one in found.reasons]


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
    ("as_of", "value", "period", "goal", "met"),
    [
        ("2022-12-31", 66, 2022, "met_early", True),
        ("2022-12-31", 64, 2022, "cannot_tell", None),
        ("2023-12-31", 66, 2023, "met", True),
        ("2023-12-31", 64, 2023, "not_met", False),
        ("2023-06-30", 66, 2023, "met_early", True),
    ],
)
def test_before_its_deadline_a_target_can_be_met_but_not_missed(judge, as_of, value, period, goal, met):
    published = figure(value, "2023Q1" if as_of == "2023-06-30" else period)
    found = judge("operator: '>=', value: 65, deadline: 2023", published, more=f"as_of: {as_of}\n")
    assert (found.goal, found.met) == (goal, met)


@pytest.mark.parametrize("value", [64, 66])
def test_after_the_deadline_a_figure_from_before_its_year_says_nothing(judge, value):
    found = judge("operator: '>=', value: 65, deadline: 2022-06", figure(value, 2021), more="as_of: 2022-12-31\n")
    assert (found.goal, found.met, found.gap) == ("cannot_tell", None, value - 65)
    assert [(one.code, dict(one.facts)) for one in found.reasons] == [
        ("figure_too_old", {"period": "2021", "year": "2022"})
    ]


@pytest.mark.parametrize("period", ["2022Q1", "2022", "2023"])
def test_any_figure_of_the_deadlines_year_or_later_will_do(judge, period):
    found = judge("operator: '>=', value: 65, deadline: 2022-06", figure(66, period), more="as_of: 2023-12-31\n")
    assert found.goal == "met"


def test_without_an_as_of_date_time_stands_where_the_data_end(judge):
    published = figure(64, 2020) + figure(1, 2022, "b")
    assert judge("operator: '>=', value: 65, deadline: 2023", published).goal == "cannot_tell"
    assert codes(judge("operator: '>=', value: 65, deadline: 2021", published)) == ["figure_too_old"]


@pytest.mark.parametrize(
    ("values", "goal", "reached"),
    [((60, 61.5, 63), "on_track", "2022"), ((60, 60.5, 61), "behind", "2028"), ((62, 61, 60), "behind", None)],
)
def test_on_the_way_the_line_of_the_figures_decides(judge, values, goal, reached):
    found = judge("operator: '>=', value: 65, deadline: 2022", yearly(*values), more="as_of: 2020-12-31\n")
    assert (found.goal, found.met, found.trajectory.reached) == (goal, None, reached)
    assert (found.trajectory.expected >= 65) == (goal == "on_track")


def test_two_figures_make_no_line(judge):
    found = judge("operator: '>=', value: 65, deadline: 2022", yearly(60, 62), more="as_of: 2019-12-31\n")
    assert (found.goal, found.trajectory) == ("cannot_tell", None)
    assert [str(one) for one in found.reasons] == ["too_few_figures: have=2, need=3"]


def test_the_line_begins_with_the_last_year_before_adoption_and_leaves_masked_periods_out(judge):
    mask = "as_of: 2021-12-31\ndesign: {mask: {covid: [2020]}}\n"
    published = yearly(0, 99, 60, 61, 10, 62, start=2016)
    found = judge("operator: '>=', value: 65, deadline: 2024", published, more=mask)
    line = found.trajectory
    assert (line.first, line.last, line.n) == ("2018", "2021", 3)
    assert 0 < line.pace < 1


def test_the_line_does_not_cross_a_change_of_definition(judge):
    about = "better: higher, breaks: [{from: 2020, note: new}]"
    target, when = "operator: '>=', value: 65, deadline: 2025", "as_of: 2022-12-31\n"
    found = judge(target, yearly(30, 31, 60, 61, 62), more=when, indicator=about)
    assert (found.trajectory.first, found.baseline) == ("2020", None)
    assert codes(found) == ["definition_changed"]


def test_the_panel_gives_the_line_where_the_source_of_the_latest_figure_has_too_few(judge):
    panel = "".join(f"a | {2018 + i // 4}Q{i % 4 + 1} | rate | {60 + i / 4}\n" for i in range(12))
    found = judge("operator: '>=', value: 65, deadline: 2023", figure(62, 2020), panel, more="as_of: 2020-12-31\n")
    assert (found.latest.method, found.trajectory.last, found.goal) == ("published", "2020Q4", "on_track")


def test_a_target_met_ahead_of_time_still_shows_where_the_figures_are_heading(judge):
    found = judge("operator: '>=', value: 65, deadline: 2022", yearly(70, 68, 66), more="as_of: 2020-12-31\n")
    assert (found.goal, found.trajectory.needed) == ("met_early", None)
    assert found.trajectory.expected == pytest.approx(62)


def test_an_exact_value_may_be_passed_on_the_way_but_a_range_may_not(judge):
    when = "as_of: 2020-12-31\n"
    assert judge("operator: '=', value: 65, deadline: 2022", yearly(60, 62, 64), more=when).goal == "on_track"
    assert judge("operator: range, value: [65, 66], deadline: 2022", yearly(60, 62, 64), more=when).goal == "behind"


@pytest.mark.parametrize(
    ("operator", "wanted", "goal"),
    [
        ("<~", 40, "not_met"),
        (">~", 40, "met"),
        ("~", 40, "cannot_tell"),
        ("<~", 39, "cannot_tell"),
        ("~", 45, "not_met"),
    ],
)
def test_a_rough_figure_decides_only_what_it_can(judge, project, operator, wanted, goal):
    judge(f"operator: '>=', value: {wanted}", figure(40))
    project.table("published", f"unit|period|indicator|value|operator|source|phrase\na|2022|rate|40|{operator}|press|…")
    (found,) = attainment.judge(project.read(), project.load("a"))
    assert found.goal == goal
    assert codes(found) == (["figure_too_rough"] if goal == "cannot_tell" else [])


@pytest.mark.parametrize(("value", "goal", "gap"), [(1, "met", -2), (3, "met", 0), (4, "not_met", 1)])
def test_a_rank_is_met_at_that_rank_or_better(judge, value, goal, gap):
    found = judge("operator: rank, value: 3", figure(value))
    assert (found.goal, found.gap) == (goal, gap)


def test_a_rank_is_not_drawn_on(judge):
    found = judge("operator: rank, value: 1, deadline: 2023", yearly(9, 6, 3), more="as_of: 2020-12-31\n")
    assert (found.goal, codes(found)) == ("cannot_tell", ["not_drawn_on"])


UP, DOWN, FLAT, NOISE = (10, 11, 12, 13, 14), (14, 13, 12, 11, 10), (10, 10, 10, 10, 10), (10, 14, 9, 13, 10)


@pytest.mark.parametrize(
    ("operator", "values", "goal"),
    [
        ("increase", UP, "direction_met"),
        ("increase", DOWN, "direction_not_met"),
        ("increase", NOISE, "direction_unclear"),
        ("increase", FLAT, "direction_unclear"),
        ("decrease", DOWN, "direction_met"),
        ("decrease", UP, "direction_not_met"),
        ("no_increase", DOWN, "direction_met"),
        ("no_increase", FLAT, "direction_met"),
        ("no_increase", UP, "direction_not_met"),
        ("no_increase", NOISE, "direction_unclear"),
        ("no_decrease", FLAT, "direction_met"),
        ("no_decrease", DOWN, "direction_not_met"),
    ],
)
def test_a_direction_is_read_from_the_interval_of_the_trend(judge, operator, values, goal):
    found = judge(f"operator: {operator}", yearly(*values))
    assert (found.goal, found.gap) == (goal, None)
    assert found.met is {"direction_met": True, "direction_not_met": False}.get(goal)
    assert found.change == values[-1] - values[0]


def test_two_figures_show_a_change_but_no_direction(judge):
    found = judge("operator: increase", figure(10, "2018") + figure(11, "2020"))
    assert (found.goal, found.met, found.baseline, found.change, found.trajectory) == (
        *("direction_unclear", None),
        *(10, 1, None),
    )
    assert codes(found) == ["too_few_figures", "two_figures"]


def test_without_a_figure_to_start_from_a_direction_is_unclear(judge):
    found = judge("operator: increase", figure(11, "2020"))
    assert (found.goal, found.met, found.change, codes(found)) == ("direction_unclear", None, None, ["no_baseline"])


def test_a_change_is_counted_from_the_same_season(judge):
    panel = "".join(f"a | {2018 + i // 4}Q{i % 4 + 1} | rate | {(5, 0, 0, 9)[i % 4] + i // 4}\n" for i in range(9))
    found = judge("operator: increase", panel=panel)
    assert (found.latest.period, found.start.period, found.change) == ("2020Q1", "2018Q1", 2)


def test_the_baseline_is_the_last_year_of_one_source_and_frequency(judge):
    panel = "".join(f"a | 2018Q{q} | rate | {q}\n" for q in (1, 2, 3, 4)) + "a | 2017Q4 | rate | 99\n"
    found = judge("operator: increase", figure(50, "2017"), panel + "a | 2020Q1 | rate | 3")
    assert found.baseline == 2.5


def test_the_baseline_is_one_that_the_latest_figure_can_be_compared_with(judge):
    mixed = figure(80, "2016") + figure(10, "2018Q3") + figure(20, "2018Q4")
    assert judge("operator: increase", mixed + figure(3, "2020")).baseline == 80
    assert judge("operator: increase", mixed + figure(3, "2020Q1")).baseline == 15


GRADES = "grades: [二甲, 三乙, 三甲]"


@pytest.mark.parametrize(
    ("said", "as_of", "goal"),
    [
        ("三乙", "2022-12-31", "met"),
        (" 三 乙", "2022-12-31", "met"),
        ("三甲", "2022-12-31", "met"),
        ("二甲", "2022-12-31", "not_met"),
        ("二甲", "2021-12-31", "cannot_tell"),
        ("三甲", "2021-12-31", "met_early"),
        ("未通过三乙评审", "2022-12-31", "cannot_tell"),
    ],
)
def test_a_grade_is_met_by_the_word_or_a_higher_grade(judge, said, as_of, goal):
    published, target = wording(said, as_of[:4]), "operator: status, value: {zh: 三乙, en: 3B}, deadline: 2022"
    found = judge(target, published, more=f"as_of: {as_of}\n", indicator=GRADES)
    assert (found.goal, found.gap, found.latest.text) == (goal, None, said.strip())
    why = {"2021-12-31": ["not_drawn_on"], "2022-12-31": ["no_matching_word"]}[as_of]
    assert codes(found) == (why if goal == "cannot_tell" else [])


@pytest.mark.parametrize(("said", "goal"), [("title won", "met"), ("Title  won", "met"), ("applied", "cannot_tell")])
def test_a_status_without_grades_is_met_by_its_word_only(judge, said, goal):
    assert judge("operator: status, value: {en: title won}", wording(said)).goal == goal


@pytest.mark.parametrize(
    ("before", "now", "goal"),
    [
        ("三乙", "三乙", "direction_met"),
        ("三乙", "三甲", "direction_met"),
        ("三乙", "二甲", "direction_not_met"),
        ("三乙", "待评", "cannot_tell"),
    ],
)
def test_a_grade_that_may_not_fall_is_held_against_the_one_before(judge, before, now, goal):
    found = judge("operator: no_decrease", wording(before, "2018") + wording(now), indicator=GRADES)
    assert found.goal == goal


def test_one_grade_alone_has_no_direction(judge):
    found = judge("operator: no_decrease", wording("三乙"), indicator=GRADES)
    assert (found.goal, codes(found)) == ("direction_unclear", ["no_baseline"])


@pytest.mark.parametrize(
    ("better", "own", "goal", "gap"),
    [("higher", 64, "not_met", -2), ("higher", 66, "met", 0), ("lower", 64, "met", -2), ("lower", 67, "not_met", 1)],
)
def test_a_benchmark_is_another_units_figure_of_the_same_period(judge, better, own, goal, gap):
    published = figure(own) + figure(66, unit="b") + figure(90, 2021, "b")
    target = "operator: benchmark, value: {en: level of b}, relative_to: b, deadline: 2022"
    found = judge(target, published, indicator=f"better: {better}")
    assert (found.goal, found.gap, found.benchmark.value, found.benchmark.period) == (goal, gap, 66, "2022")
    assert [(row.term, row.estimate) for row in found.estimates] == [("value", own), ("target", 66), ("gap", gap)]


def test_on_the_way_to_a_benchmark_the_difference_is_drawn_on(judge):
    published = yearly(60, 61, 62) + yearly(64, 64, 64, unit="b")
    target = "operator: benchmark, value: {en: level of b}, relative_to: b, deadline: 2023"
    found = judge(target, published, more="as_of: 2020-12-31\n")
    assert (found.goal, found.trajectory.expected) == ("on_track", pytest.approx(1))


@pytest.mark.parametrize(
    ("relative", "other", "better", "why"),
    [
        ("", 66, "higher", "no_benchmark_named"),
        (", relative_to: b", None, "higher", "no_benchmark_figure"),
        (", relative_to: b", 66, "none", "no_direction_given"),
    ],
)
def test_without_its_figure_a_benchmark_decides_nothing(judge, relative, other, better, why):
    published = figure(64) + (figure(other, unit="b") if other else figure(66, 2020, "b"))
    target = f"operator: benchmark, value: {{en: level of b}}{relative}"
    found = judge(target, published, indicator=f"better: {better}")
    assert (found.goal, found.gap, codes(found)) == ("cannot_tell", None, [why])


@pytest.mark.parametrize(
    ("growth", "now", "rate", "goal"),
    [("relative", 121, 10, "met"), ("relative", 120, 9.5445, "not_met"), ("points", 121, 10.5, "met")],
)
def test_a_growth_per_year_counts_from_the_figure_before_adoption(judge, growth, now, rate, goal):
    published = figure(50, "2016") + figure(100, "2018") + figure(now, "2020")
    found = judge(f"operator: growth, value: 10, growth: {growth}", published)
    assert (found.goal, found.start.period) == (goal, "2018")
    assert found.growth == pytest.approx(rate, abs=1e-4)
    assert found.gap == pytest.approx(rate - 10, abs=1e-4)


def test_where_no_adoption_is_known_a_growth_counts_from_the_earliest_figure(judge):
    found = judge("operator: growth, value: 10", figure(100, "2018") + figure(121, "2020"), adoption="")
    assert (found.start.period, found.goal) == ("2018", "met")


def test_a_growth_where_lower_is_better_may_not_be_exceeded(judge):
    published = figure(100, "2018") + figure(105, "2019")
    assert judge("operator: growth, value: 10", published, indicator="better: lower").goal == "met"
    assert judge("operator: growth, value: 4", published, indicator="better: lower").goal == "not_met"


@pytest.mark.parametrize(("values", "goal"), [((100, 112, 124), "on_track"), ((100, 111, 122), "behind")])
def test_before_its_deadline_a_growth_is_held_against_the_level_it_leads_to(judge, values, goal):
    found = judge("operator: growth, value: 10, deadline: 2021", yearly(*values), more="as_of: 2020-12-31\n")
    assert found.goal == goal
    assert (found.trajectory.expected >= 100 * 1.1**3) == (goal == "on_track")


@pytest.mark.parametrize(
    ("published", "why"),
    [(figure(5, "2020"), "no_baseline"), (figure(0, "2018") + figure(5, "2020"), "growth_from_zero")],
)
def test_without_a_baseline_or_from_zero_a_growth_cannot_be_told(judge, published, why):
    found = judge("operator: growth, value: 10", published)
    assert (found.goal, found.growth, codes(found)) == ("cannot_tell", None, [why])


def test_from_zero_a_growth_in_points_can_be_told(judge):
    found = judge("operator: growth, value: 2, growth: points", figure(0, "2018") + figure(5, "2020"))
    assert (found.goal, found.growth) == ("met", 2.5)


PLATFORM = "platforms:\n  - {name: {en: Portal}, source: plan, phrase: …, indicators: [rate]%s}\n"


def test_a_figure_from_before_the_platform_is_no_baseline(judge):
    published = figure(100, "2018") + figure(121, "2020")
    found = judge("operator: growth, value: 10", published, region=PLATFORM % ", starts: 2019-06")
    assert (found.goal, found.baseline, codes(found)) == ("cannot_tell", None, ["no_baseline", "not_measured_before"])


@pytest.mark.parametrize("published", ["", yearly(10, 11, 12)])
def test_a_platform_whose_start_is_not_stated_is_told(judge, published):
    found = judge("operator: increase", published, region=PLATFORM % "")
    assert codes(found) == ["platform_start_unknown"]
    assert found.goal == ("direction_met" if published else "not_measured")


def test_every_reading_is_judged_and_the_chosen_one_counts(judge):
    readings = "alternatives: [{growth: points}, {deadline: 2021}, {operator: '>=', value: 130}]"
    published = figure(100, "2018") + figure(121, "2020")
    found = judge(f"operator: growth, value: 10.2, {readings}", published, more="as_of: 2021-12-31\n")
    assert found.goal == "not_met"
    assert [one.goal for one in found.readings] == ["met", "cannot_tell", "not_met"]
    assert [one.target.growth for one in found.readings] == ["points", "relative", "relative"]
    assert [row.estimate for row in found.estimates][:2] == [121, 10.2]


def test_without_a_figure_nothing_is_judged(judge):
    found = judge("operator: '>=', value: 65", "a | 2022 | rate | | record high | | | press | …")
    assert (found.goal, found.met, found.latest, found.gap) == ("not_measured", None, None, None)
    assert [estimate.term for estimate in found.estimates] == ["target"]
    assert codes(found) == ["only_words"]


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


def test_horizons_of_one_indicator_stand_together_the_nearest_first(project):
    project.indicators("\n".join(f"{name}: {{name: {{en: N}}, unit: percent}}" for name in ("rate", "other")))
    project.table("published", PUBLISHED + "a|2022|rate|60||||p|…\na|2022|other|10||||p|…")
    rows = ["rate|>=|70|2030", "other|>=|20|2022", "rate|>=|55|2022"]
    listed = "\n".join(f"*|{row}|plan|…" for row in rows)
    project.table("targets", f"unit|indicator|operator|value|deadline|source|phrase\n{listed}")
    judged = attainment.judge(project.read(), project.load("a"))
    assert [(one.indicator, one.target.deadline, one.goal) for one in judged] == [
        ("other", "2022", "not_met"),
        ("rate", "2022", "met"),
        ("rate", "2030", "cannot_tell"),
    ]


def test_rows_of_several_targets_have_a_key_each(project):
    project.table("published", PUBLISHED + figure(60))
    listed = "\n".join(f"*|rate|>=|{value}|{year}|plan|…" for value, year in [(55, 2022), (58, 2022), (70, 2030)])
    project.table("targets", f"unit|indicator|operator|value|deadline|source|phrase\n{listed}")
    table = rows("x", "a", attainment.judge(project.read(), project.load("a")))
    key = ["region", "indicator", "analysis", "method", "term", "inference", "period"]
    assert not table.duplicated(key).any()
    assert list(zip(table["term"], table["period"], table["estimate"], strict=True)) == [
        *(("gap", "2022", 5.0), ("gap", "2030", -10.0), ("gap:2", "2022", 2.0)),
        *(("target", "2022", 55.0), ("target", "2030", 70.0), ("target:2", "2022", 58.0), ("value", "2022", 60.0)),
    ]


def test_a_guard_is_judged_like_a_direction_and_leaves_no_rows(project):
    project.table("published", PUBLISHED + yearly(10, 11, 12, 13))
    guard = "plan:\n  guards:\n    - {indicator: rate, operator: no_increase, source: plan, phrase: 不增加}\n"
    project.region("a", "region: a\n" + guard)
    (found,) = attainment.guards(project.read(), project.load("a"))
    assert (found.goal, found.target.phrase, found.estimates) == ("direction_not_met", "不增加", ())
    assert attainment.judge(project.read(), project.load("a")) == ()


def test_a_reference_is_shown_with_its_difference_and_not_judged(project):
    project.table("published", PUBLISHED + figure(64.45, 2020))
    given = "{name: {en: pilot target}, indicator: rate, operator: '>=', value: 65, source: s, phrase: …}"
    project.region("a", f"region: a\nreferences:\n  - {given}\n")
    (found,) = attainment.references(project.read(), project.load("a"))
    assert (found.latest.value, found.difference) == (64.45, pytest.approx(-0.55))
    assert not hasattr(found, "goal")


def test_a_reference_without_a_figure_has_no_difference(project):
    given = "{name: {en: pilot target}, indicator: rate, operator: '>=', value: 65, source: s, phrase: …}"
    project.region("a", f"region: a\nreferences:\n  - {given}\n")
    (found,) = attainment.references(project.read(), project.load("a"))
    assert (found.latest, found.difference) == (None, None)
