"""Tables of databases."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import duckdb
import pytest

from nlptasks._tables.databases import Database, database_of, file_stem, read_database
from nlptasks.errors import DataError, UsageError
from nlptasks.plugin.protocols import BadRow


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of each kind, in the working folder."""
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect("two.db")) as made:
        made.execute("CREATE TABLE r (id INT, text TEXT, raw BLOB)")
        made.execute('CREATE TABLE "odd \'name" (text)')
        made.executemany("INSERT INTO r VALUES (?, ?, ?)", [(1, "good", None), (2, None, b"x"), (3, "50% off", None)])
        made.commit()
    with closing(sqlite3.connect("one.db")) as made:
        made.execute("CREATE TABLE r AS SELECT 1.5 AS n, 'good' AS text")
    with duckdb.connect("one.duckdb") as found:
        found.execute("CREATE TABLE r AS SELECT i AS n, 'text ' || i AS text FROM range(5000) t(i)")
    Path("no.db").write_text("this is no database, however long it may be" * 100)


def rows(address: str) -> list[object]:
    database = database_of(address)
    assert database is not None
    with ExitStack() as stack:
        found = read_database(database, stack).rows
        return [row.reason if isinstance(row, BadRow) else list(row.cells) for row in found]


def test_addresses():
    assert database_of("https://example.org/?query=x") is None
    assert database_of("sqlite:///a/b.db?query=SELECT '%41' AS x") == Database(
        "sqlite", "a/b.db", "sqlite:///a/b.db", "SELECT '%41' AS x"
    )
    encoded = database_of("duckdb:////a.db?query=SELECT%201")
    assert (encoded.place, encoded.query) == ("/a.db", "SELECT 1")
    server = database_of("postgres://me:se%40cret@host:5432/db?query=SELECT 1")
    assert (server.place, server.shown) == ("postgresql://me:se%40cret@host:5432/db", "postgresql://me@host:5432/db")
    assert [file_stem(database_of(name)) for name in ("sqlite:///a/b.db", "duckdb://")] == ["b", "query"]
    with pytest.raises(UsageError, match=r"'q=1' is neither query=\.\.\. nor table=\.\.\."):
        database_of("sqlite:///a.db?q=1")


def test_rows_of_a_query_of_a_table_and_of_the_only_table():
    assert rows("sqlite:///two.db?query=SELECT id, text FROM r WHERE text LIKE '%oo%'") == [["1", "good"]]
    assert rows("sqlite:///two.db?table=r") == [
        ["1", "good", None],
        "the column 'raw' holds bytes here",
        ["3", "50% off", None],
    ]
    assert rows("sqlite:///two.db?table=odd 'name") == []
    assert rows("sqlite:///one.db") == [["1.5", "good"]]
    found = rows("duckdb:///one.duckdb")
    assert (len(found), found[0], found[-1]) == (5_000, [0, "text 0"], [4_999, "text 4999"])
    Path("x.csv").write_text("text\ngood\n")
    assert rows("duckdb://?query=SELECT * FROM 'x.csv'") == [["good"]]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite:///two.db", "sqlite:///two.db has 2 tables: \"odd 'name\", 'r'"),
        ("sqlite:///gone.db", "there is no file gone.db"),
        ("sqlite:///no.db", "cannot be read: file is not a database"),
        ("sqlite:///no.db?query=SELECT 1 FROM r", "the query failed: file is not a database"),
        ("sqlite:///two.db?query=SELECT nope FROM r", "the query failed: no such column: nope"),
        ("sqlite:///two.db?query=DELETE FROM r", "the query failed: attempt to write a readonly database"),
        ("duckdb:///one.duckdb?query=SELECT nope FROM r", "the query failed: Binder Error"),
        ("duckdb:///one.duckdb?query=DROP TABLE r", "the query failed"),
        ("duckdb:///no.db", "duckdb:///no.db cannot be read"),
        ("postgresql://me:secret@127.0.0.1:1/db?query=SELECT 1", "postgresql://me@127.0.0.1:1/db cannot be read"),
    ],
)
def test_one_message_for_what_fails(address, said):
    with pytest.raises(UsageError) as refused:
        rows(address)
    assert said in refused.value.message
    assert "secret" not in str(refused.value)
    assert refused.value.hint


def test_two_columns_of_one_name():
    with pytest.raises(DataError, match="two columns have the name 'id'"):
        rows("sqlite:///two.db?query=SELECT id, id FROM r")
