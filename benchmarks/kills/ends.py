"""The ways in which a run ends before its time, each at a moment that somebody else chose."""

from __future__ import annotations

import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Process = subprocess.Popen[bytes]


def sending(number: signal.Signals) -> Callable[[Process, Path], None]:
    """Sends a signal."""
    return lambda process, _: process.send_signal(number)


def twice(process: Process, _: Path) -> None:
    """Press Control-C again, at once."""
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)


def full_disk(process: Process, folder: Path) -> None:
    """Fill the disk that the output goes to; where it is that of the whole machine, forbid the process to write on."""
    if not folder.is_mount():
        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        return
    with suppress(OSError), (folder / "ballast").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))


def no_memory(process: Process, _: Path) -> None:
    """Give the process no byte more than it has."""
    with suppress(OSError, ValueError, IndexError):  # it may be gone
        pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[0])
        resource.prlimit(process.pid, resource.RLIMIT_AS, (pages * resource.getpagesize(), resource.RLIM_INFINITY))


#: By name: what ends a run, and the exit codes that a process has then; it may have been done before, too.
ENDS: dict[str, tuple[Callable[[Process, Path], None], tuple[int, ...]]] = {
    "kill -9": (sending(signal.SIGKILL), (-9,)),
    "SIGTERM": (sending(signal.SIGTERM), (143, -15)),
    "SIGHUP": (sending(signal.SIGHUP), (129, -1)),
    "Ctrl-C": (sending(signal.SIGINT), (130, -2)),
    "Ctrl-C twice": (twice, (130, -2)),
    "full disk": (full_disk, (1,)),
    "no memory": (no_memory, (1, -6, -11, 134, 139)),
}


@contextmanager
def disk(folder: Path, size: str) -> Iterator[bool]:
    """A small file system of memory in a folder; whether there is one: only who administers a machine may mount it."""
    folder.mkdir(parents=True)
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
        mounted = done.returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True)
