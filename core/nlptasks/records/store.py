"""Records in folders: written whole, read with their digests checked, found; see :mod:`nlptasks.records.schema`."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import json
import math
import os
import stat
import struct
import tokenize
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
from nlptasks.files.names import is_file, is_folder
from nlptasks.files.validated import problem_of
from nlptasks.records._whole import locked, restore, restore_below, whole_folder
from nlptasks.records.canonical import Json, parsed
from nlptasks.records.digests import digests_of, sample_line, stats_digest
from nlptasks.records.schema import Matrices, Record, Sample

__all__ = ["StoredRecord", "find_records", "read_record", "record_json", "write_record"]

SCHEMA = "nlptasks.record"
VERSION = 1

#: What reading an archive of arrays raises where it is damaged.
_DAMAGED = (
    *(ValueError, OSError, EOFError, LookupError, TypeError, OverflowError, MemoryError, SyntaxError, RuntimeError),
    *(struct.error, tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)

RECORD, SAMPLES, STATS = "record.json", "samples.jsonl.gz", "stats.npz"

#: Bytes that a file of a record has at most, and that it has at most when it is unpacked: records come from anywhere.
_LARGEST, _UNPACKED = 256 << 20, 1 << 30

#: No text and no matrix of a record packs better than so many bytes to one, but where it is small.
_RATIO, _SMALL = 200, 64 << 20


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
        return force and is_file(there / RECORD)

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
    held = tuple(_samples(lines, folder / SAMPLES))
    for name, matrix in stats.items():
        if matrix.ndim != 2 or len(matrix) != len(held):
            raise NlptasksError(
                f"{folder / STATS}: the statistics of {name!r} have the shape {matrix.shape}, and there are "
                f"{len(held):,} samples",
                hint="the file is damaged; evaluate again",
            )
    return StoredRecord(folder, record, held, stats)


def find_records(folder: Path) -> list[Path]:
    """Folders below ``folder`` (and itself) that hold a record, in order of their names; hidden ones are left out.

    Raises:
        UsageError: There is no such folder.
    """
    if not is_folder(folder):
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
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise NlptasksError(f"{path}: it is no file", hint="a record holds plain files only")
        if found.st_size > _LARGEST:
            raise NlptasksError(
                f"{path}: it has {found.st_size:,} bytes; no file of a record has more than {_LARGEST:,}",
                hint="the file is damaged, or means harm",
            )
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
    data.pop("trust", None)  # records of before said it of themselves, which counts for nothing
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
    content = _read(path)
    most = _most(len(content))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            lines = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NlptasksError(f"{path}: cannot be read ({error})", hint="the file is damaged; evaluate again") from error
    if len(lines) > most:
        raise _bomb(path, most)
    return lines


def _most(packed: int) -> int:
    """How many bytes so many may unpack to."""
    return min(_UNPACKED, max(_SMALL, _RATIO * packed))


def _bomb(path: Path, most: int) -> NlptasksError:
    return NlptasksError(f"{path}: it unpacks to more than {most:,} bytes", hint="the file is damaged, or means harm")


def _samples(lines: bytes, path: Path) -> Iterator[Sample]:
    for number, line in enumerate(lines.removesuffix(b"\n").split(b"\n"), 1):
        try:
            yield _adapter(Sample).validate_python(parsed(line))
        except ValueError as error:
            reason = problem_of(error) if isinstance(error, ValidationError) else f"no JSON ({error})"
            raise NlptasksError(f"{path}:{number}: {reason}", hint="the file is damaged; evaluate again") from error


def _stats(path: Path) -> dict[str, NDArray[np.float64]]:
    content = _read(path)
    most = _most(len(content))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if sum(item.file_size for item in file.infolist()) > most:
                raise _bomb(path, most)
            return {item.filename.removesuffix(".npy"): _matrix(file.read(item)) for item in file.infolist()}
    except _DAMAGED as error:
        raise NlptasksError(f"{path}: cannot be read ({error})", hint="the file is damaged; evaluate again") from error


def _matrix(content: bytes) -> NDArray[np.float64]:
    """An array of an archive; numpy makes room for all that a header promises before it looks for that."""
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if math.prod(shape) * dtype.itemsize > len(content):
        raise ValueError("an array is shorter than its header says")
    return np.asarray(np.load(io.BytesIO(content), allow_pickle=False), dtype=np.float64)
