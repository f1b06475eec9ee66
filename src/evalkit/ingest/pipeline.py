"""Build a panel from workbooks as received: every cell is accounted for, and data/raw/ is never written."""

import hashlib
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import IO, cast

import pandas as pd

from evalkit import periods
from evalkit.errors import InputError, Mistake
from evalkit.files import atomic, lock, text_file
from evalkit.ingest import aliases, database, own_words, plausibility, read_workbook, reconcile, records
from evalkit.ingest.combine import Collection, encoded, joined
from evalkit.ingest.facts import Reader
from evalkit.ingest.mapping import FOLDER
from evalkit.ingest.mapping import Mapping as FileMapping
from evalkit.ingest.read_workbook import Task
from evalkit.ingest.reconcile import REVISIONS, Reconciled
from evalkit.ingest.sheet_facts import Context
from evalkit.panel import observations
from evalkit.project import dataset, indicators_file
from evalkit.project.params import RAW, Indicator
from evalkit.workbooks import cell_text, sandbox
from evalkit.workbooks.cells import place
from evalkit.workbooks.log import LOG, Total
from evalkit.workbooks.spreadsheet_text import without_formula

QUESTIONS = ("kind", "where", "what", "cure")
GAPS = ("unit", "period", "indicator", "reason", "mark", "file", "sheet", "cell")
ADOPTIONS = ("unit", "adoption", "adoption_precision", "file", "sheet", "cell")
#: So many lines are written at once.
LINES = 10_000
#: Seconds to wait for another ingest of the same dataset that is writing.
WAIT = 60.0
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Ingested:
    """The data read from the workbooks of a dataset.

    Attributes:
        rows: the panel, with the columns of its contract; numbers are text, exactly as they will be written.
        log: file, sheet, cell, before, after, rule: one line per normalised value.
        questions: doubtful values, kept as reported, to be checked.
        refused: mistakes to be corrected before a panel is written.
        workbooks: one row per file: checksum, kind, encoding, number of values, hidden parts, titles, footnotes.
        gaps: missing values, with the reason.
        revisions: values that a later report replaced.
        totals: sums in the workbooks, compared with their parts.
        adoptions: dates on which reforms began, if a table holds them.
    """

    rows: pd.DataFrame
    log: pd.DataFrame
    questions: tuple[Mistake, ...]
    refused: tuple[Mistake, ...]
    workbooks: pd.DataFrame
    gaps: pd.DataFrame
    revisions: pd.DataFrame
    totals: pd.DataFrame
    adoptions: pd.DataFrame

    def __repr__(self) -> str:
        return f"Ingested({len(self.workbooks)} files, {len(self.rows)} rows, {self.fingerprint[:12]})"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the panel file as written."""
        digest = _Digest()
        _write_csv(self.rows, cast(IO[str], digest))
        return digest.hash.hexdigest()


def files(root: Path, mapping: FileMapping) -> list[Path]:
    """The workbooks that a mapping names, in order.

    Raises:
        InputError: a pattern finds no file, or a link that leads out of data/raw/, or a name is not UTF-8.
    """
    raw = root / RAW
    by_pattern: dict[str, list[Path]] = {
        pattern: [path for path in raw.glob(pattern) if path.is_file()] for pattern in mapping.files
    }
    empty = [pattern for pattern, paths in by_pattern.items() if not paths]
    if empty:
        shown = f"{FOLDER}/{mapping.dataset}.yml, files"
        cure = f"Put the workbooks below {RAW}/, or mend the pattern."
        raise InputError(Mistake(shown, f"no file below {RAW}/ fits {pattern!r}", cure) for pattern in empty)
    every = list(chain.from_iterable(by_pattern.values()))
    outside = [path for path in every if not path.resolve().is_relative_to(raw.resolve())]
    if outside:
        cure = "Copy the file there: what others sent may not lead to other files of this machine."
        raise InputError(
            Mistake(path.relative_to(root).as_posix(), f"is a link that leads out of {RAW}/", cure) for path in outside
        )
    visible = {path for path in every if not path.name.startswith(".")}
    chosen = [path for path in visible if not _is_ignored(path, raw, mapping)]
    names = [path.relative_to(root).as_posix() for path in sorted(chosen)]
    if misnamed := [text_file.misnamed(name) for name in names if text_file.NOT_UTF_8.search(name)]:
        raise InputError(misnamed)
    return sorted(chosen)


def ingest(root: Path, mapping: FileMapping, files: Sequence[Path], tell: Tell, jobs: int | None = None) -> Ingested:
    """Read workbooks into panel rows.

    Args:
        root: the project folder.
        mapping: what the workbooks mean.
        files: the workbooks.
        tell: called with the number of files read and the number of all.
        jobs: how many are read at once; as many as there are processors, if left out.

    Raises:
        InputError: the mapping does not fit units.csv or indicators.yml. What is wrong in a workbook is `refused`.
    """
    shared = context(root, mapping)
    collected = Collection()
    tell(0, len(files))
    if mapping.query:
        for piece in database.read(mapping, shared):
            collected.add(piece)
    if mapping.records:
        collected.add(records.read(mapping, shared, files))
    else:
        _read_files(root, files, shared, collected, tell, jobs)
    return _ingested(mapping, shared.units, collected)


def _read_files(
    root: Path, files: Sequence[Path], shared: Context, collected: Collection, tell: Tell, jobs: int | None
) -> None:
    """Read workbooks in child processes; mistakes in each are collected."""
    pickled = pickle.dumps(shared)
    tasks = [Task(path, path.relative_to(root).as_posix(), pickled) for path in files]
    further = _perhaps_returned(root, shared.mapping, files)
    tasks += [Task(path, path.relative_to(root).as_posix(), pickled, only_returned=True) for path in further]
    number = jobs or os.cpu_count() or 1
    with nullcontext(sandbox.shared()) if number == sandbox.CHILDREN else sandbox.Guard(number) as guard:
        for done, (task, reading) in enumerate(guard.each(read_workbook.read, tasks), start=1):
            if isinstance(reading, InputError):
                collected.refused += reading.mistakes
            elif isinstance(reading, sandbox.StoppedError):
                collected.refused.append(
                    Mistake(task.shown, str(reading), "Save it again as .xlsx, or ask for it again.")
                )
            elif reading.checksum or reading.refused or reading.questions:
                collected.add(reading)
            tell(done, len(tasks))


def _perhaps_returned(root: Path, mapping: FileMapping, files: Sequence[Path]) -> list[Path]:
    """Workbooks in the dataset's folder, or below it, that the mapping does not name: counties may have sent them."""
    raw, named = root / RAW, set(files)
    workbooks = sorted(path for path in (raw / mapping.dataset).rglob("*.xlsx") if path.is_file())
    return [
        path
        for path in workbooks
        if path not in named and not path.name.startswith((".", "~$")) and not _is_ignored(path, raw, mapping)
    ]


