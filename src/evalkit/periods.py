"""Periods as text: `2019`, `2019H1`, `2019Q1`, `2019-01`, and days such as `2019-02-14`."""

import datetime as dt
import re
from functools import lru_cache
from typing import Literal

import pandas as pd

Frequency = Literal["year", "half", "quarter", "month", "day"]
PATTERN = re.compile(r"\d{4}(Q[1-4]|H[12]|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
CODES: dict[Frequency, str] = {"year": "Y", "half": "2Q", "quarter": "Q", "month": "M", "day": "D"}
REMEMBERED = 10_000  # a panel names the same few periods in every row
ORDER: tuple[Frequency, ...] = ("day", "month", "quarter", "half", "year")


def valid(text: str) -> bool:
    """Whether the text is a year, half-year, quarter, month or an existing day.

    >>> valid("2019Q4"), valid("2019-02-30")
    (True, False)
    """
    if not PATTERN.fullmatch(text):
        return False
    try:
        parse(text)
    except ValueError:
        return False
    return True


def frequency(text: str) -> Frequency:
    """`year`, `half`, `quarter`, `month` or `day`, from the format of the text.

    >>> frequency("2019Q1")
    'quarter'
    """
    if "H" in text:
        return "half"
    return "quarter" if "Q" in text else {4: "year", 7: "month", 10: "day"}[len(text)]  # type: ignore[return-value]


@lru_cache(maxsize=REMEMBERED)
def parse(text: str) -> pd.Period:
    """The text as a pandas period; a half-year is one of two quarters, the first or third of its year.

    >>> parse("2019Q1")
    Period('2019Q1', 'Q-DEC')
    """
    if "H" in text:
        return pd.Period(f"{text[:4]}Q{2 * int(text[5]) - 1}", freq=CODES["half"])
    return pd.Period(text, freq=CODES[frequency(text)])


def write(period: pd.Period) -> str:
    """The text of a period, the inverse of `parse`."""
    if period.freq.n == 2:
        return f"{period.year}H{1 if period.quarter < 3 else 2}"
    return str(period)


def number(period: pd.Period) -> int:
    """The period's number among all of its frequency: that of the next one is larger by one."""
    return int(period.ordinal // period.freq.n)


def of_day(day: dt.date, frequency: Frequency) -> pd.Period:
    """The period of a frequency that holds a day."""
    if frequency == "half":
        return parse(f"{day.year:04}H{1 if day.month < 7 else 2}")
    return pd.Period(day, freq=CODES[frequency])


@lru_cache(maxsize=REMEMBERED)
def first_day(text: str) -> dt.date:
    """First day of the period."""
    return parse(text).start_time.date()


@lru_cache(maxsize=REMEMBERED)
def last_day(text: str) -> dt.date:
    """Last day of the period."""
    return parse(text).end_time.date()


def containing(text: str, coarser: Frequency) -> pd.Period:
    """The period of the given frequency in which `text` starts.

    >>> str(containing("2019-05", "quarter"))
    '2019Q2'
    """
    return of_day(first_day(text), coarser)


def overlap(first: str, other: str) -> bool:
    """Whether two periods, of any frequency, share a day.

    >>> overlap("2019", "2019Q4")
    True
    """
    return first_day(first) <= last_day(other) and first_day(other) <= last_day(first)


def is_finer(first: Frequency, other: Frequency) -> bool:
    """Whether `first` is a shorter unit of time than `other`."""
    return ORDER.index(first) < ORDER.index(other)


def span(texts: "pd.Series[str] | list[str]") -> list[str]:
    """All periods from the earliest to the latest of `texts` (one frequency), in order.

    >>> span(["2019-11", "2020-01"])
    ['2019-11', '2019-12', '2020-01']
    """
    present = sorted(set(texts.unique() if isinstance(texts, pd.Series) else texts))
    if not present:
        return []
    return [write(p) for p in pd.period_range(parse(present[0]), parse(present[-1]))]
