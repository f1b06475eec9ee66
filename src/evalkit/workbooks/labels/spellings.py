"""Other spellings of periods, rewritten to those that `period_labels` reads: 平成31年, FY19, 1H20, Jan-Jun 2020."""

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache

Match = re.Match[str]
YEAR = r"(?:19|20)\d\d"
DIGITS = {ord(sign): str(number) for number, sign in enumerate("〇一二三四五六七八九")} | {
    ord("零"): "0",
    ord("○"): "0",
}
MONTHS = {name: number for number, name in enumerate([*"一二三四五六七八九十", "十一", "十二"], 1)}
NAMED_MONTH = re.compile("(十[一二]?|[一二三四五六七八九])(?=月)")
#: The year before the first one of an era.
ERAS = {"昭和": 1925, "平成": 1988, "令和": 2018, "民国": 1911, "民國": 1911}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
NAME = rf"(?:{NAMES})[a-z]*\.?"
ORDINAL = "|".join(ORDINALS)
#: Months of one year, or of two that follow each other: Apr 2019 - Mar 2020, January to June 2020, 2019年4月-2020年3月.
SPAN = re.compile(
    rf"(?P<a>{NAME})'?(?P<y>{YEAR})?(?:-|to|until|through)(?P<b>{NAME})'?(?P<z>{YEAR})"
    rf"|(?P<y1>{YEAR})年(?P<a1>\d\d?)月(?:-|至|到|~)(?P<z1>{YEAR})年(?P<b1>\d\d?)月"
)
DAY_MONTH = re.compile(rf"(?P<first>\d{{1,2}})(?P<mark>[./-])(?P<second>\d{{1,2}})(?P=mark)(?P<year>{YEAR})")
#: No label of a period is longer.
LONGEST = 60
SHORT = re.compile(
    rf"fy'?\d\d(?:[-/]\d\d)?|[12]h'?\d\d|[hs][12][-/']?\d\d|\d\d[hq][1-4]|[1-4]q'?\d\d|q[1-4][-/']?\d\d|{NAME}[-/']?\d\d"
)


def _first_group(match: Match) -> str:
    return str(match[1])


def _half(match: Match) -> str:
    second = (match["half"] or "") in ("2", "second", "2nd", "下", "后", "後")
    return f"{match['year']}年{'下' if second else '上'}半年"


def _quarter(match: Match) -> str:
    number = match["quarter"] or match["q"]
    return f"{match['year']}q{ORDINALS.get(number, number)}"


def _span(match: Match) -> str:
    """Twelve months, half a year or a quarter; anything else is returned unchanged."""
    first, last = (month(match[half] or match[f"{half}1"]) for half in ("a", "b"))
    end = int(match["z"] or match["z1"])
    begin = int(match["y"] or match["y1"] or (end if first <= last else end - 1))
    months = (end - begin) * 12 + last - first + 1
    if months == 12:
        return str(begin) if first == 1 else f"{begin}/{end % 100:02}"
    if months == 6 and first in (1, 7):
        return f"{begin}年{'上' if first == 1 else '下'}半年"
    return f"{begin}q{last // 3}" if months == 3 and first % 3 == 1 else match[0]


def month(text: str) -> int:
    """The number of a month that is named in English, or written in digits."""
    return int(text) if text.isdigit() else NAMES.split("|").index(text[:3]) + 1


def _pair(match: Match) -> str:
    follows = int(match[2]) == (int(match[1]) + 1) % 100
    return f"20{match[1]}/{match[2]}" if follows else match[0]


