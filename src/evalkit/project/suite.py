"""The suite's own notebooks and demonstration project: in the installed package, or in a working copy of its source."""

import json
import re
from pathlib import Path

_PACKAGE, _WORKING_COPY = Path(__file__).parents[1], Path(__file__).parents[3]
FOLDERS = (_PACKAGE / "notebooks", _WORKING_COPY / "notebooks")
#: Notebooks about the demonstration itself; a project of one's own has no use for them.
ABOUT_DEMONSTRATION = ("start_here", "compare_estimators")
DATASETS = ("demonstration", "demonstration-members", "medical-communities", "min-wage", "prop99")
_PARAMETER = re.compile(r'^(?P<name>\w+) = "(?P<value>[^"\\]*)"$', re.MULTILINE)


def notebooks() -> dict[str, Path]:
    """The suite's notebooks, by name."""
    folder = next(folder for folder in FOLDERS if folder.is_dir())
    return {path.stem: path for path in sorted(folder.glob("*.ipynb"))}


def with_parameters(path: Path, **values: str) -> str:
    r"""The text of a notebook whose parameters have these defaults; all else is unchanged, to the byte.

    Args:
        path: a notebook with a cell tagged `parameters`, in which each parameter is a line `name = "value"`.
        values: the new default of each parameter; one that the notebook does not have is left out.

    Example:
        >>> text = with_parameters(notebooks()["region_report"], assessment="first", region="my-county")
        >>> r'assessment = \"first\"' in text
        True
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", ()):
            source = _PARAMETER.sub(lambda line: _line(line, values), "".join(cell["source"]))
            cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _line(line: re.Match[str], values: dict[str, str]) -> str:
    name = line["name"]
    return f"{name} = {json.dumps(values[name], ensure_ascii=False)}" if name in values else line[0]


def differs(path: Path) -> bool:
    """Whether a copy of a notebook of the suite has other cells; defaults of parameters do not count."""
    return _cells(path) != _cells(notebooks()[path.stem])


def _cells(path: Path) -> list[tuple[str, str]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        (cell["cell_type"], "".join(cell["source"]))
        for cell in cells
        if "parameters" not in cell["metadata"].get("tags", ())
    ]


def demonstration() -> dict[str, Path]:
    """The files of the demonstration project, by their path in a project: params, datasets and notebooks.

    The dataset `national` is not among them: it is simulated to measure speed.
    """
    root = next(folder for folder in (_PACKAGE / "demonstration", _WORKING_COPY) if (folder / "params").is_dir())
    params = [path for path in sorted((root / "params").rglob("*")) if path.is_file() and path.stem != "national"]
    data = [path for name in DATASETS for path in sorted((root / "data" / name).glob("*.*"))]
    files = {path.relative_to(root).as_posix(): path for path in [*params, *data, root / "data/README.md"]}
    return files | {f"notebooks/{path.name}": path for path in notebooks().values()}
