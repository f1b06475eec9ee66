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
    goals = [(item, *goal) for item in series for goal in _goals(item, evaluation)]
    for item, value, side, year in goals:
        columns = _of_year(item, year)
        if len(columns) < LEAST_CLOSE:
            continue
        inside = (side * (item.raw[:, columns] - value) >= 0) & (side * (item.raw[:, columns] - value) <= CLOSE)
        for row in np.flatnonzero(inside.sum(axis=1) >= LEAST_CLOSE):
            seen = columns[np.isfinite(item.raw[row, columns])]
            chance = _chance_of_closeness(item, seen, int(inside[row].sum()), year)
            if chance <= RATE / len(goals):
                unit, when = item.units[row], tuple(item.periods[k] for k in columns[inside[row]])
                named = (item.indicator.id,)
                yield Flag("bunching", unit, named, when, chance, RATE / len(goals), "target_met_on_paper", (unit,))


def _goals(series: Series, evaluation: Evaluation) -> list[tuple[float, int, str]]:
    """Value, side on which it is met (1 above, -1 below) and year of every numeric target of a percentage."""
    if series.indicator.unit != "percent":
        return []
    targets: list[Target] = [target for region in evaluation.region_files.values() for target in region.targets]
    targets += [target for table in evaluation.targets_by_table.values() for target in table]
    goals = {
        (target.value, 1 if target.operator in (">=", ">") else -1, target.deadline[:4])
        for target in targets
        if target.indicator == series.indicator.id
        and target.operator in (">=", ">", "<=", "<")
        and isinstance(target.value, float)
        and target.deadline
    }
    return sorted(goals)


def _chance_of_closeness(series: Series, seen: Integers, count: int, year: str) -> float:
    """The probability that `count` of a year's values lie within `CLOSE` of a given value, from the other years."""
    same = [int(k) - int(_of_year(series, year)[0]) for k in seen]
    starts = [int(_of_year(series, other)[0]) for other in _years(series) if other != year]
    blocks = [series.raw[:, [s + k for k in same]] for s in starts if s + max(same) < len(series.periods)]
    years = np.sort(np.concatenate(blocks)) if blocks else np.zeros((0, len(same)))
    years = years[np.isfinite(years).all(axis=1)]
    if not len(years):
        return 1.0
    closest = (years[:, count - 1 :] - years[:, : len(same) - count + 1]).min(axis=1)
    scatter = spread((series.raw - mean_of(series.raw, 1)[:, None]).ravel()) * np.sqrt(2 * np.pi)
    return float(min(np.append(np.clip(CLOSE - closest, 0, None), CLOSE).mean() / scatter, 1.0))


def missing(series: Sequence[Series], stratum: Array) -> Iterator[Flag]:
    """Units with more missing values than before and than their stratum, in one or several indicators."""
    years = sorted({year for item in series for year in _years(item)})[1:]
    tests = max(len(years), 1)
    chances = np.ones((len(series[0].units), len(series), tests))
    for j, item in enumerate(series):
        for k, year in enumerate(years):
            chances[:, j, k] = _chance_of_missing(item, stratum, year)
    rare = (chances <= RARE).sum(axis=1)
    checked = (chances < 1).any(axis=(0, 2)).sum()
    several = np.where(rare > 0, stats.binom.sf(rare - 1, max(int(checked), 1), RARE), 1.0) * 2
    lone = np.minimum(chances.min(axis=1) * max(int(checked), 1) * 2, 1.0)
    chance = np.minimum(several, lone)
    for row in np.flatnonzero(chance.min(axis=1) <= RATE / tests):
        k = int(np.where(chance[row] <= RATE / tests, np.log(chances[row]).sum(axis=0), np.inf).argmin())
        affected = np.flatnonzero(chances[row, :, k] <= RARE).tolist()
        named = tuple(series[j].indicator.id for j in affected)
        first = series[affected[0]].periods[int(_of_year(series[affected[0]], years[k])[0])]
        unit = series[0].units[row]
        yield Flag("missing", unit, named, (first,), float(chance[row, k]), RATE / tests, "missing_selects", (unit,))


