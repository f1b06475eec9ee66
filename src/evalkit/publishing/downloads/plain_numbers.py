"""Numbers as a page prints them, as numbers that a spreadsheet prints alike."""

import re
from dataclasses import dataclass

from evalkit.reporting.language.formats import MINUS

PLAIN = re.compile(rf"([+{MINUS}-]?)(\d{{1,3}}(?:,\d{{3}})+|\d+)(\.\d+)?( ?)([^\d\"\\\n]{{0,20}})")


@dataclass(frozen=True, slots=True)
class Number:
    """A value and the number format that shows it with the decimals, the sign and the unit of the page."""

    value: float | int
    form: str


def number(text: str) -> Number | None:
    """The number that a text is; None where it is anything else: an interval, a rank, a code with leading zeros."""
    found = PLAIN.fullmatch(text)
    if not found:
        return None
    sign, whole, decimals, space, unit = (part or "" for part in found.groups())
    if len(whole) > 1 and whole.startswith("0"):
        return None
    size = float(whole.replace(",", "") + decimals) if decimals else int(whole.replace(",", ""))
    return Number(-size if sign in (MINUS, "-") and sign else size, _form(sign, whole, decimals, space + unit))


def _form(sign: str, whole: str, decimals: str, unit: str) -> str:
    digits = ("#,##0" if "," in whole else "0") + ("." + "0" * (len(decimals) - 1) if decimals else "")
    shown = f'{digits}"{unit}"' if unit.strip() else digits
    plus = '"+"' if sign == "+" else ""
    return f'{plus}{shown};"{MINUS}"{shown};{shown}'
