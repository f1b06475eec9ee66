"""Technical terms: what they mean, and the way there from their first use."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from evalkit.reporting.elements.parts import Heading, Parts
from evalkit.reporting.language import vocabulary, words
from evalkit.reporting.language.words import Html, translate

WITHOUT_SERIES = ("comparison",)  # a report that estimates nothing says with whom it would have to compare
LINK = '<a href="#term-{}">{}</a>'


@contextmanager
def linking() -> Iterator[None]:
    """The first use of every term in the messages that are said leads to its meaning."""
    left = {code: translate(word) for code, (word, _) in vocabulary.MEANINGS.items() if code != "p"}  # in every word

    def rewrite(message: str) -> str:
        for code in [code for code, word in left.items() if word in message]:
            word = left.pop(code)
            message = re.sub(f"{re.escape(word)}(?![^<]*</a>)", LINK.format(code, word), message, count=1)
        return message

    with words.rewriting(rewrite):
        yield


def listed(has_series: bool = True) -> Parts:
    """The terms with their meaning; without series of the indicators only those that such a report uses."""
    entry = Html('<dt id="term-{}">{}</dt><dd>{}</dd>')
    entries = [
        entry.format(code, translate(word), translate(meaning))
        for code, (word, meaning) in vocabulary.MEANINGS.items()
        if has_series or code in WITHOUT_SERIES
    ]
    terms = Html('<dl id="terms">{}</dl>').format(Html("").join(entries))
    return Parts((Heading(Html.escape(translate("Technical terms"))), terms))
