"""Unusual dynamics: anticipation, spillover, diverging trends, boundary changes.

Each check fits a shape to the deviations of every unit (see `deviations`), sums it over indicators, and compares the
unit with units untreated in the same periods. Thresholds are quantiles of Student's t at `RATE` (`SCREENED` for
spillover), divided by the number of shapes, indicators or dates tested per unit.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.analysis.data_checks import deviations
from evalkit.analysis.data_checks.deviations import FAR, Array, Fit, Integers, Mask, Series, critical, fit, line
from evalkit.analysis.data_checks.flags import RATE, SCREENED, Consequence, Flag

EARLY = 3  # periods before the start in which an effect may have begun
LEAST_BASELINE = 6  # periods needed to detect a slope or an early effect
LEAST_SHIFT = 0.1  # log points: smallest relevant change of boundaries
EITHER_SIDE = 2  # periods needed before and after a step
OWN = 2.0  # an indicator is named in a flag, or counts towards a step, if its own statistic exceeds this


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Units with their strata and starts (positions in the indicator with the most periods)."""

    units: tuple[str, ...]
    stratum: npt.NDArray[np.str_]
    start: Integers

    @property
    def never(self) -> Mask:
        """Never-treated units."""
        return np.asarray(self.start >= FAR, dtype=np.bool_)

    def before(self, rows: Mask) -> int:
        """Number of units in the strata of `rows` that are not treated before the first of these."""
        inside = np.zeros(len(self.start), dtype=bool)
        for name in np.unique(self.stratum[rows]):
            own = self.stratum == name
            inside |= own & (self.start >= self.start[own & rows].min())
        return int(inside.sum())


def path(one: Series) -> Array:
    """Mean change of the treated by periods since the start, over all cohorts; carried forward if unknown, else 0."""
    n = len(one.periods)
    since = np.arange(n) - one.start[:, None]
    gain = one.deviation - deviations.mean_of(np.where(since < 0, one.deviation, np.nan), 1)[:, None]
    found = np.zeros(n)
    for k in range(n):
        seen = gain[(since == k) & np.isfinite(gain)]
        found[k] = seen.mean() if len(seen) >= 2 else found[k - 1] if k else 0.0
    return found


def spillover(series: Sequence[Series], groups: Groups) -> Iterator[Flag]:
    """Never-treated units that follow the treated of their stratum since its largest cohort started."""
    fits = [_spilled(one, groups) for one in series]
    total = _total(fits).statistic
    score = _scored({name: (total, groups.never & (groups.stratum == name)) for name in np.unique(groups.stratum)})
    threshold = critical(SCREENED, int(np.isfinite(score).sum()))
    for row in np.flatnonzero(score > threshold):
        since = _main_start(series[0], groups.stratum == groups.stratum[row])
        unit, named = groups.units[row], _named(series, [one.statistic[row] for one in fits])
        when = (series[0].periods[since],)
        yield Flag("spillover", unit, named, when, float(score[row]), threshold, "comparison_gains_too", (unit,))


def _main_start(one: Series, own: Mask) -> int:
    """Position at which most units of a stratum start; past the end if none does."""
    inside = one.start[own & (one.start < len(one.periods)) & (one.start > 0)]
    starts, sizes = np.unique(inside, return_counts=True)
    return int(starts[np.argmax(sizes)]) if len(starts) else len(one.periods)


def _spilled(one: Series, groups: Groups) -> Fit:
    n, known = len(one.periods), path(one)
    found = _no_fit(len(groups.units))
    for name in np.unique(groups.stratum):
        own = groups.stratum == name
        since = _main_start(one, own)
        shape = np.concatenate([np.zeros(since), known[: n - since]])
        _put(found, own & groups.never, one, shape, line(n, 0))
    return found


