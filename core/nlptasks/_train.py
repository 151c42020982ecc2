"""Training a head: from files with gold answers to a folder with weights and a card that says how they were made."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from nlptasks import __version__
from nlptasks._gold import GoldReader
from nlptasks._names import resolve
from nlptasks._session import CARD, Plan, Session
from nlptasks.contracts import BackboneContext, FormatOptions, TrainJob, TrainReport
from nlptasks.errors import UsageError
from nlptasks.files import atomic_output, sha256_of

#: Packages whose versions a card keeps: they decide what the weights are.
_PACKAGES = ("numpy", "scikit-learn", "tokenizers", "torch", "transformers")


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
        device: See :class:`nlptasks.contracts.BackboneContext`.
        dtype: The same.
        seed: Seeds everything that is drawn.
    """

    data: tuple[str, ...]
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


def train(session: Session, plan: Plan, request: TrainRequest, tell: Callable[[str], None]) -> TrainReport:
    """Train the head of a plan for one task, and leave its weights and card in the output folder.

    Raises:
        UsageError: The head cannot be trained, the folder is taken, or a file or column is not there.
        DataError: A row cannot be read.
    """
    planned = plan.tasks[0]
    trainer = planned.head.spec.trainer
    if plan.backbone is None:
        raise UsageError("a head without a backbone cannot be trained here", hint="see: nlptasks heads list")
    if not trainer:
        raise UsageError(
            f"the head '{planned.head.spec.name}' cannot be trained",
            hint="see `nlptasks heads list --json` for those that can",
        )
    skipped: Counter[str] = Counter()
    reader = GoldReader(
        registry=session.registry,
        task=planned.task,
        skipped=skipped,
        columns=request.columns,
        gold=request.gold,
        data_format=request.data_format,
        reading=request.reading,
        skip_bad_rows=request.skip_bad_rows,
    )
    for path in (*request.data, *request.validation):
        reader.check(path)
    _make_folder(request)
    fit: Callable[[TrainJob], TrainReport] = resolve(trainer)
    job = TrainJob(
        task=planned.task,
        head=planned.head.qualified,
        backbone=session.pool.get(plan.backbone.spec, BackboneContext(device=request.device, dtype=request.dtype)),
        options=planned.options,
        examples=reader.examples(request.data),
        validation=reader.examples(request.validation) if request.validation else None,
        output=request.output,
        seed=request.seed,
        progress=tell,
    )
    report = fit(job)
    for reason, count in skipped.items():
        tell(f"{count:,} rows left out: {reason}")
    _write_card(job, request, report, skipped)
    return report


def _make_folder(request: TrainRequest) -> None:
    """Make the output folder; one of an interrupted training, which has no card yet, is used again."""
    if (request.output / CARD).exists() and not request.force:
        raise UsageError(
            f"{request.output} holds a trained head already",
            hint="pass --force to train it again, or give another folder: --output FOLDER",
        )
    try:
        request.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{request.output} cannot be made: {error.strerror}") from error


def _write_card(job: TrainJob, request: TrainRequest, report: TrainReport, skipped: Mapping[str, int]) -> None:
    """Write the card last: a folder with a card is complete.

    It holds no date and no path, so that equal trainings give equal bytes.
    """
    card = {
        "format": "nlptasks-head/1",
        "task": job.task.name,
        "head": job.head,
        "backbone": {"name": job.backbone.name, "digest": job.backbone.digest},
        "labels": report.labels,
        "data": [_described(path) for path in request.data],
        "validation": [_described(path) for path in request.validation],
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


def _described(path: str) -> dict[str, str]:
    """A data file by its name and its folder's, and its SHA-256: enough to recognise it and no more."""
    file = Path(path)
    return {"name": f"{file.resolve().parent.name}/{file.name}", "sha256": sha256_of(file)}
