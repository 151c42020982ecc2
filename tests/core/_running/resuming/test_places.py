"""Where a run is kept, and of which nothing is."""

from __future__ import annotations

import os
from pathlib import Path

from nlptasks._running.resuming.places import kept_beside, nothing_kept
from nlptasks._settings.groups import TableSource
from nlptasks._systems.session import Session
from nlptasks._tables.opening import OpenedTable, open_tables
from nlptasks.plugin.protocols import Table


def test_it_stands_hidden_beside_the_output(tmp_path: Path) -> None:
    assert kept_beside(tmp_path / "out.csv") == tmp_path / ".out.csv.nlptasks-run"


def test_a_link_leads_to_the_same_place(tmp_path: Path) -> None:
    (tmp_path / "other").symlink_to(tmp_path / "out.csv")
    assert kept_beside(tmp_path / "other") == tmp_path / ".out.csv.nlptasks-run"


def test_long_names_differ_still(tmp_path: Path) -> None:
    names = {kept_beside(tmp_path / ("ä" * 100 + at + ".parquet")).name for at in "ab"}
    assert len(names) == 2
    assert all(len(os.fsencode(name)) < 150 for name in names)


def test_files_are_gone_on_with_and_streams_are_not(here: Session, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\na\n")
    os.mkfifo(tmp_path / "pipe")
    with open_tables(here.registry, TableSource(data=str(tmp_path / "in.csv"))) as opened:
        assert nothing_kept(opened, str(tmp_path / "out.csv")) == ""
        assert "--output FILE keeps them" in nothing_kept(opened, "")
        assert "/dev/stdout is a pipe or a device" in nothing_kept(opened, "/dev/stdout")
        assert "pipe is a pipe or a device" in nothing_kept(opened, str(tmp_path / "pipe"))


def test_nothing_is_kept_of_what_may_be_another_next_time() -> None:
    elsewhere = OpenedTable("s3://b/x.csv", Table((), iter(())), ("s3://b/x.csv",), 100)
    assert "lies elsewhere" in nothing_kept(elsewhere, "out.csv")
    query = OpenedTable("duckdb://", Table((), iter(())), ("duckdb://",), None)
    assert nothing_kept(query, "out.csv")
