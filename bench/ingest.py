"""Seconds to ingest 500 workbooks of 28 quarters x 16 indicators on two cores, and peak memory at 100, 250, 500."""

import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
NUMBERS, JOBS = (100, 250, 500), "2"

#: Runs the command in a process of its own, and tells that process's peak and its largest child's.
MEASURED = """
import resource, sys, time
from evalkit import cli
start = time.perf_counter()
sys.argv = ["evalkit", *sys.argv[1:]]
try:
    cli.main()
except SystemExit as left:
    assert left.code == 0, left.code
seconds = time.perf_counter() - start
from evalkit.inputs import guarded
guarded.shared().close()
peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(f"{seconds:.2f} {peaks[0]:.0f} {peaks[1]:.0f}", file=sys.stderr)
"""


def main() -> None:
    make = runpy.run_path(str(ROOT / "tests/data/make_workbooks.py"))["many"]
    for number in NUMBERS:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder), number)
            command = [sys.executable, "-c", MEASURED, "ingest", "many", "--jobs", JOBS, "--project", folder]
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=pinned())
            seconds, own, child = done.stderr.split()[-3:]
            rows = len((Path(folder) / "data/many/panel.csv").read_text(encoding="utf-8").splitlines()) - 1
            print(
                f"{number:4} workbooks {float(seconds):7.2f} s, {rows:,} rows; peak {own} MB, largest child {child} MB"
            )


def pinned() -> dict[str, str]:
    """On two cores, whatever the machine has."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    return {**os.environ, "OMP_NUM_THREADS": "1"}


if __name__ == "__main__":
    main()
