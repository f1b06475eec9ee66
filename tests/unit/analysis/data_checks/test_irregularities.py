"""Irregularities between series that do not end in the same year."""

from types import SimpleNamespace

import numpy as np

from evalkit.analysis.data_checks import irregularities


def series(*periods):
    values = np.arange(2.0 * len(periods)).reshape(2, -1)
    return SimpleNamespace(periods=list(periods), raw=values, units=["a", "b"], indicator=SimpleNamespace(id="rate"))


def test_a_series_that_ends_a_year_earlier_is_compared_without_that_year():
    quarters = [f"{year}Q{quarter}" for year in (2018, 2019) for quarter in range(1, 5)]
    listed = [series(*quarters), series(*quarters[:4])]
    assert list(irregularities.repeated_year(listed)) == []
