"""The text of what is imported: of a file, of a member of an archive, or of several files that belong together."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from nlptasks.errors import DataError, UsageError

#: Largest file in bytes that may hold results.
LARGEST = 1 << 28

#: The key of several files in one text.
_FILES = "nlptasks.files"

#: Compression by Zstandard, which Python's own module knows from 3.14 on.
_ZSTANDARD = 93

#: What stands before a member of an archive: a signature, and at the end the lengths of its name and of what follows.
_HEAD = struct.Struct("<4s22xHH")


def text_of(path: Path, file: str) -> str:
    """The text of a file.

    Args:
        path: The file.
        file: What errors call it.

    Raises:
        UsageError: There is none.
        DataError: It is too large, or not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {file}", hint="give the file with the results") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise DataError(file, f"larger than {LARGEST:,} bytes, so it is no file of results")
    return _decoded(content, file)


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(file, f"not UTF-8 ({error.reason})", line=line, hint="save the file as UTF-8") from error


def together(files: Mapping[str, str]) -> str:
    """Several files as one text; :func:`apart` gives them back."""
    return json.dumps({_FILES: dict(files)})


def apart(text: str, name: str) -> dict[str, str]:
    """The files in a text of :func:`together`, by their names; of another text, the text itself under ``name``."""
    try:
        found = json.loads(text) if text.startswith(f'{{"{_FILES}"') else None
    except (ValueError, RecursionError):
        found = None
    return found[_FILES] if isinstance(found, dict) else {name: text}


def member_of(path: Path, file: str, name: str, *, missing: str) -> str:
    """The text of a member of a ZIP archive.

    Args:
        path: The archive.
        file: What errors call it.
        name: The member.
        missing: What it means where there is no such member.

    Raises:
        DataError: The archive or the member cannot be read, or it is too large.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            info = archive.getinfo(name)
            if max(info.file_size, info.compress_size) > LARGEST:
                raise DataError(file, f"its member {name} is larger than {LARGEST:,} bytes")
            stream.seek(info.header_offset)
            _, length, extra = _HEAD.unpack(stream.read(_HEAD.size))
            stream.seek(length + extra, 1)
            content = _unpacked(stream.read(info.compress_size), info)
    except KeyError:
        raise DataError(file, f"it has no member {name}: {missing}", hint="give a complete archive") from None
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, NotImplementedError, RuntimeError) as error:
        raise DataError(file, f"its member {name} cannot be read ({error})", hint="is it damaged?") from error
    if zlib.crc32(content) != info.CRC:
        raise DataError(file, f"its member {name} is damaged", hint="get the archive again")
    return _decoded(content, f"{file}/{name}")


def _unpacked(content: bytes, info: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, as many as the archive says and never more."""
    if info.compress_type == zipfile.ZIP_STORED:
        return content
    if info.compress_type == zipfile.ZIP_DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, info.file_size + 1)
    if info.compress_type == _ZSTANDARD:
        import pyarrow as pa

        with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
            found: bytes = stream.read(info.file_size + 1)
            return found
    raise NotImplementedError(f"compression {info.compress_type}")


#: Gives the text of a file or folder, which errors call by the second argument.
Reader = Callable[[Path, str], str]
