"""Records: what one evaluation found, with everything that is needed to believe it, compare it and make it again.

A record is a folder with three files:

``record.json``
    A :class:`Record` as canonical JSON: sorted keys, no NaN, a schema name and version.
``samples.jsonl.gz``
    A :class:`Sample` a line, in the order of the data: what went in, what came out, what was right.
``stats.npz``
    For each metric its statistics matrix ``[samples, k]``, float64, a row a sample in the same order. A sample that a
    metric cannot read (no likelihood, say) has a row of zeros.

Every value that a record holds follows from its samples: :mod:`nlptasks.scoring` makes the matrices again.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import json
import math
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files import sha256_of

SCHEMA = "nlptasks.record"
VERSION = 1

RECORD, SAMPLES, STATS = "record.json", "samples.jsonl.gz", "stats.npz"

#: How far a number may be believed, the least first: an imported number; predictions attached and re-scored here; some
#: items run again from the weights; the whole run made again.
Trust = Literal["V0", "V1", "V2", "V3"]

#: What JSON can hold.
Json = Any

#: What is counted about the samples of a record, in this order.
FLAGS = ("missing", "empty", "truncated_input", "truncated_output", "invalid_label", "duplicate_id")

Matrices = Mapping[str, NDArray[np.float64]]

#: Records come from anywhere: what does not belong there is refused, and nothing is converted.
_STRICT = ConfigDict(extra="forbid")


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Sample:
    """One example with what the system made of it.

    Args:
        id: Its id in the data; the number of its row, from 1, where the data have none.
        inputs: The task's inputs by name.
        gold: The canonical gold answer, as metrics read it.
        prediction: The answer; ``None`` where the system gave none, which metrics of answers read as the empty text.
        score: Probability of the answer, where there is one.
        probabilities: Probability of each label, where there are such.
        nats: Negative log-likelihood of the gold text in nats, where the head tells it.
        flags: Some of :data:`FLAGS`.
        meta: Further columns of the data that slices and clusters are made of.
    """

    id: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    gold: str
    prediction: str | None = None
    score: float | None = None
    probabilities: Mapping[str, float] | None = None
    nats: float | None = None
    flags: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)


_SAMPLE = tuple(field.name for field in fields(Sample))


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Dataset:
    """What was evaluated on.

    Args:
        name: Name of the data set; the file's name where it belongs to no benchmark.
        benchmark: The benchmark that it is of; empty: none.
        split: Which part of it.
        revision: Its version at the source.
        sha256: SHA-256 of the file, in hexadecimal.
        n: Samples, after ``limit``.
        cluster: The column whose values tie samples together (the article of a question, say); empty: none.
        language: ISO 639-1 code of the language of the answers; empty: not known.
        licence: Its licence.
        source: Where it comes from.
        floor: What the trivial baseline of the primary metric reaches, by the data set's card.
        ceiling: The best that can be reached there, by the data set's card.
    """

    name: str
    benchmark: str = ""
    split: str = ""
    revision: str = ""
    sha256: str
    n: int
    cluster: str = ""
    language: str = ""
    licence: str = ""
    source: str = ""
    floor: float | None = None
    ceiling: float | None = None


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Model:
    """What was evaluated.

    Args:
        name: What boards call the system.
        backbone: Name of the backbone, or the reference to its checkpoint; empty: none.
        head: Qualified name of the head; empty where the answers come from elsewhere.
        parameters: Weights of the backbone and the head; 0: not known.
        trainable: Weights of the head alone; 0: not known or none.
        shared: Weights that other heads of the backbone use too; 0: not known or none.
        dtype: Number type of the backbone.
        weights: SHA-256 of the head's weights; empty: it has none or they are not known.
        digest: The backbone's digest; empty: none.
        trained_on: SHA-256 of files that it is said to have been trained on.
    """

    name: str
    backbone: str = ""
    head: str = ""
    parameters: int = 0
    trainable: int = 0
    shared: int = 0
    dtype: str = ""
    weights: str = ""
    digest: str = ""
    trained_on: tuple[str, ...] = ()


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Run:
    """How it was run.

    Args:
        seed: What seeded the head; ``None``: nothing is drawn.
        batch: The batch policy, in words.
        decoding: The options of head and backbone.
        limit: Most samples that were asked for; 0: all. A record with a limit is on no leaderboard.
        argv: The command, without paths of the machine, that makes the record again.
        commit: Commit of the code, where it ran from a repository.
        dirty: Whether the code had changes that were not committed.
        versions: Version of each package that decides the answers.
        columns: Columns of the data by the task's inputs, and the one of the gold answers under ``gold``.
    """

    seed: int | None = None
    batch: str = ""
    decoding: Mapping[str, Json] = field(default_factory=dict)
    limit: int = 0
    argv: tuple[str, ...] = ()
    commit: str = ""
    dirty: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Machine:
    """Where it was run. Speeds are compared only where these are equal."""

    python: str = ""
    platform: str = ""
    cpu: str = ""
    cores: int = 0
    ram_gib: float = 0.0
    gpu: str = ""


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Result:
    """One metric's value.

    Args:
        value: On all samples that it reads; ``None`` where it is not defined.
        low: Lower end of the 95 % interval; ``None`` for an imported number without one.
        high: Upper end.
        n: Samples that it reads.
        signature: What must be equal for two values to be comparable.
        higher_is_better: Whether a larger value is the better one.
        scale: Lowest and highest value; ``None``: unbounded.
        baseline: Value of the task's trivial baseline on the same samples.
        detectable: Smallest difference to another system that would be found with 80 % power at 5 %.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    signature: str
    higher_is_better: bool = True
    scale: tuple[float | None, float | None] = (0.0, 1.0)
    baseline: float | None = None
    detectable: float | None = None


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Cost:
    """What it cost; these vary from run to run, and no digest holds them.

    Args:
        seconds: Wall-clock time of answering, without loading.
        rows_per_second: Samples by that time.
        tokens_per_second: Tokens of the backbone by that time.
        p50_ms: Median time of a sample, from the blocks that they were answered in, in milliseconds.
        p95_ms: 95th percentile of it.
        peak_rss_mb: Largest resident memory of the process, in megabytes.
    """

    seconds: float = 0.0
    rows_per_second: float = 0.0
    tokens_per_second: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    peak_rss_mb: float = 0.0


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Record:
    """The result of one evaluation.

    Args:
        task: Name of the task.
        primary: Name of the metric that ranks systems.
        dataset: What was evaluated on.
        model: What was evaluated.
        run: How.
        machine: Where.
        scores: Value of each metric by its name.
        slices: The same for parts of the samples: ``{slice: {value: {metric: Result}}}``.
        labels: The closed set of answers; empty: none.
        flags: How many samples have each of :data:`FLAGS`.
        cost: What it cost.
        trust: How far the numbers may be believed.
        withheld: Whether the texts of the data are kept out of it; see :func:`withhold`.
        digests: SHA-256 of what is in ``samples.jsonl.gz`` and ``stats.npz``, under ``samples`` and ``stats``: of the
            lines and of the arrays, not of the compressed bytes. Empty where the number was imported.
    """

    task: str
    primary: str
    dataset: Dataset
    model: Model
    run: Run = field(default_factory=Run)
    machine: Machine = field(default_factory=Machine)
    scores: Mapping[str, Result]
    slices: Mapping[str, Mapping[str, Mapping[str, Result]]] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    flags: Mapping[str, int] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    trust: Trust = "V1"
    withheld: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> dict[str, Json]:
        """What decides the answers, field by field: two records with equal keys are the same evaluation."""
        return {
            "task": self.task,
            "data": self.dataset.sha256,
            "columns": dict(self.run.columns),
            "head": self.model.head,
            "weights": self.model.weights,
            "backbone": self.model.digest,
            "dtype": self.model.dtype,
            "decoding": dict(self.run.decoding),
            "seed": self.run.seed,
            "limit": self.run.limit,
            "code": dict(self.run.versions),
        }

    @property
    def id(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the key."""
        return hashlib.sha256(canonical(self.key).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclasses.dataclass(frozen=True, slots=True)
class Opened:
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


def canonical(value: Json) -> str:
    """JSON with sorted keys, no spaces and no NaN: equal values are equal bytes.

    Raises:
        ValueError: A number is not finite.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def withhold(samples: Iterable[Sample], labels: Sequence[str]) -> list[Sample]:
    """Samples without the texts of the data, for records of data that must not be passed on.

    Inputs are left out. Gold answers and predictions are kept where they are labels; else a hash stands for each, which
    still tells whether two of them are equal, and what they score is in the matrices.

    Args:
        samples: The samples.
        labels: The closed set of answers; empty: answers are texts.
    """
    if labels:
        return [replace(sample, inputs={}) for sample in samples]
    return [
        replace(
            sample,
            inputs={},
            gold=_hashed(sample.gold),
            prediction=None if sample.prediction is None else _hashed(sample.prediction),
        )
        for sample in samples
    ]


def _hashed(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def samples_digest(samples: Iterable[Sample]) -> str:
    """SHA-256 of the samples' lines."""
    digest = hashlib.sha256()
    for sample in samples:
        digest.update(f"{sample_line(sample)}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def stats_digest(stats: Matrices) -> str:
    """SHA-256 of the matrices: names, shapes and values."""
    digest = hashlib.sha256()
    for name, matrix in sorted(stats.items()):
        digest.update(f"{name} {matrix.shape}\n".encode())
        digest.update(np.ascontiguousarray(matrix, dtype="<f8").tobytes())
    return digest.hexdigest()


def sample_line(sample: Sample) -> str:
    """A sample as a line of ``samples.jsonl.gz``; what it lacks is left out."""
    values = ((name, getattr(sample, name)) for name in _SAMPLE)
    return canonical({name: value for name, value in values if value not in (None, (), {})})


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
    digests = {"samples": samples_digest(samples), "stats": stats_digest(stats)} if samples else {}
    record = replace(record, digests=digests)
    if os.path.lexists(folder) and not (force and (folder / RECORD).is_file()):
        raise UsageError(f"{folder} exists already", hint="--force replaces a record; or give another --output")
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)  # a kill may have left it
        part.mkdir(parents=True)
        for name, content in _contents(record, samples, stats):
            (part / name).write_bytes(content)
        if folder.exists():
            shutil.rmtree(folder)
        part.rename(folder)
    except OSError as error:
        raise NlptasksError(f"cannot write {folder}: {error.strerror}", hint="is the disk full?") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return record


def read_record(folder: Path, *, samples: bool = True) -> Opened:
    """Read a record and check its digests.

    Args:
        folder: Its folder, or the path of its ``record.json``.
        samples: Whether its samples and matrices are read too.

    Raises:
        UsageError: There is none.
        NlptasksError: It is damaged, of a newer version, or was changed by hand.
    """
    folder = folder.parent if folder.name == RECORD else folder
    record = _parse(_read(folder / RECORD), folder / RECORD)
    if not samples or not record.digests:
        return Opened(folder, record)
    lines = _unpacked(folder / SAMPLES)
    stats = _stats(folder / STATS)
    digests = hashlib.sha256(lines).hexdigest(), stats_digest(stats)
    for name, path, digest in zip(("samples", "stats"), (SAMPLES, STATS), digests, strict=True):
        if record.digests.get(name) != digest:
            raise NlptasksError(
                f"{folder / path}: its digest is {digest[:12]}, and {RECORD} says {record.digests.get(name, '')[:12]}",
                hint="the file was changed after the run; evaluate again, or score it anew: nlptasks rescore",
            )
    return Opened(folder, record, tuple(_samples(lines, folder / SAMPLES)), stats)


def find_records(folder: Path) -> list[Path]:
    """Folders below ``folder`` (and itself) that hold a record, in order of their names; hidden ones are left out.

    Raises:
        UsageError: There is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder", hint="give the folder that records lie in, for example results")
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
        data = json.loads(content.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise NlptasksError(f"{path}: no JSON ({error})", hint="the file is damaged; evaluate again") from error
    if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
        raise NlptasksError(f"{path}: not a record of nlptasks", hint=f'its "schema" must be "{SCHEMA}"')
    if data.pop("version", None) != VERSION:
        raise NlptasksError(f"{path}: a version of the schema that is not known here", hint="install a newer nlptasks")
    said = data.pop("id", None)
    try:
        record: Record = _adapter(Record).validate_python(data)
    except ValidationError as error:
        raise NlptasksError(f"{path}: {_first(error)}", hint="the file was changed or is damaged") from error
    if said != record.id:
        raise NlptasksError(f"{path}: its id is {said!r}, but its fields make {record.id!r}", hint="it was changed")
    return record


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the record'}: {first['msg']}"


def _unpacked(path: Path) -> bytes:
    try:
        return gzip.decompress(_read(path))
    except (OSError, EOFError, zlib.error) as error:
        raise NlptasksError(f"{path}: cannot be read ({error})", hint="the file is damaged; evaluate again") from error


def _samples(lines: bytes, path: Path) -> Iterator[Sample]:
    text = lines.decode("utf-8", "surrogatepass")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            yield _adapter(Sample).validate_python(json.loads(line))
        except ValidationError as error:
            raise NlptasksError(
                f"{path}:{number}: {_first(error)}", hint="the file is damaged; evaluate again"
            ) from error


def _stats(path: Path) -> dict[str, NDArray[np.float64]]:
    try:
        with np.load(io.BytesIO(_read(path)), allow_pickle=False) as file:
            return {name: np.asarray(file[name], dtype=np.float64) for name in file.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise NlptasksError(f"{path}: cannot be read ({error})", hint="the file is damaged; evaluate again") from error


__all__ = [
    "FLAGS",
    "Cost",
    "Dataset",
    "Json",
    "Machine",
    "Matrices",
    "Model",
    "Opened",
    "Record",
    "Result",
    "Run",
    "Sample",
    "Trust",
    "canonical",
    "find_records",
    "read_record",
    "record_json",
    "sample_line",
    "samples_digest",
    "sha256_of",
    "stats_digest",
    "withhold",
    "write_record",
]
