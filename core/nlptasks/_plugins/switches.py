"""Disables and enables plugins in the configuration file, whose comments, order and other keys stay as they are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from nlptasks._names import canonical
from nlptasks._plugins.configuration import Config, names_it, parse_config
from nlptasks._plugins.records import PluginRecord, named
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.atomic import atomic_output
from nlptasks.files.names import is_file
from nlptasks.files.whole import whole_text

#: The lists of the table ``[plugins]``, as they are to be.
Lists = dict[str, list[str]]


def disable(file: Path, name: str, records: Sequence[PluginRecord]) -> bool:
    """Disable what a name means, and return whether that changed the file.

    Args:
        file: The configuration file; it is made where there is none.
        name: A plugin's id, its distribution (all of its plugins), or ``distribution:id``.
        records: The plugins that there are.

    Raises:
        UsageError: Nothing has the name, or plugins of two distributions have it, or the file is not valid.
        NlptasksError: The file cannot be written.
    """
    targets = _targets(named(records, name), name)
    config = _config(file)
    if all(config.disables(one.id, one.distribution) for one in targets):
        return False
    _write(file, {"disable": [*_listed(file, "disable"), name]})
    return True


def enable(file: Path, name: str, records: Sequence[PluginRecord]) -> bool:
    """Let what a name means load again, and return whether that changed the file.

    It is no longer disabled, and where the file allows some plugins only, it is among them. What an entry disables
    beside it stays disabled. An entry of this very name goes, be the plugin installed or not.

    Args:
        file: The configuration file.
        name: A plugin's id, its distribution (all of its plugins), or ``distribution:id``.
        records: The plugins that there are.

    Raises:
        UsageError: Nothing has the name, or plugins of two distributions have it, or the file is not valid.
        NlptasksError: The file cannot be written.
    """
    config = _config(file)
    gone = any(canonical(entry) == canonical(name) for entry in config.disable)
    try:
        targets = _targets(named(records, name), name)
    except UsageError:
        if not gone:
            raise
        targets = []
    changes: Lists = {}
    disabled = _listed(file, "disable")
    if (kept := list(_kept(disabled, name, targets, records))) != disabled:
        changes["disable"] = kept
    if not all(config.allows(one.id, one.distribution) for one in targets):
        changes["allow"] = [*_listed(file, "allow"), name]
    if changes:
        _write(file, changes)
    return bool(changes)


def _targets(found: list[PluginRecord], name: str) -> list[PluginRecord]:
    owners = sorted({record.distribution for record in found})
    if len(owners) > 1:
        typed = " or ".join(f"{record.distribution}:{record.id}" for record in found)
        raise UsageError(f"{' and '.join(owners)} both have a plugin {name!r}", hint=f"type {typed}")
    return found


def _kept(
    entries: list[str], name: str, targets: Sequence[PluginRecord], records: Sequence[PluginRecord]
) -> Iterator[str]:
    """The entries without those that disable a target, and behind them what these disabled beside it."""
    beside: list[PluginRecord] = []
    for entry in entries:
        meant = [one for one in records if names_it([entry], one.id, one.distribution)]
        if canonical(entry) != canonical(name) and not any(one in targets for one in meant):
            yield entry
        else:
            beside += (one for one in meant if one not in targets)
    yield from dict.fromkeys(f"{one.distribution}:{one.id}" for one in beside)


def _config(file: Path) -> Config:
    return parse_config(file) if is_file(file) else Config()


def _listed(file: Path, key: str) -> list[str]:
    """A list of the table ``[plugins]`` in its order; the file is a valid configuration."""
    found = tomllib.loads(whole_text(file)).get("plugins", {}).get(key, []) if is_file(file) else []
    return list(found)


def _write(file: Path, lists: Lists) -> None:
    """Put lists into the table ``[plugins]``."""
    import tomlkit
    from tomlkit.items import Array

    text = whole_text(file) if is_file(file) else ""
    document = tomlkit.parse(text)
    table = document.setdefault("plugins", tomlkit.table())
    for key, names in lists.items():
        old = table.get(key)
        if isinstance(old, Array):  # entry by entry: the comments between them stay
            for at in reversed([at for at, entry in enumerate(old) if entry not in names]):
                del old[at]
            for name in names:
                if name not in old:
                    old.append(name)
        else:
            table[key] = names
    changed = f"{tomlkit.dumps(document).rstrip()}\n"
    wanted = tomllib.loads(text)
    wanted["plugins"] = {**wanted.get("plugins", {}), **lists}
    if tomllib.loads(changed) != wanted:
        lines = "; ".join(f"{key} = {names}" for key, names in lists.items())
        raise NlptasksError(f"{file} cannot be changed without changing more", hint=f"write below [plugins]: {lines}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NlptasksError(f"cannot make the folder of {file}: {error.strerror}") from error
    with atomic_output(file, force=True) as stream:
        stream.write(changed.encode("utf-8"))