def _is_ignored(path: Path, raw: Path, mapping: FileMapping) -> bool:
    return any(path.relative_to(raw).match(pattern) for pattern in mapping.ignore_files)


def write(root: Path, mapping: FileMapping, ingested: Ingested) -> Path:
    """Write the panel and its logs, each file atomically and the panel last.

    Raises:
        InputError: something was refused, or another ingest keeps writing; then nothing is written.
    """
    if ingested.refused:
        raise InputError(ingested.refused)
    folder = root / "data" / mapping.dataset
    kinds = [("question", question.where, question.what, question.cure) for question in ingested.questions]
    questions = pd.DataFrame(kinds, columns=list(QUESTIONS))
    parts = {"log": ingested.log, "questions": questions, "workbooks": ingested.workbooks, "missing": ingested.gaps}
    parts |= {"revisions": ingested.revisions, "totals": ingested.totals, "adoption": ingested.adoptions}
    (folder / "ingest").mkdir(parents=True, exist_ok=True)
    busy = Mistake(f"data/{mapping.dataset}", "another `evalkit ingest` is writing it", "Run this one again later.")
    with lock.held(folder / "ingest" / ".lock", busy, WAIT):
        for name, table in parts.items():
            _replace(folder / "ingest" / f"{name}.csv", _without_formulas(table))
        _replace(folder / "panel.csv", ingested.rows)
    return folder / "panel.csv"


