"""``nlptasks import FILE --from FORMAT``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.once import OnceCommand
from nlptasks.errors import UsageError
from nlptasks.files.names import is_there
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks.records.schema import Record

#: Characters of a folder's name.
_NAME = 80


@click.command("import", cls=OnceCommand, no_args_is_help=True)
@click.argument("file", metavar="FILE")
@click.option(
    "--from",
    "form",
    required=True,
    metavar="FORMAT",
    help="eval-results, every-eval-ever, helm, inspect, lm-eval, model-index or mteb.",
)
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="DIR",
    help="Folder of the record; where the file holds several, the folder that theirs are made in.",
)
@click.option("--model", default="", metavar="NAME", help="What boards call the system.  [default: as the file says]")
@click.option("--force", "-f", is_flag=True, help="Replace records that lie there.")
def import_(file: str, form: str, output: str, model: str, force: bool) -> None:
    """Make records of another tool's results.

    They are imported numbers, trust level V0: no samples came with them, so nothing can be scored again.
    """
    from nlptasks._exchange.formats import exchange, imported
    from nlptasks.records.store import write_record

    made = exchange(form)
    found = imported(made, made.read(Path(file), file), file=file, model=model)
    folders = list(_folders(Path(output), found))
    taken = [folder for folder in folders if is_there(folder) and not force]
    if taken:
        raise UsageError(f"{taken[0]} exists already", hint="--force replaces a record; or give another --output")
    for folder, record in zip(folders, found, strict=True):
        write_record(folder, record, [], {}, force=force)
        name = one_line(f"{record.model.name}: {record.task} on {record.dataset.name}", 120)
        metrics = f"{len(record.scores):,} metric{'' if len(record.scores) == 1 else 's'}"
        limit = f", only {record.run.limit:,} samples were asked for: never ranked" if record.run.limit else ""
        click.echo(f"{name}, {metrics}, V0{limit} -> {one_line(str(folder))}", err=True)


def _folders(output: Path, records: Sequence[Record]) -> Iterator[Path]:
    """Where each record goes: there where it is one, else into folders that are named after what they hold."""
    from nlptasks._exchange.parts import folder_name

    if len(records) == 1:
        yield output
        return
    taken: dict[str, int] = {}
    for record in records:
        parts = (record.task, record.dataset.name, record.model.name)
        name = "-".join(dict.fromkeys(map(folder_name, parts)))[:_NAME]
        taken[name.casefold()] = at = taken.get(name.casefold(), 0) + 1
        yield output / (name if at == 1 else f"{name}-{at}")
