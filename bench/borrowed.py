"""How near best estimates come to the truth, how often their intervals hold it, and what they claim where nothing is.

Run as `bench/borrowed.py 200`: the demonstration panel is simulated anew for each seed; every treated county counts.
"""

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import assign
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.programme import borrowed
from evalkit.analysis.results import ALPHA
from evalkit.panel import observations as panels
from evalkit.project.evaluation import load
from evalkit.simulation import simulate

ROOT = Path(__file__).parents[1]
ASSESSMENT, KIND = "demo-final-2022", "county"
INDICATORS = ("primary_visit_share", "county_visit_rate", "op_cost_per_visit")
COLUMNS = ("indicator", "unit", "own", "best", "truth", "inside", "claimed", "own_claimed", "width", "own_width")


def true_effect(truth: dict[str, Any], indicator: str, unit: str, post: tuple[str, ...]) -> float:
    """A unit's mean effect over the periods of its estimate: its cohort's path, times its own multiplier."""
    about = truth["units"][unit]
    cohort = [other["multiplier"] for other in truth["units"].values() if other["cohort"] == about["cohort"]]
    path = truth["indicators"][indicator]["effects"].get(about["cohort"], {})
    start = pd.Period(about["cohort"], freq="Q").ordinal
    sizes = [path.get(str(pd.Period(period, freq="Q").ordinal - start), 0.0) for period in post]
    return float(np.mean(sizes)) * about["multiplier"] / float(np.mean(cohort))


def estimated(seed: int) -> pd.DataFrame:
    evaluation = load(ASSESSMENT, project=ROOT)
    read = panels.read(evaluation)
    made = simulate.simulate(simulate.read(ROOT / "data/demonstration/simulation.yml"), seed)
    rows = made.panel[made.panel["indicator"].isin(INDICATORS)].astype({"released": str})
    panel = replace(read, rows=rows[rows["released"] <= evaluation.assessment.as_of.isoformat()])
    found = [row for name in INDICATORS for row in _of_indicator(panel, evaluation, made.truth, name)]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _of_indicator(panel: Any, evaluation: Any, truth: Any, name: str) -> Iterator[tuple[object, ...]]:
    units = panel.units
    treated = units.index[(units["adoption"] != "") & (units["kind"] == KIND)]
    designs = {unit: assign(panel, replace(evaluation, region=unit), name) for unit in treated}
    every = {unit: did.att(design) for unit, design in designs.items()}
    own = {unit: effect for unit, effect in every.items() if isinstance(effect, Effect)}
    short = {unit: borrowed.own(effect) for unit, effect in own.items()}
    for unit, effect in own.items():
        best = borrowed.best(effect, short)["att"]
        att, real = effect["att"], true_effect(truth, name, unit, designs[unit].post)
        yield (
            *(name, unit, att.estimate, best.estimate, real, best.conf_low <= real <= best.conf_high),
            not best.conf_low <= 0 <= best.conf_high,
            (att.p_value or 1.0) <= ALPHA,
            best.conf_high - best.conf_low,
            np.nan if att.conf_low is None else att.conf_high - att.conf_low,
        )


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        table = pd.concat(pool.map(estimated, range(1, seeds + 1)))
    for name, part in table.groupby("indicator", sort=False):
        errors = {which: float(np.sqrt(((part[which] - part["truth"]) ** 2).mean())) for which in ("own", "best")}
        shares = part[["inside", "claimed", "own_claimed"]].mean()
        print(
            f"{name}: error own {errors['own']:.3f}, best {errors['best']:.3f} ({errors['best'] / errors['own']:.2f}); "
            f"coverage {shares['inside']:.1%}; intervals without zero: best {shares['claimed']:.1%}, own "
            f"{shares['own_claimed']:.1%}; median width own {part['own_width'].median():.2f}, best "
            f"{part['width'].median():.2f} ({len(part)} estimates)"
        )


if __name__ == "__main__":
    main()
