"""Calibration: error rates of the methods on simulated panels with known truth, using the code of the reports.

Measures every printed p-value, interval and the effect chip on panels without an effect (false positives, coverage)
and with one (power), together with the clustered p-value that reports do not use for one treated region.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.analysis.effects import before_after, checks, conclusion, did, synthetic, two_way
from evalkit.analysis.effects.design import Design
from evalkit.analysis.results import ALPHA, Result, Withheld
from evalkit.project.params import Indicator
from evalkit.simulation import repetitions

Array = npt.NDArray[np.float64]
INDICATOR = Indicator.model_validate(
    {"id": "simulated", "name": {"en": "simulated"}, "unit": "percent", "better": "higher"}
)
START = {"quarter": ("2014Q1", "Q"), "year": ("1990", "Y")}
STORED = "calibration.csv"
BLOCK = 100  # panels of one process's turn
SHARED = 0.3  # of the noise's variance, by units of one cluster
EVERY = 5  # synthetic and before/after methods are run on every fifth panel: they cost most and need fewest
SYNTHETIC: tuple[synthetic.Method, ...] = ("synthetic_did", "synthetic_control")


@dataclass(frozen=True, slots=True)
class Scenario:
    """The parameters of one kind of panel.

    Attributes:
        units: comparison units. pre, post: periods before and after the start.
        rho: first-order autocorrelation of the noise, whose SD is 1.
        drift: SD over units of a linear trend per period.
        noisier: the treated unit's SD as a multiple of the others'.
        missing: share of cells missing at random.
        effect: true effect as a multiple of each panel's own smallest detectable effect; 0 means no effect.
        tails: degrees of freedom of t shocks, or `lognormal`; empty for normal ones.
        clusters: number of comparison units that were assigned together and share 30 % of their noise's variance.
    """

    name: str
    units: int
    pre: int = 16
    post: int = 12
    frequency: str = "quarter"
    rho: float = 0.6
    drift: float = 0.0
    noisier: float = 1.0
    missing: float = 0.0
    effect: float = 0.0
    tails: str = ""
    clusters: int = 1

    @property
    def exchangeable(self) -> bool:
        """Whether the treated unit has the distribution of the others, so that the placebo p-value is exact."""
        return self.noisier == 1.0


SCENARIOS = (
    Scenario("n20", 20),
    Scenario("n40", 40),
    Scenario("n100", 100),
    Scenario("n40-drift", 40, drift=0.05),
    Scenario("n40-missing", 40, missing=0.05),
    Scenario("n40-annual", 40, pre=10, post=6, frequency="year", rho=0.3),
    Scenario("n20-noisier", 20, noisier=2.0),
    Scenario("n40-noisier", 40, noisier=2.0),
    Scenario("n100-noisier", 100, noisier=2.0),
    Scenario("n40-effect-1.0", 40, effect=1.0),
    Scenario("n40-effect-1.5", 40, effect=1.5),
)
# Of these only the judgement is measured: few periods before the start, heavy tails, holes, groups.
JUDGED = (
    *(Scenario(f"n{units}", units) for units in (25, 38)),
    *(Scenario(f"n40-pre{pre}", 40, pre=pre, post=4) for pre in (2, 3, 4, 8)),
    *(Scenario(f"n40-pre{pre}-effect", 40, pre=pre, post=4, effect=1.0) for pre in (2, 3, 4, 8)),
    *(Scenario(f"n{units}-noisier-effect", units, noisier=2.0, effect=1.0) for units in (20, 40, 100)),
    Scenario("n40-tails", 40, tails="2.5"),
    Scenario("n40-lognormal", 40, tails="lognormal"),
    Scenario("n40-missing10", 40, missing=0.1),
    Scenario("n120-prefectures", 120, clusters=5),
)


def stored() -> pd.DataFrame:
    """The table that `make calibrate` wrote last, shipped with the code that it describes."""
    with (files("evalkit.simulation") / STORED).open(encoding="utf-8") as file:
        return pd.read_csv(file)


def calibrate(
    scenarios: Sequence[Scenario] = SCENARIOS, panels: int = 1000, seed: int = 1, jobs: int = 1
) -> pd.DataFrame:
    """Run every scenario; one row per scenario and quantity.

    Args:
        scenarios: what to simulate.
        panels: how many panels of each.
        seed: the same seed gives the same table.
        jobs: processes.

    Returns:
        Columns scenario, quantity, kind (`rejects`, `covers`, `chip`), share, panels, nominal.
    """
    work = partial(_block, panels=panels, seed=seed)
    return summary(repetitions.in_blocks(work, scenarios, panels, BLOCK, jobs), scenarios)


def summary(outcomes: pd.DataFrame, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Shares over panels, with their nominal values.

    Args:
        outcomes: long table with columns scenario, quantity, kind, value (0 or 1).
    """
    table = repetitions.shares(outcomes)
    sizes = {scenario.name: scenario for scenario in scenarios}
    table["nominal"] = [
        _nominal(kind, sizes[name]) for name, kind in zip(table["scenario"], table["kind"], strict=True)
    ]
    return table


