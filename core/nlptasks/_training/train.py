"""Training: from files with gold answers to a folder with weights and a card that says how they were made."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nlptasks._names import did_you_mean, resolve
from nlptasks._systems.folders import CARD
from nlptasks._systems.session import Plan, Session
from nlptasks._tables.training_rows import GoldReader, tell_skipped
from nlptasks._training.methods import FINETUNE, METHODS, NAMES, PRETRAIN, PROBE, WRITING, writes
from nlptasks._training.recipe import Advance, ignore, scorer
from nlptasks._version import __version__
from nlptasks.errors import BackboneMismatchError, UsageError
from nlptasks.files.paths import atomic_output, sha256_of
from nlptasks.plugin import HeadSpec
from nlptasks.plugin.protocols import FormatOptions, TrainJob, TrainReport

#: Packages whose versions a card keeps: they decide what the weights are.
_PACKAGES = ("numpy", "scikit-learn", "tokenizers", "torch", "transformers")

#: Largest difference between hidden states of two copies of one encoder, in whatever number type each computes.
SAME = 0.01


@dataclass(frozen=True, kw_only=True)
class TrainRequest:
    """What to train on.

    Args:
        data: Files of training rows.
        validation: Files of held-out rows; none: some of the training rows are held out.
        output: Folder of the trained head.
        force: Whether a trained head that lies there is replaced.
        columns: Columns that the user named, by the task's inputs.
        gold: Gold column that the user named.
        data_format: Name of the data's format; empty: by suffix.
        reading: How to read the tables.
        skip_bad_rows: Whether rows that cannot be read are left out.
        device: See :class:`nlptasks.plugin.protocols.BackboneContext`.
        dtype: The same.
        seed: Seeds everything that is random.
        method: One of :data:`nlptasks._training.methods.NAMES`.
        layers: Folder with output layers (see :mod:`nlptasks.models.output_layers`) to make the head of, in place of
            training one.
        layer: Name of the one to take; empty: the folder holds one that fits.
        epochs: Passes of fine-tuning over the training rows; ``None``: its default.
        tokens: Padded tokens to fine-tune on, in place of ``epochs``.
        rate: Highest learning rate of fine-tuning; ``None``: its default.
        max_tokens: Longest window of fine-tuning; ``None``: its default.
        language: ISO 639-1 code of the language that a decoder learns to write; empty: what the head's option ``to``
            says, or else English.
        objective: What a decoder learns of raw text, one of :data:`nlptasks._training.methods.OBJECTIVES`; empty: the
            first.
    """

    data: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    output: Path
    force: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    data_format: str = ""
    reading: FormatOptions = field(default_factory=FormatOptions)
    skip_bad_rows: bool = False
    device: str = "auto"
    dtype: str = "auto"
    seed: int = 0
    method: str = PROBE
    layers: Path | None = None
    layer: str = ""
    epochs: float | None = None
    tokens: int | None = None
    rate: float | None = None
    max_tokens: int | None = None
    language: str = ""
    objective: str = ""


Tell = Callable[[str], None]

#: What :data:`nlptasks._training.methods.METHODS` names.
Method = Callable[[Session, Plan, TrainRequest, Tell, Advance], TrainReport]


def train(session: Session, plan: Plan, request: TrainRequest, tell: Tell, advance: Advance = ignore) -> TrainReport:
    """Train for the one task of a plan, and leave weights and a card in the output folder.

    Args:
        session: What is installed.
        plan: The task with its head and backbone.
        request: What to train on, and how.
        tell: Called with a line for the user.
        advance: Called with the tokens that are trained and all that will be, where the method knows.

    Raises:
        UsageError: The head or its backbone cannot be trained, flags do not go together, the folder is taken, or a file
            or column is not there.
        DataError: A row cannot be read.
    """
    if request.method not in NAMES:
        raise UsageError(
            f"no method '{request.method}'{did_you_mean(request.method, NAMES)}", hint=f"known: {', '.join(NAMES)}"
        )
    _check(plan, request)
    methods = WRITING if writes(plan.tasks[0].head.spec) else METHODS
    method: Method = resolve(methods[request.method])
    return method(session, plan, request, tell, advance)


def train_head(session: Session, plan: Plan, request: TrainRequest, tell: Tell, _advance: Advance) -> TrainReport:
    """The method ``probe``: a head on the frozen backbone; see :func:`train`."""
    backbone = open_backbone(session, plan, request)
    if request.layers:
        check_layers(session, plan, request, backbone)
    skipped: Counter[str] = Counter()
    reader = checked_reader(session, plan, request, skipped)
    make_folder(request)
    job = head_job(
        session,
        plan,
        request,
        tell,
        backbone=backbone,
        examples=reader.examples(request.data),
        validation=reader.examples(request.validation) if request.validation else None,
        layers=request.layers,
    )
    report = trainer_of(plan)(job)
    tell_skipped(skipped, tell)
    write_card(job, request, report, skipped, _made_of(request))
    return report


def _made_of(request: TrainRequest) -> Mapping[str, Any]:
    """What a card says of the layers that a head was made of."""
    if request.layers is None:
        return {}
    from nlptasks.models.output_layers import FILE  # imports numpy

    return {"output layers": {"sha256": sha256_of(request.layers / FILE)}}


def _check(plan: Plan, request: TrainRequest) -> None:
    """Find what cannot be trained, and flags that would be ignored, before anything is read."""
    head = plan.tasks[0].head.spec
    if plan.backbone is None:
        raise UsageError("a head without a backbone cannot be trained here", hint="see: nlptasks heads list")
    _check_method(head, request)
    _check_flags(head, request)
    if request.layers is None and not request.data:
        raise UsageError("there is nothing to train on", hint="--data FILE names the rows")
    if request.layers is not None:
        _check_layers_fit(head, request)


def _check_method(head: HeadSpec, request: TrainRequest) -> None:
    if writes(head):
        if request.method == PROBE:
            raise UsageError(
                f"the head '{head.name}' has no weights of its own: the backbone's decoder writes its answers",
                hint=f"--method {FINETUNE} trains the decoder on rows with gold answers, "
                f"--method {PRETRAIN} on raw text",
            )
    elif not head.trainer:
        raise UsageError(
            f"the head '{head.name}' cannot be trained", hint="see `nlptasks heads list --json` for those that can"
        )
    elif request.method == PRETRAIN:
        raise UsageError(
            f"--method {PRETRAIN} trains the backbone's decoder, and the head '{head.name}' uses none",
            hint="choose a head that writes text with --head; see: nlptasks heads list",
        )


def _check_flags(head: HeadSpec, request: TrainRequest) -> None:
    unused = [name for name in ("epochs", "tokens", "rate", "max_tokens") if getattr(request, name) is not None]
    if unused and request.method == PROBE:
        flag = f"--{unused[0].replace('_', '-')}"
        raise UsageError(
            f"{flag} says how a backbone is fine-tuned, and the method '{PROBE}' leaves it as it is",
            hint=f"leave {flag} out, or add --method {FINETUNE}",
        )
    if request.objective and request.method != PRETRAIN:
        raise UsageError(
            "--objective says what a decoder learns of raw text",
            hint=f"leave it out, or add --method {PRETRAIN}",
        )
    if request.language and not writes(head):
        raise UsageError(
            f"--language says what a decoder writes, and the head '{head.name}' uses none", hint="leave --language out"
        )


def _check_layers_fit(head: HeadSpec, request: TrainRequest) -> None:
    if request.data or request.method != PROBE:
        raise UsageError(
            "--from-layers takes the head out of a folder and trains nothing",
            hint="leave --data and --method out; --validation FILE scores it",
        )
    if not head.takes_layer:
        raise UsageError(
            f"the head '{head.name}' cannot be made of an output layer", hint="train it: --data FILE in its place"
        )


# ------------------------------------------------------ what methods share


def open_backbone(session: Session, plan: Plan, request: TrainRequest, folder: Path | None = None) -> Any:
    """The plan's backbone, with its own weights or with those in a folder."""
    assert plan.backbone is not None
    context = plan.context(device=request.device, dtype=request.dtype, folder=folder)
    return session.pool.get(plan.backbone.spec, context)


