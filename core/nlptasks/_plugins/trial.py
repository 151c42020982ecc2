"""Loads plugins in a process of its own: ``python -m nlptasks._plugins.trial RESULT ID [FOLDER]``.

A plugin can take its process down, so the outcome goes into a file, and only after everything went well is it there.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from nlptasks._names import resolve
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.importing import explain
from nlptasks._plugins.loader import Plugins, load_plugins
from nlptasks._plugins.records import PluginRecord
from nlptasks._plugins.validation import import_strings


def trial(result: Path, plugin: str, plugins_dir: Path | None) -> None:
    """Load one plugin, import all that its descriptors name, and write its record."""
    loaded = load_plugins(Config(allow=frozenset({plugin})), plugins_dir=plugins_dir)
    wanted = [record for record in loaded.records if plugin in (record.id, record.distribution)]
    records = [_resolved(record, loaded) if record.state == "loaded" else record for record in wanted]
    result.write_text(json.dumps([record.as_json() for record in records]), encoding="utf-8")


def _resolved(record: PluginRecord, loaded: Plugins) -> PluginRecord:
    try:
        for item in loaded.registry.items:
            if (item.plugin, item.distribution) == (record.id, record.distribution):
                for text in import_strings(item.spec):
                    resolve(text)
    except (Exception, SystemExit) as error:
        return replace(record, state="broken", stage="object", error=explain(error, record.module))
    return record


if __name__ == "__main__":
    trial(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
