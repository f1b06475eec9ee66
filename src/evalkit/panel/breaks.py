"""Declared changes of an indicator's definition (`breaks` in indicators.yml)."""

from collections.abc import Sequence

import pandas as pd

from evalkit import periods
from evalkit.project.params import Indicator


def breaks_in(indicator: Indicator, units: pd.DataFrame, window: Sequence[str]) -> pd.DataFrame:
    """Definition breaks inside a window of periods.

    Returns:
        Units in rows, first periods of new definitions in columns; whether the break applies to the unit.
    """
    frequency = periods.frequency(window[0])
    flags = pd.DataFrame(index=units.index)
    for entry in indicator.breaks:
        start = periods.write(periods.containing(entry.start, frequency))
        if window[0] < start <= window[-1]:
            applies = pd.Series(True, index=units.index)
            for column, value in entry.where.items():
                applies &= units[column] == value if column in units else False
            flags[start] = flags.get(start, False) | applies
    return flags
