"""``nlptasks train TASK --data FILE --output FOLDER``, and ``nlptasks train --recipe FILE --output FOLDER``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup
from nlptasks._cli.flags import device_params, flag, format_options, format_params, gold_flag, skip_bad_rows_flag
from nlptasks._cli.views.progress import shown
from nlptasks._training.methods import DECODER, NAMES, OBJECTIVES, TO, can_train, offers, writes
from nlptasks.errors import UsageError

if TYPE_CHECKING:
    from nlptasks._systems.session import Plan


def train_task(app: App, tasks: list[str], **values: Any) -> None:
    """Train a head or the backbone's decoder, and print how good it is on held-out rows."""
    from nlptasks._systems.pool import BackbonePool
    from nlptasks._systems.session import Session, heads_by_task
    from nlptasks._training.train import TrainRequest
    from nlptasks._training.train import train as train_head

    session = Session(app.plugins().registry, BackbonePool())
    specs = session.tasks(tasks)
    head = values.pop("head")
    heads = heads_by_task(specs, [head] if head else [])
    backbone, options = values.pop("backbone"), values.pop("options")
    plan = session.plan(specs, heads=heads, backbone=backbone, options=options, made=DECODER)
    made = "backbone" if writes(plan.tasks[0].head.spec) else "head"
    output = Path(values.pop("output") or f"{specs[0].name}-{made}")
    layers = values.pop("layers")
    request = TrainRequest(
        reading=format_options(values), output=output, layers=Path(layers) if layers else None, **values
    )
    with shown() as show:
        report = train_head(session, plan, request, show.line, show.advance)
    scores = ", ".join(f"{name} {value:.3f}" for name, value in report.scores.items())
    made_of = f"{report.n_train:,} training rows" if request.data else f"the output layer in {layers}"
    labels = f"{len(report.labels)} labels, " if report.labels else ""
    click.echo(f"{labels}{made_of} -> {output}", err=True)
    if scores:
        click.echo(f"on {report.n_validation:,} rows that were held out: {scores}", err=True)
    if report.refitted:
        click.echo("the head itself was then fitted on all rows, these too", err=True)
    click.echo(f"use it: nlptasks run {specs[0].name}{_flags_of_use(plan, output)} --data FILE", err=True)


def _flags_of_use(plan: Plan, output: Path) -> str:
    """The flags by which ``run`` uses what was trained."""
    item = plan.tasks[0]
    if not writes(item.head.spec):
        return f" --head {output}" + (f" --backbone {plan.folder}" if plan.folder else "")
    head = "" if item.head.spec.default else f" --head {item.head.spec.name}"
    to = getattr(item.options, TO, "")
    return f"{head}{f' --{TO} {to}' if to else ''} --backbone {output}"


_PARAMS: list[click.Parameter] = [
    flag(
        "--data",
        multiple=True,
        metavar="FILE",
        shown="Rows with gold answers; may be repeated.",
    ),
    flag("--validation", multiple=True, metavar="FILE", shown="Held-out rows.  [default: a tenth of the data]"),
    flag(
        "--method",
        default="probe",
        metavar="|".join(NAMES),
        shown="Train a head on the frozen backbone, or the backbone too (of heads that write text: its decoder), or "
        "the decoder on raw text in the gold column.  [default: probe]",
    ),
    flag("--epochs", type=float, metavar="N", shown="Passes of fine-tuning over the rows.  [default: 3]"),
    flag("--tokens", type=int, metavar="N", shown="Tokens to fine-tune on, in place of --epochs."),
    flag(
        "--rate",
        type=float,
        metavar="R",
        shown="Highest learning rate of fine-tuning.  [default: 0.0001, of a decoder 0.0005]",
    ),
    flag("--max-tokens", type=int, metavar="N", shown="Longest window of fine-tuning.  [default: 256]"),
    flag(
        "--objective",
        default="",
        metavar="|".join(OBJECTIVES),
        shown="What is learnt of raw text: to carry it on, or to denoise it.  [default: causal]",
    ),
    flag("--language", default="", metavar="CODE", shown="Language that a decoder learns to write.  [default: en]"),
    flag(
        "--from-layers",
        "layers",
        default="",
        metavar="FOLDER",
        shown="Make the head of the output layer of a fine-tuned backbone, and train nothing; replaces --data.",
    ),
    flag("--layer", default="", metavar="NAME", shown="Which one, where the folder holds several that fit."),
    flag(
        "--output",
        "-o",
        default="",
        metavar="FOLDER",
        shown="Where the trained head or decoder goes.  [default: TASK-head]",
    ),
    flag("--force", "-f", is_flag=True, shown="Train again where the folder holds a trained head."),
    gold_flag(),
    flag("--head", default="", metavar="NAME", shown="The head to train.  [default: the task's default head]"),
    flag("--seed", type=int, default=0, shown="Seed of everything that is drawn.  [default: 0]"),
    *device_params(),
    *format_params(),
]


