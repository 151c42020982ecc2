"""Outputs that appear whole or not at all."""

from __future__ import annotations

import errno
import filecmp
import gzip
import io
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_folder, is_there
from nlptasks.files.standard_streams import data_fileno, lent_to_data

#: What errors and summaries call the standard output.
STDOUT = "<stdout>"

#: Suffixes of compressed files and what they are called.
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}

#: What a system says whose disk, or the user's part of it, is full.
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
_BUFFER = 1 << 20

#: What the hidden file is called that becomes an output; nobody else names files so.
_PART = ".{}.{}.nlptasks.part"
_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_IS_PART = re.compile(r"\..{0,32}\.[0-9a-f]{8}\.nlptasks\.part", re.DOTALL)


def split_suffix(name: Path | str) -> tuple[str, str, str]:
    """Split a file name: ``reviews.csv.gz`` is ``("reviews", ".csv", ".gz")``; parts that it lacks are empty."""
    path = Path(Path(name).name)
    compression = path.suffix if path.suffix.lower() in COMPRESSIONS else ""
    inner = Path(path.stem) if compression else path
    return inner.stem, inner.suffix, compression


def same_file(source: Path | str, target: Path | str) -> bool:
    """Whether both names lead to one file, links followed. The standard input is never the same."""
    if str(source) == "-":
        return False
    try:
        return Path(source).samefile(target)
    except OSError:
        return False


@contextmanager
def atomic_output(
    path: Path | str, *, force: bool = False, source: Path | str = "-", again: bool = False
) -> Iterator[BinaryIO]:
    """Write a file that appears under its name when the block ends well, and not at all otherwise.

    The bytes go to a hidden file in the same folder, compressed by the target's suffix (``.gz``, ``.zst``). Whatever
    ends the block early (an interrupt too) removes it, and those that a killed process left there are removed first.
    Devices and pipes are written directly.

    Args:
        path: The target; a link is followed.
        force: Whether a file of this name may be replaced; it keeps its permissions.
        source: The input of the run, which is never overwritten.
        again: Whether a file of this name that holds the same bytes is as good: a process that was killed may have
            completed it.

    Raises:
        UsageError: The target cannot or must not be written; raised before the block, and behind it where a file of
            that name has appeared meanwhile.
        NlptasksError: The disk is full or fails; writing to the stream raises it too.
    """
    path = Path(path)
    if same_file(source, path):
        raise UsageError(f"{path} is the input; it is never overwritten", hint="give another name: --output NAME")
    old = _old(path)
    if is_direct(path):
        with io.BufferedWriter(_opened_target(path, path, os.O_APPEND), _BUFFER) as stream:
            yield stream
        return
    _check_target(path, old, force or again)
    target = Path(os.path.realpath(path))
    _remove_abandoned(target.parent)
    part, raw, lock = _part(target, path)
    try:
        with _compressed(raw, path) as stream:
            yield stream
        _publish(part, target, path, old, force, again)
    finally:
        part.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


@contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """The standard output as bytes, which is left open behind the block; what is printed meanwhile is no data.

    Raises:
        UsageError: It is closed.
        NlptasksError: Writing fails.
        BrokenPipeError: Whoever reads it went away.
    """
    try:
        raw = _Stdout(os.dup(data_fileno()), Path(STDOUT))
    except OSError as error:
        raise UsageError("the standard output is closed", hint="write to a file: --output NAME") from error
    with lent_to_data(), _compressed(raw, raw.shown) as stream:
        yield stream


