"""The tour's demonstration: designs that are known to fail do fail, and the report's own does not."""

import numpy as np
import pytest

from evalkit.analysis.effects import pitfalls
from evalkit.analysis.programme import few_clusters


@pytest.fixture
def drifting(make_values):
    """Nothing happens, but units wander: neighbouring quarters are alike, as in real panels."""
    values = make_values(n=30, seed=3, noise=0.0)
    steps = np.random.default_rng(4).normal(0, 1, values.shape)
    return values + np.cumsum(steps, axis=1)


def test_naive_p_values_raise_false_alarms_and_the_placebo_rank_does_not(design_of, drifting):
    found = {one.name: one for one in pitfalls.side_by_side(design_of(drifting))}
    assert list(found) == list(pitfalls.DESIGNS)
    assert {len(one.claims) for one in found.values()} == {30}
    assert found["twfe_clustered"].alarms > 10
    assert found["did_ordinary"].alarms > found["did_placebo"].alarms
    assert found["did_placebo"].alarms <= 1


def test_the_clustered_error_is_offered_here_only(design_of, drifting):
    claim = pitfalls.clustered(design_of(drifting))
    with pytest.raises(few_clusters.OneTreatedUnitError):
        few_clusters.clustered("att", claim.estimate, 1.0, n_treated=1)


def test_two_way_fixed_effects_are_the_difference_of_changes(design_of, make_values):
    design = design_of(make_values(effect=5.0))
    complete = pitfalls.placebo(design).estimate
    assert pitfalls.clustered(design).estimate == pytest.approx(complete)
    assert pitfalls.gap(design).estimate == pytest.approx(complete)


def test_holes_in_the_panel_are_left_out(design_of, drifting):
    drifting.iloc[5, 3] = drifting.iloc[0, 15] = np.nan
    claim = pitfalls.clustered(design_of(drifting))
    assert np.isfinite(claim.estimate)
    assert claim.p_value is not None


def test_a_pretended_region_takes_the_place_of_the_true_one(design_of, drifting):
    design = design_of(drifting)
    turn = pitfalls.pretend(design, "u007")
    assert turn.region == turn.outcome.index[0] == "u007"
    assert "a" not in turn.outcome.index
    assert len(turn.pool) == len(design.pool) - 1
    assert design.region == "a"


def test_the_region_shown_is_the_middle_one(design_of, drifting):
    found = pitfalls.side_by_side(design_of(drifting))
    claims = found[1].claims
    shown = claims[pitfalls.typical(found)].p_value
    assert sum(one.p_value < shown for one in claims.values()) == (len(claims) - 1) // 2


def test_too_few_regions_give_nothing(design_of, make_values):
    assert pitfalls.side_by_side(design_of(make_values(n=2))) == ()
