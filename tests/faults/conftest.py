"""What the tests of faults share: a small project, runs of it as a user starts them, and all their processes."""

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import v4

REGIONS = tuple(f"r{i}" for i in range(6))
CELLS = (
    'assessment = "a"\nregion = "a"\nlang = "en"',
    "import evalkit as ek\nek.words.use(lang)\nevaluation = ek.load(assessment, region)",
    "ek.prose.title(evaluation)",
    "panel = ek.panel.read(evaluation)\ngoals = ek.attainment.judge(panel, evaluation)",
    "import os, time\ntime.sleep(float(os.environ.get('PAUSE', 0)))",
    "ek.record.record(evaluation, goals, [], panel=panel)",
)
PATIENCE = 600  # seconds, on a busy machine
TOKEN = "EVALKIT_TEST_RUN"


def wait(what: Callable[[], object], told: str) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, told
        time.sleep(0.02)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them wait for `make faults`. Signals, forks and limits are tested as Linux has them."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)
            if not sys.platform.startswith("linux"):
                item.add_marker(pytest.mark.skip(reason="signals and limits as Linux has them"))


@pytest.fixture(scope="session", autouse=True)
def _signals_as_in_a_terminal() -> Iterator[None]:
    """A run leaves an ignored signal ignored, and a shell starts background jobs with SIGINT ignored."""
    before = [(number, signal.signal(number, signal.SIG_DFL)) for number in (signal.SIGHUP, signal.SIGTERM)]
    before.append((signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler)))
    yield
    for number, handler in before:
        signal.signal(number, handler)


@dataclass
class Run:
    """`evalkit run a`, started; every process of it carries its token, whoever its parent is by now."""

    process: subprocess.Popen[str]
    token: str
    told: tuple[str, str] = ("", "")

    def end(self) -> int:
        """Wait for it; its exit status."""
        self.told = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def has_traceback(self) -> bool:
        """Whether it shows its own source to a user; a kernel that lost a race for a port may say so in its own."""
        return re.search(r'File ".*/evalkit/', self.told[1]) is not None

    def processes(self) -> dict[psutil.Process, str]:
        """All that live, with their commands."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, psutil.Error):
                if self.token.encode() in (path / "environ").read_bytes():
                    one = psutil.Process(int(path.name))
                    if one.status() != psutil.STATUS_ZOMBIE:
                        found[one] = " ".join(one.cmdline())
        return found

    def one_of(self, kind: str) -> psutil.Process | None:
        """The runner, a worker, the warm parent or a kernel; None while there is none."""
        if kind == "runner":
            return psutil.Process(self.process.pid)
        told = self.processes()
        parents = {one: _parent(one) for one in told}
        warm = [one for one, text in told.items() if "evalkit.publishing.run.warm_parent" in text]
        servers = [one for one, text in told.items() if "multiprocessing.forkserver" in text]
        usual = [one for one, text in told.items() if "ipykernel_launcher" in text]
        by_pid = {one.pid for one in (*warm, *servers)}
        first = {
            "warm parent": [one for one in warm if parents[one] == self.process.pid],
            "worker": [one for one in servers if parents[one] in by_pid],
            "kernel": [one for one in warm if parents[one] in by_pid] + usual,
        }[kind]
        return first[0] if first else None

    def kill(self, kind: str) -> bool:
        """Whether such a process was there and at work, and was killed."""
        with suppress(psutil.NoSuchProcess):
            victim = self.one_of(kind)
            if victim is not None and self.process.poll() is None:
                victim.kill()
                return kind != "runner" or self.process.wait(PATIENCE) == -signal.SIGKILL
        return False

    def is_gone(self) -> None:
        """No process of it is left."""
        wait(lambda: not self.processes(), f"a process is left: {self.processes()}")


def _parent(one: psutil.Process) -> int:
    """The number of its parent; 0 if it has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return one.ppid()
    return 0


