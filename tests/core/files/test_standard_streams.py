"""The standard output belongs to the data."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from nlptasks.files.standard_streams import (
    DataOutput,
    data_fileno,
    guest_enters,
    guest_leaves,
    keep_for_data,
    lent_to_data,
)


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[io.BytesIO, io.StringIO]]:
    """Keeps the standard output for the data: its bytes, and a standard error.

    To be called in a test: pytest has streams of its own for each of its phases.
    """

    def kept() -> tuple[io.BytesIO, io.StringIO]:
        below, errors = io.BytesIO(), io.StringIO()
        monkeypatch.setattr(sys, "stdout", DataOutput(below, encoding="utf-8", write_through=True))
        monkeypatch.setattr(sys, "stderr", errors)
        return below, errors

    return kept


def test_what_a_plugin_prints_goes_elsewhere_and_only_while_it_runs(streams):
    below, errors = streams()
    print("ours")
    token = guest_enters()
    print("theirs")
    inner = guest_enters()
    guest_leaves(inner)
    print("theirs still")
    guest_leaves(token)
    print("ours again")
    assert below.getvalue() == b"ours\nours again\n"
    assert errors.getvalue() == "theirs\ntheirs still\n"


def test_all_that_is_printed_while_rows_are_written_goes_elsewhere(streams):
    below, errors = streams()
    with pytest.raises(KeyError), lent_to_data():
        print("in between")
        raise KeyError
    print("after")
    assert (below.getvalue(), errors.getvalue()) == (b"after\n", "in between\n")


def test_another_thread_never_prints_between_the_rows(streams):
    below, errors = streams()
    thread = threading.Thread(target=print, args=("from a thread",))
    thread.start()
    thread.join()
    assert (below.getvalue(), errors.getvalue()) == (b"", "from a thread\n")


def test_without_a_standard_error_it_is_lost(streams, monkeypatch):
    below, _ = streams()
    monkeypatch.setattr(sys, "stderr", None)
    token = guest_enters()
    print("theirs")
    guest_leaves(token)
    assert below.getvalue() == b""


def test_somebody_elses_stream_is_left_alone(monkeypatch):
    theirs = io.StringIO()
    monkeypatch.setattr(sys, "stdout", theirs)
    keep_for_data()
    assert sys.stdout is theirs
    assert data_fileno() == 1
    with lent_to_data():
        print("x")
    assert theirs.getvalue() == "x\n"


def test_libraries_in_c_cannot_write_past_it():
    code = (
        "import os, sys; from nlptasks.files.standard_streams import *; keep_for_data(); "
        "os.write(1, b'from C\\n'); print('a row'); os.write(data_fileno(), b'')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("a row\n", "from C\n")


@pytest.mark.parametrize(
    ("silence", "named"),
    [
        ("None", "()"),
        ("sys.stderr.close()", "('sys.stderr, which it closed,',)"),
        ("setattr(sys, 'stdout', None)", "('sys.stdout',)"),
        ("setattr(sys, 'stderr', None)", "('sys.stderr',)"),
        ("os.close(2)", "('where the standard error leads',)"),
    ],
)
def test_what_was_silenced_speaks_again_and_is_named_once(silence, named):
    code = (
        "import os, sys; from nlptasks.files.standard_streams import *; keep_for_data(); "
        f"{silence}; changed = put_streams_back(), put_streams_back(); print(*changed); print('heard', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"{named} ()\n", "heard\n")
