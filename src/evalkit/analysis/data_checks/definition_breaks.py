"""Level shifts common to a whole stratum: declared or undeclared changes of definition.

The path of a stratum is that of its untreated units. A shift is a jump in one period (seasonally adjusted) that
persists a year later, in at least `SHARED` of the units, and that is large compared both with the path's other jumps
and with its other year-to-year changes. Both statistics must exceed the threshold, a quantile of Student's t at the
square root of `FAMILY_RATE` over all dates, indicators and strata. A false flag would name every unit of a stratum, so
the rate is family-wise, for the whole panel; the square root assumes that the two statistics are independent.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from evalkit import periods
from evalkit.analysis.data_checks.deviations import LEAST_UNITS, Array, Mask, Series, critical, mean_of, spread
from evalkit.analysis.data_checks.flags import Flag
from evalkit.project.evaluation import Evaluation

FAMILY_RATE = 0.002  # share of panels without a shift that get a flag
SHARED = 0.9  # share of units that must jump in the same direction
LEAST_YEARS = 3  # years needed to estimate the season


def definition_breaks(
    series: Sequence[Series], stratum: npt.NDArray[np.str_], evaluation: Evaluation
) -> Iterator[Flag]:
    """Declared breaks (for information) and undeclared common shifts."""
    long = [item for item in series if len(item.periods) >= LEAST_YEARS * _per_year(item) and _per_year(item) > 1]
    tests = sum(len(item.periods) for item in long) * len(np.unique(stratum))
    for name in np.unique(stratum):
        own = stratum == name
        for item in series:
            declared = _declared(item, own, evaluation)
            shown = str(name) or "*"
            units = tuple(unit for unit, mine in zip(item.units, own, strict=True) if mine)
            for at in declared:
                yield Flag(
                    "definition_break", shown, (item.indicator.id,), (item.periods[at],), None, None, "declared", units
                )
            if item in long:
                for at, score, limit in _shifts(item, own, declared, evaluation, tests):
                    named, when = (item.indicator.id,), (item.periods[at],)
                    yield Flag("definition_break", shown, named, when, score, limit, "step_taken_for_effect", units)


def _declared(series: Series, own: Mask, evaluation: Evaluation) -> list[int]:
    """Positions of breaks declared in indicators.yml for most units of a stratum."""
    units = evaluation.units.loc[[unit for unit, mine in zip(series.units, own, strict=True) if mine]]
    starts = []
    for entry in series.indicator.breaks:
        start = periods.write(periods.containing(entry.start, series.frequency))
        applies = np.ones(len(units), dtype=bool)
        for column, value in entry.where.items():
            applies &= (units[column] == value).to_numpy() if column in units else False
        if start in series.periods[1:] and applies.mean() > 0.5:
            starts.append(series.periods.index(start))
    return sorted(starts)


def _shifts(
    series: Series, own: Mask, declared: list[int], evaluation: Evaluation, tests: int
) -> list[tuple[int, float, float]]:
    """Position, robust score and threshold of each undeclared shift; the largest within any year."""
    year = _per_year(series)
    untreated = np.arange(len(series.periods)) < series.start[:, None]
    rows = own & (series.start >= len(series.periods))
    rows = rows if rows.sum() >= LEAST_UNITS else own
    values = np.where(untreated & ~_masked(series, evaluation), series.values, np.nan)[rows]
    if len(values) < LEAST_UNITS:
        return []
    jumps, lasting = _jumps(values, year), _lasting(values, year)
    scores, agreed = [], []
    for change in (jumps, lasting):
        shared = np.array([np.nanmedian(column) if np.isfinite(column).any() else np.nan for column in change.T])
        shared = np.where(_near(declared, len(shared), year if change is lasting else 1), np.nan, shared)
        middle = np.nanmedian(shared) if np.isfinite(shared).any() else np.nan
        scores.append(_against_rest(shared - middle, year if change is lasting else 1))
        same = np.sign(change - middle) == np.sign(shared - middle)
        agreed.append(
            np.where(np.isfinite(change), same, 0).sum(axis=0) / np.maximum(np.isfinite(change).sum(axis=0), 1)
        )
    limit = critical(float(np.sqrt(FAMILY_RATE / (2 * tests))), len(series.periods))
    score = np.sign(scores[0]) * np.minimum(np.abs(scores[0]), np.abs(scores[1]))
    fits = (np.sign(scores[0]) == np.sign(scores[1])) & (np.minimum(*agreed) >= SHARED) & (np.abs(score) > limit)
    shifts: list[tuple[int, float, float]] = []
    for at in sorted(np.flatnonzero(fits), key=lambda k: -abs(score[k])):
        if all(abs(int(at) - other) >= year for other, _, _ in shifts):
            shifts.append((int(at), float(score[at]), limit))
    return sorted(shifts)


def _against_rest(shared: Array, width: int) -> Array:
    """Each change over the spread of changes at least `width` periods away, which the same shift does not affect."""
    apart = np.abs(np.subtract.outer(np.arange(len(shared)), np.arange(len(shared)))) >= width
    return np.asarray(shared / np.array([spread(shared[rest]) for rest in apart]))


def _near(declared: list[int], n: int, width: int) -> Mask:
    """Positions whose change contains a declared break."""
    return np.array([any(abs(k - at) < width for at in declared) for k in range(n)], dtype=bool)


def _jumps(values: Array, year: int) -> Array:
    """Change from the previous period, less the usual change in that season."""
    change = np.full(values.shape, np.nan)
    change[:, 1:] = np.diff(values, axis=1)
    for season in range(year):
        columns = change[:, season::year]
        seen = columns[np.isfinite(columns)]
        change[:, season::year] = columns - (np.median(seen) if len(seen) else 0)
    return change


def _lasting(values: Array, year: int) -> Array:
    """Mean of the year from a period onwards less the mean of the year before; whole years cancel the season."""
    n = values.shape[1]
    change = np.full(values.shape, np.nan)
    for at in range(year, n - year + 1):
        before, after = values[:, at - year : at], values[:, at : at + year]
        both = np.isfinite(before) & np.isfinite(after)  # each season in both years or in neither
        change[:, at] = mean_of(np.where(both, after - before, np.nan), 1)
    return change


def _masked(series: Series, evaluation: Evaluation) -> Mask:
    hidden = [text for masked in evaluation.assessment.design.mask.values() for text in masked]
    return np.array([any(periods.overlap(name, text) for text in hidden) for name in series.periods], dtype=bool)


def _per_year(series: Series) -> int:
    return {"month": 12, "quarter": 4, "half": 2}.get(str(series.frequency), 1)