def check_layers(session: Session, plan: Plan, request: TrainRequest, backbone: Any) -> None:
    """Refuse output layers of another backbone: the digests may differ, but not the hidden states.

    Raises:
        BackboneMismatchError: They belong to another one.
    """
    assert request.layers is not None
    trained_with = open_backbone(session, plan, request, request.layers)
    texts = [row[column.name] for row in plan.tasks[0].task.examples for column in plan.tasks[0].task.inputs]
    for text in texts:
        here, there = (each.encode(each.tokenize([text])[0]).states for each in (backbone, trained_with))
        if here.shape != there.shape or float((here - there).abs().max()) > SAME:
            raise BackboneMismatchError(
                f"the output layers in {request.layers} belong to the backbone there, and the backbone "
                f"'{backbone.name}' here has other weights",
                hint=f"--backbone {request.layers} makes a head for that one",
            )


def checked_reader(session: Session, plan: Plan, request: TrainRequest, skipped: Counter[str]) -> GoldReader:
    """A reader of the request's files, all of which it has looked at."""
    reader = GoldReader(
        registry=session.registry,
        task=plan.tasks[0].task,
        skipped=skipped,
        columns=request.columns,
        gold=request.gold,
        data_format=request.data_format,
        reading=request.reading,
        skip_bad_rows=request.skip_bad_rows,
    )
    for path in (*request.data, *request.validation):
        reader.check(path)
    return reader


