"""The specification curve: every combination of choices once, the registered design among them, unchanged."""

import numpy as np
import pytest

from evalkit.analysis.effects import design as designs
from evalkit.analysis.effects import did, specifications, synthetic
from evalkit.panel import observations

DESIGN = """
design:
  comparison: {same: [province]}
  mask: {covid: [2018Q1]}
"""


@pytest.fixture
def chosen(project, make_values):
    """A region with 25 comparison regions in its province, 15 elsewhere; one of each starts later."""
    values = make_values(effect=4.0)
    starts = {"a": "2019Q1", "u001": "2021Q1", "u040": "2021Q1"}
    units = "\n".join(
        f"{unit} | {starts.get(unit, '')} | {'x' if number <= 25 else 'y'}" for number, unit in enumerate(values.index)
    )
    project.table("units", f"unit | adoption | province\n{units}")
    project.values(values)
    project.assessment(DESIGN)
    evaluation = project.load("a")
    return designs.assign(observations.read(evaluation), evaluation, "rate"), evaluation


def test_every_combination_is_there_once_and_the_registered_one_comes_first(chosen):
    design, evaluation = chosen
    curve = specifications.curve(design, evaluation)
    choices = [(one.window, one.mask, one.pool, one.estimator) for one in curve]
    assert len(set(choices)) == len(choices) == 2 * 2 * 3 * 3
    assert curve[0].registered
    assert [one.registered for one in curve].count(True) == 1


def test_each_is_the_estimate_of_the_design_that_it_names(chosen):
    design, evaluation = chosen
    curve = specifications.curve(design, evaluation)
    by_choice = {(one.window, one.mask, one.pool, one.estimator): one for one in curve}
    registered = by_choice["registered", "registered", "registered", "did_mean"].result
    assert registered["att"].estimate == did.att(design)["att"].estimate
    varied = design.with_(mask={}, baseline_periods=len(design.pre) // 2, comparison={"same": ()})
    expected = synthetic.estimate(varied, "synthetic_did")["att"].estimate
    assert by_choice["half", "none", "everybody", "synthetic_did"].result["att"].estimate == expected
    assert len(varied.pool) == 40
    never = design.with_(comparison={"eligible": "never_treated"})
    assert by_choice["registered", "registered", "never_treated", "did_mean"].result["att"].estimate == pytest.approx(
        did.att(never)["att"].estimate
    )


def test_the_frame_is_in_order_of_the_estimates(chosen):
    frame = specifications.frame(specifications.curve(*chosen))
    assert frame["estimate"].is_monotonic_increasing
    assert np.isfinite(frame[["conf_low", "conf_high"]].to_numpy()).all()
    assert frame["registered"].sum() == 1


def test_where_nothing_differs_there_is_one_design(project, make_values):
    project.table("units", "unit | adoption\na | 2016Q4\n" + "\n".join(f"u{n:03} | " for n in range(1, 21)))
    project.values(make_values(n=20, pre=3).iloc[:, :11])
    evaluation = project.load("a")
    design = designs.assign(observations.read(evaluation), evaluation, "rate")
    assert [one.estimator for one in specifications.curve(design, evaluation)] == list(specifications.ESTIMATORS)


def test_a_refused_design_has_no_estimate_but_a_reason(project):
    evaluation = project.load("a")
    design = designs.assign(observations.read(evaluation), evaluation, "rate")
    curve = specifications.curve(design, evaluation)
    assert {str(one.result.reason) for one in curve} == {str(design.refused)}
    assert specifications.frame(curve)["estimate"].isna().all()
