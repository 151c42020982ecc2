"""``nlptasks train TASK --data FILE --output FOLDER``, and ``nlptasks train --recipe FILE --output FOLDER``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup, source_of, system_of
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._cli.once import check_repeated
from nlptasks._cli.views.progress import shown
from nlptasks._settings.groups import BenchmarkChoice, SystemChoice, TableSource
from nlptasks._settings.training import TrainingData, TrainingSettings, TrainingTarget
from nlptasks._training.methods import DECODER, TO, can_train, offers, writes
from nlptasks.errors import UsageError
from nlptasks.plugin.options import setting
from nlptasks.text.display import counted

if TYPE_CHECKING:
    from nlptasks._systems.system import System


#: Held-out rows below which their scores say little.
FEW = 100

#: Ends of the names of the trivial baseline's scores.
_BASELINE = ("_baseline", "-baseline")


@dataclass(frozen=True, kw_only=True)
class RecipeSettings:
    """What takes the place of a task."""

    recipe: str = setting("", "Fine-tune a backbone by this recipe; takes the place of TASK.", metavar="FILE")
    plot: str = setting("", "Plot the log of a training, and train nothing.", metavar="FOLDER")


def train_task(app: App, tasks: list[str], chosen: Chosen) -> None:
    """Train a head or the backbone's decoder, and print how good it is on held-out rows."""
    from nlptasks._systems.session import Session
    from nlptasks._training.train import TrainRequest
    from nlptasks._training.train import train as train_head

    data, how, target = chosen.of(TrainingData), chosen.of(TrainingSettings), chosen.of(TrainingTarget)
    plugins = app.plugins()
    session = Session(plugins.registry)
    specs = session.tasks(tasks)
    system = session.choose(specs, system_of(chosen, specs), made=DECODER)
    made = "backbone" if writes(system.heads[0].head.spec) else "head"
    output = Path(target.output or f"{specs[0].name}-{made}")
    request = TrainRequest.of(data, how, source_of(chosen), output=output, force=target.force)
    with shown() as show:
        report = train_head(
            session,
            system,
            request,
            show.line,
            show.advance,
            plugins.observers(lambda line: show.line(f"warning: {line}")),
        )
    scores = _listed(report.scores)
    made_of = f"{report.n_train:,} training rows" if request.data else f"the output layer in {how.layers}"
    labels = f"{len(report.labels)} labels, " if report.labels else ""
    click.echo(f"{labels}{made_of} -> {output}", err=True)
    if scores:
        rows = counted(report.n_validation, "row")
        few = "; few rows: the scores are rough" if report.n_validation < FEW else ""
        were = "was" if report.n_validation == 1 else "were"
        click.echo(f"on {rows} that {were} held out: {scores}{few}", err=True)
    elif request.data:
        click.echo("nothing was held out, so that nothing is known of how good it is", err=True)
    if report.refitted and scores:
        click.echo("the head itself was then fitted on all rows, these too", err=True)
    click.echo(f"use it: nlptasks run {specs[0].name}{_flags_of_use(system, output)} --data FILE", err=True)


def _listed(scores: Mapping[str, float]) -> str:
    """Scores on one line, each with that of the trivial baseline behind it."""
    baselines = {name: value for name, value in scores.items() if name.endswith(_BASELINE)}
    own = ((name, value) for name, value in scores.items() if name not in baselines)
    return ", ".join(f"{name} {value:.3f}{_beside(name, baselines)}" for name, value in own)


def _beside(name: str, baselines: Mapping[str, float]) -> str:
    """The trivial baseline's value of a score, where there is one."""
    found = next((baselines[name + end] for end in _BASELINE if name + end in baselines), None)
    return "" if found is None else f" (trivial baseline {found:.3f})"


def _flags_of_use(system: System, output: Path) -> str:
    """The flags by which ``run`` uses what was trained."""
    item = system.heads[0]
    if not writes(item.head.spec):
        return f" --head {output}" + (f" --backbone {system.context.folder}" if system.context.folder else "")
    head = "" if item.head.spec.default else f" --head {item.head.spec.name}"
    to = getattr(item.options, TO, "")
    return f"{head}{f' --{TO} {to}' if to else ''} --backbone {output}"


class TrainGroup(TaskGroup):
    """The tasks, each a command; or, with ``--recipe`` or ``--plot``, none of them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if any(arg.partition("=")[0] in ("--recipe", "--plot") for arg in args):
            check_repeated(self, ctx, args)
            return click.Group.parse_args(self, ctx, args)
        return super().parse_args(ctx, args)


def train_by_recipe(ctx: click.Context, **values: Any) -> None:
    """Fine-tune a backbone and print its scores, or plot how a training went; without either, leave it to the task."""
    chosen = Chosen(_OF_RECIPES, values)
    what = chosen.of(RecipeSettings)
    if not what.recipe and not what.plot:
        return
    if ctx.invoked_subcommand is not None:
        named = "a recipe names its own tasks" if what.recipe else "a log names its own tasks"
        raise UsageError(named, hint=f"leave '{ctx.invoked_subcommand}' out")
    if what.plot:
        from nlptasks.training.log import plot as plot_log

        plot_log(Path(what.plot), lambda line: click.echo(line, err=True))
        return
    from nlptasks._training.recipe import RecipeRequest, train_recipe

    app = ctx.find_object(App)
    assert app is not None
    folder = Path(chosen.of(TrainingTarget).output or f"{Path(what.recipe).stem}-backbone")
    system = chosen.of(SystemChoice)
    request = RecipeRequest(
        recipe=Path(what.recipe),
        output=folder,
        data_dir=Path(chosen.of(BenchmarkChoice).data_dir or "."),
        device=system.device,
        start=system.backbone,
        skip_bad_rows=chosen.of(TableSource).skips,
    )
    plugins = app.plugins()
    with shown() as show:
        observers = plugins.observers(lambda line: show.line(f"warning: {line}"))
        report = train_recipe(plugins.registry, request, show.line, show.advance, observers)
    click.echo(f"{report.tokens:,} tokens in {report.steps:,} steps and {report.seconds:,.0f} s -> {folder}", err=True)
    baselines = {name: value for name, value in report.scores.items() if name.endswith(_BASELINE)}
    for name, value in report.scores.items():
        if name not in baselines:
            click.echo(f"  {name} {value:.3f}{_beside(name, baselines)}", err=True)


_OF_RECIPES = [
    *flags_of(RecipeSettings),
    *flags_of(TrainingTarget, only=("output",)),
    *flags_of(BenchmarkChoice, only=("data_dir",)),
    *flags_of(SystemChoice, only=("backbone", "device")),
    *flags_of(TableSource, only=("on_error", "skip_bad_rows")),
]

train = TrainGroup(
    "train",
    body=train_task,
    params_of_body=[
        *flags_of(TrainingData),
        *flags_of(TrainingSettings),
        *flags_of(TrainingTarget),
        *flags_of(TableSource, without=("data", "id")),
        *flags_of(SystemChoice),
    ],
    many=False,
    wanted=can_train,
    offers=offers,
    params=_OF_RECIPES,
    callback=click.pass_context(train_by_recipe),
    invoke_without_command=True,
    help="Train a head on the frozen backbone, or the backbone.",
    epilog="The same command again goes on with interrupted training, where the head keeps its features.",
    no_args_is_help=True,
)
