import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.effects import did, gaps
from evalkit.analysis.effects.design import regrouped
from evalkit.analysis.results import ALPHA, Withheld, reason


def by_hand(values, pre, post):
    change = values[list(post)].mean(axis=1) - values[list(pre)].mean(axis=1)
    return change.iloc[0] - change.iloc[1:].mean()


def test_the_headline_is_the_regions_change_less_the_pools(make_values, design_of):
    design = design_of(make_values(effect=5))
    effect = did.att(design)
    assert effect["att"].estimate == pytest.approx(by_hand(design.outcome, design.pre, design.post))
    assert effect["att"].estimate == pytest.approx(5, abs=1)
    means = effect.means.loc["region"] - effect.means.loc["pool"]
    assert means["post"] - means["pre"] == pytest.approx(effect["att"].estimate)


def test_what_the_effect_carries(make_values, design_of):
    effect = did.att(design_of(make_values(effect=5)))
    assert (effect.analysis, effect.method, effect.inference) == ("did", "did_mean", "placebo_space")
    assert (effect.n_treated, effect.n_comparison, effect.n_pre, effect.n_post) == (1, 40, 12, 8)
    assert effect.n_obs == 41 * 20
    assert (effect.rank, effect.smallest_p) == (1, 1 / 41)
    assert effect["att"].p_value == 1 / 41
    assert effect["att"].std_error is None


def test_a_placebo_is_the_same_estimate_without_the_region(make_values, design_of):
    design = design_of(make_values(n=5, effect=100))
    placebos = did.att(design).placebos
    for unit in design.pool:
        order = [unit, *(other for other in design.pool if other != unit)]
        assert placebos[unit] == pytest.approx(by_hand(design.outcome.loc[order], design.pre, design.post))


def test_p_counts_placebos_at_least_as_large_and_a_tie_counts():
    placebos = np.array([-3.0, 2.0, 1.0, -0.5])
    assert did.rank_p(2.5, placebos) == 2 / 5
    assert did.rank_p(-2.0, placebos) == 3 / 5
    assert did.rank_p(2.0 + 1e-12, placebos) == 3 / 5
    assert did.rank_p(9.0, placebos) == 1 / 5
    assert did.rank_p(np.inf, np.array([np.inf, 1.0])) == 2 / 3


@pytest.mark.parametrize(("n", "critical"), [(18, None), (19, 19.0), (38, 38.0), (39, 38.0), (59, 57.0)])
def test_the_critical_value_needs_nineteen_comparison_units(n, critical):
    assert did.critical(np.arange(1.0, n + 1)) == critical


@pytest.mark.parametrize(("n", "bounded"), [(18, False), (19, True)])
def test_with_fewer_than_nineteen_the_interval_is_unbounded(make_values, design_of, n, bounded):
    estimate = did.att(design_of(make_values(n=n)))["att"]
    assert (estimate.conf_low is not None) is (estimate.conf_high is not None) is bounded
    assert estimate.reason == (None if bounded else reason("unbounded_interval", n=n))
    assert estimate.p_value >= 1 / (n + 1)


@pytest.mark.parametrize("n", [19, 40, 41])
def test_the_interval_holds_exactly_the_effects_that_are_not_rejected(make_values, design_of, n):
    values = make_values(n=n, effect=2, seed=n)
    estimate = did.att(design_of(values))["att"]
    for supposed in np.linspace(estimate.conf_low - 1, estimate.conf_high + 1, 101):
        without = values.copy()
        without.iloc[0, 12:] -= supposed
        accepted = did.att(design_of(without))["att"].p_value > ALPHA
        assert accepted == (estimate.conf_low <= supposed <= estimate.conf_high)


@pytest.mark.parametrize("draws", [100, pytest.param(400, marks=pytest.mark.slow)])
def test_the_test_rejects_as_often_as_it_says_where_nothing_happened(make_values, design_of, slack, draws):
    effects = [did.att(design_of(make_values(seed=seed))) for seed in range(draws)]
    share = effects[0].level
    rejected = [one.judgement.plain_p <= 0.05 for one in effects]
    assert np.mean(rejected) == pytest.approx(share, abs=0.015 + slack(share, draws, 400))
    assert np.mean([one["att"].p_value <= 0.05 for one in effects]) <= 0.06 + slack(0.05, draws, 400)


