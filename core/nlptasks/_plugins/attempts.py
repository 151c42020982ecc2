"""Remembers which plugin was being imported, so that one that took the process down is left out at the next start.

A marker is a file that is there while a plugin is imported, and locked: a marker that nobody holds was left by a
process that died. Where no marker can be written, plugins load without one.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nlptasks._names import DISTRIBUTION, OWNER
from nlptasks._plugins.discovery import FoundPlugin
from nlptasks._signals import Terminated

#: An import that a user interrupts after this many seconds counts as one that hangs.
_HANGS = 1.0

#: The own distribution is imported at every start by everybody, and a marker for each of its plugins would cost more
#: than importing them: a fault there is ours, and the tests' to find.
_OWN = frozenset({OWNER, DISTRIBUTION})

#: Whether a file can be renamed and removed while it is open.
_CAN_RENAME = sys.platform != "win32"


def state_folder() -> Path:
    """Return where markers are kept: a folder of the user's that may be removed at any time."""
    if sys.platform in {"win32", "darwin"}:
        import click

        return Path(click.get_app_dir("nlptasks", roaming=False)) / "importing"
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state") / "nlptasks" / "importing"


def died_on(candidate: FoundPlugin) -> bool:
    """Whether some process died while it imported this plugin, and none has imported it since."""
    if candidate.record.distribution in _OWN:
        return False
    with suppress(OSError, RuntimeError):
        return any(_abandoned(path) for path in _markers(candidate))
    return False


@contextmanager
def attempt(candidate: FoundPlugin) -> Iterator[None]:
    """Mark a plugin as being imported within the block; one that comes out of it is trusted again."""
    if candidate.record.distribution in _OWN:
        yield
        return
    marker, started = _mark(candidate), time.monotonic()
    hung = False
    try:
        yield
    except (KeyboardInterrupt, Terminated):
        hung = time.monotonic() - started > _HANGS
        raise
    finally:
        with suppress(OSError, RuntimeError):
            _leave(marker, keep=hung)
            if not hung:
                _forget(candidate)


def _markers(candidate: FoundPlugin) -> list[Path]:
    return list(state_folder().glob(f"{_key(candidate)}.*"))


def _key(candidate: FoundPlugin) -> str:
    """What is tried: a plugin of one version in one Python, or the very text of a file, wherever it lies."""
    import hashlib  # with OpenSSL, for other people's plugins only

    record = candidate.record
    code = candidate.path.read_bytes() if candidate.path else f"{record.distribution} {record.version}".encode()
    told = b"\0".join((sys.prefix.encode(), record.id.encode(), record.module.encode(), code))
    return hashlib.sha256(told).hexdigest()[:24]


def _mark(candidate: FoundPlugin) -> tuple[int, Path] | None:
    """Make a marker and lock it; ``None`` where that is not possible."""
    with suppress(OSError, RuntimeError, ImportError):
        folder = state_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{_key(candidate)}.{os.getpid()}"
        hidden = folder / f".{path.name}" if _CAN_RENAME else path  # locked before anybody else can see it
        descriptor = os.open(hidden, os.O_CREAT | os.O_RDWR, 0o600)
        if _lock(descriptor):
            if hidden != path:
                hidden.rename(path)
            return descriptor, path
        os.close(descriptor)
        hidden.unlink()
    return None


def _leave(marker: tuple[int, Path] | None, *, keep: bool) -> None:
    """Let a marker go, and remove it unless it is to be kept."""
    if marker is None:
        return
    descriptor, path = marker
    if not keep and _CAN_RENAME:
        path.unlink(missing_ok=True)
    os.close(descriptor)
    if not keep:
        path.unlink(missing_ok=True)


def _forget(candidate: FoundPlugin) -> None:
    """Remove the markers that dead processes left of a plugin."""
    for path in _markers(candidate):
        if _abandoned(path):
            path.unlink(missing_ok=True)


def _abandoned(path: Path) -> bool:
    """Whether nobody holds a marker; one that cannot be opened tells nothing."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return _lock(descriptor, shared=True)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, shared: bool = False) -> bool:
    """Whether a file could be locked, without waiting; the lock goes with its process."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
