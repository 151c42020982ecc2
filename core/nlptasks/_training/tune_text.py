"""The methods ``finetune`` and ``pretrain`` for heads that write text: they train the backbone's decoder.

Such heads have no weights of their own. What is left is a backbone's folder, whose encoder is that of the backbone that
it starts from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nlptasks._names import did_you_mean, resolve
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks._tables.training_rows import GoldReader, tell_skipped
from nlptasks._training.finetune import (
    BATCHES,
    EVALUATED,
    FEW,
    MAX_TOKENS,
    PATIENCE,
    check_start,
    length_of,
)
from nlptasks._training.methods import FINETUNE, OBJECTIVES, PRETRAIN, TO
from nlptasks._training.recipe import Advance, backbone_trainer, plot_of, scorer
from nlptasks._training.rows import read_rows, tell_notes, without_repeats
from nlptasks._training.train import (
    Tell,
    TrainRequest,
    checked_reader,
    described,
    make_folder,
    refuse_finished,
)
from nlptasks.errors import DataError, UsageError
from nlptasks.files.names import is_there
from nlptasks.models.checkpoints import has_decoder
from nlptasks.plugin import GENERATE, LIKELIHOOD, MetricSpec
from nlptasks.plugin.protocols import Example, TrainReport
from nlptasks.training.recipes import (
    MODEL_CARD,
    RECIPE,
    DataFile,
    JobTask,
    Recipe,
    RecipeJob,
    RecipeReport,
    RecipeTask,
    recipe_text,
)
from nlptasks.training.splits import hold_out

#: Default rate: decoders bear more than encoders.
RATE = 5e-4

#: What a decoder writes where nobody says so.
ENGLISH = "en"


def finetune(session: Session, system: System, request: TrainRequest, tell: Tell, advance: Advance) -> TrainReport:
    """Train the decoder to write the gold answers for the inputs; see :func:`nlptasks._training.train.train`."""
    return _train(session, system, request, tell, advance, "")


def pretrain(session: Session, system: System, request: TrainRequest, tell: Tell, advance: Advance) -> TrainReport:
    """Train the decoder on raw text, which the gold column holds; see :func:`nlptasks._training.train.train`."""
    _check_pretraining(system, request)
    return _train(session, system, request, tell, advance, request.objective or OBJECTIVES[0])


def language_of(system: System, request: TrainRequest) -> str:
    """ISO 639-1 code of the language that the decoder learns to write.

    Raises:
        UsageError: The head has an option for it, and ``--language`` is given.
    """
    to = getattr(system.heads[0].options, TO, None)
    if to is None:
        return (request.language or ENGLISH).lower()
    if request.language:
        raise UsageError(
            f"the head '{system.heads[0].head.spec.name}' says its language by --{TO}",
            hint=f"write --{TO} {request.language} in place of --language",
        )
    return str(to).lower()


def _train(
    session: Session, system: System, request: TrainRequest, tell: Tell, advance: Advance, objective: str
) -> TrainReport:
    language = language_of(system, request)
    check_start(session, system, request)
    refuse_finished(request, MODEL_CARD, "backbone")
    skipped: Counter[str] = Counter()
    reader = _reader(session, system, request, skipped, objective)
    rows, held_out = _rows(reader, request, objective, tell)
    recipe = _recipe(system, request, language, objective, len(rows), len(held_out))
    make_folder(request)
    _clear(request)
    if not recipe.warm:
        tell(f"the backbone '{recipe.backbone}' has no decoder to go on from: a new one is made")
    report = _run(session, system, request, tell, advance, recipe, rows, held_out[:EVALUATED])
    plot_of(request.output, tell)
    tell_skipped(skipped, tell)
    return TrainReport(
        n_train=len(rows),
        n_validation=len(held_out[:EVALUATED]),
        labels=(),
        # There is one part, so that its name says nothing.
        scores={name.rpartition("/")[2]: value for name, value in report.scores.items()},
        settings={"tokens": report.tokens, "steps": report.steps, "language": language, "objective": objective},
    )


def _run(
    session: Session,
    system: System,
    request: TrainRequest,
    tell: Tell,
    advance: Advance,
    recipe: Recipe,
    rows: Sequence[Example],
    held_out: Sequence[Example],
) -> RecipeReport:
    """Run the backbone's trainer, which goes on where it was interrupted."""
    assert system.backbone is not None
    task = system.heads[0].task
    part = JobTask(
        recipe=recipe.tasks[0],
        spec=task,
        prediction=resolve(task.prediction),
        examples=rows,
        validation=held_out,
        files=tuple(DataFile(**described(path)) for path in (*request.data, *request.validation)),
        score=scorer(session.registry, task),
    )
    trainer = backbone_trainer(session.registry, system.backbone.qualified)
    job = RecipeJob(
        recipe=recipe,
        source=recipe_text(recipe),
        tasks=(part,),
        output=request.output,
        device=system.context.device,
        progress=tell,
        advance=advance,
        start=system.context.folder,
    )
    return trainer(job)


