"""Were the goals met: half a sentence and a card, worst first, nothing called missed that is not known."""

from dataclasses import replace

import pytest

from evalkit.analysis.bundle import Bundle
from evalkit.reporting.answer import goal_words
from evalkit.reporting.language import words
from evalkit.reporting.language.plain_text import text_of


@pytest.fixture
def goals(report):
    made = report()

    def of(*codes):
        return [replace(made.goals[0], goal=code, met=code in goal_words.MET) for code in codes]

    return made.evaluation, of


def test_targets_met_are_counted_of_all(goals):
    _, of = goals
    assert text_of(goal_words.clause(of("met", "direction_met", "not_met"))) == "2 of 3 targets met"
    assert text_of(goal_words.clause(of("met", "on_track"))) == "1 of 2 targets met, 1 on track"


def test_where_no_figure_is_there_nothing_is_counted_as_missed(goals):
    evaluation, of = goals
    judged = of("not_measured", "not_measured")
    assert text_of(goal_words.clause(judged)) == "2 targets, none can be judged"
    card = goal_words.card(judged, (), evaluation)
    assert (text_of(card.word), card.notes) == ("none of 2 can be judged", ())


def test_before_anything_can_be_judged_no_target_is_0_of_n(goals):
    _, of = goals
    judged = [replace(one, met=None) for one in of("cannot_tell", "direction_unclear")]
    assert text_of(goal_words.clause(judged)) == "2 targets, none can be judged yet"


def test_without_targets_none_were_found(goals):
    evaluation, _ = goals
    assert text_of(goal_words.clause(())) == "No targets found"
    assert text_of(goal_words.card((), (), evaluation).word) == "none found"


def test_the_card_names_what_is_wanting_worst_first(goals):
    evaluation, of = goals
    card = goal_words.card(of("cannot_tell", "not_met", "not_met", "met"), (), evaluation)
    assert text_of(card.word) == "1 of 4 met"
    told = [text_of(note) for note in card.notes]
    assert told[0] == "Target not met: 2 (all of Rate)"
    assert told[1].startswith("Cannot be determined: 1 (Rate, ")


def test_of_many_missed_targets_three_are_named(goals):
    evaluation, of = goals
    indicator = evaluation.indicators["rate"]
    known = {name: indicator.model_copy(update={"name": {"en": name.upper()}}) for name in "pqrs"}
    judged = [replace(one, indicator=name) for one, name in zip(of(*["not_met"] * 4), "pqrs", strict=True)]
    card = goal_words.card(judged, (), replace(evaluation, indicators=known))
    assert [text_of(note) for note in card.notes] == ["Target not met: 4 (P, Q, R and others)"]


REFERENCE = "name: {en: Pilot}, indicator: rate, operator: '>=', value: 65, source: s, phrase: …"


@pytest.mark.parametrize(("value", "told"), [(64.45, "Rate 64.45%, 0.55 percentage points below"), (66, "1 percent")])
def test_without_targets_the_figure_is_told_against_a_reference_value(report, make_values, project, value, told):
    values = make_values()
    values.loc["a", "2020Q4"] = value
    report(values)
    project.region("a", f"region: a\nreferences:\n  - {{{REFERENCE}}}\n")
    found = Bundle(project.load("a"))
    (note,) = goal_words.card(found.goals, found.references, found.evaluation).notes
    assert told in text_of(note)
    assert "not its targets" in text_of(note)


def test_chinese(goals):
    _, of = goals
    words.use("zh")
    assert text_of(goal_words.clause(of("met", "not_met"))) == "2 项目标中 1 项达标"
