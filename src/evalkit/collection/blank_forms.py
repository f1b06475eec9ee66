"""The collection workbooks to send out, one per region: bilingual, with input validation, printable."""

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

LONGEST_NAME = 60  # bytes of a file name, so that no system truncates it


def write(evaluation: Evaluation, units: Iterable[str] = (), folder: Path | None = None) -> list[Path]:
    """Write the workbooks of the assessment's regions, or of the named units, each atomically.

    Args:
        units: units in units.csv; the assessment's regions if empty.
        folder: output folder; reports/<assessment>/templates by default.

    Returns:
        The paths of the files written.

    Raises:
        InputError: if a unit is unknown, or if no date limits the periods to collect.
    """
    folder = folder or evaluation.reports / "templates"
    planned = requested.layouts(evaluation, units)
    statuses = requested.statuses(evaluation)
    made = [folder / file_name(evaluation, unit) for unit in planned]
    for path, layout in zip(made, planned.values(), strict=True):
        save(workbook(evaluation, layout, statuses), path)
    return made


def workbook(evaluation: Evaluation, layout: Layout, statuses: tuple[str, ...]) -> Workbook:
    """One region's workbook: notes, then a sheet per frequency, and one for its member institutions."""
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
    """The unit's code and, if valid and short enough, its Chinese name, as a file name."""
    name = f"{unit}_{evaluation.name(unit, 'zh')}"
    fits = evaluation.name(unit, "zh") != unit and is_file_name(name) and len(name.encode()) <= LONGEST_NAME
    return f"{name if fits else unit}.xlsx"


def save(made: Workbook, path: Path) -> None:
    """Write a workbook atomically."""
    with atomic.replacing(path) as new:
        made.save(new)
