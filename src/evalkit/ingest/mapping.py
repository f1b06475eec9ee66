"""How workbooks become a panel: params/mappings/<dataset>.yml, typed; every key is documented at its model.

A small example:

    files: ["visits/*"]
    tables:
      - layout: periods_wide
        sheets: ["季度*"]
        header: {levels: 2}
        unit: {file: "(.+?)_"}
        indicator: {column: 指标名称}
    indicators:
      primary_visit_share: {aliases: [基层就诊率, 基层诊疗量占比], decimals: 2}
      primary_visits: {aliases: [基层门急诊人次]}
"""

import datetime as dt
import re
from collections.abc import Mapping as MappingOf
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from evalkit.errors import InputError, Mistake, nearest
from evalkit.files import yaml_file
from evalkit.ingest.layouts import Address, From, Table
from evalkit.project.params import RAW, Identifier, Model, PeriodText, Unit, is_file_name
from evalkit.workbooks.cell_text import Reason

FOLDER = "params/mappings"
Frequency = Literal["year", "half", "quarter", "month"]


def _inside(text: str) -> str:
    if text.startswith("/") or ".." in Path(text).parts or ":" in text:
        raise ValueError(f"{text!r} leaves data/raw/")
    return text


Glob = Annotated[str, AfterValidator(_inside)]


class MappedIndicator(Model):
    """One indicator of the panel; its key is an id in params/indicators.yml."""

    aliases: tuple[str, ...] = ()
    """its names in the workbooks, without unit of measure (基层门急诊人次, not 基层门急诊人次（万人次）)."""
    numerator: tuple[str, ...] = ()
    """names of the two counts that go into the panel with it."""
    denominator: tuple[str, ...] = ()
    """names of the two counts that go into the panel with it."""
    unit: Unit | None = None
    """its unit of measure, if it differs from that in params/indicators.yml."""
    range: tuple[float | None, float | None] | None = None
    """the lowest and highest possible value; null means no limit. Default: by unit (percent 0 to 100, counts from 0).
    """
    below_one: Literal["ask", "percent", "share"] = "ask"
    """what a bare 0.9 in a percent column means: `ask` (an error), `percent` (0.9 %) or `share` (90 %)."""
    zero: Literal["value", "missing"] = "value"
    """`missing` if a 0 means that the value is unknown."""
    frequency: Frequency | None = None
    """the frequency of the panel's rows; other labels are asked about, and annual ones (全年) are totals."""
    single_quarters: bool = False
    """values are single quarters, although they grow within each year as running totals do."""
    decimals: int = Field(default=0, ge=0, le=12)
    """with how many decimals at least the panel writes it (91.00)."""


class Units(Model):
    """Names of units in addition to `unit`, `name_zh` and `name_en` of units.csv."""

    columns: tuple[str, ...] = ()
    """further columns of units.csv whose texts name a unit (an official code)."""
    aliases: MappingOf[str, str] = {}
    """other names, by the name in the workbook."""
    prefixes: tuple[str, ...] = ()
    """texts that may precede a name (西省)."""


