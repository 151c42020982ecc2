"""The rows that an evaluation scores: which of them count, in which language, and whether they can be scored at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.labels import given_golds
from nlptasks._scoring.language import check_references, language_for
from nlptasks._scoring.metrics import counting, open_metrics
from nlptasks._settings.groups import TableSource
from nlptasks._tables.gold import has_labels
from nlptasks._tables.gold_samples import GoldTable, read_gold_table
from nlptasks._tables.names import plain
from nlptasks.errors import DataError
from nlptasks.files.paths import Input
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Table
from nlptasks.records.schema import Sample
from nlptasks.text.display import one_line

#: Why rows with a middle rating are left out of the scores of two classes.
MIDDLE = "their rating is neutral, which is none of the classes"

#: Labels that an error quotes, and characters of each.
_QUOTED, _WIDTH = 5, 40


def read_gold_rows(
    registry: Registry,
    task: TaskSpec,
    wanted: TableSource,
    names: Sequence[str],
    *,
    language: str = "",
    meta: Sequence[str] = (),
    limit: int = 0,
    outputs: Collection[str] = (),
    opened: Callable[[Input], Table] | None = None,
) -> tuple[GoldTable, str]:
    """Read the rows with gold answers that some metrics can score, and the language that these are told.

    Args:
        registry: What is installed.
        task: The task.
        wanted: The table.
        names: Names of the metrics.
        language: What the user or the data set says of it; empty: the references' script tells it.
        meta: Further columns to keep.
        limit: Most rows; 0: all.
        outputs: Columns that hold what a system gave.
        opened: Reads the file where it is not as its format says; ``None``: it is.

    Raises:
        UsageError: A column is not there.
        DataError: A row cannot be read, none has a gold answer, or a reference has nothing that a metric counts.
    """
    counts = counting(open_metrics(registry, names, labels=(), task=task.name).values())
    table = read_gold_table(registry, task, wanted, counts, meta=meta, limit=limit, outputs=outputs, opened=opened)
    if has_labels(task):
        return table, language
    golds = [(item.id, item.gold) for item in table.items]
    language, said = language_for(registry, names, (gold for _, gold in golds), language)
    remarked = check_references(registry, names, golds, language=language, source=wanted.data)
    return replace(table, notes=(*table.notes, *said, *remarked)), language


def for_labels(table: GoldTable, labels: Sequence[str], *, source: str, who: str = "the head") -> GoldTable:
    """The rows whose gold label a system with a closed set of labels can be scored on.

    Middle ratings are left out, and counted, where the system has no such label; other labels that it lacks count.

    Args:
        table: The rows.
        labels: The labels that the system gives; none: they are not known.
        source: What errors call the data.
        who: What errors call the system.

    Raises:
        DataError: It gives none of the gold labels: the columns do not match.
    """
    if not labels:
        return table
    known = given_golds((item.gold for item in table.items), labels)
    if not known:
        golds = sorted({item.gold for item in table.items})
        raise DataError(
            source,
            f"no label in the column '{table.columns['gold']}' is one that {who} gives: the column has "
            f"{_listed(golds)}, and {who} gives {_listed(sorted(labels))}",
            hint='--gold COLUMN names another column, --label-map "old=new,..." says which label is which',
        )
    if not table.rated:
        return table
    items = tuple(item for item in table.items if item.gold in known)
    left = len(table.items) - len(items)
    skipped = {**table.skipped, MIDDLE: left} if left else table.skipped
    return replace(table, items=items, skipped=skipped)


def refuse_own_output(task: TaskSpec, table: GoldTable, samples: Sequence[Sample], *, source: str) -> None:
    """Refuse gold texts that are what the system itself wrote.

    An output of texts has no column beside it that tells it from references; but no system writes more than one text
    after another as a person did.

    Raises:
        DataError: The column is called as the task's output is, nobody named it, and all predictions equal it.
    """
    column = table.columns["gold"]
    if not table.guessed or has_labels(task) or plain(column) != plain(task.output) or len(samples) < 2:
        return
    if all(sample.prediction == sample.gold and " " in sample.gold.strip() for sample in samples):
        raise DataError(
            source,
            f"the column '{column}' holds word for word what is predicted in all {len(samples):,} rows: it seems to be "
            "the output of an earlier run, and is no gold column",
            hint=f"--gold '{column}' scores against it all the same",
        )


def _listed(labels: Sequence[str]) -> str:
    shown = ", ".join(repr(one_line(label, _WIDTH)) for label in labels[:_QUOTED])
    return shown if len(labels) <= _QUOTED else f"{shown}, ..."
