"""Takes in a submission: checked as the maintainer will check it, then put where submissions go, over nothing else."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlptasks._board.checking.checks import ERROR, Finding, check_folder
from nlptasks._board.repository.layout import BoardRepository, open_repository
from nlptasks._board.submissions import FILE, card_json
from nlptasks._board.text import slug
from nlptasks._board.trust import Believed
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.datasets import ScoredData
from nlptasks._scoring.from_file.joining import columns_of, mismatches, row_ids
from nlptasks._scoring.from_file.prediction_file import FileRequest, id_column, read_predictions
from nlptasks._settings.boards import SubmissionCard
from nlptasks._settings.groups import TableSource
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.atomic import atomic_output, split_suffix
from nlptasks.files.names import is_file, is_folder, is_there
from nlptasks.plugin import TaskSpec
from nlptasks.records._whole import whole_folder
from nlptasks.records.store import RECORD, SAMPLES, STATS, StoredRecord, find_records, read_record
from nlptasks.records.suites import Card

#: Stands before the name of what is checked: behind all others, so that what two have in common is its fault.
_MARK = "~"

#: A time for files in an archive, so that the same submission has the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What became of a submission.

    Args:
        path: Where it lies.
        warnings: What a person should look at.
    """

    path: Path
    warnings: tuple[Finding, ...] = ()


def submit_record(
    registry: Registry, source: Path, to: Path, card: SubmissionCard, *, called: str = "", believed: Believed
) -> Submitted:
    """Check a record, and put it into a repository or an archive.

    Args:
        registry: What is installed.
        source: Folder of the record.
        to: Folder of a repository, or a file that ends in ``.zip``.
        card: What is said of it.
        called: Name of its folder; empty: by its system and data set.
        believed: What data it is held against, where it goes into an archive; a repository says that itself.

    Raises:
        UsageError: There is no such record or repository, or something lies there already.
        NlptasksError: ``leaderboard check`` finds an error.
    """
    opened = read_record(source)
    name = called or slug(f"{opened.record.model.name}-{opened.record.dataset.name}", ())
    _check_name(name)
    if to.suffix.lower() == ".zip":
        if is_there(to):
            raise _exists(to, "give another name; nothing is written over a submission")
        warnings = _checked(registry, opened, name, card, None, believed)
        _pack(to, opened, name, card)
        return Submitted(path=to, warnings=warnings)
    repository = open_repository(to)
    target = repository.records / name
    if is_there(target):
        raise _exists(target, "--as gives it another name; nothing is written over a submission")
    warnings = _checked(registry, opened, name, card, repository.records, repository.believed(registry))
    try:
        with whole_folder(target, replaceable=lambda _: False) as part:
            _copy(opened, part, card)
    except FileExistsError:
        raise _exists(target, "--as gives it another name; nothing is written over a submission") from None
    return Submitted(path=target, warnings=warnings)


def submit_predictions(
    registry: Registry, source: Path, to: Path, card: SubmissionCard, *, called: str = ""
) -> Submitted:
    """Check predictions of a data set whose gold answers are hidden, and put them into its repository.

    Args:
        registry: What is installed.
        source: The file with the predictions.
        to: Folder of the repository.
        card: What is said of it; its system must be named, and its data set where several have hidden gold answers.
        called: Name of its folder; empty: by its system and data set.

    Raises:
        UsageError: There is no such repository or data set, predictions are missing or surplus, or something lies
            there already.
        DataError: A row cannot be read.
    """
    if not card.system.strip():
        raise UsageError("predictions do not say what made them", hint="name the system: --name NAME")
    if to.suffix.lower() == ".zip":
        raise UsageError(f"{to}: predictions go into a repository", hint="name its folder: --to DIR")
    repository = open_repository(to)
    data = repository.hidden(card.dataset)
    _check_rows(registry, source, repository, data)
    name = called or slug(f"{card.system}-{data.name}", ())
    _check_name(name)
    target = repository.submissions / name
    _, suffix, packed = split_suffix(source)
    try:
        with whole_folder(target, replaceable=lambda _: False) as part:
            shutil.copyfile(source, part / f"predictions{suffix}{packed}")
            (part / FILE).write_text(card_json(replace(card, dataset=data.name)), encoding="utf-8")
    except FileExistsError:
        raise _exists(target, "--as gives it another name; nothing is written over a submission") from None
    return Submitted(path=target)


def _exists(path: Path, hint: str) -> UsageError:
    return UsageError(f"{path} exists already", hint=hint)


