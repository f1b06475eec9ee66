"""The values behind a table of goals are numbers, each with its unit and its period."""

import pytest

from evalkit.analysis.goals import attainment, observed
from evalkit.reporting.language import words
from evalkit.reporting.region.spreadsheet import goal_values

PUBLISHED = """
unit | period | indicator | value | source | phrase
a    | 2018   | rate      | 60    | p      | sixty
a    | 2020   | rate      | 64.5  | p      | sixty-four
"""


@pytest.fixture
def judged(project):
    """A target of region `a`, judged, with the figures of its indicator."""

    def found(target):
        project.table("published", PUBLISHED)
        project.region("a", f"region: a\ntargets: [{{indicator: rate, {target}, source: p, phrase: x}}]\n")
        words.use("en")
        evaluation, panel = project.load("a"), project.read("a")
        (one,) = attainment.judge(panel, evaluation)
        indicator = evaluation.indicators["rate"]
        return one, observed.figures(panel, evaluation, indicator, "a"), indicator

    return found


def told(data):
    return {one.heading: one.text if one.number is None else one.number for one in data}


@pytest.mark.parametrize(
    ("target", "bounds"),
    [
        ("operator: '>=', value: 65", {"Target from": 65, "Target to": ""}),
        ("operator: '<', value: 65", {"Target from": "", "Target to": 65}),
        ("operator: '=', value: 65", {"Target from": 65, "Target to": 65}),
        ("operator: range, value: [60, 65]", {"Target from": 60, "Target to": 65}),
        ("operator: increase", {}),
    ],
)
def test_a_target_in_numbers_has_a_lower_and_an_upper_bound(judged, target, bounds):
    one, _, indicator = judged(target)
    assert told(goal_values.bounds(one.target, indicator)) == bounds


def test_baseline_and_latest_figure_have_their_periods(judged):
    one, figures, indicator = judged("operator: '>=', value: 65, deadline: 2020")
    course = {"Baseline": 60, "Period of the baseline": "2018", "Latest": 64.5, "Period": "2020"}
    assert told(goal_values.course(one, figures, indicator)) == course
    assert told(goal_values.gap(one, figures, indicator)) == {"": -0.5}
