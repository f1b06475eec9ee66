"""What `ingest` makes of samples by a drafted mapping: ten values to look at, and everything that it does not read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from evalkit.errors import InputError
from evalkit.files import yaml_file
from evalkit.files.yaml_file import comment
from evalkit.ingest import find_table, pipeline, read_workbook
from evalkit.ingest.mapping import Mapping as FileMapping
from evalkit.project import dataset
from evalkit.project.params import Indicator
from evalkit.scaffold import recognise
from evalkit.scaffold.draft_mapping import LISTED
from evalkit.scaffold.guess_names import FirstUnit
from evalkit.scaffold.read_samples import Samples
from evalkit.workbooks.log import Reading, Row

#: The number of values shown.
SHOWN = 10
#: The unit of an indicator without a known unit; it accepts every number unchanged.
ANY = "other"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a drafted mapping gives.

    Attributes:
        lines: values with their cell, region, period, indicator and unit, for people.
        doubts: lines of the mapping, marked `# ?`: what is not read, and what `ingest` asks or refuses.
    """

    lines: tuple[str, ...]
    doubts: tuple[str, ...]


def of(samples: Samples, text: str, units: Sequence[FirstUnit], indicators: Mapping[str, Indicator]) -> Preview:
    """Read the samples by the text of a drafted mapping.

    Args:
        samples: workbooks, with what their sheets seem to hold.
        text: the mapping as it will be written.
        units: the regions of units.csv.
        indicators: those of params/indicators.yml, perhaps without a unit yet.
    """
    try:
        mapping = mapping_of(text)
        context = pipeline.context_of(mapping, table_of(units), usable(indicators), {})
    except InputError as error:
        return Preview((), tuple(f"# ? {comment(mistake.what)}: {comment(mistake.cure)}" for mistake in error.mistakes))
    readings = [read_workbook.sheets(context, book, Reading(book.name)) for book in samples.books]
    rows = [(reading.file, row) for reading in readings for row in reading.rows]
    open_units = {name for name, indicator in indicators.items() if not indicator.unit}
    lines = [_shown(file, row, context.units, open_units) for file, row in _spread(rows)]
    return Preview((f"{len(rows)} values; for example:", *lines) if rows else (), tuple(_doubts(samples, readings)))


def mapping_of(text: str) -> FileMapping:
    """The mapping that a drafted text holds."""
    content, _ = yaml_file.parse(text, "mapping")
    return yaml_file.build({**content, "dataset": "draft"}, FileMapping, "mapping")


def table_of(units: Sequence[FirstUnit]) -> pd.DataFrame:
    """The columns of units.csv that matching names needs."""
    rows = [{"unit": unit.id, "name_zh": unit.name, "name_en": unit.other} for unit in units]
    return pd.DataFrame(rows, columns=list(dataset.UNITS), dtype=str).fillna("").set_index("unit", drop=False)


def usable(indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """Indicators that take any number where their unit is not known yet."""
    return {name: entry if entry.unit else entry.model_copy(update={"unit": ANY}) for name, entry in indicators.items()}


def _spread(rows: list[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """Some rows from the first to the last, at equal distances."""
    number = min(SHOWN, len(rows))
    return [rows[place * (len(rows) - 1) // max(1, number - 1)] for place in range(number)]


def _shown(file: str, row: Row, units: Mapping[str, str], open_units: set[str]) -> str:
    unit = "unit ?" if row.indicator in open_units else units[row.indicator]
    where = f"{row.sheet}!{row.cell}" if not file.endswith(".csv") else row.cell
    return f"  {where}: {row.unit} · {row.period} · {row.indicator} = {row.value} ({unit})"


def _doubts(samples: Samples, readings: Sequence[Reading]) -> list[str]:
    """What `ingest` refuses or does not read, each kind in one line."""
    lines: list[str] = []
    for reading in readings:
        counts = Counter((comment(mistake.what), comment(mistake.cure)) for mistake in reading.refused)
        lines += [
            f"# ? ingest refuses: {what}" + (f" ({number} times)" if number > 1 else "") + f". {cure}"
            for (what, cure), number in list(counts.items())[:LISTED]
        ]
    twice = _twice([row for reading in readings for row in reading.rows])
    if twice:
        lines.append(f"# ? ingest refuses: {len(twice)} values stand twice and differ, {comment(twice[0])} among them")
    unread = [cell for reading in readings for cell in _unread(samples, reading)]
    if unread:
        more = f" and {len(unread) - LISTED} more" if len(unread) > LISTED else ""
        lines.append(f"# ? {len(unread)} numbers are not read: {', '.join(map(comment, unread[:LISTED]))}{more}")
    return lines


def _twice(rows: Sequence[Row]) -> list[str]:
    """Values that occur in two cells and differ."""
    first: dict[tuple[str, ...], Row] = {}
    places: list[str] = []
    for row in rows:
        other = first.setdefault((row.unit, row.period, row.indicator, row.part, row.running, str(row.whole_year)), row)
        if other.value != row.value:
            places.append(f"{row.sheet}!{other.cell} and {row.cell}")
    return places


def _unread(samples: Samples, reading: Reading) -> list[str]:
    """Cells with numbers that the mapping neither reads nor explicitly leaves out."""
    places = {(row.sheet, row.cell) for rows in (reading.rows, reading.gaps, reading.adoptions) for row in rows}
    places |= {(change.sheet, change.cell) for change in reading.log}
    refused = {mistake.where for mistake in reading.refused}
    cells: list[str] = []
    for form in samples.forms:
        ignored = {find_table.name_of(heading) for heading in form.spec.get("ignore_columns", ())}
        for sampled in form.shapes if form.file == reading.file else ():
            parts = [part for shape, part in form.parts() if shape is sampled]
            heads = {row for part in parts for row in (*part.header, *part.repeated)}
            labels = {column for part in parts for column in part.columns.values()} - {
                part.columns["value"] for part in parts if "value" in part.columns
            }
            skipped = {
                number for number, column in sampled.columns.items() if find_table.name_of(column.heading) in ignored
            }
            sums = {line.row for part in parts for line in part.lines if _is_left_out(line)}
            columns_out = {heading.column for part in parts for heading in part.headings if _is_sum(heading)}
            for (row, column), cell in sampled.sheet.cells.items():
                where = (sampled.sheet.name, cell.address)
                is_value = recognise.kind(cell) in ("number", "year") and recognise.text(cell)
                if row in heads or row in sums or column in labels | skipped | columns_out or not is_value:
                    continue
                if row >= sampled.rows[0] and where not in places and reading.where(*where) not in refused:
                    cells.append(f"{sampled.sheet.name}!{cell.address}")
    return cells


def _is_left_out(line: find_table.Line) -> bool:
    labels = [recognise.text(cell) for name, cell in line.facts.items() if name in ("unit", "indicator")]
    return any(recognise.is_sum(label) for label in labels)


def _is_sum(heading: find_table.Heading) -> bool:
    return any(recognise.is_sum(recognise.text(cell)) for cell in heading.levels)
