"""Simulates panels with known truth, for demonstration and for testing estimators.

A specification (YAML, see `specification`) and a seed determine a panel to the byte. Its truth holds the realised
planted effects and every planted fault.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.files import atomic
from evalkit.simulation import simulate_members, truth
from evalkit.simulation.processes import (
    Array,
    Calendar,
    Drawn,
    Mask,
    Plan,
    Positions,
    Reported,
    Roster,
    change,
    draw,
    reference,
    stream,
)
from evalkit.simulation.specification import Cohort, Indicator, NamedUnit, Naming, Specification, Trap, TrapKind, read

__all__ = ["Simulation", "Specification", "read", "simulate", "write"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Simulation:
    """A simulated dataset.

    Attributes:
        units: one row per unit, columns of `units.csv`.
        panel: one row per unit, period and indicator with a value; columns of `panel.csv`.
        truth: seed, units (cohort, multiplier), indicators (true effects, estimands), traps.
        members: rows of `members.csv`; None if the units are not split into institutions.
    """

    units: pd.DataFrame
    panel: pd.DataFrame
    truth: dict[str, Any]
    members: pd.DataFrame | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that `write` makes."""
        return ("units.csv", "panel.csv", "truth.json", *(("members.csv",) if self.members is not None else ()))

    def __repr__(self) -> str:
        return f"Simulation({len(self.units)} units, {len(self.panel)} values, seed {self.truth['seed']})"


def simulate(specification: Specification, seed: int | None = None) -> Simulation:
    """Simulate a panel.

    Args:
        specification: units, processes, effects and planted faults.
        seed: replaces the specification's own.
    """
    seed = specification.seed if seed is None else seed
    members = _members(specification)
    roster = _roster(specification, members, seed)
    reported = {name: _report(specification, name, roster, seed) for name in specification.indicators}
    if specification.later_units:
        later, own = _later(specification), int(stream(seed, "later").integers(2**32))
        others, members = _roster(specification, later, own), members + later
        quiet = specification.model_copy(update={"traps": ()})
        more = {name: _report(quiet, name, others, own, report.drawn.shocks) for name, report in reported.items()}
        roster, reported = roster.with_(others), {name: report.with_(more[name]) for name, report in reported.items()}
    units = _units(members, roster.population)
    if specification.members is None:
        panel = _panel(specification, roster.units, reported)
        return Simulation(units, panel, truth.tell(specification, roster, reported, seed))
    split = simulate_members.split(specification, units, roster, reported, seed)
    extended, counted = simulate_members.with_numerators(specification, reported)
    facts = truth.tell(extended, roster, counted, seed)
    panel = _panel(specification, split.institutions, split.reported)
    return Simulation(split.units, panel, facts | {"members": split.truth}, split.members)


# Units


def _members(specification: Specification) -> list[tuple[NamedUnit, Cohort]]:
    """Named units, then generated ones that fill each cohort to its size in each province."""
    by_start = {cohort.start: cohort for cohort in specification.cohorts}
    members = [(unit, by_start[unit.start]) for unit in specification.named_units]
    for province, naming in specification.provinces.items():
        number = naming.number_from
        for cohort in specification.cohorts:
            named = sum(u.province == province and u.start == cohort.start for u in specification.named_units)
            for _ in range(cohort.size_in(province) - named):
                members.append((_generated(naming, province, number, cohort), cohort))
                number += 1
    return members


def _later(specification: Specification) -> list[tuple[NamedUnit, Cohort]]:
    by_start = {cohort.start: cohort for cohort in specification.cohorts}
    return [(unit, by_start[unit.start]) for unit in specification.later_units]


def _roster(specification: Specification, members: list[tuple[NamedUnit, Cohort]], seed: int) -> Roster:
    gain = specification.multiplier
    return Roster(
        units=[unit.unit for unit, _ in members],
        province=np.array([unit.province for unit, _ in members]),
        population=_population(specification, [unit for unit, _ in members], seed),
        cohorts=[cohort for _, cohort in members],
        multiplier=gain.mean + gain.sd * stream(seed, "multiplier").standard_normal(len(members)),
    )


def _generated(naming: Naming, province: str, number: int, cohort: Cohort) -> NamedUnit:
    return NamedUnit(
        unit=naming.unit.format(n=number),
        name_zh=naming.name_zh.format(n=number),
        name_en=naming.name_en.format(n=number),
        kind=naming.kind,
        province=province,
        start=cohort.start,
        adoption=cohort.start or "",
        adoption_precision="quarter" if cohort.start else "",
    )


def _population(specification: Specification, units: list[NamedUnit], seed: int) -> Array:
    """Populations; truncated by the inverse distribution function, so that none pile up at the bounds."""
    wanted = specification.population
    law = NormalDist(float(np.log(wanted.median)), wanted.sd_log)
    low, high = law.cdf(float(np.log(wanted.lowest))), law.cdf(float(np.log(wanted.highest)))
    shares = low + (high - low) * stream(seed, "population").random(len(units))
    drawn = np.exp([law.inv_cdf(float(share)) for share in shares])
    rounded = np.round(drawn / wanted.round_to) * wanted.round_to
    return np.array([unit.population or value for unit, value in zip(units, rounded, strict=True)], dtype=float)


