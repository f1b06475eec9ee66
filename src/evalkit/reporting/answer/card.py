"""The answer as a value: the page, the Word document and the page's description are all made from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from evalkit.reporting.elements.html import bullets, link, paragraphs
from evalkit.reporting.elements.parts import EMPTY, Part, Value
from evalkit.reporting.language import vocabulary
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html, language, translate

_programme: ContextVar[str] = ContextVar("programme", default="")  # address of the programme's page
MOST = 5  # sentences that a reader with two minutes takes in


@contextmanager
def beside(programme: str) -> Iterator[None]:
    """Where the programme's page has been published, the card on the effect leads to it."""
    token = _programme.set(programme)
    try:
        yield
    finally:
        _programme.reset(token)


@dataclass(frozen=True, slots=True)
class Card(Value):
    """One question of such a reader.

    Attributes:
        title: the question.
        word: the answer in a few words.
        notes: what is behind it, a line each.
        kind: `goals`, `effect` or `certainty`.
    """

    kind: str
    title: str
    word: Html
    notes: tuple[Html, ...] = ()

    @property
    def html(self) -> Html:
        """The card as an entry of a list of terms."""
        opened = Html('<div class="card {}"><dt>{}</dt><dd><strong>{}</strong>{}</dd></div>')
        more = [link(address, translate(vocabulary.PROGRAMME))] if (address := self._address) else []
        return opened.format(self.kind, self.title, self.word, paragraphs(*self.notes, *more))

    @property
    def _address(self) -> str:
        return _programme.get() if self.kind == "effect" else ""


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Part):
    """What a mayor can repeat, and what it rests on.

    Attributes:
        line: one sentence: goals met of how many, and whether the reform did it.
        basis: how sure one may be, and how old the newest figure is.
        cards: goals, effect, certainty.
        sentences: at most five more.
        terms: the meanings of technical terms in it, to be opened in place.
    """

    line: Html
    basis: Html
    cards: tuple[Card, ...] = ()
    sentences: tuple[Html, ...] = ()
    terms: Html = EMPTY

    def __repr__(self) -> str:
        return f"Answer({text_of(self.line)})"

    @property
    def description(self) -> str:
        """Line and basis as plain text, for previews of the page."""
        gap = "" if language() == "zh" else " "
        return text_of(self.line) + gap + text_of(self.basis)

    def html(self) -> Html:
        """The answer as the page shows it."""
        opened = Html(
            '<div class="answer" id="answer"><p class="line">{}</p><p class="basis">{}</p><dl class="cards">{}</dl>'
        )
        cards = Html("").join(card.html for card in self.cards)
        sentences = bullets(self.sentences, "conclusions")
        return opened.format(self.line, self.basis, cards) + sentences + self.terms + Html("</div>")
