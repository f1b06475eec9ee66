"""How often a reading of one region's own series claims a change where nothing happened, by length and persistence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from evalkit.analysis.effects import before_after
from evalkit.analysis.effects.design import Design
from evalkit.analysis.results import ALPHA, Withheld
from evalkit.simulation import repetitions
from evalkit.simulation.programmes import CODES, INDICATOR

BLOCK = 50  # series of one process's turn
TREND = 0.1  # per period; every model has a trend of its own, so its size makes no difference
READING = "reading of own series"


@dataclass(frozen=True, slots=True)
class Untouched:
    """One kind of series in which nothing happened.

    Attributes:
        pre, post: periods before and after the supposed start.
        rho: first-order autocorrelation of the noise, whose SD is 1.
    """

    frequency: Literal["year", "quarter", "month"]
    pre: int
    post: int
    rho: float

    @property
    def name(self) -> str:
        """Its name in the stored table."""
        return f"own-{self.frequency}-{self.pre}+{self.post}-{self.rho}"


LENGTHS: tuple[tuple[Literal["year", "quarter", "month"], int, int], ...] = (
    ("year", 5, 4),
    ("year", 8, 6),
    ("year", 12, 8),
    ("year", 15, 12),
    ("year", 20, 15),
    ("quarter", 5, 5),
    ("quarter", 6, 6),
    ("quarter", 8, 8),
    ("quarter", 12, 11),
    ("quarter", 12, 12),
    ("quarter", 16, 12),
    ("quarter", 20, 15),
    ("month", 12, 12),
    ("month", 18, 17),
    ("month", 24, 12),
    ("month", 36, 24),
)
CORRELATIONS = (0.0, 0.3, 0.6, 0.9)
PROMISED = 0.6  # correlation up to which a reading keeps its level; beyond it claims too much, and pages say so
SERIES = tuple(Untouched(*length, rho) for length in LENGTHS for rho in CORRELATIONS)


def worst(table: pd.DataFrame) -> tuple[float, float]:
    """The largest share of claims up to the correlation `PROMISED`, and beyond it, of a table like the stored one."""
    claims = table[(table["quantity"] == READING) & (table["kind"] == "rejects")].set_index("scenario")["share"]
    ends = [[one.name for one in SERIES if (one.rho <= PROMISED) == kept] for kept in (True, False)]
    within, beyond = (float(claims[claims.index.isin(names)].max()) for names in ends)
    return within, beyond


def design_of(kind: Untouched, random: np.random.Generator) -> Design:
    """One series as a design without comparison units."""
    count = kind.pre + kind.post
    noise = random.standard_normal(count)
    for t in range(1, count):
        noise[t] = kind.rho * noise[t - 1] + np.sqrt(1 - kind.rho**2) * noise[t]
    first, code = CODES[kind.frequency]
    names = [str(name) for name in pd.period_range(first, periods=count, freq=code)]
    values = pd.DataFrame([50 + TREND * np.arange(count) + noise], index=["own"], columns=names)
    pre, post = tuple(names[: kind.pre]), tuple(names[kind.pre :])
    return Design("own", INDICATOR, "percent", "simulated", values, pre, post, adoption=post[0])


def calibrate(panels: int = 1000, seed: int = 1, jobs: int = 1, kinds: Sequence[Untouched] = SERIES) -> pd.DataFrame:
    """Every kind; one row per kind and quantity, with the columns of `calibration.calibrate`.

    The quantity `READING` is a claim as pages state it; `stated` is the share of series with a reading at all.
    """
    work = partial(_block, panels=panels, seed=seed)
    return repetitions.shares(repetitions.in_blocks(work, kinds, panels, BLOCK, jobs)).assign(nominal=ALPHA)


def _block(turn: tuple[Untouched, int], panels: int, seed: int) -> pd.DataFrame:
    kind, first = turn
    random = np.random.default_rng([seed, first, *kind.name.encode()])
    rows = [(kind.name, *found) for _ in range(min(BLOCK, panels - first)) for found in _one(design_of(kind, random))]
    return pd.DataFrame(rows, columns=["scenario", "quantity", "kind", "value"])


def _one(design: Design) -> Iterator[tuple[str, str, float]]:
    reading = before_after.reading(before_after.ladder(design))
    if isinstance(reading.main, Withheld) or not reading.main.inference:
        return
    claimed = reading.agree is not False and (before_after.read_at(reading.main).p_value or 0.0) <= ALPHA
    yield READING, "rejects", float(claimed)
