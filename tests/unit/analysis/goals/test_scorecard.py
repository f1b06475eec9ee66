"""Scorecards: totals by hand, what the weights can and cannot move, and nothing claimed where nothing was given."""

import datetime as dt

import numpy as np
import pytest
from pydantic import ValidationError

from evalkit.analysis.goals import scorecard
from evalkit.analysis.goals.scorecard import appraise, drawn_ranks, possible_ranks
from evalkit.project.appraisal import Scorecard

DIMENSIONS = ("d1", "d2")


@pytest.fixture
def card():
    """A card of two dimensions; scores as `name: (year, norms, scores by dimension)`."""

    def make(*rated, weights=(None, None)):
        return Scorecard.model_validate(
            {
                **{"id": "c", "name": {"en": "Card"}, "source": "s", "phrase": "p"},
                "dimensions": [
                    {"id": name, "name": {"en": name}, "weight": weight}
                    for name, weight in zip(DIMENSIONS, weights, strict=True)
                ],
                "rated": [
                    {
                        "name": {"en": name},
                        "year": year,
                        "norms": norms,
                        "scores": {d: s for d, s in zip(DIMENSIONS, scores, strict=True) if s is not None},
                    }
                    for name, year, norms, scores in rated
                ],
            }
        )

    return make


def only(appraisal):
    """The standings of its one group, by name."""
    (group,) = appraisal.groups
    return {one.rated.name.en: one for one in group.standings}


def test_with_weights_the_total_is_their_mean_and_ranks_follow(card):
    found = only(appraise(card(("A", "2020", None, (90, 60)), ("B", "2020", None, (70, 80)), weights=(3, 1))))
    assert (found["A"].total, found["B"].total) == (82.5, 72.5)
    assert (found["A"].bounds, found["A"].place, found["B"].place) == ((82.5, 82.5), (1, 1), (2, 2))
    assert (found["A"].possible, found["B"].possible) == ((1, 2), (1, 2))


def test_without_weights_no_total_and_no_rank_is_claimed(card):
    found = only(appraise(card(("A", "2020", None, (90, 60)), ("B", "2020", None, (70, 80)))))
    assert {(one.total, one.bounds, one.place) for one in found.values()} == {(None, None, None)}
    # A is ahead where w1 > 1/2, which is half of all weightings.
    assert found["A"].shares[0] == pytest.approx(0.5, abs=0.02)
    assert found["A"].likely == (1, 2)


def test_a_unit_ahead_in_every_dimension_is_ahead_with_any_weights(card):
    found = only(appraise(card(("A", "2020", None, (90, 80)), ("B", "2020", None, (70, 60)))))
    assert [name.en for name in found["A"].beats] == ["B"]
    assert found["B"].beats == ()
    assert (found["A"].possible, found["A"].likely, found["A"].shares) == ((1, 1), (1, 1), (1.0, 0.0))
    assert found["B"].possible == (2, 2)


def test_ahead_in_one_dimension_and_equal_in_the_other_is_not_ahead_in_every_one(card):
    found = only(appraise(card(("A", "2020", None, (90, 60)), ("B", "2020", None, (70, 60)))))
    assert found["A"].beats == ()
    assert found["B"].possible == (1, 2)  # with all weight on the second dimension they are level


def test_a_unit_between_two_others_cannot_come_first_though_neither_is_ahead_everywhere(card):
    # With weight w on the first dimension: A 60 + 30 w, B 90 - 30 w, C always 70; A or B has at least 75.
    rows = (("A", "2020", None, (90, 60)), ("B", "2020", None, (60, 90)), ("C", "2020", None, (70, 70)))
    found = only(appraise(card(*rows)))
    assert found["C"].possible == (2, 3)
    assert [one.beats for one in found.values()] == [(), (), ()]
    # C is second where A or B falls below 70, so where w is below a third or above two thirds.
    assert found["C"].shares == pytest.approx((0, 2 / 3, 1 / 3), abs=0.02)


def test_a_missing_score_gives_bounds_and_leaves_the_rank_open(card):
    rows = (("A", "2020", None, (80, None)), ("B", "2020", None, (70, 70)))
    found = only(appraise(card(*rows, weights=(3, 1))))
    assert found["A"].missing == ("d2",)
    assert (found["A"].total, found["A"].bounds) == (80.0, (60.0, 85.0))
    assert (found["A"].place, found["B"].place) == ((1, 2), (1, 2))
    assert found["B"].bounds == (70.0, 70.0)
    assert found["A"].beats == ()


def test_missing_scores_do_not_hide_a_lead_that_even_the_worst_case_keeps(card):
    rows = (("A", "2020", None, (90, 90)), ("B", "2020", None, (10, None)))
    found = only(appraise(card(*rows, weights=(3, 1))))
    assert (found["A"].place, found["B"].place) == ((1, 1), (2, 2))  # 90 against 32.5 at most


def test_a_dimension_scored_for_nobody_leaves_every_rank_open(card):
    rows = (("A", "2020", None, (90, None)), ("B", "2020", None, (10, None)))
    found = only(appraise(card(*rows)))
    assert {one.possible for one in found.values()} == {(1, 2)}


