"""The metadata of installed distributions, read from their files.

``importlib.metadata`` reads them too, but it brings a parser of e-mail, whose import takes a third of the time that
``import click, pluggy`` takes. It still has to read what does not lie in a plain folder.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from nlptasks._names import spelled


class Distribution(NamedTuple):
    """What is known of a distribution.

    Args:
        name: Its name.
        version: Its version.
        requires: Its requirements.
        requires_python: The Python versions that it asks for.
        entries: Its entry points in the group that was asked for: name and object.
    """

    name: str
    version: str
    requires: tuple[str, ...]
    requires_python: str
    entries: tuple[tuple[str, str], ...]


def scanned(group: str) -> dict[str, Distribution]:
    """Return the distributions by their names; of copies, the one that Python imports.

    Only those with entry points of the group are read further. One whose metadata cannot be read is somebody else's
    damaged installation: it has none, and hides no other.
    """
    first: dict[str, Distribution] = {}
    for found in _foreign(group) if _has_foreign() else _plain(group):
        first.setdefault(spelled(found.name), found)
    return first


def loaded(value: str) -> Any:
    """Import what an entry point names: ``package`` or ``package.module:object``.

    Raises:
        BaseException: Whatever the code raises.
    """
    module, _, path = value.partition("[")[0].partition(":")
    found: Any = importlib.import_module(module.strip())
    for name in filter(None, path.strip().split(".")):
        found = getattr(found, name)
    return found


def _has_foreign() -> bool:
    """Whether distributions may lie where only ``importlib.metadata`` finds them: in archives or with other finders."""
    own = {"PathFinder", "DistutilsMetaFinder", "FrozenImporter", "BuiltinImporter"}
    finders = (getattr(finder, "__name__", type(finder).__name__) for finder in sys.meta_path)
    other = any(
        hasattr(finder, "find_distributions") and name not in own
        for finder, name in zip(sys.meta_path, finders, strict=True)
    )
    return other or any(os.path.isfile(folder) for folder in sys.path)  # noqa: PTH113 - pathlib takes time to import


def _foreign(group: str) -> Iterator[Distribution]:
    from importlib import metadata

    for found in metadata.distributions():
        try:
            text = found.read_text("METADATA") or found.read_text("PKG-INFO") or ""
            yield _distribution(text, found.read_text("entry_points.txt") or "", group)
        except Exception:
            continue


def _plain(group: str) -> Iterator[Distribution]:
    for folder in dict.fromkeys(sys.path):
        try:
            names = sorted(os.listdir(folder or "."))  # noqa: PTH208
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                stem, _, version = name.rpartition(".")[0].partition("-")
                nothing = Distribution(stem, version, (), "", ())
                try:
                    yield _read(os.path.join(folder, name), group) or nothing  # noqa: PTH118
                except (OSError, ValueError):
                    yield nothing


def _read(folder: str, group: str) -> Distribution | None:
    """Read a distribution; ``None`` for one without entry points of the group."""
    entries = os.path.join(folder, "entry_points.txt")  # noqa: PTH118
    text = _text(entries) if os.path.exists(entries) else ""  # noqa: PTH110
    if f"[{group}]" not in text:
        return None
    metadata = os.path.join(folder, "METADATA")  # noqa: PTH118
    if not os.path.exists(metadata):  # noqa: PTH110
        metadata = os.path.join(folder, "PKG-INFO")  # noqa: PTH118
    return _distribution(_text(metadata), text, group)


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as stream:  # noqa: PTH123
        return stream.read()


def _distribution(metadata: str, entry_points: str, group: str) -> Distribution:
    headers: dict[str, list[str]] = {}
    for line in metadata.partition("\n\n")[0].splitlines():
        name, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            headers.setdefault(name.lower(), []).append(value.strip())
    if not headers.get("name"):
        raise ValueError("its metadata name no distribution")

    def one(name: str) -> str:
        return next(iter(headers.get(name, ())), "")

    return Distribution(
        name=one("name"),
        version=one("version"),
        requires=tuple(headers.get("requires-dist", ())),
        requires_python=one("requires-python"),
        entries=tuple(_entries(entry_points, group)),
    )


def _entries(text: str, group: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[] ")
        elif section == group and line and not line.startswith(("#", ";")):
            name, equals, value = line.partition("=")
            if not equals:
                raise ValueError(f"{line!r} is no entry point")
            yield name.strip(), value.strip()


__all__ = ["Distribution", "loaded", "scanned"]
