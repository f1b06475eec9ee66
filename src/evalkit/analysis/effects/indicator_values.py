"""One indicator's values as the designs of all regions use them: read, scaled and looked up once for each panel."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.analysis.results import worst_status
from evalkit.panel.breaks import breaks_in
from evalkit.panel.observations import Panel
from evalkit.project.params import Indicator

NUMBERS = ["value", "numerator", "denominator"]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One indicator of a panel.

    Attributes:
        scaled: values on the analysis scale, units x periods. seen: where there is one.
        dropped: cells without a value on that scale, as a zero has no logarithm.
        observed: the periods in which any unit was observed.
        unit, period, status: of every row of the panel, as places in `scaled` and in `statuses`.
        numbers: value, numerator and denominator of every row.
        breaks: definition breaks by first and last period of a window, as they are asked for.
    """

    indicator: Indicator
    scaled: pd.DataFrame
    seen: Mask
    dropped: Mask
    observed: list[str]
    unit: npt.NDArray[np.intp]
    period: npt.NDArray[np.intp]
    status: npt.NDArray[np.intp]
    statuses: list[str]
    numbers: npt.NDArray[np.float64]
    rows: dict[str, int]
    columns: dict[str, int]
    breaks: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)

    def places(self, names: Iterable[str]) -> list[int]:
        """Columns of some periods."""
        return [self.columns[name] for name in names]

    def breaks_in(self, units: pd.DataFrame, window: list[str]) -> pd.DataFrame:
        """Definition breaks inside a window, by unit."""
        key = window[0], window[-1]
        if key not in self.breaks:
            self.breaks[key] = breaks_in(self.indicator, units, window)
        return self.breaks[key]

    def worst_status(self, units: list[int], window: list[int]) -> str:
        """The worst data status of some units in some periods."""
        entered = self._among(self.unit, units, len(self.rows)) & self._among(self.period, window, len(self.columns))
        return worst_status(self.statuses[code] for code in np.unique(self.status[entered]))

    def own(self, unit: int, window: list[str]) -> pd.DataFrame:
        """Value, numerator and denominator of one unit, by period of a window."""
        every = np.full((len(self.columns), len(NUMBERS)), np.nan)
        mine = self.unit == unit
        every[self.period[mine]] = self.numbers[mine]
        return pd.DataFrame(every[self.places(window)], index=window, columns=NUMBERS)

    def sizes(self, units: list[int], pre: list[int]) -> "pd.Series[float]":
        """Mean denominator over the baseline, by place of the unit."""
        entered = self._among(self.period, pre, len(self.columns))
        means = pd.Series(self.numbers[entered, 2]).groupby(self.unit[entered]).mean()
        return means.reindex(units)

    @staticmethod
    def _among(places: npt.NDArray[np.intp], chosen: list[int], count: int) -> Mask:
        mask = np.zeros(count, dtype=bool)
        mask[chosen] = True
        chosen_rows: Mask = mask[places]
        return chosen_rows


def of(panel: Panel, indicator: Indicator) -> Values:
    """The values of one indicator, for as long as the panel is in use."""
    return panel.once(("values", indicator.id), lambda: _of(panel, indicator))


def _of(panel: Panel, indicator: Indicator) -> Values:
    wide = panel.wide(indicator.id)
    # Without a single row, a table has no type of its own.
    scaled, dropped = to_scale(wide, indicator, panel.units), without_logarithm(wide, indicator).to_numpy(dtype=bool)
    seen, columns = scaled.notna().to_numpy(dtype=bool), [str(name) for name in scaled.columns]
    observed = (seen | dropped).any(axis=0)
    rows = panel.rows[panel.rows["indicator"] == indicator.id]
    status, statuses = pd.factorize(rows["status"])
    return Values(
        indicator,
        scaled,
        seen,
        dropped,
        [name for name, is_observed in zip(columns, observed, strict=True) if is_observed],
        scaled.index.get_indexer(pd.Index(rows["unit"])),
        scaled.columns.get_indexer(pd.Index(rows["period"])),
        status,
        [str(status_name) for status_name in statuses],
        rows[NUMBERS].apply(pd.to_numeric).to_numpy(dtype=float),
        {str(unit): place for place, unit in enumerate(scaled.index)},
        {name: place for place, name in enumerate(columns)},
    )


def unit_of(indicator: Indicator) -> str:
    """The unit of estimates: `log` for log points, else the indicator's own."""
    return "log" if indicator.scale == "log" else indicator.unit


def without_logarithm(values: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Which cells the analysis scale drops: a zero has no logarithm."""
    return (values <= 0) & (indicator.scale == "log")


def to_scale(values: pd.DataFrame, indicator: Indicator, units: pd.DataFrame) -> pd.DataFrame:
    """Values on the analysis scale; what has no logarithm has no value (`without_logarithm` marks it)."""
    if indicator.scale == "log":
        return values.where(values > 0).map(np.log)
    if indicator.scale == "per_capita":
        return values.div(units["population"].reindex(values.index), axis=0)
    return values
