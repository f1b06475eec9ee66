"""Series in which nothing happened: how often a reading claims a change."""

import numpy as np
import pandas as pd
import pytest

from evalkit.simulation import untouched
from evalkit.simulation.untouched import READING, Untouched


def test_a_series_has_the_length_and_the_persistence_that_its_kind_says():
    kind = Untouched("month", 300, 300, 0.6)
    design = untouched.design_of(kind, np.random.default_rng(1))
    assert (len(design.pre), len(design.post), design.adoption) == (300, 300, design.post[0])
    noise = design.outcome.to_numpy()[0] - untouched.TREND * np.arange(600)
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(0.6, abs=0.08)


def test_short_series_claim_little_whatever_the_persistence():
    kinds = [Untouched("quarter", 6, 5, rho) for rho in (0.0, 0.6)]
    table = untouched.calibrate(panels=60, seed=2, kinds=kinds)
    assert set(table["quantity"]) == {READING}
    assert (table["share"] <= 0.12).all()


def test_what_is_too_short_to_read_is_not_counted():
    assert untouched.calibrate(panels=5, kinds=[Untouched("year", 4, 4, 0.0)]).empty


def test_the_worst_share_is_told_apart_by_the_persistence_up_to_which_a_reading_keeps_its_level():
    shares = {"own-quarter-6+6-0.3": 0.02, "own-quarter-6+6-0.6": 0.05, "own-quarter-8+8-0.9": 0.11}
    table = pd.DataFrame({"scenario": shares.keys(), "share": shares.values()}).assign(quantity=READING, kind="rejects")
    assert untouched.worst(table) == (0.05, 0.11)
