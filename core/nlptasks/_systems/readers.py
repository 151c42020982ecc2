"""Which installed backbone reads texts that a head cannot read."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from nlptasks._names import DISTRIBUTION
from nlptasks._plugins.registry import Registry
from nlptasks.plugin import BackboneSpec, TaskSpec
from nlptasks.text.scripts import can_be


def reader_for(registry: Registry, task: TaskSpec, read: Collection[str], codes: Iterable[str] = ()) -> str:
    """What to type so that texts are read that a head of a task cannot read; empty where nothing installed reads them.

    Args:
        registry: What the plugins provide.
        task: The task.
        read: The languages that the head reads; none: nobody knows them, and nothing is said.
        codes: Those of the texts, as :func:`nlptasks.text.languages.foreign` calls them, as far as they are known.
    """
    wanted = tuple(codes)
    with_heads = {item.spec.backbone for item in registry.heads(task.name)}
    for item in registry.all(BackboneSpec):
        spec = item.spec
        more = read and frozenset(spec.languages) > frozenset(read)
        if spec.name in with_heads and more and (not wanted or any(can_be(code, spec.languages) for code in wanted)):
            return f"{_install(spec.extra)}--backbone {spec.name}"
    return ""


def _install(extra: str) -> str:
    """How to install an extra, with what is to be done then; empty where it is there, or none is needed."""
    return f"pip install '{DISTRIBUTION}[{extra}]', then " if extra and not all(map(_there, _needed(extra))) else ""


def _needed(extra: str) -> Iterable[str]:
    """The distributions that an extra consists of."""
    from importlib.metadata import PackageNotFoundError, requires  # slow, and only where a text is not read

    from packaging.requirements import Requirement

    try:
        lines = requires(DISTRIBUTION) or ()
    except PackageNotFoundError:  # a source tree that nobody installed
        return
    for line in lines:
        found = Requirement(line)
        if found.marker and found.marker.evaluate({"extra": extra}) and not found.marker.evaluate({"extra": ""}):
            yield found.name


def _there(distribution: str) -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return bool(version(distribution))
    except PackageNotFoundError:
        return False