def _chance_of_missing(series: Series, stratum: Array, year: str) -> Array:
    """Per unit, the probability of as many missing values since a year, at the higher of two rates.

    The rates are the unit's own before that year, and the stratum's since then.
    """
    columns = _of_year(series, year)
    due, gone = _due_and_gone(series)
    if not len(columns) or columns[0] == 0 or len(series.periods) - columns[0] < LEAST_AFTER:
        return np.ones(len(series.units))
    since = int(columns[0])
    before = gone[:, :since].sum(axis=1) / np.maximum(due[:, :since].sum(axis=1), 1)
    lost, all_due = gone[:, since:].sum(axis=1), due[:, since:].sum(axis=1)
    usual = np.zeros(len(series.units))
    for name in np.unique(stratum):
        own = stratum == name
        usual[own] = (lost[own].sum() - lost[own]) / np.maximum(all_due[own].sum() - all_due[own], 1)
    rate = np.clip(np.maximum(before, usual), 0.01, 1)
    return np.where(lost > 0, np.maximum(stats.binom.sf(lost - 1, all_due, rate), 1e-300), 1.0)


def gap_period(series: Sequence[Series]) -> Iterator[Flag]:
    """Periods in which a unit reports no indicator at all, although other units do."""
    spans: dict[str, list[Series]] = {}
    for item in series:
        spans.setdefault(item.frequency, []).append(item)
    for alike in spans.values():
        names = max((item.periods for item in alike), key=len)
        chance, silent = np.ones((len(alike[0].units), len(names))), np.ones((len(alike[0].units), len(names)), bool)
        asked = np.zeros(silent.shape, dtype=int)
        for item in alike:
            at = [names.index(name) for name in item.periods if name in names]
            due, gone = (part[:, : len(at)] for part in _due_and_gone(item))
            rate = (gone.sum(axis=0) - gone + 1) / (due.sum(axis=0) + 1)
            chance[:, at] *= np.where(due, rate, 1)
            silent[:, at] &= gone | ~due
            asked[:, at] += due
        odd = silent & (asked > 0) & (chance <= RATE / len(names))
        for row in np.flatnonzero(odd.any(axis=1)):
            unit, when = alike[0].units[row], tuple(names[k] for k in np.flatnonzero(odd[row]))
            named = tuple(item.indicator.id for item in alike)
            lowest = float(chance[row][odd[row]].min())
            yield Flag("gap_period", unit, named, when, lowest, RATE / len(names), "period_absent", (unit,))


def repeated_year(series: Sequence[Series]) -> Iterator[Flag]:
    """Years whose values repeat the year before, more often than by chance and rounding."""
    years = sorted({year for item in series for year in _years(item)})[1:]
    for year in years:
        pairs = [_equal(item, year) for item in series]
        equal = np.array([same.sum(axis=1) for same, _ in pairs]).T
        both = np.array([seen.sum(axis=1) for _, seen in pairs]).T
        usual = (equal.sum(axis=0) - equal + 1) / (both.sum(axis=0) - both + 1)
        expected, count = (np.minimum(usual, 1) * both).sum(axis=1), equal.sum(axis=1)
        chance = np.where(count > 0, stats.poisson.sf(count - 1, expected), 1.0)
        odd = (chance <= RATE / len(years)) & (count >= LEAST_COPIED * both.sum(axis=1)) & (count > 1)
        for row in np.flatnonzero(odd):
            named = tuple(item.indicator.id for item, n in zip(series, equal[row], strict=True) if n)
            unit, rarity = series[0].units[row], float(chance[row])
            yield Flag("repeated_year", unit, named, (year,), rarity, RATE / len(years), "year_not_observed", (unit,))


def _equal(series: Series, year: str) -> tuple[Mask, Mask]:
    """Which values of a year equal those of the previous year, and which can be compared."""
    now, then = _of_year(series, year), _of_year(series, str(int(year) - 1))
    n = min(len(now), len(then))
    new, old = series.raw[:, now[:n]], series.raw[:, then[len(then) - n :]]
    seen = np.isfinite(new) & np.isfinite(old)
    return seen & (new == old), seen


def _due_and_gone(series: Series) -> tuple[Mask, Mask]:
    """Values expected of each unit (all since its first one), and which of them are missing."""
    present = np.isfinite(series.raw)
    due = np.asarray(np.maximum.accumulate(present, axis=1))
    return due, due & ~present


def _years(series: Series) -> list[str]:
    return sorted({name[:4] for name in series.periods})


def _of_year(series: Series, year: str) -> Integers:
    return np.array([k for k, name in enumerate(series.periods) if name[:4] == year], dtype=np.int64)
