"""The random processes behind a simulated panel: calendars, units as arrays, and one draw per indicator."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.simulation.specification import ByProvince, Cohort, Frequency, Indicator, Process, Selection, Specification

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Calendar:
    """The periods of one frequency."""

    index: pd.PeriodIndex
    labels: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", [str(label) for label in self.index.astype(str)])

    @classmethod
    def of(cls, specification: Specification, frequency: Frequency) -> Calendar:
        """The periods of a specification at one frequency."""
        letter = "Q" if frequency == "quarter" else "Y"
        return cls(pd.period_range(specification.first, specification.last, freq=letter))

    def __len__(self) -> int:
        return len(self.labels)

    def position(self, period: str) -> int:
        """Periods from the first one to the one that contains `period`; negative before it."""
        start = pd.Period(pd.Period(period).start_time, freq=self.index.freqstr)
        return int(start.ordinal - self.index[0].ordinal)

    def window(self, first: str | None, last: str | None) -> Mask:
        """Mask of the periods entirely within two periods of any frequency, both inclusive."""
        begin = pd.Period(first).start_time if first else self.index[0].start_time
        end = pd.Period(last).end_time if last else self.index[-1].end_time
        return np.asarray((self.index.start_time >= begin) & (self.index.end_time <= end))

    def last_days(self) -> list[date]:
        """The last day of each period."""
        return [stamp.date() for stamp in self.index.end_time]


@dataclass(frozen=True, eq=False)
class Roster:
    """The units as arrays in a fixed order, shared by the processes of all indicators."""

    units: list[str]
    province: NDArray[np.str_]
    population: Array
    cohorts: list[Cohort]
    multiplier: Array

    def with_(self, other: Roster) -> Roster:
        """These units, then the others."""
        names = ("province", "population", "multiplier")
        province, population, gain = (np.concatenate([getattr(self, name), getattr(other, name)]) for name in names)
        return Roster(self.units + other.units, province, population, self.cohorts + other.cohorts, gain)

    def spread(self, value: ByProvince) -> Array:
        """A value for each unit, from a common value or one per province (0 for provinces left out)."""
        if isinstance(value, dict):
            return np.array([value.get(str(name), 0.0) for name in self.province])
        return np.full(len(self.units), value)

    def row(self, unit: str) -> int:
        """The row of a unit in every array."""
        if unit not in self.units:
            raise ValueError(f"the specification plants a fault in {unit}, which is not one of its units")
        return self.units.index(unit)

    def starts(self, calendar: Calendar) -> Positions:
        """Position of each unit's first treated period; far beyond the last period if never treated."""
        far = len(calendar) + 1000
        return np.array([calendar.position(c.start) if c.start else far for c in self.cohorts])


@dataclass(frozen=True, eq=False)
class Plan:
    """The non-random inputs of an indicator; arrays are units x periods."""

    effect: Array  # on the link scale
    shift: Array  # other planted changes, on the link scale
    exposure: Array  # persons
    pinned: dict[int, float]  # row -> level that replaces level, unit difference and exposure


@dataclass(frozen=True, eq=False)
class Drawn:
    """Values before rounding; `effect` in percentage points (percent), log points (log, count) or units.

    `shocks`: what all units of a province share, provinces x periods.
    """

    value: Array
    effect: Array
    noise: Array
    denominator: Array | None
    shocks: Array


@dataclass(frozen=True, eq=False)
class Reported:
    """One indicator as reported: rounded, incomplete and with notes; units x periods."""

    calendar: Calendar
    drawn: Drawn
    value: Array
    numerator: Array
    denominator: Array
    present: Mask
    opened: Positions  # each unit's first period that can have a value
    note: NDArray[np.object_]

    def with_(self, other: Reported) -> Reported:
        """These units' values, then those of the others."""

        def joined(mine: Any, others: Any, *names: str) -> dict[str, Any]:
            pairs = {name: (getattr(mine, name), getattr(others, name)) for name in names}
            return {name: None if pair[0] is None else np.concatenate(pair) for name, pair in pairs.items()}

        drawn = replace(self.drawn, **joined(self.drawn, other.drawn, "value", "effect", "noise", "denominator"))
        names = ("value", "numerator", "denominator", "present", "opened", "note")
        return replace(self, drawn=drawn, **joined(self, other, *names))


