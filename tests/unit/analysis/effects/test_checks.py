from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.effects import checks, did, gaps, synthetic
from evalkit.analysis.results import Withheld, reason


@pytest.fixture
def run(make_values, design_of):
    def running(values=None, effect=5.0, **changes):
        design = design_of(make_values(effect=effect) if values is None else values, **changes)
        found = did.att(design), did.event_study(design), synthetic.estimate(design)
        return {check.method: check for check in checks.all(design, *found)}, found[0], design

    return running


def test_every_check_of_a_full_design_is_made_once(run, design_of, make_values):
    later = design_of(make_values(effect=5), pre=13)
    found, _, _ = run(alternatives={"2019Q2": later}, masked={"2018Q4": "covid"})
    assert list(found) == [
        "smallest_p", "detectable", "plain", "studentised", "pre_gap", "sensitivity", "equivalence", "leave_one_out",
        "effective_donors",
        "without_mask", "placebo_time", "adoption_alternative",
    ]  # fmt: skip
    assert {check.analysis for check in found.values()} == {"check"}


def test_a_clear_effect_passes_what_can_be_passed(run):
    found, _, _ = run(effect=8)
    passed = {name: check.passed for name, check in found.items()}
    assert passed == {
        "smallest_p": True, "detectable": None, "plain": None, "studentised": True, "pre_gap": True,
        "sensitivity": None, "equivalence": None, "leave_one_out": True,
        "effective_donors": None, "placebo_time": True,
    }  # fmt: skip


def test_without_an_effect_there_is_nothing_to_check(make_values, design_of):
    design = design_of(make_values(), refused=reason("no_panel"))
    assert checks.all(design, did.att(design), did.event_study(design)) == ()


@pytest.mark.parametrize(("n", "passed"), [(18, False), (19, True)])
def test_the_smallest_p_that_the_pool_can_give(run, make_values, n, passed):
    found, _, _ = run(make_values(n=n))
    assert found["smallest_p"]["value"].estimate == 1 / (n + 1)
    assert found["smallest_p"].passed is passed


def test_the_detectable_effect_is_the_smallest_that_the_judgement_finds_in_four_of_five_cases(run):
    found, effect, design = run()
    placebos, spreads = effect.placebos.to_numpy(), gaps.spreads(design)
    least = max(did.critical(placebos), did.critical(placebos / spreads[1:]) * spreads[0])
    noise = placebos / spreads[1:] * spreads[0]  # the region may be noisier than the others

    def power(size):
        return (np.abs(noise + size) >= least - 1e-9).mean()

    detectable = found["detectable"]["value"].estimate
    assert power(detectable) >= 0.8
    assert max(power(size) for size in np.linspace(0, detectable * (1 - 1e-6), 2000)) < 0.8


def test_with_fewer_than_nineteen_units_the_detectable_effect_is_withheld(run, make_values):
    found, _, _ = run(make_values(n=18))
    assert found["detectable"]["value"].estimate is None
    assert found["detectable"]["value"].reason == reason("unbounded_interval", n=18)


def test_each_effect_is_divided_by_the_spread_of_its_units_pre_gaps(run):
    found, effect, design = run()
    ratios = []
    for unit in design.outcome.index:
        others = design.outcome.drop(index={unit, "a"})
        gaps = (design.outcome.loc[unit] - others.mean())[list(design.pre)]
        size = effect["att"].estimate if unit == "a" else effect.placebos[unit]
        ratios.append(size / gaps.std())
    estimate = found["studentised"]["att"]
    assert estimate.statistic == pytest.approx(ratios[0])
    assert estimate.estimate == effect["att"].estimate
    assert estimate.p_value == did.rank_p(ratios[0], np.array(ratios[1:]))


def test_the_breakdown_is_where_the_widened_interval_meets_zero(run):
    found, effect, _ = run(effect=8)
    multiple = found["sensitivity"]["breakdown"].estimate
    assert effect["att"].conf_low - multiple * found["pre_gap"]["max"].estimate == pytest.approx(0)
    assert run(effect=0.0)[0]["sensitivity"]["breakdown"].reason == reason("not_told_from_zero")


def test_equivalence_needs_a_declared_margin_and_the_ninety_per_cent_interval(run, design_of, make_values):
    design = design_of(make_values())
    effect = did.att(design)
    excluded = checks.equivalence(effect, design)["margin"].estimate
    assert excluded < max(-effect["att"].conf_low, effect["att"].conf_high)
    for margin, passed in ((excluded * 1.01, True), (excluded * 0.99, False), (None, None)):
        about = design.indicator.model_copy(update={"negligible": margin})
        assert checks.equivalence(effect, replace(design, indicator=about)).passed is passed


@pytest.mark.parametrize("draws", [50, pytest.param(200, marks=pytest.mark.slow)])
def test_a_noisy_region_is_not_taken_for_an_effect(make_values, design_of, slack, draws):
    plain, studentised = [], []
    for seed in range(draws):
        values = make_values(seed=seed)
        own = values.iloc[0] - values.iloc[1:].mean()
        values.iloc[0] += own - own.mean()  # twice the noise
        design = design_of(values)
        effect = did.att(design)
        plain.append(effect.judgement.plain_p <= 0.05)
        studentised.append(effect.judgement.studentised_p <= 0.05)
        assert (effect["att"].p_value <= 0.05) == (plain[-1] and studentised[-1])
    assert np.mean(plain) > 0.2 - slack(0.2, draws, 200)
    assert np.mean(studentised) < 0.09 + slack(0.09, draws, 200)


