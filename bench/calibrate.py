"""Simulate, estimate, count: the full calibration of every method; writes and prints the table.

Usage: python bench/calibrate.py [PANELS] (default 1000 of each kind)
"""

import os
import sys
from pathlib import Path

import pandas as pd

from evalkit.simulation import calibration, programmes, untouched

TABLE = Path(calibration.__file__).with_name(calibration.STORED)


def main() -> None:
    panels = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    jobs = os.cpu_count() or 1
    scenarios = (*calibration.SCENARIOS, *calibration.JUDGED)
    parts = [
        calibration.calibrate(scenarios, panels=panels, jobs=jobs),
        programmes.calibrate(panels=panels, jobs=jobs),
        untouched.calibrate(panels=panels, jobs=jobs),
    ]
    table = pd.concat(parts, ignore_index=True)
    table.round({"share": 4, "nominal": 4}).to_csv(TABLE, index=False, lineterminator="\n")
    named = table.assign(quantity=table["quantity"] + " " + table["kind"])
    print(named.pivot_table(index="quantity", columns="scenario", values="share", sort=False).round(3).to_string())


if __name__ == "__main__":
    main()
