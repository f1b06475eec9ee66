"""`evalkit ingest` and `template`: read workbooks, draft a mapping, send collection workbooks, list returned ones."""

import datetime as dt
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalkit import terminal
from evalkit.errors import InputError
from evalkit.localized import localized
from evalkit.project.evaluation import load, locate
from evalkit.terminal import console, errors

WIDEST_TABLE = 200


def draft(files: list[Path], project: Path | None) -> None:
    """`evalkit ingest --draft`: print a first mapping for sample workbooks."""
    from evalkit.scaffold import draft_mapping

    print(draft_mapping.draft(files, locate(project)), end="")


def ingest(name: str, dry_run: bool, jobs: int | None, project: Path | None) -> None:
    """`evalkit ingest MAPPING`: read workbooks into the panel.

    Raises:
        InputError: for all mistakes in the mapping and the workbooks; nothing is written.
    """
    from evalkit.ingest import mapping as mappings
    from evalkit.ingest import pipeline as ingesting

    root = locate(project)
    mapping = mappings.read(root, name)
    with terminal.progress() as progress:
        bar = progress.add_task(name, total=None)
        ingested = ingesting.ingest(
            root,
            mapping,
            ingesting.files(root, mapping),
            lambda done, total: progress.update(bar, completed=done, total=total),
            jobs,
        )
    for question in ingested.questions:
        console.print(f"question: {question}")
    if ingested.refused:
        errors.print(f"{name}: nothing was written, data/{mapping.dataset}/panel.csv is unchanged.")
        raise InputError(ingested.refused)
    console.print(ingesting.summary(ingested))
    if dry_run:
        console.print("Nothing written: --dry-run.")
        return
    written = ingesting.write(root, mapping, ingested)
    console.print(f"Written: {written.relative_to(root).as_posix()}")


def collection(assessment: str, project: Path | None) -> None:
    """`evalkit ingest --status`: who returned the collection workbook, who is late, what is incomplete."""
    from evalkit.collection import outstanding
    from evalkit.collection import status as returns

    evaluation = load(assessment, project=project)
    with terminal.progress() as progress:
        bar = progress.add_task("data/raw", total=None)
        collected = returns.status(
            evaluation, dt.date.today(), lambda done, total: progress.update(bar, completed=done, total=total)
        )
    path = outstanding.write(evaluation, collected)
    table = Table(box=None, pad_edge=False)
    for heading in ("Region", "State", "Returned", "Full", "Part", "Empty", "Open", "Late", "Questions"):
        table.add_column(localized(heading), no_wrap=True)
    for returned in collected.returns:
        region, _, _, _, *rest = outstanding.cells(evaluation, returned)
        table.add_row(*(Text(str(cell)) for cell in (region, localized(returned.state), *rest)))
    Console(highlight=False, width=WIDEST_TABLE).print(table)  # a narrow terminal wraps lines instead of cutting cells
    for returned in collected.others:
        for question in returned.questions:
            console.print(f"{question.where}: {question.what}")
    waiting = sum(not returned.file for returned in collected.returns)
    console.print(
        f"{assessment}: {waiting} of {len(collected.returns)} regions returned nothing. Open {evaluation.show(path)}"
    )


def template(assessment: str, units: list[str], out: Path | None, project: Path | None) -> None:
    """Write one collection workbook per region."""
    from evalkit.collection import blank_forms

    made = blank_forms.write(load(assessment, project=project), units, out)
    console.print(f"{assessment}: {len(made)} collection workbooks in {made[0].parent}")
