"""What was published last about a region, and how its figures were revised from run to run.

The file stands in the region's working folder; only a run that succeeds writes it.
"""

from pathlib import Path

from pydantic import ValidationError

from evalkit.errors import InputError, Mistake
from evalkit.project.params import Model

FILE = "revisions.json"
DIGITS = 6  # significant; beyond lies what no reader sees


class Figure(Model):
    """A figure that a report leads with, on the analysis scale.

    `analysis`, `method`, `term` are the names of results.csv; `period` is that of the figure, where it has one.
    """

    indicator: str
    analysis: str
    method: str
    term: str
    period: str = ""
    value: float

    @property
    def rounded(self) -> "Figure":
        """The same with as many digits as are kept."""
        return self.model_copy(update={"value": float(f"{self.value:.{DIGITS}g}")})


class Difference(Model):
    """A figure before and after; None where the report had none."""

    old: Figure | None = None
    new: Figure | None = None


class Change(Model):
    """One run whose figures differ from those published before: fingerprints of the data, how many, the first."""

    before: str
    after: str
    count: int
    rows: tuple[Difference, ...]


class Run(Model):
    """The figures published last with the fingerprint of their data, and all changes that led to them."""

    data: str
    figures: tuple[Figure, ...] = ()
    changes: tuple[Change, ...] = ()


def folder(root: Path, assessment: str, region: str) -> Path:
    """Where the runs of a region leave what is not for readers."""
    return root / "reports" / assessment / "work" / region


def read(root: Path, assessment: str, region: str) -> Run | None:
    """The last published run; None where there was none.

    Raises:
        InputError: where the file was damaged, as writing over it would lose the revisions.
    """
    path = folder(root, assessment, region) / FILE
    if not path.is_file():
        return None
    try:
        return Run.model_validate_json(path.read_bytes())
    except ValidationError as error:
        told = f"is not as a run leaves it: {error.error_count()} faults"
        cure = "Restore the file, or delete it to begin anew."
        raise InputError([Mistake(path.relative_to(root).as_posix(), told, cure)]) from None
