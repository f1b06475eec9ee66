"""A region's report as a workbook: the tables of its pages, its rows of results.csv, and what they rest on."""

import io
import re
from collections.abc import Iterator, Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.analysis.results import NUMERIC
from evalkit.publishing.downloads import blocks
from evalkit.publishing.downloads.blocks import Block, Entry
from evalkit.publishing.downloads.imprint import Imprint
from evalkit.reporting.elements.parts import Facts, Paragraph, Piece, Section, flat
from evalkit.reporting.elements.table import Picture, Table
from evalkit.reporting.language import vocabulary, words
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html, translate
from evalkit.workbooks import writing
from evalkit.workbooks.spreadsheet_text import CONTROLS

LONGEST_NAME = 31  # of a sheet, set by Excel
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
STOPS = re.compile(r"[，。；：（,;:(]|\s[–—]\s")
OPEN = {"《": "》", "“": "”", "「": "」"}  # what a name is not cut inside of
SMALL_WORDS = re.compile(r"(?:\s(?:a|an|and|as|at|by|for|from|in|its|of|on|or|the|their|to|with))+$")
SHORTEST = 2  # characters that say something
COUNTS = ("n_obs", "n_treated", "n_comparison", "n_pre", "n_post")


def workbook(page: Sequence[Piece], imprint: Imprint, results: pd.DataFrame) -> bytes:
    """The workbook of a region in one language.

    Args:
        page: the parts of the finished report, with the numbers of its tables.
        imprint: what the workbook says about itself.
        results: the region's rows of results.csv, as text.
    """
    words.use(imprint.lang)
    made = Workbook()
    notes, contents = made.active, made.create_sheet(translate("Contents"))
    assert isinstance(notes, Worksheet)
    notes.title = translate("Notes")
    tables = list(_tables(made, page, imprint))
    tables.append(_results(made, results, imprint))
    _contents(contents, [(notes.title, notes.title), *tables], imprint)
    _notes(notes, page, imprint)
    properties = made.properties
    properties.title, properties.subject, properties.language = imprint.full_title, imprint.line, imprint.lang
    properties.creator = imprint.evaluator or "evalkit"
    return _saved(made)


def only_tables(tables: Sequence[Table], imprint: Imprint) -> bytes:
    """A workbook of some tables, each on a sheet of its own."""
    made = Workbook()
    blank = made.active
    assert blank is not None
    sheets = list(_tables(made, tables, imprint))
    made.remove(blank)
    assert sheets, "a workbook needs a sheet"
    return _saved(made)


def _saved(made: Workbook) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _tables(made: Workbook, page: Sequence[Piece], imprint: Imprint) -> Iterator[tuple[str, str]]:
    """One sheet per table, one for all data of figures; yields what each holds and its name."""
    parts = list(flat(page))
    for table in (part for part in parts if isinstance(part, Table)):
        caption = f"{table.number} {text_of(table.caption)}".strip().replace("\n", " ")
        sheet = made.create_sheet(_name(made, table.number, text_of(table.caption) or table.name))
        blocks.title(sheet, imprint.line, caption, bool(imprint.labels))
        blocks.put(sheet, blocks.block(table), writing.TITLE_ROWS)
        writing.finish(sheet, imprint.line)
        yield caption, sheet.title
    if pictures := [part for part in parts if isinstance(part, Picture)]:
        yield _figures(made, pictures, imprint)


def _figures(made: Workbook, pictures: Sequence[Picture], imprint: Imprint) -> tuple[str, str]:
    caption = translate("Data of the figures")
    sheet = made.create_sheet(_name(made, "", caption))
    blocks.title(sheet, imprint.line, caption, bool(imprint.labels))
    row = writing.TITLE_ROWS
    for picture in pictures:
        writing.text(
            writing.at(sheet, row, 1), " ".join(filter(None, (picture.number, picture.title)))
        ).font = writing.BOLD
        row = blocks.put(sheet, blocks.block(picture.table), row + 1) + 1
    # Titles of figures are sentences that run across the columns; the first column shall not become as wide.
    writing.finish(sheet, imprint.line, frozen=2, widths=(24,))
    return caption, sheet.title


def _name(made: Workbook, number: str, caption: str) -> str:
    """A name that Excel takes and no other sheet has: the table's number, and as much of its caption as fits."""
    clean = FORBIDDEN.sub(" ", CONTROLS.sub("", " ".join(caption.split())))
    taken = {title.casefold() for title in made.sheetnames}
    for n in range(1, len(taken) + 2):
        end = "" if n == 1 else f" {n}"
        room = LONGEST_NAME - len(number) - 1 - len(end)
        name = f"{number} {_short(clean, room)}{end}".strip(" '")
        if name.casefold() not in taken:
            return name
    raise AssertionError("every name is taken")


