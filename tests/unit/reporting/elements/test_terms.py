"""Technical terms: their first use leads to their meaning, and every meaning stands on the page."""

import re

import pytest
from markupsafe import Markup

from evalkit.reporting.elements import terms
from evalkit.reporting.language import vocabulary, words


def test_the_first_use_of_a_term_leads_to_its_meaning_and_later_ones_do_not():
    told = terms.linked(Markup("<p>the 95% interval, and the 95% interval again</p>"))
    assert told == '<p>the <a href="#term-interval">95% interval</a>, and the 95% interval again</p>'


@pytest.mark.parametrize(
    "markup",
    [
        '<svg aria-label="x"><text>95% interval</text></svg>',
        '<a href="#x">95% interval</a>',
        '<td data-label="95% interval">1</td>',
        "<p>&lt;b&gt;</p>",
    ],
)
def test_tags_links_and_drawings_are_left_alone(markup):
    assert terms.linked(Markup(markup)) == markup


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_term_has_its_meaning_under_its_anchor(lang):
    words.use(lang)
    listed = terms.listed()
    anchors = re.findall('<dt id="term-([a-z]+)">', listed)
    assert anchors == list(vocabulary.MEANINGS)
    for code in set(anchors) - {"p"}:
        word = words.translate(vocabulary.MEANINGS[code][0])
        assert f'<a href="#term-{code}">{word}</a>' in terms.linked(Markup(f"<p>{word}</p>"))
