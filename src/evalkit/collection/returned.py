"""Reads returned collection workbooks: recognised by their marker, read cell by cell without a mapping."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from evalkit.collection import form as forms
from evalkit.collection.entries import Reader, text
from evalkit.collection.form import Form, Layout, Line, Part
from evalkit.errors import InputError, Mistake
from evalkit.panel import observations
from evalkit.workbooks.cells import Sheet, Workbook, address, place
from evalkit.workbooks.log import LOG, Gap

PROGRESS = ("unit", "indicator", "asked", "missing")
FRESH = "Copy the figures into a fresh workbook from `evalkit template`, and leave its rows, columns and headings."


@dataclass(frozen=True, slots=True, eq=False)
class Returned:
    """The content of a returned workbook.

    Attributes:
        layout: its unit and assessment, and the cells it requests.
        rows: panel rows, one for every value.
        places: sheet and cell of every row's value, in the same order.
        gaps: values that the sender marked as missing or not applicable, each with its cell.
        log: every normalised cell (file, sheet, cell, before, after, rule).
        questions: points to check; the values are accepted.
        refused: mistakes that only the sender can correct; these cells give no row.
        progress: per unit and indicator, number of cells requested, and of cells neither filled in nor explained.
    """

    layout: Layout
    rows: pd.DataFrame
    places: pd.DataFrame
    gaps: pd.DataFrame
    log: pd.DataFrame
    questions: tuple[Mistake, ...]
    refused: tuple[Mistake, ...]
    progress: pd.DataFrame


def is_template(workbook: Workbook) -> bool:
    """Whether a workbook was made by `evalkit template`, even if its marker was removed."""
    return bool(_markers(workbook)) or any(map(_is_form, workbook.sheets))


@dataclass(frozen=True, slots=True)
class Marker:
    """A workbook's marker: its unit, assessment and dataset, and the fingerprint of its layout."""

    unit: str
    assessment: str
    dataset: str
    layout: str


def marker(workbook: Workbook) -> Marker:
    """The marker of a workbook.

    Raises:
        InputError: with one mistake, if it is missing, duplicated or of another version.
    """
    marked = _markers(workbook)
    if len(marked) != 1:
        what = "is a collection workbook whose marker was removed" if not marked else "has two markers"
        raise InputError([Mistake(workbook.name, what, FRESH)])
    version, *told_by = marked[0]
    if version != str(forms.VERSION):
        what = f"is a collection workbook of version {version}; this evalkit reads version {forms.VERSION}"
        raise InputError([Mistake(workbook.name, what, FRESH)])
    return Marker(*told_by)


def layout(workbook: Workbook) -> Layout:
    """The layout of a workbook, verified against the fingerprint in its marker.

    Raises:
        InputError: with one mistake, if the marker is missing or the layout was changed.
    """
    read_marker = marker(workbook)
    sheets = tuple(_form(sheet) for sheet in workbook.sheets if _is_form(sheet))
    read_layout = Layout(read_marker.unit, read_marker.assessment, read_marker.dataset, sheets)
    if read_layout.fingerprint != read_marker.layout:
        what = "rows, columns, headings or sheets differ from the workbook that was sent out"
        raise InputError([Mistake(workbook.name, what, FRESH)])
    return read_layout


def read_template(workbook: Workbook) -> Returned:
    """Read a returned workbook: panel rows, log of normalised cells, and questions.

    Raises:
        InputError: if the layout was changed.
    """
    read_layout = layout(workbook)
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    reading = _Reading(workbook.name, read_layout)
    for form in read_layout.forms:
        reading.sheet(sheets[form.sheet], form)
    for sheet in workbook.sheets:
        reading.strangers(sheet)
    return reading.returned()


