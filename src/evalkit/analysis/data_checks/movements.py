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


def path(series: Series) -> Array:
    """Mean change of the treated by periods since the start, over all cohorts; carried forward if unknown, else 0."""
    n = len(series.periods)
    since = np.arange(n) - series.start[:, None]
    gain = series.deviation - deviations.mean_of(np.where(since < 0, series.deviation, np.nan), 1)[:, None]
    means = np.zeros(n)
    for k in range(n):
        seen = gain[(since == k) & np.isfinite(gain)]
        means[k] = seen.mean() if len(seen) >= 2 else means[k - 1] if k else 0.0
    return means


def spillover(series: Sequence[Series], groups: Groups) -> Iterator[Flag]:
    """Never-treated units that follow the treated of their stratum since its largest cohort started."""
    fits = [_spilled(item, groups) for item in series]
    total = _total(fits).statistic
    score = _scored({name: (total, groups.never & (groups.stratum == name)) for name in np.unique(groups.stratum)})
    threshold = critical(SCREENED, int(np.isfinite(score).sum()))
    for row in np.flatnonzero(score > threshold):
        since = _main_start(series[0], groups.stratum == groups.stratum[row])
        unit, named = groups.units[row], _named(series, [fitted.statistic[row] for fitted in fits])
        when = (series[0].periods[since],)
        yield Flag("spillover", unit, named, when, float(score[row]), threshold, "comparison_gains_too", (unit,))


def _main_start(series: Series, own: Mask) -> int:
    """Position at which most units of a stratum start; past the end if none does."""
    inside = series.start[own & (series.start < len(series.periods)) & (series.start > 0)]
    starts, sizes = np.unique(inside, return_counts=True)
    return int(starts[np.argmax(sizes)]) if len(starts) else len(series.periods)


def _spilled(series: Series, groups: Groups) -> Fit:
    n, usual_path = len(series.periods), path(series)
    result = _no_fit(len(groups.units))
    for name in np.unique(groups.stratum):
        own = groups.stratum == name
        since = _main_start(series, own)
        shape = np.concatenate([np.zeros(since), usual_path[: n - since]])
        _put(result, own & groups.never, series, shape, line(n, 0))
    return result


def before_start(series: Sequence[Series], groups: Groups, primary: Collection[str]) -> Iterator[Flag]:
    """Anticipation and trend of each cohort over its baseline, compared with units not yet treated.

    Never-treated units are checked for a trend over all periods.
    """
    cohorts = _cohorts(groups)
    fits = {key: [_baseline(item, *rows) for item in series] for key, rows in cohorts.items()}
    totals = {key: _total(group_fits).statistic for key, group_fits in fits.items()}
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
    cohorts = {}
    for name, begin in sorted(set(zip(groups.stratum.tolist(), groups.start.tolist(), strict=True))):
        own = (groups.stratum == name) & (groups.start >= begin)
        if own.sum() >= deviations.LEAST_UNITS:
            cohorts[name, begin] = own, own & (groups.start == begin)
    return cohorts


def _scored(by_group: Mapping[object, tuple[Array, Mask] | tuple[Array, Mask, Mask]]) -> Array:
    """Robust standard scores: statistics less their group's median, divided by the spread over all groups.

    Args:
        by_group: the statistic of all units, the units to compare with, and the units to score (default: the same).
    """
    middled = [(deviations.centred(statistic, usual), usual, rest) for statistic, usual, *rest in by_group.values()]
    everyone = [statistic[usual] for statistic, usual, _ in middled]
    scale = deviations.spread(np.concatenate(everyone)) if everyone else np.nan
    score = np.full(len(middled[0][0]) if middled else 0, np.nan)
    for statistic, usual, rest in middled:
        chosen = rest[0] if rest else usual
        score[chosen] = statistic[chosen] / scale
    return score


def _baseline(series: Series, own: Mask, cohort: Mask) -> Fit:
    """Fits of a slope and of the effect's path begun 1 to `EARLY` periods early; zero if the baseline is too short."""
    result = _no_fit(len(own), 1 + EARLY)
    start = min(int(series.start[cohort][0]), len(series.periods))
    if start < LEAST_BASELINE:
        return result
    shapes, usual_path = np.zeros((start, 1 + EARLY)), path(series)
    shapes[:, 0] = line(start, 1)[:, 1]
    if start < len(series.periods):
        for k in range(1, EARLY + 1):
            shapes[start - k :, k] = usual_path[:k]
    _put(result, own, series.until(start), shapes, line(start, 0))
    for k in range(1, EARLY + 1):  # periods without any figure give no evidence of an early start
        unseen = own & ~np.isfinite(series.deviation[:, start - k : start]).any(axis=1)
        result.score[unseen, k] = result.information[unseen, k] = 0.0
    return result


