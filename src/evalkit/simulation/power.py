"""Before a reform: which effects the judgement will find, by the number of regions and periods.

The noise is that of the panel's own untreated cells; panels with such noise go through the code of the reports.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit import periods
from evalkit.analysis.effects import did
from evalkit.analysis.effects.gaps import two_way
from evalkit.analysis.effects.indicator_values import to_scale
from evalkit.analysis.programme import long_base
from evalkit.analysis.programme.long_base import LongBase
from evalkit.panel.breaks import breaks_in
from evalkit.panel.observations import Panel
from evalkit.project.params import Indicator
from evalkit.simulation import calibration, programmes
from evalkit.simulation.calibration import Scenario
from evalkit.simulation.processes import Array
from evalkit.simulation.programmes import Programme

SPANS = ((2, 2), (4, 4), (8, 4), (8, 8), (16, 8))  # periods before and after the start
POOLS = (19, 39, 59, 99)  # comparison regions of one region, at which the test has its full level
TREATED = (2, 5, 10, 20, 40)  # regions of a programme, with as many untreated ones and at least 20
PANELS, PROGRAMMES, SEED = 25, 5, 1
LEAST_UNITS, LEAST_PERIODS = 5, 4
MOSTLY = 0.5  # share of the periods that a region must observe


@dataclass(frozen=True, slots=True)
class Noise:
    """How an indicator fluctuates where nothing happens.

    Attributes:
        spread: SD of a region's deviations from its own level and from the period's. rho: correlation of neighbouring
            periods. regions, periods: on how many it rests.
    """

    spread: float
    rho: float
    regions: int
    periods: int


def noise(panel: Panel, indicator: Indicator) -> Noise | None:
    """The noise of the untreated cells; None with too few."""
    rows = panel.rows[panel.rows["indicator"] == indicator.id]
    if rows.empty:
        return None
    outcome = to_scale(panel.wide(indicator.id), indicator, panel.units)
    started = {unit: str(panel.units.at[unit, "adoption"]) for unit in outcome.index}
    for unit, text in started.items():
        if text:
            late = [name for name in outcome.columns if periods.last_day(name) >= periods.first_day(text)]
            outcome.loc[unit, late] = np.nan
    outcome = outcome[outcome.notna().mean(axis=1) >= MOSTLY].dropna(axis=1, how="all")
    # Regions whose definitions change at the same time share the periods' own levels.
    breaks = breaks_in(indicator, panel.units, [str(name) for name in outcome.columns]).loc[outcome.index]
    groups = (
        [part for _, part in outcome.groupby(breaks.astype(str).agg(" ".join, axis=1))] if breaks.size else [outcome]
    )
    groups = [part for part in groups if len(part) >= LEAST_UNITS and outcome.shape[1] >= LEAST_PERIODS]
    return _fitted(np.vstack([_residuals(part) for part in groups]), len(groups)) if groups else None


def _residuals(outcome: pd.DataFrame) -> Array:
    values, seen = outcome.to_numpy(float), outcome.notna().to_numpy()
    return np.where(seen, values - two_way(np.where(seen, values, 0.0), seen), np.nan)


def _fitted(residuals: Array, groups: int) -> Noise | None:
    """Spread and correlation, without what the fits of level and period have taken from them."""
    count, length = residuals.shape
    left = float(np.isfinite(residuals).sum() - count - groups * (length - 1))
    variance = float(np.nansum(residuals**2)) / max(left, 1.0)
    pairs = residuals[:, 1:] * residuals[:, :-1]
    if variance <= 0 or not np.isfinite(pairs).any():
        return None
    raw = float(np.nanmean(pairs) / np.nanmean(residuals**2))
    rho = float(np.clip((length * raw + 1) / (length - 3), 0.0, 0.95)) if length > 3 else 0.0  # Kendall (1954)
    lags = np.arange(1, length)
    of_mean = (1 + 2 * float(((1 - lags / length) * rho**lags).sum())) / length
    return Noise(float(np.sqrt(variance * (1 - 1 / length) / (1 - of_mean))), rho, count, length)


def of_one_region(noise: Noise) -> Array:
    """Smallest effects that the judgement of one region finds in 80 % of cases; spans x pools."""
    return np.array([[noise.spread * _detectable(noise.rho, *span, units) for units in POOLS] for span in SPANS])


def of_programme(noise: Noise) -> Array:
    """The same for the programme's headline; spans x treated regions."""
    return np.array([[noise.spread * _pooled(noise.rho, *span, treated) for treated in TREATED] for span in SPANS])


def _detectable(rho: float, pre: int, post: int, units: int) -> float:
    scenario = Scenario("power", units, pre=pre, post=post, rho=rho)
    random = np.random.default_rng([SEED, pre, post, units])
    effects = [did.att(calibration.design_of(scenario, v)) for v in calibration.panels_of(scenario, PANELS, random)]
    sizes = [effect.judgement.detectable for effect in effects if isinstance(effect, did.Effect)]
    return _median([size for size in sizes if size is not None])


def _pooled(rho: float, pre: int, post: int, treated: int) -> float:
    programme = Programme(
        "power", ((pre + 1, treated),), never=max(treated, 20), periods=pre + post, frequency="quarter", rho=rho
    )
    random = np.random.default_rng([SEED, pre, post, treated])
    results = [long_base.estimate(programmes.sample_of(programme, random)) for _ in range(PROGRAMMES)]
    sizes = [result.detectable for result in results if isinstance(result, LongBase)]
    return _median([size for size in sizes if size is not None])


def _median(sizes: list[float]) -> float:
    return float(np.median(sizes)) if sizes else float("nan")
