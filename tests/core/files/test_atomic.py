import errno
import os
import resource
import stat
from pathlib import Path

import pytest

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files import atomic
from nlptasks.files.paths import (
    atomic_output,
    open_input,
)

TEXT = "id,review\n1,größer 🎉\n".encode()


def content(path: Path) -> bytes:
    with open_input(path) as source:
        return source.stream.read()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_an_output_appears_when_it_is_complete(tmp_path, suffix):
    target = tmp_path / f"a.csv{suffix}"
    with atomic_output(target) as stream:
        stream.write(TEXT)
        assert not target.exists()
    assert left(tmp_path) == [target.name]
    assert content(target) == TEXT
    first = target.read_bytes()
    with atomic_output(target, force=True) as stream:
        stream.write(TEXT)
    assert target.read_bytes() == first


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_of_an_output_that_failed(tmp_path, suffix, error):
    def fail():
        with atomic_output(tmp_path / f"a.csv{suffix}") as stream:
            stream.write(TEXT)
            raise error

    with pytest.raises(error):
        fail()
    assert left(tmp_path) == []


def test_an_output_that_failed_keeps_the_old_file(tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")

    def fail():
        with atomic_output(target, force=True) as stream:
            stream.write(TEXT)
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert (left(tmp_path), target.read_bytes()) == (["a.csv"], b"old")


def refused(path, match, **arguments) -> UsageError:
    with pytest.raises(UsageError, match=match) as caught, atomic_output(path, **arguments):
        pytest.fail("the block was entered")
    return caught.value


def test_a_file_that_exists_needs_force(tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    assert "--force" in refused(target, r"a\.csv exists already").hint
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_is_kept(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(atomic.os, "link", no_links)
    target = tmp_path / "a.csv"

    def race():
        with atomic_output(target) as stream:
            stream.write(TEXT)
            target.write_bytes(b"theirs")

    with pytest.raises(UsageError, match="exists already"):
        race()
    assert (left(tmp_path), target.read_bytes()) == (["a.csv"], b"theirs")


def no_links(*args):
    raise OSError(errno.EOPNOTSUPP, "no links")


def test_file_systems_without_links_work(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic.os, "link", no_links)
    with atomic_output(tmp_path / "a.csv") as stream:
        stream.write(TEXT)
    assert left(tmp_path) == ["a.csv"]


def test_targets_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    refused(tmp_path, "is a directory")
    assert "mkdir -p" in refused(tmp_path / "no" / "a.csv", "there is no folder").hint
    refused(tmp_path / "file" / "a.csv", "cannot write .*Not a directory")
    refused(tmp_path / ("x" * 300 + ".csv"), "cannot write .*File name too long")
    assert left(tmp_path) == ["file"]


def test_a_folder_without_permission(tmp_path, monkeypatch):
    def denied(*args):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(atomic.os, "open", denied)
    assert "another folder" in refused(tmp_path / "a.csv", r"cannot write .*a\.csv: Permission denied").hint


def test_a_disk_without_room_for_another_file(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "open", full)
    with pytest.raises(NlptasksError, match="no space left on the disk"), atomic_output(tmp_path / "a.csv"):
        pytest.fail("the block was entered")


def test_the_longest_name_that_a_folder_allows(tmp_path):
    target = tmp_path / ("é" * 125 + ".csv")
    with atomic_output(target) as stream:
        stream.write(TEXT)
    assert left(tmp_path) == [target.name]


def test_the_input_is_never_overwritten(tmp_path):
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT)
    (tmp_path / "link.csv").symlink_to(source)
    refused(tmp_path / "link.csv", "is the input", force=True, source=source)
    assert source.read_bytes() == TEXT


def test_a_link_is_followed(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.touch()
    link.symlink_to(real)
    with atomic_output(link, force=True) as stream:
        stream.write(TEXT)
    assert link.is_symlink()
    assert real.read_bytes() == TEXT


def test_permissions_are_the_old_files_or_the_users(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    old.touch(mode=0o600)
    umask = os.umask(0o027)
    try:
        for path in (new, old):
            with atomic_output(path, force=True):
                pass
    finally:
        os.umask(umask)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (new, old)] == [0o640, 0o600]


def test_devices_are_written_directly(tmp_path):
    with atomic_output("/dev/null") as stream:
        stream.write(TEXT)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with atomic_output(pipe) as stream:
        stream.write(TEXT)
    assert os.read(reader, 1000) == TEXT
    os.close(reader)
    assert left(tmp_path) == ["pipe"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_explained():
    def fill():
        with atomic_output("/dev/full") as stream:
            stream.write(TEXT)

    with pytest.raises(NlptasksError, match="no space left on the disk that holds /dev/full") as caught:
        fill()
    assert (caught.value.exit_code, "free some space" in caught.value.hint) == (1, True)


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
@pytest.mark.parametrize("early", [True, False])
def test_nothing_is_left_where_writing_fails(tmp_path, suffix, early):
    def fill():
        with atomic_output(tmp_path / f"a.csv{suffix}") as stream:
            for _ in range(40 if early else 1):
                stream.write(os.urandom(100_000))

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(NlptasksError, match=r"cannot write .*a\.csv.*: File too large"):
            fill()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert left(tmp_path) == []


def test_a_disk_that_fails_at_the_end_is_explained(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(atomic.os, "fsync", full)

    def fill():
        with atomic_output(tmp_path / "a.csv") as stream:
            stream.write(TEXT)

    with pytest.raises(NlptasksError, match=r"no space left .*quota"):
        fill()
    assert left(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_files_of_dead_processes_are_removed_and_those_of_living_ones_are_kept(tmp_path):
    abandoned = tmp_path / ".a.csv.0123abcd.nlptasks.part"
    others = [tmp_path / name for name in (".a.csv.0123abcd.part", ".a.nlptasks.part", "a.0123abcd.nlptasks.part")]
    for path in (abandoned, *others):
        path.write_bytes(TEXT)
    with atomic_output(tmp_path / "a.csv") as outer:
        assert not abandoned.exists()
        outer.write(TEXT)
        outer.flush()
        with atomic_output(tmp_path / "b.csv") as inner:
            inner.write(TEXT)
        assert len(left(tmp_path)) == 5
    assert left(tmp_path) == sorted(["a.csv", "b.csv", *(path.name for path in others)])
    assert content(tmp_path / "a.csv") == TEXT


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_a_link_or_a_pipe_that_is_called_as_our_files_are_leads_nowhere(tmp_path):
    (tmp_path / "mine").write_bytes(TEXT)
    (tmp_path / ".a.csv.0123abcd.nlptasks.part").symlink_to("mine")
    os.mkfifo(tmp_path / ".b.csv.0123abcd.nlptasks.part")
    with atomic_output(tmp_path / "a.csv") as stream:
        stream.write(TEXT)
    assert (tmp_path / "mine").read_bytes() == content(tmp_path / "a.csv") == TEXT


def test_a_file_that_another_process_took_for_abandoned_is_made_again(tmp_path, monkeypatch):
    locked, removed = atomic._locked, []

    def late(descriptor: int, *, wait: bool) -> bool:
        if wait and not removed:
            removed.extend(left(tmp_path))
            (tmp_path / removed[0]).unlink()
        return locked(descriptor, wait=wait)

    monkeypatch.setattr(atomic, "_locked", late)
    with atomic_output(tmp_path / "a.csv") as stream:
        stream.write(TEXT)
    assert removed
    assert content(tmp_path / "a.csv") == TEXT


def test_a_file_with_the_same_bytes_is_as_good_where_a_process_may_have_completed_it(tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(TEXT)
    with atomic_output(target, again=True) as stream:
        stream.write(TEXT)
    assert left(tmp_path) == ["a.csv"]
    with pytest.raises(UsageError, match="exists already"), atomic_output(target, again=True) as stream:
        stream.write(b"other")
    assert (left(tmp_path), target.read_bytes()) == (["a.csv"], TEXT)