def panels_of(scenario: Scenario, count: int, random: np.random.Generator) -> Array:
    """Draw `count` panels: an array count x (units + 1) x periods, the treated unit first."""
    shape = (count, scenario.units + 1, scenario.pre + scenario.post)
    noise = _noise(scenario, shape, random)
    level = 50 + 5 * random.standard_normal((count, shape[1], 1))
    drift = scenario.drift * random.standard_normal((count, shape[1], 1)) * np.arange(shape[2])
    common = random.standard_normal((count, 1, shape[2]))
    lost = random.random(shape) < scenario.missing
    if scenario.clusters > 1:
        of_unit = _clusters(scenario)
        groups = _noise(scenario, (count, of_unit.max() + 1, shape[2]), random)
        noise = np.sqrt(1 - SHARED) * noise + np.sqrt(SHARED) * groups[:, of_unit]
    noise[:, 0] *= scenario.noisier
    values = level + drift + common + noise
    values[lost] = np.nan
    return values


def _noise(scenario: Scenario, shape: tuple[int, int, int], random: np.random.Generator) -> Array:
    """Autoregressive noise with SD 1."""
    shocks = _shocks(scenario.tails, shape, random)
    noise = np.empty(shape)
    noise[..., 0] = shocks[..., 0]
    for t in range(1, shape[2]):
        noise[..., t] = scenario.rho * noise[..., t - 1] + np.sqrt(1 - scenario.rho**2) * shocks[..., t]
    return noise


def _shocks(tails: str, shape: tuple[int, ...], random: np.random.Generator) -> Array:
    """Independent shocks with mean 0 and SD 1."""
    if tails == "lognormal":
        return np.asarray((random.lognormal(size=shape) - np.exp(0.5)) / np.sqrt((math.e - 1) * math.e))
    if tails:
        return np.asarray(random.standard_t(float(tails), shape) / np.sqrt(float(tails) / (float(tails) - 2)))
    return random.standard_normal(shape)


