"""Finds a task's columns in a table, and makes examples of its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nlptasks._names import nearest, resolve
from nlptasks._tables.gold import GoldColumn
from nlptasks._tables.missing import NO_GOLD, is_nested, is_no_text
from nlptasks._tables.names import PREDICTION_NAMES, TEXT_NAMES, holds_free_text, plain
from nlptasks._tables.templates import RowTemplate, is_template, parse
from nlptasks.errors import UsageError
from nlptasks.plugin import Column, TaskSpec
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Example, Row, TableBlock

#: Longest cell that may stand for nothing, with blanks around it.
_LONGEST = 40

#: Different cells of a gold column that a run remembers to tell what it holds. Ratings with two decimals out of a
#: hundred are ten thousand.
REMEMBERED = 20_000

#: A text of nine visible characters or more, the first of them a letter: it is none of the texts that stand for nothing
#: (see :mod:`nlptasks._tables.missing`), the longest of which has eight, and no list or object in JSON.
_PLAIN_TEXT = re.compile(r"[A-Za-z][ -~]{7,60}?[!-~]")

#: What 'nlptasks run' puts before the name of an output column that the table has already.
_PREDICTED = "predicted_"


@dataclass(frozen=True, kw_only=True)
class Binding:
    """Which columns of a table a task reads.

    Args:
        inputs: Name of each input and the position of its column, or the template that it is written by.
        gold: Name of the gold column; empty where there is none.
        gold_at: Its position.
        task: The task, which knows how a gold cell is read.
        label_map: Labels by what gold cells call them; see :func:`nlptasks._tables.gold.parse_label_map`.
        guessed: Whether the gold column was found by its name.
        not_gold: Columns that are called as a gold column is, and hold what an earlier run wrote.
        keep_na: Whether cells such as ``N/A`` are texts.
        found: What was found otherwise than by its name, a line each.
        missing: Counts the cells of the inputs that were read as nothing, by what they hold.
        nested: Counts those that are lists or objects in JSON.
    """

    inputs: tuple[tuple[str, int | RowTemplate], ...]
    gold: str = ""
    gold_at: int = -1
    task: TaskSpec
    label_map: Mapping[str, str] = field(default_factory=dict)
    guessed: bool = False
    not_gold: tuple[str, ...] = ()
    keep_na: bool = False
    found: tuple[str, ...] = ()
    missing: Counter[str] = field(default_factory=Counter, compare=False)
    nested: Counter[str] = field(default_factory=Counter, compare=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about it, a line each; complete when the rows have been read."""
        empty = [name for name, at in self.inputs if at == RowTemplate()]
        cells = ", ".join(f"{count:,} × {cell!r}" for cell, count in self.missing.most_common(3))
        others = ", ..." if len(self.missing) > 3 else ""
        return (
            *(f"no column '{name}': it is empty in every row" for name in empty),
            *self.found,
            *([_earlier(self.not_gold)] if self.not_gold and not self.gold else ()),
            *([f"read as missing: {cells}{others} (--keep-na reads them as text)"] if cells else ()),
            *([_nested(sum(self.nested.values()))] if self.nested else ()),
        )

    @property
    def reads(self) -> tuple[int, ...]:
        """Positions of the columns that are read: those of the inputs, and the gold column."""
        inputs = (at for _, value in self.inputs for at in _positions(value))
        return tuple(dict.fromkeys((*inputs, *([self.gold_at] if self.gold_at >= 0 else ()))))

    def example(self, row: Row) -> Example:
        """The example in a row, without its gold answer."""
        cells = _Read(self, row)
        return Example({name: cells[at] if isinstance(at, int) else at.fill(cells) for name, at in self.inputs})

    def examples(self, block: TableBlock) -> list[Example]:
        """The examples of a block, without their gold answers."""
        texts = {at: self._texts(block.cells(at)) for _, value in self.inputs for at in _positions(value)}
        columns = [
            texts[value] if isinstance(value, int) else self._filled(value, texts, len(block))
            for _, value in self.inputs
        ]
        names = [name for name, _ in self.inputs]
        if len(names) == 1:
            return [Example({names[0]: text}) for text in columns[0]]
        return [Example(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]

    def _texts(self, cells: Sequence[Cell]) -> list[str]:
        """Cells of an input as texts; those that plainly are some are not looked at closely."""
        text, plain_text = self.text, _PLAIN_TEXT.match
        return [cell if type(cell) is str and plain_text(cell) else text(cell) for cell in cells]

    def _filled(self, template: RowTemplate, texts: Mapping[int, Sequence[str]], rows: int) -> list[str]:
        cells = [{at: texts[at][row] for at in template.columns} for row in range(rows)]
        return [template.fill(each) for each in cells]

    def text(self, cell: Cell) -> str:
        """A cell of an input as text; what stands for nothing is the empty text, and is counted."""
        text = as_text(cell)
        if not self.keep_na and len(text) <= _LONGEST and is_no_text(text):
            self.missing[text.strip()] += 1
            return ""
        if text.startswith(("[", "{")) and is_nested(text):
            self.nested[text[0]] += 1
        return text

    def gold_text(self, row: Row) -> str:
        """The row's cell in the gold column as it stands there; empty where there is none."""
        text = as_text(row.cells[self.gold_at]) if self.gold_at >= 0 else ""
        return "" if not self.keep_na and text.strip() in NO_GOLD else text

    def gold_cell(self, row: Row) -> str:
        """The row's cell in the gold column, stripped; empty where there is none."""
        return self.gold_text(row).strip()

    def reading(self, cells: Iterable[str], *, labels: Iterable[str] = ()) -> GoldColumn:
        """How the gold column is read, which holds ``cells``; a label is one of ``labels`` where these are given."""
        return GoldColumn(self.task, self.gold, cells, label_map=self.label_map, labels=labels)


@dataclass(frozen=True, slots=True)
class _Read:
    """The cells of a row as the texts of a binding's inputs; only those that are asked for are looked at."""

    binding: Binding
    row: Row

    def __getitem__(self, at: int) -> str:
        return self.binding.text(self.row.cells[at])


def as_text(cell: Cell) -> str:
    """A cell as text; nothing is the empty text."""
    return "" if cell is None else str(cell)


def bind(
    task: TaskSpec,
    columns: Sequence[str],
    *,
    chosen: Mapping[str, str],
    gold: str,
    source: str,
    gold_needed: bool = False,
    label_map: Mapping[str, str] | None = None,
    keep_na: bool = False,
    first: Callable[[], Sequence[Row]] = tuple,
    outputs: Collection[str] = (),
) -> Binding:
    """Find the columns of a task.

    Args:
        task: The task.
        columns: The table's columns.
        chosen: Columns that the user named, or templates over columns (see :mod:`nlptasks._tables.templates`), by the
            task's input. The name of a column is no template, whatever braces it has.
        gold: Gold column that the user named; empty: looked for by name.
        source: What errors call the file.
        gold_needed: Whether a missing gold column is an error. If it is not, a column that an earlier run may have
            written is no gold column.
        label_map: Labels by what gold cells call them.
        keep_na: Whether cells such as ``N/A`` are texts.
        first: Gives the first rows; called where no name tells which column holds the text.
        outputs: Columns that hold what a system gave, beside those whose names say so; none is taken for a text by what
            it holds.

    Raises:
        UsageError: A column is missing, or several could be meant.
    """
    given = {
        name: _given(value, columns, f"--{name}", source) for name, value in chosen.items() if name in _names(task)
    }
    taken = {columns[at] for value in given.values() for at in _positions(value)}
    earlier = earlier_outputs(task, columns)
    guessed = "" if gold else guess_gold(task, columns, taken)
    gold = named(gold, columns, "--gold", source) if gold else guessed
    if gold_needed and not gold:
        raise UsageError(
            f"{source}: no gold column for the task '{task.name}' among {_listed(columns)}",
            hint=(f"{_earlier(earlier)}\n" if earlier else "")
            + f"name it with --gold COLUMN; {task.gold.name} holds {task.gold.summary}",
        )
    outputs = {*outputs, *earlier, *(name for name in columns if plain(name) in PREDICTION_NAMES)}
    inputs, found = _inputs(task, columns, given, gold, source, first, outputs)
    if guessed and not gold_needed and _doubtful(task, columns, guessed, inputs):
        gold, earlier = "", (guessed,)
    return Binding(
        inputs=tuple(inputs.items()),
        found=found,
        keep_na=keep_na,
        gold=gold,
        gold_at=columns.index(gold) if gold else -1,
        task=task,
        label_map=label_map or {},
        guessed=bool(guessed),
        not_gold=earlier,
    )


def _inputs(
    task: TaskSpec,
    columns: Sequence[str],
    given: Mapping[str, int | RowTemplate],
    gold: str,
    source: str,
    first: Callable[[], Sequence[Row]],
    outputs: Collection[str],
) -> tuple[dict[str, int | RowTemplate], tuple[str, ...]]:
    """Where each input of a task stands, and what was found otherwise than by its name."""
    taken = {gold, *(columns[at] for value in given.values() for at in _positions(value))}
    inputs: dict[str, int | RowTemplate] = {}
    guessed: list[str] = []
    for column in task.inputs:
        free = [name for name in columns if name not in taken]
        if column.name in given:
            inputs[column.name] = given[column.name]
        elif len(task.inputs) == 1 and len(free) == len(columns) == 1:
            inputs[column.name] = columns.index(free[0])
        elif column.optional and gold and not _candidates(column, free):
            inputs[column.name] = RowTemplate()
        elif not _candidates(column, free) and (
            found := _only_free_text(column, [name for name in free if name not in outputs], columns, first)
        ):
            taken.add(found)
            inputs[column.name] = columns.index(found)
            guessed.append(
                f"{column.name}: the column '{found}', the only one with free text (--{column.name} names another)"
            )
        else:
            found = _guess(column, free, columns, source)
            taken.add(found)
            inputs[column.name] = columns.index(found)
    return inputs, tuple(guessed)


def _candidates(column: Column, free: Sequence[str]) -> list[str]:
    """The columns that have one of the input's names, else those that people call so anywhere in the world."""
    if found := [name for name in free if _matches(name, column)]:
        return found
    return [name for name in free if plain(name) in TEXT_NAMES] if _is_text(column) else []


def _is_text(column: Column) -> bool:
    return "text" in (column.name, *column.aliases)


def _only_free_text(
    column: Column, free: Sequence[str], columns: Sequence[str], first: Callable[[], Sequence[Row]]
) -> str:
    """The one column whose first cells are free text; empty where there is none, or more than one."""
    if not _is_text(column):
        return ""
    rows = first()
    found = [name for name in free if _is_free_text(rows, columns.index(name))]
    return found[0] if len(found) == 1 else ""


def _is_free_text(rows: Sequence[Row], at: int) -> bool:
    try:
        return holds_free_text([as_text(row.cells[at]) for row in rows])
    except UsageError:  # bytes
        return False


def _names(task: TaskSpec) -> tuple[str, ...]:
    return tuple(column.name for column in task.inputs)


def _given(value: str, columns: Sequence[str], flag: str, source: str) -> int | RowTemplate:
    """The column or the template that the user named."""
    if value in columns or not is_template(value):
        return columns.index(named(value, columns, flag, source))
    return parse(value, lambda name: columns.index(named(name, columns, flag, source, braces=True)), flag=flag)


def _positions(value: int | RowTemplate) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else value.columns


def named(name: str, columns: Sequence[str], flag: str, source: str, *, braces: bool = False) -> str:
    """A column that the user named.

    Args:
        name: Its name.
        columns: The table's columns.
        flag: The flag that names it.
        source: What errors call the file.
        braces: Whether it stands in the braces of a template.

    Raises:
        UsageError: There is no such column.
    """
    if name in columns:
        return name
    near = nearest(name, columns)
    if braces:
        raise UsageError(
            f"{source}: no column '{name}', which stands in braces ({flag}); {_told(columns)}",
            hint=f"did you mean {{{near}}}?"
            if near
            else "write one of them in braces; {{ and }} are braces themselves",
        )
    raise UsageError(
        f"{source}: no column '{name}' ({flag}); {_told(columns)}",
        hint=f"did you mean {flag} '{near}'?" if near else f"choose one of them with {flag}",
    )


def _guess(column: Column, free: Sequence[str], columns: Sequence[str], source: str) -> str:
    """The one column that people call so."""
    found = _candidates(column, free)
    if len(found) == 1:
        return found[0]
    flag = f"--{column.name}"
    if found:
        raise UsageError(
            f"{source}: {_listed(found)} may each be the column '{column.name}' ({column.summary})",
            hint=f"choose one: {flag} {found[0]}",
        )
    raise UsageError(
        f"{source}: no column '{column.name}' ({column.summary}); {_told(columns)}",
        hint=f"name it: {flag} COLUMN; known names are {', '.join((column.name, *column.aliases[:6]))}, ...",
    )


def _told(columns: Sequence[str]) -> str:
    return f"its columns are {_listed(columns)}" if columns else "it has no columns"


def guess_gold(task: TaskSpec, columns: Sequence[str], taken: Collection[str]) -> str:
    """The first of the gold column's names that the table has; a gold column is a gift and never an error.

    What an earlier run wrote is none.
    """
    taken = {*taken, *earlier_outputs(task, columns)}
    by_name = {plain(name): name for name in columns if name not in taken}
    names = (task.gold.name, *task.gold.aliases)
    return next((by_name[plain(name)] for name in names if plain(name) in by_name), "")


def earlier_outputs(task: TaskSpec, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that an earlier run wrote into a table, as their names tell.

    These are the task's output where the columns stand beside it that a run writes with it (``sentiment`` beside
    ``sentiment_score``), and whatever is called ``predicted_...``.
    """
    names = {plain(name) for name in columns}
    companions = {plain(task.output + suffix) for suffix in _suffixes(task)} - {plain(task.output)}
    own = {plain(task.output), *companions} if companions & names else set()
    return tuple(name for name in columns if plain(name) in own or plain(name).startswith(_PREDICTED))


def answer_column(task: TaskSpec) -> str:
    """The column of a run's output that holds the answer which is scored."""
    return task.output + str(getattr(resolve(task.prediction), "answer", _suffixes(task)[0]))


def _suffixes(task: TaskSpec) -> Sequence[str]:
    """What the names of a task's output columns end in."""
    found: Sequence[str] = getattr(resolve(task.prediction), "suffixes", ("",))
    return found


def _doubtful(task: TaskSpec, columns: Sequence[str], gold: str, inputs: Mapping[str, int | RowTemplate]) -> bool:
    """Whether a column may be an output though nothing stands beside it, as texts stand alone.

    It is called as the output is, and stands behind what the task reads, where a run writes.
    """
    if len(_suffixes(task)) > 1:
        return False
    last = max((at for value in inputs.values() for at in _positions(value)), default=-1)
    return plain(gold) == plain(task.output) and columns.index(gold) > last


def _nested(number: int) -> str:
    """What is said of texts that are structures: lists of tokens, or whole columns in one row of JSON."""
    what = "1 text is a list or an object" if number == 1 else f"{number:,} texts are lists or objects"
    return f"{what} in JSON, read brackets and all; a table of JSON has one object a row, with a string for each text"


def _earlier(names: Sequence[str]) -> str:
    verb, noun = ("seem to hold", "are no gold columns") if len(names) > 1 else ("seems to hold", "is no gold column")
    return f"{_listed(names)} {verb} what an earlier run predicted, and {noun}; --gold '{names[0]}' takes it as one"


def _matches(name: str, column: Column) -> bool:
    return plain(name) in {plain(known) for known in (column.name, *column.aliases)}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:12])
    return shown if len(names) <= 12 else f"{shown} and {len(names) - 12} more"


def blanks(task: TaskSpec, examples: Sequence[Example]) -> list[bool]:
    """Of each example whether it is blank; see :func:`is_blank`."""
    needed = [column.name for column in task.inputs if not column.optional]
    if len(needed) != 1:
        return [is_blank(task, example) for example in examples]
    name = needed[0]
    return [not (text := example.inputs[name]) or text.isspace() for example in examples]


def is_blank(task: TaskSpec, example: Example) -> bool:
    """Whether an input that the task needs holds no text; nothing can be said about such an example."""
    needed = (example.inputs[column.name] for column in task.inputs if not column.optional)
    return any(not text or text.isspace() for text in needed)
