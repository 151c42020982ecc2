"""Which plugins there are: entry points read from metadata, and single files. Nothing is imported."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nlptasks._names import DISTRIBUTION, OWNER, canonical, spelled
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
    """Yield the entry points of each distribution once, from the copy that Python would import.

    Not ``metadata.entry_points()``: there, one malformed distribution hides all others.
    """
    names = {name for found in metadata.distributions() if (name := _plugin_distribution(found))}
    namesake = _namesake({spelled(name) for name in names})
    if namesake:
        yield namesake
    for name in sorted(names):
        distribution = metadata.distribution(name)
        if namesake and spelled(name) == OWNER:
            continue
        if not _plugin_distribution(distribution):
            continue
        for entry in distribution.entry_points.select(group=GROUP):
            record = PluginRecord(
                id=entry.name,
                distribution=canonical(name),
                version=_header(distribution, "Version"),
                module=entry.value,
            )
            yield Candidate(
                record=record,
                requires=tuple(distribution.requires or ()),
                requires_python=_header(distribution, "Requires-Python"),
            )


def _namesake(with_plugins: Collection[str]) -> Candidate | None:
    """Somebody else's distribution ``nlptasks``, whose files lie over those of this one; ``None``: there is none.

    Where the plugins are those of a distribution ``nlptasks`` alone, it is this one under its name of before 0.2.
    """
    if OWNER in with_plugins and DISTRIBUTION not in with_plugins:
        return None
    try:
        version = _header(metadata.distribution(OWNER), "Version")
    except Exception:  # it is not there, or damaged
        return None
    error = (
        f"it is another project than this one, which is called {DISTRIBUTION}, and writes over its files; remove it "
        f"(pip uninstall {OWNER}) and install this one again (pip install --force-reinstall {DISTRIBUTION})"
    )
    record = PluginRecord(
        id=OWNER, distribution=OWNER, version=version, module="", state="conflict", stage="metadata", error=error
    )
    return Candidate(record=record)


def _plugin_distribution(distribution: metadata.Distribution) -> str:
    """Return the name of a distribution that has plugins; empty for any other, or where its metadata cannot be read."""
    try:
        text = distribution.read_text("entry_points.txt") or ""
        has_plugins = f"[{GROUP}]" in text and bool(distribution.entry_points.select(group=GROUP))
        return _header(distribution, "Name") if has_plugins else ""
    except Exception:  # somebody else's damaged installation
        return ""


def _header(distribution: metadata.Distribution, name: str) -> str:
    return next(iter(distribution.metadata.get_all(name, [])), "")


def _files(folder: Path) -> Iterator[Candidate]:
    if not folder.is_dir():
        raise UsageError(f"--plugins-dir: {folder} is not a folder", hint="name the folder that holds the .py files")
    for path in folder.glob("[!_.]*.py"):
        owner = f"file:{canonical(path.stem)}"
        yield Candidate(record=PluginRecord(id=path.stem, distribution=owner, version="", module=path.stem), path=path)
