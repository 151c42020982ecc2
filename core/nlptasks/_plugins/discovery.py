"""Which plugins there are: entry points read from metadata, and single files. Nothing is imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlptasks._names import canonical
from nlptasks._plugins.metadata import installed
from nlptasks._plugins.records import PluginRecord
from nlptasks.errors import UsageError

GROUP = "nlptasks"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A plugin that was found.

    Args:
        record: Its record, in the state ``found``.
        path: Its file, for a plugin that is a single file.
        requires: Requirements of its distribution.
        requires_python: Python versions that its distribution asks for.
    """

    record: PluginRecord
    path: Path | None = None
    requires: tuple[str, ...] = ()
    requires_python: str = ""


def discover(plugins_dir: Path | None = None) -> list[Candidate]:
    """Return every installed plugin and every file in ``plugins_dir``, sorted by distribution and id.

    Raises:
        UsageError: ``plugins_dir`` is no folder.
    """
    found = [*_installed(), *(_files(plugins_dir) if plugins_dir else ())]
    return sorted(found, key=lambda candidate: (candidate.record.distribution, candidate.record.id))


def _installed() -> Iterator[Candidate]:
    """Yield the entry points of each distribution once, from the copy that Python would import."""
    for distribution in installed(GROUP):
        for name, module in distribution.entries:
            record = PluginRecord(
                id=name,
                distribution=canonical(distribution.name),
                version=distribution.version,
                module=module,
            )
            yield Candidate(record=record, requires=distribution.requires, requires_python=distribution.requires_python)


def _files(folder: Path) -> Iterator[Candidate]:
    if not folder.is_dir():
        raise UsageError(f"--plugins-dir: {folder} is not a folder", hint="name the folder that holds the .py files")
    for path in folder.glob("[!_.]*.py"):
        owner = f"file:{canonical(path.stem)}"
        yield Candidate(record=PluginRecord(id=path.stem, distribution=owner, version="", module=path.stem), path=path)
