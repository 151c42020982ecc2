"""Which plugins there are: entry points read from metadata, and single files. Nothing is imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlptasks._names import DISTRIBUTION, OWNER, canonical, spelled
from nlptasks._plugins.metadata import Distribution, scanned
from nlptasks._plugins.records import PluginRecord
from nlptasks.errors import UsageError

GROUP = "nlptasks"


@dataclass(frozen=True, kw_only=True)
class FoundPlugin:
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


def discover(plugins_dir: Path | None = None) -> list[FoundPlugin]:
    """Return every installed plugin and every file in ``plugins_dir``, sorted by distribution and id.

    Raises:
        UsageError: ``plugins_dir`` is no folder.
    """
    found = [*_installed(), *(_files(plugins_dir) if plugins_dir else ())]
    return sorted(found, key=lambda candidate: (candidate.record.distribution, candidate.record.id))


def _installed() -> Iterator[FoundPlugin]:
    """Yield the entry points of each distribution once, from the copy that Python would import."""
    found = scanned(GROUP)
    namesake = _namesake(found)
    if namesake:
        yield namesake
    for distribution in sorted((one for one in found.values() if one.entries), key=lambda one: one.name):
        if namesake and spelled(distribution.name) == OWNER:
            continue
        for name, module in distribution.entries:
            record = PluginRecord(
                id=name,
                distribution=canonical(distribution.name),
                version=distribution.version,
                module=module,
            )
            yield FoundPlugin(
                record=record, requires=distribution.requires, requires_python=distribution.requires_python
            )


def _namesake(found: Mapping[str, Distribution]) -> FoundPlugin | None:
    """Somebody else's distribution ``nlptasks``, whose files lie over those of this one; ``None``: there is none.

    Where the plugins are those of a distribution ``nlptasks`` alone, it is this one under its name of before 0.2.
    """
    other, this = found.get(OWNER), found.get(DISTRIBUTION)
    if other is None or (other.entries and not (this and this.entries)):
        return None
    error = (
        f"it is another project than this one, which is called {DISTRIBUTION}, and writes over its files; remove it "
        f"(pip uninstall {OWNER}) and install this one again (pip install --force-reinstall {DISTRIBUTION})"
    )
    record = PluginRecord(
        id=OWNER,
        distribution=OWNER,
        version=other.version,
        module="",
        state="conflict",
        stage="metadata",
        error=error,
    )
    return FoundPlugin(record=record)


def _files(folder: Path) -> Iterator[FoundPlugin]:
    if not folder.is_dir():
        raise UsageError(f"--plugins-dir: {folder} is not a folder", hint="name the folder that holds the .py files")
    for path in folder.glob("[!_.]*.py"):
        owner = f"file:{canonical(path.stem)}"
        yield FoundPlugin(
            record=PluginRecord(id=path.stem, distribution=owner, version="", module=path.stem), path=path
        )
