"""The language that metrics cut words by, where nobody names it: told by the script of the references."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import open_metrics, refused, remarks
from nlptasks.errors import DataError
from nlptasks.plugin import MetricSpec
from nlptasks.text.display import counted, one_line
from nlptasks.text.scripts import language_of, other_letters


def language_for(
    registry: Registry, names: Sequence[str], golds: Iterable[str], given: str
) -> tuple[str, tuple[str, ...]]:
    """The language that some metrics are told, and what is to be said of it, a line each.

    Args:
        registry: What is installed.
        names: Names of the metrics.
        golds: The references.
        given: What the user or the data set says; empty: nothing.
    """
    if given or not any(item.spec.by_language for item in registry.all(MetricSpec) if item.spec.name in names):
        return given, ()
    golds = tuple(golds)
    found = language_of(golds)
    return found, said_of_script(golds, found)


def said_of_script(golds: Sequence[str], found: str) -> tuple[str, ...]:
    """What is said of the language that the script of references told, a line each.

    Args:
        golds: The references.
        found: The language; empty: they are in Latin letters, or most of them are.
    """
    if found:
        return (f"language {found}, by the script of the references; --language CODE names another",)
    mixed, code = other_letters(golds)
    if not mixed:
        return ()
    return (
        f"{counted(mixed, 'reference')} of {len(golds):,} with letters of another script ({code}), which a metric that "
        f"cuts words as in English does not count; --language {code} does",
    )


def check_references(
    registry: Registry, names: Sequence[str], golds: Sequence[tuple[str, str]], *, language: str, source: str
) -> tuple[str, ...]:
    """Refuse references that no prediction could be right beside, and give what the metrics say of the others.

    Args:
        registry: What is installed.
        names: Names of the metrics.
        golds: The id of each example, and its gold answer.
        language: The language that the metrics are told.
        source: What errors call the data.

    Returns:
        What is to be said of those that are too short for a metric, a line each.

    Raises:
        DataError: A metric finds nothing in one that it counts.
    """
    metrics = open_metrics(registry, names, labels=(), language=language)
    for name, (gold, reason) in refused(metrics.values(), (gold for _, gold in golds)).items():
        at = next(id_ for id_, other in golds if other == gold)
        raise DataError(
            source,
            f"row {one_line(at, 40)}: the reference {one_line(gold, 40)!r} cannot be scored with {name}: {reason}",
            hint="repair the row or leave it out; a score of 0 would say nothing about the prediction",
        )
    return remarks(metrics.values(), [gold for _, gold in golds])
