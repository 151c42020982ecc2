"""Loading plugins, one at a time: whatever one of them does, the others load."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from nlptasks._names import nearest
from nlptasks._plugins.attempts import attempt, died_on
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.discovery import FoundPlugin, discover
from nlptasks._plugins.importing import explain, import_plugin
from nlptasks._plugins.process import taken
from nlptasks._plugins.records import PluginRecord, complaints, report
from nlptasks._plugins.registry import KINDS, Owned, Registry, key_of
from nlptasks._plugins.selection import select
from nlptasks._plugins.validation import validate
from nlptasks._signals import Terminated
from nlptasks.errors import PluginError
from nlptasks.files.standard_streams import guest_enters, guest_leaves
from nlptasks.plugin import PROJECT, Descriptor, hooks

if TYPE_CHECKING:
    from nlptasks._plugins.observers import Observers

#: Descriptors that a hook may return: an iterator without end would be read without end.
_MOST = 10_000


@dataclass(frozen=True)
class PluginSource:
    """By what a process finds its plugins.

    Args:
        config: Which of them may load.
        folder: A folder of further ones.
    """

    config: Config
    folder: Path | None = None


@dataclass(frozen=True)
class Plugins:
    """The plugins of a process.

    Args:
        records: What became of each, sorted by distribution and id.
        registry: What the loaded ones provide.
        manager: The loaded ones.
        source: By what another process finds the same.
    """

    records: tuple[PluginRecord, ...]
    registry: Registry
    manager: pluggy.PluginManager
    source: PluginSource

    def complaints(self) -> Iterator[str]:
        """A line for each thing that the user should know of them."""
        for record in self.records:
            yield from complaints(record)
        yield from self.registry.unmatched_options()

    def observers(self, complain: Callable[[str], None]) -> Observers:
        """Return the observers of one run; ``complain`` is given a line for each that fails."""
        from nlptasks._plugins.observers import Observers  # listings and --help run nothing

        return Observers(self.manager, complain)


def load_plugins(
    config: Config,
    *,
    plugins_dir: Path | None = None,
    strict: bool = False,
    metadata_only: bool = False,
    retry: bool = False,
) -> Plugins:
    """Find the plugins, and load those that the configuration allows. Prints nothing; see ``records``.

    Args:
        config: Which plugins may load, and which win a clash.
        plugins_dir: A folder of single-file plugins to load as well.
        strict: Raise where any plugin failed.
        metadata_only: Import none: their state stays ``found``.
        retry: Import those too on which a process died before.

    Raises:
        UsageError: ``plugins_dir`` is no folder.
        PluginError: ``strict``, and a plugin is broken, incompatible or in conflict; one line for each.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hooks)
    candidates = select(discover(plugins_dir), config)
    loaded = [(c.record, ()) if metadata_only else _load(manager, c, retry) for c in candidates]
    records = tuple(record for record, _ in loaded)
    failures = [report(record) for record in records if record.failed]
    if strict and failures:
        raise PluginError("\n".join(failures), hint="--strict makes a plugin that fails an error")
    items = tuple(item for _, owned in loaded for item in owned)
    registry = Registry(items, config.prefer, config.options)
    return Plugins(records, registry, manager, PluginSource(config, plugins_dir))


def _load(
    manager: pluggy.PluginManager, candidate: FoundPlugin, retry: bool
) -> tuple[PluginRecord, tuple[Owned[Any], ...]]:
    """Load one plugin completely or not at all, and put back what it changed in the process."""
    record = candidate.record
    if record.state != "found":
        return record, ()
    if not retry and died_on(candidate):
        return replace(record, state="broken", stage="import", error=_left_out(candidate)), ()
    before = taken()
    found, owned = _loaded(manager, candidate)
    return replace(found, changed=before.put_back(environment=True)), owned


def _left_out(candidate: FoundPlugin) -> str:
    name = candidate.path or candidate.record.id
    return f"a process died or hung while importing it, so it is left out; try it again: nlptasks plugins check {name}"


