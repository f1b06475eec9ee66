"""Chinese messages of the command line: looked up by English pattern in `locale/messages.zh.yml`, keeping the facts."""

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

import yaml

LANGUAGES = ("zh", "en")
#: The end of a file's name, in the place that a message begins with.
FILE = re.compile(r"\.(?:csv|ya?ml|xlsx?|xlsb|ods|dta|sav|parquet|md)\b")
FACT = re.compile(r"\{(\d)\}")
_language = ""


def use(lang: str) -> None:
    """Set the language of messages, `zh` or `en`; if empty, the environment's (LC_ALL, LC_MESSAGES, LANG)."""
    global _language
    _language = lang


def language() -> str:
    """The current language of messages."""
    if _language:
        return _language
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def localized(text: str) -> str:
    """A message in the current language, line by line; lines without a translation stay English."""
    return text if language() == "en" else "\n".join(_line(line) or line for line in text.split("\n"))


@lru_cache(maxsize=1)
def _messages() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of messages with their translations, those with the longest fixed text first."""
    source = resources.files("evalkit").joinpath("locale", "messages.zh.yml").read_text(encoding="utf-8")
    texts: Mapping[str, str] = yaml.load(source, yaml.BaseLoader)
    longest = sorted(texts, key=lambda message: -len(FACT.sub("", message)))
    return tuple((_form(message), texts[message]) for message in longest)


def _form(message: str) -> re.Pattern[str]:
    parts = FACT.split(message)
    made = "".join(f"(?P<fact{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile(made)


def _line(line: str) -> str:
    """Translate a line as a whole, else by sentence, else the part after its place; empty without a translation."""
    indent, plain = line[: len(line) - len(line.lstrip())], line.strip()
    if quoted := re.fullmatch(r"(.+)  (\[.+\])", plain):  # the line of the file that a question is about
        question = _line(quoted[1])
        return f"{indent}{question}  {quoted[2]}" if question else ""
    if counted := re.fullmatch(r"([\d,]+  )(.+)", plain):  # how often a rule of the change log was applied
        return indent + counted[1] + (_message(counted[2]) or counted[2])
    translated = (
        _after_place(plain, FILE) or _message(line) or _message(plain) or _sentences(plain) or _after_place(plain)
    )
    return indent + translated.lstrip() if translated else ""


def _after_place(text: str, place: re.Pattern[str] = re.compile("")) -> str:
    """Translate what follows a place that fits this pattern, and a colon; empty without a translation."""
    for match in re.finditer(": ", text):
        before = text[: match.start()]
        if place.search(before) and (translated := _said(text[match.end() :])):
            return "：".join([*(_message(part) or _place(part) for part in before.split(": ")), translated])
    return ""


def _said(text: str) -> str:
    """Translate a message as a whole or by sentence; of a text in both languages, take the Chinese half."""
    half = re.fullmatch(r"(?!.*, line \d)[^·]+ · ([^·]*[\u3400-\u9fff][^·]*)", text)
    return half[1] if half else _message(text) or _sentences(text)


def _place(text: str) -> str:
    return re.sub(r", line (\d+)", r"，第 \1 行", text)


def _message(text: str) -> str:
    for form, translation in _messages():
        if match := form.fullmatch(text):
            facts = match.groupdict()
            return FACT.sub(lambda match, facts=facts: _fact(facts[f"fact{match[1]}"]), translation)  # type: ignore[misc]
    return ""


def _fact(text: str) -> str:
    """A fact unchanged, unless it is itself a message: then its translation."""
    return (_message(text) or _place(text)) if " " in text else text


def _sentences(text: str) -> str:
    parts = re.split(r"(?<=[.?!]) (?=[A-Z])", text)
    translated = [_message(part) for part in parts]
    pairs = zip(translated, parts, strict=True)
    return "".join(text or part for text, part in pairs) if len(parts) > 1 and any(translated) else ""
