"""Sample workbooks into recognised tables: what `evalkit new --from` and `evalkit ingest --draft` begin with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalkit.ingest import own_words
from evalkit.scaffold import choose_layout, collect_names, recognise
from evalkit.scaffold.choose_layout import Form
from evalkit.scaffold.collect_names import Collected
from evalkit.scaffold.recognise import Shape
from evalkit.workbooks import cell_text, personal_data, reading
from evalkit.workbooks.cells import Workbook


@dataclass(slots=True)
class Samples:
    """What sample workbooks seem to hold.

    Attributes:
        facts_only: sheets with facts about regions and no values over time.
        unread: names of sheets without a table.
        remarks: titles and notes, which no value comes from.
    """

    books: list[Workbook]
    forms: list[Form]
    facts_only: list[Shape]
    names: Collected
    unread: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(paths: Sequence[Path], root: Path) -> Samples:
    """What the sheets of these workbooks seem to hold; the project's own words count.

    Raises:
        InputError: a file cannot be read, or holds personal data.
    """
    own_words.use(root)
    books = [reading.read_guarded(path, path.name) for path in paths]
    for book in books:
        personal_data.refuse(book)
    return recognised(books)


def recognised(books: Sequence[Workbook]) -> Samples:
    """The same of workbooks that have been read."""
    shapes: list[Shape] = []
    without: list[str] = []
    for book in books:
        for sheet in book.sheets:
            if sheet.cells:
                shape = recognise.shape(book.name, sheet)
                shapes.extend([shape] if shape else [])
                without.extend([] if shape else [sheet.name])
    forms, facts_only = choose_layout.forms(shapes, _regions(shapes))
    used = [shape for form in forms for shape in form.shapes] + facts_only
    without += [shape.sheet.name for shape in shapes if shape not in used]
    samples = Samples(list(books), forms, facts_only, collect_names.collect(forms, facts_only), without)
    samples.remarks = list(dict.fromkeys(_remarks(forms)))
    return samples


def _regions(shapes: Sequence[Shape]) -> set[str]:
    """Keys of all names in columns of regions."""
    columns = [column for shape in shapes if (column := shape.of("unit"))]
    return {cell_text.key(recognise.text(cell)) for column in columns for cell in column.cells}


def _remarks(forms: Sequence[Form]) -> list[str]:
    """Titles and notes, and rows that hold a text and no value."""
    remarks: list[str] = []
    for form in forms:
        values = form.spec["layout"] != "adoption"  # a region that never started has no date
        for _, part in form.parts():
            remarks += [*part.titles, *part.notes]
            at = {heading.column for heading in part.headings} | {part.columns.get("value", 0)}
            for line in part.lines if values else []:
                if not at & line.cells.keys():
                    remarks += [recognise.text(cell) for cell in line.cells.values()]
    return remarks
