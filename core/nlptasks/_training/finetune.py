"""The method ``finetune``: first the backbone on one task, by its own trainer, then a head on what came of it.

Both lie in one folder: ``head.json`` and the head's weights, and the backbone in ``backbone/``.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from nlptasks._names import resolve
from nlptasks._systems.folders import CARD
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks._tables.training_rows import tell_skipped
from nlptasks._training.recipe import Advance, backbone_trainer, plot_of, refuse_start, scorer
from nlptasks._training.rows import read_rows
from nlptasks._training.train import (
    Tell,
    TrainRequest,
    checked_reader,
    described,
    head_job,
    make_folder,
    open_backbone,
    owners,
    trainer_of,
    write_card,
)
from nlptasks.errors import UsageError
from nlptasks.files.names import is_folder, is_there
from nlptasks.files.paths import atomic_output, sha256_of
from nlptasks.plugin.protocols import Example, TrainReport
from nlptasks.training.recipes import MODEL_CARD, DataFile, JobTask, Recipe, RecipeJob, RecipeTask, recipe_text

#: Folder of the backbone in that of the head.
BACKBONE = "backbone"

#: What a backbone that is done was made of, until the head is done too.
DONE = ".backbone.json"

#: Defaults. Small encoders bear a higher rate than the 2e-5 to 5e-5 of Devlin et al. 2019 (arXiv 1810.04805).
EPOCHS, RATE, MAX_TOKENS = 3.0, 1e-4, 256

#: Rows below which batches are small, so that few rows make many steps, and padded tokens of a batch below and above.
FEW, BATCHES = 1_000, (512, 2_048)

#: Rate of the output layer, which starts from nothing, as a multiple of the encoder's.
HEAD_RATE = 10

#: Held-out rows that an evaluation between two epochs reads, and evaluations without progress before the end.
EVALUATED, PATIENCE = 1_000, 2


def finetune(session: Session, system: System, request: TrainRequest, tell: Tell, advance: Advance) -> TrainReport:
    """Fine-tune the system's backbone, and make the head on it; see :func:`nlptasks._training.train.train`."""
    assert system.backbone is not None
    check_start(session, system, request)
    skipped: Counter[str] = Counter()
    reader = checked_reader(session, system, request, skipped)
    _clear(request)
    make_folder(request)
    rows, held_out = read_rows(reader, request.data, request.validation, request.seed, tell)
    tuned = _tuned(session, system, request, tell, advance, rows, held_out)
    folder = request.output / BACKBONE
    job = head_job(
        session,
        system,
        request,
        tell,
        backbone=open_backbone(session, system, folder),
        examples=rows,
        validation=held_out or None,
        layers=folder if system.heads[0].head.spec.takes_layer else None,
    )
    report = replace(trainer_of(system)(job), n_train=len(rows))  # the backbone's layer was trained on them
    tell_skipped(skipped, tell)
    made = {"backbone": {"folder": BACKBONE}, "fine-tuning": tuned, "plugins": owners(session, system)}
    write_card(job, request, report, skipped, made)
    (request.output / DONE).unlink()
    return report


def check_start(session: Session, system: System, request: TrainRequest) -> None:
    """Check that the system's backbone can be trained, and not into the folder whose weights the training goes on from.

    Raises:
        UsageError: It cannot; or the output folder is that one, or the head's that it lies in.
    """
    assert system.backbone is not None
    backbone_trainer(session.registry, system.backbone.qualified)
    if system.context.folder:
        refuse_start(system.context.folder, request.output)


def _clear(request: TrainRequest) -> None:
    """Make room for another backbone where the one that lies there is replaced."""
    if request.force and is_there(request.output / CARD) and is_folder(request.output / BACKBONE):
        shutil.rmtree(request.output / BACKBONE)
        (request.output / CARD).unlink()


def _tuned(
    session: Session,
    system: System,
    request: TrainRequest,
    tell: Tell,
    advance: Advance,
    rows: Sequence[Example],
    held_out: Sequence[Example],
) -> Mapping[str, Any]:
    """Fine-tune the backbone, where that is not done yet, and return what the card says of it."""
    assert system.backbone is not None
    task = system.heads[0].task
    recipe = _recipe(system, request, len(rows))
    source = recipe_text(recipe)
    part = JobTask(
        recipe=recipe.tasks[0],
        spec=task,
        prediction=resolve(task.prediction),
        examples=rows,
        validation=held_out[:EVALUATED],
        files=tuple(DataFile(**described(path)) for path in (*request.data, *request.validation)),
        score=scorer(session.registry, task),
    )
    start = sha256_of(system.context.folder / MODEL_CARD) if system.context.folder else ""
    made_of = {"recipe": source, "files": [asdict(file) for file in part.files], "start": start}
    done = request.output / DONE
    if is_there(done):
        return _found(done, made_of, tell)
    folder = request.output / BACKBONE
    folder.mkdir(exist_ok=True)
    trainer = backbone_trainer(session.registry, system.backbone.qualified)
    job = RecipeJob(
        recipe=recipe,
        source=source,
        tasks=(part,),
        output=folder,
        device=system.context.device,
        progress=tell,
        advance=advance,
        start=system.context.folder,
    )
    report = trainer(job)
    plot_of(folder, tell)
    tuned = {
        "tokens": report.tokens,
        "steps": report.steps,
        "scores": {name: round(value, 6) for name, value in report.scores.items()},
    }
    with atomic_output(done, force=True) as stream:
        stream.write(json.dumps({"made of": made_of, "tuned": tuned}).encode())
    return tuned


def _found(done: Path, made_of: Mapping[str, Any], tell: Tell) -> Mapping[str, Any]:
    """What is known of a backbone whose head was interrupted."""
    stored = json.loads(done.read_text(encoding="utf-8"))
    if stored["made of"] != made_of:
        raise UsageError(
            f"{done.parent} holds a backbone that was fine-tuned on other data or with other flags",
            hint="give another folder (--output FOLDER), or remove it",
        )
    tell("the backbone is fine-tuned already; going on with the head")
    tuned: Mapping[str, Any] = stored["tuned"]
    return tuned


def _recipe(system: System, request: TrainRequest, rows: int) -> Recipe:
    """The recipe that the flags describe. It names files by their folder and name, as the card does."""
    assert system.backbone is not None
    name = system.heads[0].task.name
    part = RecipeTask(
        task=name,
        head=name,
        data=tuple(described(path)["name"] for path in request.data),
        validation=tuple(described(path)["name"] for path in request.validation),
        columns=request.source.columns,
        gold=request.source.gold,
    )
    rate = RATE if request.rate is None else request.rate
    return Recipe(
        backbone=system.backbone.spec.name,
        tasks=(part,),
        seed=request.seed,
        batch_tokens=BATCHES[rows >= FEW],
        max_tokens=MAX_TOKENS if request.max_tokens is None else request.max_tokens,
        encoder_rate=rate,
        head_rate=HEAD_RATE * rate,
        validation_rows=EVALUATED,
        patience=PATIENCE,
        **length_of(request),
    )


def length_of(request: TrainRequest) -> dict[str, Any]:
    """How long the recipe trains: passes over the rows, or tokens with evaluations and lines of losses on the way."""
    if request.tokens is None:
        return {"epochs": EPOCHS if request.epochs is None else request.epochs}
    every = max(1, request.tokens // 5)
    return {
        "tokens": request.tokens,
        "evaluate_every": every,
        "checkpoint_every": every,
        "log_every": max(1, request.tokens // 20),
    }
