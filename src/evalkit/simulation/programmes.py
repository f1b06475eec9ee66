"""How often the programme's headline is wrong: null panels of few and many treated regions, through its own code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from evalkit.analysis.effects.placebo import POWER
from evalkit.analysis.programme import long_base
from evalkit.analysis.programme.long_base import LongBase
from evalkit.analysis.programme.samples import Array, Sample
from evalkit.analysis.results import ALPHA
from evalkit.project.params import Design, Indicator
from evalkit.simulation import repetitions

INDICATOR = Indicator.model_validate(
    {"id": "simulated", "name": {"en": "simulated"}, "unit": "percent", "better": "higher"}
)
CODES = {"year": ("2000", "Y"), "quarter": ("2000Q1", "Q"), "month": ("2000-01", "M")}
METHOD = long_base.METHOD
BLOCK = 25  # panels of one process's turn


@dataclass(frozen=True, slots=True)
class Programme:
    """One kind of programme; nothing happened in it.

    Attributes:
        cohorts: treated units by first treated period (1 is the first period). never: untreated units.
        clusters: units per cluster that adopts as a whole; 1: unit by unit. shared: share of the noise in a cluster.
        noisier: SD of the treated as a multiple of the others'. tails: degrees of freedom of t shocks, 0 for normal.
        missing: share of cells lost at random.
    """

    name: str
    cohorts: tuple[tuple[int, int], ...]
    never: int = 40
    periods: int = 28
    frequency: Literal["year", "quarter", "month"] = "quarter"
    rho: float = 0.6
    clusters: int = 1
    shared: float = 0.3
    noisier: float = 1.0
    tails: float = 0.0
    missing: float = 0.0
    treated: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "treated", sum(size for _, size in self.cohorts))


FIVE = ((9, 2), (13, 2), (17, 1))
PROGRAMMES = (
    Programme("p2", ((13, 2),)),
    Programme("p3", ((9, 1), (13, 1), (17, 1))),
    Programme("p5", FIVE),
    Programme("p10", ((9, 4), (13, 3), (17, 3))),
    Programme("p10-one-cohort", ((13, 10),)),
    Programme("p10-one-of-one", ((9, 9), (17, 1))),
    Programme("p20", ((9, 7), (13, 7), (17, 6))),
    Programme("p40", ((9, 10), (13, 10), (17, 10), (21, 10))),
    Programme("p12-never20", ((9, 4), (13, 4), (17, 4)), never=20),
    Programme("p4-monthly", ((25, 2), (31, 1), (37, 1)), periods=48, frequency="month"),
    Programme("p40-monthly", ((25, 20), (31, 20)), periods=48, frequency="month"),
    Programme("p5-annual", ((6, 3), (8, 2)), periods=12, frequency="year", rho=0.3),
    Programme("p40-annual", ((6, 20), (8, 20)), periods=12, frequency="year", rho=0.3),
    Programme("p3-prefectures", ((9, 12), (13, 6)), never=126, clusters=6),
    Programme("p12-prefectures", ((13, 72),), never=72, clusters=6),
    Programme("p5-three-before", ((4, 3), (6, 2)), periods=12),
    Programme("p40-three-before", ((4, 20), (6, 20)), periods=12),
    Programme("p5-tails", FIVE, tails=2.5),
    Programme("p40-tails", ((9, 20), (13, 20)), tails=2.5),
    Programme("p5-missing", FIVE, missing=0.1),
    Programme("p40-missing", ((9, 20), (13, 20)), missing=0.1),
    Programme("p2-noisier", ((13, 2),), noisier=2.0),
    Programme("p5-noisier", FIVE, noisier=2.0),
    Programme("p10-noisier", ((9, 4), (13, 3), (17, 3)), noisier=2.0),
    Programme("p40-noisier", ((9, 20), (13, 20)), noisier=2.0),
)


def sample_of(design: Programme, random: np.random.Generator) -> Sample:
    """One panel of a programme."""
    started = [start for start, size in design.cohorts for _ in range(size)]
    cohort = np.array(started + [0] * design.never, dtype=np.int64)
    cluster = np.arange(len(cohort)) // design.clusters
    own = _noise(design, len(cohort), random)
    if design.clusters > 1:
        groups = _noise(design, int(cluster.max()) + 1, random)[cluster]
        own = np.sqrt(1 - design.shared) * own + np.sqrt(design.shared) * groups
    own[cohort > 0] *= design.noisier
    values = 50 + 5 * random.standard_normal((len(cohort), 1)) + random.standard_normal((1, design.periods)) + own
    values[random.random(values.shape) < design.missing] = np.nan
    first, code = CODES[design.frequency]
    names = [str(name) for name in pd.period_range(first, periods=design.periods, freq=code)]
    return Sample(
        INDICATOR,
        "",
        "percent",
        "simulated",
        Design(),
        pd.DataFrame(values, columns=names),
        np.arange(1, design.periods + 1),
        cohort,
        np.full(len(cohort), ""),
        {start: names[start - 1] for start, _ in design.cohorts},
        cluster=cluster.astype(str) if design.clusters > 1 else None,
    )


def _noise(design: Programme, count: int, random: np.random.Generator) -> Array:
    """Autoregressive noise with SD 1."""
    shape = (count, design.periods)
    shocks = random.standard_normal(shape)
    if design.tails:
        shocks = random.standard_t(design.tails, shape) / np.sqrt(design.tails / (design.tails - 2))
    noise = shocks.copy()
    for t in range(1, design.periods):
        noise[:, t] = design.rho * noise[:, t - 1] + np.sqrt(1 - design.rho**2) * shocks[:, t]
    return noise


def calibrate(
    panels: int = 500, seed: int = 1, jobs: int = 1, designs: Sequence[Programme] = PROGRAMMES
) -> pd.DataFrame:
    """Every programme; one row per programme and quantity, with the columns of `calibration.calibrate`."""
    work = partial(_block, panels=panels, seed=seed)
    table = repetitions.shares(repetitions.in_blocks(work, designs, panels, BLOCK, jobs))
    return table.assign(nominal=table["kind"].map({"rejects": ALPHA, "covers": 1 - ALPHA, "power": POWER}))


def _block(task: tuple[Programme, int], panels: int, seed: int) -> pd.DataFrame:
    design, first = task
    random = np.random.default_rng([seed, first, *design.name.encode()])
    rows = [
        (design.name, *outcome)
        for _ in range(min(BLOCK, panels - first))
        for outcome in _outcomes(sample_of(design, random))
    ]
    return pd.DataFrame(rows, columns=["scenario", "quantity", "kind", "value"])


def _outcomes(sample: Sample) -> Iterator[tuple[str, str, float]]:
    """Outcomes of one panel in which nothing happened, and of the same panel with an effect called detectable."""
    pooled = long_base.estimate(sample)
    if not isinstance(pooled, LongBase):
        return
    group = pooled["group"]
    yield METHOD, "rejects", float((group.p_value or 0.0) <= ALPHA)
    if group.conf_low is not None and group.conf_high is not None:
        yield METHOD, "covers", float(group.conf_low <= 0 <= group.conf_high)
    if pooled.pre_path_p is not None:
        yield "pre_path", "rejects", float(pooled.pre_path_p <= ALPHA)
    for name, other in (("other_base", pooled.other_base), ("other_estimator", pooled.other_estimator)):
        if other is not None and other.p_value is not None:
            yield name, "rejects", float(other.p_value <= ALPHA)
    if pooled.detectable is not None:
        started = (sample.cohort[:, None] > 0) & (sample.times >= sample.cohort[:, None])
        raised = replace(sample, outcome=sample.outcome + pooled.detectable * started)
        yield METHOD, "power", float((long_base.headline(raised).p_value or 0.0) <= ALPHA)
