"""CPU seconds for everything about one region: 8 indicators, 60 comparison units, 28 quarters, one core, warm."""

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})

from time import process_time

import numpy as np

from evalkit.analysis.effects import before_after, checks, conclusion, did, synthetic
from evalkit.simulation import calibration
from evalkit.simulation.calibration import INDICATOR, Scenario

INDICATORS, ROUNDS = 8, 5
WEIGHTED = ("synthetic DiD", "synthetic control")
SCENARIO = Scenario("bench", units=60, pre=16, post=12)


def main() -> None:
    random = np.random.default_rng(1)
    designs = [
        calibration.design_of(SCENARIO, values) for values in calibration.panels_of(SCENARIO, INDICATORS, random)
    ]
    steps = {
        "did_mean": did.att,
        "event study": did.event_study,
        "synthetic DiD": synthetic.estimate,
        "synthetic control": lambda design: synthetic.estimate(design, "synthetic_control"),
        "before/after": before_after.ladder,
        "controlled": before_after.controlled,
    }
    best = {name: min(_seconds(step, designs) for _ in range(ROUNDS)) for name, step in steps.items()}
    # Regions of one pool share the placebos; above, every round starts without them, below they are there.
    shared = sum(min(_seconds(steps[name], designs, fresh=False) for _ in range(ROUNDS)) for name in WEIGHTED)
    best["checks, conclusion"] = (
        min(_seconds(_judge, designs) for _ in range(ROUNDS)) - best["did_mean"] - best["event study"]
    )
    total = sum(best.values())
    another = total - sum(best[name] for name in WEIGHTED) + shared
    for name, seconds in {**best, "one region": total, "another, same pool": another}.items():
        print(f"{name:20} {seconds:6.3f} s for {INDICATORS} indicators (best of {ROUNDS})")


def _judge(design):
    effect, path = did.att(design), did.event_study(design)
    found = checks.all(design, effect, path)
    return conclusion.draw(INDICATOR, effect, found, ())


def _seconds(step, designs, fresh: bool = True) -> float:
    if fresh:
        synthetic._placebos.cache_clear()
    start = process_time()
    for design in designs:
        step(design)
    return process_time() - start


if __name__ == "__main__":
    main()
