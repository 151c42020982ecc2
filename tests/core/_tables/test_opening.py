"""Several files as one table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.opening import OpenedTable, digest_of, format_used, open_tables
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import sha256_of
from nlptasks.plugin.protocols import BadRow, Row

Rows = list[tuple[str, object]]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    monkeypatch.chdir(tmp_path)

    def written(name: str, text: str) -> str:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
        return name

    return written


def source(*names: str, **more: object) -> TableSource:
    return TableSource(data=names[0], more=names[1:], **more)


def rows(opened: OpenedTable) -> Rows:
    return [
        (opened.place(row.line), row.reason if isinstance(row, BadRow) else list(row.cells))
        for row in opened.table.rows
    ]


def test_rows_follow_each_other_with_their_file_and_keep_their_places(registry, write):
    names = [write("a.csv", "id,text\n1,x\n2\n3,y\n"), write("b.csv", "text,id\n\nz,4\n"), write("c.csv", "id,text\n")]
    with open_tables(registry, source(*names)) as opened:
        assert opened.table.columns == ("id", "text", "file")
        assert opened.name == "a.csv and 2 other files"
        assert opened.size == sum(Path(name).stat().st_size for name in names)
        found = rows(opened)
        assert opened.position() == opened.size
    assert found == [
        ("a.csv:2", ["1", "x", "a.csv"]),
        ("a.csv:3", "1 cell, expected 2 (id, text)"),
        ("a.csv:4", ["3", "y", "a.csv"]),
        ("b.csv:3", ["4", "z", "b.csv"]),
    ]


def test_one_file_is_as_it_is(registry, write):
    with open_tables(registry, source(write("a.csv", "id,text\n1,x\n"))) as opened:
        assert (opened.name, opened.table.columns, opened.extra) == ("a.csv", ("id", "text"), "")
        assert opened.shown(2) == "2"
        assert rows(opened) == [("a.csv:2", ["1", "x"])]


def test_the_column_of_files_takes_no_name_that_is_there(registry, write):
    names = write("a.csv", "text,File\nx,1\n"), write("b.csv", "text,File\ny,2\n")
    with open_tables(registry, source(*names)) as opened:
        assert opened.table.columns == ("text", "File", "source_file")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("b.csv", "b.csv and a.csv have unlike columns: b.csv lacks 'id' and has 'key', which the other lacks"),
        ("b.jsonl", "'id' holds JSON values in b.jsonl and cells of text in a.csv"),
        ("b.parquet", "'id' holds int64 in b.parquet and cells of text in a.csv"),
    ],
)
def test_unlike_columns_are_refused_with_both_files_named(registry, write, other, said):
    write("a.csv", "id,text\n1,x\n")
    write("b.csv", "key,text\n1,x\n")
    write("b.jsonl", '{"id": 1, "text": "x"}\n')
    pq.write_table(pa.table({"id": [1], "text": ["x"]}), "b.parquet")
    with pytest.raises(UsageError, match=said), open_tables(registry, source("a.csv", other)):
        pass


def test_a_mistake_in_the_last_file_shows_before_the_first_is_read(registry, write):
    names = write("a.csv", "text\nx\n"), write("b.csv", "")
    with pytest.raises(DataError, match=r"b\.csv: the file is empty"), open_tables(registry, source(*names)):
        pass
    with pytest.raises(UsageError, match=r"there is no file c\.csv"), open_tables(registry, source("a.csv", "c.csv")):
        pass
    with pytest.raises(UsageError, match="can be read only once"), open_tables(registry, source("a.csv", "-")):
        pass


def test_a_folder_of_texts(registry, write):
    write("in/b.txt", "one\ntwo\n")
    write("in/a.txt", "")
    write("in/long.txt", "x" * 20)
    reading = TableSource().reading
    asked = source("in", reading=type(reading)(max_cell=10))
    with open_tables(registry, asked) as opened:
        found = list(opened.table.rows)
    assert [list(row.cells) for row in found if isinstance(row, Row)] == [["a.txt", ""], ["b.txt", "one\ntwo\n"]]
    assert [row.reason for row in found if isinstance(row, BadRow)] == ["in/long.txt is longer than 10 characters"]


def test_digests_and_formats(registry, write):
    one, two = write("a.csv", "text\nx\n"), write("b.csv", "text\ny\n")
    assert digest_of(registry, source(one)) == sha256_of(Path(one))
    both = digest_of(registry, source(one, two))
    assert both not in (sha256_of(Path(one)), digest_of(registry, source(two, one)))
    assert format_used(registry, source(one)).spec.name == "csv"
    write("t/a.txt", "x")
    assert format_used(registry, source("t")) is None
    assert digest_of(registry, source("t")) != both