@dataclass(slots=True)
class _Reading:
    """Accumulates the results from the sheets of one workbook."""

    file: str
    layout: Layout
    rows: list[dict[str, object]] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    gaps: list[tuple[str, ...]] = field(default_factory=list)
    log: list[tuple[str, ...]] = field(default_factory=list)
    questions: list[Mistake] = field(default_factory=list)
    refused: list[Mistake] = field(default_factory=list)
    progress: list[tuple[str, str, int, int]] = field(default_factory=list)

    def returned(self) -> Returned:
        rows = pd.DataFrame(self.rows, columns=list(observations.COLUMNS))
        rows = rows.astype(dict.fromkeys(forms.NUMBERS, float))
        gaps, log = pd.DataFrame(self.gaps, columns=list(Gap._fields)), pd.DataFrame(self.log, columns=list(LOG))
        places = pd.DataFrame(self.places, columns=["sheet", "cell"])
        progress = pd.DataFrame(self.progress, columns=list(PROGRESS))
        return Returned(self.layout, rows, places, gaps, log, tuple(self.questions), tuple(self.refused), progress)

    def sheet(self, sheet: Sheet, form: Form) -> None:
        reader = Reader(self.file, sheet, self.log, self.refused)
        columns = list(enumerate(form.periods, start=forms.FIRST_PERIOD))
        released = [reader.date(forms.RELEASED, column) for column, _ in columns]
        for first, lines in form.blocks():
            missing, indicator = 0, lines[0].indicator
            unit = lines[0].unit(self.layout.unit)
            for (column, period), date in zip(columns, released, strict=True):
                said = reader.figures(first, lines, column)
                missing += said.open
                if said.row:
                    key = {"unit": unit, "period": period, "indicator": indicator, "released": date, "source": ""}
                    self.rows.append(key | said.row)
                    self.places.append((sheet.name, address(first, column)))
                if said.reason:
                    place = (sheet.name, address(first, column))
                    self.gaps.append((unit, period, indicator, said.reason, said.mark, *place))
            numbers = sum(line.part in forms.NUMBERS for line in lines)
            self.progress.append((unit, indicator, numbers * len(columns), missing))

    def strangers(self, sheet: Sheet) -> None:
        """Add one question per sheet about cells outside the form, which are never read."""
        form = next((form for form in self.layout.forms if form.sheet == sheet.name), None)
        if form is None:
            outside = [] if sheet.name == forms.NOTES else list(sheet.cells.values())
        else:
            last_row = forms.FIRST_LINE + len(form.lines) - 1
            last_column = forms.FIRST_PERIOD + len(form.periods) - 1
            outside = [cell for cell in sheet.cells.values() if cell.row > last_row or cell.column > last_column]
        if outside:
            first = min(outside, key=lambda cell: (cell.row, cell.column))
            what = f"{len(outside)} cells are outside the form and were not read"
            cure = "Move figures into the form's own cells, remarks into its row 备注 Note."
            self.questions.append(Mistake(place(self.file, sheet.name, first.address), what, cure))


def _markers(workbook: Workbook) -> list[tuple[str, ...]]:
    texts = (text(cell) for sheet in workbook.sheets if not _is_form(sheet) for cell in sheet.cells.values())
    return [match.groups() for written in texts if (match := forms.MARKER.search(" ".join(written.split())))]


def _is_form(sheet: Sheet) -> bool:
    """Whether most of a form's headings are present: a form with moved headings must not be read as a free table."""
    right = [text(sheet.cells.get((forms.HEADING, column))) == heading for column, heading in forms.HEADINGS.items()]
    near = {text(cell) for cell in sheet.cells.values() if cell.row <= forms.FIRST_LINE}
    return sum(right) >= 3 or len(near & set(forms.HEADINGS.values())) >= 3


def _form(sheet: Sheet) -> Form:
    """The form as found in the sheet."""
    return Form(sheet.name, tuple(_periods(sheet)), tuple(_lines(sheet)))


def _periods(sheet: Sheet) -> Iterator[str]:
    column = forms.FIRST_PERIOD
    while period := text(sheet.cells.get((forms.PERIODS, column))):
        yield period
        column += 1


def _lines(sheet: Sheet) -> Iterator[Line]:
    named: dict[str, Part] = {words: part for part, words in forms.PARTS.items()}
    row = forms.FIRST_LINE
    while code := text(sheet.cells.get((row, forms.CODE))):
        part = named.get(text(sheet.cells.get((row, forms.PART))))
        if part is None:  # a label was changed, so the fingerprint will not match
            return
        yield Line(code, part, text(sheet.cells.get((row, forms.RULE))))
        row += 1
