"""One page: a notebook executed by papermill for one region in one language, and checked."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from evalkit.errors import ResultError, one_line
from evalkit.files import atomic
from evalkit.project.evaluation import Evaluation, load
from evalkit.publishing.downloads import file_names, numbering, region_files
from evalkit.publishing.page import as_written, exporter
from evalkit.publishing.preflight import METHODS, PAGES, WHOLE, is_own, notebook_path, notebooks_of, whole
from evalkit.publishing.run import kernels
from evalkit.publishing.run.page_task import Outcome, Task
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.parts import Head, Piece, flat
from evalkit.reporting.elements.record import MEDIA_TYPE
from evalkit.reporting.language import vocabulary, words

if TYPE_CHECKING:  # takes seconds to import, and the runner does not need it
    from nbformat import NotebookNode

# What goes wrong around a notebook, not in it; the same again may well succeed.
PASSING = ("DeadKernelError", "Kernel died", "Kernel didn't respond", "Address already in use")
ATTEMPTS = 3


def run(task: Task) -> Outcome:
    """Make one page in the work folder. A failure is returned, not raised; only transient errors are retried."""
    for _ in range(ATTEMPTS):
        outcome = _run(task)
        if not any(message in outcome.error for message in PASSING):
            break
    return outcome


def _run(task: Task) -> Outcome:
    started = time.monotonic()
    executed = task.work / f"{task.notebook}.{task.lang}.ipynb"
    try:
        notebook = _execute(task, executed)
        record = _record(notebook)
        words.use(task.lang)
        evaluation = load(task.assessment, task.parameters.get("region"), task.root)
        # Only reports order their sections by stage; other pages keep the notebook's order.
        stage = evaluation.assessment.stage if task.notebook == "region_report" else None
        title, kicker = _title(task, evaluation), prose.kicker(evaluation)
        files = file_names.links(evaluation, task.region, task.lang) if stage else []
        shown = exporter.pieces(notebook, own=is_own(task.notebook))
        _check(shown, evaluation)
        shown = numbering.numbered(exporter.arranged(shown, stage) if stage else shown, divided=stage is not None)
        if stage:
            region_files.leave(shown, task.work / file_names.parts(task.page))
        links, together = _links(task, evaluation), _programme(task)
        atomic.write_text(task.work / task.page, exporter.render(shown, title, links, kicker, files, together))
    except Exception as error:
        return Outcome(task, one_line(error), time.monotonic() - started)
    seconds = time.monotonic() - started
    facts = {name: record[name] for name in ("figures", "data", "inputs", "hidden") if name in record}
    return Outcome(task, "", seconds, record["rows"], record["summary"], **facts)


def _execute(task: Task, executed: Path) -> "NotebookNode":
    import papermill

    executed.parent.mkdir(parents=True, exist_ok=True)
    path = notebook_path(task.root, task.notebook)
    parameters = task.parameters
    # papermill only logs an unknown parameter; the notebook would run with its default and report on another region.
    lacking = set(parameters) - set(papermill.inspect_notebook(_plain(path)))
    if lacking:
        raise ResultError(f"{path.name} has no parameter {', '.join(sorted(lacking))}")
    os.environ["EVALKIT_PROJECT"] = str(task.root)
    with TemporaryDirectory() as folder:
        notebook: NotebookNode = papermill.execute_notebook(
            _plain(_without_exploration(path, Path(folder))),
            _plain(executed),
            parameters=parameters,
            kernel_name="python3",
            kernel_manager_class=kernels.PromptManager,
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            timeout_func=_time_left(task.timeout),
            start_timeout=120,
            shutdown_kernel="immediate",
            # Suppress kernel logs, and keep the run's cells out of the user's IPython history.
            extra_arguments=["--log-level=CRITICAL", "--HistoryManager.enabled=False"],
        )
    return notebook


def _plain(path: Path) -> str:
    """A path as papermill takes it, which fills in what it finds in braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _without_exploration(path: Path, folder: Path) -> Path:
    """The notebook without the cells tagged `explore`: a copy in a folder, or the file itself if it has none."""
    import nbformat

    if f'"{exporter.EXPLORE}"' not in path.read_text(encoding="utf-8"):
        return path
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    notebook.cells = exporter.published(notebook.cells)
    nbformat.write(notebook, folder / path.name)  # type: ignore[no-untyped-call]
    return folder / path.name


def _time_left(seconds: float) -> "Callable[[NotebookNode], float]":
    """The time left for a cell, so that the limit applies to all cells together."""
    until = time.monotonic() + seconds
    return lambda cell: max(until - time.monotonic(), 0.1)


def _record(notebook: "NotebookNode") -> dict[str, Any]:
    """The notebook's rows and summary; empty for notebooks that record none."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if MEDIA_TYPE in output.get("data", {}):
                return dict(output["data"][MEDIA_TYPE])
    return {"rows": [], "summary": {}}


def _check(shown: Sequence[Piece], evaluation: Evaluation) -> None:
    """Verify that the page is about the requested region and parameters."""
    wanted = (evaluation.region, evaluation.assessment.name, evaluation.key)
    heads = [part for part in flat(shown) if isinstance(part, Head)]
    if not heads or (heads[0].region, heads[0].assessment, heads[0].parameters) != wanted:
        raise ResultError(f"the page is not marked as {wanted[1]}, {wanted[0]}")


def _title(task: Task, evaluation: Evaluation) -> str:
    title = _called(task.notebook, evaluation)
    name = evaluation.name(evaluation.region, words.language()) if evaluation.region else title
    return f"{name} · {prose.heading(evaluation)}"


def _called(notebook: str, evaluation: Evaluation) -> str:
    if notebook in vocabulary.NOTEBOOKS:
        return words.translate(vocabulary.NOTEBOOKS[notebook])
    return as_written.title(notebook_path(evaluation.root, notebook))


def _links(task: Task, evaluation: Evaluation) -> list[tuple[str, str]]:
    """Navigation: index, the other notebooks of this region, the same page in the other languages."""
    up = "" if task.region in WHOLE else "../"
    chosen = f"?{urlencode({'with': task.region})}" if up else ""  # the index marks the region among the others
    links = [(words.translate("All regions"), f"{up}index.{task.lang}.html{chosen}")]
    links += [
        (_called(name, evaluation), f"{PAGES.get(name, name)}.{task.lang}.html")
        for name in notebooks_of(evaluation, task.region)
        if name != task.notebook
    ]
    if task.region not in WHOLE and METHODS in whole(evaluation):
        links.append((words.translate(vocabulary.METHOD_CHECK), f"../method_check.{task.lang}.html"))
    return links + _twins(task, evaluation)


def _programme(task: Task) -> str:
    """Address of the programme's page, if this run makes it or an earlier one published it."""
    if task.region in WHOLE:
        return ""
    name = f"{PAGES['programme_report']}.{task.lang}.html"
    return f"../{name}" if task.with_programme or (task.published.parent / name).is_file() else ""


def _twins(task: Task, evaluation: Evaluation) -> list[tuple[str, str]]:
    """Links to the page in other languages, if this run makes them or an earlier one published them."""
    twins = [replace(task, lang=lang) for lang in evaluation.assessment.languages if lang != task.lang]
    return [
        (words.NAMES[twin.lang], twin.page)
        for twin in twins
        if twin.lang in task.languages or (twin.published / twin.page).is_file()
    ]
