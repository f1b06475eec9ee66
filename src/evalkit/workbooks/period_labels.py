"""Which period or date a label names, alone or with the others of its column: 2020Q1, 2020年1-3月, 43497."""

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from evalkit import periods
from evalkit.workbooks import cell_text
from evalkit.workbooks.labels import spellings

YEAR = r"(?P<year>(?:19|20)\d{2})"
TO = "[-~至到]"
BARE_YEAR = spellings.YEAR
IN_ENGLISH = re.compile(
    rf"(?:{BARE_YEAR}[-/., ]?)?(?P<name>{spellings.NAMES})(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\.?"
    rf"(?:[-/., ]?{BARE_YEAR})?"
)
#: A flag of a statistical office, or a mark of a footnote, behind a year.
FLAGGED = re.compile(
    rf"({BARE_YEAR}(?:年|q[1-4]|h[12]|[-/]\d{{2}})?)(?P<flag>[(\[][a-z]{{1,3}}[)\]]|[a-z]{{1,2}}|[*※†‡]+)"
)
FISCAL = re.compile(
    rf"(?:fy|财年|财政年度|学年)?{YEAR}(?:[-/–](?P<next>\d{{2}}|\d{{4}}))(?:财年|财政年度|学年|年度|年|fy)?"
)
NAMED_FISCAL = re.compile(
    rf"(?:fy|fiscalyear|financialyear|academicyear){BARE_YEAR}|{BARE_YEAR}(?:财年|财政年度|学年|fy)"
)
FISCAL_QUARTER = re.compile(rf"q[1-4][-/]?{BARE_YEAR}[-/]\d{{2}}|{BARE_YEAR}[-/]\d{{2}}[-/]?q[1-4]")
ROLLING = re.compile(
    rf"{BARE_YEAR}年?{TO}{BARE_YEAR}年?(?:平均|均值|average)?"
    rf"|.*(?:yearending|yearto|yearended|12monthsto|12monthsending).*{BARE_YEAR}.*"
)
HALF = re.compile(
    rf"(?:{BARE_YEAR}年?度?)?(?P<word>上半年|下半年)|{BARE_YEAR}[-/]?[hs](?P<after>[12])|[hs](?P<before>[12])[-/]?{BARE_YEAR}"
    rf"|(?P<ordinal>first|second|1st|2nd)half(?:of|year)?{BARE_YEAR}"
)
ALL_YEAR = re.compile(rf"(?:{YEAR}年?)?(?:年?(?:全年|年度|全年合计|年合计|合计|小计|全年累计))")
FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("year", re.compile(rf"{YEAR}(?:年|年度)?")),
    (
        "quarter",
        re.compile(rf"(?:{YEAR}年?度?[-/.]?)?(?:第?(?P<quarter>[1-4一二三四])季度?|q(?P<q>[1-4]))(?P<end>末|底)?"),
    ),
    ("month", re.compile(rf"{YEAR}[-/.](?P<month>0?[1-9]|1[0-2])")),
    ("month", re.compile(rf"(?:{YEAR}年)?(?P<month>0?[1-9]|1[0-2])月份?[末底]?")),
    ("month", re.compile(rf"{YEAR}(?P<month>0[1-9]|1[0-2])")),
    ("months", re.compile(rf"(?:{YEAR}年?)?(?P<first>\d{{1,2}})月?{TO}(?P<last>\d{{1,2}})月份?")),
    (
        "quarters",
        re.compile(rf"(?:{YEAR}年?)?(?:[1一]{TO}(?P<quarter>[2-4二三四])季度?|前(?P<q>[2-4二两三四])个?季度?)"),
    ),
    ("half", re.compile(rf"(?:{YEAR}年?)?上半年")),
    ("year_end", re.compile(rf"{YEAR}年?(?:年?底|年?末|12月底|12月末)")),
)
DAY = re.compile(rf"{YEAR}[-/.年](?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})日?")
DECLARE = "Declare under `periods` in the mapping which period each of them stands for."
RAISED_MARKS = cell_text.FOOTNOTE_MARKS.replace("*", "").replace("＊", "").replace("※", "")
#: Days since 1899-12-30: 1990 to 2049.
SERIALS = range(32_874, 54_789)
BETWEEN_SYSTEMS = 1462