def test_units_that_never_moved_before_cannot_be_told_apart(run, make_values):
    values = make_values(effect=20)
    values.iloc[:, :12] = 50.0
    found, effect, _ = run(values)
    assert found["plain"]["att"].p_value == 1 / 41
    assert found["studentised"]["att"].p_value == effect["att"].p_value == 1
    assert effect["att"].conf_low is None


def test_an_unusual_pre_gap_fails(run, make_values):
    values = make_values(effect=5)
    values.iloc[0, 3] += 30
    found, _, _ = run(values)
    assert not found["pre_gap"].passed
    assert found["pre_gap"]["max"].p_value == 1 / 41
    assert found["pre_gap"]["max"].estimate > 20


def test_leaving_one_out_gives_the_smallest_and_largest_estimate(run, make_values):
    values = make_values(n=6, effect=0.5)
    found, _, design = run(values)
    without = [gaps.pairwise(replace(design, outcome=values.drop(index=unit)))[0] for unit in values.index[1:]]
    assert found["leave_one_out"]["min"].estimate == pytest.approx(min(without))
    assert found["leave_one_out"]["max"].estimate == pytest.approx(max(without))


def test_an_effect_that_hangs_on_one_unit_fails(run, make_values):
    values = make_values(n=20, effect=1, noise=0.1)
    values.iloc[1, 12:] += 100  # alone turns the sign
    found, effect, _ = run(values)
    assert effect["att"].estimate < 0 < found["leave_one_out"]["max"].estimate
    assert not found["leave_one_out"].passed


def test_without_the_mask_its_periods_are_back(run, make_values):
    values = make_values(effect=2)
    values.iloc[0, 14:16] -= 40
    post = tuple(values.columns[[12, 13, 16, 17, 18, 19]])
    masked = dict.fromkeys(values.columns[14:16], "covid")
    found, effect, _ = run(values, post=post, masked=masked)
    assert effect["att"].estimate > 0 > found["without_mask"]["att"].estimate
    assert not found["without_mask"].passed
    assert found["without_mask"].n_post == 8


def test_a_mask_at_the_end_of_the_data_can_be_taken_off(project, make_values):
    project.values(make_values(pre=12, post=8, effect=3))
    project.table("units", "unit|adoption\na|2019Q1\n" + "\n".join(f"u{i:03}|" for i in range(1, 41)))
    project.assessment("design: {mask: {covid: [2020Q3, 2020Q4]}}\n")
    design = project.design()
    check = checks.without_mask(design, did.att(design))
    assert (len(design.post), check.n_post, check.passed) == (6, 8, True)


def test_what_is_left_out_stays_out_when_the_mask_is_off(run, make_values):
    values = make_values(effect=2)
    names = values.columns
    found, _, _ = run(
        values, post=tuple(names[14:]), left_out={names[12]: "transition"},
        masked={names[12]: "covid", names[13]: "covid"},
    )  # fmt: skip
    assert found["without_mask"].n_post == 7


def test_an_invented_adoption_date_should_find_nothing(run, make_values):
    values = make_values(effect=2)
    found, _, design = run(values)
    (estimate,) = found["placebo_time"].estimates
    assert estimate.term == f"date={design.pre[6]}"
    assert (found["placebo_time"].n_pre, found["placebo_time"].n_post) == (6, 6)
    values.iloc[0, 6:] += 20
    found, _, _ = run(values)
    assert not found["placebo_time"].passed


def test_a_short_baseline_has_no_room_for_an_invented_date(run, make_values):
    found, _, _ = run(make_values(pre=3, post=8), pre=3)
    assert "placebo_time" not in found


def test_an_alternative_date_that_gives_no_estimate_is_left_out(run, design_of, make_values):
    refused = design_of(make_values(), refused=reason("too_few_post_periods"))
    assert "adoption_alternative" not in run(alternatives={"2020Q4": refused})[0]


def test_checks_with_a_p_name_its_inference(run):
    found, _, _ = run()
    with_p = {name for name, check in found.items() if any(e.p_value is not None for e in check.estimates)}
    assert with_p == {name for name, check in found.items() if check.inference == "placebo_space"}
    assert with_p == {"plain", "studentised", "pre_gap", "placebo_time"}


def test_a_withheld_path_leaves_no_checks(run, make_values, design_of):
    design = design_of(make_values(n=1))
    path = did.event_study(design)
    assert isinstance(path, Withheld)
    assert checks.all(design, did.att(design), path) == ()


def test_two_comparison_units_are_enough_for_every_check(run, make_values):
    found, _, _ = run(make_values(n=2, effect=5))
    assert np.isfinite(pd.concat([check.tidy() for check in found.values()])["p_value"].dropna()).all()
    assert np.isfinite(found["leave_one_out"]["min"].estimate)


def test_an_effect_that_cannot_be_told_from_zero_leaves_nothing_to_be_robust(run):
    found, effect, _ = run(effect=0.0)
    assert effect["att"].p_value > 0.05
    assert {name: found[name].passed for name in ("leave_one_out", "studentised")} == {
        "leave_one_out": None, "studentised": None,
    }  # fmt: skip
    assert found["pre_gap"].passed
