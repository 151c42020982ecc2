"""Copies a stream that cannot seek to a temporary file, for formats that are not read from the front to the end."""

from __future__ import annotations

import shutil
import tempfile
from typing import BinaryIO, cast

from nlptasks.errors import NlptasksError


def seekable(stream: BinaryIO, kind: str) -> BinaryIO:
    """The stream, or a copy of it that can seek, which is gone when it is closed.

    Args:
        stream: The stream.
        kind: What errors call its data: ``Parquet``.

    Raises:
        NlptasksError: The disk is full or fails.
    """
    if stream.seekable():
        return stream
    spool = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - lives as long as the table is read
    try:
        shutil.copyfileobj(stream, spool, 1 << 20)
    except OSError as error:
        spool.close()
        message = f"cannot copy the {kind} data to a temporary file: {error.strerror}"
        raise NlptasksError(message, hint=f"the folder is {tempfile.gettempdir()}; TMPDIR names another") from error
    spool.seek(0)
    return spool
