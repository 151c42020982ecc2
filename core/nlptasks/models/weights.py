"""Reading checkpoints: files that must be there, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from nlptasks.errors import NlptasksError

__all__ = ["digest_of", "read_bytes"]

#: Bytes of a file that are in memory at a time.
_CHUNK = 1 << 20


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of a checkpoint.

    Raises:
        NlptasksError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise NlptasksError(f"{path}: {error.strerror}", hint="the checkpoint is not complete") from error


def digest_of(files: Mapping[str, bytes | Path]) -> str:
    """The SHA-256 of several contents or files with their names, in hexadecimal.

    Raises:
        NlptasksError: A file cannot be read.
    """
    digest = hashlib.sha256()
    for name, content in files.items():
        if isinstance(content, bytes):
            digest.update(f"{name} {len(content)}\n".encode())
            digest.update(content)
            continue
        try:
            digest.update(f"{name} {content.stat().st_size}\n".encode())
            with content.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise NlptasksError(f"{content}: {error.strerror}", hint="the checkpoint is not complete") from error
    return digest.hexdigest()
