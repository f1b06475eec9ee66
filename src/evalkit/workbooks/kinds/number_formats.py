"""What a number format makes of a number: shown in ten-thousands, with a unit behind it, as a year, as nothing."""

import re
from dataclasses import dataclass
from functools import lru_cache

from evalkit.workbooks.cells import Shown

#: What does not show digits: a quoted text, an escaped sign, a space as wide as a sign, a fill, a colour or currency.
TOKEN = re.compile(r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<sign>.)', re.DOTALL)
DIGITS = "0#?"
#: Zero as accountants write it, and the empty text.
DASHES = re.compile(r"[-–—－\s]*")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What is particular about a number format.

    Attributes:
        percent: it multiplies by a hundred and writes the sign.
        shown: how else it shows numbers otherwise than they are stored; None where it does not.
    """

    percent: bool = False
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    sign: str
    literal: bool


@lru_cache(maxsize=1_000)
def of(code: str) -> NumberFormat:
    """Take a number format apart: `0.0%`, `0!.0,`, `0"万人次"`, `yyyy"年"`, `0;-0;"—"`."""
    sections = _sections(code)
    first = sections[0]
    if parts := _date_parts(first):
        return NumberFormat(shown=Shown(precision=parts))
    if any(not token.literal and token.sign.lower() in ("general", "@") for token in first):
        return NumberFormat()
    digits = [place for place, token in enumerate(first) if not token.literal and token.sign in DIGITS]
    percent = any(not token.literal and token.sign == "%" for token in first)
    zero = None if len(sections) < 3 or _has_digits(sections[2]) else _literals(sections[2])
    unsigned = len(sections) > 1 and _has_digits(sections[1]) and not _shows_sign(sections[1])
    hidden = len(sections) > 1 and not _has_digits(first)
    scale, suffix = (_scale(first, digits), _literals(first[digits[-1] + 1 :])) if digits else (1, "")
    shown = Shown(scale, suffix.strip(), "", zero, unsigned, hidden)
    return NumberFormat(percent, None if shown == Shown() else shown)


def _sections(code: str) -> list[list[_Token]]:
    """The tokens for positive numbers, negative ones, zero and texts."""
    sections: list[list[_Token]] = [[]]
    for match in TOKEN.finditer(code.replace("General", "@")):
        literal = match["quoted"] if match["quoted"] is not None else match["escaped"]
        if literal is not None:
            sections[-1].append(_Token(literal, True))
        elif match["sign"] == ";":
            sections.append([])
        elif match["sign"] is not None:
            sections[-1].append(_Token(match["sign"], False))
        elif (match["bracket"] or "").startswith("$"):
            sections[-1].append(_Token(match["bracket"][1:].partition("-")[0], True))
    return sections


def _date_parts(tokens: list[_Token]) -> str:
    """`year`, `month`, `day` for a date shown to that precision, empty for a number."""
    signs = "".join(token.sign.lower() for token in tokens if not token.literal)
    if "@" in signs or any(sign in signs for sign in DIGITS) or not re.search("[yme]", signs):
        return ""
    if "d" in signs:
        return "day"
    if "h" in signs or "s" in signs:
        return ""
    return "month" if "m" in signs and re.search("[ye]", signs) else "year" if re.search("[ye]", signs) else ""


def _scale(tokens: list[_Token], digits: list[int]) -> int:
    """By what the number is divided: a comma behind the digits is a thousand, a literal point between them shifts."""
    commas = 0
    for token in tokens[digits[-1] + 1 :]:
        if token.literal or token.sign != ",":
            break
        commas += 1
    points = [place for place in range(digits[0], digits[-1]) if tokens[place].literal and tokens[place].sign == "."]
    shifted = len([place for place in digits if points and place > points[-1]])
    return int(1000**commas * 10**shifted)


def _has_digits(tokens: list[_Token]) -> bool:
    return any(not token.literal and token.sign in f"{DIGITS}@" for token in tokens)


def _shows_sign(tokens: list[_Token]) -> bool:
    return any(token.sign[:1] in tuple("-(（△▲−") for token in tokens if token.sign)


def _literals(tokens: list[_Token]) -> str:
    """The text that tokens write next to digits, without percent signs."""
    return "".join(token.sign for token in tokens if token.literal or token.sign not in f"{DIGITS},.%")
