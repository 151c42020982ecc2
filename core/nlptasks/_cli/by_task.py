"""Commands whose flags depend on the task: ``nlptasks run TASK --help`` shows the columns and head options of TASK."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.flags import Chosen, SettingFlag, help_of
from nlptasks._cli.once import OnceCommand
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import DataFiles, EngineChoice, RowChoice, SystemChoice, TableSource
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, EngineSpec, FormatSpec, HeadSpec, TaskSpec
from nlptasks.plugin._values import TypedText
from nlptasks.plugin.options import OptionField, option_fields

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: Whose the settings are that depend on the task or on what is installed: columns, heads, the options of heads and
#: backbones, those of formats and those of engines.
COLUMN, HEAD, OPTION, FORMAT, ENGINE = "column", "head", "option", "format", "engine"

#: Called with the application, the names of the tasks, and what the user chose.
Body = Callable[[App, list[str], Chosen], None]


class TaskGroup(click.Group):
    """A group whose commands are the installed tasks, or several of them joined by commas.

    Args:
        body: What the commands do.
        params_of_body: The flags that do not depend on the task.
        many: Whether several tasks may be joined.
        wanted: Which heads the command can use; their tasks and options are offered.
        offers: Which options of such a head have a meaning here.
    """

    def __init__(
        self,
        *args: Any,
        body: Body,
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

    def shared(self) -> list[click.Parameter]:
        """The flags that do not depend on the task."""
        return [*self._shared, *_head_flags((), many=True)]

    @property
    def own_flags(self) -> frozenset[str]:
        """The flags that do not depend on the task and that no option may be called like."""
        return frozenset(name for param in self.shared() if not _is_seed(param) for name in param.opts)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        tasks = [
            CompletionItem(task.name, help=task.summary)
            for task in self._tasks(ctx)
            if task.name.startswith(incomplete)
        ]
        return [*tasks, *click.Command.shell_complete(self, ctx, incomplete)]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [task.name for task in self._tasks(ctx)]

    def _tasks(self, ctx: click.Context) -> list[TaskSpec]:
        """The tasks that some installed head solves."""
        registry = registry_of(ctx)
        return [item.spec for item in registry.all(TaskSpec) if self._heads(registry, item.spec)]

    def _heads(self, registry: Registry, task: TaskSpec) -> list[Owned[HeadSpec]]:
        return [item for item in registry.heads(task.name) if self._wanted(item.spec)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Tasks"):
            formatter.write_dl([(task.name, task.summary) for task in self._tasks(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        names = cmd_name.split(",") if self._many else [cmd_name]
        owned = list(
            {item.qualified: item for item in (registry_of(ctx).get(TaskSpec, name) for name in names)}.values()
        )
        tasks = [item.spec for item in owned]
        params = self._params(registry_of(ctx), tasks)
        check_flags(params, registry_of(ctx), tasks, f"{ctx.command_path} {cmd_name}")
        return self.command_of(ctx, cmd_name, names, tasks, params, help_=f"{self.help} {_told(tasks)}")

    def command_of(
        self,
        ctx: click.Context,
        cmd_name: str,
        names: list[str],
        tasks: Sequence[TaskSpec],
        params: list[click.Parameter],
        help_: str,
    ) -> click.Command:
        """The command for some tasks."""
        app = ctx.ensure_object(App)

        def others() -> Iterator[SettingFlag]:
            for task in self._tasks(ctx):
                yield from (param for param in self._params(registry_of(ctx), [task]) if isinstance(param, SettingFlag))

        def call(**values: Any) -> None:
            from nlptasks._cli.configured import configured

            known = [item.spec for item in app.plugins().registry.all(TaskSpec)]
            found = configured(app.config, str(self.name), params, tasks=tasks, known=known, others=others)
            self._body(app, names, Chosen(params, values, found))

        return OnceCommand(cmd_name, params=params, callback=call, help=help_)

    def _params(self, registry: Registry, tasks: Sequence[TaskSpec]) -> list[click.Parameter]:
        offered = [
            (task, head, option)
            for task in tasks
            for head in self._heads(registry, task)
            for option in (option_fields(head.spec.options) if head.spec.options else ())
            if self._offers(head.spec, option.name)
        ]
        names = Counter((task.name, head.spec.name) for task in tasks for head in self._heads(registry, task))
        owned = [
            *(
                (f"head {head.spec.name if names[task.name, head.spec.name] == 1 else head.qualified}", option)
                for task, head, option in offered
            ),
            *_of_backbones(registry),
        ]
        own = {option.name for _, option in owned}
        shared = [param for param in self._shared if not (_is_seed(param) and "seed" in own)]
        params = [*shared, *_columns(tasks), *_head_flags(tasks, many=self._many), *_options(owned)]
        params += [*format_flags(registry), *self._engine_flags(registry)]
        return [*params, *(_addressed((task, option) for task, _, option in offered) if len(tasks) > 1 else ())]

    def _engine_flags(self, registry: Registry) -> list[SettingFlag]:
        """The options that only some engine has, where the command lets the user choose one."""
        chooses = any(isinstance(param, SettingFlag) and param.owner is EngineChoice for param in self._shared)
        return _options(_of_engines(registry), ENGINE) if chooses else []

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


def _is_seed(param: click.Parameter) -> bool:
    """Whether it is the seed of a sample of the rows; a head's own seed stands for it, too."""
    return isinstance(param, SettingFlag) and (param.owner, param.setting.name) == (RowChoice, "seed")


