"""Read a file into a `Reading`: a collection workbook, or sheets read by the tables of a mapping."""

import pickle
from collections.abc import Hashable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

import pandas as pd

from evalkit.collection import returned
from evalkit.errors import InputError
from evalkit.ingest import read_sheet
from evalkit.ingest.aliases import PARTS
from evalkit.ingest.layouts import Table
from evalkit.ingest.mapping import Answer
from evalkit.ingest.sheet_facts import Context, edition
from evalkit.project.params import RAW
from evalkit.workbooks import cell_text, lexicon, personal_data
from evalkit.workbooks import reading as workbook
from evalkit.workbooks.cells import Sheet, Workbook, address
from evalkit.workbooks.log import Change, Gap, Reading, Row


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read: its path, its name below the project folder, the pickled `Context`.

    `only_returned`: the mapping does not name it; it is read if it is a collection workbook.
    """

    path: Path
    shown: str
    context: bytes
    only_returned: bool = False


def read(task: Task) -> Reading:
    """Read a file; mistakes in its content are collected in the reading, never raised."""
    context = _context(task.context)
    try:
        book = workbook.read(task.path, task.shown)
    except InputError as error:
        mistakes = list(error.mistakes)
        return Reading(task.shown, questions=mistakes) if task.only_returned else Reading(task.shown, refused=mistakes)
    if task.only_returned and not returned.is_template(book):
        return Reading(task.shown)
    reading = Reading(task.shown, book.checksum, book.kind, book.encoding)
    for note in book.notes:
        reading.ask("", "", note, "Ask for it as .xlsx where that matters.")
    for name, cell, seen in book.doubts:
        reading.ask(name, cell, f"another reader finds {seen} here", "Open it and compare what was read.")
    try:
        personal_data.refuse(book)
    except InputError as error:
        reading.refused += error.mistakes
        return reading
    if returned.is_template(book):
        return _returned(context, book, reading)
    return sheets(context, book, reading)


def sheets(context: Context, book: Workbook, reading: Reading) -> Reading:
    """What the sheets of a workbook give by the tables of the mapping, added to a reading."""
    answers = _answers(context, reading.file)
    for sheet in book.sheets:
        _sheet(context, reading, book, sheet, answers)
    read_sheet.ask_together(reading)
    return reading


@lru_cache(maxsize=1)
def _context(pickled: bytes) -> Context:
    context: Context = pickle.loads(pickled)
    lexicon.use(context.words)
    return context


def _answers(context: Context, shown: str) -> dict[str, dict[str, Answer]]:
    """The answers for one file, by sheet and cell; a file may be named with or without its folders."""
    by_sheet: dict[str, dict[str, Answer]] = {}
    for answer in context.mapping.answers:
        if answer_is_for(answer, shown):
            by_sheet.setdefault(answer.sheet, {})[answer.cell] = answer
    return by_sheet


def answer_is_for(answer: Answer, shown: str) -> bool:
    """Whether an answer is for a file; it may be named with or without its folders."""
    return shown in (answer.file, f"{RAW}/{answer.file}") or shown.endswith(f"/{answer.file}")


def _sheet(
    context: Context, reading: Reading, book: Workbook, sheet: Sheet, answers: dict[str, dict[str, Answer]]
) -> None:
    ignored = any(fnmatchcase(sheet.name, pattern) for pattern in context.mapping.ignore_sheets)
    hidden = ", ".join(_hidden_parts(sheet))
    if sheet.cells and hidden:
        reading.hidden.append(f"{sheet.name}: {hidden}")
    if not sheet.cells or ignored:
        return
    _ask_about_hidden(context, reading, sheet, hidden)
    if sheet.hidden and context.mapping.hidden == "skip":
        return
    table = _table(context, reading.file, sheet)
    if table is None:
        patterns = "; ".join(", ".join(table.sheets) for table in context.mapping.tables) or "none"
        cure = f"Add it to a table or to `ignore_sheets` in the mapping. Known: {patterns}."
        reading.refuse(sheet.name, "", "no table of the mapping is for this sheet", cure)
        return
    read_sheet.SheetReader(context, reading, sheet, table, answers.get(sheet.name, {})).read(book.date_1904)


def _table(context: Context, shown: str, sheet: Sheet) -> Table | None:
    below, name = shown.removeprefix(f"{RAW}/"), shown.rpartition("/")[2]
    for table in context.mapping.tables:
        fits = any(fnmatchcase(below, pattern) or fnmatchcase(name, pattern) for pattern in table.files)
        if fits and any(fnmatchcase(sheet.name, pattern) for pattern in table.sheets):
            return table
    return None


def _hidden_parts(sheet: Sheet) -> list[str]:
    """The rows and columns of a sheet that are hidden, or the sheet itself."""
    columns = [address(1, column)[:-1] for column in sorted(sheet.hidden_columns)]
    hidden = [f"rows {_shortened(sorted(sheet.hidden_rows))}"] if sheet.hidden_rows else []
    hidden += [f"columns {_shortened(columns)}"] if columns else []
    return hidden + (["the whole sheet"] if sheet.hidden else [])


def _ask_about_hidden(context: Context, reading: Reading, sheet: Sheet, hidden: str) -> None:
    """Ask whether hidden parts count and what comments say; name what was read."""
    if hidden:
        done = "read like the others" if context.mapping.hidden == "read" else "not read"
        cure = "Ask whether it is meant to count; `hidden: skip` or `read` in the mapping decides."
        reading.ask(sheet.name, "", f"hidden: {hidden}; {done}", cure)
    if sheet.comments and context.mapping.comments == "count":
        cells = _shortened([address(*at) for at in sheet.comments])
        what = f"{len(sheet.comments)} comments on cells ({cells}) are not read"
        reading.ask(sheet.name, "", what, "Read them; `comments: note` in the mapping makes them notes of the panel.")


def _shortened(names: list[str] | list[int]) -> str:
    return ", ".join(map(str, names[:10])) + (", …" if len(names) > 10 else "")


def _returned(context: Context, book: Workbook, reading: Reading) -> Reading:
    """Read a collection workbook, which needs no mapping."""
    try:
        template = returned.read_template(book)
    except InputError as error:
        reading.refused += error.mistakes
        return reading
    if template.layout.dataset != context.mapping.dataset:
        what = f"was made for dataset {template.layout.dataset}, not for {context.mapping.dataset}"
        reading.refuse("", "", what, "Move it to the folder of its own dataset.")
        return reading
    reading.refused += template.refused
    reading.questions += template.questions
    reading.log += [Change(*line[1:]) for line in template.log.itertuples(index=False)]
    reading.gaps += [Gap(*line) for line in template.gaps.itertuples(index=False)]
    places = template.places.itertuples(index=False)
    for values, (sheet, cell) in zip(template.rows.to_dict("records"), places, strict=True):
        _returned_row(reading, sheet, cell, values, edition(context.mapping, f"{reading.file} collection", sheet))
    return reading


def _returned_row(reading: Reading, sheet: str, cell: str, values: dict[Hashable, object], place: int) -> None:
    unit, period, indicator = (str(values[name]) for name in ("unit", "period", "indicator"))
    for part in PARTS:
        number = values[part]
        if isinstance(number, float) and not pd.isna(number):
            value = cell_text.plain(cell_text.exact(number))
            rest = (str(values["status"]), str(values["note"]), "", "", place, "", False, sheet, cell)
            reading.rows.append(Row(unit, period, indicator, part, value, *rest, released=str(values["released"])))
