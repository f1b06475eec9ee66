"""Year-end peaks: figures that look better in the last period of every year than just before and after it.

A reform does not work in December and stop in January; reporting to a deadline may. Deviations from never-treated
units remove the season. A unit's excess is the mean over years of its last period less the mean of the two adjacent
periods; it is compared with the excess of the other units, and `RATE` of correct units exceed the threshold in any
indicator.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from evalkit.analysis.data_checks.deviations import LEAST_UNITS, Array, Series, centred, critical, spread
from evalkit.analysis.data_checks.flags import RATE, Flag

LEAST_YEARS = 3  # one good December may be chance
LAST = {"half": "H2", "quarter": "Q4", "month": "-12"}


def year_end(series: Sequence[Series]) -> Iterator[Flag]:
    """Units whose last period of the year is repeatedly better than the adjacent ones."""
    listed = [one for one in series if one.frequency in LAST and one.indicator.better != "none"]
    for one in listed:
        ends, excess = _excess(one)
        years = np.isfinite(excess).sum(axis=1)
        # Divided by the root of the number of years, so that sums over different numbers have the same variance.
        score = np.where(years >= LEAST_YEARS, np.nansum(excess, axis=1) / np.sqrt(np.maximum(years, 1)), np.nan)
        if np.isfinite(score).sum() < LEAST_UNITS:
            continue
        away = centred(score, np.isfinite(score))
        found = away / spread(away) * (1 if one.indicator.better == "higher" else -1)
        limit = critical(RATE / len(listed), int(np.isfinite(score).sum()))
        for row in np.flatnonzero(found > limit):
            unit, when = one.units[row], tuple(one.periods[k] for k in ends[np.isfinite(excess[row])])
            yield Flag(
                "year_end", unit, (one.indicator.id,), when, float(found[row]), limit, "stands_at_year_end", (unit,)
            )


def _excess(one: Series) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Array]:
    """Positions of year ends with a period on both sides, and each unit's excess there (units x year ends)."""
    n = len(one.periods)
    ends = np.array([k for k in range(1, n - 1) if one.periods[k].endswith(LAST[one.frequency])], dtype=np.int64)
    value = one.deviation
    return ends, value[:, ends] - (value[:, ends - 1] + value[:, ends + 1]) / 2
