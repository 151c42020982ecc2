"""``nlptasks slice``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._cli.views.tables import echo_json, table
from nlptasks._settings.groups import Evaluation
from nlptasks.errors import UsageError
from nlptasks.plugin.options import setting
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._scoring.slices import Slices
    from nlptasks.records.schema import Result
    from nlptasks.records.store import StoredRecord


@dataclass(frozen=True, kw_only=True)
class SliceOptions:
    """What makes the parts."""

    by: tuple[str, ...] = setting((), "length, label, or meta.COLUMN of the data.", metavar="NAME[,NAME]")


def _slice(app: App, chosen: Chosen, records: tuple[Path, ...], as_json: bool) -> None:
    """Score the parts of each RECORD's samples, by the primary metric or those that are named.

    length: words of the inputs, 0-15, 16-63, 64-255 or 256+; where words are not divided by spaces, each character is
    one. label: the gold label, for tasks with a closed set of labels. meta.COLUMN: a column that the record keeps.
    Intervals are those of each part alone; parts with fewer than 30 samples are marked.
    """
    from nlptasks._scoring.of_records import slice_record
    from nlptasks.records.store import read_record

    names, metrics = tuple(filter(None, chosen.of(SliceOptions).by)), chosen.of(Evaluation).metrics
    if not names:
        raise UsageError("--by names no slice", hint="for example --by length,label")
    registry = app.plugins().registry
    opened = [read_record(path) for path in records]
    found = [slice_record(registry, record, names, metrics=metrics) for record in opened]
    if as_json:
        echo_json([_json(record, parts) for record, parts in zip(opened, found, strict=True)])
    else:
        shown = zip(opened, found, strict=True)
        click.echo("\n\n".join("\n".join(_lines(record, parts)) for record, parts in shown))


def _lines(opened: StoredRecord, found: Slices) -> Iterator[str]:
    from nlptasks._scoring.slices import FEW

    yield one_line(f"{opened.record.model.name}  ({opened.folder})")
    rows = [
        [name, value, metric, _number(item.value), _range(item), f"{item.n:,}", "few" if item.n < FEW else ""]
        for name, parts in found.items()
        for value, results in parts.items()
        for metric, item in results.items()
    ]
    yield table(("SLICE", "PART", "METRIC", "VALUE", "95 %", "N", ""), rows)
    if any(row[-1] for row in rows):
        yield f"few: below {FEW} samples, so the interval is wide and the value says little"


def _json(opened: StoredRecord, found: Slices) -> dict[str, Any]:
    from dataclasses import asdict

    from nlptasks._scoring.slices import FEW

    return {
        "folder": str(opened.folder),
        "id": opened.record.id,
        "system": opened.record.model.name,
        "slices": {
            name: {
                value: {metric: asdict(item) | {"few": item.n < FEW} for metric, item in results.items()}
                for value, results in parts.items()
            }
            for name, parts in found.items()
        },
    }


def _range(item: Result) -> str:
    return "-" if item.low is None or item.high is None else f"{item.low:.4f} to {item.high:.4f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


slice_ = command(
    "slice",
    _slice,
    [
        click.Argument(["records"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RECORD ..."),
        *flags_of(SliceOptions),
        *flags_of(Evaluation, only=("metrics",)),
        json_flag(),
    ],
)
