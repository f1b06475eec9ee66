"""Numbers, units and periods as readers write them."""

import datetime as dt
import math
from typing import Self

from babel.dates import format_date
from babel.numbers import format_decimal

from evalkit import periods
from evalkit.project.params import Indicator
from evalkit.reporting.language.words import language, locale, say, translate

MINUS = "\N{MINUS SIGN}"
NOTHING = "—"
# Decimals of estimates, one number per unit: an estimate, its interval and its error are as exact as each other.
EFFECT_DECIMALS = {
    "percent": 1,
    "yuan": 1,
    "count": 1,
    "days": 2,
    "years": 2,
    "per_1000": 2,
    "per_10000": 2,
    "per_100000": 2,
    "index": 1,
    "other": 1,
}


class Number(str):
    """A number as readers write it, which still knows the number, its decimals and its unit: no text is parsed back.

    Attributes:
        number: what is written, in its unit and unrounded.
        form: the number format with which a spreadsheet writes the same.
    """

    __slots__ = ("decimals", "form", "number")
    number: float
    decimals: int
    form: str

    def __new__(cls, text: str, number: float, decimals: int = 0, sign: str = "", unit: str = "") -> Self:
        """The printed text together with its number and format."""
        made = super().__new__(cls, text)
        made.number, made.decimals = (int if isinstance(number, int) else float)(number), decimals
        digits = ("#,##0" if "," in text else "0") + ("." + "0" * decimals if decimals else "")
        shown = digits + (f'"{unit}"' if unit.strip() else "")
        plus = '"+"' if sign == "+" else ""
        made.form = f'{plus}{shown};"{MINUS}"{shown};{shown}'
        return made


class Interval(str):
    """An interval as readers write it, which still knows its ends."""

    __slots__ = ("high", "low")
    low: str
    high: str

    def __new__(cls, text: str, low: str, high: str) -> Self:
        """The printed text together with its ends, each with its unit."""
        made = super().__new__(cls, text)
        made.low, made.high = low, high
        return made


def phrased(message: str, value: str) -> str:
    """A value within a translated phrase (about 40%); a number stays one, with the phrase in its format."""
    before, after = translate(message).split("{value}")
    if not isinstance(value, Number):
        return before + value + after
    made = Number(before + value + after, value.number, value.decimals)
    forms = (f'"{before}"{form}"{after}"' for form in value.form.split(";"))
    made.form = ";".join(form.replace('""', "") for form in forms)  # literals that touch are one
    return made


def number(value: float | None, decimals: int = 2, signed: bool = False, unit: str = "") -> str:
    """A number with at most so many decimals and a true minus sign; a dash without a value."""
    return _printed(value, decimals, signed, unit, "#")


def count(n: float | None) -> str:
    """A count with thousands separators; a dash if unknown."""
    return number(n, 0)


def in_brackets(text: str) -> str:
    """What follows a name in brackets, as the language writes them."""
    return f"（{text}）" if language() == "zh" else f" ({text})"


def fixed(value: float | None, decimals: int = 1, signed: bool = False, unit: str = "") -> str:
    """A number with exactly so many decimals, for columns of estimates."""
    return _printed(value, decimals, signed, unit, "0")


def percent(share: float | None, decimals: int = 1) -> str:
    """A share of one in per cent."""
    return NOTHING if share is None else fixed(100 * share, decimals, unit="%")


def _printed(value: float | None, decimals: int, signed: bool, unit: str, digit: str) -> str:
    """A number in the locale's digits, its sign and its unit; a dash without a value."""
    if value is None or not math.isfinite(value):
        return NOTHING
    rounded = round(value, decimals)
    shown = decimals if digit == "0" else next(n for n in range(decimals + 1) if round(value, n) == rounded)
    digits = format_decimal(abs(rounded), format="#,##0" + ("." + "0" * shown if shown else ""), locale=locale())
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return Number(sign + digits + unit, value, shown, sign, unit)