def before_start(series: Sequence[Series], groups: Groups, primary: Collection[str]) -> Iterator[Flag]:
    """Anticipation and trend of each cohort over its baseline, compared with units not yet treated.

    Never-treated units are checked for a trend over all periods.
    """
    cohorts = _cohorts(groups)
    fits = {key: [_baseline(one, *rows) for one in series] for key, rows in cohorts.items()}
    totals = {key: _total(listed).statistic for key, listed in fits.items()}
    early = [_scored({key: (totals[key][:, k], *rows) for key, rows in cohorts.items()}) for k in range(1, 1 + EARLY)]
    yield from _early(series, groups, np.array(early).T, fits)
    for treated in (False, True):
        pool = {key: rows for key, rows in cohorts.items() if (key[1] < FAR) == treated}
        slopes = [
            _scored({key: (fits[key][k].statistic[:, 0], *rows) for key, rows in pool.items()})
            for k in range(len(series))
        ]
        if pool:
            yield from _sloping(series, groups, np.array(slopes).T, primary)


def _cohorts(groups: Groups) -> dict[tuple[str, int], tuple[Mask, Mask]]:
    """By stratum and start: units not treated before it, and those that start then; small groups are left out."""
    found = {}
    for name, begin in sorted(set(zip(groups.stratum.tolist(), groups.start.tolist(), strict=True))):
        own = (groups.stratum == name) & (groups.start >= begin)
        if own.sum() >= deviations.LEAST_UNITS:
            found[name, begin] = own, own & (groups.start == begin)
    return found


def _scored(by_group: Mapping[object, tuple[Array, Mask] | tuple[Array, Mask, Mask]]) -> Array:
    """Robust standard scores: statistics less their group's median, divided by the spread over all groups.

    Args:
        by_group: the statistic of all units, the units to compare with, and the units to score (default: the same).
    """
    middled = [(deviations.centred(found, usual), usual, rest) for found, usual, *rest in by_group.values()]
    everyone = [found[usual] for found, usual, _ in middled]
    scale = deviations.spread(np.concatenate(everyone)) if everyone else np.nan
    score = np.full(len(middled[0][0]) if middled else 0, np.nan)
    for found, usual, rest in middled:
        chosen = rest[0] if rest else usual
        score[chosen] = found[chosen] / scale
    return score


def _baseline(one: Series, own: Mask, cohort: Mask) -> Fit:
    """Fits of a slope and of the effect's path begun 1 to `EARLY` periods early; zero if the baseline is too short."""
    found = _no_fit(len(own), 1 + EARLY)
    start = min(int(one.start[cohort][0]), len(one.periods))
    if start < LEAST_BASELINE:
        return found
    shapes, known = np.zeros((start, 1 + EARLY)), path(one)
    shapes[:, 0] = line(start, 1)[:, 1]
    if start < len(one.periods):
        for k in range(1, EARLY + 1):
            shapes[start - k :, k] = known[:k]
    _put(found, own, one.until(start), shapes, line(start, 0))
    for k in range(1, EARLY + 1):  # periods without any figure tell nothing of an early start
        unseen = own & ~np.isfinite(one.deviation[:, start - k : start]).any(axis=1)
        found.score[unseen, k] = found.information[unseen, k] = 0.0
    return found


def _early(
    series: Sequence[Series], groups: Groups, early: Array, fits: Mapping[tuple[str, int], Sequence[Fit]]
) -> Iterator[Flag]:
    longest = max(series, key=lambda one: len(one.periods))
    threshold = critical(RATE / EARLY, groups.before(np.asarray(~groups.never)))
    for row in np.flatnonzero((np.nan_to_num(early) > threshold).any(axis=1)):
        k, begin, unit = int(np.nanargmax(early[row])), int(groups.start[row]), groups.units[row]
        own = [float(one.statistic[row, 1 + k]) for one in fits[str(groups.stratum[row]), begin]]
        named, found = _named(series, own), float(early[row, k])
        ahead = longest.periods[begin - k - 1 : begin]
        when = tuple(name for name in ahead if any(_sees(one, row, name) for one in series))
        yield Flag("anticipation", unit, named, when, found, threshold, "baseline_holds_effect", (unit,))


def _sees(one: Series, row: np.integer, period: str) -> bool:
    return period in one.periods and bool(np.isfinite(one.values[row, one.periods.index(period)]))


