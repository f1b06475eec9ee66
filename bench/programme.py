"""Seconds and memory of the programme's estimates, and how often their intervals hold the truth.

Run as `bench/programme.py speed` (2,800 units x 28 quarters) or `bench/programme.py coverage 200` (seeds).
"""

import resource
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from evalkit.analysis.programme import pooled_effect, staggered
from evalkit.analysis.programme.samples import Sample
from evalkit.project.evaluation import load
from evalkit.project.params import Design, Indicator
from evalkit.simulation import simulate

ROOT = Path(__file__).parents[1]
INDICATOR, KIND, ASSESSMENT = "primary_visit_share", "county", "demo-final-2022"
UNITS, QUARTERS, STRATA = 2800, 28, 4


def national() -> Sample:
    """Five cohorts and as many never-treated units, an AR(0.6) outcome with a constant effect of 1."""
    random = np.random.default_rng(1)
    cohort = random.choice([0, 9, 13, 17, 20, 23], UNITS, p=[0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
    noise = random.normal(size=(UNITS, QUARTERS))
    for t in range(1, QUARTERS):
        noise[:, t] += 0.6 * noise[:, t - 1]
    times = np.arange(1, QUARTERS + 1)
    treated = (cohort[:, None] > 0) & (times >= cohort[:, None])
    names = [str(p) for p in pd.period_range("2016Q1", periods=QUARTERS, freq="Q")]
    about = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent"})
    stratum = random.integers(0, STRATA, UNITS).astype(str)
    outcome = pd.DataFrame(random.normal(50, 5, (UNITS, 1)) + noise + treated, columns=names)
    starts = {int(number): names[number - 1] for number in set(cohort) - {0}}
    return Sample(about, KIND, "percent", "simulated", Design(), outcome, times, cohort, stratum, starts)


def speed() -> None:
    sample = national()
    pooled_effect.find(sample, "_programme")  # warm
    for stratum in (np.zeros(UNITS, dtype=int).astype(str), sample.stratum):
        pool = replace(sample, stratum=stratum)
        start = perf_counter()
        found = pooled_effect.find(pool, "_programme")
        seconds = perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        simple = found.results[0]["simple"]
        print(f"{len(set(stratum))} strata: {seconds:5.2f} s, peak {peak:4.0f} MB, simple {simple.estimate:.3f}")
        for estimate in ("callaway_santanna", "imputation", "twfe", "bacon"):
            start = perf_counter()
            getattr(staggered, estimate)(pool)
            print(f"  {estimate:18} {perf_counter() - start:5.2f} s")


def coverage(seeds: int) -> None:
    from evalkit.panel import observations as panels

    evaluation = load(ASSESSMENT, project=ROOT)
    specification = simulate.read(ROOT / "data" / evaluation.assessment.dataset / "simulation.yml")
    read = panels.read(evaluation)
    inside = dict.fromkeys(("simple", "group"), 0)
    for seed in range(1, seeds + 1):
        made = simulate.simulate(specification, seed)
        rows = made.panel[(made.panel["indicator"] == INDICATOR)]
        sample = staggered.sample(replace(read, rows=rows), evaluation, INDICATOR, KIND)
        found = staggered.callaway_santanna(sample)[0]
        truth = made.truth["indicators"][INDICATOR]
        for term in inside:
            one = found[term]
            inside[term] += one.conf_low <= truth[term] <= one.conf_high
    for term, hits in inside.items():
        print(f"{INDICATOR} {term}: {hits} of {seeds} intervals hold the truth ({hits / seeds:.1%})")


if __name__ == "__main__":
    speed() if sys.argv[1:2] != ["coverage"] else coverage(int(sys.argv[2]))
