"""`evalkit new`, `demo`, `lab`, `schema` and `simulate`: write a project and what belongs to it, open its notebooks."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from evalkit.errors import InputError, Mistake, install, nearest
from evalkit.project import suite
from evalkit.project.evaluation import locate
from evalkit.publishing.run import safe_path
from evalkit.terminal import console

TOUR = "start_here"


def new(assessment: str, workbook: Path | None, project: Path | None) -> None:
    """Write the files of a new assessment, and say how to go on."""
    from evalkit.scaffold import new_project

    root = new_project.folder(project)
    start = new_project.plan(root, assessment, workbook)
    new_project.write(root, start)
    console.print(f"Written in {root}:")
    notebooks = [path for path in start.files if path.endswith(".ipynb")]
    for path in (path for path in [*start.copies, *start.files] if path not in notebooks):
        console.print(f"  {path}")
    if notebooks:
        console.print(f"  notebooks/ ({len(notebooks)} notebooks; open them with: evalkit lab)")
    generated = (".json", ".ipynb")
    for path in (path for path in start.kept if not path.endswith(generated)):
        console.print(f"Already exists, not changed: {path}")
    for name in start.unknown:
        console.print(f"question: {name!r} is not in params/indicators.yml; add it there, then to the mapping")
    for line in start.preview:
        console.print(line)
    where = f" --project {project}" if project else ""
    console.print("Next:")
    console.print(f"  evalkit check {assessment}{where}    lists open questions; answer them in the files")
    console.print(f"  evalkit ingest {assessment}{where}   reads data/raw/{assessment}/ into the panel")
    console.print(f"  evalkit run {assessment}{where}      publishes reports/{assessment}/site/index.html")


def demo(folder: Path) -> None:
    """Write the demonstration project, and say how to go on."""
    from evalkit.scaffold import demonstration

    count = demonstration.write(folder)
    console.print(f"Written in {folder}: {count} files.")
    console.print("Next:")
    console.print(f"  cd {folder}")
    console.print("  evalkit lab                                opens the guided tour in JupyterLab")
    console.print("  evalkit run demo-final-2022 demo-city-b    publishes reports/demo-final-2022/site/index.html")


def lab(notebook: str, project: Path | None) -> int:
    """Open a notebook of the project in JupyterLab, until the user stops it; its exit status.

    The suite's notebooks that the project lacks are copied, so that changes are saved in the project. Like a run,
    JupyterLab imports nothing from the project folder.

    Raises:
        InputError: if there is no such notebook, or JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise InputError([Mistake("evalkit lab", "needs JupyterLab", install("lab"))])
    root = locate(project)
    folder = root / "notebooks"
    for name, source in suite.notebooks().items():
        target = folder / f"{name}.ipynb"
        if not target.exists() and (name not in suite.ABOUT_DEMONSTRATION or _has_demonstration(root)):
            folder.mkdir(exist_ok=True)
            target.write_bytes(source.read_bytes())
            console.print(f"Written: {target.relative_to(root).as_posix()}")
    names = [path.stem for path in folder.glob("*.ipynb")]
    if notebook and notebook not in names:
        raise InputError([Mistake("notebooks", f"there is no notebook {notebook!r}", nearest(notebook, names))])
    first = notebook or (TOUR if TOUR in names else "")
    opened = folder / f"{first}.ipynb" if first else folder
    environment = {**os.environ, **safe_path.environment()}
    return subprocess.call([sys.executable, "-P", "-m", "jupyterlab", str(opened)], cwd=root, env=environment)


def _has_demonstration(root: Path) -> bool:
    return (root / "params/assessments/demo-final-2022.yml").is_file()


def schema(out: Path | None, project: Path | None) -> None:
    """Write the JSON Schemas of the params files."""
    from evalkit.scaffold import schemas

    folder = out or locate(project) / schemas.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas.texts().items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    console.print(f"Written: {', '.join(schemas.texts())} in {folder}")


def simulate(name: str, units: int | None, project: Path | None) -> None:
    """Write a simulated dataset.

    Raises:
        InputError: if the dataset has no simulation.yml, or that has mistakes.
    """
    from evalkit.simulation import scaling
    from evalkit.simulation import simulate as simulation

    root = locate(project)
    folder = root / "data" / name
    if not (folder / "simulation.yml").is_file():
        names = [path.parent.name for path in (root / "data").glob("*/simulation.yml")]
        raise InputError([Mistake(f"data/{name}", "holds no simulation.yml", nearest(name, names))])
    specification = simulation.read(folder / "simulation.yml", f"data/{name}/simulation.yml")
    if units is not None:
        specification = scaling.scaled(specification, units, f"data/{name}/simulation.yml")
    made = simulation.simulate(specification)
    simulation.write(made, folder)
    console.print(f"Written: data/{name}/{', '.join(made.files)} ({len(made.units)} units)")
