"""Models of one series: the same numbers as statsmodels gives, without its detours."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from evalkit.analysis.effects import time_series

LIKELIHOODS = {"ar1": time_series.ar1, "local_level": time_series.local_level}


def short_series(seed, n=24):
    """A line with a wandering level, and holes in it."""
    rng = np.random.default_rng(seed)
    names = [str(name) for name in pd.period_range("2015Q1", periods=n, freq="Q")]
    values = 50 + 0.2 * np.arange(n) + rng.normal(0, 0.3, n) + np.cumsum(rng.normal(0, 0.15, n))
    used = [name for k, name in enumerate(names) if k not in rng.choice(np.arange(2, n - 2), 3, replace=False)]
    return time_series.prepare(pd.Series(values, index=names), used, names[14], n - 14, slope=True, extra=None)


@pytest.mark.parametrize("name", LIKELIHOODS)
@pytest.mark.parametrize("seed", range(6))
def test_likelihood_models_have_the_coefficients_and_errors_of_the_state_space_model(name, seed):
    series = short_series(seed)
    fit = LIKELIHOODS[name](series)
    smoothed, count = fit.model.smoother_results, series.regressors.shape[1] - (name == "local_level")
    names = list(series.regressors.columns)[-count:]
    for estimate, weights in zip(fit.estimates, series.effects.values(), strict=True):
        row = np.array([weights.get(column, 0.0) for column in names])
        assert estimate.estimate == pytest.approx(row @ smoothed.smoothed_state[-count:, -1], rel=1e-6)
        variance = row @ smoothed.smoothed_state_cov[-count:, -count:, -1] @ row
        assert estimate.std_error == pytest.approx(np.sqrt(variance), rel=1e-6)


def test_newey_west_is_that_of_statsmodels():
    series = short_series(1)
    fit = time_series.hac(series)
    frame = fit.model.get_prediction(series.continued).summary_frame(alpha=0.05)
    np.testing.assert_allclose(fit.expected, frame[["mean", "mean_ci_lower", "mean_ci_upper"]], rtol=1e-9)
    for estimate, row in zip(fit.estimates, series.contrasts, strict=True):
        test = fit.model.t_test(row)
        assert estimate.estimate == pytest.approx(test.effect.item(), rel=1e-9)
        assert estimate.std_error == pytest.approx(np.squeeze(test.sd), rel=1e-9)
        assert estimate.p_value == pytest.approx(test.pvalue.item(), rel=1e-9)
        assert (estimate.conf_low, estimate.conf_high) == pytest.approx(test.conf_int()[0], rel=1e-9)


def test_the_assumed_persistence_is_that_of_generalised_least_squares():
    series = short_series(2)
    place = series.place
    covariance = 0.6 ** np.abs(place[:, None] - place[None, :])
    reference = sm.GLS(series.observed, series.model, sigma=covariance).fit()
    for estimate, row in zip(time_series.persistent(series).estimates, series.contrasts, strict=True):
        assert estimate.estimate == pytest.approx(row @ reference.params, rel=1e-9)
        assert estimate.std_error == pytest.approx(np.sqrt(row @ reference.cov_params() @ row), rel=1e-9)


def test_half_years_are_one_period_apart():
    """Persistence is that from one half-year to the next."""
    names = [f"{year}H{half}" for year in range(2010, 2018) for half in (1, 2)]
    values = np.random.default_rng(3).normal(50, 1, len(names))
    series = time_series.prepare(pd.Series(values, index=names), names, names[8], 8, slope=True, extra=None)
    place = np.arange(len(names))
    reference = sm.GLS(values, series.model, sigma=0.6 ** np.abs(place[:, None] - place[None, :])).fit()
    spread = time_series.persistent(series).estimates[0].std_error
    assert spread == pytest.approx(np.sqrt(series.contrasts[0] @ reference.cov_params() @ series.contrasts[0]))


def test_counts_have_the_interval_of_their_own_model():
    counts = np.round(np.exp(5 + 0.02 * np.arange(24) + np.random.default_rng(4).normal(0, 0.1, 24)))
    names = [str(name) for name in pd.period_range("2015Q1", periods=24, freq="Q")]
    counts = pd.Series(counts, index=names)
    series = time_series.prepare(np.log(counts), names, names[14], 10, slope=True, extra=None)
    fit = time_series.quasi_poisson(series, counts)
    frame = fit.model.get_prediction(series.continued).summary_frame(alpha=0.05)
    expected = np.log(frame[["mean", "mean_ci_lower", "mean_ci_upper"]])
    np.testing.assert_allclose(fit.expected, expected, rtol=1e-8)
    assert fit.estimates[0].p_value == pytest.approx(fit.model.t_test(series.contrasts[0]).pvalue.item(), rel=1e-8)


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
