"""Words by which tables are recognised, in both languages: those of `lexicon.yml`, and those that a project adds."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import resources

import yaml

#: What the heading of a column may say, in the order in which a heading with two meanings is understood.
HEADINGS = ("indicator", "unit", "period", "value", "measure", "note", "adoption", "population", "province", "kind")
#: What an indicator may be counted in, by the words of its name; the first that fits.
LIKELY = ("percent", "yuan", "days", "years", "count", "other")

Words = Mapping[str, tuple[str, ...]]
_of_project: dict[str, tuple[str, ...]] = {}
#: What other modules remember of texts they have read by these words.
CACHES: list[Callable[[], None]] = []


def normal(text: str) -> str:
    """What two spellings of one word share: normal form, no white space, small letters."""
    plain = unicodedata.normalize("NFKC", text.replace("’", "'"))
    return re.sub(r"\s+", "", plain).casefold()


def use(added: Words) -> None:
    """Recognise tables by these words as well, in this process; earlier additions are forgotten."""
    if dict(added) != _of_project:
        _of_project.clear()
        _of_project.update(added)
        for forget in (of.cache_clear, pattern.cache_clear, *CACHES):
            forget()


def meanings() -> tuple[str, ...]:
    """The meanings that a project may add words to."""
    return tuple(_shipped())


@lru_cache(maxsize=1)
def _shipped() -> dict[str, list[str]]:
    text = resources.files("evalkit.workbooks").joinpath("lexicon.yml").read_text(encoding="utf-8")
    words: dict[str, list[str]] = yaml.load(text, yaml.BaseLoader)
    return words


def words(meaning: str) -> tuple[str, ...]:
    """The words of a meaning as they are written."""
    return (*_shipped()[meaning], *_of_project.get(meaning, ()))


@lru_cache(maxsize=100)
def of(meaning: str) -> frozenset[str]:
    """The words of a meaning, in normal form."""
    return frozenset(map(normal, words(meaning)))


@lru_cache(maxsize=100)
def pattern(*given: str) -> str:
    """A regular expression that fits any word of these meanings in normal form, the longest first."""
    words = {word for meaning in given for word in of(meaning)}
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def says(meaning: str, text: str) -> bool:
    """Whether a text is a word of this meaning; in two languages side by side, one of them is enough."""
    return any(part in of(meaning) for part in spellings(text))


def heading(text: str, wanted: Iterable[str] = HEADINGS) -> str:
    """What the heading of a column means (`unit`, `period`, …); empty if no list has it."""
    return next((meaning for meaning in wanted if says(meaning, text)), "")


@lru_cache(maxsize=10_000)
def spellings(text: str) -> tuple[str, ...]:
    """A name as written and, if it is in two languages (北 京 Beijing), in each of them."""
    name = normal(text)
    without = re.sub(r"[_.]", "", name)
    chinese = "".join(re.findall(r"[\u3400-\u9fff、()]+", name)).strip("()、")
    latin = re.sub(r"[\u3400-\u9fff]+", "", name).strip("()/-、 ")
    both = (chinese, latin) if chinese and re.search("[a-z]", latin) else ()
    return tuple(dict.fromkeys((name, *([without] if without else []), *both)))
