"""What a caller of Python hands over, as examples: texts, mappings, tables, columns, data sets, generators."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nlptasks._names import nearest
from nlptasks._tables.columns import bind
from nlptasks.errors import UsageError
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Example, Row

#: How pandas calls its missing values, of which not even equality can be asked.
_MISSING = frozenset({"NAType", "NaTType"})


def is_one(inputs: object) -> bool:
    """Whether this is the input of a single prediction: a text, nothing, or a mapping that holds no columns."""
    if isinstance(inputs, Mapping):
        return not any(isinstance(value, list | tuple) for value in inputs.values())
    return isinstance(inputs, str) or is_missing(inputs)


def is_missing(value: object) -> bool:
    """Whether this stands for nothing: ``None``, a NaN, or what pandas has in its place."""
    if value is None or type(value).__name__ in _MISSING:
        return True
    return isinstance(value, float) and value != value


def examples_of(task: TaskSpec, inputs: Any) -> Iterator[Example]:
    """The examples in what a caller hands over, one for each row, in its order.

    Args:
        task: The task that will read them.
        inputs: An iterable of texts or mappings; a mapping from the task's inputs to lists; a pandas, polars or pyarrow
            table, or one column of it; a ``datasets.Dataset``. Columns of a table are found as those of a file are.

    Raises:
        UsageError: An input is of no such kind or lacks what the task needs, or a column cannot be found.
    """
    if isinstance(inputs, bytes | bytearray):
        raise UsageError(f"a text is expected, and this is {type(inputs).__name__}", hint="decode it: data.decode()")
    columns = _columns(inputs)
    if columns is not None:
        return _rows_of(task, *columns)
    if not isinstance(inputs, Iterable):
        raise UsageError(
            f"a text, a mapping or an iterable of such is expected, and this is {type(inputs).__name__}",
            hint=f"for example {_call(task)}",
        )
    return (_example(task, item, at) for at, item in enumerate(_items(inputs)))


def texts_of(inputs: Any) -> Iterator[str]:
    """The texts in an iterable of texts, or in one column of a table; nothing is the empty text.

    Raises:
        UsageError: One is no text.
    """
    if (
        isinstance(inputs, bytes | bytearray | Mapping)
        or not isinstance(inputs, Iterable)
        or _frame(inputs) is not None
    ):
        raise UsageError(
            f"texts are expected, and this is {type(inputs).__name__}", hint="give a list of texts, or one column"
        )
    for at, item in enumerate(_items(inputs)):
        if not (isinstance(item, str) or is_missing(item)):
            raise UsageError(f"input {at} is of type {type(item).__name__}; a text is expected")
        yield item if isinstance(item, str) else ""


def _columns(inputs: Any) -> tuple[str, list[str], Iterator[tuple[Any, ...]]] | None:
    """What a table is called in errors, its columns, and its rows; ``None`` for all that is no table."""
    if isinstance(inputs, Mapping):
        lists = {name: value for name, value in inputs.items() if isinstance(value, list | tuple)}
        if lists.keys() != inputs.keys() or len({len(value) for value in lists.values()}) > 1:
            raise UsageError(
                "the columns of this mapping are not lists of one length", hint="give each input a list of texts"
            )
        return "the mapping", list(lists), zip(*lists.values(), strict=True)
    if _is_of(inputs, "datasets", "Dataset", "IterableDataset"):
        names = list(inputs.column_names)
        return "the data set", names, (tuple(row[name] for name in names) for row in inputs)
    frame = _frame(inputs)
    return None if frame is None else ("the table", list(frame.columns), frame.iter_rows())


def _frame(inputs: Any) -> Any:
    """A frame of any library that narwhals knows; ``None`` for all else. Only a library that is loaded made one."""
    if not any(_is_of(inputs, name) for name in ("pandas", "polars", "pyarrow", "modin", "cudf")):
        return None
    import narwhals as nw

    known = nw.from_native(inputs, allow_series=True, pass_through=True)
    if isinstance(known, nw.LazyFrame):
        return known.collect()
    return known if isinstance(known, nw.DataFrame) else None


def _is_of(value: object, package: str, *names: str) -> bool:
    """Whether a value's class comes from a package, which is then loaded already."""
    if package not in sys.modules:
        return False
    return any(
        cls.__module__.partition(".")[0] == package and (not names or cls.__name__ in names)
        for cls in type(value).mro()
    )


def _items(inputs: Iterable[Any]) -> Iterable[Any]:
    """Single inputs; a column of pyarrow holds scalars in place of values."""
    return inputs.to_pylist() if _is_of(inputs, "pyarrow") and hasattr(inputs, "to_pylist") else inputs


def _rows_of(task: TaskSpec, source: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[Example]:
    binding = bind(task, [str(name) for name in columns], chosen={}, gold="", source=source)
    for at, row in enumerate(rows):
        yield binding.example(Row(line=at + 1, cells=[_cell(value) for value in row]))


def _cell(value: object) -> str | int | float | None:
    if is_missing(value):
        return None
    return value if isinstance(value, str | int | float) else str(value)


def _example(task: TaskSpec, item: object, at: int) -> Example:
    """One example.

    Raises:
        UsageError: It is neither a text nor a mapping, or lacks what the task needs.
    """
    names = [column.name for column in task.inputs]
    if is_missing(item):
        return Example(dict.fromkeys(names, ""))
    if isinstance(item, str):
        if len(names) > 1:
            raise UsageError(
                f"the task '{task.name}' needs {' and '.join(names)}, and input {at} is one text",
                hint=f"give a mapping: {_call(task)}",
            )
        return Example({names[0]: item})
    if not isinstance(item, Mapping):
        raise UsageError(
            f"input {at} is of type {type(item).__name__}; a text or a mapping with {', '.join(names)} is expected",
            hint=f"for example {_call(task)}",
        )
    return Example({column.name: _value(task, item, column.name, column.optional) for column in task.inputs})


def _value(task: TaskSpec, item: Mapping[Any, Any], name: str, optional: bool) -> str:
    if name not in item and not optional:
        near = nearest(name, [key for key in map(str, item) if key not in {column.name for column in task.inputs}])
        raise UsageError(
            f"the task '{task.name}' needs '{name}'; the input has {sorted(map(str, item))}",
            hint=f"write '{name}' in place of '{near}': {_call(task)}" if near else f"for example {_call(task)}",
        )
    value = item.get(name)
    if is_missing(value):
        return ""
    if not isinstance(value, str):
        raise UsageError(f"'{name}' is of type {type(value).__name__}; a text is expected", hint=f"{name}=str(...)")
    return value


def _call(task: TaskSpec) -> str:
    arguments = ", ".join(f'{column.name}="..."' for column in task.inputs)
    return f'load("{task.name}")({arguments})'
