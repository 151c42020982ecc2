"""Names that several loaded plugins want, before anybody types one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlptasks._plugins.registry import Owned, Registry, kind_of
from nlptasks.plugin import BackboneSpec, Descriptor, EngineSpec, FormatSpec, HeadSpec, TaskSpec
from nlptasks.plugin.options import option_fields
from nlptasks.text.display import one_line


@dataclass(frozen=True, kw_only=True)
class Clash:
    """One name that several descriptors share.

    Args:
        noun: What it names: ``metric``, ``suffix of formats``, ...
        name: The name.
        items: The descriptors.
        key: The key of ``[prefer]`` that settles it.
        settled: Whether the user settled it.
        note: Which of them is taken, and by whom; empty: the name alone is an error.
    """

    noun: str
    name: str
    items: tuple[Owned[Any], ...]
    key: str
    settled: bool = False
    note: str = ""

    def line(self) -> str:
        """What it is and every way out, in one line."""
        owners = sorted({item.distribution for item in self.items})
        several = f"{' and '.join(owners)} provide" if len(owners) > 1 else f"{owners[0]} provides twice"
        said = f"{several} the {self.noun} {self.name!r}"
        typed = " or ".join(dict.fromkeys(self._typed(item) for item in self.items))
        if self.settled:
            return one_line(f"{said}; {self.note}", limit=2000)
        note = f"; {self.note}" if self.note else ""
        return one_line(
            f'{said}{note}; type {typed}, or set [prefer] "{self.key}" = "{owners[0]}" in the configuration file',
            limit=2000,
        )

    def _typed(self, item: Owned[Any]) -> str:
        """What means one of them alone."""
        scheme = self.key == f"backbones.{self.name}:"
        return f"{item.distribution}:{self.name}:NAME" if scheme else item.qualified


def clashes(registry: Registry) -> tuple[Clash, ...]:
    """Return all clashes of the loaded plugins, by kind and name."""
    found: dict[tuple[str, str, str], list[Owned[Any]]] = {}
    for item in registry.items:
        for claim in _claims(item):
            found.setdefault(claim, []).append(item)
    return tuple(_clash(registry, *claim, tuple(items)) for claim, items in sorted(found.items()) if _differ(items))


def flags_wanted(registry: Registry) -> list[tuple[str, str]]:
    """Return what the commands get a flag for because of a plugin, and the flag: input columns, and options."""
    found = [
        (f"the input column {column.name!r} of the task {item.qualified}", f"--{column.name}")
        for item in registry.all(TaskSpec)
        for column in item.spec.inputs
    ]
    owners: list[tuple[str, type | None]] = [
        *((f"the head {item.qualified}", item.spec.options) for item in registry.all(HeadSpec)),
        *((f"the backbone {item.qualified}", item.spec.options) for item in registry.all(BackboneSpec)),
        *((f"the engine {item.qualified}", item.spec.options) for item in registry.all(EngineSpec)),
        *((f"the format {item.qualified}", item.spec.options) for item in registry.all(FormatSpec)),
    ]
    for owner, options in owners:
        found += [(f"the option {o.name!r} of {owner}", o.flag) for o in (option_fields(options) if options else ())]
    return found


def _claims(item: Owned[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what a descriptor wants for itself: the key, the noun and the name."""
    spec: Descriptor = item.spec
    kind = kind_of(type(spec))
    if isinstance(spec, HeadSpec):
        yield f"heads.{spec.task}.{spec.name}", f"head for {spec.task}", spec.name
        return
    for name in dict.fromkeys((spec.name, *getattr(spec, "aliases", ()))):
        yield f"{kind}.{name}", kind[:-1], name
    if isinstance(spec, FormatSpec):
        for suffix in dict.fromkeys(spec.suffixes):
            yield f"formats.{suffix}", "format of files that end in", suffix
    if isinstance(spec, BackboneSpec) and spec.scheme:
        yield f"backbones.{spec.scheme}:", "scheme of checkpoints", spec.scheme


def _differ(items: list[Owned[Any]]) -> bool:
    """Within one distribution, a name of its own comes before an alias: that is no clash."""
    return len({item.distribution for item in items}) > 1 or (len(items) > 1 and not _aliased(items))


def _aliased(items: list[Owned[Any]]) -> bool:
    return all(hasattr(item.spec, "aliases") for item in items) and len({item.spec.name for item in items}) > 1


def _clash(registry: Registry, key: str, noun: str, name: str, items: tuple[Owned[Any], ...]) -> Clash:
    preferred = registry.preferred(key, items)
    settled = len(preferred) == 1
    note = f"[prefer] takes {preferred[0].qualified}" if settled else _own_metrics(registry, noun, name, items)
    return Clash(noun=noun, name=name, items=items, key=key, settled=settled, note=note)


def _own_metrics(registry: Registry, noun: str, name: str, items: tuple[Owned[Any], ...]) -> str:
    if noun != "metric":
        return ""
    owners = {item.distribution for item in items}
    tasks = [task for task in registry.all(TaskSpec) if name in (*task.spec.metrics, *task.spec.recorded)]
    own = [task.qualified for task in tasks if task.distribution in owners]
    return f"the tasks {', '.join(own)} take their own distribution's" if own else ""
