"""Indicators from visit or claim records: SQL by unit and period in DuckDB, small numbers hidden before anything else.

The files are scanned, never loaded; what leaves this module are sums, rates and reasons.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.errors import InputError, Mistake
from evalkit.ingest.facts import FactError
from evalkit.ingest.mapping import FOLDER, Mapping, RecordIndicator, Records
from evalkit.ingest.sheet_facts import Context
from evalkit.project.params import RAW
from evalkit.units_of_measure import RATES
from evalkit.workbooks import cell_text
from evalkit.workbooks.log import Gap, Reading, Row

if TYPE_CHECKING:
    import duckdb

SHEET = "records"
MEMORY = "600MB"
SUFFIXES = {".parquet": "read_parquet({})", ".csv": "read_csv({}, all_varchar = true, union_by_name = true)"}
#: The text of a period by frequency, from a date.
PERIODS = {
    "year": "strftime({0}, '%Y')",
    "half": "concat(year({0}), 'H', if(month({0}) < 7, 1, 2))",
    "quarter": "concat(year({0}), 'Q', quarter({0}))",
    "month": "strftime({0}, '%Y-%m')",
}
DIGITS = 12  # significant ones of a quotient


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the records of one unit and period say of an indicator; `behind` is how many it rests on."""

    value: Decimal | None
    numerator: Decimal | None
    behind: Decimal | None


def read(mapping: Mapping, context: Context, files: Sequence[Path]) -> Reading:
    """The indicators that the mapping defines, by unit and period.

    Args:
        mapping: with `records`.
        context: names of units, units of measure.
        files: the record files, Parquet or CSV.

    Raises:
        InputError: an expression is wrong, or a file cannot be read.
    """
    import duckdb

    rules = mapping.records
    assert rules
    _check_rests(mapping, context)
    reading = Reading(f"{RAW}/{mapping.files[0]}", _checksum(files), SHEET)
    try:
        with _connection(files) as connection:
            _select_only(connection, rules, mapping)
            cursor = connection.execute(_query(rules))
            while rows := cursor.fetchmany(10_000):
                for unit, period, records, *numbers in rows:
                    _unit_and_period(reading, context, rules, unit, period, records, numbers)
    except duckdb.Error as error:
        what = " ".join(str(error).split())[:300]
        raise _refused(mapping, what, "Mend the SQL, or the files that it reads.") from None
    return reading


def _check_rests(mapping: Mapping, context: Context) -> None:
    """Refuse a mean that does not say on how many records it rests: small numbers could not be hidden."""
    assert mapping.records
    for name, indicator in mapping.records.indicators.items():
        if name not in context.units:
            raise _refused(mapping, f"`{name}` is not in params/indicators.yml", "Describe it there.")
        if indicator.value and not indicator.denominator and context.units[name] != "count":
            raise _refused(mapping, f"`{name}` does not say on how many it rests", "Add `denominator: count(*)`.")


def _checksum(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _connection(files: Sequence[Path]) -> "duckdb.DuckDBPyConnection":
    """A database in memory that can read these files and nothing else: no other file, no network, no extension."""
    import duckdb

    kinds = {path.suffix.lower() for path in files}
    if len(kinds) != 1 or not kinds <= SUFFIXES.keys():
        what = f"are files of the kinds {', '.join(sorted(kinds))}"
        raise InputError([Mistake("records", what, "Records are read from .parquet or .csv files, not from both.")])
    allowed = "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in files) + "]"
    options = {"memory_limit": MEMORY, "threads": "2", "autoinstall_known_extensions": "false"}
    connection = duckdb.connect(":memory:", config=dict(options))
    connection.execute(f"SET allowed_paths = {allowed}")
    for setting in ("preserve_insertion_order = false", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"SET {setting}")
    connection.execute(f"CREATE VIEW records AS SELECT * FROM {SUFFIXES[kinds.pop()].format(allowed)}")
    return connection


