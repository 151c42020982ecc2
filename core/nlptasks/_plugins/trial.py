"""Loads plugins in a process of its own: ``python -m nlptasks._plugins.trial RESULT ID [FOLDER]``.

A plugin can take its process down, so the outcome goes into a file, and only after everything went well is it there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlptasks._names import resolve
from nlptasks._plugins.clashes import clashes, flags_wanted
from nlptasks._plugins.configuration import Config, read_config
from nlptasks._plugins.importing import explain
from nlptasks._plugins.loader import Plugins, load_plugins
from nlptasks._plugins.records import PluginRecord
from nlptasks._plugins.registry import Registry
from nlptasks._plugins.validation import import_strings


@dataclass(frozen=True)
class Tried:
    """What became of a plugin.

    Args:
        records: Its records, or those of its distribution.
        alone: It alone, loaded.
        registry: What it and all others provide.
    """

    records: Sequence[PluginRecord]
    alone: Plugins
    registry: Registry


def trial(result: Path, plugin: str, plugins_dir: Path | None) -> Tried:
    """Load one plugin, import all that its descriptors name, and write its record.

    Then load the others that the user has beside it, and write the names that it shares with them. Any of them may end
    the process; what was found out by then is kept.
    """
    loaded = load_plugins(Config(allow=frozenset({plugin})), plugins_dir=plugins_dir, retry=True)
    wanted = [record for record in loaded.records if plugin in (record.id, record.distribution)]
    records = [_resolved(record, loaded) if record.state == "loaded" else record for record in wanted]
    records = _conflicts(plugin, records, plugins_dir)
    wants = flags_wanted(loaded.registry)
    _write(result, records, wants, [], "other plugins ended the process, so its names were not compared with theirs")
    others = load_plugins(_without(read_config(), plugin))
    items = (*loaded.registry.items, *others.registry.items)
    both = replace(loaded.registry, items=items, prefer=others.registry.prefer)
    _write(result, records, wants, _shared(records, both), "")
    return Tried(records, loaded, both)


def _without(config: Config, plugin: str) -> Config:
    """The user's configuration without one plugin, and without those in conflict with it."""
    return replace(config, disable=config.disable | {plugin})


def _write(
    result: Path, records: Sequence[PluginRecord], wants: Sequence[tuple[str, str]], shared: Sequence[str], note: str
) -> None:
    """Write the outcome in one step, so that a process that dies leaves a whole file or none."""
    told = {"records": [record.as_json() for record in records], "wants": wants, "clashes": shared, "note": note}
    part = result.with_suffix(".part")
    part.write_text(json.dumps(told), encoding="utf-8")
    part.replace(result)


def _conflicts(plugin: str, records: list[PluginRecord], plugins_dir: Path | None) -> list[PluginRecord]:
    """The records of a plugin, in conflict where the user has another of its id; it loads when it is alone."""
    config = read_config()
    allow = None if config.allow is None else config.allow | {plugin}
    found = load_plugins(replace(config, allow=allow), plugins_dir=plugins_dir, metadata_only=True).records
    conflicts = {(record.id, record.distribution): record for record in found if record.state == "conflict"}
    return [conflicts.get((record.id, record.distribution), record) for record in records]


def _shared(records: Sequence[PluginRecord], registry: Registry) -> list[str]:
    """A line for each name that a plugin shares with another and that the user did not settle."""
    mine = {(record.id, record.distribution) for record in records}
    return [
        clash.line()
        for clash in clashes(registry)
        if not clash.settled and any((item.plugin, item.distribution) in mine for item in clash.items)
    ]


def _resolved(record: PluginRecord, loaded: Plugins) -> PluginRecord:
    try:
        for item in loaded.registry.items:
            if (item.plugin, item.distribution) == (record.id, record.distribution):
                for text in import_strings(item.spec):
                    resolve(text)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return replace(record, state="broken", stage="object", error=explain(error, record.module))
    return record


if __name__ == "__main__":
    trial(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