def summary(ingested: Ingested) -> str:
    """What was read, and how often each rule was applied."""
    rules = ingested.log["rule"].str.split("; ").explode()
    rules = rules.str.replace(r"(?<=revised in ).*|(?<=running total: ).*|(?<=footnote mark ).*", "…", regex=True)
    counts = [f"  {number:>8,}  {rule}" for rule, number in rules.value_counts().items()]
    shape = f"{len(ingested.workbooks)} workbooks, {len(ingested.rows):,} rows, {len(ingested.gaps):,} values missing"
    counted = f"{len(ingested.questions)} questions, {len(ingested.log):,} changes logged:"
    return "\n".join([f"{shape}, {counted}", *counts, f"SHA-256 of the panel: {ingested.fingerprint}"])


def context(root: Path, mapping: FileMapping) -> Context:
    """What the workbooks of a mapping are read with.

    Raises:
        InputError: the mapping does not fit units.csv or indicators.yml.
    """
    folder, shown = root / "data" / mapping.dataset, f"data/{mapping.dataset}"
    words, units, indicators = own_words.use(root), dataset.units(folder, shown), indicators_file.read(root)
    return context_of(mapping, units, indicators, words)


def context_of(
    mapping: FileMapping, units: pd.DataFrame, indicators: Mapping[str, Indicator], words: Mapping[str, tuple[str, ...]]
) -> Context:
    """The context for tables that need not be files yet: units.csv, indicators.yml and words.yml as read.

    Raises:
        InputError: the mapping does not fit them.
    """
    names = aliases.names(mapping, units, indicators)
    reader = Reader(
        names,
        {cell_text.key(label): period for label, period in mapping.periods.items()},
        frozenset(map(cell_text.key, mapping.totals.labels)),
        frozenset(map(cell_text.key, mapping.ignore_indicators)),
    )
    units_of = {name: indicator.unit for name, indicator in indicators.items()}
    units_of |= {name: mapped.unit for name, mapped in mapping.indicators.items() if mapped.unit}
    missing = {cell_text.key(mark): reason for mark, reason in mapping.missing.items()}
    return Context(mapping, reader, units_of, missing, words)


def _ingested(mapping: FileMapping, units: Mapping[str, str], collected: Collection) -> Ingested:
    made = reconcile.reconcile(collected.take("rows"), mapping, units)
    refused = [*collected.refused, *made.refused]
    questions = [*collected.questions, *made.questions]
    if not made.rows.empty:
        refused += plausibility.hidden_running_totals(made.rows, units, mapping)
        questions += plausibility.slips(made.rows, units, collected.answered)
        questions += [*plausibility.renames(made.rows), *plausibility.totals(made.rows, units)]
    refused += _unused_answers(mapping, collected)
    rows = _panel(made, mapping, questions)
    if rows.empty and not refused:
        refused.append(Mistake(f"{FOLDER}/{mapping.dataset}.yml", "the workbooks hold no value", "Check `tables`."))
    collected.add_log(made.log)
    return Ingested(
        rows,
        collected.take("log")[list(LOG)].sort_values("file", kind="stable", ignore_index=True),
        tuple(dict.fromkeys(questions)),
        tuple(dict.fromkeys(refused)),
        collected.workbooks(),
        collected.take("gaps")[list(GAPS)],
        pd.DataFrame(made.revisions, columns=list(REVISIONS)),
        collected.take("totals")[["file", *Total._fields]],
        collected.take("adoptions")[list(ADOPTIONS)],
    )


