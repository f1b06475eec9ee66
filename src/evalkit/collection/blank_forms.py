"""The collection workbooks to send out, one per region: Chinese first, checked while being filled in, printable."""

from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.collection import data_sheet, notes_sheet, requested
from evalkit.collection import form as forms
from evalkit.collection.form import Layout
from evalkit.files import atomic
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import is_file_name

LONGEST_NAME = 60  # of a file in bytes, so that no system cuts it


def write(evaluation: Evaluation, units: Iterable[str] = (), folder: Path | None = None) -> list[Path]:
    """Write the workbooks of the assessment's regions, or of the named units, each as a whole file or not at all.

    Args:
        evaluation: the assessment.
        units: units of units.csv; none stands for the assessment's regions.
        folder: where to; reports/<assessment>/templates where left out.

    Raises:
        InputError: where a unit is unknown, or no date says up to when figures are wanted.
    """
    folder = folder or evaluation.reports / "templates"
    planned = requested.layouts(evaluation, units)
    statuses = requested.statuses(evaluation)
    made = [folder / file_name(evaluation, unit) for unit in planned]
    for path, layout in zip(made, planned.values(), strict=True):
        save(workbook(evaluation, layout, statuses), path)
    return made


def workbook(evaluation: Evaluation, layout: Layout, statuses: tuple[str, ...]) -> Workbook:
    """One region's workbook: notes first, then a sheet per frequency, and one for its member institutions."""
    made = Workbook()
    notes = made.active
    assert isinstance(notes, Worksheet)
    notes.title = forms.NOTES
    notes_sheet.fill(notes, evaluation, layout)
    for form in layout.forms:
        data_sheet.fill(made.create_sheet(form.sheet), evaluation, layout.unit, form, statuses)
    made.security = WorkbookProtection(lockStructure=True)
    return made


def file_name(evaluation: Evaluation, unit: str) -> str:
    """The unit's code and its name, as far as that can stand in a file's name."""
    name = f"{unit}_{evaluation.name(unit, 'zh')}"
    fits = evaluation.name(unit, "zh") != unit and is_file_name(name) and len(name.encode()) <= LONGEST_NAME
    return f"{name if fits else unit}.xlsx"


def save(made: Workbook, path: Path) -> None:
    """Write a workbook whole or not at all."""
    with atomic.replacing(path) as new:
        made.save(new)
