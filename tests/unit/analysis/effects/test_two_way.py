"""The plain regression agrees with the library of record, with and without holes."""

import numpy as np
import pytest
import statsmodels.api as sm

from evalkit.analysis.effects import two_way


def by_library(values, treatment, strata):
    """Least squares on dummies, errors clustered at the unit, unit effects counted as parameters."""
    unit, period = np.nonzero(np.isfinite(values))
    cells = [f"{strata[u]} {p}" for u, p in zip(unit, period, strict=True)]
    dummies = np.column_stack([np.array(cells) == cell for cell in sorted(set(cells))[1:]]).astype(float)
    regressors = np.column_stack([treatment[unit, period], np.eye(len(values))[unit], dummies])
    return sm.OLS(values[unit, period], regressors).fit(cov_type="cluster", cov_kwds={"groups": unit}, use_t=True)


@pytest.fixture
def values():
    made = np.random.default_rng(7).normal(size=(12, 8)).cumsum(axis=1)
    made[5, 3] = made[0, 6] = np.nan
    return made


def test_a_single_treated_row_gives_the_estimate_error_and_p_of_the_library(values):
    treatment = np.zeros_like(values)
    treatment[0, 4:] = 1
    library = by_library(values, treatment, ["all"] * 12)
    found = two_way.of_region(values, 4, parameters=sum(values.shape))
    assert found.estimate == pytest.approx(library.params[0])
    assert found.std_error == pytest.approx(library.bse[0])
    assert found.p_value == pytest.approx(library.pvalues[0])


def test_period_effects_per_stratum_are_taken_out(values):
    strata, seen = np.array(["a", "b"] * 6), np.isfinite(values)
    treatment = np.zeros_like(values)
    treatment[:4, 5:] = 1
    outcome, doses = (two_way.demeaned(part, seen, strata) for part in (values, treatment))
    found = two_way.slope(outcome, doses, int(seen.sum()), parameters=1)
    assert found.estimate == pytest.approx(by_library(values, treatment, strata).params[0])
    plain = two_way.slope(*(two_way.demeaned(part, seen) for part in (values, treatment)), int(seen.sum()), 1)
    assert plain.estimate != pytest.approx(found.estimate)
