"""The answer as a value: drawn, written, read back, and as the plain text of a preview."""

import pytest

from evalkit.reporting.answer.card import Answer, Card
from evalkit.reporting.elements import parts
from evalkit.reporting.language import words
from evalkit.reporting.language.words import Html

CARD = Card("goals", "Goals <1>", Html("10 of 12"), (Html("one <b>note</b>"),))
ANSWER = Answer(Html("Ten &amp; more."), Html("Certainty: low."), (CARD,), (Html("First."), Html("Second.")))


def test_line_basis_cards_and_sentences_follow_each_other():
    drawn = str(ANSWER)
    places = [drawn.index(text) for text in ("Ten", "Certainty", "10 of 12", "note", "First.", "Second.")]
    assert places == sorted(places)
    assert "Goals &lt;1&gt;" in drawn


def test_the_description_is_plain_text():
    assert ANSWER.description == "Ten & more. Certainty: low."


def test_chinese_sentences_follow_each_other_without_a_space():
    words.use("zh")
    assert ANSWER.description == "Ten & more.Certainty: low."


def test_an_answer_survives_the_notebook():
    assert parts.read(parts.written(ANSWER)) == ANSWER


@pytest.mark.parametrize("count", [0, 2])
def test_without_sentences_there_is_no_list(count):
    answer = Answer(ANSWER.line, ANSWER.basis, (), ANSWER.sentences[:count])
    assert ("<ul" in str(answer)) == bool(count)
