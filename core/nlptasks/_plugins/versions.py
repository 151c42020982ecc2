"""Which version of a plugin something came of, and whether another one may read it otherwise."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from nlptasks._names import OWNER
from nlptasks._plugins.registry import Owned
from nlptasks._version import __version__
from nlptasks.files.paths import sha256_of

#: Hexadecimal digits that tell one version of a plugin file from another.
_DIGITS = 16


def owner_of(item: Owned[Any]) -> str:
    """The distribution that something is of, with its version; of a plugin that is a file, the digest of that."""
    from importlib.metadata import PackageNotFoundError, version  # takes time to import, and listings need no version

    if item.distribution == OWNER:
        return f"{OWNER} {__version__}"
    try:
        return f"{item.distribution} {version(item.distribution)}"
    except (PackageNotFoundError, ValueError):
        path = getattr(sys.modules.get(item.plugin), "__file__", None)
        if not item.distribution.startswith("file:") or path is None:
            return item.distribution
        return f"{item.distribution} sha256:{sha256_of(Path(path))[:_DIGITS]}"


def may_differ(before: str, now: str) -> bool:
    """Whether two answers of :func:`owner_of` are of one distribution that may have changed what it does in between.

    nlptasks itself reads what its earlier versions wrote; of others, versions that differ in the third number only are
    taken for corrections.
    """
    (owner, _, old), (other, _, new) = before.partition(" "), now.partition(" ")
    return owner == other != OWNER and old != new and _minor(old) != _minor(new)


def _minor(version: str) -> object:
    """What decides what a version does: its first two numbers, or all of it where it has none."""
    from packaging.version import InvalidVersion, Version

    try:
        parsed = Version(version)
    except InvalidVersion:
        return version
    return parsed.epoch, parsed.release[:2] if len(parsed.release) > 1 else (*parsed.release, 0)