@dataclass
class Small:
    """A project with six regions, each with a target, and a small notebook."""

    root: Path
    preload: str
    begun: list[Run] = field(default_factory=list)

    def start(self, *given: str, before: str = "", **environment: str) -> Run:
        """`before`: statements to execute before the command."""
        command = [sys.executable, "-c", f"{before}\nfrom evalkit.cli import main\nmain()", "run", "a"]
        command += ["--project", str(self.root), "--jobs", "3", *given]
        token = uuid.uuid4().hex
        own = {**os.environ, "EVALKIT_PRELOAD": self.preload, TOKEN: token, **environment}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.root, env=own
        )
        self.begun.append(Run(process, token))
        return self.begun[-1]

    def run(self, *given: str, **environment: str) -> Run:
        """From start to end."""
        run = self.start(*given, **environment)
        run.end()
        return run

    @property
    def reports(self) -> Path:
        return self.root / "reports/a"

    def published(self) -> dict[str, bytes]:
        """What readers find: results.csv and every file of the site."""
        paths = [self.reports / "results.csv", *(self.reports / "site").rglob("[!.]*")]
        return {path.relative_to(self.reports).as_posix(): path.read_bytes() for path in paths if path.is_file()}

    def pages(self) -> dict[str, str]:
        """Which region each page names; pages that are cut short are missing."""
        found = {}
        for path in (self.reports / "site").glob("*/small.en.html"):
            page = path.read_text(encoding="utf-8")
            name = re.search('data-region="([^"]*)"', page)
            if name and page.rstrip().endswith("</html>"):
                found[path.parent.name] = name[1]
        return found

    def pages_since(self, moment: float) -> int:
        """How many were made after a moment, in seconds since the epoch."""
        return sum(path.stat().st_mtime > moment for path in (self.reports / "site").glob("*/small.en.html"))

    def has_all(self, *but: str) -> bool:
        """Whether the whole page of every region stands in its place, and of no other; but these."""
        folders = {path.name for path in (self.reports / "site").glob("r*")}
        wanted = {name: name for name in REGIONS if name not in but}
        return self.pages() == wanted and folders == wanted.keys() and self.unfinished() == []

    def unfinished(self) -> list[str]:
        """Half files, anywhere."""
        return [path.name for path in (self.root / "reports").rglob(".*") if path.is_file() and path.name != ".lock"]


@pytest.fixture(scope="session")
def small_at(project_at) -> Callable[..., Small]:
    """Writes such a project; what is given are further cells."""

    def make(folder: Path, preload: str, *cells: str) -> Small:
        project = project_at(folder)
        made = v4.new_notebook(cells=[v4.new_code_cell(text, id=f"c{i}") for i, text in enumerate((*CELLS, *cells))])
        made.cells[0].metadata["tags"] = ["parameters"]
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        project.write("notebooks/small.ipynb", nbformat.writes(made))
        project.table("units", "\n".join(["unit", *REGIONS]))
        # No panel: the pages on its quality and on the methods would take most of the time.
        known = [f"{region},2020,rate,{60 + place},s,p" for place, region in enumerate(REGIONS)]
        project.write("data/d/published.csv", "\n".join(["unit,period,indicator,value,source,phrase", *known]))
        target = "targets:\n  - {indicator: rate, operator: '>=', value: 64, source: plan, phrase: p}\n"
        for region in REGIONS:
            project.region(region, f"region: {region}\n{target}")
        base = f"dataset: d\nregions: [{', '.join(REGIONS)}]\nindicators: {{primary: [rate]}}\ndownloads: []\n"
        project.assessment("notebooks: [small]\nlanguages: [en]\n", base=base)
        return Small(project.root, preload)

    return make


@pytest.fixture(params=["1", "0"], ids=["forked", "started"])
def preload(request: pytest.FixtureRequest) -> str:
    """Whether kernels are forked from a warm parent, or started as usual."""
    return str(request.param)


@pytest.fixture
def small(small_at, tmp_path: Path, preload: str) -> Iterator[Callable[..., Small]]:
    """Such a project in a folder of the test's own; nothing that was started in it outlives the test."""
    made: list[Small] = []

    def make(*cells: str) -> Small:
        made.append(small_at(tmp_path, preload, *cells))
        return made[-1]

    yield make
    for run in [run for one in made for run in one.begun]:
        for process in run.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.fixture(scope="session")
def plain(small_at, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run publishes to which nothing befalls, its kernels started as usual."""
    project = small_at(tmp_path_factory.mktemp("plain"), "0")
    assert project.run().process.returncode == 0
    assert project.has_all()
    assert len(project.published()["results.csv"].splitlines()) > len(REGIONS)
    return project.published()


@pytest.fixture(name="wait", scope="session")
def _wait() -> Callable[[Callable[[], object], str], None]:
    """Waits until something holds; fails with what is told."""
    return wait