def _early(
    series: Sequence[Series], groups: Groups, early: Array, fits: Mapping[tuple[str, int], Sequence[Fit]]
) -> Iterator[Flag]:
    longest = max(series, key=lambda item: len(item.periods))
    threshold = critical(RATE / EARLY, groups.before(np.asarray(~groups.never)))
    for row in np.flatnonzero((np.nan_to_num(early) > threshold).any(axis=1)):
        k, begin, unit = int(np.nanargmax(early[row])), int(groups.start[row]), groups.units[row]
        own = [float(fitted.statistic[row, 1 + k]) for fitted in fits[str(groups.stratum[row]), begin]]
        named, score = _named(series, own), float(early[row, k])
        ahead = longest.periods[begin - k - 1 : begin]
        when = tuple(name for name in ahead if any(_sees(item, row, name) for item in series))
        yield Flag("anticipation", unit, named, when, score, threshold, "baseline_holds_effect", (unit,))


def _sees(series: Series, row: np.integer, period: str) -> bool:
    return period in series.periods and bool(np.isfinite(series.values[row, series.periods.index(period)]))


def _sloping(series: Sequence[Series], groups: Groups, slopes: Array, primary: Collection[str]) -> Iterator[Flag]:
    """Flags of slopes; primary and other indicators each get half of the rate."""
    first = np.array([item.indicator.id in primary for item in series])
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
    for item in counts:
        by_span.setdefault(item.periods, []).append(item)
    for span, alike in by_span.items():
        if len(alike) >= 2 and len(span) > 2 * EITHER_SIDE:
            yield from _merged(alike, groups)


def _merged(counts: Sequence[Series], groups: Groups) -> Iterator[Flag]:
    names = counts[0].periods
    dates = range(EITHER_SIDE, len(names) - EITHER_SIDE + 1)
    fits = [_stepped(item, list(dates)) for item in counts]
    total = _total(fits)
    strata = {name: groups.stratum == name for name in np.unique(groups.stratum)}
    scored = [_scored({name: (column, own) for name, own in strata.items()}) for column in total.statistic.T]
    score = np.nan_to_num(np.array(scored).T)
    shared = np.sum([np.nan_to_num(fitted.statistic) * np.sign(total.score) > OWN for fitted in fits], axis=0) >= 2
    score = np.where(shared & (np.abs(np.nan_to_num(total.size)) >= LEAST_SHIFT), score, 0)
    threshold = critical(RATE / (2 * len(dates)), len(groups.units))
    for row in np.flatnonzero(np.abs(score).max(axis=1) > threshold):
        plain = np.where(np.abs(score[row]) > threshold, np.abs(total.statistic[row]), 0)
        at, unit = int(plain.argmax()), groups.units[row]
        own = [float(fitted.statistic[row, at] * np.sign(score[row, at])) for fitted in fits]
        named, when = _named(counts, own), (names[dates[at]],)
        yield Flag("merger", unit, named, when, float(score[row, at]), threshold, "not_the_same_unit", (unit,))


def _stepped(series: Series, dates: list[int]) -> Fit:
    """Fits of a step at each date, after partialling out an effect at the unit's own start."""
    n = len(series.periods)
    t = np.arange(n)
    shapes = (t[:, None] >= np.array(dates)).astype(float)
    result = _no_fit(len(series.start), len(dates))
    for start in np.unique(series.start):
        nuisance = line(n, 0)
        if EITHER_SIDE <= start <= n - EITHER_SIDE:
            since = t - start
            nuisance = np.column_stack([nuisance, since >= 0, np.clip(since, 0, 4)])
        _put(result, series.start == start, series, shapes, nuisance)
    return result


def _no_fit(units: int, shapes: int = 0) -> Fit:
    size = (units, shapes) if shapes else (units,)
    return Fit(np.zeros(size), np.zeros(size))


def _put(target: Fit, rows: Mask, series: Series, shape: Array, nuisance: Array) -> None:
    part = fit(series.precision(rows), series.deviation[rows], shape, nuisance)
    target.score[rows], target.information[rows] = part.score, part.information


def _total(fits: Sequence[Fit]) -> Fit:
    nought = np.zeros(())
    return Fit(sum((part.score for part in fits), nought), sum((part.information for part in fits), nought))


def _named(series: Sequence[Series], own: Sequence[float]) -> tuple[str, ...]:
    """Ids of the indicators whose own statistic exceeds `OWN`, else of the strongest one."""
    strong = [item.indicator.id for item, statistic in zip(series, own, strict=True) if statistic > OWN]
    strongest = series[int(np.nanargmax(own))].indicator.id
    return tuple(dict.fromkeys(strong)) or (strongest,)
