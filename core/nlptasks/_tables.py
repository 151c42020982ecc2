"""Which format a table has, which columns the user named, and where it is written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, cast

from nlptasks._names import resolve
from nlptasks._registry import Registry
from nlptasks.contracts import Format, FormatOptions
from nlptasks.errors import UsageError
from nlptasks.files import atomic_output
from nlptasks.plugin import FormatSpec, TaskSpec


def table_format(registry: Registry, name: str, suffix: str, options: FormatOptions) -> Format:
    """The format of a name, or else of a file's suffix, or else CSV.

    Raises:
        UsageError: There is no such format, or none for this suffix.
    """
    if name:
        spec = registry.get(FormatSpec, name).spec
    else:
        formats = [item.spec for item in registry.all(FormatSpec)]
        found = [spec for spec in formats if suffix in spec.suffixes]
        if suffix and not found:
            known = ", ".join(sorted({known for spec in formats for known in spec.suffixes}))
            raise UsageError(
                f"no format for files that end in '{suffix}'", hint=f"known: {known}; or name one with --format"
            )
        spec = found[0] if found else registry.get(FormatSpec, "csv").spec
    make: Callable[[FormatOptions], Format] = resolve(spec.object)
    return make(options)


def open_output(output: str, *, force: bool, source: str) -> AbstractContextManager[BinaryIO]:
    """The file ``output``, which appears when it is complete; standard output where it is empty."""
    if output:
        return atomic_output(Path(output), force=force, source=source)
    return nullcontext(cast(BinaryIO, sys.stdout.buffer))


def chosen_columns(task: TaskSpec, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that the user named for a task; ``text`` names the input of any task with one input."""
    names = [column.name for column in task.inputs]
    chosen = {name: columns[name] for name in names if name in columns}
    if len(names) == 1 and "text" in columns:
        chosen.setdefault(names[0], columns["text"])
    return chosen