def _loaded(manager: pluggy.PluginManager, candidate: FoundPlugin) -> tuple[PluginRecord, tuple[Owned[Any], ...]]:
    record = candidate.record
    steps = _Steps(manager, candidate)
    started = time.perf_counter()
    try:
        with attempt(candidate):
            specs = steps.run()
    except (KeyboardInterrupt, Terminated):
        raise
    except BaseException as error:  # whatever it is: sys.exit, a cancelled task, an exception of a kind of its own
        if manager.has_plugin(record.id):
            manager.unregister(name=record.id)
        return replace(record, state="broken", stage=steps.stage, error=explain(error, record.module)), ()
    seconds = round(steps.imported - started, 6)
    provides = tuple(sorted(key_of(spec) for spec in specs))
    owned = tuple(Owned(spec, record.id, record.distribution) for spec in specs)
    return replace(record, state="loaded", provides=provides, import_seconds=seconds), owned


class _Steps:
    """Loading of one plugin; ``stage`` says how far it came."""

    def __init__(self, manager: pluggy.PluginManager, candidate: FoundPlugin) -> None:
        self.stage = "import"
        self.imported = 0.0
        self._manager = manager
        self._candidate = candidate

    def run(self) -> tuple[Descriptor, ...]:
        """Import, register and ask the plugin what it provides; raises what goes wrong."""
        process = os.getpid()
        plugin = import_plugin(self._candidate)
        if os.getpid() != process:  # a child that the plugin forked and let go on must not do our work a second time
            os._exit(1)
        self.imported = time.perf_counter()
        self.stage = "register"
        hash(plugin)  # pluggy keeps plugins in sets: one that cannot be hashed would break the calls of all others
        self._manager.register(plugin, name=self._candidate.record.id)
        _check_hooks(self._manager, plugin)
        specs = [spec for kind, expected in KINDS.items() for spec in self._ask(plugin, kind, expected)]
        _check_unique(specs)
        return tuple(specs)

    def _ask(self, plugin: object, kind: str, expected: type[Descriptor]) -> list[Descriptor]:
        self.stage = f"{PROJECT}_{kind}"
        caller = getattr(self._manager.hook, self.stage)
        if not any(implementation.plugin is plugin for implementation in caller.get_hookimpls()):
            return []
        others = self._manager.get_plugins() - {plugin}
        # Materialised here: the body of a generator runs only when it is read.
        token = guest_enters()
        try:
            made = self._manager.subset_hook_caller(self.stage, others)()
            answers = [list(islice(answer, _MOST + 1)) for answer in made]
        finally:
            guest_leaves(token)
        if not answers:  # pluggy leaves out None
            raise PluginError(f"it returned None; return an iterable of {expected.__name__}")
        if len(answers[0]) > _MOST:
            raise PluginError(f"it returned more than {_MOST:,} descriptors, perhaps without end")
        for spec in answers[0]:
            validate(spec, expected, self.stage)
        return answers[0]


def _check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    """Refuse hooks that nobody would call, and wrappers: what a plugin registers depends on no other plugin."""
    known = [name for name in vars(hooks) if name.startswith(f"{PROJECT}_")]
    for caller in manager.get_hookcallers(plugin) or ():
        if not caller.has_spec():
            near = nearest(caller.name, known)
            raise PluginError(f"there is no hook {caller.name!r}" + (f"; did you mean {near!r}?" if near else ""))
        for implementation in caller.get_hookimpls():
            if implementation.plugin is plugin and (implementation.wrapper or implementation.hookwrapper):
                raise PluginError(f"{caller.name} is a hook wrapper; wrappers are not supported")
    marked = {caller.name for caller in manager.get_hookcallers(plugin) or ()}
    for name in sorted(set(vars(plugin)).intersection(known) - marked):
        raise PluginError(f"{name} is not marked as a hook", hint="write @nlptasks.plugin.hookimpl above it")


def _check_unique(specs: Iterable[Descriptor]) -> None:
    keys = [key_of(spec) for spec in specs]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        raise PluginError(f"it provides {key} more than once")
