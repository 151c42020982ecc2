"""The check that every task must pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from nlptasks._names import resolve
from nlptasks._settings.groups import (
    BenchmarkChoice,
    Evaluation,
    RecordTarget,
    Summary,
    SystemChoice,
    TableSource,
    TableTarget,
)
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.format_options import FormatOptions
from nlptasks.plugin.options import option_fields
from nlptasks.plugin.protocols import Example
from nlptasks.testing._probes import examples
from nlptasks.testing._steady import steady, told, warm

__all__ = ["check_task"]

#: Whose fields are flags of 'nlptasks run' and 'nlptasks eval', where the columns of a task become flags too.
_GROUPS = (TableSource, TableTarget, SystemChoice, RecordTarget, Evaluation, BenchmarkChoice, Summary, FormatOptions)


def check_task(task: TaskSpec) -> None:
    """Check what every task must be.

    Its examples hold text in every input that it needs and a gold answer that it can read; its baseline predicts them
    with a prediction of its type, with as many cells as output columns; its columns have names of their own, and none
    is called like a flag of the commands.

    Args:
        task: The task.

    Raises:
        AssertionError: It is not; the message says what is wrong.
    """
    _check_names(task)
    with told("the task"):
        kind = resolve(task.prediction)
    for member in ("suffixes", "canonical", "cells"):
        assert hasattr(kind, member), f"the prediction type {task.prediction} has no {member!r}"
    suffixes: object = kind.suffixes
    assert isinstance(suffixes, tuple) and suffixes and all(isinstance(text, str) for text in suffixes), (
        f"the prediction type's suffixes must be a tuple of one or more texts, got {suffixes!r}"
    )
    golds = gold_answers(task)
    _check_examples(task)
    with told("the baseline"), warm():
        resolve(task.baseline)(Counter(golds))
    with told("the baseline"), steady("the baseline"):
        predict = resolve(task.baseline)(Counter(golds))
        predictions = [predict(example) for example in examples(task)]
        again = [predict(example) for example in examples(task)[::-1]][::-1]
    for example, made, other in zip(examples(task), predictions, again, strict=True):
        _check_prediction(kind, example, made)
        assert made.canonical == other.canonical, (
            f"the baseline gives another prediction in another order: {made} and {other}"
        )


def reserved_flags() -> frozenset[str]:
    """The names that no column of a task can have, for they are flags of the commands."""
    fields = (option for group in _GROUPS for option in option_fields(group) if not option.said.get("dynamic"))
    return frozenset(option.key for option in fields) | {"head", "help", "json"}


def _check_names(task: TaskSpec) -> None:
    taken = reserved_flags()
    for column in task.inputs:
        assert column.name not in taken, (
            f"the input column {column.name!r} is called like the flag --{column.name} of 'nlptasks run'; rename it"
        )
    names = [name for column in task.inputs for name in (column.name, *column.aliases)]
    _check_once([*names, task.gold.name, *task.gold.aliases], "column or alias")
    assert task.output not in names, f"the output column {task.output!r} is called like an input column"
    _check_once((task.name, *task.aliases), "name or alias")
    _check_once(task.metrics, "metric")


def _check_once(names: Iterable[str], noun: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    assert not twice, f"the {noun} {twice[0]!r} stands twice in the task"


def gold_answers(task: TaskSpec) -> list[str]:
    """The canonical gold answers of a task's examples."""
    return [_gold(task, row[task.gold.name]) for row in task.examples]


def _gold(task: TaskSpec, cell: str) -> str:
    if not task.read_gold:
        return cell.strip()
    with told("read_gold"):
        read = resolve(task.read_gold)
        found: object = read(task.gold.name, cell, [row[task.gold.name] for row in task.examples])
    assert isinstance(found, str), (
        f"read_gold finds no gold answer in {cell!r}, which an example of the task has: {found!r}"
    )
    return found


def _check_examples(task: TaskSpec) -> None:
    for row in task.examples:
        for column in task.inputs:
            empty = not column.optional and not row[column.name].strip()
            assert not empty, f"an example has no text in {column.name!r}: {dict(row)}"
        assert row[task.gold.name].strip(), f"an example has no gold answer in {task.gold.name!r}: {dict(row)}"
        known = {task.gold.name, *(column.name for column in task.inputs)}
        other = sorted(row.keys() - known)
        assert not other, f"an example has the column {other[0]!r}, which the task does not read"


def _check_prediction(kind: Any, example: Example, made: Any) -> None:
    assert isinstance(made, kind), f"the baseline gave {made!r} for {dict(example.inputs)}, which is no {kind.__name__}"
    assert isinstance(made.canonical, str), f"the canonical text of {made!r} is no text"
    cells = made.cells()
    assert len(cells) >= len(kind.suffixes), f"{made!r} has {len(cells)} cells for {len(kind.suffixes)} output columns"
    answer = getattr(kind, "answer", kind.suffixes[0])
    assert answer in kind.suffixes, f"{kind.__name__}.answer is {answer!r}, which is none of its suffixes"
    held = str(cells[kind.suffixes.index(answer)])
    assert held == made.canonical, (
        f"the column that ends in {answer!r} holds {held!r}, and the answer that is scored is {made.canonical!r}; "
        f"{kind.__name__}.answer says which column holds it"
    )
