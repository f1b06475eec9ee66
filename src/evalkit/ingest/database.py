"""The result of a query on a database, read as a table: read-only, in pieces, its address from the environment."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.errors import InputError, Mistake, install
from evalkit.ingest.layouts import From, Table
from evalkit.ingest.mapping import FOLDER, Mapping
from evalkit.ingest.read_sheet import SheetReader
from evalkit.ingest.sheet_facts import Context
from evalkit.workbooks import personal_data
from evalkit.workbooks.cells import Workbook
from evalkit.workbooks.kinds import data_files
from evalkit.workbooks.log import Reading

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

FILE, SHEET = "database", "query"  # what messages and logs call its result
#: So many cells are read at once.
PIECE = 200_000
#: How a result is read whose columns have the panel's names, where the mapping has no tables.
PANEL = Table(
    layout="long",
    unit=From(column="unit"),
    period=From(column="period"),
    indicator=From(column="indicator"),
    value="value",
)


def read(mapping: Mapping, context: Context) -> Iterator[Reading]:
    """Readings of the pieces of the query's result.

    Raises:
        InputError: the environment names no database, it cannot be reached, or it refuses the query.
    """
    url = _url(mapping)
    from sqlalchemy.exc import SQLAlchemyError

    engine = _engine(url, mapping)
    try:
        with engine.connect() as connection:
            yield from _pieces(connection, mapping, context)
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise _refused(mapping, "query", f"the database says: {_without_password(cause, url)}", "Mend it.") from None
    finally:
        engine.dispose()


def _url(mapping: Mapping) -> "URL":
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError:
        what = "the libraries that read databases are not installed"
        raise _refused(mapping, "query", what, install("database")) from None

    name = (mapping.url or "").strip("${}")
    if not os.environ.get(name):
        cure = f"Set it before the command: {name}=postgresql://user:password@host/database."
        raise _refused(mapping, "url", f"the environment has no {name}", cure)
    try:
        url = make_url(os.environ[name])
    except (ArgumentError, ValueError):
        cure = "Write it like postgresql://user:password@host/database or sqlite:////folder/file.db."
        raise _refused(mapping, "url", f"{name} holds no address of a database", cure) from None
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _engine(url: "URL", mapping: Mapping) -> "Engine":
    """An engine whose connections can read only."""
    import sqlite3

    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        if url.get_backend_name() == "sqlite":
            path = f"{Path(url.database or '').absolute().as_uri()}?mode=ro"
            return create_engine("sqlite://", creator=lambda: sqlite3.connect(path, uri=True), poolclass=NullPool)
        return create_engine(url, poolclass=NullPool, hide_parameters=True)
    except (SQLAlchemyError, ImportError) as error:
        what = f"no driver reads {url.get_backend_name()} ({_without_password(str(error), url)})"
        raise _refused(mapping, "url", what, "Use PostgreSQL or SQLite, or install its driver.") from None


def _pieces(connection: "Connection", mapping: Mapping, context: Context) -> Iterator[Reading]:
    from sqlalchemy import text

    options: dict[str, Any] = {"stream_results": True}
    if connection.dialect.name == "postgresql":
        options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    elif connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    result = connection.execution_options(**options).execute(text((mapping.query or "").replace(":", "\\:")))
    names, row = list(result.keys()), 2
    for rows in result.partitions(max(1, PIECE // len(names))):
        yield _reading(names, [tuple(line) for line in rows], row, context)
        row += len(rows)
    if row == 2:
        raise _refused(mapping, "query", "its result has no row", "Check the query's conditions.")


def _reading(names: Sequence[str], rows: Sequence[Sequence[Any]], first: int, context: Context) -> Reading:
    """One piece of the result, as a sheet with its columns' names in the first row."""
    checksum = hashlib.sha256(repr((names, rows)).encode()).hexdigest()
    sheet = data_files.sheet(SHEET, names, iter(rows), first)
    reading = Reading(FILE, checksum, "query")
    try:
        personal_data.refuse(Workbook(FILE, checksum, "csv", "", (sheet,)))
    except InputError as error:
        reading.refused += error.mistakes
        return reading
    table = next(iter(context.mapping.tables), PANEL)
    answers = {answer.cell: answer for answer in context.mapping.answers if answer.file == FILE}
    SheetReader(context, reading, sheet, table, answers).read(date_1904=False)
    return reading


def _refused(mapping: Mapping, key: str, what: str, cure: str) -> InputError:
    return InputError([Mistake(f"{FOLDER}/{mapping.dataset}.yml, {key}", what, cure)])


def _without_password(text: str, url: "URL") -> str:
    """A message of the driver, with the password masked."""
    secret = str(url.password or "")
    hidden = text.replace(secret, "***") if secret else text
    return re.sub(r"(://[^:/@\s]*:)[^@\s]*@", r"\1***@", hidden)[:300]
