"""Typed, frozen parameters: indicators and assessments. Unknown keys are errors."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from evalkit import periods
from evalkit.files.hashes import sha256
from evalkit.project.descriptions import described

RAW = "data/raw"  # workbooks as received; never written
LONGEST_NAME = 120  # bytes: other names are made of it, and a disk takes 255
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}
Language = Literal["zh", "en"]
Unit = Literal[
    "percent",
    "share",
    "count",
    "per_1000",
    "per_10000",
    "per_100000",
    "ratio",
    "days",
    "yuan",
    "years",
    "index",
    "log",
    "other",
]
Scale = Literal["level", "log", "per_capita"]
Stage = Literal["baseline", "midterm", "final", "annual"]


def _period(text: str) -> str:
    if not periods.valid(text):
        raise ValueError(f"{text!r} is not a period; write 2019, 2019H1, 2019Q1, 2019-01 or 2019-01-31")
    return text


def not_a_file_name(text: str) -> str:
    """Why a name cannot be a file or folder on every system, and part of a link; empty where it can."""
    if not text or text.startswith((".", "_")) or any(sign in text for sign in '/\\:*?"<>|#%& '):
        return "use letters, digits and hyphens"
    if not text.isprintable():
        return "it holds a sign that cannot be seen: a line break, a control character"
    if text.endswith("."):
        return "Windows drops a dot at its end"
    if text.partition(".")[0].upper() in RESERVED:
        return "Windows keeps this name for a device"
    if len(text.encode()) > LONGEST_NAME:
        return f"it is longer than {LONGEST_NAME} bytes"
    return ""


def is_file_name(text: str) -> bool:
    """Whether a name can be a file or folder on every system."""
    return not not_a_file_name(text)


def _name(text: str) -> str:
    if reason := not_a_file_name(text):
        raise ValueError(f"{text!r} cannot be a file name; {reason}")
    return text


PeriodText = Annotated[str, AfterValidator(_period)]
Identifier = Annotated[str, AfterValidator(_name)]


class Model(BaseModel):
    """Base of all parameters: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, json_schema_extra=described)

    def texts_under(self, field: str) -> Iterator[str]:
        """Every text in a field of this name (or its plural), in this model and the models inside it."""
        names = field, f"{field}s"
        for name, value in self.__dict__.items():
            values = value if isinstance(value, tuple) else (value,)
            if name in names:
                yield from (item for item in values if isinstance(item, str))
            else:
                for model in values:
                    if isinstance(model, Model):
                        yield from model.texts_under(field)


class Text(Model):
    """A text in one or both languages; if one is missing, pages show the other."""

    zh: str | None = None
    en: str | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.zh or self.en):
            raise ValueError("write at least one of zh, en")
        return self

    def __getitem__(self, lang: str) -> str:
        return (self.zh or self.en or "") if lang == "zh" else (self.en or self.zh or "")


class Cited(Model):
    """A statement of a source, with the source's own words."""

    source: str
    phrase: str
    note: Text | None = None


class Break(Model):
    """A change of definition: values from `from` onwards are not comparable with earlier ones."""

    start: PeriodText = Field(alias="from")
    """the first period under the new definition."""
    where: Mapping[str, str] = {}
    """columns of units.csv and the value for which the break applies, such as {province: 东省}; everywhere if left
    out.
    """
    note: Text | str | None = None


class FromMembers(Model):
    """How a unit's value is computed from the counts that its members report."""

    numerator: str
    """an indicator that the members report."""
    denominator: str | None = None
    """another one; if left out, the value is the sum of the numerators."""
    kinds: tuple[str, ...] = ()
    """count the numerator over members of these kinds only (hospitals are not primary care)."""


class Comparable(Model):
    """With which units a figure may be compared."""

    never: bool = False
    """with none."""
    same: tuple[str, ...] = ()
    """only with units that have the same values in these columns of units.csv."""
    family: str | None = None
    """indicators of one family have similar names but different definitions: they are never ranked together."""
    note: Text | None = None