def test_a_total_needs_a_score_in_a_dimension_that_weighs_something(card):
    found = only(appraise(card(("A", "2020", None, (90, None)), weights=(0, 1))))
    assert (found["A"].total, found["A"].bounds) == (None, (0.0, 100.0))


def test_units_with_other_norms_are_not_ranked_together(card):
    rows = (("A", "2020", "general", (90, 90)), ("B", "2020", "general", (80, 80)), ("T", "2020", "tcm", (70, 70)))
    groups = appraise(card(*rows, weights=(1, 1))).groups
    assert [(group.norms, len(group.standings)) for group in groups] == [("general", 2), ("tcm", 1)]
    (alone,) = groups[1].standings
    assert (alone.place, alone.possible, alone.shares, alone.beats) == ((1, 1), (1, 1), (1.0,), ())


def test_equal_totals_share_the_better_rank(card):
    found = only(appraise(card(("A", "2020", None, (80, 80)), ("B", "2020", None, (80, 80)), weights=(1, 1))))
    assert {one.place for one in found.values()} == {(1, 1)}
    assert {one.possible for one in found.values()} == {(1, 1)}


def test_ranks_hold_better_near_given_weights_than_over_all(card):
    rows = (("A", "2020", None, (90, 60)), ("B", "2020", None, (70, 72)))
    anywhere, near = (only(appraise(card(*rows, weights=w)))["A"] for w in ((None, None), (1, 1)))
    assert anywhere.likely == (1, 2)
    assert near.likely == (1, 1)
    assert near.shares[0] > anywhere.shares[0]


def test_the_stated_concentration_is_what_the_documentation_says():
    # A weight of 20 % lies between 14 and 27 % in nine draws of ten.
    drawn = np.random.default_rng(1).dirichlet(scorecard.CONCENTRATION * np.array([0.2, 0.8]), 100_000)[:, 0]
    assert np.quantile(drawn, [0.05, 0.95]) == pytest.approx([0.14, 0.27], abs=0.005)


def test_a_dimension_of_no_weight_moves_nothing():
    scores = np.array([[90.0, 0.0], [80.0, 100.0]])
    assert set(drawn_ranks(scores, np.array([1.0, 0.0]))[:, 0]) == {1}


def test_the_same_scores_give_the_same_answer(card):
    rows = (("A", "2020", None, (90, None)), ("B", "2020", None, (70, 80)), ("C", "2020", None, (75, 77)))
    first, second = (only(appraise(card(*rows, weights=(2, 1)))) for _ in range(2))
    assert [one.shares for one in first.values()] == [one.shares for one in second.values()]


def test_no_drawn_rank_lies_outside_the_possible_ones():
    scores = np.random.default_rng(3).uniform(50, 100, (8, 4))
    ranks = drawn_ranks(scores, None)
    for unit in range(len(scores)):
        best, worst = possible_ranks(unit, scores, scores)
        assert best <= ranks[:, unit].min() <= ranks[:, unit].max() <= worst


def test_change_is_against_the_year_appraised_before(card):
    rows = (("A", "2019", None, (80, 70)), ("A", "2021", None, (85, 68)), ("B", "2021", None, (50, 50)))
    (change,) = appraise(card(*rows, weights=(1, 1))).changes
    assert (change.name.en, change.since, change.year) == ("A", "2019", "2021")
    assert (change.by_dimension, change.total) == ({"d1": 5.0, "d2": -2.0}, 1.5)


def test_totals_over_other_dimensions_are_not_compared(card):
    rows = (("A", "2020", None, (80, None)), ("A", "2021", None, (85, 68)))
    (change,) = appraise(card(*rows, weights=(1, 1))).changes
    assert (change.by_dimension, change.total) == ({"d1": 5.0}, None)


def test_years_by_other_norms_are_not_compared(card):
    rows = (("A", "2020", "old", (80, 80)), ("A", "2021", "new", (85, 68)))
    assert appraise(card(*rows)).changes == ()


def test_a_year_that_had_not_ended_does_not_enter(card):
    rows = (("A", "2020", None, (80, 80)), ("A", "2021", None, (85, 68)))
    assert [group.year for group in appraise(card(*rows), dt.date(2021, 3, 31)).groups] == ["2020"]
    assert appraise(card(*rows), dt.date(2021, 12, 31)).latest[0].year == "2021"


def test_a_unit_without_any_score_stands_in_no_ranking(card):
    assert appraise(card(("A", "2020", None, (None, None)))).groups == ()


@pytest.mark.parametrize(
    ("rows", "weights", "message"),
    [
        ((), (0, 0), "at least one weight must be above 0"),
        ((), (1, None), "give every dimension a weight, or none"),
        ((("A", "2020", None, (1, 1)), ("A", "2020", None, (2, 2))), (1, 1), "two sets of scores in one year"),
        ((("A", "2020", None, (101, 1)),), (1, 1), "between 0 and 100"),
    ],
)
def test_a_card_that_cannot_be_right_is_refused(card, rows, weights, message):
    with pytest.raises(ValidationError, match=message):
        card(*rows, weights=weights)
