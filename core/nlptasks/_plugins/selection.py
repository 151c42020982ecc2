"""Which of the found plugins may be imported: enabled, compatible and without a rival of the same id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nlptasks._names import canonical
from nlptasks._plugins.compatibility import misfit
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.discovery import FoundPlugin
from nlptasks._plugins.records import State
from nlptasks.text.display import one_line


def select(candidates: Sequence[FoundPlugin], config: Config) -> list[FoundPlugin]:
    """Return the same candidates; those that must not be imported are no longer in the state ``found``."""
    fitting = [_compatible(_enabled(candidate, config)) for candidate in candidates]
    return _without_rivals(fitting, config)


def _enabled(candidate: FoundPlugin, config: Config) -> FoundPlugin:
    record = candidate.record
    if record.state != "found":
        return candidate
    if config.disables(record.id, record.distribution):
        return _stop(candidate, "disabled", "disabled by the user")
    if candidate.path is None and not config.allows(record.id, record.distribution):
        return _stop(candidate, "disabled", "not among the allowed plugins")
    return candidate


def _compatible(candidate: FoundPlugin) -> FoundPlugin:
    if candidate.record.state != "found":
        return candidate
    try:
        problem = misfit(candidate)
    except ValueError as error:  # what packaging raises for all that it cannot parse
        return _stop(candidate, "broken", f"its metadata is not valid: {error}")
    return _stop(candidate, "incompatible", problem) if problem else candidate


def _without_rivals(candidates: list[FoundPlugin], config: Config) -> list[FoundPlugin]:
    owners: dict[str, list[str]] = {}
    for candidate in candidates:
        if candidate.record.state == "found":
            owners.setdefault(candidate.record.id, []).append(candidate.record.distribution)
    return [_against_rivals(candidate, owners.get(candidate.record.id, []), config) for candidate in candidates]


def _against_rivals(candidate: FoundPlugin, owners: list[str], config: Config) -> FoundPlugin:
    record = candidate.record
    if record.state != "found" or len(owners) == 1:
        return candidate
    preferred = canonical(config.prefer_plugins.get(record.id, ""))
    if Counter(owners)[preferred] == 1:
        chosen = preferred == record.distribution
        return candidate if chosen else _stop(candidate, "disabled", f"the one of {preferred} is preferred")
    if len(set(owners)) == 1:
        return _stop(candidate, "conflict", f"{owners[0]} has {len(owners)} plugins {record.id!r}; tell its author")
    choice = f'set [plugins.prefer] "{record.id}" = "{owners[0]}" in the configuration file, or uninstall one'
    return _stop(candidate, "conflict", f"{' and '.join(owners)} both have a plugin {record.id!r}; {choice}")


def _stop(candidate: FoundPlugin, state: State, error: str) -> FoundPlugin:
    return replace(candidate, record=replace(candidate.record, state=state, stage="metadata", error=one_line(error)))
