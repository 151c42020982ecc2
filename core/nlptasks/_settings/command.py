"""The command that a record keeps: what one types to make it again, without where things lie on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlptasks._settings.groups import SystemChoice
from nlptasks.files.names import at_home, is_there
from nlptasks.plugin.options import OptionField, option_fields


def words(*groups: Any) -> Iterator[str]:
    """What of some groups of settings differs from its default, as flags; of files and folders, their names."""
    for group in groups:
        for option in option_fields(type(group)):
            value = option.of(group)
            if option.said.get("recorded", True) and value not in (option.default, None):
                yield from option.words(placeless(value, named=option.said.get("path", False)))


def of_task(task: str, columns: Mapping[str, str], system: SystemChoice, options: Mapping[str, Any]) -> Iterator[str]:
    """What depends on the task, as flags: columns, the head, and the options of head and backbone.

    Args:
        task: Name of the task.
        columns: Columns by the task's inputs.
        system: The head is the one for this task.
        options: Options by their names; ``TASK.option`` for those of one task alone.
    """
    for name, column in columns.items():
        yield from (f"--{name}", column)
    if head := system.heads.get(task):
        yield from ("--head", placeless(head))
    for name, value in sorted(options.items()):
        owner, dot, own = name.rpartition(".")
        if value is not None and (not dot or owner == task):
            yield from _spelt(own, value)


def with_precision(argv: Sequence[str], precision: str) -> tuple[str, ...]:
    """A recorded command that says which numbers a backbone computed in.

    Left to itself, a backbone takes what the machine is fast in: without the flag, the command would make another
    record elsewhere.
    """
    if not argv or "--precision" in argv or not precision:
        return tuple(argv)
    return (*argv, "--precision", precision)


def _spelt(name: str, value: Any) -> Iterator[str]:
    kind = OptionField(name=name, kind="boolean" if isinstance(value, bool) else "string")
    yield from kind.words(placeless(tuple(value) if isinstance(value, list) else value))


def placeless(value: Any, *, named: bool = False) -> Any:
    """A value without the folder that a file or a folder lies in.

    Args:
        value: The value.
        named: Whether it names a file or a folder in any case; else where there is one of that name, or it is absolute.
    """
    if isinstance(value, tuple):
        return tuple(placeless(item, named=named) for item in value)
    if not isinstance(value, str) or not value:
        return value
    scheme, colon, rest = value.partition(":")
    if colon and scheme.isalnum() and len(scheme) > 1 and Path(rest).is_absolute():
        return f"{scheme}:{Path(rest).name}"
    path = at_home(value)
    lies_here = os.sep in value and is_there(path)
    return path.name if path.name and (named or path.is_absolute() or lies_here) else value
