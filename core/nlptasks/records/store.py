"""Records in folders: written whole, read with their digests checked, found; see :mod:`nlptasks.records.schema`."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import json
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.validated import problem_of
from nlptasks.records._whole import locked, restore, restore_below, whole_folder
from nlptasks.records.schema import Json, Matrices, Record, Sample, digests_of, parsed, sample_line, stats_digest

__all__ = ["StoredRecord", "find_records", "read_record", "record_json", "write_record"]

SCHEMA = "nlptasks.record"
VERSION = 1

#: What reading an archive of arrays raises where it is damaged.
_DAMAGED = (
    *(ValueError, OSError, EOFError, LookupError, TypeError, OverflowError, MemoryError, SyntaxError, RuntimeError),
    *(struct.error, zipfile.BadZipFile, zlib.error),
)

RECORD, SAMPLES, STATS = "record.json", "samples.jsonl.gz", "stats.npz"


@dataclasses.dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record that was read, with its samples and matrices; both are empty for an imported number.

    Args:
        folder: Where it lies.
        record: The record.
        samples: Its samples.
        stats: Its statistics matrices.
    """

    folder: Path
    record: Record
    samples: tuple[Sample, ...] = ()
    stats: Matrices = field(default_factory=dict)


def write_record(
    folder: Path, record: Record, samples: Sequence[Sample], stats: Matrices, *, force: bool = False
) -> Record:
    """Write a record, which appears whole under its name or not at all; its digests are filled in.

    Args:
        folder: The folder to make.
        record: The record.
        samples: Its samples; none for an imported number.
        stats: Its statistics matrices.
        force: Whether a record that lies there is replaced.

    Raises:
        UsageError: Something lies there already.
        NlptasksError: The disk is full or fails.
    """
    record = replace(record, digests=digests_of(samples, stats))

    def replaceable(there: Path) -> bool:
        return force and (there / RECORD).is_file()

    if os.path.lexists(folder) and not replaceable(folder):
        raise _exists(folder)
    try:
        with whole_folder(folder, replaceable=replaceable) as part:
            for name, content in _contents(record, samples, stats):
                (part / name).write_bytes(content)
    except FileExistsError:
        raise _exists(folder) from None
    except OSError as error:
        raise NlptasksError(f"cannot write {folder}: {error.strerror}", hint="is the disk full?") from error
    return record


def _exists(folder: Path) -> UsageError:
    return UsageError(f"{folder} exists already", hint="--force replaces a record; or give another --output")


def read_record(folder: Path, *, samples: bool = True) -> StoredRecord:
    """Read a record and check its digests.

    Args:
        folder: Its folder, or the path of its ``record.json``.
        samples: Whether its samples and matrices are read too.

    Raises:
        UsageError: There is none.
        NlptasksError: It is damaged, of a newer version, or was changed by hand.
    """
    folder = folder.parent if folder.name == RECORD else folder
    restore(folder)
    with locked(Path(os.path.realpath(folder)).parent, shared=True):  # its files are of one record
        return _read_record(folder, samples)


def _read_record(folder: Path, samples: bool) -> StoredRecord:
    record = _parse(_read(folder / RECORD), folder / RECORD)
    if not samples or not record.digests:
        return StoredRecord(folder, record)
    lines = _unpacked(folder / SAMPLES)
    stats = _stats(folder / STATS)
    digests = hashlib.sha256(lines).hexdigest(), stats_digest(stats)
    for name, path, digest in zip(("samples", "stats"), (SAMPLES, STATS), digests, strict=True):
        if record.digests.get(name) != digest:
            raise NlptasksError(
                f"{folder / path}: its digest is {digest[:12]}, and {RECORD} says {record.digests.get(name, '')[:12]}",
                hint="the file was changed after the run; evaluate again, or score it anew: nlptasks rescore",
            )
    return StoredRecord(folder, record, tuple(_samples(lines, folder / SAMPLES)), stats)


def find_records(folder: Path) -> list[Path]:
    """Folders below ``folder`` (and itself) that hold a record, in order of their names; hidden ones are left out.

    Raises:
        UsageError: There is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder", hint="give the folder that records lie in, for example results")
    restore_below(folder)
    found = (path.parent for path in folder.rglob(RECORD))
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def record_json(record: Record) -> str:
    """The text of ``record.json``."""
    content = {"schema": SCHEMA, "version": VERSION, "id": record.id, **asdict(record)}
    return json.dumps(_finite(content), sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _finite(value: Json) -> Json:
    """JSON knows neither NaN nor infinity: ``null`` stands for them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _contents(record: Record, samples: Sequence[Sample], stats: Matrices) -> Iterator[tuple[str, bytes]]:
    yield RECORD, record_json(record).encode("utf-8", "surrogatepass")
    if samples:
        lines = "".join(f"{sample_line(sample)}\n" for sample in samples)
        yield SAMPLES, gzip.compress(lines.encode("utf-8", "surrogatepass"), mtime=0)
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {name: np.asarray(stats[name], dtype=np.float64) for name in sorted(stats)}
        np.savez_compressed(buffer, **arrays)
        yield STATS, buffer.getvalue()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}", hint="a record is a folder that 'nlptasks eval' or 'nlptasks rescore' made"
        ) from error


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _parse(content: bytes, path: Path) -> Record:
    try:
        data = parsed(content)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise NlptasksError(f"{path}:{line}: no JSON ({error})", hint="the file is damaged; evaluate again") from error
    if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
        raise NlptasksError(f"{path}: not a record of nlptasks", hint=f'its "schema" must be "{SCHEMA}"')
    if data.pop("version", None) != VERSION:
        raise NlptasksError(f"{path}: a version of the schema that is not known here", hint="install a newer nlptasks")
    said = data.pop("id", None)
    try:
        record: Record = _adapter(Record).validate_python(data)
    except ValidationError as error:
        raise NlptasksError(f"{path}: {problem_of(error)}", hint="the file was changed or is damaged") from error
    try:
        own = record.id
    except (ValueError, RecursionError) as error:  # a number too large to be finite, or nesting just short of too deep
        raise NlptasksError(f"{path}: its fields make no id ({error})", hint="it was changed") from error
    if said != own:
        raise NlptasksError(f"{path}: its id is {said!r}, but its fields make {own!r}", hint="it was changed")
    return record


def _unpacked(path: Path) -> bytes:
    try:
        return gzip.decompress(_read(path))
    except (OSError, EOFError, zlib.error) as error:
        raise NlptasksError(f"{path}: cannot be read ({error})", hint="the file is damaged; evaluate again") from error


def _samples(lines: bytes, path: Path) -> Iterator[Sample]:
    for number, line in enumerate(lines.removesuffix(b"\n").split(b"\n"), 1):
        try:
            yield _adapter(Sample).validate_python(parsed(line))
        except ValueError as error:
            reason = problem_of(error) if isinstance(error, ValidationError) else f"no JSON ({error})"
            raise NlptasksError(f"{path}:{number}: {reason}", hint="the file is damaged; evaluate again") from error


def _stats(path: Path) -> dict[str, NDArray[np.float64]]:
    try:
        with np.load(io.BytesIO(_read(path)), allow_pickle=False) as file:
            return {name: np.asarray(file[name], dtype=np.float64) for name in file.files}
    except _DAMAGED as error:
        raise NlptasksError(f"{path}: cannot be read ({error})", hint="the file is damaged; evaluate again") from error
