"""Technical terms: their first use leads to their meaning, and every meaning stands on the page."""

import re

import pytest

from evalkit.reporting.elements import terms
from evalkit.reporting.language import vocabulary, words
from evalkit.reporting.language.words import say


def test_the_first_use_of_a_term_leads_to_its_meaning_and_later_ones_do_not():
    words.use("en")
    with terms.linking():
        first, second = (say("the 95% interval, and the 95% interval of {name}", name="<a>") for _ in range(2))
    assert first == 'the <a href="#term-interval">95% interval</a>, and the 95% interval of &lt;a&gt;'
    assert second == "the 95% interval, and the 95% interval of &lt;a&gt;"
    assert say("the 95% interval") == "the 95% interval"


def test_names_from_data_are_left_alone():
    words.use("en")
    with terms.linking():
        assert say("{name}", name="95% interval") == "95% interval"


def test_a_report_without_series_explains_no_method():
    words.use("en")
    assert re.findall('<dt id="term-([a-z]+)">', str(terms.listed(has_series=False))) == ["comparison"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_term_has_its_meaning_under_its_anchor(lang):
    words.use(lang)
    anchors = re.findall('<dt id="term-([a-z]+)">', str(terms.listed()))
    assert anchors == list(vocabulary.MEANINGS)
    for code in set(anchors) - {"p"}:
        word = words.translate(vocabulary.MEANINGS[code][0])
        with terms.linking():
            assert say(word) == f'<a href="#term-{code}">{word}</a>'