def _clusters(scenario: Scenario) -> npt.NDArray[np.int64]:
    """The cluster of every unit; the treated one is alone in its own."""
    clusters: npt.NDArray[np.int64] = np.concatenate([[0], 1 + np.arange(scenario.units) // scenario.clusters])
    return clusters


def design_of(scenario: Scenario, values: Array) -> Design:
    """One simulated panel (units x periods) as a design."""
    start, code = START[scenario.frequency]
    names = [str(name) for name in pd.period_range(start, periods=values.shape[1], freq=code)]
    seen = np.isfinite(values[0])
    pre = tuple(name for name, is_seen in zip(names[: scenario.pre], seen, strict=False) if is_seen)
    post = tuple(name for name, is_seen in zip(names[scenario.pre :], seen[scenario.pre :], strict=False) if is_seen)
    units = [f"u{i:03d}" for i in range(len(values))]
    table = pd.DataFrame(values, index=units, columns=names)
    groups = pd.Series(_clusters(scenario).astype(str), index=units) if scenario.clusters > 1 else None
    adoption = names[scenario.pre]
    return Design("u000", INDICATOR, "percent", "simulated", table, pre, post, adoption=adoption, clusters=groups)


def _block(task: tuple[Scenario, int], panels: int, seed: int) -> pd.DataFrame:
    """Outcomes of a block of panels of one scenario; each block has its own stream of random numbers."""
    scenario, first = task
    count = min(BLOCK, panels - first)
    random = np.random.default_rng([seed, first, *scenario.name.encode()])
    rows = [
        (scenario.name, *outcome)
        for number, values in enumerate(panels_of(scenario, count, random))
        for outcome in _outcomes(scenario, values, number % EVERY == 0)
    ]
    return pd.DataFrame(rows, columns=["scenario", "quantity", "kind", "value"])


def _outcomes(scenario: Scenario, values: Array, slow: bool) -> Iterator[tuple[str, str, float]]:
    """All outcomes of one panel, as (quantity, kind, 0 or 1)."""
    design = design_of(scenario, values)
    effect, truth = did.att(design), 0.0
    if scenario.effect:
        if isinstance(effect, Withheld):
            return
        truth = scenario.effect * (checks.detectable(effect)["value"].estimate or 0.0)
        design = replace(design, outcome=_shifted(design, truth))
        effect = did.att(design)
    if scenario in JUDGED:
        yield from _inference(effect, effect.method, truth)
    else:
        yield from _everything(design, effect, truth, slow)


def _everything(
    design: Design, effect: did.Effect | Withheld, truth: float, slow: bool
) -> Iterator[tuple[str, str, float]]:
    """The outcomes of all methods, checks and of the chip."""
    path = did.event_study(design)
    claimed = isinstance(effect, did.Effect) and (effect["att"].p_value or 1.0) <= ALPHA
    wanted = SYNTHETIC if slow else SYNTHETIC[:1] if claimed else ()  # a judgement asks for it where p is small
    others = tuple(synthetic.estimate(design, method) for method in wanted)
    results = checks.all(design, effect, path, *others)
    for result in (effect, *(others if slow else ())):
        yield from _inference(result, result.method, truth)
    for check in results:
        if (p_value := check.estimates[0].p_value) is not None:
            yield check.method, "rejects", float(p_value <= ALPHA)
    if isinstance(path, did.EventStudy) and path.band and not truth:
        table = path.gaps
        for side, half in (("pre", path.band[0]), ("post", path.band[1])):
            gaps = table.loc[table["used"] == side, "gap"].abs()
            yield f"band_{side}", "covers", float(gaps.max() <= half)
    drawn = conclusion.draw(INDICATOR, effect, results, others)
    yield "supported_or_opposite", "chip", float(drawn.verdict in ("supported", "opposite"))
    yield "supported", "chip", float(drawn.verdict == "supported")
    for condition in drawn.conditions:
        yield f"condition:{condition.code}", "chip", float(condition.holds is True)
    yield "clustered (not used)", "rejects", float(clustered_p(design) <= ALPHA)
    if slow:
        yield from _series(design, truth)


def _series(design: Design, truth: float) -> Iterator[tuple[str, str, float]]:
    """Outcomes of before/after models: of the region alone, and less its comparison pool (cancels common shocks)."""
    for results in (before_after.ladder(design), before_after.controlled(design)):
        for change in results:
            if (
                isinstance(change, before_after.Change)
                and change.inference
                and before_after.read_at(change).estimate is not None
            ):
                estimate = next(
                    change[term] for term in before_after.READ_AT if term in {e.term for e in change.estimates}
                )
                yield change.method, "rejects", float((estimate.p_value or 1.0) <= ALPHA)
                inside = (estimate.conf_low or 0.0) <= truth <= (estimate.conf_high or 0.0)
                yield change.method, "covers", float(inside)
        reading = before_after.reading(results)
        if reading.agree is not None and isinstance(reading.main, before_after.Change):
            read = next(reading.main[t] for t in before_after.READ_AT if t in {e.term for e in reading.main.estimates})
            claimed = reading.agree and (read.p_value or 1.0) <= ALPHA
            yield f"reading of {reading.main.method.split('_')[0]} series", "rejects", float(claimed)


def _inference(result: Result, name: str, truth: float) -> Iterator[tuple[str, str, float]]:
    if isinstance(result, Withheld):
        return
    att = result["att"]
    if att.p_value is not None:
        yield name, "rejects", float(att.p_value <= ALPHA)
    if att.conf_low is not None and att.conf_high is not None:
        yield name, "covers", float(att.conf_low - 1e-9 <= truth <= att.conf_high + 1e-9)


def _shifted(design: Design, size: float) -> pd.DataFrame:
    values = design.outcome.copy()
    values.loc[values.index[0], list(design.post)] += size
    return values


def clustered_p(design: Design) -> float:
    """p-value of two-way fixed effects with standard errors clustered by unit: invalid for one treated unit.

    Only for comparison in the calibration; no report prints it.
    """
    values = design.outcome[[*design.pre, *design.post]].to_numpy()
    values = np.where(np.isfinite(values), values, np.nanmean(values, axis=1, keepdims=True))
    return two_way.of_region(values, len(design.pre), parameters=1).p_value


def _nominal(kind: str, scenario: Scenario) -> float:
    """The level of an exact placebo test, floor(0.05 (N + 1)) / (N + 1); for intervals one minus that."""
    placebos = 1 + scenario.units / scenario.clusters
    exact = np.floor(ALPHA * placebos + 1e-9) / placebos
    return float({"rejects": exact, "covers": 1 - exact, "chip": ALPHA}[kind])
