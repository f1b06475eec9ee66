import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from evalkit.analysis.effects import synthetic
from evalkit.analysis.results import Withheld, reason

METHODS = ["synthetic_did", "synthetic_control"]


@pytest.mark.parametrize("method", METHODS)
def test_a_known_effect_is_found(make_values, design_of, method):
    result = synthetic.estimate(design_of(make_values(effect=8, noise=0.5)), method)
    assert result["att"].estimate == pytest.approx(8, abs=1)
    assert result["att"].p_value == 1 / 41
    assert result["att"].conf_low < 8 < result["att"].conf_high


@pytest.mark.parametrize("method", METHODS)
def test_weights_are_shares_and_donors_are_named_largest_first(make_values, design_of, method):
    design = design_of(make_values())
    result = synthetic.estimate(design, method)
    assert set(result.donors.index) == set(design.pool)
    assert result.donors.sum() == pytest.approx(1)
    assert (result.donors >= 0).all()
    assert result.donors.is_monotonic_decreasing
    assert result.effective_donors == pytest.approx(1 / (result.donors**2).sum())
    assert 1 <= result.effective_donors <= 40


def test_only_placebo_inference_is_offered(make_values, design_of):
    result = synthetic.estimate(design_of(make_values()))
    assert (result.inference, result.n_treated, result.n_comparison) == ("placebo_space", 1, 40)
    assert result["att"].std_error > 0


def test_a_synthetic_control_that_fits_exactly_is_found(make_values, design_of):
    values = make_values(n=5)
    values.iloc[0] = 0.7 * values.iloc[1] + 0.3 * values.iloc[3]
    values.iloc[0, 12:] += 2
    result = synthetic.estimate(design_of(values), "synthetic_control")
    assert result["att"].estimate == pytest.approx(2, abs=1e-3)
    assert result.donors[["u001", "u003"]].to_numpy() == pytest.approx([0.7, 0.3], abs=1e-3)
    assert result.pre_fit == pytest.approx(0, abs=1e-3)


def test_synthetic_did_allows_a_difference_in_level_and_synthetic_control_does_not(make_values, design_of):
    values = make_values(noise=0.1)
    values.iloc[0] += 100
    far, near = (synthetic.estimate(design_of(values), method) for method in reversed(METHODS))
    assert near["att"].estimate == pytest.approx(0, abs=0.3)
    assert near.pre_fit < 1 < far.pre_fit
    assert far["att"].estimate > 50


def test_the_weights_are_the_best_on_the_simplex():
    random = np.random.default_rng(3)
    matrix, target, ridge = random.normal(size=(8, 5)), random.normal(size=8), 0.7

    def loss(weights):
        return ((matrix @ weights - target) ** 2).sum() + ridge**2 * (weights**2).sum()

    found = synthetic.simplex_ridge(matrix, target, ridge)
    sums_to_one = {"type": "eq", "fun": lambda weights: weights.sum() - 1}
    best = minimize(loss, np.full(5, 0.2), bounds=[(0, 1)] * 5, constraints=[sums_to_one], options={"ftol": 1e-14})
    np.testing.assert_allclose(found, best.x, atol=1e-4)
    assert found.sum() == pytest.approx(1)


def test_holes_are_filled_from_the_additive_fit_of_untreated_cells():
    truth = np.arange(4.0)[:, None] * 10 + np.arange(6.0)
    holed = truth.copy()
    holed[0, 4:] += 99  # the effect must not leak into the fit
    holed[2, 1] = holed[3, 5] = np.nan
    values, filled = synthetic.fill(holed, 4)
    assert filled == 2
    assert values[2, 1] == pytest.approx(truth[2, 1])
    assert values[3, 5] == pytest.approx(truth[3, 5])
    assert values[0, 5] == truth[0, 5] + 99


def test_how_many_cells_were_filled_is_told(make_values, design_of):
    values = make_values()
    assert synthetic.estimate(design_of(values)).filled == 0
    values.iloc[3, [2, 14]] = np.nan
    result = synthetic.estimate(design_of(values))
    assert result.filled == 2
    assert np.isfinite(result["att"].estimate)


@pytest.mark.parametrize("method", METHODS)
def test_fewer_than_nineteen_donors_leave_the_interval_unbounded(make_values, design_of, method):
    estimate = synthetic.estimate(design_of(make_values(n=18)), method)["att"]
    assert (estimate.conf_low, estimate.conf_high) == (None, None)
    assert estimate.reason == reason("unbounded_interval", n=18)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_donors_are_refused(make_values, design_of, method, n):
    withheld = synthetic.estimate(design_of(make_values(n=n)), method)
    assert isinstance(withheld, Withheld)
    assert withheld.reason == reason("too_few_comparison_units", have=n, need=2)
    assert withheld.method == method


@pytest.mark.parametrize("method", METHODS)
def test_the_smallest_design_that_is_allowed_gives_numbers(make_values, design_of, method):
    result = synthetic.estimate(design_of(make_values(n=2, pre=2, post=4), pre=2), method)
    assert np.isfinite(result["att"].estimate)
    assert result["att"].p_value >= 1 / 3


def test_placebos_never_see_the_region(make_values, design_of):
    calm, wild = (synthetic.estimate(design_of(make_values(effect=effect)))["att"] for effect in (0, 1000))
    assert wild.std_error == calm.std_error


def test_masked_periods_play_no_part(make_values, design_of):
    values = make_values()
    design = design_of(values)
    wild = pd.concat([values.iloc[:, :12], values.iloc[:, 12:14] * 1e3, values.iloc[:, 14:]], axis=1)
    post = design.post[2:]
    one, two = (synthetic.estimate(design_of(table, post=post)) for table in (values, wild))
    assert one["att"].estimate == two["att"].estimate


def test_what_the_design_refuses_is_withheld(make_values, design_of):
    refused = design_of(make_values(), refused=reason("no_panel"))
    assert synthetic.estimate(refused).reason == reason("no_panel")


def test_regions_that_share_a_pool_share_its_placebos(design_of, make_values):
    values = make_values(n=20)
    synthetic._placebos.cache_clear()
    first = synthetic.estimate(design_of(values))
    other = values.copy()
    other.loc["a"] += np.arange(20.0)
    second = synthetic.estimate(design_of(other))
    found = synthetic._placebos.cache_info()
    assert (found.misses, found.hits) == (1, 1)
    assert first["att"].std_error == second["att"].std_error
    moved = other + np.where(other.index == "u003", 1.0, 0.0)[:, None] * np.arange(20)
    assert synthetic.estimate(design_of(moved))["att"].std_error != second["att"].std_error
