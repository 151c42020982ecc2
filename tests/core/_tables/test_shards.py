"""Outputs of several files; the command: ``_cli/commands/test_run.py``."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import TableSource, TableTarget
from nlptasks._tables.opening import open_tables
from nlptasks._tables.shards import ending_of, output_folder, shard_names, shards_writer
from nlptasks.errors import UsageError


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TableSource:
    """A folder of three tables, one of them compressed."""
    monkeypatch.chdir(tmp_path)
    for name, rows in (("a.csv", 3), ("sub/b.csv", 2), ("sub/c.txt", 1)):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text("text\n" + "".join(f"{name} {row}\n" for row in range(rows)))
    return TableSource(data="in", format="csv")


def written(registry: Registry, source: TableSource, target: TableTarget) -> dict[str, list[str]]:
    with open_tables(registry, source) as opened, output_folder(Path("out")) as folder:
        writer = shards_writer(registry, opened, folder, ["text", "file", "n"], target)
        number = 0
        for block in opened.table.blocks:
            writer.write(block, [list(range(number, number + len(block)))])
            number += len(block)
        writer.close()
        assert not Path("out").exists(), "nothing stands under the name before all is complete"
    return {path.relative_to("out").as_posix(): path.read_text().splitlines() for path in Path("out").rglob("*.*")}


def test_a_file_for_each_input_below_the_folder_that_they_share(registry, data):
    found = written(registry, data, TableTarget())
    assert found == {
        "a.csv": ["text,file,n", *(f"a.csv {row},in/a.csv,{row}" for row in range(3))],
        "sub/b.csv": ["text,file,n", *(f"sub/b.csv {row},in/sub/b.csv,{row + 3}" for row in range(2))],
        "sub/c.csv": ["text,file,n", "sub/c.txt 0,in/sub/c.txt,5"],
    }


def test_a_file_for_so_many_rows(registry, data):
    found = written(registry, data, TableTarget(rows_per_file=4, output_format="tsv"))
    assert {name: len(lines) - 1 for name, lines in found.items()} == {"part-00001.tsv": 4, "part-00002.tsv": 2}


def test_names_and_endings(registry, data):
    with open_tables(registry, TableSource(data="in/a.csv")) as opened:
        assert shard_names(opened, "")(2) == "a.csv"
        assert shard_names(opened, ".parquet")(2) == "a.parquet"
        assert ending_of(registry, opened, "") == ".csv"
        assert ending_of(registry, opened, "jsonl") == ".jsonl"


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    with output_folder(folder) as part:
        (part / "a.csv").touch()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with pytest.raises(UsageError, match="exists already"), output_folder(folder):
        pass
    other = tmp_path / "other"
    with pytest.raises(ValueError, match="stop"), output_folder(other) as part:
        (part / "a.csv").touch()
        raise ValueError("stop")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with pytest.raises(UsageError, match="make the folder around it first"), output_folder(tmp_path / "no" / "out"):
        pass


def test_notes_of_all_files_are_told_once(registry, data, tmp_path):
    with open_tables(registry, data) as opened:
        writer = shards_writer(registry, opened, tmp_path, ["text", "file", "n"], TableTarget(output_format="parquet"))
        for block in opened.table.blocks:
            writer.write(block, [pa.array(range(len(block))).to_pylist()])
        writer.close()
        assert writer.notes == ()
        assert writer.files == 3
