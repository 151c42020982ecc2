"""Folders that appear whole under their name, or not at all, whoever else writes there and whenever the process dies.

A folder is filled under a hidden name of its own and takes its place in one step. Where something is replaced, the
system exchanges the two names; where it cannot, the old folder is set aside under a name by which it is found again.
Locks are on folders themselves and vanish with the process, so that nothing is left behind that a later writer could
mistake for one at work.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nlptasks.files.names import is_file

#: ``renameat2`` of Linux: both names are directories' own descriptors or this, and are exchanged.
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2

#: What a system says that has no exchange, or has none on this file system.
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM)

_PART, _ASIDE = "part", "aside"


@contextmanager
def whole_folder(folder: Path, *, replaceable: Callable[[Path], bool]) -> Iterator[Path]:
    """A folder to fill, which takes the place of ``folder`` when the block ends well.

    Args:
        folder: What it becomes; a link is followed. Its parents are made.
        replaceable: Whether what lies there may be replaced; asked when it is about to be.

    Raises:
        FileExistsError: Something lies there, and is not to be replaced; raised behind the block.
        OSError: The disk is full or fails.
    """
    target = Path(os.path.realpath(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target.parent):
        _tidy(target)
        part = _hidden(target, _PART)
        part.mkdir()
        descriptor = _lock(part)  # as long as this is locked, no other writer takes the folder for abandoned
    try:
        yield part
        _flush(part)
        with locked(target.parent):
            _publish(part, target, replaceable)
            shutil.rmtree(part, ignore_errors=True)  # what was replaced
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


@contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock on a folder: ``shared`` by readers, else alone. Without effect where the system has no such locks."""
    descriptor = _lock(folder, shared=shared)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def restore(folder: Path) -> None:
    """Give a folder that was set aside its name back, where a writer died before the new one had it."""
    target = Path(os.path.realpath(folder))
    if os.path.lexists(target) or not any(_of(target, _ASIDE)):
        return
    with locked(target.parent):
        _restore(target)


def restore_below(folder: Path) -> None:
    """Do the same for all folders below one."""
    for aside in folder.rglob(f".*.{_ASIDE}"):
        if found := re.fullmatch(rf"\.(.+)\.[0-9a-f]{{16}}\.{_ASIDE}", aside.name):
            restore(aside.with_name(found[1]))


def _publish(part: Path, target: Path, replaceable: Callable[[Path], bool]) -> None:
    if not os.path.lexists(target):
        part.rename(target)
        return
    if not replaceable(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    if not _exchanged(part, target):
        aside = _hidden(target, _ASIDE)
        target.rename(aside)
        part.rename(target)
        shutil.rmtree(aside, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two names in one step; whether the system can."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    failed = ctypes.get_errno()
    if failed in _NO_EXCHANGE:
        return False
    raise OSError(failed, os.strerror(failed), str(other))


def _tidy(target: Path) -> None:
    """Put right what writers left that died: their parts go, and a folder set aside comes back or goes."""
    _restore(target)
    for aside in _of(target, _ASIDE):
        shutil.rmtree(aside, ignore_errors=True)
    for part in _of(target, _PART):
        descriptor = _lock(part, wait=False)
        if descriptor is not None:
            shutil.rmtree(part, ignore_errors=True)
            os.close(descriptor)


def _restore(target: Path) -> None:
    aside = max(_of(target, _ASIDE), default=None)
    if aside is not None and not os.path.lexists(target):
        aside.rename(target)


def _hidden(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(8)}.{kind}")


def _of(target: Path, kind: str) -> list[Path]:
    """Hidden folders that belong to a target; its name may hold what a pattern would read otherwise."""
    mine = re.compile(rf"{re.escape(f'.{target.name}.')}[0-9a-f]{{16}}\.{kind}")
    try:
        return [path for path in target.parent.iterdir() if mine.fullmatch(path.name)]
    except OSError:
        return []


def _lock(folder: Path, *, shared: bool = False, wait: bool = True) -> int | None:
    """A descriptor whose lock lasts until it is closed; ``None`` where there is none to have."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return None
    descriptor = None
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        return descriptor
    if descriptor is not None:
        os.close(descriptor)
    return None


def _flush(folder: Path) -> None:
    """Have the disk keep what was written before a name leads to it."""
    for file in (path for path in folder.rglob("*") if is_file(path)):
        with file.open("rb+") as stream:
            os.fsync(stream.fileno())