class Released(Model):
    """When a value became known: one of these keys."""

    days_after: int | None = Field(default=None, ge=0)
    """so many days after the period's last day."""
    date: dt.date | None = None
    """on this day."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("write exactly one of days_after, date")
        return self


class Provisional(Model):
    """What a value marked （预计） or （初步） becomes."""

    status: Literal["provisional", "simulated"] = "provisional"
    """its status in the panel."""
    note: str = ""


class Revision(Model):
    """Which of two values counts that were reported for the same unit, period and indicator: the later one."""

    date: From | None = None
    """where to find the date of the report."""
    order: tuple[str, ...] = ()
    """marks in the names of folders, files or sheets, from the earliest to the latest (上报, 修订); `collection` marks
    returned collection workbooks."""


class Totals(Model):
    """合计, 小计 and 其中： rows, which stay out of the panel."""

    labels: tuple[str, ...] = ()
    """further names of such rows."""
    tolerance: float = Field(default=0.001, ge=0, lt=1)
    """by how much of the total it may differ from the sum of its parts."""


class Answer(Model):
    """What was answered to a question about one cell; the workbook stays as it was received."""

    file: str
    """the place that the question names."""
    sheet: str
    """the place that the question names."""
    cell: Address
    """the place that the question names."""
    value: str | None = None
    """what the cell means, in the panel's unit; null for no value."""
    accept: bool = False
    """the value is right as written."""
    why: str
    """who said so, and when."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.accept and self.value is not None:
            raise ValueError("write `accept: true` or a `value`, not both")
        if self.value is not None and not re.fullmatch(r"-?\d+(\.\d+)?", self.value):
            raise ValueError(f"{self.value!r} is not a number")
        return self


class RecordIndicator(Model):
    """One indicator computed from records, by SQL expressions over the records of a unit and period."""

    numerator: str | None = None
    """a count or sum, such as `count(*) FILTER (level = 'primary')`."""
    denominator: str | None = None
    """what the numerator is a part of, such as `count(*)`; with `value`, on how many it rests."""
    value: str | None = None
    """the number itself, such as `count(*)` or `avg(cost)`."""

    @property
    def sql(self) -> tuple[str | None, str | None, str | None]:
        """Value, numerator and denominator."""
        return self.value, self.numerator, self.denominator

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.value is None) == (self.numerator is None) or (self.numerator and not self.denominator):
            raise ValueError("write `numerator` and `denominator`, or `value`")
        return self


class Records(Model):
    """Visit or claim records, from which indicators are computed; files are .parquet or .csv (all columns are text)."""

    unit: str
    """an SQL expression: who a record belongs to."""
    period: str
    """an SQL expression: the date of a record."""
    frequency: Frequency
    """of the periods."""
    where: str = ""
    """which records count."""
    smallest: int = Field(default=10, ge=1)
    """a number that rests on fewer, or leaves fewer over, is hidden."""
    indicators: MappingOf[str, RecordIndicator] = Field(min_length=1)
    """what is computed, by id."""


class Mapping(Model):
    """Everything that turns the workbooks of one dataset into its panel; the file's name is the dataset's."""

    dataset: Identifier
    files: tuple[Glob, ...] = ()
    """patterns below data/raw/."""
    url: Annotated[str, Field(pattern=r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$")] | None = None
    """`${NAME}`: the environment variable that holds a database's address; no password is in a file."""
    query: Annotated[str, Field(pattern=r"(?is)^\s*(select|with)\b[^;]*;?\s*$")] | None = None
    """the query whose result is read by the first of `tables`; without, by columns unit, period, indicator, value."""
    records: Records | None = None
    """how indicators are computed from the files, where these hold records."""
    ignore_files: tuple[Glob, ...] = ()
    """what is not read, on purpose."""
    ignore_sheets: tuple[str, ...] = ()
    """what is not read, on purpose."""
    ignore_indicators: tuple[str, ...] = ()
    """what is not read, on purpose."""
    tables: tuple[Table, ...] = ()
    """the forms of the sheets."""
    indicators: MappingOf[str, MappedIndicator] = {}
    """what names mean."""
    units: Units = Units()
    """what names mean."""
    periods: MappingOf[str, PeriodText] = {}
    """labels of periods that have to be explained (`2020-03: 2020Q1`)."""
    missing: MappingOf[str, Reason] = {}
    """further marks of missing values, or other meanings (`无: not_applicable`); a mark such as `c` or `<5` is asked
    about until it is declared (`c: withheld`)."""
    flags: MappingOf[str, str] = {}
    """what flags behind numbers mean, which are asked about otherwise: `provisional`, `revised`, or a text that becomes
    the value's note (`b: break in the series`)."""
    status: Literal["published", "derived", "reported", "provisional", "simulated"] = "reported"
    """of all rows of the panel."""
    source: str = ""
    """where all of them come from: a row of data/<dataset>/sources.csv."""
    released: Released | None = None
    """when they became known."""
    provisional: Provisional = Provisional()
    """what marked, repeated and summed values become."""
    revision: Revision = Revision()
    """what marked, repeated and summed values become."""
    totals: Totals = Totals()
    """what marked, repeated and summed values become."""
    hidden: Literal["read", "skip"] = "read"
    """whether hidden rows, columns and sheets are read; they are reported either way."""
    comments: Literal["note", "count"] = "count"
    """whether a comment on a cell becomes the value's note; else comments are only counted."""
    answers: tuple[Answer, ...] = ()
    """answers to questions about single cells."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if not self.files and not self.query:
            raise ValueError("write `files`, or `query` and `url`")
        if bool(self.query) != bool(self.url):
            raise ValueError("`query` and `url` go together")
        if self.records and not self.files:
            raise ValueError("`records` needs `files`")
        return self

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        unknown = {name for table in self.tables for name in table.cumulative} - {*self.indicators, "*"}
        if unknown:
            raise ValueError(f"`cumulative` names {sorted(unknown)[0]!r}, which is not under `indicators`")
        return self


def read(root: Path, name: str) -> Mapping:
    """The mapping of a dataset; if none was written, all files of data/raw/<name>/ without tables.

    That is enough for collection workbooks (`evalkit template`), which say themselves what their cells are.

    Raises:
        InputError: where there is neither, or with every mistake in it.
    """
    datasets = [path.stem for path in (root / FOLDER).glob("*.yml")]
    if name not in datasets and is_file_name(name) and (root / RAW / name).is_dir():
        return Mapping(dataset=name, files=(f"{name}/**/*",))
    if name not in datasets:
        cure = nearest(name, datasets, "Write one; `evalkit ingest --draft FILE…` makes a first one from workbooks.")
        raise InputError([Mistake(FOLDER, f"there is no mapping {name!r}", cure)])
    shown = f"{FOLDER}/{name}.yml"
    return yaml_file.read(root / shown, Mapping, shown, dataset=name)
