"""What a reader takes away: a region's report as a workbook and as Word documents, made from the parts of its pages."""

import gzip
import io
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from evalkit.errors import one_line
from evalkit.files.atomic import write_bytes
from evalkit.project import last_run
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.publishing.downloads import file_names, imprint, reproducible
from evalkit.publishing.downloads.imprint import Imprint
from evalkit.reporting.elements import parts
from evalkit.reporting.elements.parts import Piece, written
from evalkit.reporting.language import words


@dataclass(frozen=True, slots=True)
class Parcel:
    """What to make for one region: everything a worker needs, as plain values.

    Attributes:
        pages: the parts of the finished report, by language.
        rows: the region's rows of results.csv, as CSV.
        workbooks: file names of the workbooks, by language.
        documents: file names of the Word documents, by language.
        folder: where the files are left until the whole region is moved.
    """

    assessment: str
    region: str
    pages: Mapping[str, Path]
    imprints: Mapping[str, Imprint]
    rows: str
    workbooks: Mapping[str, str]
    documents: Mapping[str, str]
    folder: Path


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of a parcel; `error` is empty if every file was written."""

    parcel: Parcel
    error: str = ""
    seconds: float = 0.0


def parcel(evaluation: Evaluation, region: str, pages: Mapping[str, Path], rows: str) -> Parcel | None:
    """The files to make in addition to the pages of one region; None if none are wanted.

    Args:
        pages: the parts of the finished report, by language.
    """
    if not file_names.names(evaluation, region, pages):
        return None
    own = of_region(evaluation, region)
    return Parcel(
        evaluation.assessment.name,
        region,
        pages,
        {lang: _imprint(own, lang) for lang in pages},
        rows,
        file_names.workbooks(evaluation, region, pages),
        file_names.documents(evaluation, region, pages),
        last_run.folder(evaluation.root, evaluation.assessment.name, region) / file_names.FOLDER,
    )


def make(given: Parcel) -> Delivery:
    """Leave the files of a parcel in its folder. A failure is an outcome, not an exception: it would only repeat."""
    from evalkit.publishing.downloads import docx, report_workbook  # the runner, which only hands out, needs neither

    started = time.monotonic()
    try:
        pages = {lang: read(path) for lang, path in given.pages.items()}
        rows = pd.read_csv(io.StringIO(given.rows), dtype=str, keep_default_na=False)
        for lang, name in given.workbooks.items():
            book = report_workbook.workbook(pages[lang], given.imprints[lang], rows)
            write_bytes(given.folder / name, reproducible.steady(book))
        for lang, name in given.documents.items():
            made = docx.document(pages[lang], given.imprints[lang])
            write_bytes(given.folder / name, reproducible.steady(made))
    except Exception as error:
        return Delivery(given, one_line(error), time.monotonic() - started)
    return Delivery(given, "", time.monotonic() - started)


def leave(page: Sequence[Piece], path: Path) -> None:
    """Leave the parts of a page for those who make files of it."""
    content = json.dumps(written(tuple(page)), ensure_ascii=False, separators=(",", ":"))
    write_bytes(path, gzip.compress(content.encode(), mtime=0))


def read(path: Path) -> tuple[Piece, ...]:
    """The parts that `leave` left."""
    page: tuple[Piece, ...] = parts.read(json.loads(gzip.decompress(path.read_bytes())))
    return page


def _imprint(own: Evaluation, lang: str) -> Imprint:
    words.use(lang)
    return imprint.of(own)