class Indicator(Model):
    """An indicator. Its id is the key in indicators.yml."""

    id: str
    name: Text
    plain: Text | None = None
    """the name in everyday words, for readers who are not specialists."""
    unit: Unit
    """the unit of measure; `percent` is 65.3, `share` is 0.653."""
    unit_name: Text | None = None
    """the unit's name on pages, with `unit: other`."""
    better: Literal["higher", "lower", "none"] = "none"
    """which direction is an improvement."""
    scale: Scale = "level"
    """the scale on which effects are estimated; if left out, `log` for count and yuan, else `level`."""
    definition: Text | None = None
    """numerator, denominator, coverage."""
    source: str | None = None
    """where the figures come from."""
    verification: Text | None = None
    """how much of the definition is documented."""
    domain: str | None = None
    """the group in which pages list it."""
    near: float | None = None
    """an unmet target counts as near within this distance, in the indicator's unit; if left out, none does."""
    negligible: float | None = Field(default=None, gt=0)
    """an effect up to this size, in the unit of estimates, is too small to matter; declared beforehand, the report says
    whether larger ones can be ruled out."""
    breaks: tuple[Break, ...] = ()
    """changes of definition."""
    grades: tuple[str, ...] = ()
    """the names of grades or statuses, from the lowest to the highest."""
    readings: Text | None = None
    """possible readings of a figure that its source leaves ambiguous, and which one is used."""
    from_members: FromMembers | None = None
    """how it is computed from the counts of a unit's members."""
    comparable: Comparable = Comparable()
    """with which units it may be compared."""

    @model_validator(mode="before")
    @classmethod
    def _default_scale(cls, given: object) -> object:
        if isinstance(given, dict) and "scale" not in given:
            return {**given, "scale": "log" if given.get("unit") in ("count", "yuan") else "level"}
        return given

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """A count is the sum of its members' counts; a percentage or share needs two sums."""
        if self.from_members is None:
            return self
        if self.unit not in ("percent", "share", "count"):
            raise ValueError("`from_members` needs a unit that follows from counts: percent, share or count")
        if (self.unit == "count") == (self.from_members.denominator is not None):
            how = "without a `denominator`" if self.unit == "count" else "with a `denominator`"
            raise ValueError(f"with unit {self.unit}, write `from_members` {how}")
        return self


class Nearest(Model):
    """Keep only the comparison units nearest to the region; past outcomes may not define distance."""

    n: int = Field(gt=0)
    """the number of units to keep."""
    by: tuple[str, ...] = Field(min_length=1)
    """numeric columns of units.csv, such as population."""


class Comparison(Model):
    """Which units may be compared with the region."""

    eligible: Literal["not_yet_treated", "never_treated"] = "not_yet_treated"
    """regions that had not yet adopted, or only those that never did; applies to the programme analysis too."""
    same: tuple[str, ...] = ()
    """columns of units.csv in which comparison units must equal the region, such as [province]."""
    nearest: Nearest | None = None
    """keep only the nearest units."""
    exclude: Mapping[str, str] = {}
    """units that must not be used for comparison, each with the reason."""


class Design(Model):
    """How effects are estimated."""

    comparison: Comparison = Comparison()
    """which units may be compared with the region."""
    baseline_periods: int | None = Field(default=None, gt=0)
    """the number of periods before adoption to use; all if left out."""
    post_periods: int | None = Field(default=None, gt=0)
    """the number of periods from adoption onwards to use; all up to `as_of` if left out."""
    anticipation: int = Field(default=0, ge=0)
    """the number of periods before adoption to leave out."""
    transition: int = Field(default=0, ge=0)
    """the number of periods from adoption onwards to leave out."""
    mask: Mapping[str, tuple[PeriodText, ...]] = {}
    """periods to leave out, by name (covid); effects are shown with and without them."""
    minimum_post_periods: int = Field(default=4, gt=0)
    """with fewer periods after adoption the effect is withheld."""
    cluster: str | None = None
    """the column of units.csv at whose level the reform was assigned, such as prefecture; left out, unit by unit."""
    subgroups: tuple[str, ...] = ()
    """columns of units.csv whose values get a pooled effect each, with a test that they are equal."""
    covariates: tuple[str, ...] = ()
    """columns of units.csv, or indicators by their mean before the start, for which the difference-in-differences of a
    region is adjusted; pooled effects are not."""
    weights: Literal["population"] | None = None
    """`population` also weights the pooled effect by residents; both are shown."""


class Rule(Model):
    """Selects regions by rule."""

    adopted: bool = True
    """units that adopted by the as-of date, or those that did not."""
    kind: str | None = None
    """only units of this `kind` in units.csv."""


class CountSum(Model):
    """A count that is the sum of others: each can be derived from the rest."""

    total: str
    """an indicator with `unit: count`."""
    parts: tuple[str, ...] = Field(min_length=2)
    """the indicators that add up to it."""


