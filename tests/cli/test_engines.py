"""Runs in several processes: the bytes of one, whatever happens to the workers."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.command import Command, wait_for

if sys.platform != "linux":
    pytest.skip("it looks at processes by /proc", allow_module_level=True)

#: Blocks of 64, 256, 1,024, 4,096, 4,096 and 2,464 rows, so that two workers are busy for seconds.
ROWS = 12_000
DRAWN = ("run", "sentiment", "--head", "drawn", "--data", "in.csv")
SLOW = (*DRAWN, "--pause", "0.0005")

#: A head that takes its process down.
DEADLY = """
import os, signal
from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label

class Deadly:
    labels = ("negative", "positive")
    def __init__(self, context): pass
    def windows(self, examples): return [[] for _ in examples]
    def read(self, example, windows, reduced):
        if example.inputs["text"] == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return Label("positive", 0.75)

@hookimpl
def nlptasks_heads():
    return [HeadSpec(name="deadly", task="sentiment", summary="s", object="deadly:Deadly")]
"""


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """A process inherits that SIGINT is ignored, as it is in what a shell runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def wanted(command: Command) -> str:
    """What one process makes of the table."""
    rows = (f"text {at},{['positive', 'negative'][at % 2]}\n" for at in range(ROWS))
    command.write("in.csv", "text,label\n" + "".join(rows))
    command(*DRAWN, "--output", "one.csv").succeeded()
    return command.read("one.csv")


def workers_of(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(name) for name in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def has_kept(command: Command) -> bool:
    return any(path.stat().st_size for path in command.folder.glob(".*.nlptasks-run"))


def test_the_bytes_are_those_of_one_process(command, wanted):
    done = command(*DRAWN, "--output", "two.csv", "--workers", "2").succeeded()
    assert command.read("two.csv") == wanted
    assert "12,000 rows in" in done.stderr
    streamed = command(*DRAWN, "--output", "-", "--workers", "3", "--quiet").succeeded()
    assert len(streamed.stdout.splitlines()) == ROWS


def test_rows_that_fail_are_left_out_as_in_one_process(command):
    rows = [f"boom {at}" if at % 37 == 5 else f"text {at}" for at in range(300)]
    command.write("in.csv", "text\n" + "\n".join(rows) + "\n")
    line = ("run", "sentiment", "--head", "raising", "--data", "in.csv", "--on-error", "skip")
    for number in "12":
        done = command(*line, "--output", f"{number}.csv", "--workers", number)
        assert done.code == 3, done.stderr
    files = command.files()
    assert files["1.csv"] == files["2.csv"]
    assert files["1.csv.rejects.jsonl"] == files["2.csv.rejects.jsonl"] != b""
    one, two = (command(*line[:-2], "--output", "x.csv", "--workers", number) for number in "12")
    assert one.stderr == two.stderr
    assert "raising failed: KeyError: 'boom" in two.stderr


def test_a_record_is_that_of_one_process(command):
    command.write("in.csv", "text,label\n" + "".join(f"text {at},positive\n" for at in range(600)))
    line = ("eval", "sentiment", "--head", "drawn", "--data", "in.csv", "--json", "--quiet")
    one, two = (
        json.loads(command(*line, "--output", number, "--workers", number).succeeded().stdout) for number in "12"
    )
    assert one["id"] == two["id"]
    assert one["digests"] == two["digests"]
    assert "--workers" not in two["run"]["argv"]


def test_workers_that_are_killed_cost_no_row(command, wanted):
    whole = command(*DRAWN, "--output", "-", "--quiet").succeeded().stdout
    with command.started(*SLOW, "--output", "-", "--workers", "2", "--quiet") as process:
        found = process.stdout.readline()  # the first block is done, and both work on others
        for worker in workers_of(process.pid):
            os.kill(worker, signal.SIGKILL)
        found += process.stdout.read()
        assert process.wait(60) == 0
        told = process.stderr.read().decode()
    assert "warning: a worker was lost (a process was ended by SIGKILL); rows" in told
    assert found == whole


def test_what_ends_every_worker_ends_the_run(command):
    command.write("in.csv", "text\n" + "fine\n" * 100 + "die\n")
    command.write("deadly.py", DEADLY)
    line = ("run", "sentiment", "--head", "deadly", "--data", "in.csv", "--workers", "2")
    done = command(*line, plugins=command.folder)
    assert done.code == 1
    assert "error: 3 workers ended while they predicted rows 65 to 101: a process was ended by SIGKILL" in done.stderr
    assert "fewer --workers take less of it" in done.stderr


def test_control_c_keeps_what_is_done_and_any_number_of_workers_goes_on(command, wanted):
    line = (*SLOW, "--output", "two.csv")
    with command.started(*line, "--workers", "2") as process:
        wait_for(lambda: has_kept(command))
        workers = workers_of(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        told = process.stderr.read().decode()
    assert "the same command goes on from there" in told
    assert "Traceback" not in told
    wait_for(lambda: not any(map(lives, workers)))
    again = command(*line, "--workers", "3").succeeded()
    assert "were kept by a run that was stopped" in again.stderr
    assert command.read("two.csv") == wanted


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_no_worker_outlives_the_command(command, wanted, sent, code):
    with command.started(*SLOW, "--output", "two.csv", "--workers", "2") as process:
        wait_for(lambda: len(workers_of(process.pid)) == 2)
        time.sleep(0.5)
        workers = workers_of(process.pid)
        process.send_signal(sent)
        assert process.wait(60) == code
    wait_for(lambda: not any(map(lives, workers)))
    assert not (command.folder / "two.csv").exists()


def test_what_cannot_be_asked_is_refused_before_a_row_is_read(command, wanted):
    for more, said in (
        (("--workers", "0"), "--workers: 0 is below the minimum of 1"),
        (("--engine", "locl"), "there is no engine named 'locl'; did you mean 'local'?"),
        (("--workers", "2", "--address", "x:1"), "--address is not an option of the engine 'local'"),
    ):
        command(*DRAWN, *more).refused(said)


def test_engines_are_listed(command):
    lines = command("engines", "list").succeeded().stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", "local", "ray"]
