"""Chains of counts: one period for all steps, rates between them, and where a count is missing."""

import pytest

from evalkit.analysis.goals import cascades

INDICATORS = "".join(
    f"{name}: {{name: {{en: {name}}}, unit: count}}\n" for name in ("rate", "listed", "seen", "tested")
)
REGION = """
region: a
cascades:
  - {id: s, name: {en: Screening}, steps: [listed, seen, tested], source: press, phrase: …}
"""
HEAD = "unit | period | indicator | value | source | phrase\n"


@pytest.fixture
def flow_of(project):
    def make(*rows: str, more: str = ""):
        project.indicators(INDICATORS)
        project.region("a", REGION)
        project.assessment(more)
        project.table("published", HEAD + "".join(f"a | {row} | press | …\n" for row in rows))
        evaluation, panel = project.load("a"), project.read("a")
        return cascades.flow(evaluation.details.cascades[0], panel, evaluation)

    return make


def test_each_rate_has_the_step_before_and_the_first_step_as_denominators(flow_of):
    flow = flow_of("2019 | listed | 142184", "2019 | seen | 35913", "2019 | tested | 3935")
    assert flow.period == "2019"
    assert [step.of_previous for step in flow.steps] == [None, 35913 / 142184, 3935 / 35913]
    assert [step.of_first for step in flow.steps] == [None, 35913 / 142184, 3935 / 142184]


def test_counts_of_different_years_are_never_divided(flow_of):
    flow = flow_of("2019 | listed | 1000", "2019 | seen | 500", "2018 | tested | 100")
    assert flow.period == "2019"
    last = flow.steps[-1]
    assert (last.figure, last.of_previous, last.of_first) == (None, None, None)
    assert last.elsewhere.period == "2018"


def test_the_latest_of_equally_complete_periods_is_taken(flow_of):
    flow = flow_of(
        "2018 | listed | 10", "2018 | seen | 5", "2019 | listed | 20", "2019 | seen | 5", "2020 | listed | 9"
    )
    assert flow.period == "2019"
    assert flow.steps[1].of_previous == 0.25


def test_a_count_after_the_cut_off_is_not_known(flow_of):
    flow = flow_of("2018 | listed | 10", "2019 | listed | 20", "2019 | seen | 5", more="as_of: 2019-06-30\n")
    assert (flow.period, [bool(step.figure) for step in flow.steps]) == ("2018", [True, False, False])


def test_a_chain_without_any_count_has_no_period(flow_of):
    flow = flow_of()
    assert (flow.period, flow.known) == ("", ())


def test_nothing_is_divided_by_zero(flow_of):
    assert flow_of("2019 | listed | 0", "2019 | seen | 0").steps[1].of_previous is None
