"""A region's report as a workbook: the tables of its pages, its rows of results.csv, and what they rest on."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

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
NOTES, CONTENTS, RESULTS = "说明 notes", "目录 contents", "数据 results"
COUNTS = ("n_obs", "n_treated", "n_comparison", "n_pre", "n_post")


def workbook(pages: Mapping[str, Sequence[Piece]], imprints: Mapping[str, Imprint], results: pd.DataFrame) -> bytes:
    """The workbook of a region.

    Args:
        pages: the report in each language, the first one first.
        imprints: what the workbook says about itself, in the same languages.
        results: the region's rows of results.csv, as text.
    """
    made = Workbook()
    notes, contents = made.active, made.create_sheet(CONTENTS)
    assert isinstance(notes, Worksheet)
    notes.title = NOTES
    known = {lang: list(_tables(made, page, imprints[lang])) for lang, page in pages.items()}
    _results(made, results, imprints)
    _contents(contents, known, imprints)
    _notes(notes, pages, imprints)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _tables(made: Workbook, page: Sequence[Piece], imprint: Imprint) -> Iterator[tuple[str, str]]:
    """One sheet per table, one for all data of figures; yields what each holds and its name."""
    words.use(imprint.lang)
    parts = list(flat(page))
    for number, table in enumerate((one for one in parts if isinstance(one, Table)), start=1):
        caption = text_of(table.caption).replace("\n", " ")
        sheet = made.create_sheet(_name(made, f"{number} {_short(caption)}", imprint.lang))
        blocks.title(sheet, imprint.line, caption, bool(imprint.labels))
        blocks.put(sheet, blocks.block(table), writing.TITLE_ROWS)
        writing.finish(sheet, imprint.line)
        yield caption, sheet.title
    if pictures := [one for one in parts if isinstance(one, Picture)]:
        yield _figures(made, pictures, imprint)


def _figures(made: Workbook, pictures: Sequence[Picture], imprint: Imprint) -> tuple[str, str]:
    about = translate("Data of the figures")
    sheet = made.create_sheet(_name(made, about, imprint.lang))
    blocks.title(sheet, imprint.line, about, bool(imprint.labels))
    row = writing.TITLE_ROWS
    for picture in pictures:
        writing.text(writing.at(sheet, row, 1), picture.title).font = writing.BOLD
        row = blocks.put(sheet, blocks.block(picture.table), row + 1) + 1
    # Titles of figures are sentences that run across the columns; the first column shall not become as wide.
    writing.finish(sheet, imprint.line, frozen=2, widths=(24,))
    return about, sheet.title


def _short(caption: str) -> str:
    """The caption up to its first stop."""
    return re.split(r"[，。；：（,;:(]", caption)[0] or caption


def _name(made: Workbook, wanted: str, lang: str) -> str:
    """A name that Excel takes and no other sheet has."""
    name = FORBIDDEN.sub(" ", CONTROLS.sub("", wanted))[:LONGEST_NAME].strip(" '")
    taken = {one.casefold() for one in made.sheetnames}
    return name if name.casefold() not in taken else f"{name[: LONGEST_NAME - 3]} {lang}"


def _results(made: Workbook, results: pd.DataFrame, imprints: Mapping[str, Imprint]) -> None:
    """The region's rows: numbers in full, everything else as text."""
    sheet, first = made.create_sheet(RESULTS), writing.TITLE_ROWS
    _head(sheet, "results.csv", imprints)
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
    writing.finish(sheet, _line(imprints))


def _contents(
    sheet: Worksheet, known: Mapping[str, Sequence[tuple[str, str]]], imprints: Mapping[str, Imprint]
) -> None:
    """The contents of the workbook, with links; one language next to the other."""
    _head(sheet, CONTENTS, imprints)
    for column, (lang, listed) in enumerate(known.items(), start=1):
        words.use(lang)
        blocks.put(
            sheet, Block(tuple([""] * (column - 1) + [translate("Tables of the report")]), ()), writing.TITLE_ROWS
        )
        for row, (caption, name) in enumerate(listed, start=writing.TITLE_ROWS + 1):
            writing.link(writing.at(sheet, row, column), caption, name)
    below = sheet.max_row + 2
    for row, name in enumerate((NOTES, RESULTS), start=below):
        writing.link(writing.at(sheet, row, 1), name, name)
    writing.finish(sheet, _line(imprints), widths=(70, 70))


def _notes(sheet: Worksheet, pages: Mapping[str, Sequence[Piece]], imprints: Mapping[str, Imprint]) -> None:
    """What one must know to use the numbers, in each language."""
    _head(sheet, NOTES, imprints)
    row = writing.TITLE_ROWS
    for lang, page in pages.items():
        words.use(lang)
        told = tuple((Entry(about), Entry(note)) for about, note in _told(page, imprints[lang]))
        row = blocks.put(sheet, Block((translate("Notes"), imprints[lang].title), told), row) + 1
    writing.finish(sheet, _line(imprints), frozen=2, widths=(28, 110))


def _told(page: Sequence[Piece], imprint: Imprint) -> Iterator[tuple[str, str]]:
    parts = list(flat(page))
    yield translate("Region"), imprint.region
    yield translate("Stage and state"), imprint.kicker
    yield translate("Data cut-off"), imprint.cutoff
    notices = (one for one in parts if isinstance(one, Paragraph) and one.kind.startswith("notice"))
    yield from ((translate("Please note"), text_of(notice.content)) for notice in notices)
    yield (
        translate("Numbers"),
        translate(
            "Numbers are numbers, rounded and with their unit as on the page; unrounded ones stand on the sheet of "
            "results. p-values adjusted for the number of regions stand in results.csv only, as they rest on all "
            "regions."
        ),
    )
    limits = (one for one in parts if isinstance(one, Section) and one.code == "limits")
    texts = (text_of(piece) for section in limits for piece in flat(section.parts) if isinstance(piece, Html))
    yield from ((translate("Limits"), line) for text in texts for line in text.split("\n"))
    own = (one for one in parts if isinstance(one, Section) and one.code not in vocabulary.SECTIONS)
    yield from ((one.title, "\n".join(text_of(it) for it in flat(one.parts) if isinstance(it, Html))) for one in own)
    for table in (one for one in parts if isinstance(one, Table) and one.name == "definitions-table"):
        for name, *others in (row for row in table.rows if isinstance(row, tuple)):
            yield name.text, "\n".join(cell.text for cell in others)
    for part in parts:
        yield from ((text_of(term), text_of(given)) for term, given in part.entries) if isinstance(part, Facts) else ()


def _head(sheet: Worksheet, about: str, imprints: Mapping[str, Imprint]) -> None:
    blocks.title(sheet, _line(imprints), about, any(one.labels for one in imprints.values()))


def _line(imprints: Mapping[str, Imprint]) -> str:
    """The imprint for the sheets that speak all languages: every label in all of them, the rest in the first."""
    first, *others = imprints.values()
    labels = [" / ".join(said) for said in zip(first.labels, *(one.labels for one in others), strict=True)]
    return replace(first, labels=tuple(labels)).line
