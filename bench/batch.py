"""Seconds per report and peak memory: `papermill` and `nbconvert` as commands beside `evalkit run`; growing nations.

`batch.py` prints the table of the two, `batch.py growth 50 200 800` that of growing nations. All of it happens in
temporary projects. The two are compared on the suite's own region report and on `frozen_report.ipynb`, which stays as
it is (21 cells, 9 fits, 6 figures, 5 tables), so that a slow notebook cannot flatter the ratio.
"""

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import nbformat
import psutil

from evalkit.publishing.page import exporter

ROOT = Path(__file__).parents[1]
FROZEN, SUITE = "frozen_report", "region_report"
EXPECTED = (6, 5)  # figures and tables of the frozen report
LANES, JOBS = 2, (os.cpu_count() or 1) + 1  # the naive pair runs two at once
COUNTED = (re.compile(r"<figure\b|<img\b"), re.compile(r"<table\b"))
PAGES = {FROZEN: "frozen_report.zh.html", SUITE: "report.zh.html"}
RSS_EVERY, PSS_EVERY = 0.25, 8  # seconds; every how many samples
#: One numerical thread each, in both arms, and our sources wherever the command was installed from.
ENVIRONMENT = {
    **os.environ,
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "EVALKIT_PRELOAD": "1",
    "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH")))),
}


@dataclass(frozen=True, slots=True)
class Arm:
    """What one way of making reports took.

    Attributes:
        finished: when each report was done, in seconds since the epoch, in order.
        seconds: of the whole run.
        contents: figures and tables by region.
        rss, pss: peak memory in MB of all its processes; `pss` counts what they share once.
    """

    lanes: int
    finished: list[float]
    seconds: float
    contents: dict[str, tuple[int, ...]]
    rss: float
    pss: float

    @property
    def steady(self) -> float:
        """Seconds per report once every lane has made its first."""
        first, later = self.finished[self.lanes - 1], self.finished[self.lanes :]
        return (later[-1] - first) / len(later) if later else float("nan")

    @property
    def whole(self) -> float:
        """Seconds per report of the whole run, with its start and what it makes beside the reports."""
        return self.seconds / len(self.finished)


