"""Between a path on the command line and bytes.

Inputs may be compressed and in any encoding; outputs appear whole or not at all.
"""

from __future__ import annotations

import difflib
import gzip
import hashlib
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from nlptasks.errors import DataError, UsageError
from nlptasks.files.archives import member_of, open_member
from nlptasks.files.atomic import COMPRESSIONS, STDOUT, atomic_output, same_file, split_suffix, standard_output
from nlptasks.files.names import is_file, is_folder, is_there
from nlptasks.files.remote import file_name, is_remote, open_remote
from nlptasks.files.text_encoding import decode_lines, decode_text, encoding_note, nul_reason, split_lines

__all__ = [
    "STDIN",
    "STDOUT",
    "Input",
    "atomic_output",
    "decode_lines",
    "decode_text",
    "default_output",
    "encoding_note",
    "nul_reason",
    "open_input",
    "refuse_stream",
    "same_file",
    "sha256_of",
    "split_lines",
    "split_suffix",
    "standard_output",
]

#: What errors call the standard input.
STDIN = "<stdin>"

_BUFFER = 1 << 20

#: How much alike the name of a file must be that is proposed in place of a missing one.
_NEAR = 0.7


# ------------------------------------------------------------------- names


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def default_output(input_name: Path | str, *tasks: str) -> Path | None:
    """Where a run writes when nobody says: ``reviews.csv.gz`` gives ``reviews.sentiment.csv.gz`` in the same folder.

    Plain text gives CSV, since predictions need columns.

    Returns:
        The path; ``None`` for the standard input, pipes and devices, beside which nothing can be written.
    """
    path = Path(input_name)
    if str(path) in {"-", STDIN} or (is_there(path) and not is_file(path)):
        return None
    stem, suffix, compression = split_suffix(path)
    if suffix.lower() in {"", ".txt"}:
        suffix = ".csv"
    return path.with_name(f"{stem}.{'-'.join(tasks).replace(':', '-')}{suffix}{compression}")


# ------------------------------------------------------------------- input


@dataclass(frozen=True)
class Input:
    """An opened input.

    Args:
        stream: Its bytes, decompressed.
        name: What errors call it: the path as given, or ``<stdin>``.
        suffix: Ending that tells its format, in lower case and without a compression's; may be empty.
        raw: Its bytes as they are stored, which ``stream`` reads from.
        stored: How many those are, where they are in no file of this machine.
    """

    stream: io.BufferedReader
    name: str
    suffix: str
    raw: BinaryIO
    stored: int | None = None

    @property
    def size(self) -> int | None:
        """How many bytes are stored; ``None`` for a pipe."""
        if self.stored is not None:
            return self.stored
        try:
            status = os.fstat(self.raw.fileno())
        except (OSError, ValueError):
            return None
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def position(self) -> int:
        """How many of the stored bytes have been read; 0 for a pipe."""
        return self.raw.tell() if self.size is not None else 0


@contextmanager
def open_input(path: Path | str) -> Iterator[Input]:
    """Open a file, or the standard input for ``-``; gzip and zstd data are decompressed.

    A path may go on into a zip archive (``reviews.zip/may.csv``), and an address (``https://...``) is read through
    fsspec.

    Raises:
        UsageError: There is no such file, it is a directory, or it may not be read.
        DataError: It is empty, or its compressed data are damaged; reading the stream may raise the latter too.
    """
    if str(path) == "-":
        yield _input(_stdin(), STDIN, "", "")
        return
    _, suffix, compression = split_suffix(file_name(path) if isinstance(path, str) and is_remote(path) else path)
    ending = suffix.lower(), compression.lower()
    if isinstance(path, str) and is_remote(path):
        with open_remote(path) as (raw, size):
            yield _input(raw, path, *ending, stored=size)
    elif (member := member_of(path)) and member.name:
        with open_member(member) as (raw, size):
            yield _input(raw, str(path), *ending, stored=size)
    else:
        with _opened(Path(path)) as raw:
            yield _input(raw, str(path), *ending)


def refuse_stream(path: Path | str, why: str) -> None:
    """Refuse the standard input, a pipe or a device where a file is read more than once: the second reader would wait
    for ever, or find nothing.

    Args:
        path: The name as the user gave it. One of nothing passes: who opens it says so.
        why: What reads it more than once, as a sentence without its end.

    Raises:
        UsageError: It can be read only once.
    """
    once = str(path) == "-"
    if once or (is_there(path) and not is_file(path) and not is_folder(path)):
        what = "the standard input" if once else f"{path} is a pipe or a device, which"
        raise UsageError(f"{why}, and {what} can be read only once", hint="write the rows to a file, and give that")


def _stdin() -> io.BufferedReader:
    if sys.stdin is None:
        raise UsageError("the standard input is closed", hint="give a file: --data FILE")
    stream: Any = sys.stdin.buffer
    return cast(io.BufferedReader, stream) if hasattr(stream, "peek") else io.BufferedReader(stream)


def _opened(path: Path) -> io.BufferedReader:
    try:
        return cast(io.BufferedReader, path.open("rb", buffering=_BUFFER))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"there is no file {path}", hint=_nearest(path)) from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a directory", hint="give one file of it") from None
    except PermissionError:
        raise UsageError(f"{path} may not be read: permission denied", hint=f"see: ls -l {path}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _nearest(path: Path) -> str:
    folder = path.parent
    if not is_folder(folder):
        return f"there is no folder {folder}"
    try:
        names = {entry.name.lower(): entry.name for entry in islice(os.scandir(folder), 10_000)}
    except OSError:
        return ""
    # Endings are alike in most folders and tell nothing: the names before them must be near too.
    close = difflib.get_close_matches(path.name.lower(), names, n=5)
    near = next((name for name in close if _alike(Path(name).stem, path.stem.lower())), "")
    return f"did you mean {folder / names[near]}?" if near else ""


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other).ratio() >= _NEAR


def _input(raw: io.BufferedReader, name: str, suffix: str, compression: str, *, stored: int | None = None) -> Input:
    found = _compression(raw.peek(4))
    if compression and found != compression and raw.peek(1):
        message = f"the name ends in {compression}, but it holds no {COMPRESSIONS[compression]} data"
        raise DataError(name, message, hint="if it is not compressed, rename it; else fetch it again")
    stream = _decompressed(raw, found, name) if found else raw
    if not stream.peek(1):
        raise DataError(name, "the file is empty", hint="was it written by a command that failed?")
    return Input(stream, name, suffix, raw, stored)


def _compression(head: bytes) -> str:
    if head.startswith(b"\x1f\x8b"):
        return ".gz"
    # A zstd file may begin with a skippable frame (pzstd writes one).
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F):
        return ".zst"
    return ""


def _decompressed(raw: io.BufferedReader, compression: str, name: str) -> io.BufferedReader:
    if compression == ".gz":
        return io.BufferedReader(_Decompressor(gzip.GzipFile(fileobj=raw), compression, name), _BUFFER)
    import pyarrow

    stream = pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, mode="r"), "zstd")
    return io.BufferedReader(_Decompressor(stream, compression, name), _BUFFER)


class _Decompressor(io.RawIOBase):
    """Reads from a decompressing stream and explains what is wrong with its data."""

    def __init__(self, stream: Any, compression: str, name: str) -> None:
        self._stream = stream
        self._kind = COMPRESSIONS[compression]
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (EOFError, OSError, zlib.error) as error:
            message = f"the {self._kind} data are cut off or damaged ({error})"
            raise DataError(self._name, message, hint="fetch or compress the file again") from error
        buffer[: len(data)] = data
        return len(data)
