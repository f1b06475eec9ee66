"""Best estimates: critical values with published points, shrinkage, coverage whatever the effects are like."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.analysis.effects import did
from evalkit.analysis.programme import borrowed
from evalkit.analysis.results import Withheld


@pytest.mark.parametrize(
    ("ratio", "kurtosis", "expected"), [(0, None, 1.9600), (1, None, 3.2592), (4, None, 7.2164), (4, 3.0, 4.62)]
)
def test_the_critical_value_at_published_points(ratio, kurtosis, expected):
    found = borrowed.critical_value(float(ratio), kurtosis)
    assert found == pytest.approx(expected, abs=5e-5 if kurtosis is None else 0.005)


def test_the_critical_value_nears_chebyshevs_bound():
    shares = [borrowed.critical_value(ratio) / np.sqrt((1 + ratio) / 0.05) for ratio in (4.0, 400.0, 1e6)]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1, abs=0.01)


def test_a_bound_on_the_kurtosis_never_widens_and_a_constant_bias_needs_the_least():
    wide = [borrowed.critical_value(1.0, kurtosis) for kurtosis in (1.0, 2.0, 3.0, 10.0, None)]
    assert wide == sorted(wide)


def test_the_best_estimate_lies_between_and_noisier_ones_move_further():
    found = borrowed.Spread(centre=2.0, variance=1.0, kurtosis=None, centre_error=0.1, regions=30)
    quiet, noisy = borrowed.shrunk(5.0, 0.5, found), borrowed.shrunk(5.0, 2.0, found)
    assert 5 > quiet[0] > noisy[0] > 2
    assert (quiet[2], noisy[2]) == pytest.approx((0.8, 0.2))


@pytest.mark.parametrize("shape", ["normal", "two_values", "few_gain"])
def test_intervals_hold_the_truth_on_average_whatever_the_effects_are_like(shape):
    random, inside = np.random.default_rng(4), []
    for _ in range(25):
        effects = {
            "normal": random.normal(1, 1, 40),
            "two_values": random.choice([0.0, 2.0], 40),
            "few_gain": np.where(random.random(40) < 0.1, 4.0, 0.0),
        }[shape]
        own = effects + random.normal(0, 1, 40)
        found = borrowed.spread(own, np.ones(40), 0.0)
        for value, effect in zip(own, effects, strict=True):
            estimate, half, _ = borrowed.shrunk(value, 1.0, found)
            inside.append(abs(estimate - effect) <= half)
    assert np.mean(inside) >= 0.94


@pytest.fixture
def many(make_values, design_of):
    """Own headlines of twelve regions, each against a pool of its own."""
    values = {f"r{n:02d}": design_of(make_values(seed=n, effect=1 + n % 3)) for n in range(12)}
    return {unit: did.att(design) for unit, design in values.items()}


def short(many):
    return {unit: borrowed.own(effect) for unit, effect in many.items()}


def test_a_region_gets_its_best_estimate_without_a_p_of_its_own(many):
    found = borrowed.best(many["r00"], short(many))
    assert (found.analysis, found.method, found.n_treated) == ("borrowed", "empirical_bayes", 12)
    att = found["att"]
    assert (
        min(many["r00"]["att"].estimate, found.centre) <= att.estimate <= max(many["r00"]["att"].estimate, found.centre)
    )
    assert att.p_value is None
    assert att.conf_low < att.estimate < att.conf_high


def test_flagged_regions_do_not_set_the_spread(many):
    wild = {**short(many), "x": replace(short(many)["r00"], estimate=90.0)}
    assert borrowed.best(many["r00"], wild).centre > 5
    assert borrowed.best(many["r00"], wild, {"x"}).centre == borrowed.best(many["r00"], short(many)).centre


def test_fewer_than_ten_regions_lend_no_strength(many):
    few = dict(list(short(many).items())[:9])
    found = borrowed.best(many["r00"], few)
    assert isinstance(found, Withheld)
    assert found.reason.code == "too_few_regions"


def test_the_noise_that_all_share_does_not_count_as_agreement(many):
    alone = borrowed.spread(np.ones(20), np.ones(20), 0.0)
    shared = borrowed.spread(np.ones(20), np.ones(20), 0.5)
    assert shared.centre_error > alone.centre_error
