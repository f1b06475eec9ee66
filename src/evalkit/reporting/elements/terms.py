"""Technical terms: what they mean, opened in place where they are used first."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from markupsafe import Markup

from evalkit.reporting.elements.parts import Heading, Parts
from evalkit.reporting.language import vocabulary, words
from evalkit.reporting.language.words import Html, translate

# A popover needs no script; a browser that knows none shows the meanings below the text.
# Its neighbouring brackets and commas stay in its line.
BUTTON = '<span class="whole">{}<button type="button" class="term" popovertarget="means-{}">{}</button>{}</span>'
WITHOUT_SERIES = ("comparison",)  # a report without estimates still names the regions it would compare with


@contextmanager
def explained() -> Iterator[list[str]]:
    """The first use of every term in the messages that are said opens its meaning; lists the terms used."""
    left = {code: translate(word) for code, (word, _) in vocabulary.MEANINGS.items() if code != "p"}  # in every word
    used: list[str] = []

    def rewrite(message: str) -> str:
        for code in [code for code, word in left.items() if word in message]:
            word = left.pop(code)
            used.append(code)
            button = BUTTON.format(r"\1", code, word, r"\2")
            place = rf"([（(]?){re.escape(word)}([，。；：、）,.;:)]?)(?![^<]*</button>)"
            message = re.sub(place, button, message, count=1)
        return message

    with words.rewriting(rewrite):
        yield used


def meanings(codes: list[str]) -> Html:
    """The meanings of these terms, each hidden until it is asked for."""
    note = Markup('<div popover id="means-{}" class="meaning"><strong>{}</strong> {}</div>')
    entries = ((code, *vocabulary.MEANINGS[code]) for code in codes)
    return Html("").join(Html(note.format(code, *map(translate, texts))) for code, *texts in entries)


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
