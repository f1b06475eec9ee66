"""The result of reading a workbook: values with their cells, normalisations, questions, refusals."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from evalkit.errors import Mistake
from evalkit.workbooks.cells import place


class Row(NamedTuple):
    """One value as read; `part` says which of the panel's three numbers it is.

    Attributes:
        value: exact, in the indicator's unit.
        label: the indicator's name in the workbook.
        reported: the day of the report; empty if none is declared.
        edition: the place of the file's or sheet's mark in `revision.order`; -1 without one.
        running: whether the value runs from January on: empty, `claimed` by a label, or `declared`; `single`
            where the values were computed by period.
        whole_year: whether it is the total of a year whose quarters are given as well (全年).
        released: when it became known, if the workbook itself says so.
    """

    unit: str
    period: str
    indicator: str
    part: str
    value: str
    status: str
    note: str
    label: str
    reported: str
    edition: int
    running: str
    whole_year: bool
    sheet: str
    cell: str
    released: str = ""


class Change(NamedTuple):
    """One line of the change log: the content of a cell before and after, and the rule."""

    sheet: str
    cell: str
    before: str
    after: str
    rule: str


#: The change log of several workbooks.
LOG = ("file", *Change._fields)


class Gap(NamedTuple):
    """A missing value, and the reason: missing, not_applicable, withheld or error."""

    unit: str
    period: str
    indicator: str
    reason: str
    mark: str
    sheet: str
    cell: str


class Total(NamedTuple):
    """A total and the sum of its parts. `role` is `total` or `of_which`; `level` counts indentations."""

    sheet: str
    cell: str
    label: str
    role: str
    level: int
    value: str
    parts: str
    agrees: bool | None


class Adoption(NamedTuple):
    """A date on which a reform began, according to a workbook."""

    unit: str
    adoption: str
    adoption_precision: str
    sheet: str
    cell: str


@dataclass(slots=True)
class Reading:
    """Everything read from one workbook.

    Attributes:
        file: its path below the project folder.
        refused: mistakes to be corrected before anything is written.
        questions: doubtful values, kept as reported, to be checked.
        hidden: rows, columns and sheets that were hidden, in words.
        returned_on: the day of the report, if known.
        doubts: cells (sheet and address) with the same doubt, by indicator, doubt and cure: asked about once.
        steps: how coarse the numbers of an indicator are: the finest step, the first cell, how many cells.
        answered: cells for which the mapping has an answer that was used.
    """

    file: str
    checksum: str = ""
    kind: str = ""
    encoding: str = ""
    rows: list[Row] = field(default_factory=list)
    log: list[Change] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    adoptions: list[Adoption] = field(default_factory=list)
    questions: list[Mistake] = field(default_factory=list)
    refused: list[Mistake] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    unit_lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    returned_on: str = ""
    doubts: dict[tuple[str, str, str], list[tuple[str, str]]] = field(default_factory=dict)
    steps: dict[str, tuple[Decimal, tuple[str, str], int]] = field(default_factory=dict)
    answered: set[tuple[str, str]] = field(default_factory=set)

    def where(self, sheet: str = "", cell: str = "") -> str:
        """A place in this workbook, as messages name it."""
        return place(self.file, sheet, cell)

    def refuse(self, sheet: str, cell: str, what: str, cure: str) -> None:
        """Note a mistake that must be corrected."""
        self.refused.append(Mistake(self.where(sheet, cell), what, cure))

    def ask(self, sheet: str, cell: str, what: str, cure: str) -> None:
        """Note a question about a doubtful value."""
        self.questions.append(Mistake(self.where(sheet, cell), what, cure))

    def change(self, sheet: str, cell: str, before: object, after: str, rule: str) -> None:
        """Log what was normalised."""
        self.log.append(Change(sheet, cell, shown(before), after, rule))


def shown(value: object) -> str:
    """A cell's content as the log prints it."""
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.isoformat() if isinstance(value, dt.date) else "" if value is None else str(value)