class Memory(threading.Thread):
    """Watches how much memory all processes below this one take."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.rss = self.pss = 0.0
        self._done = threading.Event()

    def run(self) -> None:
        """Sample until told to stop; PSS costs more to ask for, so it is asked for less often."""
        samples = 0
        while not self._done.wait(RSS_EVERY):
            below = psutil.Process().children(recursive=True)
            self.rss = max(self.rss, sum(_memory(one, "rss") for one in below))
            if samples % PSS_EVERY == 0:
                self.pss = max(self.pss, sum(_memory(one, "pss") for one in below))
            samples += 1

    def stop(self) -> None:
        """End the watch."""
        self._done.set()
        self.join()


def _memory(process: psutil.Process, kind: str) -> float:
    try:
        found = process.memory_info() if kind == "rss" else process.memory_full_info()
    except psutil.Error:  # it has just ended
        return 0.0
    return float(getattr(found, kind, 0)) / 2**20


@contextmanager
def project(units: int, notebook: str) -> Iterator[Path]:
    """A temporary project: the nation with so many counties, whose report is this notebook."""
    with tempfile.TemporaryDirectory(prefix="evalkit-bench-") as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "data/national", root / "data/national")
        (root / "params/assessments").mkdir(parents=True)
        (root / "notebooks").mkdir()
        shutil.copy(ROOT / "params/indicators.yml", root / "params")
        for source in (ROOT / f"bench/{FROZEN}.ipynb", ROOT / f"notebooks/{SUITE}.ipynb"):
            shown = nbformat.read(source, as_version=4)
            # `evalkit run` skips the other cells; so shall the naive pair.
            shown.cells = exporter.published(shown.cells)
            nbformat.write(shown, root / "notebooks" / source.name)
        text = (ROOT / "params/assessments/national.yml").read_text(encoding="utf-8")
        text = re.sub(r"(?m)^notebooks:.*$", f"notebooks: [{notebook}]", text)
        (root / "params/assessments/national.yml").write_text(text, encoding="utf-8")
        evalkit(root, "simulate", "national", "--units", str(units))
        yield root


def evalkit(root: Path, *arguments: str, **environment: str) -> None:
    _call(root, sys.executable, "-m", "evalkit", *arguments, "--project", str(root), **environment)


def _call(root: Path, *command: str, **more: str) -> None:
    environment = {**ENVIRONMENT, "EVALKIT_PROJECT": str(root), **more}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def regions_of(root: Path, compared: bool = False) -> list[str]:
    """The counties; with `compared`, those whose reports have every figure.

    The last wave can be compared with nobody, the one before it with none of the forty that the frozen report looks at.
    """
    with (root / "data/national/units.csv").open(encoding="utf-8") as lines:
        units = list(csv.DictReader(lines))
    late = sorted({unit["adoption"] for unit in units})[-2:]
    return [unit["unit"] for unit in units if not compared or unit["adoption"] not in late]


def spread(listed: Sequence[str], number: int) -> list[str]:
    """So many, from all waves and provinces."""
    return [listed[place * len(listed) // number] for place in range(number)]


def naive(root: Path, notebook: str, regions: Sequence[str]) -> Arm:
    """Two at once: papermill, then nbconvert, each a command with everything to import."""
    out = root / "naive"
    out.mkdir(exist_ok=True)

    def make(region: str) -> None:
        executed = str(out / f"{region}.ipynb")
        given = [word for name, text in _parameters(region).items() for word in ("-r", name, text)]
        source = str(root / f"notebooks/{notebook}.ipynb")
        _call(root, _beside("papermill"), "--no-progress-bar", source, executed, *given)
        _call(root, _beside("jupyter"), "nbconvert", "--to", "html", executed)

    return measured(LANES, {region: out / f"{region}.html" for region in regions}, lambda: _two_at_once(make, regions))


def _two_at_once(make, regions: Sequence[str]) -> None:
    with ThreadPoolExecutor(LANES) as lanes:
        list(lanes.map(make, regions))


def _parameters(region: str) -> dict[str, str]:
    return {"assessment": "national", "region": region, "lang": "zh"}


def _beside(command: str) -> str:
    """A command of the environment that runs this."""
    return str(Path(sys.executable).with_name(command))


def ours(root: Path, notebook: str, regions: Sequence[str], every: bool = False) -> Arm:
    """One `evalkit run`; with `every`, also the pages of the nation as a whole."""
    site = root / "reports/national/site"
    pages = {region: site / region / PAGES[notebook] for region in regions}
    asked = [] if every else regions
    return measured(JOBS, pages, lambda: evalkit(root, "run", "national", *asked, "--jobs", str(JOBS)))


def without_forks(root: Path, notebook: str, regions: Sequence[str]) -> Arm:
    """The same with every kernel started as usual, as on systems that cannot fork safely."""
    site = root / "reports/national/site"
    pages = {region: site / region / PAGES[notebook] for region in regions}
    asked = [*regions, "--jobs", str(JOBS), "--force"]
    return measured(JOBS, pages, lambda: evalkit(root, "run", "national", *asked, EVALKIT_PRELOAD="0"))


def measured(lanes: int, pages: dict[str, Path], run) -> Arm:
    """What a run takes that leaves these pages, each of which is read again for what it holds."""
    memory = Memory()
    memory.start()
    start = perf_counter()
    run()
    seconds = perf_counter() - start
    memory.stop()
    finished = sorted(path.stat().st_mtime for path in pages.values())
    contents = {region: _contents(path.read_text(encoding="utf-8")) for region, path in pages.items()}
    return Arm(lanes, finished, seconds, contents, memory.rss, memory.pss)


def _contents(page: str) -> tuple[int, ...]:
    return tuple(len(kind.findall(page)) for kind in COUNTED)


# The naive pair beside ours


def compare(few: int, many: int, units: int, fallback: int = 0) -> None:
    """Both notebooks, each way, and how many times the naive pair's throughput that is."""
    print(f"{os.cpu_count()} cores; naive: {few} reports, {LANES} at once; evalkit: {many} reports, {JOBS} jobs")
    print(f"{'notebook':15}{'way':9}{'s/report':>9}{'whole run':>11}{'memory':>9}{'shared once':>13}  figures, tables")
    for notebook in (SUITE, FROZEN):
        found = _arms(notebook, few, many, units, fallback)
        for name, arm in found.items():
            print(f"{notebook:15}{name:9}{arm.steady:9.2f}{arm.whole:11.2f}{_shown(arm)}  {_ranges(arm)}")
        for name in list(found)[1:]:
            steady, whole = (getattr(found["naive"], one) / getattr(found[name], one) for one in ("steady", "whole"))
            print(f"{notebook:15}{'ratio':9}{steady:9.1f}{whole:11.1f}  {name}", flush=True)


