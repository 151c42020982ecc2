"""What the cells of a gold column mean, which all of them tell together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from nlptasks._names import resolve
from nlptasks._plugins.guard import load_object, raise_blamed
from nlptasks.errors import UsageError
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.labels import LabelMatcher, label_key, split_list
from nlptasks.text.display import one_line

#: A range of numbers in a label map.
_RANGE = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*\.\.\s*([+-]?\d+(?:\.\d+)?)\s*")

#: Labels that a note quotes.
_QUOTED = 5


def has_labels(task: TaskSpec) -> bool:
    """Whether a task's predictions are labels."""
    return bool(getattr(resolve(task.prediction), "labelled", False))


def says_no_answer(task: TaskSpec, gold: str) -> bool:
    """Whether a gold answer says that a question has none."""
    return gold in getattr(resolve(task.prediction), "no_answer", ())


class GoldColumn:
    """Reads the cells of a gold column.

    Args:
        task: The task.
        column: Name of the column.
        cells: Its different cells.
        label_map: Labels by what the cells call them; see :func:`parse_label_map`.
        labels: The closed set that a label has to be of; empty: the column's own.
    """

    def __init__(
        self,
        task: TaskSpec,
        column: str,
        cells: Iterable[str],
        *,
        label_map: Mapping[str, str] | None = None,
        labels: Iterable[str] = (),
    ) -> None:
        self._task = task
        self._column = column
        self._labelled = has_labels(task)
        self._map = LabelMap(label_map or {}) if self._labelled else LabelMap({})
        given = frozenset(cell for cell in cells if cell)
        self._unused = self._map.unused(given)
        self._cells = frozenset(cell for cell in given if self._map.find(cell) is None)
        self._what = f"read_gold of the task {task.name}"
        self._read: Callable[[str, str, Collection[str]], str | None] | None = (
            load_object(self._what, task.read_gold) if task.read_gold else None
        )
        self._labels = tuple(labels)
        self._matcher = LabelMatcher(self._labels) if self._labels else self._own()
        self._known: dict[str, str | None] = {}

    def read(self, cell: str) -> str | None:
        """The canonical gold answer in a cell; ``None`` where it holds none that is known.

        Raises:
            ValueError: The cell is refused, for the reason that the error tells.
        """
        if cell not in self._known:
            self._known[cell] = self._answer(cell) if cell else None
        return self._known[cell]

    @property
    def rated(self) -> bool:
        """Whether gold answers are read from ratings, the middle ones of which are no class that every head has."""
        return bool(self._described())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of how the column was read, a line each."""
        found = [*self._described()]
        if self._unused:
            listed = ", ".join(map(repr, self._unused[:_QUOTED]))
            found.append(f"--label-map: no cell of the column '{self._column}' is {listed}")
        return (*found, *self._alike())

    @property
    def unknown(self) -> tuple[str, ...]:
        """What the user should know of cells that are no label that is known, in a line at most.

        A run says so where it counts the rows that are not scored.
        """
        if not self._labelled or self._read is None or self._labels:
            return ()
        found = sorted(cell for cell in self._cells if self.read(cell) is None)
        if not found:
            return ()
        listed = ", ".join(repr(one_line(cell, 20)) for cell in found[:_QUOTED])
        more = ", ..." if len(found) > _QUOTED else ""
        return (
            f"gold column '{self._column}': no label that is known is {listed}{more}; --label-map says which it is",
        )

    def _described(self) -> tuple[str, ...]:
        if not self._task.describe_gold:
            return ()
        return tuple(map(str, resolve(self._task.describe_gold)(self._column, self._cells)))

    def _answer(self, cell: str) -> str | None:
        mapped = self._map.find(cell)
        answer: str | None = mapped if mapped is not None else cell
        if self._read is not None:
            answer = self._asked(answer or "") or mapped
        if answer is None or self._matcher is None:
            return answer
        return self._matcher.find(answer) if self._labels else self._matcher.of(answer)

    def _asked(self, cell: str) -> str | None:
        """What the task makes of a cell. Its own way to refuse one is a ``ValueError``; all else is its fault."""
        assert self._read is not None
        try:
            return self._read(self._column, cell, self._cells)
        except ValueError:
            raise
        except BaseException as error:
            raise_blamed(self._what, error)
            raise

    def _own(self) -> LabelMatcher | None:
        """The labels of the column itself, one spelling of each: the shortest, which is 1 of ``1`` and ``1.0``.

        A task that reads gold cells spells labels itself.
        """
        if not self._labelled or self._read is not None:
            return None
        spellings: dict[str, str] = {}
        for cell in (*self._cells, *self._map.labels):
            key = label_key(cell)
            spellings[key] = min(spellings.get(key, cell), cell, key=lambda text: (len(text), text))
        return LabelMatcher(spellings.values())

    def _alike(self) -> Iterable[str]:
        """Labels of the column that differ in case alone, where they are told apart."""
        if not self._labelled or self._read is not None or self._labels:
            return
        seen: dict[str, list[str]] = {}
        for label in sorted({answer for cell in self._cells if (answer := self.read(cell))}):
            seen.setdefault(label.casefold(), []).append(label)
        alike = [labels for labels in seen.values() if len(labels) > 1]
        if alike:
            listed = ", ".join("/".join(one_line(label, 20) for label in labels) for labels in alike[:_QUOTED])
            yield (
                f"gold column '{self._column}': labels that differ in case alone are different labels ({listed}); "
                "--label-map makes them one"
            )


@dataclass(frozen=True)
class LabelMap:
    """Labels by what a table calls them.

    Args:
        pairs: The label of each cell, or of each range of numbers (``1..4``).
    """

    pairs: Mapping[str, str]
    _matcher: LabelMatcher = field(init=False, repr=False, compare=False)
    _ranges: tuple[tuple[float, float, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ranges = {name: found for name in self.pairs if (found := _RANGE.fullmatch(name))}
        object.__setattr__(self, "_matcher", LabelMatcher(name for name in self.pairs if name not in ranges))
        object.__setattr__(
            self, "_ranges", tuple((float(found[1]), float(found[2]), name) for name, found in ranges.items())
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that cells are mapped to."""
        return tuple(dict.fromkeys(self.pairs.values()))

    def find(self, cell: str) -> str | None:
        """The label of a cell; ``None`` where the map does not name it."""
        name = self._name(cell) if self.pairs else None
        return None if name is None else self.pairs[name]

    def unused(self, cells: Iterable[str]) -> tuple[str, ...]:
        """What the map names and no cell is."""
        used = {self._name(cell) for cell in cells} if self.pairs else set()
        return tuple(name for name in self.pairs if name not in used)

    def _name(self, cell: str) -> str | None:
        found = self._matcher.find(cell.strip())
        if found is not None or not self._ranges:
            return found
        try:
            number = float(cell.replace(",", "."))
        except ValueError:
            return None
        return next((name for low, high, name in self._ranges if low <= number <= high), None)


def parse_label_map(given: Iterable[str], *, flag: str = "--label-map") -> dict[str, str]:
    """A label map as people type it: ``old=new,...``, an item with a comma in double quotes, ``1..4=new`` for numbers.

    Raises:
        UsageError: An item is no pair, or names what another names already.
    """
    found: dict[str, str] = {}
    for text in given:
        for item in split_list(text):
            old, equals, new = (part.strip() for part in item.rpartition("="))
            if not (old and equals and new):
                raise UsageError(
                    f"{flag}: {item!r} is no pair of what the data say and the label that it is",
                    hint=f'for example {flag} "gut=positive,schlecht=negative"',
                )
            if found.get(old, new) != new:
                raise UsageError(f"{flag}: {old!r} is to be both {found[old]!r} and {new!r}", hint="name it once")
            found[old] = new
    return found