def _unused_answers(mapping: FileMapping, collected: Collection) -> Iterator[Mistake]:
    """Answers for cells that hold no value: with a mistyped cell the question would stay open."""
    for answer in mapping.answers:
        met = any(
            (answer.sheet, answer.cell) == (sheet, cell) and read_workbook.answer_is_for(answer, file)
            for file, sheet, cell in collected.answered
        )
        if not met:
            what = f"{place(answer.file, answer.sheet, answer.cell)} holds no value that is read"
            yield Mistake(f"{FOLDER}/{mapping.dataset}.yml, answers", what, "Mend it or take it out.")


def _panel(made: Reconciled, mapping: FileMapping, questions: list[Mistake]) -> pd.DataFrame:
    """One row per unit, period and indicator, in an order that does not depend on the workbooks'."""
    names = sorted(map(str, made.rows["indicator"].unique()))
    pieces: list[pd.DataFrame] = []
    for name in names:  # one after the other: the whole panel as plain text would take most of the memory
        rows, alone = _of_indicator(made.rows[made.rows["indicator"] == name], name, mapping)
        pieces.append(rows)
        if alone:
            what = f"{alone} numerators or denominators of {name} have no value beside them"
            questions.append(Mistake(f"data/{mapping.dataset}", what, "Ask for the values; these counts are left out."))
    if not pieces:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in observations.COLUMNS})
    panel: pd.DataFrame = joined([encoded(piece) for piece in pieces]).to_pandas()
    return panel.assign(note=_without_formulas(panel[["note"]])["note"])


def _of_indicator(rows: pd.DataFrame, name: str, mapping: FileMapping) -> tuple[pd.DataFrame, int]:
    """The panel's rows of one indicator, and how many counts come without a value."""
    keys = ["unit", "period"]
    rows = rows.astype(dict.fromkeys((*keys, "part", "value", "status", "note", "released"), str))
    parts = rows.pivot(index=keys, columns="part", values="value").fillna("")
    parts = parts.reindex(columns=list(aliases.PARTS), fill_value="")
    texts = rows[rows["part"] == "value"].set_index(keys)[["status", "note", "released"]]
    values = parts[parts["value"] != ""].join(texts).fillna("").reset_index().sort_values(keys, ignore_index=True)
    decimals = mapping.indicators[name].decimals if name in mapping.indicators else 0
    values["value"] = values["value"].map(lambda text: _padded(text, decimals))
    released = values["period"].map(_released(mapping, values["period"].unique()))
    values["released"] = values["released"].mask(values["released"] == "", released)
    return values.assign(indicator=name, source=mapping.source)[list(observations.COLUMNS)], int(
        (parts["value"] == "").sum()
    )


def _padded(text: str, decimals: int) -> str:
    digits, _, rest = text.partition(".")
    return f"{digits}.{rest.ljust(decimals, '0')}" if decimals else text


def _released(mapping: FileMapping, named: Iterable[str]) -> Mapping[str, str]:
    rule = mapping.released
    if rule is None:
        return dict.fromkeys(named, "")
    if rule.date is not None:
        return dict.fromkeys(named, rule.date.isoformat())
    days = timedelta(days=rule.days_after or 0)
    return {text: (periods.last_day(text) + days).isoformat() for text in named}


class _Digest:
    """A write-only file object that keeps only the hash of its content."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, text: str) -> int:
        self.hash.update(text.encode())
        return len(text)


def _write_csv(table: pd.DataFrame, file: IO[str]) -> None:
    table.to_csv(file, index=False, lineterminator="\n", chunksize=LINES)


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Texts from outside, escaped so that no spreadsheet runs them as formulas; numbers stay numbers."""

    def safe(text: str) -> str:
        return text if cell_text.number(text) else without_formula(text)

    texts = {name: table[name] for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])}
    return table.assign(**{name: reconcile.by_text(column.fillna(""), safe) for name, column in texts.items()})


def _replace(path: Path, table: pd.DataFrame) -> None:
    """Write a file atomically."""
    atomic.remove_unfinished(path.parent, f".{path.name}.*")
    with atomic.replacing(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        _write_csv(table, file)
        file.flush()
        os.fsync(file.fileno())