def unit(indicator: Indicator) -> str:
    """The indicator's unit as printed after a number."""
    if indicator.unit_name:
        return indicator.unit_name[language()]
    names = {
        "percent": "%",
        "share": "",
        "count": "",
        "ratio": "",
        "index": "",
        "log": translate("log points"),
        "other": "",
        "per_1000": "‰" if language() == "zh" else "per 1,000",
        "per_10000": translate("per 10,000"),
        "per_100000": translate("per 100,000"),
        "days": translate("days"),
        "yuan": translate("yuan"),
        "years": translate("years"),
    }
    return names[indicator.unit]


def value(amount: float | None, indicator: Indicator) -> str:
    """A value with its unit, as published (two decimals at most)."""
    decimals = 0 if indicator.unit == "count" else 2
    return number(amount, decimals, unit=_spaced(unit(indicator)))


def mean(amount: float, indicator: Indicator) -> str:
    """A mean with its unit, as many decimals as its size asks for."""
    return fixed(amount, decimals_of(amount), unit=_spaced(unit(indicator)))


def decimals_of(amount: float) -> int:
    """None for thousands, one for usual numbers, three below 1: 0.640 must not become 0.6."""
    return 0 if abs(amount) >= 1000 else 1 if abs(amount) >= 1 else 3


def difference(amount: float | None, indicator: Indicator, signed: bool = True) -> str:
    """A difference of two values in the indicator's unit: percentages differ by points."""
    return number(amount, 2, signed, _spaced(unit_of_difference(indicator)))


def effect(amount: float | None, indicator: Indicator, signed: bool = True) -> str:
    """An estimate on the analysis scale: points for percentages, per cent for logarithms."""
    if amount is None or not math.isfinite(amount):
        return NOTHING
    if indicator.scale == "log":
        return fixed(100 * math.expm1(amount), 1, signed, "%")
    return fixed(amount, EFFECT_DECIMALS.get(indicator.unit, 3), signed, _spaced(unit_of_difference(indicator)))


def size(estimate: float, indicator: Indicator) -> str:
    """An effect without its sign: a fall of 12% on the logarithmic scale is 12%, not the 14% of its opposite."""
    return effect(estimate, indicator, signed=False).removeprefix(MINUS)


def error(amount: float | None, estimate: float | None, indicator: Indicator) -> str:
    """A standard error in the unit and with the decimals of its estimate; for logarithms by the delta method."""
    if amount is None or not math.isfinite(amount):
        return NOTHING
    if indicator.scale == "log":
        return fixed(100 * math.exp(estimate or 0.0) * amount, 1, unit="%")
    return effect(amount, indicator, signed=False)


def unit_of_difference(indicator: Indicator) -> str:
    """The unit in which two values of the indicator differ."""
    return translate("percentage points") if indicator.unit == "percent" else unit(indicator)


def interval(low: float | None, high: float | None, indicator: Indicator) -> str:
    """A 95 % interval, its unit once; a dash where it is unbounded."""
    if low is None or high is None:
        return NOTHING
    first, last = effect(low, indicator), effect(high, indicator)
    name = "%" if indicator.scale == "log" else unit_of_difference(indicator)
    return Interval(str(say("{low} to {high}", low=first.removesuffix(name).rstrip(), high=last)), first, last)


def probability(p_value: float | None) -> str:
    """A p-value with three decimals."""
    if p_value is None:
        return NOTHING
    return "< 0.001" if p_value < 0.001 else Number(f"{p_value:.3f}", p_value, 3)


def equal_to(p_value: float | None) -> str:
    """A p-value as it follows the letter p in a sentence, never broken: = 0.026, < 0.001."""
    text = probability(p_value)
    return (text if text.startswith("<") else f"= {text}").replace(" ", "\u00a0")


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


def _spaced(name: str) -> str:
    """A unit as printed after its number: no space before %, ‰ and the Chinese /10万, one before a word."""
    return name if not name or name.startswith(("%", "‰", "/")) else f" {name}"
