"""What may befall a run, for real: killed processes, cells that never end or take all memory, a second run, Ctrl-C."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals and limits as Linux has them")
REGIONS = [f"r{i}" for i in range(6)]
BASE = f"dataset: d\nregions: [{', '.join(REGIONS)}]\nindicators: {{primary: [rate]}}\ndownloads: []\n"
#: `make faults` asks for 20; otherwise each kind of process is killed once.
KILLS = int(os.environ.get("EVALKIT_KILLS", "3"))
PATIENCE = 45  # seconds


@pytest.fixture
def small(project, notebook):
    """A project with six regions and a small notebook; what is given are further cells."""

    def make(*cells: str) -> Path:
        notebook("ek.prose.title(evaluation)", *cells)
        project.table("units", "\n".join(["unit", *REGIONS]))
        project.assessment("notebooks: [small]\nlanguages: [en]\n", base=BASE)
        return project.root

    return make


@pytest.fixture
def start():
    """Starts `evalkit run a`; nothing of it outlives the test."""
    begun: list[psutil.Process] = []

    def run(root: Path, *given: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "from evalkit.cli import main; main()", "run", "a", "--project", str(root)]
        process = subprocess.Popen(
            [*command, "--jobs", "3", *given], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
        )
        begun.append(psutil.Process(process.pid))
        return process

    yield run
    for process in begun:
        for one in (*family(process), process):
            with suppress(psutil.NoSuchProcess):
                one.kill()


def family(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def one_of(process: psutil.Process, kind: str) -> psutil.Process | None:
    """The runner, a worker or the warm parent; None while there is none."""
    if kind == "runner":
        return process
    told = {one: command(one) for one in family(process)}
    if kind == "warm parent":
        return next((one for one, text in told.items() if "evalkit.publishing.warm_parent" in text), None)
    servers = [one for one, text in told.items() if "multiprocessing.forkserver" in text]
    return next((worker for server in servers[:1] for worker in server.children()), None)


def command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def wait(what, told):
    until = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < until, told
        time.sleep(0.02)
    return found


def working(root: Path) -> bool:
    return any((root / "reports/a/work").glob("r*/*.ipynb"))


def whole(root: Path) -> dict[str, str]:
    """Which region each page names; pages that are cut short or not in their place are missing."""
    found = {}
    for path in (root / "reports/a/site").glob("*/small.en.html"):
        page = path.read_text(encoding="utf-8")
        name = re.search('data-region="([^"]*)"', page)
        if name and page.rstrip().endswith("</html>"):
            found[path.parent.name] = name[1]
    return found


def unfinished(root: Path) -> list[str]:
    return [path.name for path in (root / "reports/a").rglob(".*") if path.is_file()]


@pytest.mark.parametrize("number", range(KILLS))
def test_after_a_kill_and_a_rerun_every_report_is_whole_and_no_process_is_left(small, start, number):
    chance = random.Random(number)
    kind = ("runner", "worker", "warm parent")[number % 3]
    root = small(f"import time; time.sleep({chance.choice([0, 0.3])})")
    run = start(root)
    process = psutil.Process(run.pid)
    wait(lambda: working(root) and one_of(process, kind), "nothing was begun")
    time.sleep(chance.uniform(0, 1.5))
    victim, all_of_them = one_of(process, kind), family(process)
    if victim is not None:
        with suppress(psutil.NoSuchProcess):
            victim.kill()
    run.communicate(timeout=PATIENCE)
    if kind != "runner":
        assert run.returncode == 0
        assert whole(root) == {name: name for name in REGIONS}
    wait(lambda: not [one for one in all_of_them if is_alive(one)], "a process is left")
    again = start(root)
    told = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, told
    assert whole(root) == {name: name for name in REGIONS}
    assert unfinished(root) == []
    assert len((root / "reports/a/site/downloads/results.csv").read_text(encoding="utf-8-sig").splitlines()) >= 1


@pytest.mark.parametrize(
    ("cell", "given", "told"),
    [
        ("while True: pass", ("--timeout", "4"), "took longer than the notebook may take"),
        ("x = bytearray(8 * 2**30)", ("--memory", "2"), "MemoryError"),
    ],
)
def test_a_cell_that_never_ends_or_takes_all_memory_fails_its_region_only(small, start, cell, given, told):
    root = small(f"if region == 'r1':\n    {cell}")
    run = start(root, *given)
    _, errors = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    assert "failed r1: " in errors
    assert told in errors
    assert "Traceback" not in errors
    assert sorted(whole(root)) == [name for name in REGIONS if name != "r1"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_in_good_order_and_the_next_one_goes_on(small, start, number):
    root = small("import time; time.sleep(1.5)")
    run = start(root)
    all_of_them = wait(lambda: whole(root) and family(psutil.Process(run.pid)), "no page was made")
    os.kill(run.pid, number)
    _, errors = run.communicate(timeout=PATIENCE)
    assert run.returncode == 128 + number
    assert "regions are left. To go on, run the same again" in errors
    assert "Traceback" not in errors
    wait(lambda: not [one for one in all_of_them if is_alive(one)], "a process is left")
    made = set(whole(root))
    assert 0 < len(made) < len(REGIONS)
    again = start(root)
    printed, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0
    assert f"{len(REGIONS) - len(made)} made, {len(made)} up to date, 0 failed" in printed


def test_a_second_run_of_the_project_says_so_and_stops(small, start):
    root = small("import time; time.sleep(5)")
    first = start(root)
    wait(lambda: working(root), "nothing was begun")
    second = start(root)
    _, errors = second.communicate(timeout=PATIENCE)
    assert second.returncode == 2
    assert errors.startswith("reports/: another `evalkit run` is at work in this project")
    first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    assert whole(root) == {name: name for name in REGIONS}


def test_where_pages_cannot_be_written_the_run_says_so_and_publishes_no_half(small, start):
    root = small()
    (root / "reports/a/work").mkdir(parents=True)
    (root / "reports/a/work/r2").write_text("a file where a folder belongs", encoding="utf-8")
    run = start(root)
    _, errors = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    assert "Traceback" not in errors
    assert "r2" in errors
    assert sorted(whole(root)) == [name for name in REGIONS if name != "r2"]
