"""Implausible reporting: copied years, bunching at targets, informative missingness.

Each check computes the probability of an observation in a correct unit, estimated from the other units. A unit is
flagged if that probability is at most `RATE` divided by the number of years, periods, targets or indicators tested.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import stats

from evalkit.analysis.data_checks.deviations import Array, Integers, Mask, Series, mean_of, spread
from evalkit.analysis.data_checks.flags import RATE, Flag
from evalkit.project.evaluation import Evaluation
from evalkit.project.region_file import Target

CLOSE = 0.25  # percentage points on the right side of a target
LEAST_CLOSE = 3  # values of a year that must lie within `CLOSE` of a target
LEAST_AFTER = 3  # periods after a date needed to test for missing values
RARE = 0.01  # below this probability, a single indicator is missing too often
LEAST_COPIED = 0.5  # share of a year's values that repeat the year before


def bunching(series: Sequence[Series], evaluation: Evaluation) -> Iterator[Flag]:
    """Improbably many values within `CLOSE` of a target in the deadline's year.

    Tests every target of the assessment in every unit. The usual closeness of a year's values is estimated from all
    other unit-years; the probability that they lie at the target is bounded by the highest density.
    """
    goals = [(one, *goal) for one in series for goal in _goals(one, evaluation)]
    for one, value, side, year in goals:
        columns = _of_year(one, year)
        if len(columns) < LEAST_CLOSE:
            continue
        inside = (side * (one.raw[:, columns] - value) >= 0) & (side * (one.raw[:, columns] - value) <= CLOSE)
        for row in np.flatnonzero(inside.sum(axis=1) >= LEAST_CLOSE):
            seen = columns[np.isfinite(one.raw[row, columns])]
            chance = _chance_of_closeness(one, seen, int(inside[row].sum()), year)
            if chance <= RATE / len(goals):
                unit, when = one.units[row], tuple(one.periods[k] for k in columns[inside[row]])
                named = (one.indicator.id,)
                yield Flag("bunching", unit, named, when, chance, RATE / len(goals), "target_met_on_paper", (unit,))


def _goals(one: Series, evaluation: Evaluation) -> list[tuple[float, int, str]]:
    """Value, side on which it is met (1 above, -1 below) and year of every numeric target of a percentage."""
    if one.indicator.unit != "percent":
        return []
    listed: list[Target] = [target for region in evaluation.region_files.values() for target in region.targets]
    listed += [target for table in evaluation.targets_by_table.values() for target in table]
    found = {
        (target.value, 1 if target.operator in (">=", ">") else -1, target.deadline[:4])
        for target in listed
        if target.indicator == one.indicator.id
        and target.operator in (">=", ">", "<=", "<")
        and isinstance(target.value, float)
        and target.deadline
    }
    return sorted(found)


def _chance_of_closeness(one: Series, seen: Integers, count: int, year: str) -> float:
    """The probability that `count` of a year's values lie within `CLOSE` of a given value, from the other years."""
    same = [int(k) - int(_of_year(one, year)[0]) for k in seen]
    starts = [int(_of_year(one, other)[0]) for other in _years(one) if other != year]
    blocks = [one.raw[:, [s + k for k in same]] for s in starts if s + max(same) < len(one.periods)]
    years = np.sort(np.concatenate(blocks)) if blocks else np.zeros((0, len(same)))
    years = years[np.isfinite(years).all(axis=1)]
    if not len(years):
        return 1.0
    closest = (years[:, count - 1 :] - years[:, : len(same) - count + 1]).min(axis=1)
    scatter = spread((one.raw - mean_of(one.raw, 1)[:, None]).ravel()) * np.sqrt(2 * np.pi)
    return float(min(np.append(np.clip(CLOSE - closest, 0, None), CLOSE).mean() / scatter, 1.0))


def missing(series: Sequence[Series], stratum: Array) -> Iterator[Flag]:
    """Units with more missing values than before and than their stratum, in one or several indicators."""
    years = sorted({year for one in series for year in _years(one)})[1:]
    tests = max(len(years), 1)
    chances = np.ones((len(series[0].units), len(series), tests))
    for j, one in enumerate(series):
        for k, year in enumerate(years):
            chances[:, j, k] = _chance_of_missing(one, stratum, year)
    rare = (chances <= RARE).sum(axis=1)
    known = (chances < 1).any(axis=(0, 2)).sum()
    several = np.where(rare > 0, stats.binom.sf(rare - 1, max(int(known), 1), RARE), 1.0) * 2
    lone = np.minimum(chances.min(axis=1) * max(int(known), 1) * 2, 1.0)
    chance = np.minimum(several, lone)
    for row in np.flatnonzero(chance.min(axis=1) <= RATE / tests):
        k = int(np.where(chance[row] <= RATE / tests, np.log(chances[row]).sum(axis=0), np.inf).argmin())
        listed = np.flatnonzero(chances[row, :, k] <= RARE).tolist()
        named = tuple(series[j].indicator.id for j in listed)
        first = series[listed[0]].periods[int(_of_year(series[listed[0]], years[k])[0])]
        unit = series[0].units[row]
        yield Flag("missing", unit, named, (first,), float(chance[row, k]), RATE / tests, "missing_selects", (unit,))


