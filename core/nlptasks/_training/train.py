"""Training: from files with gold answers to a folder with weights and a card that says how they were made."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nlptasks._names import did_you_mean, resolve
from nlptasks._plugins.guard import load_object, plugin_errors
from nlptasks._plugins.observers import Observers
from nlptasks._plugins.versions import owner_of
from nlptasks._settings.groups import TableSource
from nlptasks._settings.training import TrainingData, TrainingSettings
from nlptasks._systems.folders import CARD
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks._tables.gold import parse_label_map
from nlptasks._tables.opening import digest_of_part
from nlptasks._tables.places import places_of
from nlptasks._tables.training_rows import GoldReader, tell_skipped
from nlptasks._training.events import TrainingEvents
from nlptasks._training.methods import FINETUNE, METHODS, NAMES, PRETRAIN, PROBE, WRITING, writes
from nlptasks._training.recipe import Advance, ignore, scorer
from nlptasks._training.rows import read_validation, tell_notes
from nlptasks._version import __version__
from nlptasks.errors import BackboneMismatchError, UsageError
from nlptasks.files.names import is_there
from nlptasks.files.paths import atomic_output, sha256_of
from nlptasks.plugin import HeadSpec, TaskSpec
from nlptasks.plugin.protocols import TrainJob, TrainReport

#: Packages whose versions a card keeps: they decide what the weights are.
_PACKAGES = ("numpy", "scikit-learn", "tokenizers", "torch", "transformers")

#: Largest difference between hidden states of two copies of one encoder, in whatever number type each computes.
SAME = 0.01


@dataclass(frozen=True, kw_only=True)
class TrainRequest(TrainingData, TrainingSettings):
    """What to train on, and how.

    Args:
        output: Folder of the trained head.
        force: Whether a trained head that lies there is replaced.
        source: How the files are read.
    """

    output: Path
    force: bool = False
    source: TableSource = field(default_factory=TableSource)

    @classmethod
    def of(
        cls, data: TrainingData, how: TrainingSettings, source: TableSource, *, output: Path, force: bool
    ) -> TrainRequest:
        """What groups of settings ask for."""
        return cls(**vars(data), **vars(how), output=output, force=force, source=source)

    @property
    def layers_folder(self) -> Path | None:
        """Folder with output layers (see :mod:`nlptasks.models.output_layers`) to make the head of."""
        return Path(self.layers) if self.layers else None


Tell = Callable[[str], None]

#: What :data:`nlptasks._training.methods.METHODS` names.
Method = Callable[[Session, System, TrainRequest, Tell, Advance], TrainReport]


def train(
    session: Session,
    system: System,
    request: TrainRequest,
    tell: Tell,
    advance: Advance = ignore,
    observers: Observers | None = None,
) -> TrainReport:
    """Train for the one task of a system, and leave weights and a card in the output folder.

    Args:
        session: What is installed.
        system: The head with its backbone.
        request: What to train on, and how.
        tell: Called with a line for the user.
        advance: Called with the tokens that are trained and all that will be, where the method knows.
        observers: Who is told how it goes; ``None``: nobody.

    Raises:
        UsageError: The head or its backbone cannot be trained, flags do not go together, the folder is taken, or a file
            or column is not there.
        DataError: A row cannot be read.
    """
    if request.method not in NAMES:
        raise UsageError(
            f"no method '{request.method}'{did_you_mean(request.method, NAMES)}", hint=f"known: {', '.join(NAMES)}"
        )
    _check(system, request)
    methods = WRITING if writes(system.heads[0].head.spec) else METHODS
    method: Method = resolve(methods[request.method])
    task, source = system.heads[0].task.name, ", ".join(request.data) or str(request.layers)
    request = _with_files(session, request)
    there = is_there(request.output)
    try:
        with TrainingEvents(observers, advance, (task,), source, str(request.output)) as events:
            report = method(session, system, request, tell, events.advance)
            events.rows = report.n_train
    except Exception:
        if not there:
            with suppress(OSError):  # it is not there yet, or holds what the next try goes on with
                request.output.rmdir()
        raise
    return report


def train_head(session: Session, system: System, request: TrainRequest, tell: Tell, _advance: Advance) -> TrainReport:
    """The method ``probe``: a head on the frozen backbone; see :func:`train`."""
    backbone = open_backbone(session, system) if system.backbone else None
    if request.layers_folder:
        check_layers(session, system, request, backbone)
    skipped: Counter[str] = Counter()
    reader = checked_reader(session, system, request, skipped)
    make_folder(request)
    examples = list(reader.examples(request.data))
    tell_notes(reader, tell)
    job = head_job(
        session,
        system,
        request,
        tell,
        backbone=backbone,
        examples=examples,
        validation=read_validation(reader, request.validation, examples, tell) if request.validation else None,
        layers=request.layers_folder,
    )
    report = trainer_of(system)(job)
    tell_skipped(skipped, tell)
    write_card(job, request, report, skipped, {**_made_of(request), "plugins": owners(session, system)})
    return report


def _with_files(session: Session, request: TrainRequest) -> TrainRequest:
    """The request with the files that folders, globs and archives stand for."""

    def files(names: tuple[str, ...]) -> tuple[str, ...]:
        return places_of(session.registry, names, data_format=request.source.format).parts

    return replace(request, data=files(request.data), validation=files(request.validation))


def _made_of(request: TrainRequest) -> Mapping[str, Any]:
    """What a card says of the layers that a head was made of."""
    if request.layers_folder is None:
        return {}
    from nlptasks.models.output_layers import FILE  # imports numpy

    return {"output layers": {"sha256": sha256_of(request.layers_folder / FILE)}}


def _check(system: System, request: TrainRequest) -> None:
    """Find what cannot be trained, and flags that would be ignored, before anything is read."""
    head = system.heads[0].head.spec
    _check_method(head, request)
    if system.backbone is None and (request.method != PROBE or request.layers_folder):
        flag = "--from-layers" if request.layers_folder else f"--method {request.method}"
        raise UsageError(f"the head '{head.name}' has no backbone, which {flag} is about", hint=f"leave {flag} out")
    _check_flags(head, request)
    parse_label_map(request.source.label_map)  # its mistakes are told where there is nothing to read, too
    if request.layers_folder is None and not request.data:
        raise UsageError("there is nothing to train on", hint="--data FILE names the rows")
    if request.layers_folder is not None:
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


def open_backbone(session: Session, system: System, folder: Path | None = None) -> Any:
    """The system's backbone, with the weights that were chosen or with those in a folder."""
    assert system.backbone is not None
    return session.pool.get(system.backbone, (system.tuned(folder) if folder else system).context)