def stream(seed: int, name: str) -> np.random.Generator:
    """A random stream per name, so that adding an indicator does not change the others."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, key])))


def link(process: Process, value: Array) -> Array:
    """Values on the additive scale: logit of a percentage, log of a log or count process, else unchanged.

    >>> float(link("percent", np.array([50.0]))[0])
    0.0
    """
    if process == "percent":
        return np.log(value / (100 - value))
    return np.log(value) if process in ("log", "count") else value


def unlink(process: Process, eta: Array) -> Array:
    """The inverse of `link`."""
    if process == "percent":
        return 100 / (1 + np.exp(-eta))
    return np.exp(eta) if process in ("log", "count") else eta


def change(process: Process, level: Array, size: Array) -> Array:
    """A change of `size` at `level`, as a difference on the link scale."""
    if process == "percent":
        return link(process, level + size) - link(process, level)
    return np.log1p(size) if process in ("log", "count") else size


def spread_of(process: Process, level: Array) -> Array:
    """Conversion factor of a standard deviation at `level` to the link scale."""
    return 100 / (level * (100 - level)) if process == "percent" else np.ones_like(level)


def reference(indicator: Indicator, roster: Roster, calendar: Calendar) -> Array:
    """The level, by unit, at which sizes are specified: halfway between a province's first and last.

    A percentage point is more logits near the bounds. Converted at the first level, effects and noise of shares that
    drift towards a bound would be smaller than specified.
    """
    rise = indicator.trend * (len(calendar) - 1)
    if indicator.step is not None:
        rise += indicator.step.size * int((calendar.index.quarter == indicator.step.quarter).sum())
    return roster.spread(indicator.level) + rise / 2


def autoregressive(random: np.random.Generator, shape: tuple[int, int], ar1: float) -> Array:
    """Stationary AR(1) noise of standard deviation 1, one row per unit or province."""
    noise = random.standard_normal(shape)
    for t in range(1, shape[1]):
        noise[:, t] = ar1 * noise[:, t - 1] + np.sqrt(1 - ar1**2) * noise[:, t]
    return noise


def draw(
    specification: Specification, name: str, roster: Roster, plan: Plan, seed: int, shocks: Array | None = None
) -> Drawn:
    """Draw one indicator for every unit and period.

    Args:
        shocks: the common ones where they have been drawn already, for other units.
    """
    indicator = specification.indicators[name]
    process = indicator.process
    calendar = Calendar.of(specification, indicator.frequency)
    random = stream(seed, f"{name}/values")
    level = roster.spread(indicator.level)[:, None]
    own, noise = _unit_parts(specification, indicator, roster, calendar, random)
    eta = link(process, level) + own + _calendar_part(indicator, roster, calendar)
    if shocks is None:
        shape = len(specification.provinces), len(calendar)
        shocks = autoregressive(random, shape, specification.common_ar1)
    eta = eta + _common(specification, indicator, roster, calendar, shocks) + noise + plan.shift
    if indicator.exposure is not None:
        eta = eta + np.log(plan.exposure / indicator.exposure)
    for row, at in plan.pinned.items():
        eta[row] += link(process, np.array([at])) - eta[row, 0] + noise[row, 0]
    value = _observed(indicator, eta + plan.effect, plan.exposure, random)
    effect = plan.effect
    if process == "percent":
        effect = value - unlink(process, eta)
    return Drawn(value, effect, noise, _denominator(indicator, roster, calendar, plan.exposure, random), shocks)


def _unit_parts(
    specification: Specification, indicator: Indicator, roster: Roster, calendar: Calendar, random: np.random.Generator
) -> tuple[Array, Array]:
    """Each unit's level and trend, and its residual, on the link scale."""
    n, r = len(roster.units), specification.level_trend_correlation
    scale = spread_of(indicator.process, reference(indicator, roster, calendar))
    first, second = random.standard_normal((2, n))
    level = indicator.sd_between * first
    trend = indicator.sd_trend * (r * first + np.sqrt(1 - r**2) * second)
    noise = indicator.sd_residual * autoregressive(random, (n, len(calendar)), indicator.ar1)
    if indicator.selection is not None:
        rows = _selected(indicator.selection, roster, calendar, level, noise, random)
        level, trend, noise = level[rows], trend[rows], noise[rows]
    own = level[:, None] + np.outer(trend, np.arange(len(calendar)))
    return own * scale[:, None], noise * scale[:, None]


