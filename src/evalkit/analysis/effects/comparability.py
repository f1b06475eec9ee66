"""How like the region its comparison group was before the reform, in levels, trends, size and common shocks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit.analysis.effects.design import Design


@dataclass(frozen=True, slots=True, eq=False)
class Comparability:
    """One row per aspect.

    Attributes:
        table: columns aspect, region, pool, spread (SD over the pool), difference (in SDs of the pool; None
            where the pool does not vary or nothing is known).
    """

    indicator: str
    table: pd.DataFrame
    data_status: str


def compare(design: Design) -> Comparability | None:
    """Baseline level and trend, size, and the dip in masked periods; None without a pool."""
    if design.refused or not design.pool:
        return None
    before = design.outcome[list(design.pre)]
    aspects = {"level": before.mean(axis=1), "trend": _trend(before)}
    aspects |= {
        name: sizes for name, sizes in (("size", design.sizes), ("population", design.population)) if sizes is not None
    }
    for name in dict.fromkeys((design.masked or {}).values()):
        aspects[f"dip:{name}"] = _dip(design, name)
    rows = [_row(aspect, values) for aspect, values in aspects.items() if values.notna().sum() > 1]
    table = pd.DataFrame(rows, columns=["aspect", "region", "pool", "spread", "difference"])
    return Comparability(design.indicator.id, table, design.data_status)


def _trend(before: pd.DataFrame) -> "pd.Series[float]":
    """Least-squares slope per period of every unit, on the periods that it observes."""
    time = np.arange(before.shape[1], dtype=float)
    seen = before.notna().to_numpy()
    centred = np.where(seen, time, np.nan)
    centred = centred - np.nanmean(centred, axis=1, keepdims=True)
    slopes = np.nansum(centred * before.to_numpy(), axis=1) / np.nansum(centred**2, axis=1)
    return pd.Series(slopes, index=before.index)


def _dip(design: Design, mask: str) -> "pd.Series[float]":
    """Mean in the masked periods less the mean of the same number of periods before them."""
    names = [str(name) for name in design.outcome.columns]
    masked = [name for name, which in (design.masked or {}).items() if which == mask]
    start = names.index(min(masked))
    earlier = names[max(0, start - max(4, len(masked))) : start]
    return design.outcome[masked].mean(axis=1) - design.outcome[earlier].mean(axis=1)


def _row(aspect: str, values: "pd.Series[float]") -> tuple[str, float | None, float, float, float | None]:
    region, pool = float(values.iloc[0]), values.iloc[1:]
    mean, spread = float(pool.mean()), float(pool.std())
    is_known = bool(np.isfinite(region))
    return (
        aspect,
        region if is_known else None,
        mean,
        spread,
        (region - mean) / spread if is_known and spread > 0 else None,
    )
