"""The top of a restricted likelihood: that of the state-space model, and nothing lies higher."""

import numpy as np
import pytest
import statsmodels.api as sm

from evalkit.analysis.effects import restricted_likelihood
from evalkit.analysis.effects.restricted_likelihood import autoregressive, highest, wandering

KINDS = {
    "ar1": (autoregressive, restricted_likelihood.CORRELATIONS, np.linspace(-0.99, 0.99, 397)),
    "local_level": (wandering, restricted_likelihood.WANDERING, np.linspace(0.0, 1.0, 401)),
}


def table_of(seed, n=21):
    """Constant, trend, step and values; and the places of the periods, with three holes."""
    rng = np.random.default_rng(seed)
    place = np.sort(rng.choice(n + 3, n, replace=False))
    values = 50 + 0.2 * place + rng.normal(0, 0.3, n) + np.cumsum(rng.normal(0, 0.15, n))
    return np.column_stack([np.ones(n), place, place >= 14, values]), place


def state_space(name, table, place):
    """The likelihood of statsmodels, given shape and size of the noise."""
    every = np.arange(place[-1] + 1)
    values = np.full(len(every), np.nan)
    values[place] = table[:, -1]
    regressors = np.column_stack([np.ones(len(every)), every, every >= 14]).astype(float)
    states = {"mle_regression": False, "use_exact_diffuse": True}
    if name == "ar1":
        model = sm.tsa.SARIMAX(values, exog=regressors, order=(1, 0, 0), **states)
        return lambda shape, size: model.loglike([shape, size * (1 - shape**2)])
    level = sm.tsa.UnobservedComponents(values, level="local level", exog=regressors[:, 1:], **states)
    return lambda shape, size: level.loglike([size * (1 - shape), size * shape])


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_no_top_is_higher_than_the_one_found(name, seed):
    kind, shapes, grid = KINDS[name]
    table, place = table_of(seed)
    whitening = kind(table, place)
    found = highest(whitening, shapes)
    top = restricted_likelihood._height(whitening(found.shape))
    assert top >= max(restricted_likelihood._height(whitening(shape)) for shape in grid) - 1e-12
    loglike = state_space(name, table, place)
    sizes = found.variance * np.geomspace(0.1, 10, 21)
    at_top = loglike(found.shape, found.variance)
    assert at_top >= max(loglike(shape, size) for shape in grid[::20] for size in sizes) - 1e-6
    other = grid[100]
    own = restricted_likelihood._regression(whitening(other), other).variance
    difference = top - restricted_likelihood._height(whitening(other))
    assert at_top - loglike(other, own) == pytest.approx(difference, abs=1e-5)


@pytest.mark.parametrize("name", KINDS)
def test_the_slope_is_that_of_the_height(name):
    whitening = KINDS[name][0](*table_of(3))
    for shape in (0.05, 0.4, 0.9):
        heights = [restricted_likelihood._height(whitening(shape + step)) for step in (-1e-6, 1e-6)]
        slope = restricted_likelihood._slope(whitening(shape))
        assert slope == pytest.approx((heights[1] - heights[0]) / 2e-6, rel=1e-4, abs=1e-4)


def test_inside_the_range_the_slope_at_the_top_is_zero():
    whitening = autoregressive(*table_of(5))
    found = highest(whitening, restricted_likelihood.CORRELATIONS)
    assert -0.999 < found.shape < 0.999
    assert restricted_likelihood._slope(whitening(found.shape)) == pytest.approx(0, abs=1e-8)


def test_a_top_beside_a_valley_is_found_by_a_closer_look():
    """Both shapes given lie on rising ground, with a top and a valley between them."""

    class Hill:
        height = staticmethod(lambda shape: np.sin(3 * np.pi * shape) - 1.5 * shape)
        slope = staticmethod(lambda shape: 3 * np.pi * np.cos(3 * np.pi * shape) - 1.5)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restricted_likelihood, "_height", Hill.height)
        patch.setattr(restricted_likelihood, "_slope", Hill.slope)
        found = restricted_likelihood._climb(lambda shape: shape, np.array([0.0, 0.65]), 0)
    assert found == pytest.approx(np.arccos(1.5 / (3 * np.pi)) / (3 * np.pi), abs=1e-5)


def test_a_series_without_noise_has_no_top():
    table, place = table_of(1)
    table[:, -1] = 0.0
    assert highest(wandering(table, place), restricted_likelihood.WANDERING) is None