def _sloping(series: Sequence[Series], groups: Groups, slopes: Array, primary: Collection[str]) -> Iterator[Flag]:
    """Flags of slopes; primary and other indicators each get half of the rate."""
    first = np.array([one.indicator.id in primary for one in series])
    others = groups.before(np.asarray(np.isfinite(slopes).any(axis=1)))
    limits = np.array([critical(RATE / 4 / max(int((first == own).sum()), 1), others) for own in first])
    beyond = np.abs(np.nan_to_num(slopes)) - limits
    for row in np.flatnonzero((beyond > 0).any(axis=1)):
        most, unit = int(beyond[row].argmax()), groups.units[row]
        named = tuple(series[k].indicator.id for k in np.flatnonzero(beyond[row] > 0).tolist())
        end = min(int(series[most].start[row]), len(series[most].periods))
        when = (series[most].periods[0], series[most].periods[end - 1])
        what: Consequence = "comparison_drifts" if groups.never[row] else "trend_taken_for_effect"
        yield Flag("trend", unit, named, when, float(slopes[row, most]), float(limits[most]), what, (unit,))


def merger(counts: Sequence[Series], groups: Groups) -> Iterator[Flag]:
    """A step at one date common to several counts: the population that the unit counts has changed."""
    by_span: dict[tuple[str, ...], list[Series]] = {}
    for one in counts:
        by_span.setdefault(one.periods, []).append(one)
    for span, listed in by_span.items():
        if len(listed) >= 2 and len(span) > 2 * EITHER_SIDE:
            yield from _merged(listed, groups)


def _merged(counts: Sequence[Series], groups: Groups) -> Iterator[Flag]:
    names = counts[0].periods
    dates = range(EITHER_SIDE, len(names) - EITHER_SIDE + 1)
    fits = [_stepped(one, list(dates)) for one in counts]
    total = _total(fits)
    strata = {name: groups.stratum == name for name in np.unique(groups.stratum)}
    scored = [_scored({name: (column, own) for name, own in strata.items()}) for column in total.statistic.T]
    score = np.nan_to_num(np.array(scored).T)
    shared = np.sum([np.nan_to_num(one.statistic) * np.sign(total.score) > OWN for one in fits], axis=0) >= 2
    score = np.where(shared & (np.abs(np.nan_to_num(total.size)) >= LEAST_SHIFT), score, 0)
    threshold = critical(RATE / (2 * len(dates)), len(groups.units))
    for row in np.flatnonzero(np.abs(score).max(axis=1) > threshold):
        plain = np.where(np.abs(score[row]) > threshold, np.abs(total.statistic[row]), 0)
        at, unit = int(plain.argmax()), groups.units[row]
        own = [float(one.statistic[row, at] * np.sign(score[row, at])) for one in fits]
        named, when = _named(counts, own), (names[dates[at]],)
        yield Flag("merger", unit, named, when, float(score[row, at]), threshold, "not_the_same_unit", (unit,))


def _stepped(one: Series, dates: list[int]) -> Fit:
    """Fits of a step at each date, after partialling out an effect at the unit's own start."""
    n = len(one.periods)
    t = np.arange(n)
    shapes = (t[:, None] >= np.array(dates)).astype(float)
    found = _no_fit(len(one.start), len(dates))
    for start in np.unique(one.start):
        nuisance = line(n, 0)
        if EITHER_SIDE <= start <= n - EITHER_SIDE:
            since = t - start
            nuisance = np.column_stack([nuisance, since >= 0, np.clip(since, 0, 4)])
        _put(found, one.start == start, one, shapes, nuisance)
    return found


def _no_fit(units: int, shapes: int = 0) -> Fit:
    size = (units, shapes) if shapes else (units,)
    return Fit(np.zeros(size), np.zeros(size))


def _put(found: Fit, rows: Mask, one: Series, shape: Array, nuisance: Array) -> None:
    part = fit(one.precision(rows), one.deviation[rows], shape, nuisance)
    found.score[rows], found.information[rows] = part.score, part.information


def _total(fits: Sequence[Fit]) -> Fit:
    return Fit(sum((one.score for one in fits), np.zeros(())), sum((one.information for one in fits), np.zeros(())))


def _named(series: Sequence[Series], own: Sequence[float]) -> tuple[str, ...]:
    """Ids of the indicators whose own statistic exceeds `OWN`, else of the strongest one."""
    strong = [one.indicator.id for one, found in zip(series, own, strict=True) if found > OWN]
    strongest = series[int(np.nanargmax(own))].indicator.id
    return tuple(dict.fromkeys(strong)) or (strongest,)
