"""Technical terms: what they mean, and the way there from their first use."""

import re

from markupsafe import Markup

from evalkit.reporting.elements.html import Html
from evalkit.reporting.language import vocabulary
from evalkit.reporting.language.words import translate

LINK = Markup('<a href="#term-{}">{}</a>')
PIECES = re.compile(r"(<a\b.*?</a>|<svg\b.*?</svg>|<[^>]*>)", re.DOTALL)  # no link stands in a link or a tag


def linked(markup: Markup) -> Markup:
    """The same with the first use of every term leading to its meaning."""
    pieces = PIECES.split(str(markup))
    for code, (word, _) in vocabulary.MEANINGS.items():
        place = next((i for i in range(0, len(pieces), 2) if _found(code, word, pieces[i])), None)
        if place is not None:
            before, after = pieces[place].split(translate(word), 1)
            pieces[place : place + 1] = [before, LINK.format(code, translate(word)), after]
    return Markup("".join(pieces))


def _found(code: str, word: str, text: str) -> bool:
    return code != "p" and translate(word) in text  # a single letter is found everywhere


def listed() -> Html:
    """All terms with their meaning."""
    entry = Markup('<dt id="term-{}">{}</dt><dd>{}</dd>')
    entries = [
        entry.format(code, translate(word), translate(meaning)) for code, (word, meaning) in vocabulary.MEANINGS.items()
    ]
    heading = Markup("<h3>{}</h3>").format(translate("Technical terms"))
    return Html(heading + Markup('<dl id="terms">{}</dl>').format(Markup("").join(entries)))
