from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from evalkit.analysis.effects import before_after, time_series
from evalkit.analysis.effects.design import regrouped
from evalkit.analysis.results import Withheld, reason
from evalkit.project.params import Indicator


def series(n, freq="Q", start="2012", seed=5):
    """A noisy line of n periods, alone in its design."""
    names = pd.period_range(start, periods=n, freq=freq).astype(str)
    noise = np.random.default_rng(seed).normal(0, 0.2, n)
    return pd.DataFrame([50 + 0.3 * np.arange(n) + noise], index=["a"], columns=names)


def segmented(design):
    """The segmented regression of the ladder."""
    return next(one for one in before_after.ladder(design) if one.method == "segmented_hac")


def methods(found):
    return [result.method for result in found]


@pytest.mark.parametrize(
    ("n", "pre", "freq", "expected"),
    [
        (8, 4, "Y", ["mean_difference"]),
        (9, 5, "Y", ["mean_difference", "segmented_hac", "segmented_persistent"]),
        (12, 3, "Q", ["mean_difference"]),
        (12, 9, "Q", ["mean_difference"]),
        (20, 12, "Q", ["mean_difference", "segmented_hac", "segmented_ar1", "segmented_persistent"]),
        (24, 12, "Q", ["mean_difference", "segmented_hac", "local_level"]),
        (36, 24, "M", ["mean_difference", "segmented_hac", "local_level"]),
        (8, 4, "Q", ["mean_difference"]),  # one year on either side: level, trend and season are one
        (10, 5, "Q", ["mean_difference", "segmented_hac", "segmented_persistent"]),
        (24, 12, "M", ["mean_difference", "segmented_hac", "segmented_ar1", "segmented_persistent"]),
    ],
)
def test_the_ladder_asks_no_more_than_the_series_can_give(design_of, n, pre, freq, expected):
    found = before_after.ladder(design_of(series(n, freq), pre=pre))
    assert methods(found) == expected


@pytest.mark.parametrize(("n", "slope"), [(11, False), (12, True)])
def test_the_slope_is_estimated_from_twelve_points(design_of, n, slope):
    result = segmented(design_of(series(n), pre=6))
    assert ("slope_change" in {estimate.term for estimate in result.estimates}) is slope


def test_the_mean_difference_has_no_inference(design_of):
    values = series(8, "Y")
    result = before_after.mean_difference(design_of(values, pre=4))
    means = values.iloc[0, :4].mean(), values.iloc[0, 4:].mean()
    assert result.means == pytest.approx(means)
    assert result["level_change"].estimate == pytest.approx(means[1] - means[0])
    assert result["level_change"].p_value is None
    assert (result.inference, result.n_obs, result.n_treated) == ("", 8, 1)
    assert result.series["expected"].isna().all()


def test_standard_errors_are_newey_west_with_the_small_sample_correction(design_of):
    values = series(10, "Y")
    time = np.arange(10) - 5.0
    own = sm.OLS(values.iloc[0].to_numpy(), np.column_stack([np.ones(10), time, time >= 0]))
    options = {"maxlags": 1, "use_correction": True}
    expected = own.fit(cov_type="HAC", cov_kwds=options, use_t=True)
    found = segmented(design_of(values, pre=5))["level_change"]
    assert (found.std_error, found.p_value) == pytest.approx((expected.bse[2], expected.pvalues[2]))


@pytest.fixture
def stepped():
    """Sixteen quarters on a line, then a jump of 5 and a slope steeper by 0.5, with a season."""
    values = series(32)
    season = np.tile([0.0, 3.0, -2.0, 1.0], 8)
    values.iloc[0] += season + np.where(np.arange(32) >= 16, 5 + 0.5 * (np.arange(32) - 16), 0)
    return values


def test_a_known_change_of_level_and_slope_is_found(design_of, stepped):
    result = segmented(design_of(stepped, pre=16))
    expected = {"level_change": 5, "slope_change": 0.5, "effect_h4": 5 + 0.5 * 3, "effect_h8": 5 + 0.5 * 7}
    assert [estimate.term for estimate in result.estimates] == list(expected)
    for term, truth in expected.items():
        assert result[term].estimate == pytest.approx(truth, abs=0.35)
        assert result[term].conf_low < truth < result[term].conf_high
        assert result[term].p_value < 0.001
    assert result.inference == "hac"


def test_the_counterfactual_goes_on_as_the_baseline_did(design_of, stepped):
    result = segmented(design_of(stepped, pre=16))
    table = result.series.set_index("period")
    after = table[table["used"] == "post"]
    gap = after["observed"] - after["expected"]
    assert gap.iloc[3] == pytest.approx(result["effect_h4"].estimate, abs=0.5)
    assert (table["low"] < table["expected"]).all()
    assert (table["expected"] < table["high"]).all()


