"""Members of zip archives, named as files in a folder are: ``reviews.zip/2024/may.csv``."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from nlptasks.errors import DataError, UsageError
from nlptasks.files.names import is_file

if TYPE_CHECKING:
    from zipfile import ZipFile

#: What marks an archive, whose own name ends so.
SUFFIX = ".zip"

#: What reading an archive raises where its data are damaged; ``zipfile.BadZipFile`` is an ``Exception`` of its own.
_FAILURES = (zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Member:
    """A name within an archive.

    Args:
        archive: The archive.
        name: The member, with ``/`` between its folders; empty: all of them.
    """

    archive: Path
    name: str


def member_of(path: Path | str) -> Member | None:
    """The archive and the member that a path leads to; ``None`` where it passes no archive."""
    path = Path(path)
    for archive in (path, *path.parents):
        if archive.suffix.lower() == SUFFIX and is_file(archive):
            return Member(archive, path.relative_to(archive).as_posix() if path != archive else "")
    return None


def members(archive: Path) -> list[str]:
    """The files in an archive, sorted; without folders and without what macOS puts beside each file.

    Raises:
        UsageError: It may not be read.
        DataError: It is no zip archive, or a damaged one.
    """
    with _opened(archive) as file:
        names = [info.filename for info in file.infolist() if not info.filename.endswith("/")]
    return sorted((name for name in names if not name.startswith("__MACOSX/")), key=lambda name: name.split("/"))


@contextmanager
def open_member(member: Member) -> Iterator[tuple[io.BufferedReader, int]]:
    """The bytes of a member and how many there will be. They are unpacked as they are read, never as a whole.

    Raises:
        UsageError: The archive may not be read, or has no such member.
        DataError: It is damaged or encrypted; reading the stream may raise it too.
    """
    shown = f"{member.archive}/{member.name}"
    with _opened(member.archive) as file:
        try:
            info = file.getinfo(member.name)
        except KeyError:
            held = ", ".join(name for name in file.namelist()[:5])
            raise UsageError(f"there is no {member.name} in {member.archive}", hint=f"it holds {held}") from None
        if info.flag_bits & 1:
            raise DataError(shown, "it is encrypted", hint=f"unpack {member.archive} with its password first")
        try:
            stream = file.open(info)
        except _failures() as error:
            raise _damaged(shown, error) from error
        with stream:
            yield io.BufferedReader(_MemberBytes(stream, shown), 1 << 20), info.file_size


@contextmanager
def _opened(archive: Path) -> Iterator[ZipFile]:
    from zipfile import ZipFile  # no start needs it

    try:
        file = ZipFile(archive)
    except PermissionError:
        raise UsageError(f"{archive} may not be read: permission denied", hint=f"see: ls -l {archive}") from None
    except _failures() as error:
        raise DataError(archive, f"this is no zip archive, or it is damaged ({error})", hint="fetch it again") from None
    with file:
        yield file


def _failures() -> tuple[type[Exception], ...]:
    from zipfile import BadZipFile

    return (*_FAILURES, BadZipFile)


def _damaged(shown: str, error: BaseException) -> DataError:
    message = f"the zip data are cut off, damaged or packed in a way that is not known ({error})"
    return DataError(shown, message, hint="fetch the archive again, or unpack it and give the files")


class _MemberBytes(io.RawIOBase):
    """Reads a member, and explains what is wrong with its data."""

    def __init__(self, stream: IO[bytes], shown: str) -> None:
        self._stream = stream
        self._shown = shown

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except _failures() as error:
            raise _damaged(self._shown, error) from error
        buffer[: len(data)] = data
        return len(data)
