"""Tables and sections out of a notebook: into LaTeX, Word or Excel, by the ending of the file's name."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from evalkit.errors import InputError, Mistake, nearest
from evalkit.files.atomic import write_bytes
from evalkit.publishing import preflight
from evalkit.publishing.downloads.imprint import Imprint
from evalkit.reporting.elements.parts import Piece, Section, filled_parts, flat
from evalkit.reporting.elements.table import Cell, Column, Picture, Table
from evalkit.reporting.language import vocabulary
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html, language, translate

__all__ = ["export"]

FULL = 15  # decimals of a number that is not rounded


def export(shown: object, path: Path | str, caption: str = "") -> Path:
    """Write what a notebook shows into a file: `.tex`, `.docx` or `.xlsx`.

    LaTeX and Excel take the tables (of a figure its data), Word also the text and the figures. Texts never become
    formulas or commands. In LaTeX a unit that all numbers of a column share is part of its heading; the tables need
    the package booktabs and, for Chinese, XeLaTeX or LuaLaTeX.

    Args:
        shown: a table, a section or another part of a report, a DataFrame, or several of them.
        path: where to write; an earlier file of this name is replaced.
        caption: of a table in place of its own, or of a DataFrame, which has none.

    Returns:
        The path of the file.

    Raises:
        InputError: for another ending, or where there is nothing to write.

    Examples:
        >>> ek.export(ek.tables.effects(report.findings), "effects.tex").name
        'effects.tex'
        >>> ek.export(report.section("goals"), "goals.docx").name
        'goals.docx'
        >>> ek.export(report.results, "results.xlsx", caption="Every number of the report").name
        'results.xlsx'
    """
    target = Path(path)
    write = WRITERS.get(target.suffix.lower())
    if write is None:
        cure = nearest(target.suffix, WRITERS)
        raise InputError([Mistake(str(path), f"cannot write files that end in {target.suffix!r}", cure)])
    given = shown if isinstance(shown, list | tuple) else [shown]
    parts = tuple(filled_parts(_table(part) if isinstance(part, pd.DataFrame) else part for part in given))
    if caption:
        parts = tuple(replace(part, caption=caption) if isinstance(part, Table) else part for part in parts)
    tables = list(_tables(parts))
    if not parts or (not tables and write is not _word):
        raise InputError([Mistake("ek.export", "there is no table in it", "Write to a .docx file, or give a table.")])
    write_bytes(target, write(parts, tables, _imprint(parts, tables, target.stem)))
    return target


def _tables(parts: Iterable[Piece]) -> Iterator[Table]:
    """All tables, and the data of figures under the title of the figure."""
    for part in flat(parts):
        if isinstance(part, Table):
            yield part
        elif isinstance(part, Picture):
            yield replace(part.table, caption=part.title, simulated=part.simulated)


def _table(frame: pd.DataFrame) -> Table:
    """A DataFrame as a table; an index with names is its first columns."""
    plain = frame.reset_index() if any(frame.index.names) else frame
    labels = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in plain.columns]
    columns = [
        Column(label, "n" if pd.api.types.is_numeric_dtype(kind) else "")
        for label, kind in zip(labels, plain.dtypes, strict=True)
    ]
    rows = (tuple(map(_cell, row)) for row in plain.itertuples(index=False))
    is_simulated = "data_status" in plain and bool(plain["data_status"].isin(["simulated", "mixed"]).any())
    return Table.of("table", "", columns, rows, is_simulated)


def _cell(value: object) -> Cell:
    if value is None or value is pd.NA or value != value:  # a missing number is no number
        return Cell((Html(""),))
    if isinstance(value, bool) or not pd.api.types.is_number(value) or not np.isfinite(number := cast(float, value)):
        return Cell((Html.escape(value),))
    text = str(number) if pd.api.types.is_integer(number) else f"{number:.6g}"
    return Cell((Html.escape(text),), number, FULL, "General")


def _latex(parts: Sequence[Piece], tables: Sequence[Table], imprint: Imprint) -> bytes:
    from evalkit.publishing.downloads import latex  # a notebook that exports nothing loads no writer

    return latex.tables(tables).encode()


def _excel(parts: Sequence[Piece], tables: Sequence[Table], imprint: Imprint) -> bytes:
    from evalkit.publishing.downloads import report_workbook

    return report_workbook.only_tables(tables, imprint)


def _word(parts: Sequence[Piece], tables: Sequence[Table], imprint: Imprint) -> bytes:
    if mistakes := preflight.without_word("ek.export"):
        raise InputError(mistakes)
    from evalkit.publishing.downloads import docx

    return docx.only_parts(parts, imprint)


def _imprint(parts: Sequence[Piece], tables: Sequence[Table], name: str) -> Imprint:
    """What the file says about itself: the title of the section or table, or its name; and that data are simulated."""
    titles = [part.title for part in parts if isinstance(part, Section)] + [text_of(table.caption) for table in tables]
    labels = (translate(vocabulary.DEMO).rstrip("。."),) if any(table.simulated for table in tables) else ()
    return Imprint(language(), "", next(filter(None, titles), name), "", "", labels)


Write = Callable[[Sequence[Piece], Sequence[Table], Imprint], bytes]
WRITERS: Mapping[str, Write] = {".tex": _latex, ".docx": _word, ".xlsx": _excel}
