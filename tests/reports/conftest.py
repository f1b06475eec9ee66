"""Published pages, made once for all tests, all workers and all runs between which nothing changed."""

import hashlib
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import distributions
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock

from evalkit.files import source_code
from evalkit.project.evaluation import load
from evalkit.publishing import preflight
from evalkit.publishing.run import batch
from evalkit.publishing.run.batch import Published
from evalkit.publishing.run.run_keys import run_keys
from evalkit.publishing.site import index_page as index

if TYPE_CHECKING:
    pass

ROOT = Path(__file__).parents[2]
RUNS = (
    ("final-2022",),
    ("midterm-2021", "jinhua"),
    ("demo-final-2022", "demo-city-a", "demo-city-b", "demo-city-d", preflight.PROGRAMME, preflight.QUALITY),
    ("demo-midterm-2021", "demo-city-d"),
    ("demo-consortia-final-2022", "demo-consortium-1"),
    ("prop99", "california"),
)
IN_CHINESE_ONLY = ("final-2022", "midterm-2021")
REPORTS_ONLY = ("demo-final-2022", "demo-consortia-final-2022")
MATERIAL = ("params", "data", "notebooks")


@dataclass(frozen=True)
class Page:
    """A published page and its parts."""

    path: Path

    @cached_property
    def html(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def text(self) -> str:
        """What a reader sees, drawings included."""
        body = BeautifulSoup(self.html, "html.parser").body
        for hidden in body.find_all(["style", "script"]):
            hidden.decompose()
        return " ".join(body.get_text(" ").split())

    def section(self, code: str) -> str:
        """The text from one heading to the next."""
        heading = self.soup.find(["h2", "div"], id=code)
        if heading.name == "div":  # an annex
            return " ".join(heading.get_text(" ").split())
        parts = []
        for following in heading.find_next_siblings():
            if following.name == "h2" or "annex" in following.get("class", ()):
                break
            parts.append(following.get_text(" "))
        return " ".join(" ".join(parts).split())


@dataclass(frozen=True)
class Site:
    """A project folder with its reports."""

    root: Path

    @cache  # noqa: B019 - one for the session: each worker parses a page once
    def page(self, name: str) -> Page:
        """assessment/region/report.zh, assessment/index.zh or index."""
        assessment, _, rest = name.partition("/")
        return Page(self.root / "reports" / (f"{assessment}/site/{rest}.html" if rest else f"{name}.html"))

    def results(self, assessment: str) -> pd.DataFrame:
        return pd.read_csv(self.root / "reports" / assessment / "results.csv", keep_default_na=False, dtype=str)


def published(root: Path, *runs: Sequence[str], force: bool = False) -> list[Published]:
    """What `evalkit run` does for assessments, each with its regions, in this process; no region may fail."""
    evaluations = [load(assessment, project=root) for assessment, *_ in runs]
    orders = []
    for evaluation, (_, *regions) in zip(evaluations, runs, strict=True):
        chosen = preflight.to_make(evaluation, regions)
        orders.append(batch.Order(evaluation, run_keys(evaluation, chosen), evaluation.assessment.languages))
    done = batch.publish(orders, jobs=2, force=force)
    assert [one.failed for one in done] == [{} for _ in runs]
    for evaluation in evaluations:
        index.write(evaluation)
    return done


@pytest.fixture(scope="session")
def publish(one_warm_parent) -> Callable[..., Published]:
    """Publishes one assessment."""

    def run(root: Path, assessment: str, *regions: str, force: bool = False) -> Published:
        with one_warm_parent():
            [done] = published(root, (assessment, *regions), force=force)
        return done

    return run


def kept(folder: Path, name: str, key: Callable[[], str], make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills, unless an earlier run did so under the same key; what has another key is removed.

    One process fills it while others wait for the lock, which ends with the process that holds it. The folder gets its
    final name last, so a half-filled one is never used; nor, later, one whose key changed while it was filled.
    """
    with FileLock(folder / f"{name}.lock"):
        before = key()
        done = folder / f"{name}-{before[:16]}"
        if not done.exists():
            for old in folder.glob(f"{name}-*"):
                shutil.rmtree(old)
            unfinished = folder / f"{name}-unfinished"
            unfinished.mkdir()
            make(unfinished)
            done = unfinished.rename(done if key() == before else folder / f"{name}-changed-meanwhile")
    return done


def inputs(root: Path, *modules: Path) -> str:
    """sha256 of all that published pages rest on: code, parameters, data, notebooks, packages, and what makes them."""
    digest = hashlib.sha256(source_code.source_hash(root / "src/evalkit").encode())
    folders = [path for name in MATERIAL for path in sorted((root / name).rglob("*"))]
    for path in (*folders, *modules):
        if path.is_file():
            digest.update(f"\n{path.relative_to(root)} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    packages = sorted(f"{one.name} {one.version}" for one in distributions())
    digest.update("\n".join([sys.version, *packages]).encode())
    return digest.hexdigest()


@pytest.fixture(scope="session")
def once(request: pytest.FixtureRequest) -> Callable[[str, Callable[[Path], None]], Path]:
    """A folder that one worker fills, and that all workers and later runs read, as long as nothing it rests on changes.

    `pytest --cache-clear` makes all of them again.
    """
    folder = request.config.cache.mkdir("published")
    makers = [*sorted(Path(__file__).parent.glob("*.py")), ROOT / "tests/conftest.py", ROOT / "bench/index.py"]
    return lambda name, make: kept(folder, name, lambda: inputs(ROOT, *makers), make)


@pytest.fixture(scope="session")
def site(once) -> Site:
    """The project's own parameters and data with the reports of `RUNS`."""

    def make(root: Path) -> None:
        for name in MATERIAL:
            shutil.copytree(ROOT / name, root / name)
        for name in (*IN_CHINESE_ONLY, *REPORTS_ONLY):
            file = root / f"params/assessments/{name}.yml"
            lines = [one for one in file.read_text(encoding="utf-8").splitlines() if not one.startswith("notebooks:")]
            more = ["languages: [zh]"] if name in IN_CHINESE_ONLY else []
            file.write_text("\n".join([*lines, *more, ""]), encoding="utf-8")
        published(root, *RUNS)

    return Site(once("site", make))


@pytest.fixture(scope="session")
def keeping() -> SimpleNamespace:
    """How pages are kept between runs, for the test of it."""
    return SimpleNamespace(kept=kept, inputs=inputs)


@pytest.fixture(scope="session")
def everything_in() -> Callable[[Path], str]:
    """All text of a published file: of an office file that of its cells, headers, properties and alternatives too."""

    def read(path: Path) -> str:
        if path.suffix not in (".xlsx", ".docx"):
            return path.read_text(encoding="utf-8-sig")
        with zipfile.ZipFile(path) as parts:
            trees = [ElementTree.fromstring(parts.read(name)) for name in parts.namelist() if name.endswith(".xml")]
        attributes = [value for tree in trees for element in tree.iter() for value in element.attrib.values()]
        # A word may be cut into runs of different fonts, so nothing stands between the pieces of text.
        return "".join(piece for tree in trees for piece in tree.itertext()) + "\n".join(attributes)

    return read