def _select_only(connection: "duckdb.DuckDBPyConnection", rules: Records, mapping: Mapping) -> None:
    """Refuse an expression that would end the query and begin another."""
    of_indicators = [sql for indicator in rules.indicators.values() for sql in indicator.sql]
    for sql in [rules.unit, rules.period, rules.where, *of_indicators]:
        if sql and (";" in sql or len(connection.extract_statements(f"SELECT ({sql}\n) FROM records")) != 1):
            raise _refused(mapping, f"{sql[:60]!r} is no expression", "Write one SQL expression, without a semicolon.")


def _query(rules: Records) -> str:
    """One pass over all records: a row per unit and period, three numbers per indicator."""
    day = f"CAST(({rules.period}\n) AS DATE)"
    columns = [f"CAST(({rules.unit}\n) AS VARCHAR)", PERIODS[rules.frequency].format(day), "count(*)"]
    for indicator in rules.indicators.values():
        columns += [f"CAST(({sql or 'NULL'}\n) AS VARCHAR)" for sql in indicator.sql]
    where = f" WHERE ({rules.where}\n)" if rules.where else ""
    return f"SELECT {', '.join(columns)} FROM records{where} GROUP BY 1, 2 ORDER BY 1, 2"


def _unit_and_period(
    reading: Reading,
    context: Context,
    rules: Records,
    name: str | None,
    period: str | None,
    records: int,
    numbers: Sequence[str | None],
) -> None:
    if not name or not period:
        lacking = "unit" if not name else "period"
        reading.ask(SHEET, "", f"{records:,} records name no {lacking}; they are left out", "Ask where they belong.")
        return
    try:
        unit = context.reader.unit(name)
    except FactError as error:
        reading.refuse(SHEET, "", f"{error.what} in {records:,} records of {period}", error.cure)
        return
    triples = zip(*[iter(numbers)] * 3, strict=True)
    for (indicator, expressions), three in zip(rules.indicators.items(), triples, strict=True):
        counted = _counted(expressions, context.units[indicator], *(_decimal(text) for text in three))
        _write(reading, context, rules, (unit, period, indicator), counted)


def _counted(
    indicator: RecordIndicator, unit: str, value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None
) -> _Counted:
    if indicator.value is not None:
        return _Counted(value, None, denominator if indicator.denominator else value)
    if numerator is None or not denominator:
        return _Counted(None, None, denominator)
    quotient = numerator / denominator / RATES.get(unit, Decimal(1))
    return _Counted(Decimal(f"{quotient:.{DIGITS}g}"), numerator, denominator)


def _write(reading: Reading, context: Context, rules: Records, key: tuple[str, str, str], counted: _Counted) -> None:
    """Rows for what may be written; a reason for what is missing or rests on too few."""
    if counted.value is None:
        reading.gaps.append(Gap(*key, "missing", "no records", SHEET, ""))
        return
    if _is_small(counted, rules.smallest):
        reading.gaps.append(Gap(*key, "missing", f"fewer than {rules.smallest}", SHEET, ""))
        reading.change(SHEET, "", "", "", f"hidden: rests on fewer than {rules.smallest}")
        return
    numbers = {"value": counted.value, "numerator": counted.numerator}
    numbers |= {"denominator": counted.behind if counted.numerator is not None else None}
    for part, number in numbers.items():
        if number is not None:
            text, status = cell_text.plain(number), context.mapping.status
            reading.rows.append(Row(*key, part, text, status, "", key[2], "", -1, "single", False, SHEET, ""))


def _is_small(counted: _Counted, smallest: int) -> bool:
    """Whether a number, or its complement, counts so few persons that they could be recognised."""
    counts = [counted.behind]
    if counted.numerator is not None and counted.behind is not None:
        counts += [counted.numerator, counted.behind - counted.numerator]
    return any(count is not None and 0 < count < smallest for count in counts)


def _decimal(text: Any) -> Decimal | None:
    number = None if text is None else Decimal(text)
    return number if number is not None and number.is_finite() else None


def _refused(mapping: Mapping, what: str, cure: str) -> InputError:
    return InputError([Mistake(f"{FOLDER}/{mapping.dataset}.yml, records", what, cure)])
