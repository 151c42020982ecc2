"""The check that the trainer of every head must pass."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nlptasks._names import resolve
from nlptasks.files.names import is_file
from nlptasks.plugin import HeadSpec, TaskSpec
from nlptasks.plugin.protocols import Encoder, Example, TrainJob, TrainReport
from nlptasks.testing._probes import examples as examples_of
from nlptasks.testing._steady import steady, told, warm
from nlptasks.testing.heads import opened_head
from nlptasks.testing.tasks import gold_answers

__all__ = ["check_trainer"]

#: Examples that the check trains on, where none are given: those of the task, each in several forms.
_ROWS = 48


def check_trainer(
    task: TaskSpec,
    head: HeadSpec,
    *,
    backbone: Encoder | None = None,
    options: Any = None,
    examples: Sequence[Example] = (),
) -> None:
    """Check what the trainer of a head must do.

    It leaves in the folder that it is given, and nowhere else, weights that the head opens and predicts with; the same
    for the same seed; a report with the number of rows and finite scores. It leaves the backbone as it was, prints
    nothing on standard output and uses random numbers of its own.

    Args:
        task: The task.
        head: The head, with a trainer.
        backbone: What it is trained on.
        options: Its options; ``None``: the defaults.
        examples: Rows with gold answers; empty: the task's examples, again and again in other words.

    Raises:
        AssertionError: It does not; the message says what is wrong.
        NlptasksError: It refuses these rows, and says why.
    """
    assert head.trainer, f"the head {head.name!r} has no trainer"
    rows = list(examples) or _rows(task)
    given = options if options is not None or head.options is None else head.options()
    before = backbone.fingerprint() if backbone else ""
    with TemporaryDirectory(prefix="nlptasks-trainer-") as name:
        one, two = Path(name) / "one", Path(name) / "two"
        with warm():
            report = _trained(task, head, one, backbone, given, rows)
        with steady("the trainer"):
            _trained(task, head, two, backbone, given, rows)
        _check_report(report, len(rows))
        _check_folders(one, two)
        _write_card(one, task, head, backbone, report)
        with told("the trained head"):
            opened = opened_head(task, head, backbone, given, one)
            opened.head.windows(examples_of(task))
    assert not backbone or backbone.fingerprint() == before, "the trainer changed the weights of the shared backbone"


def train_in(folder: Path, task: TaskSpec, head: HeadSpec, *, backbone: Encoder | None, options: Any) -> None:
    """Leave a head in a folder that is made, trained on the task's examples in other words, with a card.

    Raises:
        AssertionError: The trainer fails.
        NlptasksError: It refuses these rows, and says why.
    """
    given = options if options is not None or head.options is None else head.options()
    report = _trained(task, head, folder, backbone, given, _rows(task))
    _write_card(folder, task, head, backbone, report)


def _trained(
    task: TaskSpec, head: HeadSpec, folder: Path, backbone: Encoder | None, options: Any, rows: Sequence[Example]
) -> TrainReport:
    folder.mkdir()
    job = TrainJob(
        task=task,
        head=f"under-test:{head.name}",
        backbone=backbone,
        options=options,
        examples=list(rows),
        validation=None,
        output=folder,
        seed=3,
        progress=lambda _line: None,
    )
    with told("the trainer", refusals=True):
        found: TrainReport = resolve(head.trainer)(job)
    return found


def _rows(task: TaskSpec) -> list[Example]:
    forms = ("{}", "{} It was so.", "I say: {}", "{} Again.", "Today: {}", "{} That is all.", "Well, {}", "{} Yes.")
    golds = gold_answers(task)
    found = []
    for at in range(_ROWS):
        number = at % len(golds)
        inputs = dict(examples_of(task)[number].inputs)
        last = task.inputs[-1].name
        inputs[last] = forms[at // len(golds) % len(forms)].format(inputs[last])
        found.append(Example(inputs, golds[number]))
    return found


def _check_report(report: object, rows: int) -> None:
    assert isinstance(report, TrainReport), f"a trainer returns a TrainReport, got {type(report).__name__}"
    counted = report.n_train + (0 if report.refitted else report.n_validation)
    assert 0 < counted <= rows, f"the report counts {counted} rows of the {rows} that were given"
    for name, value in report.scores.items():
        assert math.isfinite(value), f"the score {name!r} of the report is {value}"


def _check_folders(one: Path, two: Path) -> None:
    files, others = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*") if is_file(p)} for f in (one, two))
    assert files, "the trainer left nothing in its output folder"
    assert files.keys() == others.keys(), f"two trainings left different files: {sorted(files)} and {sorted(others)}"
    other = [str(name) for name, data in files.items() if others[name] != data]
    assert not other, f"two trainings with one seed left different bytes in {', '.join(sorted(other))}"


def _write_card(folder: Path, task: TaskSpec, head: HeadSpec, backbone: Any, report: TrainReport) -> None:
    """What the command adds behind the trainer; see ``nlptasks train``."""
    digest = {"name": backbone.name, "digest": backbone.digest} if backbone else {}
    card = {
        "format": "nlptasks-head/1",
        "task": task.name,
        "head": head.name,
        "backbone": digest,
        "labels": report.labels,
    }
    (folder / "head.json").write_text(json.dumps(card), encoding="utf-8")
