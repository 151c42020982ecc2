"""Telling plugins about a run, so that none of them can harm it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pluggy

from nlptasks._plugins.importing import explain
from nlptasks._signals import Terminated
from nlptasks.files.standard_streams import guest_enters, guest_leaves, put_streams_back
from nlptasks.plugin.events import BatchFinished, Event, RunFailed, RunFinished, RunStarted
from nlptasks.text.display import one_line

_HOOKS: Mapping[type[Event], str] = MappingProxyType(
    {
        RunStarted: "nlptasks_run_started",
        BatchFinished: "nlptasks_batch_finished",
        RunFinished: "nlptasks_run_finished",
        RunFailed: "nlptasks_run_failed",
    }
)


class Observers:
    """The observers of one run.

    Args:
        manager: The loaded plugins.
        complain: Given one line for each observer that fails; it is not called again in this run.
    """

    def __init__(self, manager: pluggy.PluginManager, complain: Callable[[str], None]) -> None:
        self._callers = {event: _per_plugin(manager, hook) for event, hook in _HOOKS.items()}
        self._complain = complain
        self._dropped: set[str] = set()

    def send(self, event: Event) -> None:
        """Tell every observer. Raises nothing that an observer raises."""
        for plugin, (module, caller) in self._callers[type(event)].items():
            if plugin in self._dropped:
                continue
            token = guest_enters()
            try:
                caller(event=event)
            except (KeyboardInterrupt, Terminated):
                raise
            except BaseException as error:
                self._dropped.add(plugin)
                reason = explain(error, module)
                self._complain(one_line(f"plugin {plugin!r} failed in {_HOOKS[type(event)]} and is ignored: {reason}"))
            finally:
                guest_leaves(token)
            if changed := put_streams_back():
                self._complain(f"plugin {plugin!r} changed {' and '.join(changed)}; it was put back")


def _per_plugin(manager: pluggy.PluginManager, hook: str) -> dict[str, tuple[str, Callable[..., Any]]]:
    """Return a caller for each plugin that has the hook: in one call of all, the first failure stops the rest."""
    plugins = {impl.plugin_name: impl.plugin for impl in getattr(manager.hook, hook).get_hookimpls()}
    everyone = manager.get_plugins()
    return {
        name: (_module_of(plugins[name]), manager.subset_hook_caller(hook, everyone - {plugins[name]}))
        for name in sorted(plugins)
    }


def _module_of(plugin: object) -> str:
    """Return the name of the module in which a plugin, which may be any object, is defined."""
    return str(getattr(plugin, "__name__", "") or type(plugin).__module__)