def rows_of(chosen: Chosen) -> RowChoice:
    """The rows and columns that the user chose."""
    rows = chosen.of(RowChoice)
    return replace(rows, seed=chosen.values(OPTION).get("seed", rows.seed))


def system_of(chosen: Chosen, tasks: Sequence[TaskSpec]) -> SystemChoice:
    """The heads, the backbone and their options that the user chose for some tasks."""
    from nlptasks._systems.choosing import heads_by_task

    heads = heads_by_task(tasks, heads_given(chosen))
    return replace(chosen.of(SystemChoice), heads=heads, options=chosen.values(OPTION))


def source_of(chosen: Chosen) -> TableSource:
    """The table that the user chose, with its columns and with the options of its format."""
    source = chosen.of(TableSource)
    data, *more = chosen.of(DataFiles).data or (source.data,)
    source = replace(source, data=data, more=tuple(more))
    reading = replace(source.reading, given=chosen.values(FORMAT))
    return replace(source, columns=chosen.values(COLUMN), reading=reading)


def engine_of(chosen: Chosen) -> EngineChoice:
    """The engine that the user chose, with its options."""
    return replace(chosen.of(EngineChoice), given=chosen.values(ENGINE))


def heads_given(chosen: Chosen) -> list[str]:
    """The heads that the user named: ``NAME`` or ``TASK=NAME``.

    Raises:
        UsageError: Two are named for one task.
    """
    given = chosen.values(HEAD)
    found = [*given.pop("head", ()), *(f"{name.rpartition('.')[0]}={head}" for name, head in given.items())]
    tasks = [head.partition("=")[0] if "=" in head else "" for head in found]
    if len(set(tasks)) < len(tasks):
        raise UsageError("--head is given twice for one task", hint="leave one of them out")
    return found


def registry_of(ctx: click.Context) -> Registry:
    return ctx.ensure_object(App).plugins().registry


def _columns(tasks: Sequence[TaskSpec]) -> list[SettingFlag]:
    """A flag for each input column; ``--text`` too, where a task has one input under another name.

    Several tasks share one ``--text``, which names the column of each that has one input.
    """
    found: dict[str, SettingFlag] = {}
    for task in tasks:
        for column in task.inputs:
            more = ["--text"] if len(tasks) == len(task.inputs) == 1 and column.name != "text" else []
            missing = " Without such a column it is empty, where there is a gold column." if column.optional else ""
            help_ = (
                f"Column that holds {column.summary}, or a template over columns: '{{title}}: {{body}}'; "
                f"found by its name otherwise.{missing}"
            )
            found[column.name] = _column(column.name, help_, more)
    if len(tasks) > 1 and "text" not in found and any(len(task.inputs) == 1 for task in tasks):
        found["text"] = _column("text", "The one column or template for all tasks that have one input.")
    return list(found.values())


def _column(name: str, help_: str, more: Sequence[str] = ()) -> SettingFlag:
    setting = OptionField(name=name, said={"flag": name, "metavar": "COLUMN"})
    return SettingFlag(setting, COLUMN, help_=help_, more=more)


def _head_flags(tasks: Sequence[TaskSpec], *, many: bool) -> Iterator[SettingFlag]:
    """The flag that names a head, and one for each task where there are several."""
    several = "; TASK=NAME where there are several tasks" if many else ""
    help_ = f"The head, or the folder of one that you trained{several}."
    yield SettingFlag(
        OptionField(name="head", kind="list", said={"repeat": True, "metavar": "NAME|FOLDER"}), HEAD, help_=help_
    )
    if len(tasks) > 1:
        yield from (SettingFlag(OptionField(name=f"{task.name}.head"), HEAD, hidden=True) for task in tasks)


def _of_backbones(registry: Registry) -> Iterator[tuple[str, OptionField]]:
    """The options of all the backbones, each with whose it is."""
    for item in registry.all(BackboneSpec):
        for option in option_fields(item.spec.options) if item.spec.options else ():
            yield f"backbone {item.spec.name}", option


def _of_formats(registry: Registry) -> Iterator[tuple[str, OptionField]]:
    """The options that only some format has, each with whose it is."""
    for item in registry.all(FormatSpec):
        for option in option_fields(item.spec.options) if item.spec.options else ():
            yield f"format {item.spec.name}", option