def _check_pretraining(system: System, request: TrainRequest) -> None:
    """Find what makes no sense on raw text."""
    task = system.heads[0].task
    needed = [column.name for column in task.inputs if not column.optional]
    if needed:
        raise UsageError(
            f"--method {PRETRAIN} reads raw text, and the task '{task.name}' needs a column '{needed[0]}' beside it",
            hint=f"--method {FINETUNE} learns from rows with both; `nlptasks train generation` takes raw text",
        )
    if request.objective and request.objective not in OBJECTIVES:
        raise UsageError(
            f"no objective '{request.objective}'{did_you_mean(request.objective, OBJECTIVES)}",
            hint=f"known: {', '.join(OBJECTIVES)}",
        )
    if request.objective == "denoise" and not _has_decoder(system):
        assert system.backbone is not None
        raise UsageError(
            f"the backbone '{system.backbone.spec.name}' has no decoder, and a new one that learns only to denoise "
            "could write nothing else",
            hint=f"--objective {OBJECTIVES[0]}, or another --backbone",
        )


def _has_decoder(system: System) -> bool:
    """Whether the system's backbone has a decoder that training can go on from."""
    assert system.backbone is not None
    return has_decoder(system.context.folder) if system.context.folder else GENERATE in system.backbone.spec.provides


def _clear(request: TrainRequest) -> None:
    """Forget that training was finished here, where it is to be done again; the trainer replaces the files."""
    if request.force and is_there(request.output / MODEL_CARD):
        for name in (MODEL_CARD, RECIPE):
            (request.output / name).unlink(missing_ok=True)


def _reader(
    session: Session, system: System, request: TrainRequest, skipped: Counter[str], objective: str
) -> GoldReader:
    """A reader of the request's files; of texts that follow a prompt, it keeps the space before the first word."""
    reader = checked_reader(session, system, request, skipped)
    reads = session.registry.get(MetricSpec, system.heads[0].task.primary).spec.reads
    return replace(reader, verbatim=reads == LIKELIHOOD and not objective)


def _rows(reader: GoldReader, request: TrainRequest, objective: str, tell: Tell) -> tuple[list[Example], list[Example]]:
    """The rows to train on and those that are held out; of raw text, none is on both sides.

    Raises:
        DataError: No row can be trained on.
    """
    if not objective:
        rows, held_out = read_rows(reader, request.data, request.validation, request.seed, tell)
    else:
        rows, held_out = _texts(reader, request.data), _texts(reader, request.validation)
        tell_notes(reader, tell)
        if request.validation:
            held_out = without_repeats(held_out, ", ".join(request.validation), rows, tell)
        else:
            rows, held_out = hold_out(rows, request.seed, tell=tell)
    if not rows:
        raise DataError(", ".join(request.data), "no row has a text to train on")
    return rows, held_out


def _texts(reader: GoldReader, paths: Sequence[str]) -> list[Example]:
    """Raw texts: the inputs are the text too, by which rows are held out."""
    names = [column.name for column in reader.task.inputs]
    return [replace(example, inputs=dict.fromkeys(names, example.gold or "")) for example in reader.examples(paths)]


def _recipe(system: System, request: TrainRequest, language: str, objective: str, rows: int, held_out: int) -> Recipe:
    """The recipe that the flags describe. It names files by their folder and name, as cards do."""
    assert system.backbone is not None
    task = system.heads[0].task
    part = RecipeTask(
        task=task.name,
        head=task.name,
        data=tuple(described(path)["name"] for path in request.data),
        validation=tuple(described(path)["name"] for path in request.validation),
        columns=request.source.columns,
        gold=request.source.gold,
        language=language,
        objective=objective,
    )
    return Recipe(
        backbone=system.backbone.spec.name,
        tasks=(part,),
        trains="decoder",
        warm=_has_decoder(system),
        seed=request.seed,
        batch_tokens=BATCHES[rows >= FEW],
        max_tokens=MAX_TOKENS if request.max_tokens is None else request.max_tokens,
        head_rate=RATE if request.rate is None else request.rate,
        validation_rows=EVALUATED,
        patience=PATIENCE if held_out else 0,
        **length_of(request),
    )
