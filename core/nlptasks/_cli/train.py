"""``nlptasks train TASK --data FILE --output FOLDER``, and ``nlptasks train --recipe FILE --output FOLDER``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup, device_params, flag, format_options, format_params
from nlptasks.errors import UsageError


def train_task(app: App, tasks: list[str], **values: Any) -> None:
    """Train a head and print how good it is on held-out rows."""
    from nlptasks._pool import BackbonePool
    from nlptasks._session import Session, heads_by_task
    from nlptasks._train import TrainRequest
    from nlptasks._train import train as train_head

    session = Session(app.plugins().registry, BackbonePool())
    specs = session.tasks(tasks)
    head = values.pop("head")
    heads = heads_by_task(specs, [head] if head else [])
    plan = session.plan(specs, heads=heads, backbone=values.pop("backbone"), options=values.pop("options"))
    output = Path(values.pop("output") or f"{specs[0].name}-head")
    request = TrainRequest(reading=format_options(values), output=output, **values)
    report = train_head(session, plan, request, lambda line: click.echo(line, err=True))
    scores = ", ".join(f"{name} {value:.3f}" for name, value in report.scores.items())
    click.echo(f"{len(report.labels)} labels, {report.n_train:,} training rows -> {output}", err=True)
    click.echo(f"on {report.n_validation:,} rows that were held out: {scores}", err=True)
    if not request.validation:
        click.echo("the head itself was then fitted on all rows, these too", err=True)
    click.echo(f"use it: nlptasks run {specs[0].name} --head {output} --data FILE", err=True)


_PARAMS: list[click.Parameter] = [
    flag(
        "--data",
        required=True,
        multiple=True,
        metavar="FILE",
        shown="Rows with gold answers; may be repeated.",
    ),
    flag("--validation", multiple=True, metavar="FILE", shown="Held-out rows.  [default: a tenth of the data]"),
    flag("--output", "-o", default="", metavar="FOLDER", shown="Where the trained head goes.  [default: TASK-head]"),
    flag("--force", "-f", is_flag=True, shown="Train again where the folder holds a trained head."),
    flag("--gold", default="", metavar="COLUMN", shown="Column with the right answers.  [default: by its name]"),
    flag("--head", default="", metavar="NAME", shown="The head to train.  [default: the task's default head]"),
    flag("--seed", type=int, default=0, shown="Seed of everything that is drawn.  [default: 0]"),
    *device_params(),
    *format_params(),
]


class TrainGroup(TaskGroup):
    """The tasks, each a command; or, with ``--recipe``, none of them: a recipe names its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if any(arg == "--recipe" or arg.startswith("--recipe=") for arg in args):
            return click.Group.parse_args(self, ctx, args)
        return super().parse_args(ctx, args)


def train_by_recipe(ctx: click.Context, recipe: str, output: str, data_dir: str, device: str) -> None:
    """Fine-tune a backbone and print how good it is on held-out rows; without a recipe, leave it to the task."""
    if not recipe:
        return
    if ctx.invoked_subcommand is not None:
        raise UsageError("a recipe names its own tasks", hint=f"leave '{ctx.invoked_subcommand}' out")
    from nlptasks._recipe import RecipeRequest, train_recipe

    app = ctx.find_object(App)
    assert app is not None
    folder = Path(output or f"{Path(recipe).stem}-backbone")
    request = RecipeRequest(recipe=Path(recipe), output=folder, data_dir=Path(data_dir), device=device)
    report = train_recipe(app.plugins().registry, request, lambda line: click.echo(line, err=True))
    click.echo(f"{report.tokens:,} tokens in {report.steps:,} steps and {report.seconds:,.0f} s -> {folder}", err=True)
    for name, value in report.scores.items():
        click.echo(f"  {name} {value:.3f}", err=True)


_PARAMS_OF_RECIPE: list[click.Parameter] = [
    flag("--recipe", default="", metavar="FILE", shown="Fine-tune a backbone by this recipe; takes the place of TASK."),
    flag("--output", "-o", default="", metavar="FOLDER", shown="Where it goes.  [default: RECIPE-backbone]"),
    flag("--data-dir", default=".", metavar="DIR", shown="Folder of the recipe's data files.  [default: this one]"),
    flag("--device", default="auto", metavar="auto|cpu|cuda|mps", shown="Where it runs.  [default: auto]"),
]

train = TrainGroup(
    "train",
    body=train_task,
    params_of_body=_PARAMS,
    many=False,
    wanted=lambda head: bool(head.trainer),
    params=_PARAMS_OF_RECIPE,
    callback=click.pass_context(train_by_recipe),
    invoke_without_command=True,
    help="Train a head on the frozen backbone.",
    epilog="The same command again goes on with interrupted training, where the head keeps its features.",
    no_args_is_help=True,
)
