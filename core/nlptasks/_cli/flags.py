"""Flags that several commands share, each written once."""

from __future__ import annotations

from typing import Any

import click

from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import FormatOptions


def flag(*names: str, shown: str, **settings: Any) -> click.Option:
    """A flag with its line in ``--help``."""
    return click.Option(list(names), help=shown, **settings)


def listed(text: str) -> tuple[str, ...]:
    """The items of a flag that takes several, separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def gold_flag() -> click.Option:
    """The column with the right answers."""
    return flag("--gold", default="", metavar="COLUMN", shown="Column with the right answers.  [default: by its name]")


def head_flag() -> click.Option:
    """The heads that answer."""
    return flag(
        "--head",
        multiple=True,
        metavar="NAME|FOLDER",
        shown="The head, or the folder of one that you trained; TASK=NAME where there are several tasks.",
    )


def id_flag() -> click.Option:
    """The column that says which row is which in a record."""
    return flag("--id", default="", metavar="COLUMN", shown="Column with ids.  [default: id, or the rows' numbers]")


def language_flag() -> click.Option:
    """The language that metrics are told."""
    return flag(
        "--language", default="", metavar="CODE", shown="Language of the answers; some metrics cut words by it."
    )


def metric_flag() -> click.Option:
    """Further metrics."""
    return flag("--metric", multiple=True, metavar="NAME", shown="A further metric; see 'nlptasks metrics list'.")


def data_dir_flag() -> click.Option:
    """The folder of a benchmark's files."""
    return flag(
        "--data-dir",
        default="",
        metavar="DIR",
        shown="Where files lie that a benchmark does not ship.  [default: NLPTASKS_DATA]",
    )


def withhold_flag() -> click.Option:
    """Whether a record is to be passed on without the texts."""
    return flag(
        "--withhold-texts",
        "withhold",
        is_flag=True,
        shown="Keep the texts of the data out of the record, where they must not be passed on.",
    )


def format_params() -> list[click.Parameter]:
    """Flags that say how a data file is to be read."""
    return [
        flag(
            "--format", "data_format", default="", metavar="NAME", shown="Format of the data.  [default: by its suffix]"
        ),
        flag(
            "--encoding",
            default="",
            metavar="NAME",
            shown="Encoding: utf-8, utf-16, cp1252, ...  [default: detected]",
        ),
        flag("--delimiter", default="", metavar="CHAR", shown="Column separator.  [default: detected]"),
        flag("--quote", default="", metavar="CHAR|none", shown="Quote character.  [default: detected]"),
        flag("--escape", default="", metavar="CHAR|none", shown="Escape character, such as \\.  [default: detected]"),
        flag(
            "--header/--no-header",
            default=None,
            shown="Whether the first row names the columns.  [default: yes, unless it is plainly a text]",
        ),
        flag("--max-cell", default="1MB", metavar="SIZE", shown="Longest cell that is read.  [default: 1MB]"),
        flag("--keep-na", is_flag=True, shown="Read N/A, NaN, null, - and the like as text, not as missing."),
        skip_bad_rows_flag(),
    ]


def skip_bad_rows_flag() -> click.Option:
    """The flag that leaves rows out which cannot be read."""
    return flag("--skip-bad-rows", is_flag=True, shown="Leave rows out that cannot be read, and count them.")


def device_params() -> list[click.Parameter]:
    """Flags that say which backbone runs, and where."""
    numbers = click.Choice(["auto", "float32", "bfloat16", "float16"])
    return [
        flag(
            "--backbone",
            default="",
            metavar="NAME|FOLDER",
            shown="The backbone: a name or SCHEME:NAME of 'nlptasks backbones list', or a folder.  "
            "[default: the one that fits the head]",
        ),
        flag("--device", default="auto", metavar="auto|cpu|cuda|mps", shown="Where it runs.  [default: auto]"),
        flag("--dtype", default="auto", type=numbers, shown="Its numbers; auto: float32 on a CPU, 16 bits on a GPU."),
    ]


def format_options(values: dict[str, Any]) -> FormatOptions:
    """Take the values of :func:`format_params` out of ``values``."""
    return FormatOptions(
        encoding=values.pop("encoding"),
        delimiter=values.pop("delimiter"),
        quote=values.pop("quote"),
        escape=values.pop("escape"),
        header=values.pop("header"),
        max_cell=_size(values.pop("max_cell")),
        keep_na=values.pop("keep_na"),
    )


def _size(text: str) -> int:
    """``8MB`` is 8,388,608 characters."""
    units = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
    plain = text.strip().lower().removesuffix("b").removesuffix("i")
    number, unit = (plain[:-1], plain[-1]) if plain and plain[-1] in "kmg" else (plain, "")
    try:
        size = int(float(number) * units[unit])
    except ValueError:
        size = 0
    if size < 1:
        raise UsageError(f"--max-cell: {text!r} is no size", hint="for example 500kB, 8MB")
    return size
