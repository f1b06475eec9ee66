"""Chips: shape, word and colour together; goals and effects never in the same clothes."""

import re
from typing import get_args

import pytest

from evalkit.analysis.effects import conclusion
from evalkit.analysis.goals import attainment
from evalkit.project import dataset
from evalkit.reporting.language import chips, words


def test_every_goal_verdict_and_data_status_has_a_chip():
    assert set(chips.GOALS) == set(get_args(attainment.Status))
    assert set(chips.EFFECTS) == set(get_args(conclusion.Verdict))
    assert set(chips.STATUSES) == {*dataset.STATUSES, "mixed"}


def test_goals_and_effects_share_no_shape_and_no_word():
    goals, effects = list(chips.GOALS.values()), list(chips.EFFECTS.values())
    assert {shape for shape, _, _ in goals}.isdisjoint(shape for shape, _, _ in effects)
    assert {word for _, _, word in goals}.isdisjoint(word for _, _, word in effects)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("table", [chips.GOALS, chips.EFFECTS], ids=["goals", "effects"])
def test_no_two_chips_of_a_kind_say_the_same(table, lang):
    words.use(lang)
    said = [words.translate(word) for _, _, word in table.values()]
    assert len(set(said)) == len(said)


def test_the_shape_is_hidden_from_screen_readers_and_the_word_is_not():
    assert chips.goal("met") == ('<span class="chip goal met"><span aria-hidden="true">●</span> Target met</span>')


def test_a_chip_may_count():
    assert re.sub("<[^>]*>", "", chips.goal("not_met", 3)) == "○ Target not met 3"


@pytest.mark.parametrize(
    ("passed", "informs", "told"),
    [
        (True, False, "✓ passed"),
        (False, False, "✗ not passed"),
        (None, True, "i for information"),
        (None, False, "– not applicable"),
    ],
)
def test_a_check_passes_fails_informs_or_does_not_apply(passed, informs, told):
    assert re.sub("<[^>]*>", "", chips.outcome(passed, informs)) == told


def test_a_data_status_in_words():
    words.use("zh")
    assert chips.data_status("simulated") == words.catalogue("zh")["Simulated"] != "Simulated"
