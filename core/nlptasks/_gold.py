"""Reads examples with gold answers from files: what all training reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from nlptasks._columns import Binding, bind
from nlptasks._predict import is_blank
from nlptasks._registry import Registry
from nlptasks._tables import chosen_columns, read_table
from nlptasks.contracts import BadRow, Example, FormatOptions, Table
from nlptasks.errors import DataError
from nlptasks.files import open_input
from nlptasks.plugin import TaskSpec


@dataclass(frozen=True, kw_only=True)
class GoldReader:
    """Reads examples with gold answers, and counts the rows that have none.

    Args:
        registry: What is installed.
        task: The task whose columns are read.
        skipped: Counts the rows left out, by reason.
        columns: Columns that the user named, by the task's inputs.
        gold: Gold column that the user named.
        data_format: Name of the data's format; empty: by suffix.
        reading: How to read the tables.
        skip_bad_rows: Whether rows that cannot be read are left out.
    """

    registry: Registry
    task: TaskSpec
    skipped: Counter[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    data_format: str = ""
    reading: FormatOptions = field(default_factory=FormatOptions)
    skip_bad_rows: bool = False

    def check(self, path: str) -> None:
        """Open a file and find its columns, so that a mistake in the last file shows before the first is read."""
        with ExitStack() as stack:
            self._open(stack, path)

    def examples(self, paths: Sequence[str]) -> Iterator[Example]:
        """The examples of some files, one file after the other."""
        for path in paths:
            with ExitStack() as stack:
                name, table, binding = self._open(stack, path)
                for row in table.rows:
                    if isinstance(row, BadRow):
                        self._bad(name, row)
                        continue
                    example = binding.example(row)
                    reason = "no text" if is_blank(example) else "" if example.gold else "no gold answer that is known"
                    if reason:
                        self.skipped[reason] += 1
                    else:
                        yield example

    def _open(self, stack: ExitStack, path: str) -> tuple[str, Table, Binding]:
        source = stack.enter_context(open_input(path))
        table = read_table(self.registry, source, name=self.data_format, options=self.reading)
        chosen = chosen_columns(self.task, self.columns)
        binding = bind(self.task, table.columns, chosen=chosen, gold=self.gold, source=source.name, gold_needed=True)
        return source.name, table, binding

    def _bad(self, name: str, row: BadRow) -> None:
        if not self.skip_bad_rows:
            raise DataError(name, row.reason, line=row.line, hint=f"{row.hint or 'repair it'}; or --skip-bad-rows")
        self.skipped["cannot be read"] += 1