def _selected(
    selection: Selection, roster: Roster, calendar: Calendar, level: Array, noise: Array, random: np.random.Generator
) -> Positions:
    """Assignment of drawn series to units, so that low baselines adopt first within each province.

    The baseline includes that year's transitory residual, which causes regression to the mean.
    """
    baseline = level + noise[:, calendar.position(selection.baseline)]
    score = baseline + selection.noise * random.standard_normal(len(level))
    queue = roster.starts(calendar)
    ties = random.random(len(level))
    rows = np.empty(len(level), dtype=np.int64)
    for province in np.unique(roster.province):
        members = np.flatnonzero(roster.province == province)
        by_start = members[np.lexsort((ties[members], queue[members]))]
        rows[by_start] = members[np.argsort(score[members])]
    return rows


def _calendar_part(indicator: Indicator, roster: Roster, calendar: Calendar) -> Array:
    """Trend, season, yearly step and dated shocks, common to all units of a province."""
    level = reference(indicator, roster, calendar)
    t = np.arange(len(calendar))

    def at_level(size: ByProvince) -> Array:
        return change(indicator.process, level, roster.spread(size))

    total = np.outer(at_level(indicator.trend), t)
    quarter = np.asarray(calendar.index.quarter)
    if indicator.frequency == "quarter":
        total += np.stack([at_level(size) for size in indicator.season], axis=1)[:, quarter - 1]
    if indicator.step is not None:
        total += np.outer(at_level(indicator.step.size), np.cumsum(quarter == indicator.step.quarter))
    for period, size in indicator.shocks.items():
        total[:, calendar.position(period)] += at_level(size)
    return total


def _common(
    specification: Specification, indicator: Indicator, roster: Roster, calendar: Calendar, shocks: Array
) -> Array:
    """Common shocks of the units of a province."""
    names = list(specification.provinces)
    rows = [names.index(str(province)) for province in roster.province]
    scale = spread_of(indicator.process, reference(indicator, roster, calendar))
    return indicator.sd_common * scale[:, None] * shocks[rows]


def _observed(indicator: Indicator, eta: Array, exposure: Array, random: np.random.Generator) -> Array:
    """The values counted or measured, before reporting."""
    if indicator.process == "count":
        assert indicator.dispersion is not None
        k = indicator.dispersion
        return random.poisson(np.exp(eta) * random.gamma(k, 1 / k, eta.shape)).astype(np.float64)
    if indicator.process == "rate":
        assert indicator.births_per_person is not None
        births = np.round(exposure * indicator.births_per_person)
        return random.poisson(births * np.maximum(eta, 0) / 1e5) / births * 1e5
    return unlink(indicator.process, eta)


def _denominator(
    indicator: Indicator, roster: Roster, calendar: Calendar, exposure: Array, random: np.random.Generator
) -> Array | None:
    if indicator.denominator is None:
        return None
    wanted = indicator.denominator
    relative = np.ones(exposure.shape)
    for period, size in wanted.shocks.items():
        relative[:, calendar.position(period)] += roster.spread(size)
    noise = np.exp(wanted.sd_log * random.standard_normal(exposure.shape))
    return np.round(exposure * roster.spread(wanted.per_person)[:, None] * relative * noise)