def _short(caption: str, room: int) -> str:
    """The caption up to its first stop, and never cut inside a word, a title or a quotation."""
    short = _closed(STOPS.split(caption)[0])
    if len(short) < SHORTEST:  # it begins with a title or a quotation
        short = caption
    if len(short) > room:
        cut = short[: room + 1]
        short = _closed(cut.rpartition(" ")[0] or cut[:room]).rstrip("（(")
    return SMALL_WORDS.sub("", short)[:room]


def _closed(text: str) -> str:
    """A text without what it opens and does not close."""
    for opened, closed in OPEN.items():
        if text.count(opened) > text.count(closed):
            text = text.rpartition(opened)[0] or text.replace(opened, "")
    return text


def _results(made: Workbook, results: pd.DataFrame, imprint: Imprint) -> tuple[str, str]:
    """The region's rows: numbers in full, everything else as text."""
    sheet, first = made.create_sheet(translate("Results")), writing.TITLE_ROWS
    blocks.title(sheet, imprint.line, "results.csv", bool(imprint.labels))
    # q-values rest on all regions of the assessment: one region's workbook would be out of date with any of them.
    shown = results.drop(columns="q_value")
    names = [str(name) for name in shown.columns]
    blocks.put(sheet, Block(tuple(names), ()), first)
    for row, values in enumerate(shown.itertuples(index=False), start=first + 1):
        for column, (name, value) in enumerate(zip(names, values, strict=True), start=1):
            if value and name in (*NUMERIC, *COUNTS):
                sheet.cell(row, column, int(float(value)) if name in COUNTS else float(value))
            elif value:
                writing.text(writing.at(sheet, row, column), str(value))
    sheet.auto_filter.ref = f"A{first}:{sheet.cell(first + len(shown), len(names)).coordinate}"
    writing.finish(sheet, imprint.line)
    return translate("All figures, targets and estimates as in results.csv"), sheet.title


def _contents(sheet: Worksheet, entries: Sequence[tuple[str, str]], imprint: Imprint) -> None:
    """The contents of the workbook, with links."""
    blocks.title(sheet, imprint.line, imprint.full_title, bool(imprint.labels))
    blocks.put(sheet, Block((translate("Tables of the report"),), ()), writing.TITLE_ROWS)
    for row, (caption, name) in enumerate(entries, start=writing.TITLE_ROWS + 1):
        writing.link(writing.at(sheet, row, 1), caption, name)
    writing.finish(sheet, imprint.line, widths=(90,))


def _notes(sheet: Worksheet, page: Sequence[Piece], imprint: Imprint) -> None:
    """What one must know to use the numbers."""
    blocks.title(sheet, imprint.line, imprint.full_title, bool(imprint.labels))
    entries = tuple((Entry(label), Entry(note)) for label, note in _note_entries(page, imprint))
    blocks.put(sheet, Block((translate("Notes"), imprint.title), entries), writing.TITLE_ROWS)
    writing.finish(sheet, imprint.line, frozen=2, widths=(28, 110))


def _note_entries(page: Sequence[Piece], imprint: Imprint) -> Iterator[tuple[str, str]]:
    parts = list(flat(page))
    yield translate("Region"), imprint.region
    yield translate("Stage and state"), imprint.kicker
    yield translate("Data cut-off"), imprint.cutoff
    notices = (part for part in parts if isinstance(part, Paragraph) and part.kind.startswith("notice"))
    yield from ((translate("Please note"), text_of(notice.content)) for notice in notices)
    yield (
        translate("Numbers"),
        translate(
            "Cells with one number are numbers, rounded and with their unit as on the page; unrounded ones stand on "
            "the sheet of results. Figures that a source gives in words, or only as a bound, are texts. p-values "
            "adjusted for the number of regions stand in results.csv only, as they rest on all regions."
        ),
    )
    limits = (part for part in parts if isinstance(part, Section) and part.code == "limits")
    texts = (text_of(piece) for section in limits for piece in flat(section.parts) if isinstance(piece, Html))
    yield from ((translate("Limits"), line) for text in texts for line in text.split("\n"))
    for section in (part for part in parts if isinstance(part, Section) and part.code not in vocabulary.SECTIONS):
        yield section.title, "\n".join(text_of(piece) for piece in flat(section.parts) if isinstance(piece, Html))
    for table in (part for part in parts if isinstance(part, Table) and part.name == "definitions-table"):
        for name, *others in (row for row in table.rows if isinstance(row, tuple)):
            yield name.text, "\n".join(cell.text for cell in others)
    for part in parts:
        yield from ((text_of(term), text_of(given)) for term, given in part.entries) if isinstance(part, Facts) else ()
