"""The layout of a collection workbook: one description of its cells, for writing and reading."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from evalkit.periods import Frequency

VERSION = 1
MARKER = re.compile(r"evalkit-template (\d+) unit=(\S+) assessment=(\S+) dataset=(\S+) layout=([0-9a-f]{16})")
NOTES = "说明 Notes"
SHEETS: dict[Frequency, str] = {
    "quarter": "季度 Quarterly",
    "half": "半年 Half-yearly",
    "year": "年度 Annual",
    "month": "月度 Monthly",
    "day": "每日 Daily",
}
MEMBERS = "成员单位 Members"

# Rows and columns of a data sheet. Periods have two heading rows: for people, and in the panel's format.
HEADING, PERIODS, RELEASED, FIRST_LINE = 4, 5, 6, 7
CODE, NAME, UNIT, PART, RULE, FIRST_PERIOD = 1, 2, 3, 4, 5, 6
HEADINGS = {CODE: "编码 Code", NAME: "指标 Indicator", UNIT: "单位 Unit", PART: "填写项 Item", RULE: "填写要求 Enter"}

Part = Literal["value", "numerator", "denominator", "status", "note"]
PARTS: dict[Part, str] = {
    "value": "数值 Value",
    "numerator": "分子 Numerator",
    "denominator": "分母 Denominator",
    "status": "状态 Status",
    "note": "备注 Note",
}
RELEASED_WORDS = "发布日期 Released"
NUMBERS: tuple[Part, ...] = ("value", "numerator", "denominator")

STATUSES = {
    "上报数": "reported",
    "初步数": "provisional",
    "已公布": "published",
    "据公布数推算": "derived",
    "模拟数": "simulated",
}
REASONS = {"缺失": "missing", "不适用": "not_applicable"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for the numbers in a row, stated in the form and checked by spreadsheets and by `evalkit ingest`.

    Attributes:
        text: the words in the form; they identify the rule in a returned workbook.
        low, high: bounds; None if unbounded.
        whole: whole numbers only.
        soft: a figure outside the bounds is accepted if the note explains it.
        percent: the figure is in percent.
    """

    text: str
    low: float | None = None
    high: float | None = None
    whole: bool = False
    soft: bool = False
    percent: bool = False

    def allows(self, value: float) -> bool:
        """Whether a number satisfies the rule."""
        inside = (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        return inside and (not self.whole or value == int(value))


PERCENT = Rule("0–100 %", 0, 100, percent=True)
PERCENT_OR_MORE = Rule("0–100 % *", 0, 100, soft=True, percent=True)
SHARE, SHARE_OR_MORE = Rule("0–1", 0, 1), Rule("0–1 *", 0, 1, soft=True)
WHOLE, POSITIVE = Rule("≥ 0 整数 whole", 0, whole=True), Rule("≥ 0", 0)
MONEY, ANY = Rule("≥ 0 *", 0, soft=True), Rule("数字 number")
RULES = {rule.text: rule for rule in (PERCENT, PERCENT_OR_MORE, SHARE, SHARE_OR_MORE, WHOLE, POSITIVE, MONEY, ANY)}
CHOOSE, WRITE = "请选择 choose", "选填 optional"


@dataclass(frozen=True, slots=True)
class Line:
    """One row to fill in.

    Attributes:
        code: the indicator; for a member institution `unit:indicator`.
        part: value, numerator, denominator, status or note.
        rule: what to enter, in the form's words.
    """

    code: str
    part: Part
    rule: str

    @property
    def indicator(self) -> str:
        """The indicator that the row is about."""
        return self.code.rpartition(":")[2]

    def unit(self, region: str) -> str:
        """The unit that the row is about: a member institution, or the region itself."""
        return self.code.rpartition(":")[0] or region


@dataclass(frozen=True, slots=True)
class Form:
    """One data sheet: its rows from FIRST_LINE on, its periods from column FIRST_PERIOD on."""

    sheet: str
    periods: tuple[str, ...]
    lines: tuple[Line, ...]

    def blocks(self) -> Iterator[tuple[int, tuple[Line, ...]]]:
        """The rows of one indicator of one unit, with the number of the first."""
        start = 0
        for i in range(1, len(self.lines) + 1):
            if i == len(self.lines) or self.lines[i].code != self.lines[start].code:
                yield FIRST_LINE + start, self.lines[start:i]
                start = i


@dataclass(frozen=True, slots=True)
class Layout:
    """The data sheets of one region's workbook, with its unit, assessment and dataset."""

    unit: str
    assessment: str
    dataset: str
    forms: tuple[Form, ...]

    @property
    def fingerprint(self) -> str:
        """Hash of the layout (16 hex digits of a SHA-256): anything moved, renamed, added or removed changes it."""
        parts = [self.unit, self.assessment, self.dataset]
        for form in self.forms:
            parts += [form.sheet, *form.periods, *(f"{line.code} {line.part} {line.rule}" for line in form.lines)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @property
    def marker(self) -> str:
        """The text that identifies a returned workbook, independent of its file name."""
        facts = f"unit={self.unit} assessment={self.assessment} dataset={self.dataset} layout={self.fingerprint}"
        return f"evalkit-template {VERSION} {facts}"