def _units(members: list[tuple[NamedUnit, Cohort]], population: Array) -> pd.DataFrame:
    texts = ["unit", "name_zh", "name_en", "kind", "parent", "province"]
    table = pd.DataFrame({name: [getattr(unit, name) for unit, _ in members] for name in texts})
    table["population"] = population.astype(np.int64)
    table["adoption"] = [unit.adoption for unit, _ in members]
    table["adoption_precision"] = [unit.adoption_precision for unit, _ in members]
    table["adoption_alternatives"] = [";".join(unit.adoption_alternatives) for unit, _ in members]
    return table


# What is planted before the draw


def _plan(specification: Specification, name: str, roster: Roster, calendar: Calendar) -> Plan:
    indicator = specification.indicators[name]
    level = reference(indicator, roster, calendar)
    shift = np.zeros((len(roster.units), len(calendar)))
    exposure = np.repeat(roster.population[:, None], len(calendar), axis=1)
    for trap in specification.planted("trend_violation", name):
        slope = change(indicator.process, level, roster.spread(trap.size or 0))
        for row in map(roster.row, trap.units):
            shift[row] += slope[row] * np.arange(len(calendar))
    for trap in specification.planted("merger", name):
        after = calendar.window(trap.first, trap.last)
        moved = change(indicator.process, level, roster.spread(trap.shifts.get(name, 0.0)))
        for row in map(roster.row, trap.units):
            exposure[row, after] *= 1 + (trap.size or 0)
            shift[row, after] += moved[row]
    pinned = {roster.row(u): t.at or 0.0 for t in specification.planted("tiny_count", name) for u in t.units}
    return Plan(_effect(specification, name, roster, calendar), shift, exposure, pinned)


def _effect(specification: Specification, name: str, roster: Roster, calendar: Calendar) -> Array:
    """The planted effect on the link scale, from the true start (moved forward by anticipation)."""
    indicator = specification.indicators[name]
    start = roster.starts(calendar)
    for trap in specification.planted("anticipation", name):
        for unit in trap.units:
            start[roster.row(unit)] = calendar.position(trap.first or specification.first)
    ramp = np.array([cohort.ramp or indicator.effect.ramp for cohort in roster.cohorts])
    factor = np.array([cohort.effect for cohort in roster.cohorts]) * roster.multiplier
    size = change(indicator.process, reference(indicator, roster, calendar), roster.spread(indicator.effect.size))
    since = np.arange(len(calendar))[None, :] - start[:, None] - indicator.effect.delay
    effect = (size * factor)[:, None] * np.clip((since + 1) / ramp[:, None], 0, 1)
    for trap in specification.planted("spillover", name):
        for unit in trap.units:
            effect[roster.row(unit)] += (trap.size or 0) * effect[roster.row(trap.source)]
    return np.asarray(effect)


# What is reported of the draw


def _report(
    specification: Specification, name: str, roster: Roster, seed: int, shocks: Array | None = None
) -> Reported:
    indicator = specification.indicators[name]
    calendar = Calendar.of(specification, indicator.frequency)
    drawn = draw(specification, name, roster, _plan(specification, name, roster, calendar), seed, shocks)
    value = _stated(specification, name, roster, calendar, drawn.value, seed)
    numerator = denominator = np.full(value.shape, np.nan)
    if drawn.denominator is not None:
        denominator = drawn.denominator
        numerator = np.round(denominator * value / 100)
        value = 100 * numerator / denominator
    value = np.round(value, indicator.decimals)
    opened = _opened(indicator, roster, calendar, stream(seed, f"{name}/opening"))
    present = _present(specification, name, roster, calendar, drawn, seed)
    present &= np.arange(len(calendar)) >= opened[:, None]
    report = Reported(
        calendar,
        drawn,
        value,
        numerator.copy(),
        denominator.copy(),
        present,
        opened,
        _notes(specification, name, roster, calendar),
    )
    for trap in specification.planted("repeated_year", name):
        _repeat(report, calendar, [roster.row(unit) for unit in trap.units], trap)
    return report


def _stated(
    specification: Specification, name: str, roster: Roster, calendar: Calendar, value: Array, seed: int
) -> Array:
    """Values under the definition valid in their period, with ceilings and bunching at targets."""
    indicator = specification.indicators[name]
    value = value.copy()
    for step in indicator.breaks:
        value[np.ix_(roster.province == step.province, calendar.window(step.first, None))] += step.size
    if indicator.process == "percent":
        value = np.clip(value, 0, 100 if indicator.ceiling is None else indicator.ceiling)
    random = stream(seed, f"{name}/bunching")
    for trap in specification.planted("bunching", name):
        for row in map(roster.row, trap.units):
            bent = calendar.window(trap.first, trap.last)
            value[row, bent] = (trap.at or 0) + (trap.size or 0) * random.random(int(bent.sum()))
    return value


