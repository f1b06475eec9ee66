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
    eligible = [item for item in series if item.frequency in LAST and item.indicator.better != "none"]
    for item in eligible:
        ends, excess = _excess(item)
        years = np.isfinite(excess).sum(axis=1)
        # Divided by the root of the number of years, so that sums over different numbers have the same variance.
        score = np.where(years >= LEAST_YEARS, np.nansum(excess, axis=1) / np.sqrt(np.maximum(years, 1)), np.nan)
        if np.isfinite(score).sum() < LEAST_UNITS:
            continue
        away = centred(score, np.isfinite(score))
        signed = away / spread(away) * (1 if item.indicator.better == "higher" else -1)
        limit = critical(RATE / len(eligible), int(np.isfinite(score).sum()))
        for row in np.flatnonzero(signed > limit):
            unit, when = item.units[row], tuple(item.periods[k] for k in ends[np.isfinite(excess[row])])
            yield Flag(
                "year_end", unit, (item.indicator.id,), when, float(signed[row]), limit, "stands_at_year_end", (unit,)
            )


def _excess(series: Series) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Array]:
    """Positions of year ends with a period on both sides, and each unit's excess there (units x year ends)."""
    n = len(series.periods)
    ends = np.array([k for k in range(1, n - 1) if series.periods[k].endswith(LAST[series.frequency])], dtype=np.int64)
    value = series.deviation
    return ends, value[:, ends] - (value[:, ends - 1] + value[:, ends + 1]) / 2
