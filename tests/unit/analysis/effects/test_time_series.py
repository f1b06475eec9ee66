"""The search for the top of a likelihood: nothing that it could have found lies higher."""

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.effects import time_series

MODELS = {
    "ar1": (time_series.ar1, np.linspace(-0.99, 0.99, 67), lambda one: (one, 1.0)),
    "local_level": (time_series.local_level, np.linspace(0.0, 1.0, 67), lambda one: (1.0 - one, one)),
}


def short_series(seed, n=24):
    """A line with a wandering level, and holes in it."""
    rng = np.random.default_rng(seed)
    names = [str(name) for name in pd.period_range("2015Q1", periods=n, freq="Q")]
    values = 50 + 0.2 * np.arange(n) + rng.normal(0, 0.3, n) + np.cumsum(rng.normal(0, 0.15, n))
    used = [name for k, name in enumerate(names) if k not in rng.choice(np.arange(2, n - 2), 3, replace=False)]
    return time_series.prepare(pd.Series(values, index=names), used, names[14], n - 14, slope=True, extra=None)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", range(6))
def test_no_top_is_higher_than_the_one_found(name, seed, monkeypatch):
    fit, shapes, parameters = MODELS[name]
    seen = []
    search = time_series._highest

    def spy(model, noise, *rest):
        seen.append((model, noise, search(model, noise, *rest)))
        return seen[-1][-1]

    monkeypatch.setattr(time_series, "_highest", spy)
    assert fit(short_series(seed)) is not None
    [(model, noise, found)] = seen
    sizes = noise * np.geomspace(0.02, 20, 60)
    at = [model.loglike(_sized(model, parameters(shape), size)) for shape in shapes for size in sizes]
    assert model.loglike(found) >= max(at)


def _sized(model, parameters, size):
    return [one if name == "ar.L1" else one * size for name, one in zip(model.param_names, parameters, strict=True)]


def shares(random, trials, noise, n=24):
    """A share without any change, its numerator and denominator, with noise beyond the binomial's."""
    names = [str(one) for one in pd.period_range("2014Q1", periods=n, freq="Q")]
    rate = 0.5 + noise * random.standard_normal(n)
    numerator = pd.Series(random.binomial(trials, rate), names, dtype=float)
    denominator = pd.Series(float(trials), names)
    series = time_series.prepare(numerator / denominator, names, names[n // 2], n - n // 2, True, None)
    return series, numerator, denominator


def test_the_dispersion_of_shares_is_pearsons_with_the_trials_in_it():
    series, numerator, denominator = shares(np.random.default_rng(1), 500_000, 0.01)
    fit = time_series.quasi_binomial(series, numerator, denominator, 100.0)
    expected = fit.expected["expected"] / 100
    after = series.regressors["level"] > 0
    fitted = np.asarray(fit.model.fittedvalues)
    assert fitted[~after.to_numpy()] == pytest.approx(expected[~after].to_numpy())
    pearson = ((numerator - denominator * fitted) ** 2 / (denominator * fitted * (1 - fitted))).sum()
    dispersion = pearson / (len(numerator) - series.regressors.shape[1])
    assert dispersion > 50  # a binomial share alone would have 1
    assert fit.model.scale == pytest.approx(dispersion)
    # The error of a level change from scratch: inverse information times the dispersion.
    model = series.regressors.to_numpy(float)
    information = model.T @ (model * (denominator.to_numpy() * fitted * (1 - fitted))[:, None])
    errors = np.sqrt(np.diag(np.linalg.inv(information)) * dispersion)
    assert np.asarray(fit.model.bse) == pytest.approx(errors, rel=1e-6)


def test_many_trials_do_not_make_a_change_of_what_fluctuates():
    random = np.random.default_rng(2)
    fits = [time_series.quasi_binomial(*shares(random, 500_000, 0.01), 100.0) for _ in range(40)]
    p_values = np.array([fit.estimates[0].p_value for fit in fits])
    assert p_values.min() > 0.001
    assert np.mean(p_values <= 0.05) <= 0.2
