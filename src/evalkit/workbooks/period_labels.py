"""Which period or date a label names: 2020Q1, 2020年第一季度, 2020年1-3月, 二〇二〇年, 截至2020年底, 43497."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from evalkit import periods
from evalkit.workbooks import cell_text

DIGITS = {ord(sign): str(number) for number, sign in enumerate("〇一二三四五六七八九")} | {
    ord("零"): "0",
    ord("○"): "0",
}
MONTHS = {name: number for number, name in enumerate([*"一二三四五六七八九十", "十一", "十二"], 1)}
NAMED_MONTH = re.compile("(十[一二]?|[一二三四五六七八九])(?=月)")
YEAR = r"(?P<year>(?:19|20)\d{2})"
TO = r"(?:-|~|至|到)"
ALL_YEAR = re.compile(rf"(?:{YEAR}年?)?(?:年?(?:全年|年度|全年合计|年合计|合计|小计|全年累计))")
FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("year", re.compile(rf"{YEAR}(?:年|年度)?")),
    (
        "quarter",
        re.compile(rf"(?:{YEAR}年?度?[-/.]?)?(?:第?(?P<quarter>[1-4一二三四])季度?|q(?P<q>[1-4]))(?P<end>末|底)?"),
    ),
    ("quarter", re.compile(rf"q(?P<q>[1-4])[-/]?{YEAR}")),
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
#: Days since 1899-12-30 that a spreadsheet may mean by a date: 1990 to 2049.
SERIALS = range(32_874, 54_789)
BETWEEN_SYSTEMS = 1462


@dataclass(frozen=True, slots=True)
class PeriodLabel:
    """A period that a label names.

    Attributes:
        period: `2019`, `2019Q1` or `2019-01`.
        cumulative: whether it runs from January to the end of this period.
        total: whether it stands for the whole year beside its quarters (全年, 合计).
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


@lru_cache(maxsize=50_000)
def period(value: str | float | dt.date, year: str = "") -> PeriodLabel | Unclear | None:
    """The period of a label; `year` completes a label without one. None where it is no label of a period."""
    if isinstance(value, dt.date):
        return _of_date(value)
    if isinstance(value, (int, float)) and not float(value).is_integer():
        return _of_fraction(float(value))
    text = cell_text.as_text(value)
    name = _plain(text)
    markers = cell_text.label(text).markers | ({"cumulative"} if name.endswith("累计") else set())
    name = name.removesuffix("累计")
    if re.fullmatch(r"\d{4}\.1", name):
        return _january_or_october()
    if re.fullmatch(r"\d{2}年.*", name):
        return Unclear("has a year of two digits", "Write the year with four digits, or declare it under `periods`.")
    if name_of_all := ALL_YEAR.fullmatch(name):
        found = name_of_all["year"] or year
        return PeriodLabel(found, total=True, markers=markers) if found else _without_year()
    for form, pattern in FORMS:
        if match := pattern.fullmatch(name):
            return _read(form, match.groupdict(), year, markers)
    return _is_a_day() if DAY.fullmatch(name) else None


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
    if match := DAY.fullmatch(text):
        day = "{}-{:02}-{:02}".format(match["year"], int(match["month"]), int(match["day"]))
        return DateLabel(day, "day") if periods.valid(day) else None
    found = period(text)
    if isinstance(found, PeriodLabel) and not found.cumulative:
        return DateLabel(found.period, periods.frequency(found.period))
    return found if isinstance(found, Unclear) else None


def _plain(text: str) -> str:
    """Normal form with western digits, without brackets, 截至 and white space."""
    name = cell_text.key(text)
    name = re.sub(r"[(\[][^()\[\]]*[)\]]", "", name)
    name = NAMED_MONTH.sub(lambda match: str(MONTHS[match[1]]), name)
    name = re.sub("[〇○零一二三四五六七八九]{4}(?=年|$)", lambda match: match[0].translate(DIGITS), name)
    return re.sub("^(?:截至|截止|截止到|截至到)", "", name).removesuffix("止")


def _read(form: str, parts: dict[str, str | None], given: str, markers: frozenset[str]) -> PeriodLabel | Unclear | None:
    year = parts.get("year") or given
    if not year:
        return _without_year()
    cumulative = "cumulative" in markers
    if form in ("year", "year_end"):
        return PeriodLabel(year, markers=markers)
    if form == "month":
        return PeriodLabel(f"{year}-{int(parts['month'] or 0):02}", cumulative, markers=markers)
    if form == "months":
        return _months(year, int(parts["first"] or 0), int(parts["last"] or 0), markers)
    quarter = (parts.get("quarter") or parts.get("q") or "2").replace("两", "二").translate(DIGITS)
    return PeriodLabel(f"{year}Q{quarter}", cumulative or form in ("quarters", "half"), markers=markers)


def _months(year: str, first: int, last: int, markers: frozenset[str]) -> PeriodLabel | Unclear:
    if first == 1 and 1 < last <= 12:
        whole = f"{year}Q{last // 3}" if last % 3 == 0 else f"{year}-{last:02}"
        return PeriodLabel(whole, True, markers=markers)
    if first in (4, 7, 10) and last == first + 2:
        return PeriodLabel(f"{year}Q{last // 3}", markers=markers)
    return Unclear("spans months that are no quarter", "Declare under `periods` which period it stands for.")


def _without_year() -> Unclear:
    return Unclear("names no year", "Say in the mapping where the year stands (`year`), or write it in the label.")


def _of_date(value: dt.date) -> PeriodLabel | Unclear:
    if value.day == 1:
        return PeriodLabel(f"{value.year}-{value.month:02}")
    return _is_a_day()


def _is_a_day() -> Unclear:
    return Unclear("is a day, not a period", "Declare under `periods` which quarter, month or year it stands for.")


def _january_or_october() -> Unclear:
    return Unclear("may be January or October", "Write the month with two digits, or declare it under `periods`.")


def _of_fraction(value: float) -> PeriodLabel | Unclear | None:
    """A month that a spreadsheet took for a number: 2020.3 is March."""
    found = _of_number(value, date_1904=False)
    return PeriodLabel(found.text) if isinstance(found, DateLabel) else found


def _to_the_month(value: dt.date) -> DateLabel:
    if value.day == 1:
        return DateLabel(f"{value.year}-{value.month:02}", "month")
    return DateLabel(f"{value.year}-{value.month:02}-{value.day:02}", "day")


def _of_number(value: float, date_1904: bool) -> DateLabel | Unclear | None:
    """2019 is a year, 2019.2 a month, 20190214 a day, 43497 a serial number; 2019.1 may be January or October."""
    if value.is_integer():
        whole = int(value)
        if 1949 <= whole < 2100:
            return DateLabel(str(whole), "year")
        serial = whole + (BETWEEN_SYSTEMS if date_1904 else 0)
        if serial in SERIALS:
            return _to_the_month(dt.date(1899, 12, 30) + dt.timedelta(days=serial))
        day = f"{whole // 10_000}-{whole // 100 % 100:02}-{whole % 100:02}"
        return DateLabel(day, "day") if whole > 19_000_000 and periods.valid(day) else None
    if not 1949 <= value < 2100:
        return None
    year, _, month = f"{value:.10g}".partition(".")
    if month == "1":
        return _january_or_october()
    return DateLabel(f"{year}-{int(month):02}", "month") if 1 <= int(month or 0) <= 12 else None