def test_a_missing_cell_moves_nothing_where_units_differ_only_in_level(design_of):
    names = pd.period_range("2016Q1", periods=20, freq="Q").astype(str)
    levels, common = np.array([[0.0], [10], [50], [90]]), np.linspace(0, 9, 20)
    values = pd.DataFrame(levels + common, index=list("abcd"), columns=names)
    values.iloc[0, 12:] += 3
    values.iloc[1, [0, 13]] = np.nan
    values.iloc[3, [5, 19]] = np.nan
    effect = did.att(design_of(values))
    assert effect["att"].estimate == pytest.approx(3)
    np.testing.assert_allclose(effect.placebos, 0, atol=1e-12)
    gaps = did.event_study(design_of(values)).gaps["gap"]
    assert np.nanmax(np.abs(gaps[:12])) < 1


def test_missing_cells_average_the_pairwise_estimates(make_values, design_of):
    values = make_values(n=6)
    values.iloc[2, [1, 15]] = np.nan
    design = design_of(values)
    pairs = []
    for unit in design.pool:
        both = values.columns[values.loc[["a", unit]].notna().all()]
        pre, post = ([p for p in part if p in both] for part in (design.pre, design.post))
        pairs.append(by_hand(values.loc[["a", unit]], pre, post))
    np.testing.assert_allclose(gaps.against_each(design), pairs)
    assert did.att(design)["att"].estimate == pytest.approx(np.mean(pairs))


def test_complete_and_incomplete_data_take_ways_that_agree(make_values, design_of):
    values = make_values(n=6)
    apart = pd.Series(values.index, index=values.index)  # a cluster each is no cluster
    plain, pairs = design_of(values), design_of(values, clusters=apart)
    np.testing.assert_allclose(gaps.pairwise(plain), gaps.pairwise(pairs))
    np.testing.assert_allclose(gaps.gaps(plain), gaps.gaps(pairs))


def test_where_units_report_late_headline_path_and_table_agree(make_values, design_of):
    values = make_values(effect=2) + np.arange(20.0)  # all rise by one a quarter
    values.iloc[1:21, :2] = np.nan  # half of the pool reports two quarters late
    design = design_of(values)
    effect, path = did.att(design), did.event_study(design).gaps.set_index("period")
    assert path.loc[list(design.post), "gap"].mean() == pytest.approx(effect["att"].estimate)
    assert path.loc[list(design.pre), "gap"].mean() == pytest.approx(0, abs=0.1)
    away = effect.means.loc["region"] - effect.means.loc["pool"]
    assert away["post"] - away["pre"] == pytest.approx(effect["att"].estimate)
    assert effect["att"].estimate == pytest.approx(2, abs=0.6)


def test_units_of_one_cluster_are_not_compared_and_share_one_vote(make_values, design_of):
    values = make_values(n=8)
    groups = pd.Series(["own", *"ppppqqrs"], index=values.index)
    effect = did.att(design_of(values, clusters=groups))
    first = values.loc[["u001", "u005", "u006", "u007", "u008"]]
    assert effect.placebos["u001"] == pytest.approx(by_hand(first, values.columns[:12], values.columns[12:]))
    assert effect.smallest_p == pytest.approx(1 / 5)
    assert effect.weights.sum() == pytest.approx(4)


def test_covariates_take_out_what_they_explain_and_placebos_are_treated_alike(make_values, design_of):
    values = make_values(n=30, effect=2)
    random = np.random.default_rng(5)
    driver = pd.DataFrame({"size": random.normal(size=31)}, index=values.index)
    values.iloc[:, 12:] += 4 * driver.to_numpy()
    plain, adjusted = did.att(design_of(values)), did.att(design_of(values, baseline=driver))
    assert adjusted["att"].estimate == pytest.approx(2, abs=0.7)
    assert adjusted.placebos.std() < plain.placebos.std() / 3
    # A placebo's own values have no part in what it is compared with.
    without = values.drop(index=["a"]).iloc[[4, *range(4), *range(5, 30)]]
    change = without.iloc[:, 12:].mean(axis=1) - without.iloc[:, :12].mean(axis=1)
    model = np.column_stack([np.ones(30), driver.loc[without.index]])
    fitted = np.linalg.lstsq(model[1:], change[1:], rcond=None)[0]
    assert adjusted.placebos[without.index[0]] == pytest.approx(change.iloc[0] - model[0] @ fitted)


