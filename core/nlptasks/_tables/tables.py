"""Which format a table has, which columns the user named, and where it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from nlptasks._names import resolve
from nlptasks._plugins.registry import Registry
from nlptasks.errors import UsageError
from nlptasks.files.paths import Input, atomic_output, split_suffix, standard_output
from nlptasks.plugin import FormatSpec, TaskSpec
from nlptasks.plugin.options import from_values, option_fields
from nlptasks.plugin.protocols import Format, FormatOptions, RowWriter, Table


def format_of(registry: Registry, file: str, suffix: str, *, name: str, flag: str, head: bytes = b"") -> FormatSpec:
    """The format that the user named, or else that of a file's suffix or first bytes, or else CSV.

    Args:
        registry: What is installed.
        file: Name of the file.
        suffix: Its suffix; where there is none, as for a pipe, the first bytes tell.
        name: Name of a format; empty: not named.
        flag: The flag that names one.
        head: The file's first bytes.

    Raises:
        UsageError: There is no such format, or none for this suffix.
    """
    if name:
        return registry.get(FormatSpec, name).spec
    formats = [item.spec for item in registry.all(FormatSpec)]
    if suffix:
        found = [spec for spec in formats if suffix in spec.suffixes]
        if not found:
            known = ", ".join(sorted({known for spec in formats for known in spec.suffixes}))
            raise UsageError(
                f"{file}: no format for files that end in '{suffix}'", hint=f"known: {known}; or name one with {flag}"
            )
    else:
        found = [spec for spec in formats if spec.magic and head.startswith(spec.magic)]
    return found[0] if found else registry.get(FormatSpec, "csv").spec


def read_table(registry: Registry, source: Input, *, name: str, options: FormatOptions) -> Table:
    """Read an opened input as a table.

    Raises:
        UsageError: Its format is not known.
        DataError: Its header cannot be read.
    """
    head = source.stream.peek(16)
    spec = format_of(registry, source.name, source.suffix, name=name, flag="--format", head=head)
    make: Callable[[FormatOptions], Format] = resolve(spec.object)
    return make(_for_format(spec, options)).read(source.stream, source.name)


def _for_format(spec: FormatSpec, options: FormatOptions) -> FormatOptions:
    """The options with those that only this format has.

    Raises:
        UsageError: The user gave one that it has not.
    """
    known = {option.name for option in option_fields(spec.options)} if spec.options else set()
    if foreign := next((name for name in options.given if name not in known), None):
        raise UsageError(
            f"--{foreign.replace('_', '-')} is not an option of the format '{spec.name}'", hint="leave it out"
        )
    return replace(options, own=from_values(spec.options, options.given)) if spec.options else options


def open_writer(registry: Registry, stream: BinaryIO, output: str, columns: Sequence[str], *, name: str) -> RowWriter:
    """Start a table in an opened output; JSON Lines on the standard output.

    Raises:
        UsageError: Its format is not known, or cannot hold these columns.
    """
    suffix = split_suffix(output)[1].lower() if output else ".jsonl"
    spec = format_of(registry, output, suffix, name=name, flag="--output-format")
    make: Callable[[FormatOptions], Format] = resolve(spec.object)
    return make(_for_format(spec, FormatOptions())).write(stream, columns)


def open_output(output: str, *, force: bool, source: str) -> AbstractContextManager[BinaryIO]:
    """The file ``output``, which appears when it is complete; standard output where it is empty."""
    return atomic_output(Path(output), force=force, source=source) if output else standard_output()


def chosen_columns(task: TaskSpec, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that the user named for a task; ``text`` names the input of any task with one input."""
    names = [column.name for column in task.inputs]
    chosen = {name: columns[name] for name in names if name in columns}
    if len(names) == 1 and "text" in columns:
        chosen.setdefault(names[0], columns["text"])
    return chosen