def _opened(indicator: Indicator, roster: Roster, calendar: Calendar, random: np.random.Generator) -> Positions:
    """Position of each unit's first period that can have a value."""
    n = len(roster.units)
    if indicator.opening is not None:
        first, last = calendar.position(indicator.opening.first), calendar.position(indicator.opening.last)
        return random.integers(first, last + 1, n)
    return np.full(n, calendar.position(indicator.available_from) if indicator.available_from else 0)


def _present(
    specification: Specification, name: str, roster: Roster, calendar: Calendar, drawn: Drawn, seed: int
) -> Mask:
    random = stream(seed, f"{name}/missing")
    present = random.random(drawn.value.shape) >= specification.indicators[name].missing
    for trap in specification.planted("missing_period", name):
        for row in map(roster.row, trap.units):
            present[row, calendar.window(trap.first, trap.last)] = False
    for trap in specification.planted("missing_not_at_random", name):
        window = np.flatnonzero(calendar.window(trap.first, trap.last))
        for row in map(roster.row, trap.units):
            worst = window[np.argsort(drawn.noise[row, window])]
            present[row, worst[: round(len(window) * (trap.size or 0))]] = False
    return np.asarray(present)


def _notes(specification: Specification, name: str, roster: Roster, calendar: Calendar) -> NDArray[np.object_]:
    notes = np.full((len(roster.units), len(calendar)), "", dtype=object)
    for step in specification.indicators[name].breaks:
        notes[roster.province == step.province, calendar.position(step.first)] = step.note
    kinds: tuple[TrapKind, ...] = ("merger", "provisional")
    for kind in kinds:
        for trap in specification.planted(kind, name):
            at = np.flatnonzero(calendar.window(trap.first, trap.last))[:1]
            for row in map(roster.row, trap.units):
                notes[row, at] = trap.text
    return notes


def _repeat(report: Reported, calendar: Calendar, rows: list[int], trap: Trap) -> None:
    """Copy a year's cells, including missing ones, over the window; units without data in that year are unchanged."""
    target = np.flatnonzero(calendar.window(trap.first, trap.last))
    source = np.flatnonzero(calendar.window(trap.source, trap.source))
    for row in rows:
        if report.present[row, source].any():
            for cells in (report.value, report.numerator, report.denominator, report.present):
                cells[row, target] = cells[row, source]


def _panel(specification: Specification, units: list[str], reported: Mapping[str, Reported]) -> pd.DataFrame:
    rows = [_rows(specification, name, units, report) for name, report in reported.items()]
    return pd.concat(rows, ignore_index=True)


def _rows(specification: Specification, name: str, units: list[str], report: Reported) -> pd.DataFrame:
    unit, period = np.nonzero(report.present)
    labels, days = np.array(report.calendar.labels), report.calendar.last_days()
    released = pd.to_datetime([day + timedelta(days=specification.release_days) for day in days])
    return pd.DataFrame(
        {
            "unit": np.array(units)[unit],
            "period": labels[period],
            "indicator": name,
            "value": report.value[unit, period],
            "numerator": report.numerator[unit, period],
            "denominator": report.denominator[unit, period],
            "status": specification.status,
            "released": released.take(period),
            "note": report.note[unit, period],
        }
    )


# Files


def write(simulation: Simulation, folder: Path | str) -> None:
    """Write `units.csv`, `panel.csv`, `truth.json` and `members.csv` (if any): UTF-8, LF, each atomically."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(simulation.truth, ensure_ascii=False, sort_keys=True, indent=1)
    atomic.write_text(folder / "units.csv", simulation.units.to_csv(index=False, lineterminator="\n"))
    atomic.write_text(folder / "panel.csv", _as_text(simulation).to_csv(index=False, lineterminator="\n"))
    atomic.write_text(folder / "truth.json", text + "\n")
    if simulation.members is not None:
        atomic.write_text(folder / "members.csv", simulation.members.to_csv(index=False, lineterminator="\n"))


def _as_text(simulation: Simulation) -> pd.DataFrame:
    """The panel as text: values with their indicator's decimals, counts as whole numbers."""
    decimals = {name: entry["decimals"] for name, entry in simulation.truth["indicators"].items()}
    panel = simulation.panel
    table = panel.copy()
    places = [decimals.get(name, 0) for name in panel["indicator"]]  # institutions report whole numbers
    table["value"] = [f"{value:.{n}f}" for value, n in zip(panel["value"], places, strict=True)]
    for column in ("numerator", "denominator"):
        table[column] = ["" if np.isnan(count) else f"{count:.0f}" for count in panel[column]]
    table["released"] = panel["released"].dt.strftime("%Y-%m-%d")
    return table
