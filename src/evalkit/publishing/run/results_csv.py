"""results.csv: every figure, target and estimate of the reports in tidy form, assembled from the regions' files."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from evalkit.analysis.programme.multiplicity import q_values
from evalkit.analysis.results import COLUMNS, KEY, NUMERIC
from evalkit.files import source_code
from evalkit.files.atomic import write_text
from evalkit.files.hashes import sha256
from evalkit.project.evaluation import Evaluation
from evalkit.publishing.preflight import PROGRAMME
from evalkit.publishing.run import manifests
from evalkit.reporting.language import audience
from evalkit.workbooks.spreadsheet_text import FORMULA, without_formula

FILE = manifests.ROWS  # of an assessment, and what each region leaves for it
DEMO = "演示数据 / demonstration data"
ASSEMBLED = "_assembled"  # file in the work folder: state of the files from which results.csv was made
INTERNAL = "内部资料，不得公开 / internal: not for publication"


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """Rows of one region; `conflict` names the first row in which two of its notebooks differ."""

    table: pd.DataFrame
    conflict: str = ""


def merge(parts: Sequence[list[dict[str, Any]]]) -> Merged:
    """One table from the notebooks and languages of a region; rows with the same key must be equal."""
    table = (
        pd.concat([pd.DataFrame(rows, columns=list(COLUMNS), dtype=object) for rows in parts]) if parts else _empty()
    )
    table = table.drop_duplicates(ignore_index=True)
    twice = table[table.duplicated(list(KEY))]
    conflict = ""
    if not twice.empty:
        first = twice.iloc[0]
        conflict = "two notebooks differ in " + ", ".join(str(first[name]) for name in KEY if first[name])
    return Merged(table.sort_values(list(KEY), kind="stable", ignore_index=True), conflict)


def write(table: pd.DataFrame, path: Path, encoding: str = "utf-8") -> None:
    """Write a table as a CSV file, atomically."""
    write_text(path, as_csv(table), encoding)


def as_csv(table: pd.DataFrame) -> str:
    """A table as CSV text; numbers in full precision, missing ones empty."""
    buffer = io.StringIO()
    table.to_csv(buffer, index=False, lineterminator="\n", na_rep="")
    return buffer.getvalue()


def failure(evaluation: Evaluation, region: str, reason: str) -> pd.DataFrame:
    """Rows that record the failure of a region's report, one per primary indicator."""
    pooled = {"analysis": "programme", "method": "did_long_base", "term": "group", "inference": "cluster"}
    row = {
        "assessment": evaluation.assessment.name,
        "region": region,
        **(pooled if region == PROGRAMME else {"analysis": "did", "method": "did_mean", "term": "att"}),
        "status": "failed",
        "reason": reason,
    }
    rows = [{**row, "indicator": name} for name in evaluation.assessment.indicators.primary]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def assemble(evaluation: Evaluation) -> None:
    """Write results.csv and its download from all regions and the programme; q-values are computed over all rows.

    Rows that were estimated with other shared parameters stay out. Both files stay as they are where nothing that they
    are made of has been written since.
    """
    folder, label = evaluation.reports, INTERNAL if audience.is_internal(evaluation) else ""
    regions = [region for region in (*evaluation.regions, PROGRAMME) if manifests.current(evaluation, region)]
    paths = [path for region in regions if (path := manifests.work_folder(evaluation, region) / FILE).is_file()]
    made, memory = (folder / FILE, folder / "site/downloads" / FILE), folder / "work" / ASSEMBLED
    state = _state(label, [*paths, *made])
    if memory.is_file() and memory.read_bytes() == state.encode() and all(file.is_file() for file in made):
        return
    table = _read(paths)
    table = q_values(table.sort_values(list(KEY), kind="stable", ignore_index=True))
    write(table, made[0])
    write(_for_spreadsheets(table, label), made[1], "utf-8-sig")
    write_text(memory, _state(label, [*paths, *made]))


def _state(label: str, paths: Sequence[Path]) -> str:
    """A hash that changes if any of the files is rewritten, or if the code changes."""
    times = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in paths if path.is_file()]
    return sha256(source_code.source_hash(), label, *times)


def _read(paths: Sequence[Path]) -> pd.DataFrame:
    """The rows of all files as text, parsed as one file for speed; damaged files are left out."""
    header = ",".join(COLUMNS) + "\n"
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    complete = [text for text in texts if text.startswith(header) and text.endswith("\n") and text.count('"') % 2 == 0]
    joined = io.StringIO("".join([header, *(text.removeprefix(header) for text in complete)]))
    return pd.read_csv(joined, dtype=str, keep_default_na=False)


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS), dtype=object)


def _for_spreadsheets(table: pd.DataFrame, label: str) -> pd.DataFrame:
    """The table for spreadsheets: notes mark simulated rows and the label, and no text can become a formula."""
    demo = [DEMO if status in ("simulated", "mixed") else "" for status in table["data_status"]]
    labelled = table.assign(note=["; ".join(filter(None, (label, mark))) for mark in demo])
    texts = {name: labelled[name].astype(str) for name in labelled.columns if name not in NUMERIC}
    formulas = {name: cells[cells.str.startswith(FORMULA)].map(without_formula) for name, cells in texts.items()}
    return labelled.assign(**{name: formulas[name].reindex(cells.index).fillna(cells) for name, cells in texts.items()})
