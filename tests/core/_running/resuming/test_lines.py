"""A file of whole lines, whatever ended the process that wrote it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from nlptasks._running.resuming.lines import LockedLines
from nlptasks.errors import NlptasksError, UsageError

Opened = Callable[[Path], LockedLines]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines"


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens files, which are closed at the end."""
    with ExitStack() as stack:

        def call(path: Path) -> LockedLines:
            file = LockedLines(path, advice="give another name")
            stack.callback(file.close)
            return file

        yield call


def test_lines_come_back(path: Path, opened: Opened) -> None:
    file = opened(path)
    file.append(b"one\ntwo\n")
    long = b"x" * 3_000_000 + b"\n"
    file.append(long)
    assert list(file.lines()) == [b"one\n", b"two\n", long]
    file.close()
    path.write_bytes(path.read_bytes() + b"cut sho")
    assert list(opened(path).lines()) == [b"one\n", b"two\n", long]


def test_a_line_may_be_written_while_others_are_read(path: Path, opened: Opened) -> None:
    file = opened(path)
    file.append(b"one\ntwo\n")
    lines = file.lines()
    assert next(lines) == b"one\n"
    file.cut(4)
    file.append(b"three\n")
    assert list(file.lines()) == [b"one\n", b"three\n"]


def test_one_process_has_it(path: Path, opened: Opened) -> None:
    file = opened(path)
    file.append(b"one\n")
    with pytest.raises(UsageError, match=r"(?s)lines: another process is writing it.*or give another name"):
        opened(path)
    file.close()
    opened(path).close()
    assert path.read_bytes() == b"one\n"


def test_only_its_owner_may_read_it(path: Path, opened: Opened) -> None:
    path.write_bytes(b"one\n")
    path.chmod(0o666)
    opened(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_not_followed(path: Path, opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    path.symlink_to(tmp_path / "mine")
    with pytest.raises(UsageError, match="cannot write"):
        opened(path)


def test_one_in_which_nothing_stands_is_removed(path: Path, opened: Opened) -> None:
    opened(path).close()
    assert not path.exists()


def test_a_disk_that_fails_in_the_middle_leaves_whole_lines(
    path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = opened(path)
    file.append(b"one\n")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as context:
        context.setattr("os.fsync", full)
        with pytest.raises(NlptasksError, match=r"(?s)No space left.*goes on where it stopped"):
            file.append(b"two\n")
    assert path.read_bytes() == b"one\n"
    file.append(b"three\n")
    assert path.read_bytes() == b"one\nthree\n"


def test_what_an_interrupted_call_left_is_cut_off(path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    file = opened(path)
    file.append(b"one\n")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context, pytest.raises(KeyboardInterrupt):
        context.setattr("os.fsync", interrupted)
        file.append(b"two\n")
    file.append(b"three\n")
    assert path.read_bytes() == b"one\nthree\n"
