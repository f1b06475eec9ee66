"""What must not move an estimate: order of rows, names, levels, common shocks, units that are not used."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.analysis.effects import did, synthetic

few = settings(max_examples=25, deadline=None, derandomize=True)
seeds = st.integers(0, 10_000)
constants = st.floats(-1000, 1000)
factors = st.floats(0.01, 100)


@pytest.fixture(scope="session")
def estimate(design_of):
    def estimating(values):
        design = design_of(values, pre=8)
        return did.att(design), did.event_study(design)

    return estimating


@pytest.fixture(scope="session")
def null_panel(make_values):
    return lambda seed, n=20: make_values(n=n, pre=8, post=6, seed=seed)


def same(one, two, scale=1.0):
    (effect, path), (other, other_path) = one, two
    assert other["att"].estimate == pytest.approx(scale * effect["att"].estimate, rel=1e-7, abs=1e-9)
    assert other["att"].p_value == effect["att"].p_value
    assert other.rank == effect.rank
    for side in ("conf_low", "conf_high"):
        wanted = scale * getattr(effect["att"], side)
        assert getattr(other["att"], side) == pytest.approx(wanted, rel=1e-7, abs=1e-9)
    assert other_path.pre_gap_p == path.pre_gap_p
    np.testing.assert_allclose(other_path.gaps["gap"], scale * path.gaps["gap"], rtol=1e-7, atol=1e-8)


@few
@given(seed=seeds)
def test_order_of_comparison_units(estimate, null_panel, seed):
    values = null_panel(seed)
    order = np.random.default_rng(seed).permutation(np.arange(1, len(values)))
    same(estimate(values), estimate(values.iloc[[0, *order]]))


@few
@given(seed=seeds)
def test_unit_labels(estimate, null_panel, seed):
    values = null_panel(seed)
    named = values.set_axis([f"08{i:03}" for i in reversed(range(len(values)))])
    same(estimate(values), estimate(named))


@few
@given(seed=seeds, constant=constants)
def test_a_constant_added_to_one_unit(estimate, null_panel, seed, constant):
    values = null_panel(seed)
    moved = values.copy()
    moved.iloc[seed % len(values)] += constant
    same(estimate(values), estimate(moved))


@few
@given(seed=seeds, constant=constants)
def test_a_constant_added_to_one_period(estimate, null_panel, seed, constant):
    values = null_panel(seed)
    moved = values.copy()
    moved.iloc[:, seed % values.shape[1]] += constant
    same(estimate(values), estimate(moved))


@few
@given(seed=seeds, factor=factors)
def test_rescaling(estimate, null_panel, seed, factor):
    values = null_panel(seed)
    same(estimate(values), estimate(values * factor), factor)


@few
@given(seed=seeds)
def test_a_change_of_sign(estimate, null_panel, seed):
    values = null_panel(seed)
    (effect, _), (other, _) = estimate(values), estimate(-values)
    assert other["att"].estimate == pytest.approx(-effect["att"].estimate)
    assert other["att"].p_value == effect["att"].p_value


@few
@given(seed=seeds, constant=constants)
def test_synthetic_did_does_not_mind_levels_of_units_and_of_post_periods(design_of, null_panel, seed, constant):
    # Pre-periods are another matter: the paper's noise level, which sets the ridge, counts common shocks.
    values = null_panel(seed, n=6)
    unit, period = values.copy(), values.copy()
    unit.iloc[seed % 7] += constant
    period.iloc[:, 8 + seed % 6] += constant
    tables = (values, unit, period)
    first, *others = (synthetic.estimate(design_of(table, pre=8))["att"].estimate for table in tables)
    assert others == pytest.approx([first, first], abs=1e-4)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=seeds)
def test_rows_of_the_file_and_a_unit_that_is_excluded_by_name(tmp_path_factory, project_at, make_values, seed):
    values = make_values(n=20, seed=seed, start="2016Q1")
    stranger = pd.DataFrame([np.random.default_rng(seed).normal(0, 99, 20)], index=["z"], columns=values.columns)
    folder = tmp_path_factory.mktemp("project")
    effects = []
    for table in (values, values.iloc[::-1], pd.concat([stranger, values])):
        project = project_at(folder)
        project.table("units", "unit|adoption\na|2019Q1\nz|\n" + "\n".join(f"u{i:03}|" for i in range(1, 21)))
        project.values(table)
        project.assessment("design: {comparison: {exclude: {z: not comparable}}}\n")
        effects.append(did.att(project.design()))
    first, *others = effects
    for other in others:
        assert other.estimates == first.estimates  # to the last bit
        pd.testing.assert_series_equal(other.placebos, first.placebos)
