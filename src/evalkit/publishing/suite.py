"""What must be in order before a kernel starts."""

from pathlib import Path

from evalkit.errors import Collector, InputError, Mistake, nearest
from evalkit.inputs.panel import read
from evalkit.inputs.project import Evaluation


def check(evaluation: Evaluation) -> None:
    """Everything that can be wrong in data and notebooks; parameters were checked when they were loaded.

    Raises:
        InputError: with every mistake.
    """
    mistakes = Collector()
    with mistakes():
        read(evaluation)
    for name in evaluation.assessment.notebooks:
        with mistakes():
            notebook_path(evaluation.root, name)
    mistakes.check()


def notebook_path(root: Path, name: str) -> Path:
    """A notebook of the project, else the suite's own.

    Raises:
        InputError: where neither has it.
    """
    suite = Path(__file__).parents[3] / "notebooks"
    for folder in (root / "notebooks", suite):
        if (folder / f"{name}.ipynb").is_file():
            return folder / f"{name}.ipynb"
    known = [path.stem for folder in (root / "notebooks", suite) for path in folder.glob("*.ipynb")]
    raise InputError([Mistake("notebooks", f"there is no notebook {name!r}", nearest(name, known))])
