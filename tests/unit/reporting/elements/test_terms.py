"""Technical terms: their first use opens their meaning in place, and every meaning stands on the page."""

import re
from html import unescape

import pytest

from evalkit.reporting.elements import terms
from evalkit.reporting.language import vocabulary, words
from evalkit.reporting.language.words import say


def test_the_first_use_of_a_term_opens_its_meaning_and_later_ones_do_not():
    words.use("en")
    with terms.explained() as used:
        first, second = (say("the 95% interval, and the 95% interval of {name}", name="<a>") for _ in range(2))
    button = '<button type="button" class="term" popovertarget="means-interval">95% interval</button>'
    assert first == f'the <span class="whole">{button},</span> and the 95% interval of &lt;a&gt;'
    assert second == "the 95% interval, and the 95% interval of &lt;a&gt;"
    assert say("the 95% interval") == "the 95% interval"
    assert used == ["interval"]


def test_names_from_data_are_left_alone():
    words.use("en")
    with terms.explained() as used:
        assert say("{name}", name="95% interval") == "95% interval"
    assert used == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_term_can_be_opened_where_it_is_used(lang):
    words.use(lang)
    for code in set(vocabulary.MEANINGS) - {"p"}:
        word, meaning = map(words.translate, vocabulary.MEANINGS[code])
        with terms.explained() as used:
            assert f'popovertarget="means-{code}"' in say(word)
        (note,) = re.findall("<div popover .*?</div>", str(terms.meanings(used)))
        assert f'id="means-{code}"' in note
        assert meaning in unescape(note)


def test_a_report_without_series_explains_no_method():
    words.use("en")
    assert re.findall('<dt id="term-([a-z]+)">', str(terms.listed(has_series=False))) == ["comparison"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_term_has_its_meaning_under_its_anchor(lang):
    words.use(lang)
    assert re.findall('<dt id="term-([a-z]+)">', str(terms.listed())) == list(vocabulary.MEANINGS)
