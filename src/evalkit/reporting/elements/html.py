"""Pieces of a page, shown as HTML by JupyterLab and by the published report alike."""

from collections.abc import Iterable

from markupsafe import Markup

from evalkit.reporting.language import vocabulary
from evalkit.reporting.language.words import Html, translate


def paragraphs(*texts: object) -> Html:
    """Each in a paragraph."""
    return Html("").join(Html("<p>{}</p>").format(text) for text in texts)


def items(entries: Iterable[object]) -> Html:
    """The entries of a list."""
    return Html("").join(Html("<li>{}</li>").format(entry) for entry in entries)


def bullets(entries: Iterable[object], name: str = "") -> Html:
    """A list, where there is anything to be listed; `name` is its class."""
    body = items(entries)
    opened = Html('<ul class="{}">').format(name) if name else Html("<ul>")
    return opened + body + Html("</ul>") if body else Html("")


def quoted(phrase: str) -> Html:
    """A source's own words, in its language."""
    return Html(Markup('<q lang="zh-CN">{}</q>').format(phrase))  # says its language once, around all words


def counted(number: str) -> Html:
    """The number of a table or figure before its caption; nothing without one."""
    return Html('<span class="number">{}</span>\N{EM SPACE}').format(number) if number else Html("")


def demo() -> Html:
    """The label of simulated data."""
    return Html('<strong class="demo">{}</strong>').format(translate(vocabulary.DEMO))


def link(address: str, label: object) -> Html:
    """A link; its address is not visible text."""
    return Html(Markup('<a href="{}">').format(address)) + Html("{}</a>").format(label)


def small(text: object) -> Html:
    """A remark in small print."""
    return Html("<small>{}</small>").format(text)


def withheld(text: object) -> Html:
    """A word in place of a missing value."""
    return Html('<span class="withheld">{}</span>').format(text)