def test_an_effect_at_a_horizon_needs_so_many_periods(design_of):
    terms = {estimate.term for estimate in segmented(design_of(series(19), pre=12)).estimates}
    assert "effect_h4" in terms
    assert "effect_h8" not in terms


def test_masked_periods_do_not_enter_and_are_shown_by_name(design_of, stepped):
    names = stepped.columns
    post = tuple(name for name in names[16:] if name not in names[20:22])
    masked = dict.fromkeys(names[20:22], "covid")
    plain = segmented(design_of(stepped, pre=16, post=post, masked=masked))
    wild = stepped.copy()
    wild.iloc[0, 20:22] -= 1000
    same = segmented(design_of(wild, pre=16, post=post, masked=masked))
    assert same["level_change"].estimate == plain["level_change"].estimate
    assert same.series["used"].tolist()[19:23] == ["post", "covid", "covid", "post"]


@pytest.mark.parametrize(
    ("adoption", "masked", "refused"),
    [
        ("2019Q3", {"2020Q1": "covid", "2020Q2": "covid"}, False),
        ("2019Q4", {"2020Q1": "covid", "2020Q2": "covid"}, True),
        ("2020Q2", {"2020Q1": "covid", "2020Q2": "covid"}, True),
        ("2020Q3", {"2020Q1": "covid", "2020Q2": "covid"}, False),
        ("2020Q3", {"2020Q1": "covid", "2020Q2": "covid", "2022Q4": "covid"}, False),
    ],
)
def test_an_adoption_next_to_a_mask_cannot_be_told_from_it(design_of, adoption, masked, refused):
    values = series(32, start="2016")
    names = list(values.columns)
    post = tuple(p for p in names[names.index(adoption) :] if p not in masked)
    pre = tuple(p for p in names[: names.index(adoption)] if p not in masked)
    found = before_after.change(regrouped(design_of(values, adoption=adoption, masked=masked), pre, post))
    assert isinstance(found, Withheld) is refused
    if refused:
        assert str(found.reason) == f"not_separable_from_mask: mask=covid, adoption={adoption}"


def test_a_break_inside_the_window_forbids_the_comparison(design_of):
    found = before_after.ladder(design_of(series(20), own_breaks=("2014Q1",)))
    assert [str(one.reason) for one in found] == ["definition_break: periods=2014Q1"]


def test_what_the_design_refuses_is_withheld(design_of):
    found = before_after.change(design_of(series(20), refused=reason("no_panel")))
    assert found.reason == reason("no_panel")
    assert found.tidy()["term"].tolist() == ["level_change"]


@pytest.mark.parametrize(("n", "method"), [(20, "segmented_ar1"), (32, "local_level")])
def test_the_likelihood_models_find_the_known_change_too(design_of, stepped, n, method):
    result = {one.method: one for one in before_after.ladder(design_of(stepped.iloc[:, 32 - n :], pre=n - 16))}[method]
    assert result["effect_h4"].estimate == pytest.approx(5 + 0.5 * 3, abs=0.5)
    assert result.series["expected"].isna().all()


def test_counts_have_a_model_of_their_own_and_effects_in_cases(design_of):
    values = series(20)
    wiggle = 1 + 0.001 * np.tile([1, -1, -1, 1], 5)
    counts = pd.Series(1000.0 * wiggle * np.where(np.arange(20) >= 12, 1.2, 1.0), index=values.columns)
    values.iloc[0] = np.log(counts)
    own = pd.DataFrame({"value": counts, "numerator": np.nan, "denominator": np.nan})
    design = design_of(values, pre=12, own=own, unit="log", indicator=Indicator(id="c", name={"en": "C"}, unit="count"))
    quasi = next(one for one in before_after.ladder(design) if one.method == "segmented_quasi")
    assert quasi["effect_h4"].estimate == pytest.approx(np.log(1.2), abs=0.005)
    assert quasi.people["effect_h4"][0] == pytest.approx(200, abs=5)


def test_shares_with_denominators_have_effects_in_points_and_people(design_of):
    values = series(20)
    share = np.where(np.arange(20) >= 12, 60.0, 50.0)
    values.iloc[0] = share
    own = pd.DataFrame({"value": share, "numerator": share * 100, "denominator": 10000.0}, index=values.columns)
    design = design_of(values, pre=12, own=own, indicator=Indicator(id="s", name={"en": "S"}, unit="percent"))
    quasi = next(one for one in before_after.ladder(design) if one.method == "segmented_quasi")
    assert quasi["level_change"].estimate == pytest.approx(10, abs=1e-6)
    assert quasi.people["effect_h4"][0] == pytest.approx(1000, abs=0.01)


