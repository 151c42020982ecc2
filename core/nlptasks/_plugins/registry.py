"""What the loaded plugins provide, with its owners."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, NoReturn, TypeVar

from nlptasks._names import canonical, did_you_mean
from nlptasks._plugins.component_options import OPTIONED, ComponentOptions
from nlptasks.errors import UsageError
from nlptasks.plugin import (
    BackboneSpec,
    BenchmarkSpec,
    CommandSpec,
    Descriptor,
    EngineSpec,
    FormatSpec,
    HeadSpec,
    MetricSpec,
    PipelineSpec,
    TaskSpec,
)

D = TypeVar("D", bound=Descriptor)
D_co = TypeVar("D_co", bound=Descriptor, covariant=True)

#: The kinds of descriptors, by the word in hook names, commands and configuration keys.
KINDS: Mapping[str, type[Descriptor]] = MappingProxyType(
    {
        "tasks": TaskSpec,
        "heads": HeadSpec,
        "backbones": BackboneSpec,
        "metrics": MetricSpec,
        "formats": FormatSpec,
        "pipelines": PipelineSpec,
        "benchmarks": BenchmarkSpec,
        "commands": CommandSpec,
        "engines": EngineSpec,
    }
)

_NOT_LOADED = "'nlptasks plugins list --check' shows plugins that did not load"


@dataclass(frozen=True)
class Owned(Generic[D_co]):
    """A descriptor and who brought it.

    Args:
        spec: The descriptor.
        plugin: Id of its plugin.
        distribution: The distribution that the plugin comes with.
    """

    spec: D_co
    plugin: str
    distribution: str

    @property
    def qualified(self) -> str:
        """The name that nobody else can have: ``distribution:name``."""
        return f"{self.distribution}:{self.spec.name}"


def kind_of(spec: type[Descriptor]) -> str:
    """Return the word for a descriptor type: ``tasks``, ``heads``, ..."""
    return next(kind for kind, known in KINDS.items() if known is spec)


def key_of(spec: Descriptor) -> str:
    """Return the name of what a descriptor provides, as records show it: ``heads.sentiment.keywords``."""
    place = f"{spec.task}.{spec.name}" if isinstance(spec, HeadSpec) else spec.name
    return f"{kind_of(type(spec))}.{place}"


@dataclass(frozen=True)
class Registry:
    """Descriptors of all loaded plugins.

    Args:
        items: The descriptors, in any order.
        prefer: Distribution to take where several provide the same, by kind and by the name that they share:
            ``{"tasks.sentiment": "acme", "heads.sentiment.words": "acme", "formats..csv": "acme"}``. It may be
            followed by a colon and a name. ``heads.sentiment`` prefers the heads of a distribution for a whole task.
        options: What the user configured of some of them.
    """

    items: tuple[Owned[Any], ...] = ()
    prefer: Mapping[str, str] = field(default_factory=dict)
    options: ComponentOptions = field(default_factory=ComponentOptions)

    def configured(self, item: Owned[HeadSpec] | Owned[BackboneSpec]) -> dict[str, Any]:
        """The options of a head or a backbone that the user configured, by their names.

        Raises:
            UsageError: One is unknown or not valid.
        """
        return self.options.of(kind_of(type(item.spec)), item)

    def unmatched_options(self) -> list[str]:
        """A line for each component with configured options that is not there."""
        return [line for kind in OPTIONED for line in self.options.unmatched(kind, self.all(KINDS[kind]))]

    def all(self, spec: type[D]) -> tuple[Owned[D], ...]:
        """Return every descriptor of a type, sorted by name and distribution; heads by task first."""
        found = (item for item in self.items if type(item.spec) is spec)
        return tuple(sorted(found, key=_place))

    def get(self, spec: type[D], name: str, *, hint: str = "", near: Collection[str] = ()) -> Owned[D]:
        """Return the descriptor that ``name``, an alias, or ``distribution:name`` means. For heads see :meth:`head`.

        Args:
            spec: The type of descriptor.
            name: What the user typed.
            hint: What to type in place of a name that is unknown, before all that there are.
            near: Distributions whose descriptor is taken where several have one and the user prefers none.

        Raises:
            UsageError: The name is unknown, or several distributions provide it and none is preferred.
        """
        kind = kind_of(spec)
        return self._pick(self.all(spec), name, kind[:-1], f"{kind}.{_bare(name)}", hint, near)

    def has(self, spec: type[Descriptor], name: str) -> bool:
        """Whether anybody provides what ``name`` means, be it one or several."""
        return bool(_matching(self.all(spec), name))

    def owners(self, spec: type[Descriptor], name: str) -> tuple[str, ...]:
        """Return the distributions that provide what ``name`` means."""
        return tuple(item.distribution for item in _matching(self.all(spec), name))

    def heads(self, task: str) -> tuple[Owned[HeadSpec], ...]:
        """Return the heads of a task (its own name, no alias), sorted by name and distribution."""
        return tuple(item for item in self.all(HeadSpec) if item.spec.task == task)

    def head(self, task: str, name: str) -> Owned[HeadSpec]:
        """Return a head of a task by its name or ``distribution:name``.

        Raises:
            UsageError: The name is unknown for this task, or ambiguous.
        """
        key = f"heads.{task}.{_bare(name)}"
        if key not in self.prefer:
            key = f"heads.{task}" if f"heads.{task}" in self.prefer else key
        return self._pick(self.heads(task), name, f"head for {task}", key)

    def preferred(self, key: str, items: Iterable[Owned[D]]) -> tuple[Owned[D], ...]:
        """Return the items that are preferred for ``key``, or all where none of them is."""
        everything = tuple(items)
        wanted = self.prefer.get(key, "")
        return tuple(item for item in everything if wanted and _is_named(item, wanted)) or everything

    def only(self, key: str, items: Iterable[Owned[D]], name: str, noun: str, *, flag: str = "") -> Owned[D]:
        """Return the one of some items that the user prefers for ``key``, or that there is.

        Args:
            key: The key of the preference.
            items: One or more descriptors that all fit.
            name: What they all provide.
            noun: What that is: ``metric``.
            flag: The flag that takes their qualified names; empty: they are typed as they are.

        Raises:
            UsageError: There are several, and none is preferred.
        """
        chosen = self.preferred(key, items)
        if len(chosen) > 1:
            _clash(chosen, name, noun, key, flag)
        return chosen[0]

    def _pick(
        self,
        items: tuple[Owned[D], ...],
        name: str,
        noun: str,
        key: str,
        hint: str = "",
        near: Collection[str] = (),
    ) -> Owned[D]:
        matches = _matching(items, name)
        if not matches:
            _unknown(items, name, noun, hint)
        if key not in self.prefer:
            matches = tuple(item for item in matches if item.distribution in near) or matches
        return self.only(key, matches, name, noun)


def _place(item: Owned[Any]) -> tuple[str, str, str]:
    return getattr(item.spec, "task", ""), item.spec.name, item.distribution


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _is_named(item: Owned[Any], wanted: str) -> bool:
    """Whether a preference, ``distribution`` or ``distribution:name``, means this descriptor."""
    return canonical(wanted) in (canonical(item.distribution), canonical(item.qualified))


def _matching(items: tuple[Owned[D], ...], name: str) -> tuple[Owned[D], ...]:
    """Return what ``name`` means. In one distribution a name comes before an alias; between two neither does."""
    distribution, _, bare = name.rpartition(":")
    pool = tuple(i for i in items if not distribution or canonical(i.distribution) == canonical(distribution))
    named = tuple(item for item in pool if item.spec.name == bare)
    owners = {item.distribution for item in named}
    return named + tuple(
        item for item in pool if bare in getattr(item.spec, "aliases", ()) and item.distribution not in owners
    )


def _unknown(items: tuple[Owned[Any], ...], name: str, noun: str, hint: str) -> NoReturn:
    names = sorted({item.spec.name for item in items})
    known = [*names, *(alias for item in items for alias in getattr(item.spec, "aliases", ()))]
    available = f"there are: {', '.join(names)}" if names else "there is none"
    raise UsageError(
        f"there is no {noun} named {name!r}{did_you_mean(name.rpartition(':')[2], known)}",
        hint="\n".join(line for line in (hint, f"{available}; {_NOT_LOADED}") if line),
    )


def _clash(items: tuple[Owned[Any], ...], name: str, noun: str, key: str, flag: str) -> NoReturn:
    owners = sorted({item.distribution for item in items})
    typed = " or ".join(f"{flag} {item.qualified}".strip() for item in items)
    if len(owners) == 1:
        plugins = " and ".join(repr(plugin) for plugin in sorted({item.plugin for item in items}))
        distinct = len({item.qualified for item in items}) == len(items)
        raise UsageError(
            f"{owners[0]} provides the {noun} {name!r} more than once, in its plugins {plugins}",
            hint=f"type {typed}" if distinct else f"disable one of them: NLPTASKS_PLUGINS=-{items[0].plugin}",
        )
    raise UsageError(
        f"{' and '.join(owners)} {'both' if len(owners) == 2 else 'all'} provide the {noun} {name!r}",
        hint=f'type {typed}, or choose one in the configuration file:\n  [prefer]\n  "{key}" = "{owners[0]}"',
    )
