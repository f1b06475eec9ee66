"""Units of measure as tables write them: 万人次, %, ‰, 1/10万, thousands, £m, per 1,000, RMB 10,000."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from evalkit.units_of_measure import RATES
from evalkit.workbooks import lexicon

TIMES = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
COUNTED = "人次|人份|人|例次|例|台次|床日|次|个|家|所|张|件|户|台|项|种|名|份"
KINDS: tuple[tuple[str, str], ...] = (
    ("percent", r"%|百分比|百分之"),
    ("per_1000", r"‰|千分之|/千|1/千|每千人"),
    ("per_10000", r"万分之|/万|1/万|每万人|/万人"),
    ("per_100000", r"/10万|1/10万|/十万|1/十万|每10万|每十万|每十万人|/10万人|十万分之"),
)
SCALED = re.compile(rf"(十|百|千|万|十万|百万|千万|亿)?({COUNTED}|元|天|日|岁|年)?")
CHINESE = {"元": "yuan", "天": "days", "日": "days", "岁": "years", "年": "years", "": ""}
PER = re.compile(r"(?:rates?)?per(1,?000|10,?000|100,?000|thousand)[a-z-]*", re.IGNORECASE)
PER_HEAD = re.compile(r"每(千|万|十万|10万)(?:常住|户籍|服务)?(?:人口?|名)")
PER_KINDS = {"千": "per_1000", "万": "per_10000", "十万": "per_100000", "10万": "per_100000"}
#: 10,000 and the like, which English tables write for 万.
NOUGHTS = r"10{0,2}(?:,?000)*"
TAIL = re.compile(rf"(?<=\w)(?:{PER.pattern}|[£$€](?:k|m|bn)?)$", re.IGNORECASE)
#: What may separate a name from the scale behind it: Visits, thousands; Visits in millions; 收入：亿元.
BETWEEN = re.compile(r"\s*(?:(?<!\d)[,:;|]|[,:;|](?!\d{3})|-|(?=in[\s\d'$£€a-z]))\s*", re.IGNORECASE)
#: No name of an indicator is longer.
LONGEST = 200
POWERS = {"thousand": 3, "lakh": 5, "million": 6, "crore": 7, "billion": 9}
SHORT = {"k": 3, "m": 6}


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit of measure: its kind (`percent`, `count`, `yuan`, …; empty for a bare 万) and how much 1 of it is."""

    kind: str
    factor: Decimal
    text: str

    def to(self, unit: str) -> Decimal | None:
        """The factor that converts a number in this measure into `unit`; None if they do not fit."""
        if self.kind in RATES and unit in RATES:
            return self.factor * RATES[self.kind] / RATES[unit]
        fits = not self.kind or self.kind == unit or unit in ("other", "index", "ratio")
        return self.factor if fits else None


def of(name: str) -> Measure | None:
    """The measure that a text in normal form names (万人次, %, ‰, 1/10万, £m); None where it names none."""
    for kind, pattern in KINDS:
        if re.fullmatch(pattern, name):
            return Measure(kind, Decimal(1), name)
    match = SCALED.fullmatch(name)
    if match is None:
        return _english(name.replace("’", "'"))
    counted = match[2] or ""
    return Measure(CHINESE.get(counted, "count"), Decimal(TIMES[match[1] or ""]), name) if name else None


def _english(name: str) -> Measure | None:
    """The same in English: thousands, '000, £m, per 1,000 population, 10 000 persons, 100 million yuan."""
    for kind in ("percent", "days", "years"):
        if lexicon.says(kind, name):
            return Measure(kind, Decimal(1), name)
    if match := PER.fullmatch(name):
        thousands = match[1].replace(",", "")
        return Measure(f"per_{'1000' if thousands == 'thousand' else thousands}", Decimal(1), name)
    match = _quantity().fullmatch(name)
    if match is None:
        return None
    money, counted, short = match["money"] or match["after"], match["counted"], match["scale"] in SHORT
    noughts = int((match["noughts"] or "1").replace(",", ""))
    alone = not (match["scale"] or money or counted)
    if (short and not (money or match["noughts"])) or (alone and noughts < 1000) or (counted and 1 < noughts < 100):
        return None
    if match["noughts"] == "1" and not match["scale"]:
        return None
    kind = ("yuan" if lexicon.says("yuan", money) else "other") if money else "count" if counted else ""
    return Measure(kind, noughts * _power(match["scale"]), name)


@lru_cache(maxsize=1)
def _quantity() -> re.Pattern[str]:
    """How much of what: a currency before or behind, or a noun for what is counted."""
    scale, money = lexicon.pattern(*POWERS), lexicon.pattern("money", "yuan")
    counted = lexicon.pattern("counted")
    return re.compile(
        rf"(?:in)?(?P<money>{money})?(?P<noughts>{NOUGHTS})?(?P<scale>{scale}|[km](?![a-z]))?"
        rf"(?:of)?(?:(?P<after>{money})|(?P<counted>{counted}))?"
    )


def _power(scale: str | None) -> Decimal:
    """What a word such as thousands or k multiplies by."""
    if not scale:
        return Decimal(1)
    power = SHORT.get(scale) or next(power for word, power in POWERS.items() if lexicon.says(word, scale))
    return Decimal(10) ** power


def scaled_tail(name: str) -> tuple[str, Measure] | None:
    """A name and the scale written behind it without brackets (Visits, thousands); None where it has none."""
    for match in BETWEEN.finditer(name) if len(name) <= LONGEST else ():
        measure = of(lexicon.normal(name[match.end() :]))
        if match.start() and measure and measure.factor != 1:
            return name[: match.start()], measure
    return None


def of_line(line: str) -> tuple[Measure, ...]:
    """The measures of a line above a table, in normal form: 单位：万人次、%, (thousands), US$ million, 万人次."""
    match = re.match(r"\(?(?:(?:计量|计数)?[单単單][位]|units?(?:ofmeasure(?:ment)?)?)[:：](.+?)\)?$", line)
    match = match or re.match(r"[(\[](.+)[)\]]$|(in.+)$", line)
    match = match or re.match(r"(?:all)?(?:figures|numbers|values|data|amounts|expressed|counts)(?:are)?(in.+)$", line)
    if match is None:
        return _alone(line)
    said = next(filter(None, match.groups()), "")
    read = [of(part) for part in re.split("[、;；]|和|[,，](?!000)", said)]
    return tuple(single for single in read if single)


def _alone(line: str) -> tuple[Measure, ...]:
    """The measure of a line that holds nothing else, if it is a scale or a rate: million, thousands of visits."""
    scale = re.match(rf"({lexicon.pattern(*POWERS)})of[a-z-]+$", line)
    single = Measure("count", _power(scale[1]), line) if scale else of(line)
    return (single,) if single and (single.factor != 1 or single.kind in RATES) else ()


lexicon.CACHES.append(_quantity.cache_clear)