def _old(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", hint="give another name: --output NAME") from None


def is_direct(path: Path) -> bool:
    """Whether what is written there is written directly, as to devices and pipes, and nothing can be renamed to it."""
    # /dev/stdout may lead to a regular file, which the shell opened and must not be replaced.
    if str(path) in {"/dev/stdout", "/dev/stderr"} or str(path).startswith("/dev/fd/"):
        return True
    old = _old(path)
    return old is not None and not stat.S_ISREG(old.st_mode) and not stat.S_ISDIR(old.st_mode)


def _check_target(path: Path, old: os.stat_result | None, force: bool) -> None:
    if old is not None and stat.S_ISDIR(old.st_mode):
        raise UsageError(f"{path} is a directory", hint=f"give a file name: {path / 'NAME.csv'}")
    if old is not None and not force:
        raise _exists(path)
    folder = Path(os.path.realpath(path)).parent
    if not is_folder(folder):
        raise UsageError(f"cannot write {path}: there is no folder {folder}", hint=f"make it first: mkdir -p {folder}")


def _exists(path: Path) -> UsageError:
    return UsageError(
        f"{path} exists already", hint="pass --force to overwrite it, or give another name: --output NAME"
    )


class _Target(io.FileIO):
    """The file that is written; explains why it cannot be."""

    def __init__(self, descriptor: int, shown: Path) -> None:
        super().__init__(descriptor, "wb")
        self.shown = shown

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self.explain(error) from error

    def explain(self, error: OSError) -> NlptasksError:
        """What a person is told of a failure."""
        return _unwritable(self.shown, error)


class _Stdout(_Target):
    """The standard output, of which a reader may have seen a part."""

    def explain(self, error: OSError) -> NlptasksError:
        return NlptasksError(f"cannot write {self.shown}: {error.strerror}")


def _opened_target(file: Path, shown: Path, flags: int) -> _Target:
    try:
        # 0o666 is narrowed by the user's umask.
        descriptor = os.open(file, os.O_WRONLY | flags | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        if error.errno in NO_SPACE:
            raise _unwritable(shown, error) from error
        hint = "choose another folder: --output FOLDER/NAME"
        raise UsageError(f"cannot write {shown}: {error.strerror}", hint=hint) from error
    return _Target(descriptor, shown)


def _part(target: Path, shown: Path) -> tuple[Path, _Target, int | None]:
    """A new hidden file beside a target, and a descriptor that keeps its lock until the output is in its place."""
    while True:
        part = target.with_name(_PART.format(target.name[:32], os.urandom(4).hex()))
        raw = _opened_target(part, shown, os.O_CREAT | os.O_EXCL)
        if not _locked(raw.fileno(), wait=True):
            return part, raw, None
        if os.fstat(raw.fileno()).st_nlink:
            return part, raw, os.dup(raw.fileno())
        raw.close()  # another process took it for abandoned before it was locked


def _remove_abandoned(folder: Path) -> None:
    """Remove the hidden files that processes left which were killed: nobody holds their locks any more."""
    with suppress(OSError):
        for entry in [entry for entry in os.scandir(folder) if _IS_PART.fullmatch(entry.name)]:
            with suppress(OSError):
                descriptor = os.open(
                    entry.path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
                )
                try:
                    if _locked(descriptor, wait=False):
                        Path(entry.path).unlink()
                finally:
                    os.close(descriptor)


def _locked(descriptor: int, *, wait: bool) -> bool:
    """Lock a file, as long as it is open in this process; whether that could be done."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _unwritable(path: Path, error: OSError) -> NlptasksError:
    if error.errno in NO_SPACE:
        message = f"no space left on the disk that holds {path} ({error.strerror}); nothing was written"
        return NlptasksError(message, hint="free some space, or write elsewhere: --output FOLDER/NAME")
    return NlptasksError(f"cannot write {path}: {error.strerror}")


@contextmanager
def _compressed(raw: _Target, path: Path) -> Iterator[BinaryIO]:
    """Write by the target's suffix; complete the data behind a block that ends well, drop them otherwise."""
    buffered = io.BufferedWriter(raw, _BUFFER)
    stream = _compressor(buffered, split_suffix(path)[2].lower())
    try:
        yield stream
        stream.close()
        buffered.close()
    except BaseException:
        # Closed first, so that nothing that is still buffered goes to a disk that may be full.
        raw.close()
        with suppress(Exception):
            stream.close()
        raise


def _compressor(buffered: Any, compression: str) -> BinaryIO:
    if compression == ".gz":
        # Neither a time nor a name in the header: equal data give equal bytes.
        return cast(BinaryIO, gzip.GzipFile("", "wb", 6, buffered, mtime=0))
    if compression == ".zst":
        import pyarrow

        return cast(BinaryIO, pyarrow.CompressedOutputStream(pyarrow.PythonFile(buffered, mode="w"), "zstd"))
    return cast(BinaryIO, buffered)


def _publish(part: Path, target: Path, shown: Path, old: os.stat_result | None, force: bool, again: bool) -> None:
    try:
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        if old is not None:
            part.chmod(stat.S_IMODE(old.st_mode))
        if force:
            part.replace(target)
        else:
            _link(part, target)
    except FileExistsError:
        if not (again and filecmp.cmp(part, target, shallow=False)):
            raise _exists(shown) from None
    except OSError as error:
        raise _unwritable(shown, error) from error


def _link(part: Path, target: Path) -> None:
    """Give the file its name only where that is free: a link fails on a name that is taken, a rename would not."""
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if is_there(target):
            raise FileExistsError(target) from None
        part.rename(target)
