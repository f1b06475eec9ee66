"""What a cell of a workbook says: numbers, marks for missing values, units of measure, markers in names."""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from evalkit.workbooks import lexicon
from evalkit.workbooks.labels import measures
from evalkit.workbooks.labels.measures import Measure

Reason = Literal["missing", "not_applicable", "withheld", "error"]

DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\ufe63\uff0d"), "-")
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
#: Signs that point to a footnote. NFKC would turn ① and ² into digits of the number before them.
FOOTNOTE_MARKS = "①②③④⑤⑥⑦⑧⑨⑩¹²³⁴⁵⁶⁷⁸⁹⁰*＊※†‡ᵃᵇᶜᵈᵉᶠᵍʰⁱᵏᵖʳˢᵘ"
#: A footnote mark as encyclopedias write it: 62.2[1].
REFERENCE = re.compile(r"(?<=\S) ?\[\d{1,2}\]$")
#: Marks that are no signs of a keyboard.
HIGH_MARKS = str.maketrans("", "", re.sub("[*＊※]", "", FOOTNOTE_MARKS))
RAISED = str.maketrans("0123456789abcdefghikprsu", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱᵏᵖʳˢᵘ")
MISSING_MARKS: dict[str, Reason] = {
    **dict.fromkeys(
        ("-", "/", "...", "..", "无", "暂无", "无数据", "未统计", "未上报", "未报", "缺", "缺失"), "missing"
    ),
    **dict.fromkeys(("暂缺", "暂未统计", "尚未统计", "不详", "na", "nan", "null", "none"), "missing"),
    **dict.fromkeys(("不适用", "n/a", "n.a.", "无此项", "未开展"), "not_applicable"),
}
#: A number that is only known to be small: <5, ≤10, fewer than 5.
BELOW = re.compile(r"(?:[<≤]=?|lessthan|fewerthan|少于|小于|低于)\d+(?:\.\d+)?%?|\d+(?:例|人|人次)?以下")
FLAG = re.compile(r"[(\[]?([a-z]{1,3})[)\]]?")
EXCEL_ERROR = re.compile(r"#(?:div/0!|ref!|value!|name\?|num!|null!|n/a|spill!|calc!|getting_data)")
PROVISIONAL = ("预计", "预估", "初步", "初步数", "快报", "快报数", "预计数", "预测", "暂定")
CUMULATIVE = ("累计", "本年累计", "累计数", "年初至今", "ytd")
REVISED = ("修订", "修订数", "更正", "调整数")
MARKERS = {
    **dict.fromkeys(PROVISIONAL, "provisional"),
    **dict.fromkeys(CUMULATIVE, "cumulative"),
    **dict.fromkeys(REVISED, "revised"),
}
TOTAL = re.compile(r"(?:.*[^\w])?(?:合计|小计|总计|共计|总数)(?:数)?|.*(?:合计|小计|总计)|其中.*")
IN_WORD = re.compile(r"[^\W\d_]{2}", re.ASCII)
#: The lists of flags in the lexicon.
FLAGS = ("flag", "flag_provisional", "flag_revised")
NUMBER = re.compile(
    r"[+-]?(?:\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+|(?:['’]\d{3})+)|\d+)(?:\.\d+)?(?:[Ee][+-]?\d{1,2})?(?![\d,.])"
)

LONGEST_QUOTE = 60
NUMBERING = re.compile(r"^(?:\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)、]|\d{1,2}\.(?!\d))")
IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


@dataclass(frozen=True, slots=True)
class Label:
    """A name in a header or in the first columns.

    Attributes:
        name: what is compared with the aliases: without unit of measure, markers, numbering and indentation.
        measure: the unit of measure in it, as in 门急诊人次（万人次）.
        markers: `provisional`, `cumulative`, `revised`.
        indent: its indentation in full-width spaces, which is its level in a hierarchy.
        of_which: whether it begins with 其中：.
    """

    name: str
    measure: Measure | None = None
    markers: frozenset[str] = field(default_factory=frozenset)
    indent: int = 0
    of_which: bool = False

    @property
    def total(self) -> bool:
        """Whether it names a sum or a part of one (合计, Total, 其中：), not a unit."""
        return self.of_which or bool(TOTAL.fullmatch(self.name)) or lexicon.says("total", self.name)

    @property
    def whole(self) -> bool:
        """Whether it names a larger area that includes the units (全国, England), or an average of them."""
        return lexicon.says("whole", self.name)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, exactly.

    Attributes:
        value: the number itself; a suffix has not been applied.
        suffix: the unit of measure after it, as in 65.3% or 145.5万.
        markers: the meaning of a remark in brackets after it, such as （预计）.
        footnote: the footnote mark after it, if any.
        flags: the letters of a statistical office after it, as in 607 b.
        rules: what had to be normalised.
    """

    value: Decimal
    suffix: Measure | None = None
    markers: frozenset[str] = frozenset()
    footnote: str = ""
    flags: str = ""
    rules: tuple[str, ...] = ()

    @property
    def decimals(self) -> int:
        """How many decimals were written."""
        return decimals(self.value)


def decimals(value: Decimal) -> int:
    """How many decimals a number is written with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@lru_cache(maxsize=100_000)
def joints(text: str) -> list[int]:
    """Positions at which two facts may be joined in a heading: everywhere but inside a Latin word, and not in an essay.

    >>> joints("2005 Beds")
    [1, 2, 3, 4, 5]
    """
    return [
        at
        for at in range(1, len(text) if len(text) <= measures.LONGEST else 0)
        if not IN_WORD.fullmatch(text[at - 1 : at + 1])
    ]


def clean(text: str) -> str:
    """The text in normal form (NFKC), every dash a hyphen, without unseen signs and white space at its ends."""
    return unicodedata.normalize("NFKC", text.translate(UNSEEN)).translate(DASHES).strip()


@lru_cache(maxsize=100_000)
def key(text: str) -> str:
    """What two spellings of one name share: normal form, no white space, small letters."""
    return re.sub(r"\s+", "", clean(text)).casefold()


def unmarked(text: str) -> str:
    """The text without the marks of footnotes (2018①, 乙县²), unless it is one."""
    bare = text.translate(HIGH_MARKS).rstrip()
    bare = REFERENCE.sub("", bare) if bare.endswith("]") else bare
    return re.sub(r"(?<=[^\W\d_])[*＊※]+$", "", bare) or text


def raised(text: str) -> str:
    """Digits and letters that are set high, as superscript characters."""
    return text.translate(RAISED)


def quoted(text: str) -> str:
    """A text as messages quote it: in normal form, on one line, a long one cut off."""
    plain = clean(text)
    return repr(plain if len(plain) <= LONGEST_QUOTE else plain[:LONGEST_QUOTE] + "…")


def as_text(value: object) -> str:
    """A label as text; a code that a spreadsheet made a number (990183.0) gets its digits back."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return "" if value is None else str(value)


def missing(text: str, declared: dict[str, Reason]) -> Reason | None:
    """Why a number is missing, if the cell states it; `declared` (by `key`) overrides the usual meaning."""
    mark = key(text)
    if mark in declared:
        return declared[mark]
    if EXCEL_ERROR.fullmatch(mark):
        return "error"
    repeated = re.sub(r"-+", "-", re.sub(r"\.{3,}", "...", re.sub(r"/+", "/", mark)))
    return MISSING_MARKS.get(mark) or MISSING_MARKS.get(repeated) or _withheld(mark)


@lru_cache(maxsize=10_000)
def _withheld(content: str) -> Reason | None:
    """Whether a cell says that a number exists and is not published: c, [x], : c, <5, 保密."""
    mark = re.sub(r"^:(?=.)|^[(\[](.*)[)\]]$", r"\1", content)
    said = any(lexicon.says("withheld", form) for form in (content, mark)) or BELOW.fullmatch(content)
    return "withheld" if said else None


@lru_cache(maxsize=10_000)
def flags(text: str) -> str:
    """The letters of a flag behind a number or a year (b, (p), be); empty for other texts."""
    match = FLAG.fullmatch(key(text))
    letters = match[1] if match else ""
    return letters if all(any(lexicon.says(meaning, letter) for meaning in FLAGS) for letter in letters) else ""


def flagged_as(letters: str) -> frozenset[str]:
    """The markers that flags mean: `provisional`, `revised`."""
    meanings = {word: word.removeprefix("flag_") for word in FLAGS if word != "flag"}
    return frozenset(meaning for word, meaning in meanings.items() for letter in letters if lexicon.says(word, letter))


@lru_cache(maxsize=10_000)
def measure(text: str) -> Measure | None:
    """The unit of measure that a text names (万人次, %, ‰, 1/10万, 亿元); None where it names none."""
    return measures.of(key(text).removeprefix("单位").removeprefix("计量").lstrip(":"))


@lru_cache(maxsize=10_000)
def unit_line(text: str) -> tuple[Measure, ...]:
    """The measures of a line such as 单位：万人次、% or (thousands); empty if the text is not such a line."""
    return measures.of_line(key(text))


@lru_cache(maxsize=100_000)
def label(text: str) -> Label:
    """A name taken apart: indentation, 其中：, numbering, unit of measure and markers in brackets."""
    plain = text.translate(UNSEEN)
    spaces = plain[: len(plain) - len(plain.lstrip())]
    indent = sum(2 if space in "\u3000\t" else 1 for space in spaces)
    name = re.sub(r"\s+", "", clean("".join(sign for sign in unmarked(plain) if sign not in FOOTNOTE_MARKS)))
    of_which = name.startswith("其中")
    name = re.sub(r"^其中[:,、]?", "", name)
    name = NUMBERING.sub("", name)
    measured, markers = None, set()
    for inner in IN_BRACKETS.findall(name):
        if inner.casefold() in MARKERS:
            markers.add(MARKERS[inner.casefold()])
        elif measure(inner):
            measured = measure(inner)
        else:
            continue
        name = _without_bracket(name, inner)
    if name.endswith(("%", "‰")) and len(name) > 1:
        measured, name = measured or measure(name[-1]), name[:-1]
    is_bare = measured is None or (measured.kind == "count" and measured.factor == 1)
    if is_bare and (per := measures.PER_HEAD.match(name)):
        measured = Measure(measures.PER_KINDS[per[1]], Decimal(1), per[0])  # 每千人床位数（张）
    if measured is None and (scaled := measures.scaled_tail(name)):
        name, measured = scaled
    if measured is None and (tail := measures.TAIL.search(name)):  # it stays in the name: beds per 1,000 population
        measured = measure(tail[0])
    return Label(name.casefold(), measured, frozenset(markers), indent // 2, of_which)


def as_named(text: str) -> str:
    """A name as people write it: on one line, without numbering, unit of measure and markers."""
    name = " ".join(clean(text).split())
    name = NUMBERING.sub("", name).lstrip()
    for inner in IN_BRACKETS.findall(name):
        if inner.casefold() in MARKERS or measure(inner):
            name = re.sub(r"\s*[(\[]" + re.escape(inner) + r"[)\]]", "", name)
    scaled = measures.scaled_tail(name)
    return (scaled[0] if scaled else name.rstrip("%‰ ")) or name


def number(text: str) -> Number | None:
    """The number that a text holds, with suffix, markers and footnote mark; None where it holds no plain number."""
    rules: list[str] = []
    raw = text.translate(UNSEEN).strip()
    bare = _without_footnotes(raw) if len(raw) <= LONGEST_QUOTE else raw
    footnote = raised(re.sub(r"[\[\],、\s]", "", raw[len(bare) :]))
    if footnote:
        rules.append(f"footnote mark {footnote}")
    plain = clean(bare)
    if plain != bare:
        rules.append("full-width signs")
    plain, markers = _without_markers(plain)
    if markers:
        rules.append("marker in brackets")
    match = NUMBER.match(plain)
    rest = plain[match.end() :].strip() if match else ""
    suffix = measure(rest) if rest else None
    flagged = flags(rest) if rest and not suffix else ""
    if not match or (rest and not suffix and not flagged):
        return None
    if flagged:
        markers |= flagged_as(flagged)
        rules.append(f"flag {flagged}")
    digits = re.sub(r"[,\s'’]", "", match[0])
    if digits != match[0]:
        rules.append("thousands separators")
    return Number(Decimal(digits), suffix, markers, footnote, flagged, tuple(rules))


def _without_footnotes(text: str) -> str:
    """The text without marks of footnotes at its end: 62.2², 62.2[1], 62¹,²."""
    cut = REFERENCE.sub("", text).rstrip(FOOTNOTE_MARKS).rstrip()
    return _without_footnotes(cut.rstrip(",、")) if cut != text and cut else text


def exact(value: float) -> Decimal:
    """The decimal number that a spreadsheet shows for a stored one: fifteen significant digits, as it keeps them."""
    return Decimal(format(Decimal(f"{value:.15g}"), "f"))


def plain(value: Decimal) -> str:
    """A number as the panel writes it: no exponent, no zero at the end behind the point."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _without_bracket(text: str, inner: str) -> str:
    return re.sub(rf"[(\[]{re.escape(inner)}[)\]]", "", text)


def _without_markers(text: str) -> tuple[str, frozenset[str]]:
    markers: set[str] = set()
    for inner in IN_BRACKETS.findall(text):
        if inner.strip().casefold() in MARKERS:
            markers.add(MARKERS[inner.strip().casefold()])
            text = _without_bracket(text, inner).strip()
    for word, marker in MARKERS.items():
        if text.endswith(word) and len(text) > len(word):
            markers.add(marker)
            text = text[: -len(word)].strip()
    return text, frozenset(markers)


lexicon.CACHES.extend(function.cache_clear for function in (measure, unit_line, label, _withheld, flags))
