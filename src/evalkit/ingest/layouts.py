"""The forms that sheets have, as a mapping declares them: where headings stand, and where each fact of a value."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from evalkit.project.params import Model

Layout = Literal["long", "periods_wide", "indicators_wide", "both_wide", "units_wide", "adoption"]
FACTS = ("unit", "period", "indicator")
WHOLE_COLUMN = re.compile(r"([A-Z]{1,3}):\1")


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Address = Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d*$")]


class From(Model):
    """Where a fact stands that every value needs: exactly one of these keys.

    column: the label of the column that holds it; `A:A` for a column without a label (then write `header.rows`).
    sheet: a regular expression on the sheet's name; its first group, or all of it.
    file: the same on the file's name without ending.
    cell: one cell of the sheet, such as B2.
    pattern: with `cell`: a regular expression; only the part that fits is read.
    above: the same on the lines between the headings and what stands before them (a title).
    fixed: the fact itself, for all values of the table.
    """

    column: str | None = None
    sheet: Pattern | None = None
    file: Pattern | None = None
    cell: Address | None = None
    pattern: Pattern | None = None
    above: Pattern | None = None
    fixed: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.pattern is not None and self.cell is None:
            raise ValueError("`pattern` goes with `cell`; sheet and file are patterns themselves")
        if len(self.model_fields_set - {"pattern"}) != 1:
            raise ValueError("write exactly one of column, sheet, file, cell, above, fixed")
        return self


class Header(Model):
    """Where the headings of the columns stand.

    rows: their row numbers, counted from 1; left out, the first row that holds every column named in the table.
    levels: how many rows they take; 2 for years over quarters. A row with units of measure is one of them.
    """

    rows: tuple[Annotated[int, Field(gt=0)], ...] = ()
    levels: int = Field(default=1, ge=1, le=4)


class Table(Model):
    """One form of sheet.

    layout: `long` (a row per value), `periods_wide` (a column per period), `indicators_wide` (a column per
        indicator), `both_wide` (both in the headings, in two rows or joined in one cell), `units_wide` (a column per
        unit; the headings hold the period or indicator as well where no key says where it stands), `adoption` (a row
        per unit with the date its reform began).
    sheets, files: patterns (`*`, `?`) of the sheets and files it holds for; the first table that fits is used.
    header: where the headings stand.
    unit, period, indicator: where they stand, unless the layout puts them into the headings.
    year: where the year stands that completes a label such as 一季度.
    value, numerator, denominator: columns of a long table, or `value` of the date in an adoption table.
    measure: a column with the unit of measure of each row.
    note: a column with remarks, which become the panel's `note`.
    ignore_columns: headings that are not read (序号, 备注).
    cumulative: indicators whose values run from January on; `"*"` for all of them. Quarters are differenced.
    fractions: percentages are written as 0.653 throughout.
    """

    layout: Layout
    sheets: tuple[str, ...] = ("*",)
    files: tuple[str, ...] = ("*",)
    header: Header = Header()
    unit: From | None = None
    period: From | None = None
    indicator: From | None = None
    year: From | None = None
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    measure: str | None = None
    note: str | None = None
    ignore_columns: tuple[str, ...] = ()
    cumulative: tuple[str, ...] = ()
    fractions: bool = False

    @property
    def in_headings(self) -> frozenset[str]:
        """What the headings of the columns name: `unit`, `period`, `indicator`, two of them, or nothing."""
        if self.layout == "units_wide":
            return frozenset({"unit", *(name for name in FACTS if getattr(self, name) is None)})
        names = {"periods_wide": {"period"}, "indicators_wide": {"indicator"}, "both_wide": {"period", "indicator"}}
        return frozenset(names.get(self.layout, ()))

    @property
    def columns(self) -> dict[str, str]:
        """The labels of the columns that are declared, by what they hold."""
        facts = {name: getattr(self, name) for name in ("unit", "period", "indicator", "year")}
        named = {name: fact.column for name, fact in facts.items() if fact and fact.column}
        others = {name: getattr(self, name) for name in ("value", "numerator", "denominator", "measure", "note")}
        return {**named, **{name: column for name, column in others.items() if column}}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"unit"} if self.layout == "adoption" else set(FACTS) - self.in_headings
        absent = sorted(name for name in needed if getattr(self, name) is None)
        if absent:
            raise ValueError(f"with layout {self.layout}, say where `{absent[0]}` stands")
        if self.in_headings == set(FACTS):
            raise ValueError("with layout units_wide, say where `period` or `indicator` stands")
        twice = sorted(name for name in self.in_headings if getattr(self, name) is not None)
        if twice:
            raise ValueError(f"with layout {self.layout}, the headings name `{twice[0]}`; leave the key out")
        if self.layout in ("long", "adoption") and not self.value:
            raise ValueError(f"with layout {self.layout}, name the column of the `value`")
        if not self.header.rows and not self.columns:
            raise ValueError("write `header.rows`: no column is named by which the headings could be found")
        return self
