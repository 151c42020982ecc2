"""Records that are replaced: whatever kills a writer and whoever else writes, one whole record lies there."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks.errors import UsageError
from nlptasks.records import _whole
from nlptasks.records._whole import restore, whole_folder
from nlptasks.records.store import find_records, read_record, write_record

from .test_store import ITEMS, MATRICES, RECORDED

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tests fork and kill processes")

#: Kills a forked writer at each of its file operations in turn, and says what lies there behind each.
KILLED = """
import json, os, signal, sys
from dataclasses import replace
from pathlib import Path
from nlptasks.records import _whole
from nlptasks.records.store import find_records, read_record, write_record
from tests.core.records.test_store import ITEMS, MATRICES, RECORDED

root, exchange = Path(sys.argv[1]), sys.argv[2] == "exchange"
if not exchange:
    _whole._exchanged = lambda one, other: False
OPERATIONS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.scandir", "os.listdir", "ctypes.dlsym"}


def killed_at(step):
    seen = 0

    def hook(event, arguments):
        nonlocal seen
        if event in OPERATIONS:
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


found, step = [], 0
while True:
    step += 1
    child = os.fork()
    if not child:
        killed_at(step)
        write_record(root / "r", replace(RECORDED, task=f"step{step}"), ITEMS, MATRICES, force=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    listed = [path.name for path in find_records(root)]
    found.append([listed, read_record(root / "r").record.task])
    if not os.WIFSIGNALED(status):
        break
print(json.dumps(found))
"""

#: Twelve writers that start at once, again and again.
TOGETHER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from nlptasks.records.store import read_record, write_record
from tests.core.records.test_store import ITEMS, MATRICES, RECORDED

root = Path(sys.argv[1])
for turn in range(8):
    waiting, starting = os.pipe()
    children = []
    for at in range(12):
        child = os.fork()
        if not child:
            os.close(starting)
            os.read(waiting, 1)  # until all are there
            try:
                items = [replace(item, gold=f"{turn} {at}") for item in ITEMS]
                write_record(root / "r", replace(RECORDED, task=f"{turn} {at}"), items, MATRICES, force=True)
                read_record(root / "r")
            except BaseException as error:
                print(repr(error), file=sys.stderr)
                os._exit(1)
            os._exit(0)
        children.append(child)
    os.close(starting)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children), turn
    os.close(waiting)
    found = read_record(root / "r")
    assert {item.gold for item in found.samples} == {found.record.task}
    assert [path.name for path in root.iterdir()] == ["r"], list(root.iterdir())
"""


def run(script: str, *arguments: object) -> str:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("way", ["exchange", "aside"])
def test_a_writer_that_is_killed_at_any_step_leaves_a_whole_record(tmp_path: Path, way: str) -> None:
    write_record(tmp_path / "r", replace(RECORDED, task="step0"), ITEMS, MATRICES)
    found = json.loads(run(KILLED, tmp_path, way))
    assert len(found) > 12
    before = "step0"
    for step, (listed, task) in enumerate(found, 1):
        assert listed == ["r"], step
        assert task in (before, f"step{step}"), step
        before = task
    assert before == f"step{len(found)}"  # the last one was not killed
    assert [path.name for path in tmp_path.iterdir()] == ["r"]  # and what the others left is gone


def test_simultaneous_writers_leave_one_whole_record_and_nothing_else(tmp_path: Path) -> None:
    run(TOGETHER, tmp_path)


def test_a_record_that_was_set_aside_is_found_again(tmp_path: Path) -> None:
    for name in ("a", "b[1]"):
        write_record(tmp_path / name, RECORDED, ITEMS, MATRICES)
        (tmp_path / name).rename(tmp_path / f".{name}.{'0' * 16}.aside")
    assert read_record(tmp_path / "a").record.task == RECORDED.task
    assert [path.name for path in find_records(tmp_path)] == ["a", "b[1]"]


def test_a_folder_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "r", replaceable=lambda _: True) as first:
        (first / "x").write_text("first")
        with whole_folder(tmp_path / "r", replaceable=lambda _: True) as second:
            (second / "x").write_text("second")
        assert (tmp_path / "r" / "x").read_text() == "second"
    assert (tmp_path / "r" / "x").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_what_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError), whole_folder(tmp_path / "r", replaceable=lambda _: False):
        (tmp_path / "r").mkdir()
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_record_behind_a_link_is_replaced_where_it_lies(tmp_path: Path) -> None:
    write_record(tmp_path / "there" / "r", RECORDED, ITEMS, MATRICES)
    (tmp_path / "r").symlink_to(tmp_path / "there" / "r")
    write_record(tmp_path / "r", replace(RECORDED, task="new"), ITEMS, MATRICES, force=True)
    assert (tmp_path / "r").is_symlink()
    assert read_record(tmp_path / "there" / "r").record.task == "new"


def test_without_locks_and_exchange_a_record_is_replaced_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_whole, "_exchanged", lambda one, other: False)
    monkeypatch.setattr(_whole, "_lock", lambda folder, shared=False, wait=True: None)
    write_record(tmp_path / "r", RECORDED, ITEMS, MATRICES)
    write_record(tmp_path / "r", replace(RECORDED, task="new"), ITEMS, MATRICES, force=True)
    with pytest.raises(UsageError, match="exists already"):
        write_record(tmp_path / "r", RECORDED, ITEMS, MATRICES)
    restore(tmp_path / "r")
    assert read_record(tmp_path / "r").record.task == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