@dataclass(frozen=True, slots=True)
class PeriodLabel:
    """A period that a label names.

    Attributes:
        period: `2019`, `2019Q1` or `2019-01`.
        cumulative: whether it runs from January to the end of this period.
        total: whether it names the whole year next to its quarters (全年, 合计).
        markers: `provisional` and the like, from brackets.
    """

    period: str
    cumulative: bool = False
    total: bool = False
    markers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DateLabel:
    """A date with the precision it is known to: `2019-02` and `month`."""

    text: str
    precision: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """A label that may be read in more than one way, or not to the end; the user is asked."""

    why: str
    cure: str


NO_YEAR = Unclear("names no year", "Say in the mapping where the year stands (`year`), or write it in the label.")
A_DAY = Unclear("is a day, not a period", "Declare under `periods` which quarter, month or year it stands for.")
TWO_DAYS = Unclear("may be a day of two months", "Write it like 2019-03-04.")
JANUARY_OR_OCTOBER = Unclear(
    "may be January or October", "Write the month with two digits, or declare it under `periods`."
)
SHORT_YEAR = Unclear("has a year of two digits", "Write the year with four digits, or declare it under `periods`.")


@dataclass(frozen=True, slots=True)
class Together:
    """What the labels of one column or one row of headings mean together.

    Attributes:
        labels: those that would be read differently alone, or not at all.
        asked: how they were read, if only the sender knows whether that is right.
        halves: whether 上半年 is a half-year, as 下半年 also occurs, rather than a running total.
    """

    labels: Mapping[Any, PeriodLabel | Unclear] = field(default_factory=dict)
    asked: str = ""
    halves: bool = False

    def period(self, value: str | float | dt.date, year: str = "") -> PeriodLabel | Unclear | None:
        """The period of one of the labels; `year` completes a label without one."""
        if self.halves and isinstance(value, str) and (match := HALF.fullmatch(_plain(value))):
            return _half(match, year)
        return self.labels.get(value) or period(value, year)


def together(values: Iterable[str | float | dt.date]) -> Together:
    """Read labels together: 2006/07 is not a month if 2012/13 follows; 2008-01-01 is a year if all are such days.

    One reading holds for all labels of a form, or none: then each of them says what is unclear.
    """
    labels = list(dict.fromkeys(values))
    result = next(filter(None, (form(labels) for form in (_days, _fiscal, _rolling, _halves))), Together())
    short = [label for label in labels if isinstance(label, str) and spellings.has_short_year(cell_text.key(label))]
    read = {label: period for label in short if isinstance(period := result.period(label), PeriodLabel)}
    if not read or result.asked:
        return result
    return replace(
        result, labels=dict(result.labels) | read, asked=f"{short[0]!r} and the like were read as years from 2000 on"
    )


def flagged(values: Iterable[str | float | dt.date]) -> list[str]:
    """Those labels that carry a flag or the mark of a footnote: 2019r, 2020*."""
    texts = (value for value in values if isinstance(value, str))
    return [text for text in texts if FLAGGED.fullmatch(cell_text.key(text)) and period(text)]


def _days(values: list[str | float | dt.date]) -> Together | None:
    """Days that denote periods, by their common position in the year; 04/01/2018 in the order that makes periods."""
    readings = []
    for american in (False, True):
        days = {value: day for value in values if (day := _as_day(value, american))}
        if days and (periods_read := _periods_of(days)):
            return periods_read
        readings.append(days)
    days = max(readings, key=len)
    return Together(dict.fromkeys(days, A_DAY)) if days else None