def _check_name(name: str) -> None:
    if not name or name in (".", "..") or name.startswith((".", _MARK)) or set(name) & {"/", "\\", "\0"}:
        raise UsageError(f"{name!r} is no name for a folder of a submission", hint="--as NAME gives it one")


# ------------------------------------------------------------------ records


def _checked(
    registry: Registry,
    opened: StoredRecord,
    name: str,
    card: SubmissionCard,
    beside: Path | None,
    believed: Believed,
) -> tuple[Finding, ...]:
    """What a check of the repository with the record in it finds wrong with it; errors are raised."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "records")
        folder.mkdir()
        if beside is not None and is_folder(beside):
            shutil.copytree(beside, folder, dirs_exist_ok=True, copy_function=_linked, ignore=_irregular)
        for there in find_records(folder):
            _refuse_same(opened, there, folder)
        mine = folder / f"{_MARK}{name}"
        mine.mkdir()
        _copy(opened, mine, card)
        found = [_said(item, mine.name, name) for item in check_folder(registry, folder, believed=believed)]
    own = [item for item in found if item is not None]
    if errors := [item for item in own if item.severity == ERROR]:
        lines = "".join(f"\n  {item.check}: {item.reason}" for item in errors)
        raise NlptasksError(
            f"{opened.folder}: it is not submitted, since a check finds {len(errors)} thing"
            f"{'' if len(errors) == 1 else 's'} wrong:{lines}",
            hint="'nlptasks verify RECORD' looks at the record alone",
        )
    return tuple(own)


def _refuse_same(opened: StoredRecord, there: Path, folder: Path) -> None:
    """Refuse an evaluation that is there already; a board shows one of them only."""
    try:
        other = read_record(there, samples=False).record
    except NlptasksError:
        return  # the maintainer's concern
    if other.id == opened.record.id and other.model.name == opened.record.model.name:
        raise NlptasksError(
            f"{opened.folder}: it is not submitted: {there.relative_to(folder).as_posix()} is the same evaluation",
            hint="a board shows one of them; another system, or another seed, makes another record",
        )


def _said(item: Finding, marked: str, name: str) -> Finding | None:
    """A finding that is about the submission, with its own name; ``None`` where it is about others."""
    if item.record != marked and marked not in item.reason:
        return None
    return replace(item, record=name, reason=item.reason.replace(marked, name))


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copyfile(source, target)


def _irregular(folder: str, names: list[str]) -> list[str]:
    """What is neither a plain file nor a folder: others' pipes and links are not ours to open."""
    return [
        name for name in names if (path := Path(folder, name)).is_symlink() or not (is_file(path) or is_folder(path))
    ]


def _copy(opened: StoredRecord, folder: Path, card: SubmissionCard) -> None:
    for name in _files(opened):
        shutil.copyfile(opened.folder / name, folder / name)
    (folder / FILE).write_text(card_json(card), encoding="utf-8")


def _files(opened: StoredRecord) -> Sequence[str]:
    return (RECORD, SAMPLES, STATS) if opened.samples else (RECORD,)


def _pack(to: Path, opened: StoredRecord, name: str, card: SubmissionCard) -> None:
    with atomic_output(to) as stream, zipfile.ZipFile(stream, "w") as archive:
        for file in _files(opened):
            archive.writestr(_entry(f"{name}/{file}"), (opened.folder / file).read_bytes())
        archive.writestr(_entry(f"{name}/{FILE}"), card_json(card))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


# -------------------------------------------------------------- predictions


def _check_rows(registry: Registry, source: Path, repository: BoardRepository, data: Card) -> None:
    """Whether each row of the public file has one prediction, and each prediction a row."""
    public = str(repository.suite.folder / data.public)
    task = registry.get(TaskSpec, data.task).spec
    rows = ScoredData(source=TableSource(data=public, id=data.id))
    request = FileRequest(file=str(source), task=task, data=rows)
    given = read_predictions(registry, request)
    wanted = row_ids(registry, request, id_column(request, columns_of(registry, request, public), public))
    known = set(wanted)
    missing = [id_ for id_ in wanted if id_ not in given.answers or given.answers[id_].text is None]
    surplus = [id_ for id_ in given.answers if id_ not in known]
    if lines := mismatches(len(wanted), given.rows, missing=missing, surplus=surplus, twice=given.twice):
        raise UsageError(
            f"{source}: " + "\n".join(lines), hint=f"predict each row of {data.public} once, with its id in a column"
        )
