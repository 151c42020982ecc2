"""Runs that somebody ends: nothing is half-written, and nobody is shown a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if os.name != "posix":
    pytest.skip("signals of POSIX", allow_module_level=True)

#: Far more than a pipe holds.
ROWS = 20_000


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """A process inherits that SIGINT is ignored, as it is in what a shell runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def stop(command, tmp_path) -> Callable:
    """Start a run that takes long, and send it a signal when it has answered its first row."""
    begun = tmp_path / "begun"
    command.write("reviews.csv", "text\n" + "good\n" * 5_000)
    line = ("run", "sentiment", "--head", "slow", "--begun", str(begun), "--data", "reviews.csv")
    return lambda sent, *args: command.stop(*line, *args, once=begun.exists, sent=sent)


def test_control_c_finishes_the_block_and_keeps_it(command, stop):
    result = stop(signal.SIGINT)
    assert result.code == 130
    assert result.lines == [
        "finishing the rows that are being predicted, to keep them; Ctrl-C again stops at once",
        "64 rows of reviews.sentiment.csv are kept: the same command goes on from there; "
        "'nlptasks runs clean' removes them",
        "interrupted",
    ]
    assert command.files().keys() - {"reviews.csv"} == {".reviews.sentiment.csv.nlptasks-run"}


def test_control_c_twice_stops_at_once(command, tmp_path):
    begun = tmp_path / "begun"
    command.write("reviews.csv", "text\n" + "good\n" * 5_000)
    line = ("run", "sentiment", "--head", "slow", "--begun", str(begun), "--data", "reviews.csv")
    before = command.files()
    with command.started(*line) as process:
        while not begun.exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline().startswith(b"finishing")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == b"interrupted\n"
    assert command.files() == before


def test_of_the_standard_output_nothing_is_kept(stop):
    result = stop(signal.SIGINT, "--output", "-")
    assert (result.code, result.stderr) == (
        130,
        "nothing is kept: its rows go to the standard output; --output FILE keeps them\ninterrupted\n",
    )
    assert result.after == result.before


def test_a_request_to_end(stop):
    result = stop(signal.SIGTERM)
    assert result.code == 143
    assert len(result.lines) <= 1
    result.left_nothing()


def test_a_terminal_that_is_closed(stop):
    result = stop(signal.SIGHUP)
    assert result.code == 129
    assert len(result.lines) <= 1
    result.left_nothing()


def test_nohup_is_obeyed(command, tmp_path):
    begun = tmp_path / "begun"
    command.write("reviews.csv", "text\n" + "good\n" * 50)
    line = ("run", "sentiment", "--head", "slow", "--begun", str(begun), "--data", "reviews.csv", "-o", "out.csv")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        result = command.stop(*line, once=begun.exists, sent=signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert result.code == 0, result.stderr
    assert command.read("out.csv").count("\n") == 51


def test_what_a_killed_run_left_is_removed_by_the_next_one(command, stop):
    stop(signal.SIGKILL, "--output", "out.csv")
    assert any(name.startswith(".out.csv") for name in command.files())
    command.constant("--data", "reviews.csv", "--output", "other.csv").succeeded()
    assert command.files().keys() == {"reviews.csv", "other.csv"}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_the_output_that_was_to_be_replaced_is_kept(command, stop, sent):
    command.write("out.csv", "mine\n")
    stop(sent, "--output", "out.csv", "--force").left_nothing()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_standard_input_is_awaited(command, sent, code):
    # A pipe holds 64 kB: when all of this is written, the run has begun to read, and soon it waits for more.
    data = b"text\n" + b"good\n" * 40_000
    line = ("run", "sentiment", "--head", "constant", "--data", "-", "--output", "out.csv")
    result = command.stop(*line, once=later, sent=sent, stdin=data)
    assert result.code == code
    assert len(result.lines) <= 1
    result.left_nothing()


def later() -> bool:
    """Be true after a while."""
    time.sleep(0.5)
    return True


def test_a_closed_pipe(command):
    command.write("reviews.csv", "text\n" + "a good long text\n" * ROWS)
    with command.started("run", "sentiment", "--head", "constant", "--data", "reviews.csv", "-o", "-") as process:
        assert process.stdout.readline().startswith(b'{"text": "a good long text"')
        process.stdout.close()
        assert process.wait(20) == 141
        assert len(process.stderr.read().splitlines()) <= 1
    assert command.files().keys() == {"reviews.csv"}


def test_a_pipe_into_head(command):
    command.write("reviews.csv", "text\n" + "good\n" * ROWS)
    line = command.line("run", "sentiment", "--head", "constant", "--data", "reviews.csv", "--output", "-")
    done = subprocess.run(
        ["sh", "-c", '{ "$@"; echo $? > code; } | head -n 1', "sh", *line],
        cwd=command.folder,
        env=command.environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert command.read("code") == "141\n"
    assert len(done.stdout.splitlines()) == 1
    assert len(done.stderr.splitlines()) <= 1


@pytest.mark.parametrize("args", [["--help"], ["run", "sentiment", "--help"], ["heads", "list"]])
def test_a_reader_that_has_gone_away(command, args):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            command.line(*args), cwd=command.folder, env=command.environment(), stdout=gone, stderr=subprocess.PIPE
        )
    assert (done.returncode, done.stderr) == (141, b"")


def test_no_terminal_is_left_with_a_bar(command, tmp_path):
    """On a terminal, the progress bar is taken off before the one line."""
    pty = pytest.importorskip("pty")
    begun = tmp_path / "begun"
    command.write("reviews.csv", "text\n" + "good\n" * 5_000)
    line = command.line("run", "sentiment", "--head", "slow", "--begun", str(begun), "--data", "reviews.csv")
    terminal, inner = pty.openpty()
    with subprocess.Popen(line, cwd=command.folder, env=command.environment(), stderr=inner) as process:
        os.close(inner)
        shown = read_until(terminal, begun)
        process.send_signal(signal.SIGINT)
        shown += read_all(terminal)
        assert process.wait(10) == 130
    os.close(terminal)
    assert shown.endswith(b"interrupted\r\n")
    assert b"rows/s" in shown
    assert b"Traceback" not in shown
    assert command.files().keys() == {"reviews.csv", ".reviews.sentiment.csv.nlptasks-run"}


def read_until(terminal: int, begun: Path) -> bytes:
    """What a terminal shows until a file is there; a bar is redrawn all the time."""
    shown = b""
    while not begun.exists():
        shown += os.read(terminal, 4096)
    return shown


def read_all(terminal: int) -> bytes:
    """What a terminal shows until nobody writes on it."""
    shown = b""
    try:
        while data := os.read(terminal, 4096):
            shown += data
    except OSError:  # how Linux tells the end of a terminal
        return shown
    return shown