def _of_engines(registry: Registry) -> Iterator[tuple[str, OptionField]]:
    """The options that only some engine has, each with whose it is."""
    for item in registry.all(EngineSpec):
        for option in option_fields(item.spec.options) if item.spec.options else ():
            yield f"engine {item.spec.name}", option


def format_flags(registry: Registry) -> list[SettingFlag]:
    """The options that only some format has."""
    return _options(_of_formats(registry), FORMAT)


def _options(offered: Iterable[tuple[str, OptionField]], owner: str = OPTION) -> list[SettingFlag]:
    """The options of heads and backbones, or of formats; one that several have is shown once."""
    having: dict[str, list[tuple[str, OptionField]]] = {}
    for whose, option in offered:
        having.setdefault(option.name, []).append((whose, option))
    flags = []
    for several in having.values():
        option = several[0][1]
        if any(_form(other) != _form(option) for _, other in several):
            # Lines of their own: what is said of one is not true of the other.
            told = "; ".join(dict.fromkeys(f"{whose}: {help_of(other)}" for whose, other in several))
            flags.append(SettingFlag(_unlike(option), owner, help_=told))
        else:
            owners = ", ".join(whose for whose, _ in several).replace(", head ", ", ")
            flags.append(SettingFlag(_unbounded(option), owner, help_=f"{help_of(option)} ({owners})".strip()))
    return flags


class _UnlikeOption(OptionField):
    """An option that several have in different kinds: who is chosen says what its value means."""

    def checked(self, value: Any) -> Any:
        return TypedText(value) if isinstance(value, str) else value


def _unlike(option: OptionField) -> OptionField:
    return _UnlikeOption(name=option.name, said={"flag": option.key, "metavar": "VALUE"})


def _form(option: OptionField) -> tuple[object, ...]:
    """What two options of one name must share to be one flag."""
    return option.kind, option.choices, option.key, option.said.get("size"), option.said.get("repeat")


def _addressed(offered: Iterable[tuple[TaskSpec, OptionField]]) -> list[SettingFlag]:
    """``--TASK.OPTION`` for each option of one of several tasks."""
    found: dict[str, list[tuple[TaskSpec, OptionField]]] = {}
    for task, option in offered:
        found.setdefault(f"{task.name}.{option.key}", []).append((task, option))
    flags = []
    for flag, several in found.items():
        task, option = several[-1]
        unlike = any(_form(other) != _form(option) for _, other in several)
        named = replace(option, name=f"{task.name}.{option.name}", said=_bare(option) | {"flag": flag})
        flags.append(SettingFlag(_unlike(named) if unlike else named, OPTION, hidden=True))
    return flags


def _unbounded(option: OptionField) -> OptionField:
    """Without its range: the head that is chosen checks its own, and that of another may be wider."""
    return replace(option, said=_bare(option))


def _bare(option: OptionField) -> Any:
    return {name: value for name, value in option.said.items() if name not in ("min", "max", "above")}


def check_flags(params: Sequence[click.Parameter], registry: Registry, tasks: Sequence[TaskSpec], command: str) -> None:
    """Refuse two things with one flag: nobody could say which is meant.

    Raises:
        UsageError: An input column or an option of a plugin is called like another flag of the command.
    """
    counts = Counter(name for param in params for name in param.opts)
    name = next((name for name, times in counts.items() if times > 1), None)
    if name is None:
        return
    from nlptasks._plugins.clashes import flags_wanted

    names = {task.name for task in tasks}
    mine = [item for item in registry.items if getattr(item.spec, "task", None) in (None, *names)]
    mine = [item for item in mine if not isinstance(item.spec, TaskSpec) or item.spec in tasks]
    wanting = [(whose, item) for item in mine for whose, flag in flags_wanted(Registry((item,))) if flag == name]
    said = " and ".join(dict.fromkeys(whose for whose, _ in wanting)) or "a plugin"
    own = [param for param in params if not (isinstance(param, SettingFlag) and isinstance(param.owner, str))]
    taken = any(name in param.opts for param in own)
    also = f", which is a flag of '{command}' itself" if taken else f" of '{command}'"
    plugins = dict.fromkeys(f"{item.distribution}:{item.plugin}" for _, item in wanting)
    raise UsageError(
        f"{said} {'wants' if len(wanting) == 1 else 'want'} {name}{also}",
        hint=f"its author must rename it; to do without it: nlptasks plugins disable {' or '.join(plugins) or 'NAME'}",
    )


def _told(tasks: Sequence[TaskSpec]) -> str:
    told = " ".join(f"{task.name}: {task.summary.rstrip('.?')}." for task in tasks)
    return f"{told} --{tasks[0].name}.OPTION gives an option to one task alone." if len(tasks) > 1 else told
