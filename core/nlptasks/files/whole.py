"""Reads files as a whole that are small where they are what they should be."""

from __future__ import annotations

from pathlib import Path

#: Bytes beyond which a file holds no settings; a device may hold endless ones.
LARGEST = 64 << 20


def whole_text(path: Path) -> str:
    """The text of a small file in UTF-8.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not UTF-8, or too large.
    """
    with path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST >> 20} MB")
    # As in a file that is opened as text.
    return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