def _chance_of_missing(one: Series, stratum: Array, year: str) -> Array:
    """Per unit, the probability of as many missing values since a year, at the higher of two rates.

    The rates are the unit's own before that year, and the stratum's since then.
    """
    columns = _of_year(one, year)
    due, gone = _due_and_gone(one)
    if not len(columns) or columns[0] == 0 or len(one.periods) - columns[0] < LEAST_AFTER:
        return np.ones(len(one.units))
    since = int(columns[0])
    before = gone[:, :since].sum(axis=1) / np.maximum(due[:, :since].sum(axis=1), 1)
    lost, all_due = gone[:, since:].sum(axis=1), due[:, since:].sum(axis=1)
    usual = np.zeros(len(one.units))
    for name in np.unique(stratum):
        own = stratum == name
        usual[own] = (lost[own].sum() - lost[own]) / np.maximum(all_due[own].sum() - all_due[own], 1)
    rate = np.clip(np.maximum(before, usual), 0.01, 1)
    return np.where(lost > 0, np.maximum(stats.binom.sf(lost - 1, all_due, rate), 1e-300), 1.0)


def gap_period(series: Sequence[Series]) -> Iterator[Flag]:
    """Periods in which a unit reports no indicator at all, although other units do."""
    spans: dict[str, list[Series]] = {}
    for one in series:
        spans.setdefault(one.frequency, []).append(one)
    for listed in spans.values():
        names = max((one.periods for one in listed), key=len)
        chance, whole = np.ones((len(listed[0].units), len(names))), np.ones((len(listed[0].units), len(names)), bool)
        asked = np.zeros(whole.shape, dtype=int)
        for one in listed:
            at = [names.index(name) for name in one.periods if name in names]
            due, gone = (part[:, : len(at)] for part in _due_and_gone(one))
            rate = (gone.sum(axis=0) - gone + 1) / (due.sum(axis=0) + 1)
            chance[:, at] *= np.where(due, rate, 1)
            whole[:, at] &= gone | ~due
            asked[:, at] += due
        odd = whole & (asked > 0) & (chance <= RATE / len(names))
        for row in np.flatnonzero(odd.any(axis=1)):
            unit, when = listed[0].units[row], tuple(names[k] for k in np.flatnonzero(odd[row]))
            named = tuple(one.indicator.id for one in listed)
            lowest = float(chance[row][odd[row]].min())
            yield Flag("gap_period", unit, named, when, lowest, RATE / len(names), "period_absent", (unit,))


def repeated_year(series: Sequence[Series]) -> Iterator[Flag]:
    """Years whose values repeat the year before, more often than by chance and rounding."""
    years = sorted({year for one in series for year in _years(one)})[1:]
    for year in years:
        pairs = [_equal(one, year) for one in series]
        equal = np.array([found.sum(axis=1) for found, _ in pairs]).T
        both = np.array([seen.sum(axis=1) for _, seen in pairs]).T
        usual = (equal.sum(axis=0) - equal + 1) / (both.sum(axis=0) - both + 1)
        expected, count = (np.minimum(usual, 1) * both).sum(axis=1), equal.sum(axis=1)
        chance = np.where(count > 0, stats.poisson.sf(count - 1, expected), 1.0)
        odd = (chance <= RATE / len(years)) & (count >= LEAST_COPIED * both.sum(axis=1)) & (count > 1)
        for row in np.flatnonzero(odd):
            named = tuple(one.indicator.id for one, n in zip(series, equal[row], strict=True) if n)
            unit, found = series[0].units[row], float(chance[row])
            yield Flag("repeated_year", unit, named, (year,), found, RATE / len(years), "year_not_observed", (unit,))


def _equal(one: Series, year: str) -> tuple[Mask, Mask]:
    """Which values of a year equal those of the previous year, and which can be compared."""
    now, then = _of_year(one, year), _of_year(one, str(int(year) - 1))
    n = min(len(now), len(then))
    new, old = one.raw[:, now[:n]], one.raw[:, then[len(then) - n :]]
    seen = np.isfinite(new) & np.isfinite(old)
    return seen & (new == old), seen


def _due_and_gone(one: Series) -> tuple[Mask, Mask]:
    """Values expected of each unit (all since its first one), and which of them are missing."""
    present = np.isfinite(one.raw)
    due = np.asarray(np.maximum.accumulate(present, axis=1))
    return due, due & ~present


def _years(one: Series) -> list[str]:
    return sorted({name[:4] for name in one.periods})


def _of_year(one: Series, year: str) -> Integers:
    return np.array([k for k, name in enumerate(one.periods) if name[:4] == year], dtype=np.int64)