@pytest.mark.parametrize(("pre", "post", "freq"), [(5, 5, "Q"), (8, 8, "Q"), (12, 11, "Q"), (8, 6, "Y"), (12, 12, "M")])
def test_short_series_in_which_nothing_happened_are_rarely_said_to_have_changed(pre, post, freq):
    random, claims, panels = np.random.default_rng(2012), 0, 500
    names = list(pd.period_range("2012", periods=pre + post, freq=freq).astype(str))
    for _ in range(panels):
        noise = random.normal(size=pre + post)
        for t in range(1, len(noise)):
            noise[t] = 0.6 * noise[t - 1] + 0.8 * noise[t]
        own = pd.Series(50 + 0.1 * np.arange(len(names)) + noise, index=names)
        prepared = time_series.prepare(own, names, names[pre], post, pre + post >= 12, None)
        found = {e.term: e for e in time_series.persistent(prepared).estimates}
        claims += next(found[term] for term in before_after.READ_AT if term in found).p_value <= 0.05
    assert claims / panels <= 0.07


def test_the_reading_of_a_short_series_claims_nothing_that_the_assumed_persistence_does_not(design_of, stepped):
    found = before_after.reading(before_after.ladder(design_of(stepped.iloc[:, 12:], pre=4)))
    assert found.main.method == "segmented_persistent"
    assert found.twin.method == "segmented_ar1"


def test_what_fluctuates_too_much_is_not_shown(design_of):
    names = pd.period_range("2016Q1", periods=12, freq="Q").astype(str)
    wild = pd.DataFrame([np.random.default_rng(1).normal(2, 1.5, 12)], index=["a"], columns=names)
    found = before_after.reading(before_after.ladder(design_of(wild, pre=6, unit="log")))
    assert found.main.reason == reason("fluctuates_too_much")
    calm = wild * 0.01
    assert before_after.reading(before_after.ladder(design_of(calm, pre=6, unit="log"))).agree is not None


def test_two_models_that_contradict_each_other_support_no_claim(design_of, stepped):
    sure = segmented(design_of(stepped, pre=16))
    zero = replace(sure, method="local_level", estimates=tuple(replace(e, conf_low=-1.0) for e in sure.estimates))
    opposite = replace(
        sure, estimates=tuple(replace(e, estimate=-9.0, conf_low=-10.0, conf_high=-8.0) for e in sure.estimates)
    )
    assert before_after.reading((sure, sure)).agree is True
    assert before_after.reading((sure, zero)).agree is False
    assert before_after.reading((sure, opposite)).agree is False
    assert before_after.reading((before_after.mean_difference(design_of(stepped, pre=16)),)).agree is None


def test_what_region_and_pool_share_cancels_in_the_controlled_series(design_of):
    shock = np.where(np.arange(32) >= 20, -30.0, 0.0)
    both = pd.concat([series(32, seed=1), series(32, seed=2)]).set_axis(["a", "b"]) + shock
    both.loc["a"] += np.where(np.arange(32) >= 16, 5.0, 0.0)
    found = before_after.controlled(design_of(both, pre=16, own_breaks=("2014Q1",)))
    assert methods(found) == ["controlled_mean_difference", "controlled_segmented_hac", "controlled_local_level"]
    assert found[0]["level_change"].estimate == pytest.approx(5, abs=0.3)


def test_a_covariate_takes_its_share_of_the_change(design_of):
    values = series(20)
    names = values.columns
    driver = pd.Series(
        np.random.default_rng(3).normal(0, 2, 20) + np.where(np.arange(20) >= 12, 10.0, 0.0), index=names
    )
    values.iloc[0] += driver
    plain = segmented(design_of(values, pre=12))
    adjusted = segmented(design_of(values, pre=12, covariates=driver.to_frame("driver")))
    assert abs(plain["level_change"].estimate) > 3
    assert adjusted["level_change"].estimate == pytest.approx(0, abs=0.5)


def test_periods_without_their_covariate_do_not_enter(design_of):
    values = series(20)
    driver = pd.Series(np.arange(20.0) ** 2, index=values.columns)
    driver.iloc[15] = np.nan
    wild = values.copy()
    wild.iloc[0, 15] += 1000
    facts = {"pre": 12, "covariates": driver.to_frame("driver")}
    calm, shaken = (before_after.ladder(design_of(given, **facts)) for given in (values, wild))
    assert methods(calm) == ["mean_difference", "segmented_hac", "segmented_ar1", "segmented_persistent"]
    for one, other in zip(calm[1:], shaken[1:], strict=True):
        assert other["level_change"].estimate == pytest.approx(one["level_change"].estimate)
