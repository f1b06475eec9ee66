"""A page to make and what came of it: plain values that travel between processes."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalkit.project import last_run
from evalkit.publishing.preflight import PAGES, WHOLE

TIMEOUT = 600  # seconds for one notebook


@dataclass(frozen=True, slots=True)
class Task:
    """A page to make, as plain values for a worker.

    Attributes:
        languages: all languages of the page in this run, for links between them.
        timeout: time limit of the notebook in seconds.
        with_programme: whether this run makes the programme's page, for links to it.
    """

    root: Path
    assessment: str
    region: str
    notebook: str
    lang: str
    languages: tuple[str, ...] = ()
    timeout: float = TIMEOUT
    with_programme: bool = False

    @property
    def page(self) -> str:
        """File name of the page: report.zh.html."""
        return f"{PAGES.get(self.notebook, self.notebook)}.{self.lang}.html"

    @property
    def work(self) -> Path:
        """The region's work folder."""
        return last_run.folder(self.root, self.assessment, self.region)

    @property
    def published(self) -> Path:
        """The folder of the region's published pages; pages about the whole assessment are next to the index."""
        site = self.root / "reports" / self.assessment / "site"
        return site if self.region in WHOLE else site / self.region

    @property
    def parameters(self) -> dict[str, str]:
        """The notebook's parameters; pages about the whole assessment have no region."""
        own = {} if self.region in WHOLE else {"region": self.region}
        return {"assessment": self.assessment, **own, "lang": self.lang}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a task; `error` is empty if the page was made in the work folder.

    `figures` are the report's headline figures; None if the notebook is not a report. `data` is the fingerprint of
    its panel; `inputs` and `hidden` are as in `revisions.Origin`.
    """

    task: Task
    error: str = ""
    seconds: float = 0.0
    rows: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    figures: list[dict[str, Any]] | None = None
    data: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    hidden: list[list[str]] = field(default_factory=list)
