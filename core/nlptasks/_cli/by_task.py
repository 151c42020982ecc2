"""Commands whose flags depend on the task: ``nlptasks run TASK --help`` shows the columns and head options of TASK."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.flags import flag
from nlptasks._plugins.registry import Owned, Registry
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, HeadSpec, TaskSpec
from nlptasks.plugin.options import click_options

#: Prefixes of parameter names, so that a column and a head option of one name cannot be mixed up.
COLUMN, OPTION = "column__", "option__"


class TaskGroup(click.Group):
    """A group whose commands are the installed tasks, or several of them joined by commas.

    Args:
        body: Called with the app, the tasks' names and the values of all flags.
        params_of_body: The flags that do not depend on the task.
        many: Whether several tasks may be joined.
        wanted: Which heads the command can use; their tasks and options are offered.
        offers: Which options of such a head have a meaning here.
    """

    def __init__(
        self,
        *args: Any,
        body: Callable[..., None],
        params_of_body: Sequence[click.Parameter],
        many: bool,
        wanted: Callable[[HeadSpec], bool] = lambda _: True,
        offers: Callable[[HeadSpec, str], bool] = lambda *_: True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"subcommand_metavar": "TASK [FLAGS]...", **kwargs})
        self._body = body
        self._shared = tuple(params_of_body)
        self._many = many
        self._wanted = wanted
        self._offers = offers

    @property
    def own_flags(self) -> frozenset[str]:
        """The flags that do not depend on the task."""
        return frozenset(name for param in self._shared for name in param.opts)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [task.name for task in self._tasks(ctx)]

    def _tasks(self, ctx: click.Context) -> list[TaskSpec]:
        """The tasks that some installed head solves."""
        registry = _registry(ctx)
        return [item.spec for item in registry.all(TaskSpec) if self._heads(registry, item.spec)]

    def _heads(self, registry: Registry, task: TaskSpec) -> list[HeadSpec]:
        return [item.spec for item in registry.heads(task.name) if self._wanted(item.spec)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Tasks"):
            formatter.write_dl([(task.name, task.summary) for task in self._tasks(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        names = cmd_name.split(",") if self._many else [cmd_name]
        registry = _registry(ctx)
        owned = [registry.get(TaskSpec, name) for name in names]
        tasks = [item.spec for item in owned]
        heads = [head for task in tasks for head in self._heads(registry, task)]
        offered = [*_offered(heads, self._offers), *_of_backbones(registry)]
        params = [*self._shared, *_columns(tasks), *_options(offered)]
        _check_flags(params, owned, f"{ctx.command_path} {cmd_name}")

        def call(**values: Any) -> None:
            self._body(ctx.find_object(App), names, **_sorted_out(values))

        return click.Command(cmd_name, params=list(params), callback=call, help=f"{self.help} {_told(tasks)}")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names:
            raise UsageError(
                f"the task comes first: {ctx.command_path} TASK {args[0]} ...",
                hint=f"tasks: {', '.join(self.list_commands(ctx))}",
            )
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return args[0], self.get_command(ctx, args[0]), args[1:]


def _registry(ctx: click.Context) -> Registry:
    app = ctx.find_object(App)
    assert app is not None
    return app.plugins().registry


def _columns(tasks: Sequence[TaskSpec]) -> list[click.Option]:
    """A flag for each input column; ``--text`` too, where a task has one input under another name.

    Several tasks share one ``--text``, which names the column of each that has one input.
    """
    found: dict[str, click.Option] = {}
    for task in tasks:
        for column in task.inputs:
            flags = [f"--{column.name}"]
            if len(tasks) == len(task.inputs) == 1 and column.name != "text":
                flags.append("--text")
            missing = " Without such a column it is empty, where there is a gold column." if column.optional else ""
            help_ = (
                f"Column that holds {column.summary}, or a template over columns: '{{title}}: {{body}}'; "
                f"found by its name otherwise.{missing}"
            )
            found[column.name] = click.Option([*flags, COLUMN + column.name], default="", metavar="COLUMN", help=help_)
    if len(tasks) > 1 and "text" not in found and any(len(task.inputs) == 1 for task in tasks):
        help_ = "The one column or template for all tasks that have one input."
        found["text"] = flag("--text", COLUMN + "text", default="", metavar="COLUMN", shown=help_)
    return list(found.values())


def _offered(heads: Sequence[HeadSpec], offers: Callable[[HeadSpec, str], bool]) -> Iterator[tuple[str, click.Option]]:
    """The options of all the heads that have a meaning, each with whose it is."""
    for head in heads:
        for option in click_options(head.options) if head.options else ():
            if offers(head, str(option.name)):
                yield f"head {head.name}", option


def _of_backbones(registry: Registry) -> Iterator[tuple[str, click.Option]]:
    """The options of all the backbones, each with whose it is."""
    for item in registry.all(BackboneSpec):
        for option in click_options(item.spec.options) if item.spec.options else ():
            yield f"backbone {item.spec.name}", option


def _options(offered: Iterable[tuple[str, click.Option]]) -> list[click.Option]:
    """The options of heads and backbones; one that several have is shown once."""
    found: dict[str, click.Option] = {}
    having: dict[str, list[str]] = {}
    for owner, option in offered:
        name = str(option.name)
        found.setdefault(name, option)
        having.setdefault(name, []).append(owner)
    for name, option in found.items():
        owners = ", ".join(having[name]).replace(", head ", ", ")
        option.name = OPTION + name
        option.help = f"{option.help or ''} ({owners})".strip()
    return list(found.values())


def _check_flags(params: Sequence[click.Parameter], tasks: Sequence[Owned[TaskSpec]], command: str) -> None:
    """Refuse two things with one flag: nobody could say which is meant.

    Raises:
        UsageError: An input column or an option of a plugin is called like another flag of the command.
    """
    taken: set[str] = set()
    for param in params:
        for name in param.opts:
            if name in taken:
                owner = next((t for t in tasks if name in {f"--{column.name}" for column in t.spec.inputs}), None)
                whose = f"the task {owner.qualified} has an input column" if owner else "a plugin has an option"
                plugin = owner.plugin if owner else "NAME"
                raise UsageError(
                    f"{whose} {name[2:]!r}, and {name} is a flag of '{command}' already",
                    hint=f"its author must rename it; to do without it: NLPTASKS_PLUGINS=-{plugin}",
                )
            taken.add(name)


def _sorted_out(values: dict[str, Any]) -> dict[str, Any]:
    """Values with those of columns and head options in dictionaries of their own."""
    columns = {key.removeprefix(COLUMN): value for key, value in values.items() if key.startswith(COLUMN) and value}
    options = {key.removeprefix(OPTION): value for key, value in values.items() if key.startswith(OPTION)}
    rest = {key: value for key, value in values.items() if not key.startswith((COLUMN, OPTION))}
    return {**rest, "columns": columns, "options": options}


def _told(tasks: Sequence[TaskSpec]) -> str:
    return " ".join(f"{task.name}: {task.summary.rstrip('.?')}." for task in tasks)
