"""The figures last published for a region, and their revisions from run to run.

The file is in the region's work folder; only a successful run writes it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from evalkit.errors import InputError, Mistake
from evalkit.files.atomic import write_text
from evalkit.project.params import Model

FILE = "revisions.json"
Reason = Literal["data", "parameters", "code"]
DIGITS = 6  # significant digits kept; no page shows more


class Figure(Model):
    """A figure that a report leads with, on the analysis scale.

    `analysis`, `method` and `term` are as in results.csv; `period` is empty if the figure has none.
    """

    indicator: str
    analysis: str
    method: str
    term: str
    period: str = ""
    value: float

    @property
    def rounded(self) -> "Figure":
        """The figure rounded to `DIGITS` significant digits."""
        return self.model_copy(update={"value": float(f"{self.value:.{DIGITS}g}")})


class Difference(Model):
    """A figure before and after; None where the report had none. `reasons` are what had changed in between."""

    old: Figure | None = None
    new: Figure | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The old and the new figure, as far as they exist."""
        return tuple(figure for figure in (self.old, self.new) if figure)


class Change(Model):
    """A run that changed published figures: data fingerprints before and after, number of changes, the first rows."""

    before: str
    after: str
    count: int
    rows: tuple[Difference, ...]


class Run(Model):
    """The figures published last with the fingerprint of their data, and all changes that led to them.

    `inputs` are fingerprints of parameters and code, and of the data of each indicator (`data.<indicator>`);
    `disclosure` is the rule under which the figures were shown; `restarted` says that an earlier one was another, so
    that what was shown under it is listed no more.
    """

    data: str
    inputs: Mapping[str, str] = {}
    disclosure: str = ""
    restarted: bool = False
    figures: tuple[Figure, ...] = ()
    changes: tuple[Change, ...] = ()


def folder(root: Path, assessment: str, region: str) -> Path:
    """A region's work folder: files of runs that are not published."""
    return root / "reports" / assessment / "work" / region


def read(root: Path, assessment: str, region: str) -> Run | None:
    """The last published run; None if there was none.

    Raises:
        InputError: if the file is damaged, since overwriting it would lose the revisions.
    """
    path = folder(root, assessment, region) / FILE
    if not path.is_file():
        return None
    try:
        return Run.model_validate_json(path.read_bytes())
    except ValidationError as error:
        what = f"is damaged: {error.error_count()} entries are not what a run writes"
        cure = "Restore the file, or delete it to start over."
        raise InputError([Mistake(path.relative_to(root).as_posix(), what, cure)]) from None


def empty(path: Path, disclosure: str) -> None:
    """Remove all figures that were shown under another disclosure rule; a damaged file is left unchanged."""
    try:
        run = Run.model_validate_json(path.read_bytes())
    except ValidationError:
        return
    if run.disclosure != disclosure:
        emptied = Run(data=run.data, disclosure=disclosure, restarted=True)
        write_text(path, emptied.model_dump_json(indent=1) + "\n")