class Disclosure(Model):
    """Disclosure control: small counts that no reader may see."""

    threshold: int = Field(ge=3)  # with 2, a hidden count could only be 1
    """counts from 1 up to but not including this number are hidden."""
    round_to: int = Field(default=1, ge=1)
    """all other counts are rounded to a multiple of this number."""
    exempt: tuple[str, ...] = ()
    """indicators that count no people (institutions, beds)."""
    sums: tuple[CountSum, ...] = ()
    """which counts add up to which (all = men + women); sums of units and of members are found without."""

    @model_validator(mode="after")
    def _nothing_becomes_zero(self) -> Self:
        if self.round_to > self.threshold:
            raise ValueError("`round_to` must not exceed `threshold`: counts that are shown could be rounded to 0")
        return self


class Chosen(Model):
    """The indicators of an assessment, chosen before results are seen."""

    primary: tuple[str, ...] = Field(min_length=1)
    """the conclusion rests on these."""
    exploratory: tuple[str, ...] = ()
    """analysed too, but they do not enter the conclusion."""


class Collection(Model):
    """The collection workbooks that `evalkit template` writes."""

    due: dt.date | None = None
    """the date by which they are due back."""
    frequency: Literal["year", "half", "quarter", "month"] | None = None
    """frequency of indicators for which neither the panel nor the mapping gives one."""
    since: PeriodText | None = None
    """the first period to collect; if left out, the panel's first, or some years before the first adoption."""


class Assessment(Model):
    """What is evaluated (params/assessments/<assessment>.yml)."""

    name: Identifier
    title: Text | None = None
    """the title of every page."""
    question: Text | None = None
    """the question that the evaluation answers."""
    stage: Stage = "final"
    """sets the order of the report's sections."""
    as_of: dt.date | None = None
    """data observed or released after this date are not used; all data if left out."""
    dataset: Identifier
    """the folder data/<dataset>/."""
    regions: tuple[str, ...] | Rule
    """units of units.csv that get a report, or a rule such as {adopted: true, kind: county}."""
    indicators: Chosen
    """the indicators, and which of them the conclusion rests on."""
    citizens: tuple[str, ...] = ()
    """indicators that concern patients, for the box for citizens; the primary ones if left out."""
    covariates: Mapping[str, tuple[str, ...]] = {}
    """for each indicator, the indicators that enter its time-series model."""
    design: Design = Design()
    """how effects are estimated."""
    disclosure: Disclosure | None = None
    """disclosure control of small counts; none if left out."""
    previous: str | None = None
    """an earlier assessment to compare with."""
    evaluator: Text | None = None
    """who makes the evaluation, for the cover of the Word document: an office, a team."""
    licence: Text | None = None
    """under which terms others may use the reports, such as CC BY 4.0; printed below how to cite them."""
    audience: Literal["internal", "public"] = "public"
    """with `public`, pages and downloads omit comments of the assessed bodies, names of self-reported documents and
    (until the state is final) signatures; with `internal`, all of them are marked as not for publication.
    """
    state: Literal["draft", "review", "final"] = "draft"
    """what pages say of themselves; `final` needs problems, recommendations and signatures in every region's narrative.
    """
    requested: bool | None = None
    """whether the regions were asked for data or materials; left out, they were where `collection` says by when or the
    dataset has a panel. If no region was asked and there is no panel, pages call themselves a review of public sources.
    """
    names: Mapping[str, Text] = {}
    """what the pages about all regions call an indicator, by id, where regions call it by different names."""
    languages: tuple[Language, ...] = ("zh", "en")
    """of the pages; the first is that of the index."""
    notebooks: tuple[Identifier, ...] = ("region_report",)
    """what is made per region: region_report, before_after, difference_in_differences."""
    programme: bool | None = None
    """whether to make a page that pools all regions; if left out, made if at least two units are treated and the
    dataset has a panel.
    """
    downloads: tuple[Literal["xlsx", "docx"], ...] = ("xlsx", "docx")
    """files made with each region's report, an Excel workbook and a Word document; they take two to three seconds per
    region, so an assessment of thousands may prefer `[]`.
    """
    example: bool = False
    """marks an example of the methods with a published answer; it is listed separately."""
    # Due dates change no report: they are left out of the key that decides whether a report is stale.
    collection: Collection | None = Field(default=None, exclude=True)
    """the collection workbooks and their due date."""

    @property
    def hides(self) -> str:
        """A hash of the rule of disclosure, by which figures made under another one are known; empty without a rule."""
        return sha256(self.disclosure.model_dump_json())[:16] if self.disclosure else ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """All indicators, primary ones first."""
        return self.indicators.primary + self.indicators.exploratory

    @property
    def needed(self) -> tuple[str, ...]:
        """All indicators and their covariates."""
        return tuple(dict.fromkeys([*self.chosen, *(name for names in self.covariates.values() for name in names)]))
