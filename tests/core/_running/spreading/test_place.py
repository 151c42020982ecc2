"""Where a system is."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.observers import Observers
from nlptasks._running.engine import LocalEngine
from nlptasks._running.run import run
from nlptasks._running.spreading.place import placed
from nlptasks._settings.groups import EngineChoice, TableSource, TableTarget
from nlptasks.errors import PluginError, UsageError
from nlptasks.plugin.events import BatchFinished

THREADS = EngineChoice(engine="threads")


def told(line: str) -> None:
    raise AssertionError(line)


@pytest.mark.parametrize("choice", [EngineChoice(), replace(THREADS, workers=1)])
def test_one_worker_is_this_process(there, worded, opened, choice):
    with placed(there, worded, choice, told) as place:
        assert isinstance(place.engine(), LocalEngine)
        assert place.loaded.heads[0].head.labels == ("negative", "positive")
        assert place.machine()["cores"] == os.cpu_count()
        assert place.peak_rss_mb() > 1
        place.verify()
    assert opened == []


def test_workers_tell_what_a_run_must_know_of_their_system(there, worded, opened):
    with placed(there, worded, THREADS, told) as place:
        (head,) = place.loaded.heads
        assert (head.name, head.head.labels, head.languages) == ("acme:worded", ("negative", "positive"), ("en",))
        assert place.loaded.backbone is None
        assert place.machine()["cores"] == os.cpu_count()
        assert place.peak_rss_mb() > 1
        assert opened[0].size == 2
        with pytest.raises(RuntimeError, match="in the memory of the workers"):
            head.head.windows([])
    assert opened[0].closed


def test_they_are_closed_whatever_happens(there, worded, opened):
    with pytest.raises(KeyboardInterrupt), placed(there, worded, THREADS, told):
        raise KeyboardInterrupt
    assert opened[0].closed


def test_an_option_of_another_engine_is_refused(there, worded):
    with (
        pytest.raises(UsageError, match="--gain is not an option of the engine 'threads'"),
        placed(there, worded, replace(THREADS, given={"gain": 1}), told),
    ):
        """It is not opened."""
    with (
        pytest.raises(UsageError, match="--lose: -1 is below"),
        placed(there, worded, replace(THREADS, given={"lose": -1}), told),
    ):
        """Nor here."""


def test_a_system_that_cannot_be_sent_is_refused(there, worded):
    options = lambda: None  # noqa: E731 - no name by which another process finds it
    system = replace(worded, heads=(replace(worded.heads[0], options=options),))
    with pytest.raises(UsageError, match="cannot go to other processes"), placed(there, system, THREADS, told):
        """It is not opened."""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [f"{'good' if at % 3 else 'bad'} {at}" for at in range(700)]
    (tmp_path / "in.csv").write_text("text\n" + "\n".join(rows) + "\n")
    return tmp_path / "in.csv"


def ran(there, worded, table: Path, name: str, **more):
    observers = Observers(load_plugins(Config(allow=frozenset())).manager, pytest.fail)
    events = []
    observers.send = events.append
    target = TableTarget(output=str(table.with_name(name)))
    source = TableSource(data=str(table), **more.pop("source", {}))
    report = run(there, worded, source, target, observers, **more)
    return table.with_name(name).read_bytes(), report, events


def test_a_run_is_that_of_one_process(there, worded, table):
    one, report, _ = ran(there, worded, table, "one.csv")
    two, other, events = ran(there, worded, table, "two.csv", engine=THREADS)
    assert one == two
    assert replace(report, seconds=0, output="") == replace(other, seconds=0, output="")
    assert [event.rows for event in events if isinstance(event, BatchFinished)] == [64, 320, 700]


def test_a_lost_worker_is_told_and_costs_nothing(there, worded, table):
    lines = []
    one, *_ = ran(there, worded, table, "one.csv")
    two, *_ = ran(there, worded, table, "two.csv", engine=replace(THREADS, given={"lose": 2}), told=lines.append)
    assert one == two
    assert lines == ["warning: a worker was lost (it was switched off); rows 1 to 64 go to another one"] * 2


def test_rows_that_fail_are_found_in_other_processes_too(there, worded, table):
    text = table.read_text().replace("bad 99\n", "fail 99\n").replace("bad 600\n", "fail 600\n")
    table.write_text(text)
    skip = {"on_error": "skip"}
    one, report, _ = ran(there, worded, table, "one.csv", source=skip)
    two, other, _ = ran(there, worded, table, "two.csv", source=skip, engine=THREADS)
    assert one == two
    assert report.rejected == other.rejected == 2
    with pytest.raises(PluginError, match="the head acme:worded failed: ValueError: it reads 'fail'"):
        ran(there, worded, table, "three.csv", engine=THREADS)
    assert not table.with_name("three.csv").exists()
