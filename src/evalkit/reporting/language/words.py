"""The language of a report: messages are written in English in the code and translated by gettext catalogues.

`say` escapes every fact that it puts into a message, so that names and free text from data can never
become markup.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh_CN", "en": "en_GB"}
HTML_LANG = {"zh": "zh-CN", "en": "en"}
NAMES = {"zh": "中文", "en": "English"}  # each in itself, for a reader who looks for it

_language: ContextVar[str] = ContextVar("language", default="zh")


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
    return Locale.parse(name)  # read once: Babel would read a name anew for every number


def translate(message: str) -> str:
    """The message in the language now spoken; English where the catalogue lacks it."""
    return catalogue(language()).get(message, message)


def say(message: str, /, **facts: object) -> Markup:
    """A translated message with escaped facts; the message itself may hold markup, a fact never."""
    return Markup(translate(message)).format(**{name: escape(fact) for name, fact in facts.items()})


def commas(told: Iterable[str]) -> Markup:
    """Parts of a sentence behind each other, with the comma of the language now spoken."""
    return Markup("，" if language() == "zh" else ", ").join(told)


def semicolons(told: Iterable[str]) -> Markup:
    """The same for parts that may hold a comma themselves."""
    return Markup("；" if language() == "zh" else "; ").join(told)


@cache
def catalogue(lang: str) -> dict[str, str]:
    """All translated messages of a language; empty for English."""
    path = files("evalkit.reporting.language") / "locale" / lang / "evalkit.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}
