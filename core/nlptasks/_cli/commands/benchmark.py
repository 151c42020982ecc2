"""``nlptasks benchmark list`` and ``nlptasks benchmark show``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.once import OnceCommand
from nlptasks._cli.views.tables import echo_json, table
from nlptasks._plugins.registry import Owned, Registry
from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.files.names import is_file
from nlptasks.plugin import BenchmarkSpec, TaskSpec
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks.records.suite_outline import SuiteOutline
    from nlptasks.records.suites import Card, Suite

json_option = click.option("--json", "as_json_", is_flag=True, help="Print JSON.")

#: Whether a data set's file is here and is the one that is pinned.
_FITS, _MISSING, _WRONG = "fits", "not here", "wrong hash"


@click.group()
def benchmark() -> None:
    """The benchmarks: pinned data sets with their tasks. 'nlptasks eval --benchmark NAME' runs one."""


@benchmark.command("list")
@json_option
@pass_app
def list_benchmarks(app: App, as_json_: bool) -> None:
    """List the benchmarks that plugins bring."""
    registry = app.plugins().registry
    items = registry.all(BenchmarkSpec)
    suites = [(item, _outlined(registry, item)) for item in items]
    if as_json_:
        echo_json([_listed(item, suite) for item, suite in suites])
    elif suites:
        header = ("NAME", "VERSION", "DATA SETS", "TASKS", "FILES", "FROM", "SUMMARY")
        click.echo(table(header, [_row(item, suite) for item, suite in suites]))
    else:
        click.echo("no plugin brings benchmarks; 'nlptasks plugins list --check' shows the plugins", err=True)


@benchmark.command("show", cls=OnceCommand)
@click.argument("name")
@click.option("--data-dir", default="", metavar="DIR", help="Folder of the data sets (default: NLPTASKS_DATA).")
@json_option
@pass_app
def show(app: App, name: str, data_dir: str, as_json_: bool) -> None:
    """Show the data sets of the benchmark NAME, or of a suite's YAML file, and whether their files are here."""
    registry = app.plugins().registry
    suite = _suite(registry, name)
    found = [_state(registry, suite, card, data_dir) for card in suite.datasets]
    if as_json_:
        echo_json(_as_json(suite, found))
    else:
        click.echo("\n".join(_as_lines(suite, found)))


@dataclass(frozen=True)
class _State:
    """A data set and what became of its file.

    Args:
        card: The data set.
        metric: The metric that ranks systems.
        state: Whether its file is here and fits.
        path: Where it lies; ``None``: nowhere.
        why: What is wrong with it, for people.
    """

    card: Card
    metric: str
    state: str
    path: Path | None = None
    why: str = ""


def _suite(registry: Registry, name: str) -> Suite:
    from nlptasks.records.suites import open_suite, read_suite

    path = Path(name)
    if path.suffix.lower() in (".yaml", ".yml") or os.sep in name or is_file(path):
        return read_suite(path)
    return open_suite(registry, name)


def _state(registry: Registry, suite: Suite, card: Card, data_dir: str) -> _State:
    from nlptasks.records.suites import check_hash, find

    try:
        task = registry.get(TaskSpec, card.task).spec
    except UsageError as error:
        raise UsageError(f"the data set '{card.name}' of '{suite.name}': {error.message}", hint=error.hint) from error
    metric = card.primary or (task.primary if not card.metrics or task.primary in card.metrics else card.metrics[0])
    path = find(suite, card, data_dir=data_dir)
    if path is None:
        return _State(card, metric, _MISSING)
    try:
        check_hash(suite, card, path)
    except DataError as error:
        return _State(card, metric, _WRONG, path, error.message)
    return _State(card, metric, _FITS, path)


def _as_json(suite: Suite, found: list[_State]) -> dict[str, Any]:
    datasets = [
        {**asdict(item.card), "metric": item.metric, "state": item.state, "path": item.path and str(item.path)}
        for item in found
    ]
    shown = {"name": suite.name, "summary": suite.summary, "version": suite.version, "ships": suite.ships}
    return {**shown, "datasets": datasets}


def _as_lines(suite: Suite, found: list[_State]) -> Iterator[str]:
    yield one_line(f"{suite.name} {suite.version}: {suite.summary}".rstrip(": "))
    header = ("DATA SET", "TASK", "N", "METRIC", "SPLIT", "FLOOR", "CEILING", "FILE", "LICENCE")
    yield table(header, [_cells(item) for item in found])
    for item in found:
        for note in item.card.notes:
            yield one_line(f"{item.card.name}: {note}")
    for item in found:
        yield from map(one_line, item.why.splitlines())
    missing = [item.card.name for item in found if item.state == _MISSING]
    if missing:
        yield one_line(
            f"not here: {', '.join(missing)}; --data-dir DIR (or NLPTASKS_DATA) names the folder of the files"
        )


def _cells(item: _State) -> list[str]:
    card = item.card
    numbers = (card.floor, card.ceiling)
    floor, ceiling = ("-" if number is None else f"{number:.4g}" for number in numbers)
    rows = f"{card.n:,}" if card.n else "-"
    return [card.name, card.task, rows, item.metric, card.split or "-", floor, ceiling, item.state, card.licence or "-"]


def _outlined(registry: Registry, item: Owned[BenchmarkSpec]) -> SuiteOutline | None:
    """What is listed of a benchmark; one that is broken costs a line and not the listing."""
    from nlptasks.records.suite_outline import outline_suite

    try:
        return outline_suite(registry, item.qualified)
    except NlptasksError as error:
        click.echo(f"warning: {one_line(error.message)}", err=True)
        return None


def _listed(item: Owned[BenchmarkSpec], suite: SuiteOutline | None) -> dict[str, Any]:
    listed = {"name": item.spec.name, "summary": item.spec.summary, "suite": item.spec.suite}
    owner = {"plugin": item.plugin, "distribution": item.distribution, "qualified": item.qualified}
    if suite is None:
        return {**listed, **owner, "valid": False}
    known = {"version": suite.version, "ships": suite.ships, "datasets": list(suite.datasets)}
    return {**listed, **owner, "valid": True, **known}


def _row(item: Owned[BenchmarkSpec], suite: SuiteOutline | None) -> list[str]:
    ends = [item.distribution, item.spec.summary]
    if suite is None:
        return [item.spec.name, "-", "-", "-", "not valid", *ends]
    tasks = ", ".join(sorted(set(suite.tasks)))
    return [item.spec.name, suite.version, str(len(suite.datasets)), tasks, _files(suite), *ends]


def _files(suite: Suite | SuiteOutline) -> str:
    return "with it" if suite.ships else "not with it"
