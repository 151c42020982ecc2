"""The texts that checks give to what is under test, made of the examples of its task."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Example

#: Texts that every head must read: long, not English, right to left, emoji, combining marks, odd white space, one in
#: which no tokenizer finds anything.
HARD_TEXTS: Sequence[str] = (
    "word " * 10_000,
    "Der Akku hält zwei Tage — großartig!",
    "这个手机很好用。",
    "للأسف الجودة سيئة جدا",
    "👍👍🏽 👨‍👩‍👧‍👦",
    "e\u0301a\u0308 \u200f\u202eabc",
    "\u00a0tab\tand\nline\r\nends ",
    "=1+1",
    "a",
    "\u200b",
)

#: Inputs that hold no text: they have no prediction, and change nobody else's.
BLANK = ("", " \t\n", "\u3000\u00a0")

#: Says nothing about anything, so that what stands before or behind it decides.
_NEUTRAL = "It came on a Tuesday and stood on the table for a week. "

#: Rows that :func:`company` makes: a head that goes wrong after its 200th row does so among them.
_ROWS = 224

#: Words of a long text that holds the examples again and again.
_WORDS = 10_000


def examples(task: TaskSpec, rows: Sequence[Mapping[str, str]] | None = None) -> list[Example]:
    """The rows of a task as a head gets them, without gold; its own examples where none are given."""
    given = task.examples if rows is None else rows
    return [Example({column.name: row[column.name] for column in task.inputs}) for row in given]


def hard(task: TaskSpec) -> list[Example]:
    """Each hard text in all inputs, in the form that the cells of the task's examples have."""
    first = task.examples[0]
    return examples(task, [{c.name: _like(first[c.name], text) for c in task.inputs} for text in HARD_TEXTS])


def company(task: TaskSpec) -> list[Example]:
    """Short rows, all different, that share beginnings, ends, lengths and words, and differ in what they say."""
    found: dict[tuple[str, ...], Example] = {}
    names = [column.name for column in task.inputs]
    for row in _varied(task, names):
        example = Example(row)
        found.setdefault(tuple(row.values()), example)
        if len(found) == _ROWS:
            break
    return list(found.values())


def long(task: TaskSpec) -> tuple[list[Example], int]:
    """Rows of the task that hold its last input once, twice and over and over on many lines, and how often the last."""
    row = {column.name: task.examples[0][column.name] for column in task.inputs}
    name = task.inputs[-1].name
    text = _text_of(row[name])
    times = max(2, _WORDS // max(1, len(text.split())))
    whole = "".join(f"{text} {at}{' ' if at % 2 else chr(10)}" for at in range(times))
    texts = (f"{text} 0", f"{text} 0 {text} 1", whole)
    return [Example({**row, name: _like(row[name], text)}) for text in texts], times


def _varied(task: TaskSpec, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """The examples, changed in one input and in all, first by what is common to many rows."""
    rows = [{name: row[name] for name in names} for row in task.examples]
    yield from rows
    for at in range(1, _ROWS):
        for change in (_behind(at), _before(at), _cut(at), _doubled(at), _shifted(at)):
            for row in rows:
                for name in names[-2:]:
                    yield row | {name: _changed(row[name], change)}


def _behind(at: int) -> Callable[[str], str]:
    return lambda text: f"{_NEUTRAL * (1 + at % 3)}{text} {at // 3 or ''}".rstrip()


def _before(at: int) -> Callable[[str], str]:
    return lambda text: f"{text} {_NEUTRAL * (at % 3)}{at // 3 or ''}".rstrip()


def _cut(at: int) -> Callable[[str], str]:
    """The first words, then the last ones: beginnings and ends of other rows."""
    return lambda text: " ".join((text.split()[: at // 2 + 1] if at % 2 else text.split()[-(at // 2) :]) or [text])


def _doubled(at: int) -> Callable[[str], str]:
    return lambda text: " ".join([text] * (at % 3 + 1)).swapcase() + "." * (at // 3)


def _shifted(at: int) -> Callable[[str], str]:
    """The same words in another order, and so the same length."""

    def change(text: str) -> str:
        words = text.split()
        turn = at % max(1, len(words))
        return " ".join(words[turn:] + words[:turn])

    return change


def _changed(cell: str, change: Callable[[str], str]) -> str:
    return _like(cell, change(_text_of(cell)))


def _text_of(cell: str) -> str:
    """What a cell says: its words, where it is a list or an object in JSON."""
    found = _structure(cell)
    return cell if found is None else " ".join(_leaves(found))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value


def _like(cell: str, text: str) -> str:
    """A text in the form of a cell: for a list of words a list of its words, for an object one that says it."""
    found = _structure(cell)
    if found is None:
        return text
    if isinstance(found, list) and all(isinstance(item, str) for item in found):
        return json.dumps(text.split() or [text], ensure_ascii=False)
    return json.dumps(_said(found, text), ensure_ascii=False)


def _said(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {key: _said(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [_said(item, text) for item in value[:1]]
    return text if isinstance(value, str) else value


def _structure(cell: str) -> Any:
    """The list or object that a cell holds; ``None``: it holds a text."""
    if not cell.lstrip().startswith(("[", "{")):
        return None
    try:
        found = json.loads(cell)
    except ValueError:
        return None
    return found if isinstance(found, list | dict) and found else None
