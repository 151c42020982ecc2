"""The command itself. Imported when it is called."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

import nlptasks
from nlptasks.errors import DataError
from nlptasks_recommend.index import Index, coverage, ndcg, recall


@dataclass(frozen=True)
class Table:
    """Rows with a text.

    Args:
        texts: The texts.
        ids: What each row is called.
        wanted: For each query, the ids of the items that were wanted; empty: nobody says.
    """

    texts: Sequence[str]
    ids: Sequence[str]
    wanted: Sequence[set[str]]


@click.command()
@click.argument("catalogue", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--for", "queries", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="CSV file with what is asked for.")  # fmt: skip
@click.option("--text", default="text", show_default=True, help="Column with the text, in both files.")
@click.option("--id", "id_", default="id", show_default=True, help="Column with the ids, in both files.")
@click.option("--wanted", default="", help="Column of the queries with the ids that were wanted, separated by blanks.")
@click.option("-k", default=5, show_default=True, type=click.IntRange(1), help="Items for each query.")
@click.option("--backbone", default="", help="Backbone that embeds the texts.")
def recommend(catalogue: Path, queries: Path, text: str, id_: str, wanted: str, k: int, backbone: str) -> None:
    """Name the items of CATALOGUE, a CSV file, that are most like what is asked for.

    Writes a line of JSON for each query, and with --wanted its scores on standard error.
    """
    items, asked = read(catalogue, text, id_), read(queries, text, id_, wanted)
    index = Index(nlptasks.embed(items.texts, backbone=backbone))
    found = []
    for query, near in zip(asked.ids, index.nearest(nlptasks.embed(asked.texts, backbone=backbone), k), strict=True):
        found.append([items.ids[at] for at, _ in near])
        best = [{"id": items.ids[at], "cosine": round(cosine, 6)} for at, cosine in near]
        click.echo(json.dumps({"query": query, "items": best}, ensure_ascii=False))
    if asked.wanted:
        click.echo(
            f"{len(found)} queries, {len(items.ids)} items: recall@{k} {recall(found, asked.wanted):.3f}, "
            f"nDCG@{k} {ndcg(found, asked.wanted):.3f}, coverage {coverage(found, len(items.ids)):.3f}",
            err=True,
        )


def read(path: Path, text: str, id_: str, wanted: str = "") -> Table:
    """The rows of a CSV file.

    Raises:
        DataError: A column is not there, a row has no text or no wanted item, or there is no row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
            columns = reader.fieldnames or ()
    except UnicodeDecodeError as error:
        raise DataError(path, "it is not in UTF-8", hint="convert it first") from error
    for column in filter(None, (text, id_, wanted)):
        if column not in columns:
            raise DataError(path, f"it has no column {column!r}", hint=f"its columns are {', '.join(columns)}")
    if not rows:
        raise DataError(path, "it has no row")
    for number, row in enumerate(rows, 2):
        for column in filter(None, (text, wanted)):
            if not (row[column] or "").strip():
                raise DataError(path, f"the column {column!r} is empty", line=number)
    return Table(
        texts=[row[text] for row in rows],
        ids=[row[id_] for row in rows],
        wanted=[set(row[wanted].split()) for row in rows] if wanted else (),
    )