def trainer_of(plan: Plan) -> Callable[[TrainJob], TrainReport]:
    """What trains the plan's head."""
    fit: Callable[[TrainJob], TrainReport] = resolve(plan.tasks[0].head.spec.trainer)
    return fit


def head_job(session: Session, plan: Plan, request: TrainRequest, tell: Tell, **given: Any) -> TrainJob:
    """The job of the head's trainer; ``given`` are the fields that depend on the method."""
    planned = plan.tasks[0]
    return TrainJob(
        task=planned.task,
        head=planned.head.qualified,
        options=planned.options,
        output=request.output,
        seed=request.seed,
        progress=tell,
        score=scorer(session.registry, planned.task),
        layer=request.layer,
        **given,
    )


def refuse_finished(request: TrainRequest, last: str, what: str) -> None:
    """Refuse a folder with the file that a training writes last, unless it may be replaced.

    Raises:
        UsageError: There is one.
    """
    if (request.output / last).exists() and not request.force:
        raise UsageError(
            f"{request.output} holds a trained {what} already",
            hint="pass --force to train it again, or give another folder: --output FOLDER",
        )


def make_folder(request: TrainRequest) -> None:
    """Make the output folder; one of an interrupted training, which has no card yet, is used again."""
    refuse_finished(request, CARD, "head")
    try:
        request.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{request.output} cannot be made: {error.strerror}") from error


def write_card(
    job: TrainJob, request: TrainRequest, report: TrainReport, skipped: Mapping[str, int], more: Mapping[str, Any]
) -> None:
    """Write the card last: a folder with a card is complete.

    It holds no date and no path, so that equal trainings give equal bytes.

    Args:
        job: What the trainer was given.
        request: What was asked for.
        report: What the trainer left behind.
        skipped: Rows that were left out, by reason.
        more: What else the card says; ``backbone`` is added to what it says of that.
    """
    backbone = {"name": job.backbone.name, "digest": job.backbone.digest, **more.get("backbone", {})}
    card = {
        **more,
        "format": "nlptasks-head/1",
        "task": job.task.name,
        "head": job.head,
        "backbone": backbone,
        "labels": report.labels,
        "data": [described(path) for path in request.data],
        "validation": [described(path) for path in request.validation],
        "rows": {"train": report.n_train, "validation": report.n_validation, "left out": dict(skipped)},
        "validation scores": {name: round(value, 6) for name, value in report.scores.items()},
        "settings": dict(report.settings),
        "versions": {
            "nlptasks": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
        },
    }
    text = json.dumps(card, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    with atomic_output(job.output / CARD, force=True) as stream:
        stream.write(text.encode())


def described(path: str) -> dict[str, str]:
    """A data file by its name and its folder's, and its SHA-256: enough to recognise it and no more."""
    file = Path(path)
    return {"name": f"{file.resolve().parent.name}/{file.name}", "sha256": sha256_of(file)}
