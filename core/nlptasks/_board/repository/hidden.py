"""Scores by gold answers that nobody but the maintainer has: the record that is published has no row of them.

What one row scores tells its gold answer to whoever knows the prediction, so that the published record has neither
samples nor matrices nor slices: values with their intervals, and the maintainer's attestation that he scored it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from nlptasks._board.repository.layout import BoardRepository
from nlptasks._board.submissions import FILE, card_json, read_card
from nlptasks._plugins.registry import Registry
from nlptasks._running.facts import versions
from nlptasks._scoring.from_file.rescore_request import PredictionsRequest, rescore_predictions
from nlptasks._scoring.verify import verify_scores
from nlptasks._settings.boards import SubmissionCard
from nlptasks._settings.groups import BenchmarkChoice, RecordTarget
from nlptasks._settings.predictions import PredictionSource
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_file, is_there
from nlptasks.records.attestations import Attestation, record_digest, write_attestation
from nlptasks.records.schema import Record
from nlptasks.records.store import RECORD, StoredRecord, read_record, write_record


@dataclass(frozen=True, kw_only=True)
class Published:
    """What was published.

    Args:
        folder: Folder of the record without its rows.
        attestation: The file that says who scored it.
        record: The record.
    """

    folder: Path
    attestation: Path
    record: Record


def without_rows(record: Record) -> Record:
    """A record that tells nothing of a single row."""
    return replace(record, slices={}, withheld=True, digests={})


def score_submission(
    registry: Registry, repository: BoardRepository, source: Path, *, by: str, sign: str = "", keep: Path | None = None
) -> Published:
    """Score a submission by hidden gold answers, and publish the record and an attestation of it.

    Args:
        registry: What is installed.
        repository: The repository, beside whose suite the hidden file lies.
        source: A folder of ``submissions/`` with predictions, or a record of one's own with samples.
        by: Who scores.
        sign: File of an SSH key to sign the attestation with; empty: it is not signed.
        keep: Folder for the record with its rows, which must not be published; ``None``: it is not kept.

    Raises:
        UsageError: There is no such submission, its predictions do not fit, or a record lies there already.
        NlptasksError: The hidden file is another one, or the record's numbers do not follow from its samples.
    """
    card = read_card(source)
    whole = is_file(source / RECORD)
    full = _own(registry, repository, source) if whole else _scored(registry, repository, source, card)
    if keep is not None and is_there(keep):
        raise UsageError(f"{keep} exists already", hint="give another folder with --keep")
    folder = repository.records / source.name
    record = write_record(folder, without_rows(full.record), (), {})
    if keep is not None:
        write_record(keep, full.record, full.samples, full.stats)
    _write_card(folder, replace(card, system="", dataset=""))
    attestation = Attestation(
        record=record.id,
        digest=record_digest(read_record(folder).record),
        rows=len(full.samples),
        checked=0,
        seed=0,
        tolerance=0.0,
        versions=versions(),
        by=by,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        scored=True,
    )
    return Published(
        folder=folder,
        attestation=write_attestation(repository.attestations, attestation, key=sign),
        record=record,
    )


def _write_card(folder: Path, card: SubmissionCard) -> None:
    (folder / FILE).write_text(card_json(card), encoding="utf-8")


def _scored(registry: Registry, repository: BoardRepository, source: Path, card: SubmissionCard) -> StoredRecord:
    files = sorted(path for path in source.glob("predictions.*") if is_file(path) and not path.is_symlink())
    if len(files) != 1 or not card.system:
        raise UsageError(
            f"{source}: no submission: it takes one file 'predictions.*', and a {FILE} that names the system",
            hint="'nlptasks leaderboard submit PREDICTIONS --to DIR --name NAME' writes both",
        )
    data = repository.hidden(card.dataset)
    suite = str(repository.suite.folder / "suite.yaml")
    scored = rescore_predictions(
        registry,
        PredictionsRequest(
            file=str(files[0]),
            predictions=PredictionSource(),
            benchmark=BenchmarkChoice(suite=suite, datasets=(data.name,)),
            target=RecordTarget(name=card.system),
        ),
    )
    return StoredRecord(source, scored.record, scored.samples, scored.scored.stats)


def _own(registry: Registry, repository: BoardRepository, source: Path) -> StoredRecord:
    """A record that the maintainer made himself."""
    opened = read_record(source)
    if not opened.samples:
        raise UsageError(
            f"{source}: it has no samples that could be scored", hint="give predictions, or a whole record"
        )
    repository.hidden(opened.record.dataset.name)
    if wrong := verify_scores(opened, registry, repository.believed(registry).pinned):
        raise NlptasksError(f"{source}: " + "\n".join(wrong), hint="evaluate again")
    return opened