#: What is written, and what it is rewritten to.
RULES: tuple[tuple[re.Pattern[str], Callable[[Match], str] | str], ...] = tuple(
    (re.compile(pattern), meant)
    for pattern, meant in (
        (rf"(?:x|y|yr|cy|(?:calendar)?year|end(?:of)?-?|')({YEAR}.*)", _first_group),
        (rf"({YEAR})\.0", _first_group),
        (r"(?:fy)?'?(\d\d)[-/](\d\d)", _pair),
        (r"fy'?(\d\d)", r"fy20\1"),
        (rf"(?P<half>[12])h'?(?P<year>{YEAR})", _half),
        (rf"(?P<year>{YEAR})(?P<half>[12])h", _half),
        (rf"(?:hy|half|half-?year)(?P<half>[12])[-/]?(?P<year>{YEAR})", _half),
        (rf"(?P<year>{YEAR})(?:hy|half|half-?year)(?P<half>[12])", _half),
        (rf"(?P<year>{YEAR})-?(?P<half>first|second|1st|2nd)half", _half),
        (rf"(?P<year>{YEAR})年?(?P<half>[上下])(?:半年度?)?", _half),
        (rf"(?P<half>[上下])半年(?P<year>{YEAR})年?", _half),
        (rf"(?P<year>{YEAR})年?(?P<half>[前后後])半年", _half),
        (rf"(?P<year>{YEAR})年?1-6月份?", r"\g<year>年上半年"),
        (rf"(?P<year>{YEAR})年?7-12月份?", r"\g<year>年下半年"),
        (r"1-6月份?", "上半年"),
        (r"7-12月份?", "下半年"),
        (r"([12])h'?(\d\d)", r"h\g<1>20\2"),
        (r"([hs][12])[-/']?(\d\d)", r"\g<1>20\2"),
        (r"(\d\d)([hq][1-4])", r"20\1\2"),
        (r"([1-4])q'?(\d\d)", r"20\2q\1"),
        (r"(q[1-4])[-/']?(\d\d)", r"20\2\1"),
        (rf"(?P<quarter>{ORDINAL}|[1-4])quarter(?:of)?,?(?P<year>{YEAR})", _quarter),
        (rf"(?P<year>{YEAR})-?(?P<quarter>{ORDINAL})quarter", _quarter),
        (rf"(?:(?P<quarter>[1-4])q|q(?P<q>[1-4]))[-/]?(?P<year>{YEAR})", _quarter),
        (rf"(?P<year>{YEAR})[-/]?(?P<quarter>[1-4])q", _quarter),
        (rf"quarter(?P<quarter>[1-4]),?(?P<year>{YEAR})", _quarter),
        (rf"(?P<year>{YEAR})quarter(?P<quarter>[1-4])", _quarter),
        (rf"({YEAR})m(0?[1-9]|1[0-2])", r"\1-\2"),
        (rf"(0?[1-9]|1[0-2])[-/.]({YEAR})", r"\2-\1"),
        (rf"(0?[1-9]|1[0-2])月({YEAR})年", r"\2年\1月"),
        (rf"({NAME})[-/']?(\d\d)", r"\g<1>20\2"),
        (rf"(\d\d?)(?:st|nd|rd|th)?[-/]?({NAME})[-/,]?({YEAR})", lambda match: dated(match[3], match[2], match[1])),
        (rf"({NAME})(\d\d?)(?:st|nd|rd|th)?,({YEAR})", lambda match: dated(match[3], match[1], match[2])),
    )
)


def dated(year: str, name: str, number: str) -> str:
    """A day as ISO writes it."""
    return f"{year}-{month(name):02}-{int(number):02}"


def numerals(name: str) -> str:
    """Years and months in Chinese numerals (二〇一九年, 十二月) in digits."""
    name = NAMED_MONTH.sub(lambda match: str(MONTHS[match[1]]), name)
    return re.sub("[〇○零一二三四五六七八九]{4}(?=年|$)", lambda match: match[0].translate(DIGITS), name)


def iso(match: Match) -> str:
    """The day of a match with its year, month and day, as ISO writes it."""
    return dated(match["year"], match["month"], match["day"])


@lru_cache(maxsize=50_000)
def usual(name: str) -> str:
    """The usual spelling of a period in normal form; other texts are returned unchanged."""
    if len(name) > LONGEST:
        return name
    for era, before in ERAS.items():
        if match := re.match(rf"{era}(\d{{1,3}}|元)(?=年)", name):
            rest = name[match.end() :]
            fiscal = "fy" if rest == "年度" and "民" not in era else ""  # April to March in Japan
            name = f"{fiscal}{before + (1 if match[1] == '元' else int(match[1]))}{'' if fiscal else rest}"
    if match := SPAN.fullmatch(name):
        return _span(match)
    for pattern, meant in RULES:
        if match := pattern.fullmatch(name):
            return match.expand(meant) if isinstance(meant, str) else meant(match)
    return name


def has_short_year(name: str) -> bool:
    """Whether a label, in normal form, writes its year with two digits."""
    return bool(SHORT.fullmatch(name))


def day(text: str, american: bool) -> dt.date | None:
    """The day of 31.12.2019, 31/12/2019, or 12/31/2019 where the month goes first; None for any other text."""
    match = DAY_MONTH.fullmatch(text)
    if match is None:
        return None
    first, second = int(match["first"]), int(match["second"])
    which, number = (first, second) if american and match["mark"] != "." else (second, first)
    try:
        return dt.date(int(match["year"]), which, number)
    except ValueError:
        return None


def days(text: str) -> list[dt.date]:
    """The days that a text may write: two for 03/04/2018."""
    readings = [day(text, american) for american in (False, True)]
    return sorted({date for date in readings if date})