def check_layers(session: Session, system: System, request: TrainRequest, backbone: Any) -> None:
    """Refuse output layers of another backbone: the digests may differ, but not the hidden states.

    Raises:
        BackboneMismatchError: They belong to another one.
    """
    assert request.layers_folder is not None
    trained_with = open_backbone(session, system, request.layers_folder)
    texts = [row[column.name] for row in system.heads[0].task.examples for column in system.heads[0].task.inputs]
    for text in texts:
        here, there = (each.encode(each.tokenize([text])[0]).states for each in (backbone, trained_with))
        if here.shape != there.shape or float(abs(here - there).max()) > SAME:
            raise BackboneMismatchError(
                f"the output layers in {request.layers_folder} belong to the backbone there, and the backbone "
                f"'{backbone.name}' here has other weights",
                hint=f"--backbone {request.layers_folder} makes a head for that one",
            )


def checked_reader(session: Session, system: System, request: TrainRequest, skipped: Counter[str]) -> GoldReader:
    """A reader of the request's files, all of which it has looked at."""
    reader = GoldReader(registry=session.registry, task=system.heads[0].task, skipped=skipped, source=request.source)
    for path in (*request.data, *request.validation):
        reader.check(path)
    return reader


def trainer_of(system: System) -> Callable[[TrainJob], TrainReport]:
    """What trains the system's head."""
    head = system.heads[0].head
    what = f"the trainer of the head {head.qualified}"
    fit: Callable[[TrainJob], TrainReport] = load_object(what, head.spec.trainer)

    def guarded(job: TrainJob) -> TrainReport:
        with plugin_errors(what):
            return fit(job)

    return guarded


def head_job(session: Session, system: System, request: TrainRequest, tell: Tell, **given: Any) -> TrainJob:
    """The job of the head's trainer; ``given`` are the fields that depend on the method."""
    planned = system.heads[0]
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
    if is_there(request.output / last) and not request.force:
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


def owners(session: Session, system: System) -> dict[str, str]:
    """What a card says of the plugins that a training took: the distribution of each, with its version."""
    item = system.heads[0]
    found = {"head": owner_of(item.head)}
    if system.backbone is not None:
        found["backbone"] = owner_of(system.backbone)
    task = next((one for one in session.registry.all(TaskSpec) if one.spec == item.task), None)
    return found | ({"task": owner_of(task)} if task else {})


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
    backbone = {"name": job.backbone.name, "digest": job.backbone.digest} if job.backbone else {}
    backbone |= more.get("backbone", {})
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
    return {"name": f"{file.resolve().parent.name}/{file.name}", "sha256": digest_of_part(path)}
