from dataclasses import replace

import numpy as np
import pytest

from evalkit.analysis.effects import checks, conclusion, did, synthetic


@pytest.fixture
def draw(make_values, design_of):
    """A conclusion from values; `changed` puts in other check results or another synthetic DiD."""

    def drawing(values=None, effect=8.0, better="higher", failed=(), synthetic_att=None, **changes):
        values = make_values(effect=effect) if values is None else values
        design = design_of(values, better=better, **changes)
        found, path, weighted = did.att(design), did.event_study(design), synthetic.estimate(design)
        if synthetic_att is not None:
            weighted = replace(weighted, estimates=(replace(weighted["att"], estimate=synthetic_att),))
        results = [
            replace(check, passed=False) if check.method in failed else check
            for check in checks.all(design, found, path, weighted)
        ]
        return conclusion.draw(design.indicator, found, results, [weighted])

    return drawing


@pytest.mark.parametrize(
    ("effect", "better", "verdict"),
    [
        (8, "higher", "supported"),
        (-8, "lower", "supported"),
        (-8, "higher", "opposite"),
        (8, "lower", "opposite"),
        (0, "higher", "uncertain"),
        (8, "none", "no_direction"),
    ],
)
def test_the_verdict_needs_an_effect_and_a_direction(draw, effect, better, verdict):
    assert draw(effect=effect, better=better).verdict == verdict


@pytest.mark.parametrize("better", ["higher", "none"])
def test_with_fewer_than_nineteen_units_nothing_can_be_judged(draw, make_values, better):
    assert draw(make_values(n=18, effect=50), better=better).verdict == "cannot_judge"
    assert draw(make_values(n=19, effect=50)).verdict == "supported"


def test_what_is_withheld_cannot_be_judged(draw, make_values, design_of):
    design = design_of(make_values(n=0))
    concluded = conclusion.draw(design.indicator, did.att(design), (), ())
    assert (concluded.verdict, concluded.conditions, concluded.p_value) == ("cannot_judge", (), None)


@pytest.mark.parametrize("failed", ["pre_gap", "leave_one_out", "without_mask"])
def test_every_condition_can_take_the_support_away(draw, failed):
    # The masked period keeps its values, so that the mask itself changes nothing.
    concluded = draw(failed=[failed], masked={"2019Q1": "covid"})
    assert concluded.verdict == "uncertain"
    assert [condition.code for condition in concluded.conditions if not condition.holds] == [failed]


@pytest.mark.parametrize(("att", "verdict"), [(0.1, "supported"), (-0.1, "uncertain"), (0.0, "uncertain")])
def test_synthetic_did_must_keep_the_sign(draw, att, verdict):
    assert draw(synthetic_att=att).verdict == verdict


def test_a_missing_synthetic_did_supports_nothing(make_values, design_of):
    design = design_of(make_values(effect=8))
    effect, path = did.att(design), did.event_study(design)
    assert conclusion.draw(design.indicator, effect, checks.all(design, effect, path), ()).verdict == "uncertain"


def test_the_larger_of_the_plain_and_the_studentised_p_decides(draw, make_values, design_of):
    values = make_values(effect=2)
    own = values.iloc[0, :12] - values.iloc[1:, :12].mean()
    values.iloc[0, :12] += 6 * (own - own.mean())  # a noisy baseline, the same mean
    design = design_of(values)
    plain = did.att(design)["att"].p_value
    concluded = draw(values)
    assert plain <= 0.05 < concluded.p_value
    assert concluded.verdict == "uncertain"


def test_the_rule_is_carried_with_its_result(draw):
    codes = [condition.code for condition in draw().conditions]
    assert codes == ["p_value", "pre_gap", "synthetic_did", "leave_one_out", "without_mask"]
    assert draw().data_status == "reported"


@pytest.mark.parametrize("draws", [25, pytest.param(100, marks=pytest.mark.slow)])
def test_where_nothing_happened_the_rule_rarely_speaks_and_where_it_did_it_does(draw, make_values, slack, draws):
    silent = [draw(make_values(seed=seed)).verdict for seed in range(draws)]
    spoken = [draw(make_values(seed=seed, effect=3)).verdict for seed in range(draws)]
    assert np.isin(silent, ["supported", "opposite"]).mean() <= 0.05 + slack(0.05, draws, 100)
    assert spoken.count("supported") >= draws * (0.8 - slack(0.8, draws, 100))
    assert "opposite" not in spoken