@pytest.mark.parametrize(("n", "code"), [(0, "no_comparison_units"), (1, "too_few_comparison_units")])
def test_a_placebo_takes_two_comparison_units(make_values, design_of, n, code):
    for found in (did.att, did.event_study):
        withheld = found(design_of(make_values(n=n)))
        assert isinstance(withheld, Withheld)
        assert withheld.reason.code == code


def test_two_comparison_units_give_a_number_and_a_p(make_values, design_of):
    effect = did.att(design_of(make_values(n=2)))
    assert np.isfinite(effect.placebos).all()
    assert effect["att"].p_value >= 1 / 3


def test_what_the_design_refuses_is_withheld(make_values, design_of):
    refused = design_of(make_values(), refused=reason("no_panel"))
    assert did.att(refused).reason == did.event_study(refused).reason == reason("no_panel")


def test_an_outcome_that_never_varies_is_withheld(make_values, design_of):
    assert did.att(design_of(make_values() * 0 + 100)).reason.code == "constant_outcome"


def test_gaps_are_taken_from_the_mean_of_all_pre_periods(make_values, design_of):
    design = design_of(make_values(effect=5))
    gaps = did.event_study(design).gaps.set_index("period")
    assert gaps.loc[list(design.pre), "gap"].mean() == pytest.approx(0, abs=1e-12)
    assert gaps.loc[list(design.post), "gap"].mean() == pytest.approx(did.att(design)["att"].estimate)
    np.testing.assert_allclose(gaps["gap"], gaps["region"] - gaps["pool"])


def test_event_time_counts_from_adoption_and_every_period_has_its_part(make_values, design_of):
    design = design_of(make_values(), left_out={"2019Q1": "incomplete"}, masked={"2020Q1": "covid"})
    post = tuple(p for p in design.post if p not in ("2019Q1", "2019Q2", "2020Q1"))
    gaps = did.event_study(regrouped(design, design.pre, post)).gaps.set_index("period")
    assert gaps["event_time"].tolist() == list(range(-12, 8))
    parts = {p: gaps.at[p, "used"] for p in ("2018Q4", "2019Q1", "2019Q2", "2019Q3", "2020Q1")}
    assert list(parts.values()) == ["pre", "incomplete", "missing", "post", "covid"]


def test_the_terms_of_an_event_study_carry_period_and_band(make_values, design_of):
    study = did.event_study(design_of(make_values()))
    first, last = study["event_time=-12"], study["event_time=7"]
    assert (first.period, last.period) == ("2016Q1", "2020Q4")
    before, after = study.band
    assert first.conf_high - first.conf_low == pytest.approx(2 * before)
    assert last.conf_high - last.conf_low == pytest.approx(2 * after)


@pytest.mark.parametrize("draws", [50, pytest.param(200, marks=pytest.mark.slow)])
def test_the_band_is_simultaneous_over_the_whole_path(make_values, design_of, slack, draws):
    studies = [did.event_study(design_of(make_values(seed=seed))) for seed in range(draws)]
    held = [
        all(abs(one.estimate) <= (one.conf_high - one.conf_low) / 2 for one in study.estimates) for study in studies
    ]
    share = 1 - 2 / 41
    assert np.mean(held) == pytest.approx(share, abs=0.03 + slack(share, draws, 200))
    assert np.mean([study.pre_gap_p > 0.05 for study in studies]) == pytest.approx(
        share, abs=0.03 + slack(share, draws, 200)
    )


def test_without_nineteen_units_there_is_no_band(make_values, design_of):
    study = did.event_study(design_of(make_values(n=18)))
    assert study.band is None
    assert study["event_time=0"].conf_low is None
    assert study["event_time=0"].reason == reason("unbounded_interval", n=18)


def test_no_mean_runs_across_a_change_of_definition(design_of, make_values):
    values = make_values(effect=3)
    values.iloc[:, 8:] += 20  # region and pool alike
    plain, broken = did.att(design_of(values)), did.att(design_of(values, own_breaks=("2018Q1",)))
    assert broken["att"] == plain["att"]
    assert plain.means.at["region", "pre"] == pytest.approx(values.iloc[0, :12].mean())
    assert broken.means.at["region", "pre"] == pytest.approx(values.iloc[0, 8:12].mean())
    assert broken.means["post"]["region"] == plain.means["post"]["region"]
    assert did.att(design_of(values, own_breaks=("2020Q1",))).means.isna().all(axis=None)
