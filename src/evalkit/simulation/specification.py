"""The specification of a simulated panel: the models of a `simulation.yml`.

Sizes are in the units of the indicator's readers, independent of the process:

- `percent`: percentage points at the middle of the panel (drawn on the logit scale, so that shares stay
  within 0-100);
- `log`, `count`: relative changes (0.08 is +8 %), standard deviations in log points;
- `level`, `rate`: the indicator's own unit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from evalkit.files import yaml_file

Process = Literal["percent", "log", "count", "level", "rate"]
Frequency = Literal["quarter", "year"]
TrapKind = Literal[
    "anticipation",
    "spillover",
    "merger",
    "bunching",
    "trend_violation",
    "repeated_year",
    "missing_period",
    "provisional",
    "missing_not_at_random",
    "tiny_count",
]


def _is_period(text: str) -> str:
    pd.Period(text)  # raises ValueError, which pydantic reports with the place
    return text


PeriodText = Annotated[str, AfterValidator(_is_period)]
ByProvince = float | dict[str, float]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Population(_Part):
    """Truncated log-normal population, in persons; `sd_log` in log points."""

    median: float
    sd_log: float
    lowest: float
    highest: float
    round_to: int = 1


class Multiplier(_Part):
    """A unit's factor on the planted effects: one normal draw per unit, common to its indicators."""

    mean: float = 1.0
    sd: float = 0.0


class Naming(_Part):
    """Names of a province's generated units; `{n}` is a running number from `number_from`."""

    unit: str
    name_zh: str
    name_en: str
    kind: str
    number_from: int = 1


class NamedUnit(_Part):
    """A named unit. `start` is the truth; `adoption` and the fields after it are what the evaluator knows."""

    unit: str
    name_zh: str
    name_en: str
    kind: str
    province: str
    population: int | None = None
    parent: str = ""
    start: PeriodText | None = None
    adoption: str = ""
    adoption_precision: str = ""
    adoption_alternatives: tuple[str, ...] = ()


class Cohort(_Part):
    """Units with the same start. `size` counts named and generated units: per province, or the same in every one."""

    start: PeriodText | None
    size: int | dict[str, int]
    effect: float = 1.0  # factor on every planted effect
    ramp: int | None = None  # periods until the full effect; overrides the indicators' ramps

    def size_in(self, province: str) -> int:
        """Units of this cohort in a province."""
        return self.size if isinstance(self.size, int) else self.size.get(province, 0)


class Effect(_Part):
    """Planted effect: 0 for `delay` periods from the start, then linear to `size` over `ramp` periods."""

    size: ByProvince
    ramp: int = Field(1, ge=1)
    delay: int = Field(0, ge=0)


class Denominator(_Part):
    """Events per person and period behind a share, with log-normal noise and relative shocks."""

    per_person: ByProvince
    sd_log: float
    shocks: dict[PeriodText, ByProvince] = {}


class Break(_Part):
    """A change of definition: `size` is added to every value of the province from `first` on."""

    province: str
    first: PeriodText
    size: float
    note: str


class Step(_Part):
    """A rise of `size` once a year, in `quarter`, as of stocks counted at the year's end."""

    quarter: int
    size: float


class Opening(_Part):
    """Nothing exists before a period drawn per unit between `first` and `last` (a structural zero)."""

    first: PeriodText
    last: PeriodText


class Selection(_Part):
    """Units low in `baseline` adopt earlier; `noise` (indicator's unit) loosens the ranking."""

    baseline: PeriodText
    noise: float


class Indicator(_Part):
    """One indicator's process.

    Standard deviations: between units, of the AR(1) residual, of the units' trends (per period), and of the common
    shocks of a province.
    """

    process: Process
    frequency: Frequency = "quarter"
    decimals: int = 1
    level: ByProvince  # at the first period; of a count: events per `exposure` persons (or in all)
    sd_between: float = 0.0
    sd_residual: float = 0.0
    ar1: float = Field(0.0, ge=0, lt=1)
    trend: float = 0.0  # per period
    sd_trend: float = 0.0
    sd_common: float = 0.0
    season: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    step: Step | None = None
    shocks: dict[PeriodText, ByProvince] = {}
    effect: Effect = Effect(size=0.0)
    missing: float = Field(0.0, ge=0, lt=1)
    dispersion: float | None = None  # k of NB2: variance = mean + mean^2 / k
    exposure: float | None = None  # persons for whom `level` is stated
    births_per_person: float | None = None  # of a rate: births, of which `level` per 100,000 have the event (Poisson)
    denominator: Denominator | None = None
    ceiling: float | None = None
    available_from: PeriodText | None = None
    opening: Opening | None = None
    breaks: tuple[Break, ...] = ()
    selection: Selection | None = None


