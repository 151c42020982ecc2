"""Fine-tuning a backbone by a recipe: finds the tasks, the data and the backbone's trainer, and runs that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nlptasks._names import resolve
from nlptasks._plugins.guard import load_object, plugin_errors
from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import TableSource
from nlptasks._systems.folders import named_backbone
from nlptasks._tables.gold import has_labels
from nlptasks._tables.training_rows import GoldReader, tell_skipped
from nlptasks._training.events import TrainingEvents
from nlptasks._training.methods import OBJECTIVES
from nlptasks._training.rows import tell_notes, without_repeats
from nlptasks.errors import UsageError
from nlptasks.files.names import is_there
from nlptasks.files.paths import refuse_stream, sha256_of
from nlptasks.plugin import BackboneSpec, MetricSpec, TaskSpec
from nlptasks.plugin.protocols import Metric, Scorer
from nlptasks.training.log import FILE, plot
from nlptasks.training.recipes import DataFile, JobTask, Recipe, RecipeJob, RecipeReport, RecipeTask, read_recipe


@dataclass(frozen=True, kw_only=True)
class RecipeRequest:
    """What to train by.

    Args:
        recipe: The recipe's file.
        output: Folder of the fine-tuned backbone.
        data_dir: Folder that the recipe's data files are in.
        device: See :class:`nlptasks.plugin.protocols.BackboneContext`.
        start: A folder that an earlier training left, to go on from; empty: the weights of the recipe's backbone.
        skip_bad_rows: Whether rows that cannot be read are left out.
    """

    recipe: Path
    output: Path
    data_dir: Path
    device: str = "auto"
    start: str = ""
    skip_bad_rows: bool = False


Tell = Callable[[str], None]

#: Called with the tokens that are trained and all that will be.
Advance = Callable[[int, int], None]


def ignore(done: int, total: int) -> None:
    """Show nobody how far it is."""


def train_recipe(
    registry: Registry,
    request: RecipeRequest,
    tell: Callable[[str], None],
    advance: Advance = ignore,
    observers: Observers | None = None,
) -> RecipeReport:
    """Fine-tune the recipe's backbone, and leave it in the output folder with plots of its log.

    Raises:
        UsageError: The recipe is not valid, names something that is not there, or its backbone cannot be fine-tuned.
        DataError: A row cannot be read.
    """
    refuse_stream(request.recipe, "a recipe is read again when it is kept beside the weights")
    recipe = read_recipe(request.recipe)
    trainer = backbone_trainer(registry, recipe.backbone)
    skipped: Counter[str] = Counter()
    tasks = tuple(part.task for part in recipe.tasks)
    events = TrainingEvents(observers, advance, tasks, str(request.recipe), str(request.output))
    job = recipe_job(registry, recipe, request, tell, events.advance, skipped)
    try:
        request.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{request.output} cannot be made: {error.strerror}") from error
    with events:
        report = trainer(job)
    plot_of(request.output, tell)
    tell_skipped(skipped, tell)
    return report


def recipe_job(
    registry: Registry, recipe: Recipe, request: RecipeRequest, tell: Tell, advance: Advance, skipped: Counter[str]
) -> RecipeJob:
    """What the backbone's trainer is given: the recipe with its data.

    Args:
        registry: What is installed.
        recipe: The recipe that the request names.
        request: What to train by.
        tell: Called with a line for the user.
        advance: Called with the tokens that are trained and all that will be.
        skipped: Counts the rows left out, by reason.

    Raises:
        UsageError: A task or a file of the recipe is not there.
        DataError: A row cannot be read.
    """
    return RecipeJob(
        start=_start(request, recipe),
        recipe=recipe,
        source=request.recipe.read_text(encoding="utf-8"),
        tasks=tuple(_task(registry, part, request, skipped, recipe.validation_rows, tell) for part in recipe.tasks),
        output=request.output,
        device=request.device,
        progress=tell,
        advance=advance,
    )


def _start(request: RecipeRequest, recipe: Recipe) -> Path | None:
    """The folder to go on from."""
    if not request.start:
        return None
    named = named_backbone((), request.start)
    if named.folder is None or named.name != recipe.backbone:
        raise UsageError(
            f"{request.start} is no folder that a training of the backbone '{recipe.backbone}' left",
            hint="leave --backbone out to start from the backbone's own weights",
        )
    refuse_start(named.folder, request.output)
    return named.folder


def refuse_start(start: Path, output: Path) -> None:
    """Refuse to train into the folder whose weights the training goes on from.

    Raises:
        UsageError: The output folder is that one, or the head's that it lies in.
    """
    if output.resolve() in (start.resolve(), start.resolve().parent):
        raise UsageError(
            f"{output} holds the backbone that training goes on from", hint="give another folder: --output FOLDER"
        )


def plot_of(folder: Path, tell: Callable[[str], None]) -> None:
    """Plot a training, where its trainer left a log."""
    if is_there(folder / FILE):
        plot(folder, tell)


def backbone_trainer(registry: Registry, backbone: str) -> Callable[[RecipeJob], RecipeReport]:
    """What fine-tunes a backbone.

    Raises:
        UsageError: There is no such backbone, or it cannot be fine-tuned.
    """
    item = registry.get(BackboneSpec, backbone)
    spec = item.spec
    if not spec.trainer:
        able = [other.spec.name for other in registry.all(BackboneSpec) if other.spec.trainer]
        raise UsageError(
            f"the backbone '{spec.name}' cannot be fine-tuned", hint=f"those that can: {', '.join(able) or 'none'}"
        )
    what = f"the trainer of the backbone {item.qualified}"
    trainer: Callable[[RecipeJob], RecipeReport] = load_object(what, spec.trainer)

    def guarded(job: RecipeJob) -> RecipeReport:
        with plugin_errors(what):
            return trainer(job)

    return guarded


def _task(
    registry: Registry, part: RecipeTask, request: RecipeRequest, skipped: Counter[str], most_held_out: int, tell: Tell
) -> JobTask:
    spec, folder = registry.get(TaskSpec, part.task).spec, request.data_dir
    source = TableSource(columns=part.columns, gold=part.gold, skip_bad_rows=request.skip_bad_rows)
    reader = GoldReader(registry=registry, task=spec, skipped=skipped, source=source)
    for name in (*part.data, *part.validation):
        reader.check(str(folder / name))

    def say(line: str) -> None:
        tell(f"{part.task}: {line}")

    examples = list(islice(reader.examples(_paths(folder, part.data)), part.rows or None))
    tell_notes(reader, say)
    validation = list(islice(reader.examples(_paths(folder, part.validation), held_out=True), most_held_out or None))
    tell_notes(reader, say)
    raw = part.objective in OBJECTIVES
    return JobTask(
        recipe=part,
        spec=spec,
        prediction=resolve(spec.prediction),
        examples=examples,
        validation=without_repeats(validation, ", ".join(part.validation), examples, say, raw=raw),
        files=tuple(_described(folder, name) for name in (*part.data, *part.validation)),
        score=scorer(registry, spec),
    )


def _paths(folder: Path, names: Sequence[str]) -> list[str]:
    return [str(folder / name) for name in names]


def _described(folder: Path, name: str) -> DataFile:
    return DataFile(name=name, sha256=sha256_of(folder / name))


#: What the name of a score has behind it where it is that of the trivial baseline.
BASELINE = "-baseline"


def scorer(registry: Registry, task: TaskSpec) -> Scorer:
    """Scores by the task's metrics, the primary one first; for labels also what the commonest gold label reaches."""
    names = sorted(task.metrics, key=lambda name: name != task.primary)
    near = registry.owners(TaskSpec, task.name)
    items = [registry.get(MetricSpec, name, near=near) for name in names]

    def score(answers: Sequence[str], golds: Sequence[str], labels: Sequence[str]) -> Mapping[str, float]:
        found = {item.spec.name: _scored(item, answers, golds, labels) for item in items}
        if not golds or not has_labels(task):
            return found
        counts = Counter(gold for gold in golds if gold in labels) or Counter(golds)
        trivial = [min(counts, key=lambda gold: (-counts[gold], gold))] * len(golds)
        # Behind the others: the first score is the one that a training goes by.
        return found | {f"{item.spec.name}{BASELINE}": _scored(item, trivial, golds, labels) for item in items}

    return score


def _scored(item: Owned[MetricSpec], answers: Sequence[str], golds: Sequence[str], labels: Sequence[str]) -> float:
    what = f"the metric {item.qualified}"
    make: Callable[..., Metric] = load_object(what, item.spec.object)
    with plugin_errors(what):
        metric = make(tuple(labels))
        return float(metric.score(metric.stats(answers, golds).sum(axis=0)))
