"""The test of a pooled effect against draws: two p-values, the interval of both, the smallest effect found."""

import numpy as np
import pytest

from evalkit.analysis.programme import draw_test
from evalkit.analysis.programme.draw_test import Draws


def draws(actual=0.0, seed=1, spread=1.0, count=999):
    """Noise of size one, in draws that treat none of the really treated; actual clusters of another spread."""
    values = np.random.default_rng(seed).normal(size=count)
    return Draws(actual, values, np.zeros(count), np.concatenate([[spread], np.ones(count)]))


def test_the_larger_p_judges():
    plain = Draws(2.5, draws().values, np.zeros(999))
    assert draw_test.tested("group", draws(2.5)).p_value == draw_test.tested("group", plain).p_value <= 0.05
    noisy = draw_test.tested("group", draws(2.5, spread=2.0))
    assert noisy.p_value > 0.15
    assert noisy.conf_low < 0 < noisy.conf_high
    quiet = draw_test.tested("group", draws(1.5, spread=0.1))
    assert quiet.p_value == draw_test.tested("group", Draws(1.5, draws().values, np.zeros(999))).p_value > 0.05


@pytest.mark.parametrize("spread", [0.5, 1.0, 2.0])
def test_the_interval_holds_the_effects_that_neither_test_rejects(spread):
    made = draws(3.0, spread=spread)
    made = Draws(3.0, made.values, np.random.default_rng(2).choice([0.0, 0.2, -0.1], 999), made.spreads)
    found = draw_test.tested("group", made)
    for supposed in np.linspace(found.conf_low - 1, found.conf_high + 1, 81):
        without = Draws(3.0 - supposed, made.values - supposed * made.doses, made.doses, made.spreads)
        assert (without.p_value() > 0.05) == (found.conf_low <= supposed <= found.conf_high)


def test_a_draw_that_shows_more_of_the_effect_than_the_actual_assignment_bounds_nothing():
    made = Draws(1.0, np.zeros(99), np.full(99, 0.9), np.concatenate([[2.0], np.ones(99)]))
    assert draw_test.inverted(made) == (None, None)


@pytest.mark.parametrize("spread", [1.0, 2.0])
def test_the_smallest_effect_found_is_found_in_eighty_of_a_hundred_cases(spread):
    """Also where the actual clusters are noisier than the draws that they are compared with."""
    noise = draws(spread=spread)
    size = draw_test.smallest_found(noise)
    found = [
        Draws(spread * value + sign * size, noise.values, noise.doses, noise.spreads).p_value() <= 0.05
        for value in noise.values
        for sign in (1, -1)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.005)
    assert size == pytest.approx(spread * 2.8, rel=0.05)


def test_what_is_detectable_does_not_depend_on_the_effect_that_is_there():
    noise = draws()
    doses = np.random.default_rng(2).choice([0.0, 0.4], 999)
    shown = Draws(5.0, noise.values + 5 * doses, doses, noise.spreads)
    assert draw_test.smallest_found(shown) == pytest.approx(
        draw_test.smallest_found(Draws(0.0, noise.values, doses, noise.spreads))
    )


def test_too_few_draws_find_nothing():
    assert draw_test.smallest_found(Draws(0.0, draws().values[:10], np.zeros(10))) is None
