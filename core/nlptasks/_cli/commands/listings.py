"""``nlptasks tasks|heads|backbones|formats|engines list``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.views.describe import as_json, as_lines, checkpoint_as_json, checkpoint_as_lines
from nlptasks._cli.views.tables import echo_json, table
from nlptasks._plugins.registry import D, Owned, kind_of
from nlptasks._systems.matching import reference_hint
from nlptasks.plugin import BackboneSpec, EngineSpec, FormatSpec, HeadSpec, TaskSpec
from nlptasks.plugin.options import option_fields
from nlptasks.text.display import languages_named, one_line

json_option = click.option("--json", "as_json_", is_flag=True, help="Print JSON.")


@click.group()
def tasks() -> None:
    """The tasks: what goes in, what comes out, how it is scored."""


@tasks.command("list")
@json_option
@pass_app
def list_tasks(app: App, as_json_: bool) -> None:
    """List the tasks."""

    def row(item: Owned[TaskSpec]) -> list[str]:
        inputs = ", ".join(column.name for column in item.spec.inputs)
        return [item.spec.name, inputs, item.spec.gold.name, item.spec.primary]

    echo_all(app, TaskSpec, as_json_, ("NAME", "INPUTS", "GOLD", "METRIC"), row)


@click.group()
def heads() -> None:
    """The heads: each solves one task, most of them on a backbone."""


@heads.command("list")
@json_option
@pass_app
def list_heads(app: App, as_json_: bool) -> None:
    """List the heads, by task; the default of a task is marked."""

    def row(item: Owned[HeadSpec]) -> list[str]:
        default = "*" if item.spec.default else ""
        languages = languages_named(item.spec.languages) or "-"
        return [item.spec.task, item.spec.name + default, ", ".join(sorted(item.spec.needs)) or "-", languages]

    echo_all(app, HeadSpec, as_json_, ("TASK", "NAME", "NEEDS", "READS"), row)


@click.group()
def backbones() -> None:
    """The backbones: Transformers that heads share."""


@backbones.command("list")
@json_option
@pass_app
def list_backbones(app: App, as_json_: bool) -> None:
    """List the backbones; the default is marked."""

    def row(item: Owned[BackboneSpec]) -> list[str]:
        default = "*" if item.spec.default else ""
        size = f"{item.spec.parameters / 1e6:.1f}M" if item.spec.parameters else "-"
        reads, writes = (languages_named(codes) or "-" for codes in (item.spec.languages, item.spec.writes))
        return [item.spec.name + default, ", ".join(sorted(item.spec.provides)), size, reads, writes]

    echo_all(app, BackboneSpec, as_json_, ("NAME", "PROVIDES", "WEIGHTS", "READS", "WRITES"), row)


@backbones.command("show")
@click.argument("name")
@json_option
@pass_app
def show_backbone(app: App, name: str, as_json_: bool) -> None:
    """Show the backbone NAME, or what the checkpoint NAME (SCHEME:NAME or a folder) can do; no weights are read."""
    from nlptasks._systems.folders import named_backbone
    from nlptasks._systems.references import inspected

    registry = app.plugins().registry
    referred = inspected(registry, name, {})
    if referred is not None:
        shown = checkpoint_as_json(registry, referred)
        if as_json_:
            echo_json(shown)
        else:
            click.echo("\n".join(checkpoint_as_lines(shown)))
        return
    named = named_backbone((), name)
    item = registry.get(BackboneSpec, named.name, hint=reference_hint(registry, named.name))
    if named.folder is not None:  # one that `nlptasks train` made
        spec = replace(item.spec, provides=item.spec.provides | named.made, parameters=0, default=False)
        item = replace(item, spec=spec)
        click.echo(f"{one_line(name)}: trained from the backbone {named.name!r}, which opens it", err=True)
    if as_json_:
        echo_json(as_json(item))
    else:
        click.echo("\n".join(as_lines(item)))


@click.group()
def formats() -> None:
    """The file formats."""


@formats.command("list")
@json_option
@pass_app
def list_formats(app: App, as_json_: bool) -> None:
    """List the file formats."""

    def row(item: Owned[FormatSpec]) -> list[str]:
        return [item.spec.name, ", ".join(item.spec.suffixes)]

    echo_all(app, FormatSpec, as_json_, ("NAME", "SUFFIXES"), row)


@click.group()
def engines() -> None:
    """The engines: where rows are predicted."""


@engines.command("list")
@json_option
@pass_app
def list_engines(app: App, as_json_: bool) -> None:
    """List the engines."""

    def row(item: Owned[EngineSpec]) -> list[str]:
        options = option_fields(item.spec.options) if item.spec.options else ()
        return [item.spec.name, ", ".join(option.flag for option in options) or "-", item.spec.extra or "-"]

    echo_all(app, EngineSpec, as_json_, ("NAME", "FLAGS", "EXTRA"), row)


def echo_all(
    app: App, spec: type[D], as_json_: bool, header: Sequence[str], row: Callable[[Owned[D]], list[str]]
) -> None:
    """Print all descriptors of a type, each with its owner and its summary."""
    items = app.plugins().registry.all(spec)
    if as_json_:
        echo_json([as_json(item) for item in items])
    elif items:
        rows = [[*row(item), item.distribution, item.spec.summary] for item in items]
        click.echo(table((*header, "FROM", "SUMMARY"), rows))
    else:
        click.echo(f"no plugin brings {kind_of(spec)}; 'nlptasks plugins list --check' shows the plugins", err=True)
