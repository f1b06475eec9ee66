"""What all tests share: a tiny project folder written from text tables, and panels with a known effect."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import evalkit.publishing  # noqa: F401 - before any import of nbformat: see there
from evalkit.analysis.effects import design as designs
from evalkit.analysis.effects.design import Design
from evalkit.errors import InputError
from evalkit.panel import observations as panels
from evalkit.panel.observations import Panel
from evalkit.project import evaluation as projects
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
INDICATORS = "rate: {name: {en: Rate}, unit: percent, better: higher}"
ASSESSMENT = """
dataset: d
regions: [a]
indicators: {primary: [rate]}
"""
UNITS = """
unit | adoption
a    | 2019Q1
b    |
c    |
"""


def as_csv(table: str) -> str:
    """A text table with `|` between the columns, as CSV."""
    lines = [line for line in table.strip().splitlines() if line.strip()]
    return "".join(",".join(cell.strip() for cell in line.split("|")) + "\n" for line in lines)


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """Environment variables that a run sets in the test's process do not reach the next test."""
    before = dict(os.environ)
    yield
    if os.environ != before:
        os.environ.clear()
        os.environ.update(before)


@dataclass(frozen=True)
class Project:
    """A project folder in the making. Its assessment is called `a`, its dataset `d`, its region `a`."""

    root: Path

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def indicators(self, text: str) -> None:
        self.write("params/indicators.yml", text)

    def assessment(self, text: str = "", base: str = ASSESSMENT) -> None:
        """The smallest assessment and what is added to it."""
        self.write("params/assessments/a.yml", base.lstrip() + text)

    def region(self, name: str, text: str) -> None:
        self.write(f"params/regions/{name}.yml", text.lstrip())

    def table(self, name: str, table: str) -> None:
        """One of units, panel, published, targets."""
        self.write(f"data/d/{name}.csv", as_csv(table))

    def values(self, values: pd.DataFrame, indicator: str = "rate", status: str = "") -> None:
        """The panel: units in rows, periods in columns; empty cells stay out."""
        long = values.rename_axis(index="unit", columns="period").stack().rename("value").reset_index()
        long["indicator"], long["status"] = indicator, status
        self.write("data/d/panel.csv", long.to_csv(index=False))

    def load(self, region: str | None = None) -> Evaluation:
        return projects.load("a", region, project=self.root)

    def read(self, region: str | None = None) -> Panel:
        return panels.read(self.load(region))

    def design(self, region: str = "a", indicator: str = "rate") -> Design:
        evaluation = self.load(region)
        return designs.assign(panels.read(evaluation), evaluation, indicator)

    def mistakes(self) -> str:
        """What a user is told who loads the assessment and reads its panel."""
        with pytest.raises(InputError) as caught:
            self.read()
        return str(caught.value)


@pytest.fixture(scope="session")
def project_at() -> Callable[[Path], Project]:
    """A project without a panel: indicator `rate`, region `a` that adopts in 2019Q1, units `b` and `c`."""

    def make(folder: Path) -> Project:
        made = Project(folder.resolve())
        made.indicators(INDICATORS)
        made.assessment()
        made.table("units", UNITS)
        return made

    return make


@pytest.fixture
def project(project_at: Callable[[Path], Project], tmp_path: Path) -> Project:
    """Such a project in a folder of the test's own."""
    return project_at(tmp_path)


@pytest.fixture(scope="session")
def make_values() -> Callable[..., pd.DataFrame]:
    """Values of N units in quarters: unit + period + noise, and an effect on the first unit, `a`."""

    def make(n=40, pre=12, post=8, effect=0.0, seed=1, noise=1.0, start="2016Q1") -> pd.DataFrame:
        random = np.random.default_rng(seed)
        levels, shocks = random.normal(50, 5, (n + 1, 1)), random.normal(0, 2, (1, pre + post))
        values = levels + shocks + random.normal(0, noise, (n + 1, pre + post))
        values[0, pre:] += effect
        names = [str(p) for p in pd.period_range(start, periods=pre + post, freq="Q")]
        return pd.DataFrame(values, index=["a", *(f"u{i:03}" for i in range(1, n + 1))], columns=names)

    return make


@pytest.fixture(scope="session")
def slack() -> Callable[[float, int, int], float]:
    """How far the share in some of the draws may lie from that in all of them: three standard errors, none for all."""
    return lambda share, draws, whole: 3 * float(np.sqrt(share * (1 - share) / draws * (1 - draws / whole)))


@pytest.fixture(scope="session")
def design_of() -> Callable[..., Design]:
    """A design straight from values: the first unit is the region, the first `pre` periods its baseline."""

    def make(values: pd.DataFrame, pre: int = 12, better: str = "higher", **changes: Any) -> Design:
        names = [str(name) for name in values.columns]
        about = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent", "better": better})
        facts: dict[str, Any] = {
            **{"region": str(values.index[0]), "indicator": about, "unit": "percent", "data_status": "reported"},
            **{"pre": tuple(names[:pre]), "post": tuple(names[pre:]), "adoption": names[pre], **changes},
        }
        return Design(outcome=values, **facts)

    return make


@pytest.fixture(scope="session")
def program() -> Callable[..., str]:
    """Finds a program that the tests marked `browser` need; without it they are left out, or fail where CI asks."""

    def find(*names: str) -> str:
        found = next((path for name in names if (path := shutil.which(name))), None)
        missing = f"{names[0]} was not found: install it, or leave the tests marked `browser` out"
        if found is None and os.environ.get("EVALKIT_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{missing}; EVALKIT_REQUIRE_BROWSER=1 asks for them", pytrace=False)
        if found is None:
            pytest.skip(missing)
        return found

    return find


@pytest.fixture(scope="session")
def one_warm_parent() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Within this, runs of this process fork their kernels from one warm parent, started by the first of them.

    Otherwise each starts its own, which imports for seconds. Tests of how one starts, serves and ends have their own.
    """
    from evalkit.files import run_cache
    from evalkit.publishing.run import kernels

    @cache
    def start(make: Callable[[], AbstractContextManager[str | None]] = kernels.warm_parent) -> str | None:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(run_cache.FILE, raising=False)  # it serves many runs, so it takes the data of none
            return kept.enter_context(make())

    @contextmanager
    def used() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernels, "warm_parent", lambda: nullcontext(start()))
            yield

    with ExitStack() as kept:
        yield used


@pytest.fixture
def warm(one_warm_parent: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Runs of this test use the warm parent of the session."""
    with one_warm_parent():
        yield


@pytest.fixture
def forked_kernels(warm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notebooks that this process itself executes get kernels of that warm parent."""
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    from evalkit.publishing.run import kernels

    monkeypatch.setattr(KernelProvisionerFactory, "_instance", None)  # it reads its default once per process
    with kernels.warm_parent() as address:
        kernels.use(address)


# For one module each: as long as it is open, an event loop runs in this thread, and no notebook could be executed.
@pytest.fixture(scope="module")
def browser(program: Callable[..., str]) -> Iterator["Browser"]:
    """Chromium without a window."""
    found = program(*CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def tab(browser: "Browser") -> Callable[..., "Page"]:
    """Opens an address as a new page in a tab that earlier tests used: one tab for each set of options.

    To open it in a new tab costs four times as much processor time.
    """
    new = cache(lambda **options: browser.new_page(**options))

    def opened(address: str, width: int = 1280, height: int = 800, **options: Any) -> "Page":
        page = new(**options)
        page.goto("about:blank")  # from `page` to `page#part` alone, the document would stay
        page.emulate_media(media="null")
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        return page

    return opened
