"""Reads examples with gold answers from files: what all training reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.blocks import guard
from nlptasks._tables.columns import Binding, as_text, bind, is_blank
from nlptasks._tables.gold import GoldColumn, has_labels, parse_label_map, says_no_answer
from nlptasks._tables.missing import NO_GOLD
from nlptasks._tables.opening import open_part
from nlptasks._tables.places import places_of
from nlptasks._tables.tables import chosen_columns
from nlptasks.errors import DataError
from nlptasks.files.paths import refuse_stream
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.labels import LabelMatcher
from nlptasks.plugin.protocols import BadRow, Example, Row, Table
from nlptasks.text.display import left_out


@dataclass(frozen=True, kw_only=True)
class GoldReader:
    """Reads examples with gold answers, and counts the rows that have none.

    Args:
        registry: What is installed.
        task: The task whose columns are read.
        skipped: Counts the rows left out, by reason.
        source: How the tables are read; the files are named where they are read.
        verbatim: Whether a gold answer is the cell as it stands, with the space around it.
        notes: Collects what is to be said of how gold columns were read.
    """

    registry: Registry
    task: TaskSpec
    skipped: Counter[str]
    source: TableSource = field(default_factory=TableSource)
    verbatim: bool = False
    notes: dict[str, None] = field(default_factory=dict)
    _cells: dict[str, frozenset[str]] = field(default_factory=dict)
    _seen: dict[str, None] = field(default_factory=dict)

    def check(self, path: str) -> None:
        """Open a file and find its columns, so that a mistake in the last file shows before the first is read."""
        refuse_stream(path, "training reads its data more than once")
        for part in self._parts([path]):
            with ExitStack() as stack:
                self._open(stack, part)

    def examples(self, paths: Sequence[str], *, held_out: bool = False) -> Iterator[Example]:
        """The examples of some files, one file after the other.

        Args:
            paths: The files. What a gold cell means is told by the cells of all of them.
            held_out: Whether they are scored and not learnt: another spelling of a label that was read before is that
                label.
        """
        parts = self._parts(paths)
        cells = frozenset[str]().union(*map(self._cells_of, parts)) if self._labelled else frozenset[str]()
        known = LabelMatcher(self._seen if held_out else ())
        for path in parts:
            with ExitStack() as stack:
                name, table, binding = self._open(stack, path)
                reading = binding.reading(cells)
                self.notes.update(dict.fromkeys((*reading.notes, *reading.unknown)))
                for row in table.rows:
                    if isinstance(row, BadRow):
                        self._bad(name, row)
                        continue
                    example = binding.example(row)
                    gold = self._gold(name, row, binding, reading)
                    if gold is None:
                        continue
                    if is_blank(self.task, example):
                        self.skipped["no text"] += 1
                    elif not gold:
                        self.skipped[_no_gold(row, binding)] += 1
                    else:
                        if self._labelled and not held_out:
                            self._seen[gold] = None
                        yield replace(example, gold=known.of(gold))

    @property
    def _labelled(self) -> bool:
        return has_labels(self.task)

    def _parts(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The files that some names stand for."""
        found = places_of(self.registry, paths, data_format=self.source.format)
        self.notes.update(dict.fromkeys(found.notes))
        return found.parts

    def _gold(self, name: str, row: Row, binding: Binding, reading: GoldColumn) -> str | None:
        """The gold answer of a row; empty where it has none, ``None`` where it is refused, which is counted."""
        try:
            gold = reading.read(binding.gold_cell(row))
        except ValueError as error:
            self._bad(name, BadRow(row.line, f"column '{binding.gold}': {error}"))
            return None
        if not gold or says_no_answer(self.task, gold):
            return ""
        return binding.gold_text(row) if self.verbatim else gold

    def _cells_of(self, path: str) -> frozenset[str]:
        """The different cells of a file's gold column, which tell together what each of them means."""
        if path not in self._cells:
            with ExitStack() as stack:
                _, table, binding = self._open(stack, path)
                self._cells[path] = frozenset(binding.gold_cell(row) for row in table.rows if isinstance(row, Row))
        return self._cells[path]

    def _open(self, stack: ExitStack, path: str) -> tuple[str, Table, Binding]:
        asked = self.source
        part = stack.enter_context(open_part(self.registry, path, data_format=asked.format, reading=asked.reading))
        table = part.table
        binding = bind(
            self.task,
            table.columns,
            chosen=chosen_columns(self.task, asked.columns),
            gold=asked.gold,
            source=part.name,
            gold_needed=True,
            label_map=parse_label_map(asked.label_map),
            keep_na=asked.reading.keep_na,
            first=table.first,
        )
        guard(table, binding.reads, asked.reading.max_cell)
        return part.name, table, binding

    def _bad(self, name: str, row: BadRow) -> None:
        if not self.source.skips:
            raise DataError(name, row.reason, line=row.line, hint=f"{row.hint or 'repair it'}; or --on-error skip")
        self.skipped["cannot be read"] += 1


def _no_gold(row: Row, binding: Binding) -> str:
    """Why a row has no gold answer."""
    cell = as_text(row.cells[binding.gold_at]).strip() if binding.gold_at >= 0 else ""
    if cell in NO_GOLD and not binding.keep_na:
        return f"the gold answer {cell!r} stands for none (--keep-na takes it for a label)"
    return "no gold answer that is known"


def tell_skipped(skipped: Mapping[str, int], tell: Callable[[str], None]) -> None:
    """Say which rows a reader left out."""
    for line in left_out(skipped):
        tell(line)
