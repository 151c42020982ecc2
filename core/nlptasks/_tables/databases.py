"""Tables of databases by a query: ``sqlite:///f.db?query=...``, ``duckdb:///f.duckdb?...``, ``postgresql://...?...``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlptasks.errors import DataError, UsageError
from nlptasks.files.names import is_file
from nlptasks.plugin.protocols import BadRow, Row, Table, TableBlock

#: Rows that are fetched at a time.
_BATCH = 4_096

_ADDRESS = re.compile(r"(sqlite|duckdb|postgresql|postgres)://([^?]*)(?:\?(.*))?", re.DOTALL)
_PASSWORD = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")
_QUERY, _TABLE = "query=", "table="


@dataclass(frozen=True)
class Database:
    """An address of a database with what is asked of it.

    Args:
        kind: ``sqlite``, ``duckdb`` or ``postgresql``.
        place: The file, or the address of a server.
        shown: What errors and records call it, without the query and a password.
        query: The query; empty: the one table that is there.
    """

    kind: str
    place: str
    shown: str
    query: str


def database_of(address: str) -> Database | None:
    """The database of an address; ``None`` where it is none of one.

    A query with a blank in it is taken as it stands; in one without, ``%20`` and the like are decoded.
    """
    found = _ADDRESS.fullmatch(address)
    if not found:
        return None
    kind, place, asked = found[1], found[2], found[3] or ""
    if asked.startswith(_QUERY):
        query = _decoded(asked.removeprefix(_QUERY))
    elif asked.startswith(_TABLE):
        query = f'SELECT * FROM "{_decoded(asked.removeprefix(_TABLE)).replace(chr(34), chr(34) * 2)}"'
    elif asked:
        message = f"{kind}: {asked!r} is neither query=... nor table=..."
        raise UsageError(message, hint=f"{kind}:///FILE?query=SELECT ...")
    else:
        query = ""
    if kind.startswith("postgres"):
        server = f"postgresql://{place}"
        return Database("postgresql", server, _PASSWORD.sub(r"\1@", server), query)
    # As SQLAlchemy has it: three slashes stand before a relative path, four before an absolute one.
    return Database(kind, place.removeprefix("/"), f"{kind}://{place}", query)


def read_database(database: Database, stack: ExitStack) -> Table:
    """The rows of a query.

    Args:
        database: The database and the query.
        stack: Closes the connection.

    Raises:
        UsageError: There is no such file, what reads it is not installed, or the query fails.
        DataError: Two columns have one name; reading the rows may raise it too.
    """
    if database.kind != "postgresql" and database.place and not is_file(database.place):
        hint = f"{database.kind}:///FILE, or ////FILE from the root"
        raise UsageError(f"there is no file {database.place}", hint=hint)
    opened = _Sqlite if database.kind == "sqlite" else _Duckdb if database.kind == "duckdb" else _Postgres
    connection = opened(database, stack)
    query = database.query or _only_table(connection, database)
    try:
        columns, blocks = connection.ask(query)
    except connection.errors as error:
        raise UsageError(
            f"{database.shown}: the query failed: {_said(error)}", hint=f"asked was: {' '.join(query.split())[:200]}"
        ) from error
    if twice := [column for column, count in Counter(columns).items() if count > 1]:
        raise DataError(database.shown, f"two columns have the name {twice[0]!r}", hint="rename one: SELECT x AS y")
    return Table(columns, _explained(connection, database, blocks))


def _only_table(connection: Any, database: Database) -> str:
    """A query for all of the one table that is there."""
    try:
        tables = [row[0] for row in connection.rows(connection.tables)]
    except connection.errors as error:
        raise UsageError(f"{database.shown} cannot be read: {_said(error)}", hint="is it such a database?") from error
    if len(tables) != 1:
        listed = ", ".join(map(repr, tables[:10])) or "none"
        hint = f"say what to read: '{database.shown}?query=SELECT ... FROM ...' or '{database.shown}?table=NAME'"
        raise UsageError(f"{database.shown} has {len(tables)} tables: {listed}", hint=hint)
    return f'SELECT * FROM "{tables[0]}"'


def _explained(connection: Any, database: Database, blocks: Iterator[TableBlock]) -> Iterator[TableBlock]:
    rows = 0
    try:
        for block in blocks:
            rows += len(block)
            yield block
    except connection.errors as error:
        raise DataError(database.shown, f"the query failed behind row {rows:,}: {_said(error)}") from error


class _Sqlite:
    """SQLite, by the module of Python itself. Nothing is written: it is opened for reading."""

    tables = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"

    def __init__(self, database: Database, stack: ExitStack) -> None:
        import sqlite3
        from urllib.parse import quote

        self._shown = database.shown
        self.errors = (sqlite3.Error, sqlite3.Warning)
        place = f"file:{quote(database.place)}?mode=ro" if database.place else ":memory:"
        self._connection = stack.enter_context(closing(sqlite3.connect(place, uri=True)))

    def rows(self, query: str) -> list[Any]:
        return list(self._connection.execute(query))

    def ask(self, query: str) -> tuple[tuple[str, ...], Iterator[TableBlock]]:
        cursor = self._connection.execute(query)
        columns = tuple(str(each[0]) for each in cursor.description or ())
        if not columns:
            raise UsageError(f"{self._shown}: the query gives no rows", hint="ask with SELECT ...")
        cursor.arraysize = _BATCH
        return columns, Table.of_rows(columns, self._read(cursor, columns)).blocks

    def _read(self, cursor: Any, columns: tuple[str, ...]) -> Iterator[Row | BadRow]:
        for number, cells in enumerate(cursor, 1):
            if held := next((column for column, cell in zip(columns, cells, strict=True) if type(cell) is bytes), ""):
                hint = "leave the column out of the query, or ask for CAST(... AS TEXT)"
                yield BadRow(number, f"the column {held!r} holds bytes here", hint)
            else:
                yield Row(number, cells)


class _Duckdb:
    """DuckDB, opened for reading."""

    tables = "SELECT table_name FROM information_schema.tables ORDER BY table_name"

    def __init__(self, database: Database, stack: ExitStack) -> None:
        try:
            import duckdb
        except ImportError as error:
            raise UsageError("duckdb is not installed", hint="pip install 'nlptasks-toolkit[sql]'") from error
        self._shown = database.shown
        self.errors = (duckdb.Error,)
        try:
            connection = duckdb.connect(database.place or ":memory:", read_only=bool(database.place))
        except duckdb.Error as error:
            message = f"{database.shown} cannot be read: {_said(error)}"
            raise UsageError(message, hint="is it such a database?") from error
        self._connection = stack.enter_context(connection)

    def rows(self, query: str) -> list[Any]:
        return list(self._connection.execute(query).fetchall())

    def ask(self, query: str) -> tuple[tuple[str, ...], Iterator[TableBlock]]:
        found = self._connection.sql(query)
        if found is None:
            raise UsageError(f"{self._shown}: the query gives no rows", hint="ask with SELECT ...")
        reader = found.to_arrow_reader(_BATCH)
        return tuple(reader.schema.names), _arrow(reader)


class _Postgres:
    """PostgreSQL, by ADBC."""

    tables = (
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY table_name"
    )

    def __init__(self, database: Database, stack: ExitStack) -> None:
        try:
            from adbc_driver_postgresql import dbapi
        except ImportError as error:
            message = "adbc-driver-postgresql is not installed"
            raise UsageError(message, hint="pip install 'nlptasks-toolkit[postgres]'") from error
        self.errors = (dbapi.Error,)
        try:
            connection = stack.enter_context(closing(dbapi.connect(database.place)))
        except dbapi.Error as error:
            hint = "is the server there, and have you the right to read?"
            raise UsageError(f"{database.shown} cannot be read: {_said(error)}", hint=hint) from error
        self._cursor = stack.enter_context(closing(connection.cursor()))

    def rows(self, query: str) -> list[Any]:
        self._cursor.execute(query)
        return list(self._cursor.fetchall())

    def ask(self, query: str) -> tuple[tuple[str, ...], Iterator[TableBlock]]:
        self._cursor.execute(query)
        reader: Any = self._cursor.fetch_record_batch()
        return tuple(reader.schema.names), _arrow(reader)


def _arrow(reader: Any) -> Iterator[TableBlock]:
    import pyarrow as pa

    number = 1
    for batch in reader:
        for start in range(0, len(batch), _BATCH):
            data = pa.Table.from_batches([batch.slice(start, _BATCH)])
            yield TableBlock(data, range(number, number + len(data)))
            number += len(data)


def _decoded(text: str) -> str:
    from urllib.parse import unquote

    return text if " " in text else unquote(text)


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def file_stem(database: Database) -> str:
    """What an output is called that is made of a database."""
    return Path(database.place).stem or "query"