class Trap(_Part):
    """A planted fault, from `first` to `last`; without indicators, it applies to all of them.

    `note` explains `size`; `shifts` (merger) are changes per indicator; `at` is the value to bunch at; `source` is a
    neighbouring unit, or the year copied; `text` goes into the panel's note column.
    """

    kind: TrapKind
    units: tuple[str, ...]
    indicators: tuple[str, ...] = ()
    first: PeriodText | None = None
    last: PeriodText | None = None
    size: float | None = None
    shifts: dict[str, float] = {}
    at: float | None = None
    source: str = ""
    text: str = ""
    note: str


class Container(_Part):
    """A unit that contains simulated units (as their `parent`); its figures are their sums, so it has no process."""

    unit: str
    name_zh: str
    name_en: str
    kind: str
    province: str
    adoption: str = ""
    adoption_precision: str = ""


class Grouped(_Part):
    """Containers for the generated units, `size` units in each, in order; `{n}` is a running number."""

    unit: str
    name_zh: str
    name_en: str
    kind: str
    size: int = Field(ge=1)


class Institution(_Part):
    """Institutions of one kind in every unit: their number (from, to) and relative size.

    Names may contain `{unit}`, the unit's own name, and `{n}`, a running number.
    """

    code: str
    kind: str
    role: Literal["lead", "member"] = "member"
    name_zh: str
    name_en: str
    number: tuple[int, int]
    weight: float = Field(gt=0)


class Count(_Part):
    """A count that institutions report, as a part of their unit's simulated value.

    Institutions of `kinds` divide the count, or the numerator, of the indicator `of`; the others divide the rest of
    its denominator. `numerator` names the indicator that equals this numerator, to record its truth.
    """

    of: str
    kinds: tuple[str, ...] = Field(min_length=1)
    numerator: str | None = None


class Members(_Part):
    """The members of the simulated units, and how counts are divided among them.

    `joins` are institutions that belong only from a period onwards; `shared` ones also belong to a second unit.
    """

    containers: tuple[Container, ...] = ()
    grouped: Grouped | None = None
    institutions: tuple[Institution, ...] = Field(min_length=1)
    sd_log: float = 0.0  # of the institutions' sizes
    counts: dict[str, Count]
    joins: dict[str, PeriodText] = {}
    shared: dict[str, str] = {}


class Specification(_Part):
    """The full specification of a simulated panel.

    `least_in_province`: scaled to fewer units (`scaling`), a panel has fewer provinces rather than smaller ones.
    `later_units` are drawn after all others, with random numbers of their own: they change no value drawn before.
    """

    seed: int
    first: PeriodText
    last: PeriodText
    status: str = "simulated"
    release_days: int
    population: Population
    multiplier: Multiplier
    level_trend_correlation: float = Field(0.0, ge=-1, le=1)
    common_ar1: float = Field(0.0, ge=0, lt=1)
    provinces: dict[str, Naming]
    least_in_province: int = Field(1, ge=1)
    named_units: tuple[NamedUnit, ...] = ()
    later_units: tuple[NamedUnit, ...] = ()
    cohorts: tuple[Cohort, ...]
    indicators: dict[str, Indicator]
    traps: tuple[Trap, ...] = ()
    members: Members | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Specification:
        wrong = [
            f"trap {trap.kind}: unknown indicator {name}"
            for trap in self.traps
            for name in (*trap.indicators, *trap.shifts)
            if name not in self.indicators
        ]
        wrong += [
            f"{name}: a count needs dispersion"
            for name, indicator in self.indicators.items()
            if indicator.process == "count" and indicator.dispersion is None
        ]
        wrong += [
            f"{name}: a rate needs births_per_person"
            for name, indicator in self.indicators.items()
            if indicator.process == "rate" and indicator.births_per_person is None
        ]
        wrong += [
            f"{name}: level is missing for {province}"
            for name, indicator in self.indicators.items()
            if isinstance(indicator.level, dict)
            for province in self.provinces
            if province not in indicator.level
        ]
        starts = {cohort.start for cohort in self.cohorts}
        wrong += [
            f"{unit.unit}: no cohort starts in {unit.start}"
            for unit in (*self.named_units, *self.later_units)
            if unit.start not in starts
        ]
        wrong += [
            f"{unit.unit}: unknown province {unit.province}"
            for unit in (*self.named_units, *self.later_units)
            if unit.province not in self.provinces
        ]
        wrong += [
            f"{name}: unknown indicator {count.of}"
            for name, count in (self.members.counts if self.members else {}).items()
            if count.of not in self.indicators
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def planted(self, kind: TrapKind, indicator: str) -> list[Trap]:
        """The traps of one kind that affect an indicator."""
        return [t for t in self.traps if t.kind == kind and (not t.indicators or indicator in t.indicators)]


def read(path: Path | str, shown: str = "") -> Specification:
    """Read a specification from YAML.

    Args:
        path: a `simulation.yml`.
        shown: its name in messages; the path if left out.

    Raises:
        InputError: with all unknown keys and names, each with its line.
    """
    return yaml_file.read(Path(path), Specification, shown or str(path))
