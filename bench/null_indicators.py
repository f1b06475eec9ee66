"""How often an indicator that the reform does not touch is judged “supported” or “opposite”, over seeds.

Run as `bench/null_indicators.py 200`: the demonstration panel is simulated anew for each seed and every focus
region of the final assessment is judged on the indicators whose planted effect is zero.
"""

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from evalkit.analysis.effects import findings
from evalkit.panel import observations as panels
from evalkit.project.evaluation import load, of_region
from evalkit.simulation import simulate

ROOT = Path(__file__).parents[1]
ASSESSMENT, NULL = "demo-final-2022", "op_cost_per_visit"


def judged(seed: int) -> Counter[str]:
    evaluation = load(ASSESSMENT, project=ROOT)
    read = panels.read(evaluation)
    made = simulate.simulate(simulate.read(ROOT / "data/demonstration/simulation.yml"), seed)
    rows = made.panel[made.panel["indicator"] == NULL].astype({"released": str})
    panel = replace(read, rows=rows[rows["released"] <= evaluation.assessment.as_of.isoformat()])
    found = (findings.find(panel, of_region(evaluation, region), NULL) for region in evaluation.regions)
    return Counter(one.conclusion.verdict for one in found)


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        total = sum(pool.map(judged, range(1, seeds + 1)), Counter())
    claims = total["supported"] + total["opposite"]
    print(
        f"{NULL}: {claims} of {total.total()} judgements claim an effect ({claims / total.total():.1%}): {dict(total)}"
    )


if __name__ == "__main__":
    main()