def _arms(notebook: str, few: int, many: int, units: int, fallback: int) -> dict[str, Arm]:
    """Ours first: what it computes once for all regions is there for the naive pair."""
    with project(units, notebook) as root:
        listed = regions_of(root, compared=True)
        if len(listed) < many:
            sys.exit(f"a nation of {units} has {len(listed)} counties to compare, not {many}: ask for more --units")
        chosen = spread(listed, many)
        both = spread(chosen, few)
        naive(root, notebook, both[:1])  # not counted: files and fonts get into the system's cache
        run = ours(root, notebook, chosen)
        found = {"naive": naive(root, notebook, both), "evalkit": run}
        if fallback:
            found["no forks"] = without_forks(root, notebook, spread(chosen, fallback))
    for arm in list(found.values())[1:]:
        _assert_equal(notebook, found["naive"], arm)
    return found


def _assert_equal(notebook: str, one: Arm, other: Arm) -> None:
    """A figure that vanished would have cost nothing."""
    shared = one.contents.keys() & other.contents.keys()
    assert shared, "no report was made both ways"
    assert all(one.contents[region] == other.contents[region] for region in shared), (one.contents, other.contents)
    held = {*one.contents.values(), *other.contents.values()}
    assert held == {EXPECTED} if notebook == FROZEN else all(map(all, held)), held


def _ranges(arm: Arm) -> str:
    """Figures and tables of a report: one number, or the least and the most."""
    kinds = [sorted(set(kind)) for kind in zip(*arm.contents.values(), strict=True)]
    return ", ".join("-".join(map(str, dict.fromkeys((kind[0], kind[-1])))) for kind in kinds)


def _shown(arm: Arm) -> str:
    return f"{arm.rss:6.0f} MB{arm.pss:10.0f} MB"


# Growing nations


def growth(numbers: Sequence[int]) -> None:
    """With the suite's report: the frozen one cannot serve the last wave, which can be compared with nobody."""
    print(f"{os.cpu_count()} cores, {JOBS} jobs, {SUITE}; whole run: with all pages of the nation; again: unchanged")
    print(f"{'regions':>7}{'s/report':>10}{'median':>8}{'whole run':>11}{'memory':>9}{'shared once':>13}{'again':>9}")
    medians = []
    for number in numbers:
        with project(number, SUITE) as root:
            arm = ours(root, SUITE, regions_of(root), every=True)
            start = perf_counter()
            evalkit(root, "run", "national", "--jobs", str(JOBS))
            again = perf_counter() - start
            medians.append(median(_own_seconds(root)))
        assert all(map(any, arm.contents.values())), "a report is empty"
        own = f"{number:7}{arm.steady:10.2f}{medians[-1]:8.2f}"
        print(f"{own}{arm.seconds:9.0f} s{_shown(arm)}{again:7.1f} s", flush=True)
    print(
        f"median: seconds of a report in its worker; the largest {max(medians) / min(medians) - 1:.0%} above the least"
    )


def _own_seconds(root: Path) -> list[float]:
    """What each report took in its worker, as the runner noted it."""
    notes = (root / "reports/national/work").glob("demo-*/manifest.json")
    return [json.loads(one.read_text(encoding="utf-8"))["seconds"][f"{SUITE}.zh"] for one in notes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--naive", type=int, default=6, help="reports of the naive pair")
    parser.add_argument("--ours", type=int, default=48, help="reports of evalkit run")
    parser.add_argument("--fallback", type=int, default=0, help="reports of evalkit run without forks; 0: none")
    parser.add_argument("--units", type=int, default=2850, help="counties of the nation they are from")
    numbers = parser.add_subparsers(dest="what").add_parser("growth", help="with growing numbers of regions")
    numbers.add_argument("numbers", type=int, nargs="+", help="counties, 50 or more")
    given = parser.parse_args()
    if given.what == "growth":
        growth(given.numbers)
    else:
        compare(given.naive, given.ours, given.units, given.fallback)


if __name__ == "__main__":
    main()
