"""The language of a report: messages are written in English in the code and translated by gettext catalogues.

`say` escapes every fact that it puts into a message, so that names and free text from data can never
become markup. Where text enters markup is also where Chinese names on an English page get their `lang`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Self

from babel import Locale
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from evalkit.reporting.language.plain_text import text_of

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh_CN", "en": "en_GB"}
HTML_LANG = {"zh": "zh-CN", "en": "en"}
NAMES = {"zh": "中文", "en": "English"}  # each in itself, for a reader who looks for it

CHINESE = re.compile(r"[\u4e00-\u9fff](?:[\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e·\d]*[\u4e00-\u9fff）〕》])?")
_RTL = "[\u0590-\u08ff\u200e\u200f\ufb1d-\ufdff\ufe70-\ufefc]+"
#: Words in right-to-left letters, and marks among them: isolated, so that they leave the order of their line alone.
RIGHT_TO_LEFT = re.compile(f"{_RTL}(?: {_RTL})*")

_language: ContextVar[str] = ContextVar("language", default="zh")
_rewrite: ContextVar[Callable[[str], str]] = ContextVar("rewrite", default=str)


class Html(Markup):
    """Safe markup that a notebook cell may end with.

    Text that enters it is escaped, and Chinese words are marked with `lang` on a page in another language (WCAG 3.1.2);
    right-to-left words are isolated.
    Attributes cannot hold that mark: build their text with a plain `Markup`. The repr is short, as notebooks
    store it as well.
    """

    __slots__ = ()

    @classmethod
    def escape(cls, s: object, /) -> Self:
        """Text as markup, with Chinese marked; markup unchanged."""
        safe = escape(s)
        if hasattr(s, "__html__"):
            return cls(safe)
        safe = Markup(RIGHT_TO_LEFT.sub(r"<bdi>\g<0></bdi>", str(safe)))
        if language() == "zh":
            return cls(safe)
        return cls(CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', str(safe)))

    def __repr__(self) -> str:
        return f"Html({len(self)} characters)"

    def _repr_html_(self) -> str:
        return str(self)


def use(lang: str) -> None:
    """Speak this language from now on: `zh` or `en`."""
    if lang not in LANGUAGES:
        raise ValueError(f"unknown language {lang!r}; write one of {', '.join(LANGUAGES)}")
    _language.set(lang)


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak this language inside the block, then again the one spoken before."""
    before = language()
    use(lang)
    try:
        yield
    finally:
        use(before)


def language() -> str:
    """The language now spoken."""
    return _language.get()


def locale() -> Locale:
    """Its Babel locale."""
    return _locale(LOCALES[language()])


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)  # cached: Babel would parse the name again for every number


def translate(message: str) -> str:
    """The message in the language now spoken; English where the catalogue lacks it."""
    return catalogue(language()).get(message, message)


def say(message: str, /, **facts: object) -> Html:
    """A translated message with escaped facts; the message itself may hold markup, a fact never."""
    return Html(_rewrite.get()(translate(message))).format(**facts)


def plain(message: str, /, **facts: object) -> str:
    """The same as plain text, for names, attributes and drawings."""
    return translate(message).format(**{name: text_of(fact) for name, fact in facts.items()})


@contextmanager
def rewriting(rewrite: Callable[[str], str]) -> Iterator[None]:
    """Change every message that `say` translates before its facts are put in."""
    token = _rewrite.set(rewrite)
    try:
        yield
    finally:
        _rewrite.reset(token)


def commas(parts: Iterable[str]) -> Html:
    """Parts of a sentence behind each other, with the comma of the language now spoken."""
    return Html("，" if language() == "zh" else ", ").join(parts)


def semicolons(parts: Iterable[str]) -> Html:
    """The same for parts that may hold a comma themselves."""
    return Html("；" if language() == "zh" else "; ").join(parts)


@cache
def catalogue(lang: str) -> dict[str, str]:
    """All translated messages of a language; empty for English."""
    path = files("evalkit.reporting.language") / "locale" / lang / "evalkit.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}
