"""The layouts of sheets, as a mapping declares them: where the headings and the facts of each value are."""

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
    """Where to find a fact that every value needs: exactly one of these keys."""

    column: str | None = None
    """the label of the column that holds it; `A:A` for a column without a label (then write `header.rows`)."""
    sheet: Pattern | None = None
    """a regular expression on the sheet's name; its first group, or all of it."""
    file: Pattern | None = None
    """the same on the file's name without ending."""
    cell: Address | None = None
    """one cell of the sheet, such as B2."""
    pattern: Pattern | None = None
    """with `cell`: a regular expression; only the part that fits is read."""
    above: Pattern | None = None
    """the same on the lines above the headings (a title)."""
    fixed: str | None = None
    """the fact itself, for all values of the table."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.pattern is not None and self.cell is None:
            raise ValueError("`pattern` goes with `cell`; sheet and file are patterns themselves")
        if len(self.model_fields_set - {"pattern"}) != 1:
            raise ValueError("write exactly one of column, sheet, file, cell, above, fixed")
        return self


class Header(Model):
    """The rows with the headings of the columns."""

    rows: tuple[Annotated[int, Field(gt=0)], ...] = ()
    """their row numbers, counted from 1; left out, the first row that holds every column named in the table."""
    levels: int = Field(default=1, ge=1, le=4)
    """how many rows they take; 2 for years over quarters. A row with units of measure is one of them."""


class Table(Model):
    """One form of sheet."""

    layout: Layout
    """`long` (a row per value), `periods_wide` (a column per period), `indicators_wide` (a column per indicator),
    `both_wide` (both in the headings, in two rows or joined in one cell), `units_wide` (a column per unit; the headings
    also hold the period or indicator if no key says where to find it), `adoption` (a row per unit with the date its
    reform began).
    """
    sheets: tuple[str, ...] = ("*",)
    """patterns (`*`, `?`) of the sheets and files it holds for; the first table that fits is used."""
    files: tuple[str, ...] = ("*",)
    """patterns (`*`, `?`) of the sheets and files it holds for; the first table that fits is used."""
    header: Header = Header()
    """the rows with the headings."""
    unit: From | None = None
    """where to find it, unless the layout puts it into the headings."""
    period: From | None = None
    """where to find it, unless the layout puts it into the headings."""
    indicator: From | None = None
    """where to find it, unless the layout puts it into the headings."""
    year: From | None = None
    """where to find the year that completes a label such as 一季度."""
    value: str | None = None
    """columns of a long table, or `value` of the date in an adoption table."""
    numerator: str | None = None
    """columns of a long table, or `value` of the date in an adoption table."""
    denominator: str | None = None
    """columns of a long table, or `value` of the date in an adoption table."""
    measure: str | None = None
    """a column with the unit of measure of each row."""
    note: str | None = None
    """a column with remarks, which become the panel's `note`."""
    ignore_columns: tuple[str, ...] = ()
    """headings that are not read (序号, 备注)."""
    cumulative: tuple[str, ...] = ()
    """indicators whose values run from January on; `"*"` for all of them. Quarters are differenced."""
    fractions: bool = False
    """percentages are written as 0.653 throughout."""

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
