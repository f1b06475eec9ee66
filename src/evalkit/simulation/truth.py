"""The truth of a simulated panel: realised effects, estimands, and every planted fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evalkit.simulation.processes import Array, Calendar, Reported, Roster, reference, spread_of
from evalkit.simulation.specification import Indicator, Specification, Trap

DIGITS = 6  # finer than any rounding of the data, coarser than floating-point differences between processors
SCALES = {"percent": "percentage points", "log": "log points", "count": "log points"}
Found = Mapping[str, Reported]


def tell(specification: Specification, roster: Roster, reported: Found, seed: int) -> dict[str, Any]:
    """The truth as plain values, ready for JSON."""
    units = zip(roster.units, roster.cohorts, roster.multiplier, strict=True)
    return {
        "seed": seed,
        "units": {u: {"cohort": c.start, "multiplier": _number(gain)} for u, c, gain in units if c.start},
        "indicators": {name: _effects(specification, name, roster, report) for name, report in reported.items()},
        "traps": [_planted(trap, reported) for trap in specification.traps]
        + [fault for name, report in reported.items() for fault in _inherent(specification, name, roster, report)],
    }


def _number(value: float | np.float64) -> float:
    return round(float(value), DIGITS) + 0.0  # no negative zero


def _effects(specification: Specification, name: str, roster: Roster, report: Reported) -> dict[str, Any]:
    """One indicator's realised effects by cohort and event time, with the estimands.

    `simple` is the mean over treated unit-periods, `group` the mean of the cohorts' means weighted by their units.
    Both use only cohorts for which the indicator is collected before their start.
    """
    indicator, calendar, effect = specification.indicators[name], report.calendar, report.drawn.effect
    start, first = roster.starts(calendar), int(report.opened.min())
    treated = sorted({g for g in start.tolist() if g < len(calendar)})
    path = {g: effect[start == g].mean(axis=0) for g in treated}
    units = {g: int((start == g).sum()) for g in treated}
    later = [g for g in treated if g > first]
    means = [path[g][g:].mean() for g in later]
    return {
        "scale": SCALES.get(indicator.process, "unit of the indicator"),
        "frequency": indicator.frequency,
        "decimals": indicator.decimals,
        "null": not np.any(effect),
        "effects": {calendar.labels[g]: _path(path[g], g, first) for g in treated},
        "cohort_units": {calendar.labels[g]: units[g] for g in treated},
        "estimand_cohorts": [calendar.labels[g] for g in later],
        "simple": _number(np.average(means, weights=[units[g] * (len(calendar) - g) for g in later])),
        "group": _number(np.average(means, weights=[units[g] for g in later])),
    }


def _path(mean: Array, start: int, first: int) -> dict[str, float]:
    """Effect by event time, where collected; before the start only if non-zero (anticipation)."""
    times = range(first, len(mean))
    return {str(t - start): _number(mean[t]) for t in times if t >= start or mean[t] != 0}


def _planted(trap: Trap, reported: Found) -> dict[str, Any]:
    """A trap of the specification, with its indicators and periods written out."""
    names = [name for name in reported if name in trap.indicators or not trap.indicators]
    periods = sorted({label for name in names for label in _labels(reported[name].calendar, trap)})
    more = {"at": trap.at, "shifts": trap.shifts, "source": trap.source}
    size = len(periods) if trap.size is None else trap.size
    return _fault(trap.kind, list(trap.units), names, periods, size, trap.note) | {
        key: value for key, value in more.items() if value
    }


def _labels(calendar: Calendar, trap: Trap) -> list[str]:
    return [calendar.labels[t] for t in np.flatnonzero(calendar.window(trap.first, trap.last))]


def _fault(
    kind: str, units: list[str], indicators: list[str], periods: list[str], size: float, note: str
) -> dict[str, Any]:
    return {"kind": kind, "units": units, "indicators": indicators, "periods": periods, "size": size, "note": note}


def _inherent(specification: Specification, name: str, roster: Roster, report: Reported) -> list[dict[str, Any]]:
    """Faults that are part of an indicator's specification."""
    indicator, labels = specification.indicators[name], report.calendar.labels
    faults = []
    for change in indicator.breaks:
        units = [roster.units[row] for row in np.flatnonzero(roster.province == change.province)]
        since = labels[report.calendar.position(change.first) :]
        faults.append(_fault("definition_break", units, [name], since, change.size, change.note))
    if indicator.available_from is not None:
        before = labels[: report.calendar.position(indicator.available_from)]
        note = "not collected in these periods; size is their number"
        faults.append(_fault("not_collected", roster.units, [name], before, len(before), note))
    if indicator.opening is not None:
        faults.append(_structural_zeros(name, roster, report))
    if indicator.ceiling is not None:
        at = (report.value >= indicator.ceiling) & report.present
        units = [roster.units[row] for row in np.unique(np.nonzero(at)[0])]
        periods = [labels[t] for t in np.unique(np.nonzero(at)[1])]
        note = "values cannot rise above the size; these units and periods reached it"
        faults.append(_fault("ceiling", units, [name], periods, indicator.ceiling, note))
    if indicator.selection is not None:
        faults.append(_regression(indicator, name, roster, report))
    return faults


def _structural_zeros(name: str, roster: Roster, report: Reported) -> dict[str, Any]:
    labels = report.calendar.labels
    opened = {unit: labels[t] for unit, t in zip(roster.units, report.opened, strict=True) if t}
    before = labels[: int(report.opened.max())]
    note = "no row before the unit's opening: nothing existed to be counted, which is neither 0 nor missing"
    fault = _fault("structural_zero", list(opened), [name], before, int(report.opened.sum()), note)
    return fault | {"opened": opened}


def _regression(indicator: Indicator, name: str, roster: Roster, report: Reported) -> dict[str, Any]:
    """How far the adopters' baseline is below its lasting level, relative to units that never adopt."""
    assert indicator.selection is not None
    baseline = indicator.selection.baseline
    adopters = np.array([cohort.start is not None for cohort in roster.cohorts])
    scale = spread_of(indicator.process, reference(indicator, roster, report.calendar))
    passing = report.drawn.noise[:, report.calendar.position(baseline)] / scale
    units = [unit for unit, adopter in zip(roster.units, adopters, strict=True) if adopter]
    size = _number(passing[adopters].mean() - passing[~adopters].mean())
    note = "units low in this period adopt earlier; this much of the gap is passing and will be made up"
    return _fault("regression_to_the_mean", units, [name], [baseline], size, note)