class TrainGroup(TaskGroup):
    """The tasks, each a command; or, with ``--recipe`` or ``--plot``, none of them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if any(arg.partition("=")[0] in ("--recipe", "--plot") for arg in args):
            return click.Group.parse_args(self, ctx, args)
        return super().parse_args(ctx, args)


def train_by_recipe(
    ctx: click.Context,
    recipe: str,
    output: str,
    data_dir: str,
    backbone: str,
    device: str,
    skip_bad_rows: bool,
    plot: str,
) -> None:
    """Fine-tune a backbone and print its scores, or plot how a training went; without either, leave it to the task."""
    if not recipe and not plot:
        return
    if ctx.invoked_subcommand is not None:
        what = "a recipe names its own tasks" if recipe else "a log names its own tasks"
        raise UsageError(what, hint=f"leave '{ctx.invoked_subcommand}' out")
    if plot:
        from nlptasks.training.log import plot as plot_log

        plot_log(Path(plot), lambda line: click.echo(line, err=True))
        return
    from nlptasks._training.recipe import RecipeRequest, train_recipe

    app = ctx.find_object(App)
    assert app is not None
    folder = Path(output or f"{Path(recipe).stem}-backbone")
    request = RecipeRequest(
        recipe=Path(recipe),
        output=folder,
        data_dir=Path(data_dir),
        device=device,
        start=backbone,
        skip_bad_rows=skip_bad_rows,
    )
    with shown() as show:
        report = train_recipe(app.plugins().registry, request, show.line, show.advance)
    click.echo(f"{report.tokens:,} tokens in {report.steps:,} steps and {report.seconds:,.0f} s -> {folder}", err=True)
    for name, value in report.scores.items():
        click.echo(f"  {name} {value:.3f}", err=True)


_PARAMS_OF_RECIPE: list[click.Parameter] = [
    flag("--recipe", default="", metavar="FILE", shown="Fine-tune a backbone by this recipe; takes the place of TASK."),
    flag("--output", "-o", default="", metavar="FOLDER", shown="Where it goes.  [default: RECIPE-backbone]"),
    flag("--data-dir", default=".", metavar="DIR", shown="Folder of the recipe's data files.  [default: this one]"),
    flag(
        "--backbone",
        default="",
        metavar="FOLDER",
        shown="Go on from what an earlier training left.  [default: the weights of the recipe's backbone]",
    ),
    flag("--device", default="auto", metavar="auto|cpu|cuda|mps", shown="Where it runs.  [default: auto]"),
    skip_bad_rows_flag(),
    flag("--plot", default="", metavar="FOLDER", shown="Plot the log of a training, and train nothing."),
]

train = TrainGroup(
    "train",
    body=train_task,
    params_of_body=_PARAMS,
    many=False,
    wanted=can_train,
    offers=offers,
    params=_PARAMS_OF_RECIPE,
    callback=click.pass_context(train_by_recipe),
    invoke_without_command=True,
    help="Train a head on the frozen backbone, or the backbone.",
    epilog="The same command again goes on with interrupted training, where the head keeps its features.",
    no_args_is_help=True,
)
