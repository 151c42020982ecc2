"""The installed distributions, by their metadata: versions, plugins, and where each came from."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from nlptasks._names import DISTRIBUTION, OWNER, spelled
from nlptasks._plugins.discovery import GROUP
from nlptasks._plugins.metadata import scanned


@dataclass(frozen=True, kw_only=True)
class Installation:
    """An installed distribution.

    Args:
        name: Its name.
        version: Its version.
        plugins: Ids of its plugins.
        summary: Its summary in one line; empty: it has none.
        source: The address that it was installed from; empty: a package index.
        editable: Whether it is a folder whose files are imported where they lie.
    """

    name: str
    version: str
    plugins: tuple[str, ...] = ()
    summary: str = ""
    source: str = ""
    editable: bool = False

    @property
    def requirement(self) -> str:
        """What installs this very version again: ``name==1.0``, or ``name @ ADDRESS``."""
        return f"{self.name} @ {self.source}" if self.source else f"{self.name}=={self.version}"


def plugin_installations() -> tuple[Installation, ...]:
    """The distributions with plugins, by name, without nlptasks itself; one that is damaged is among them."""
    importlib.invalidate_caches()  # an installer may have run since they were looked at
    every = sorted(scanned(GROUP).values(), key=lambda one: spelled(one.name))
    others = (one for one in every if one.entries and spelled(one.name) not in (OWNER, DISTRIBUTION))
    return tuple(_described(one.name, one.version, tuple(name for name, _ in one.entries)) for one in others)


def installation(name: str) -> Installation | None:
    """Any installed distribution; ``None``: there is none of that name."""
    found = scanned(GROUP).get(spelled(name))
    if found is None:
        return None
    return _described(found.name, found.version, tuple(entry for entry, _ in found.entries))


def _described(name: str, version: str, plugins: Sequence[str]) -> Installation:
    try:
        found = metadata.distribution(name)
        summary = " ".join(str(found.metadata["Summary"] or "").split())
        direct = json.loads(found.read_text("direct_url.json") or "{}")
        source, editable = _source(direct)
    except (metadata.PackageNotFoundError, OSError, ValueError, KeyError, TypeError, AttributeError):
        summary, source, editable = "", "", False
    return Installation(
        name=spelled(name), version=version, plugins=tuple(plugins), summary=summary, source=source, editable=editable
    )


def _source(direct: Mapping[str, Any]) -> tuple[str, bool]:
    """The address that ``direct_url.json`` tells (PEP 610), as requirements write it, and whether it is editable."""
    address = str(direct.get("url", ""))
    if version_control := direct.get("vcs_info"):
        address = f"{version_control['vcs']}+{address}@{version_control['commit_id']}"
    if folder := direct.get("subdirectory"):
        address += f"#subdirectory={folder}"
    return address, bool(direct.get("dir_info", {}).get("editable"))