def _periods_of(days: Mapping[str | float | dt.date, dt.date]) -> Together | None:
    """The periods that begin or end on these days; None if they are no first and no last days of months."""
    first = all(day.day == 1 for day in days.values())
    last = all(day.day == calendar.monthrange(day.year, day.month)[1] for day in days.values())
    months = {day.month - 1 if first else day.month for day in days.values()}
    years = [day.year for day in days.values()]
    if not first and not last:
        return None
    if len(days) == 1 and months <= {0, 12}:
        return Together(dict.fromkeys(days, Unclear("may be a month, quarter or year", DECLARE)))
    if months <= {0, 12} and len(set(years)) == len(years):
        return Together({value: PeriodLabel(str(day.year)) for value, day in days.items()})
    if months <= {0, 6, 12} and len(months) > 1:
        return Together({value: PeriodLabel(f"{day.year}H{1 if day.month < 7 else 2}") for value, day in days.items()})
    if months <= {0, 3, 6, 9, 12} and len(months) > 1:
        return Together({value: PeriodLabel(f"{day.year}Q{(day.month + 2) // 3}") for value, day in days.items()})
    return Together({value: PeriodLabel(f"{day:%Y-%m}") for value, day in days.items()})


def _as_day(value: str | float | dt.date, american: bool) -> dt.date | None:
    """The day of a date, or of a text that writes one (2008-01-01, 2008/1/1, 2008-01-01T00:00:00, 31.12.2008)."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        return None
    text = re.sub(r"t?00:00(?::00(?:\.0+)?)?z?$", "", _plain(value))
    day = spellings.iso(match) if (match := DAY.fullmatch(text)) else ""
    return dt.date.fromisoformat(day) if periods.valid(day) else spellings.day(text, american)


def _fiscal(values: list[str | float | dt.date]) -> Together | None:
    """Years that begin in one calendar year and end in the next: 2006/07, 2006-2007, FY2007."""
    plain = {value: _plain(value) for value in values if isinstance(value, str)}
    plain = {value: match[1] if (match := FLAGGED.fullmatch(text)) else text for value, text in plain.items()}
    pairs = {value: match for value, text in plain.items() if (match := FISCAL.fullmatch(text))}
    follows = {value: int(match["next"]) % 100 == (int(match["year"]) + 1) % 100 for value, match in pairs.items()}
    named = {value: match for value, text in plain.items() if (match := NAMED_FISCAL.fullmatch(text))}
    short = [match for match in pairs.values() if len(match["next"]) == 2]
    as_months = all(1 <= int(match["next"]) <= 12 for match in short)
    if pairs and all(follows.values()) and (len(pairs) > 1 or not as_months):
        labels = {value: PeriodLabel(match["year"], markers=_marked(value)) for value, match in pairs.items()}
        asked = f"{next(iter(pairs))!r} and the like were read as the years in which they begin"
        return Together(labels, asked)
    if named:
        labels = {value: PeriodLabel(_year_in(match[0])) for value, match in named.items()}
        return Together(labels, f"{next(iter(named))!r} and the like were read as calendar years")
    if len(short) == 1 == len(pairs) and all(follows.values()):
        return Together(dict.fromkeys(pairs, Unclear("may be a month or a fiscal year", DECLARE)))
    if any(follows.values()) and any(int(match["next"]) > 12 for match in short):
        return Together(
            dict.fromkeys(pairs, Unclear("is a fiscal year or a month, as others beside it differ", DECLARE))
        )
    return None


def _marked(text: str) -> frozenset[str]:
    """What the flag or the remark behind a period says of its values."""
    match = FLAGGED.fullmatch(cell_text.key(text))
    return cell_text.label(text).markers | cell_text.flagged_as(cell_text.flags(match["flag"]) if match else "")


def _rolling(values: list[str | float | dt.date]) -> Together | None:
    """Several years in one figure, or twelve months to some month."""
    labels = [value for value in values if isinstance(value, str) and ROLLING.fullmatch(_plain(value, keep=True))]
    why = "covers several years, or twelve months that are no calendar year"
    cure = "Declare under `periods` which year each of them stands for, such as its last."
    return Together(dict.fromkeys(labels, Unclear(why, cure))) if labels else None


def _halves(values: list[str | float | dt.date]) -> Together | None:
    """Half-years, if a second half is among the labels; otherwise 上半年 is a running total from January to June."""
    plain = [match for value in values if isinstance(value, str) and (match := HALF.fullmatch(_plain(value)))]
    second = any(isinstance(half := _half(match, "2000"), PeriodLabel) and half.period[4:] == "H2" for match in plain)
    return Together(halves=True) if second else None


def _half(match: re.Match[str], given: str) -> PeriodLabel | Unclear:
    year = _year_in(match[0]) or given
    second = match["word"] == "下半年" or "2" in (match["after"], match["before"])
    second = second or match["ordinal"] in ("second", "2nd")
    return PeriodLabel(f"{year}H{2 if second else 1}") if year else NO_YEAR


def _year_in(text: str) -> str:
    return match[0] if (match := re.search(BARE_YEAR, text)) else ""


@lru_cache(maxsize=50_000)
def period(value: str | float | dt.date, year: str = "") -> PeriodLabel | Unclear | None:
    """The period of a label; `year` completes a label without one. None if it is not a period label."""
    if isinstance(value, dt.date):
        return _of_date(value)
    if isinstance(value, (int, float)) and not float(value).is_integer():
        return _of_fraction(float(value))
    text = cell_text.as_text(value)
    name = _plain(text)
    remark = next((word for word in cell_text.MARKERS if name.endswith(word)), "")
    markers = cell_text.label(text).markers | ({cell_text.MARKERS[remark]} if remark else set())
    name = name.removesuffix(remark)
    if match := FLAGGED.fullmatch(cell_text.key(text)):
        return _flagged(match, year, markers)
    if special := _of_special_form(name, year, markers):
        return special
    if year_match := ALL_YEAR.fullmatch(name):
        year = year_match["year"] or year
        return PeriodLabel(year, total=True, markers=markers) if year else NO_YEAR
    for form, pattern in FORMS:
        if match := pattern.fullmatch(name):
            return _read(form, match.groupdict(), year, markers)
    return A_DAY if DAY.fullmatch(name) or spellings.days(name) else None


def _flagged(match: re.Match[str], year: str, markers: frozenset[str]) -> PeriodLabel | Unclear | None:
    read, letters = period(match[1], year), cell_text.flags(match["flag"])
    if not letters and match["flag"].strip("*※†‡"):
        return None
    markers |= cell_text.flagged_as(letters)
    return replace(read, markers=markers) if isinstance(read, PeriodLabel) else read


def _of_special_form(name: str, year: str, markers: frozenset[str]) -> PeriodLabel | Unclear | None:
    """Half-years, fiscal years that can be no months, months in English, and what is unclear."""
    if re.fullmatch(r"\d{4}\.1", name):
        return JANUARY_OR_OCTOBER
    if re.fullmatch(r"\d{2}年.*", name):
        return SHORT_YEAR
    if NAMED_FISCAL.fullmatch(name):
        return Unclear("may be a calendar or a fiscal year", DECLARE)
    if FISCAL_QUARTER.fullmatch(name):
        return Unclear("is a quarter of a year that is no calendar year", DECLARE)
    if (half := HALF.fullmatch(name)) and half["word"] != "上半年":
        return _half(half, year)
    if (pair := FISCAL.fullmatch(name)) and int(pair["next"]) > 12:
        follows = int(pair["next"]) % 100 == (int(pair["year"]) + 1) % 100
        return PeriodLabel(pair["year"], markers=markers) if follows else Unclear("covers several years", DECLARE)
    if (english := IN_ENGLISH.fullmatch(name)) and _year_in(name):
        return PeriodLabel(f"{_year_in(name)}-{spellings.month(english['name']):02}", markers=markers)
    return None


def reform_date(value: str | float | dt.date, date_1904: bool = False) -> DateLabel | Unclear | None:
    """The date of a reform with its precision; the first of a month is taken to name the month.

    Args:
        value: text (2019.2, 2019年2月), a date, or a serial number of a spreadsheet (43497).
        date_1904: whether the workbook counts days from 1904 on.
    """
    if isinstance(value, dt.date):
        return _to_the_month(value)
    if isinstance(value, (int, float)):
        return _of_number(float(value), date_1904)
    text = _plain(value)
    if re.fullmatch(r"\d+", text):
        return _of_number(float(text), date_1904)
    if spellings.has_short_year(cell_text.key(value)):
        return SHORT_YEAR
    if match := DAY.fullmatch(text):
        return DateLabel(day, "day") if periods.valid(day := spellings.iso(match)) else None
    if days := spellings.days(text):
        return DateLabel(f"{days[0]:%Y-%m-%d}", "day") if len(days) == 1 else TWO_DAYS
    read = period(text)
    if isinstance(read, PeriodLabel) and not read.cumulative:
        return DateLabel(read.period, periods.frequency(read.period))
    return read if isinstance(read, Unclear) else None


def _plain(text: str, keep: bool = False) -> str:
    """Normal form with western digits, without footnote marks, brackets, 截至 (unless kept) and white space."""
    name = cell_text.key("".join(sign for sign in text if sign not in RAISED_MARKS))
    name = re.sub(r"[(\[][^()\[\]]*[)\]]", "", name)
    name = spellings.numerals(name)
    name = name if keep else re.sub("^(?:截至|截止|截止到|截至到)", "", name).removesuffix("止")
    return spellings.usual(name)


def _read(form: str, parts: dict[str, str | None], given: str, markers: frozenset[str]) -> PeriodLabel | Unclear | None:
    year = parts.get("year") or given
    if not year:
        return NO_YEAR
    cumulative = "cumulative" in markers
    if form in ("year", "year_end"):
        return PeriodLabel(year, markers=markers)
    if form == "month":
        return PeriodLabel(f"{year}-{int(parts['month'] or 0):02}", cumulative, markers=markers)
    if form == "months":
        return _months(year, int(parts["first"] or 0), int(parts["last"] or 0), markers)
    quarter = (parts.get("quarter") or parts.get("q") or "2").replace("两", "二").translate(spellings.DIGITS)
    return PeriodLabel(f"{year}Q{quarter}", cumulative or form in ("quarters", "half"), markers=markers)


def _months(year: str, first: int, last: int, markers: frozenset[str]) -> PeriodLabel | Unclear:
    if first == 1 and 1 < last <= 12:
        name = f"{year}Q{last // 3}" if last % 3 == 0 else f"{year}-{last:02}"
        return PeriodLabel(name, True, markers=markers)
    if first in (4, 7, 10) and last == first + 2:
        return PeriodLabel(f"{year}Q{last // 3}", markers=markers)
    return Unclear("spans months that are no quarter", "Declare under `periods` which period it stands for.")


def _of_date(value: dt.date) -> PeriodLabel | Unclear:
    if value.day == 1:
        return PeriodLabel(f"{value.year}-{value.month:02}")
    return A_DAY


def _of_fraction(value: float) -> PeriodLabel | Unclear | None:
    """A month that a spreadsheet took for a number: 2020.3 is March."""
    date = _of_number(value, date_1904=False)
    return PeriodLabel(date.text) if isinstance(date, DateLabel) else date


def _to_the_month(value: dt.date) -> DateLabel:
    if value.day == 1:
        return DateLabel(f"{value.year}-{value.month:02}", "month")
    return DateLabel(f"{value.year}-{value.month:02}-{value.day:02}", "day")


def _of_number(value: float, date_1904: bool) -> DateLabel | Unclear | None:
    """2019 is a year, 2019.2 a month, 20190214 a day, 43497 a serial number; 2019.1 may be January or October."""
    if value.is_integer():
        number = int(value)
        if 1949 <= number < 2100:
            return DateLabel(str(number), "year")
        serial = number + (BETWEEN_SYSTEMS if date_1904 else 0)
        if serial in SERIALS:
            return _to_the_month(dt.date(1899, 12, 30) + dt.timedelta(days=serial))
        day = f"{number // 10_000}-{number // 100 % 100:02}-{number % 100:02}"
        return DateLabel(day, "day") if number > 19_000_000 and periods.valid(day) else None
    if not 1949 <= value < 2100:
        return None
    year, _, month = f"{value:.10g}".partition(".")
    if month == "1":
        return JANUARY_OR_OCTOBER
    return DateLabel(f"{year}-{int(month):02}", "month") if 1 <= int(month or 0) <= 12 else None
