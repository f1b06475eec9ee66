"""Numbers, units and periods as readers write them."""

import datetime as dt
import math

from babel.dates import format_date
from babel.numbers import format_decimal

from evalkit import periods
from evalkit.project.params import Indicator
from evalkit.reporting.language.words import language, locale, say

MINUS = "\N{MINUS SIGN}"
NOTHING = "—"


def number(value: float | None, decimals: int = 2, signed: bool = False) -> str:
    """A number with at most so many decimals and a true minus sign; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NOTHING
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    text = format_decimal(abs(round(value, decimals)), format=pattern, locale=locale())
    if round(value, decimals) == 0:
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def count(n: float | None) -> str:
    """How many, with thousands set apart; a dash where that is not known."""
    return number(n, 0)


def in_brackets(text: str) -> str:
    """What follows a name in brackets, as the language writes them."""
    return f"（{text}）" if language() == "zh" else f" ({text})"


def fixed(value: float | None, decimals: int = 1, signed: bool = False) -> str:
    """A number with exactly so many decimals, for columns of estimates."""
    if value is None or not math.isfinite(value):
        return NOTHING
    text = format_decimal(abs(round(value, decimals)), format="#,##0." + "0" * decimals, locale=locale())
    if round(value, decimals) == 0:
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def unit(indicator: Indicator) -> str:
    """The indicator's unit as it stands behind a number."""
    if indicator.unit_name:
        return indicator.unit_name[language()]
    names = {
        "percent": "%",
        "share": "",
        "count": "",
        "ratio": "",
        "index": "",
        "log": str(say("log points")),
        "other": "",
        "per_1000": "‰" if language() == "zh" else "per 1,000",
        "per_10000": str(say("per 10,000")),
        "per_100000": str(say("per 100,000")),
        "days": str(say("days")),
        "yuan": str(say("yuan")),
        "years": str(say("years")),
    }
    return names[indicator.unit]


def value(amount: float | None, indicator: Indicator) -> str:
    """A value with its unit, as published (two decimals at most)."""
    decimals = 0 if indicator.unit == "count" else 2
    return NOTHING if _is_missing(amount) else _joined(number(amount, decimals), unit(indicator))


def mean(amount: float, indicator: Indicator) -> str:
    """A mean with its unit, as many decimals as its size asks for."""
    return NOTHING if _is_missing(amount) else _joined(fixed(amount, decimals_of(amount)), unit(indicator))


def decimals_of(amount: float) -> int:
    """None for thousands, one for usual numbers, three below 1: 0.640 must not become 0.6."""
    return 0 if abs(amount) >= 1000 else 1 if abs(amount) >= 1 else 3


def difference(amount: float | None, indicator: Indicator, signed: bool = True) -> str:
    """A difference of two values in the indicator's unit: percentages differ by points."""
    if amount is None or _is_missing(amount):
        return NOTHING
    if indicator.unit == "percent":
        return _joined(number(amount, 2, signed), str(say("points")))
    return _joined(number(amount, 2, signed), unit(indicator))


def effect(amount: float | None, indicator: Indicator, signed: bool = True) -> str:
    """An estimate on the analysis scale: points for percentages, per cent for logarithms."""
    if amount is None or _is_missing(amount):
        return NOTHING
    if indicator.scale == "log":
        return fixed(100 * math.expm1(amount), 1, signed) + "%"
    if indicator.unit == "percent":
        return _joined(fixed(amount, 1, signed), str(say("points")))
    decimals = 1 if abs(amount) >= 1 else 3
    return _joined(fixed(amount, decimals, signed), unit(indicator))


def interval(low: float | None, high: float | None, indicator: Indicator) -> str:
    """A 95 % interval, its unit once; a dash where it is unbounded."""
    if low is None or high is None:
        return NOTHING
    first, last = effect(low, indicator), effect(high, indicator)
    name = "%" if indicator.scale == "log" else str(say("points")) if indicator.unit == "percent" else unit(indicator)
    return say("{low} to {high}", low=first.removesuffix(name).rstrip(), high=last)


def probability(p_value: float | None) -> str:
    """A p-value with three decimals."""
    if p_value is None:
        return NOTHING
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def equal_to(p_value: float | None) -> str:
    """A p-value as it follows the letter p in a sentence: = 0.026, < 0.001."""
    text = probability(p_value)
    return text if text.startswith("<") else f"= {text}"


def period(text: str) -> str:
    """A period in words: 2019年第一季度, 2019 Q1."""
    if not text:
        return NOTHING
    if periods.frequency(text) == "day":
        return date(dt.date.fromisoformat(text))
    parsed = periods.parse(text)
    if language() == "zh":
        forms = {
            "year": f"{parsed.year}年",
            "half": f"{parsed.year}年{'上' if text.endswith('1') else '下'}半年",
            "quarter": f"{parsed.year}年第{'一二三四'[parsed.quarter - 1]}季度",
            "month": f"{parsed.year}年{parsed.month}月",
        }
        return forms[periods.frequency(text)]
    if periods.frequency(text) == "month":
        return format_date(parsed.start_time.date(), "MMMM y", locale=locale())
    return f"{text[:4]} {text[4:]}" if periods.frequency(text) in ("half", "quarter") else text


def date(day: dt.date | None) -> str:
    """A day in words."""
    return format_date(day, "y年M月d日" if language() == "zh" else "d MMM y", locale=locale()) if day else NOTHING


def _is_missing(amount: float | None) -> bool:
    return amount is None or not math.isfinite(amount)


def _joined(amount: str, name: str) -> str:
    """Number and unit: no space before % and ‰ or a Chinese unit's number, one before a word."""
    if not name:
        return amount
    return amount + name if name in ("%", "‰") else f"{amount} {name}"
