"""results.csv and every page are the same bytes whatever the hash seed, the processes, the threads and the day."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
VARIANTS = [
    ({"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "EVALKIT_PRELOAD": "1", "TZ": "A-14"}, "1"),
    # 26 hours later by its clock, so on another day
    ({"PYTHONHASHSEED": "4711", "OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4", "TZ": "A+12"}, "3"),
    ({"PYTHONHASHSEED": "random", "EVALKIT_PRELOAD": "0", "TZ": "A+12"}, "2"),
]


def made(project_at, make_values, folder, environment, jobs):
    project = project_at(folder)
    project.values(make_values(n=24, pre=12, post=6, effect=4.0))
    project.table("units", "unit | adoption | population\na | 2019Q1 | 51000\n" + "".join(
        f"u{i:03} | | {20_000 + 731 * i}\n" for i in range(1, 25)
    ))  # fmt: skip
    project.assessment("languages: [en]\nnotebooks: [region_report, before_after]\n")
    command = [sys.executable, "-m", "evalkit", "run", "a", "--jobs", jobs, "--project", str(project.root)]
    own = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    told = subprocess.run(command, env=own | environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    reports = project.root / "reports/a"
    paths = [reports / "results.csv", *(reports / "site").rglob("*")]
    return {path.relative_to(reports).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def test_everything_published_is_the_same_bytes(project_at, make_values, tmp_path):
    first, *others = (
        made(project_at, make_values, tmp_path / str(number), environment, jobs)
        for number, (environment, jobs) in enumerate(VARIANTS)
    )
    assert len(first["results.csv"].splitlines()) > 20
    for other in others:
        assert other.keys() == first.keys()
        assert [name for name in first if other[name] != first[name]] == []
