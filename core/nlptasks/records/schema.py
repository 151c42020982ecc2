"""Records: what one evaluation found, with everything that is needed to believe it, compare it and make it again.

A record is a folder with three files:

``record.json``
    A :class:`Record` as canonical JSON: sorted keys, no NaN, a schema name and version.
``samples.jsonl.gz``
    A :class:`Sample` a line, in the order of the data: what went in, what came out, what was right.
``stats.npz``
    For each metric its statistics matrix ``[samples, k]``, float64, a row a sample in the same order. A sample that a
    metric cannot read (no likelihood, say) has a row of zeros.

Every value that a record holds follows from its samples: :mod:`nlptasks.statistics.scoring` makes the matrices again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Strict
from pydantic.dataclasses import dataclass

from nlptasks.records.canonical import Json, canonical

#: How far a number may be believed, the least first: an imported number; predictions attached and re-scored here; so
#: many rows run again from the weights that an edit of 1 % of them would have been found; the whole run made again. No
#: record tells its own: see :mod:`nlptasks.records.attestations`.
Trust = Literal["V0", "V1", "V2", "V3"]

#: What is counted about the samples of a record, in this order.
FLAGS = ("missing", "empty", "truncated_input", "truncated_output", "invalid_label", "duplicate_id", "foreign_input")

#: What the names of metrics follow in :attr:`Run.plugins`.
METRIC = "metric "

Matrices = Mapping[str, NDArray[np.float64]]

#: Records come from anywhere: what does not belong there is refused, and nothing is converted.
_STRICT = ConfigDict(extra="forbid")

# Strict one by one, since JSON knows no tuples: the lists in their places are to become them.
_Whole = Annotated[int, Strict()]
_Number = Annotated[float, Strict()]
_Truth = Annotated[bool, Strict()]


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Sample:
    """One example with what the system made of it.

    Args:
        id: Its id in the data; the number of its row, from 1, where the data have none.
        inputs: The task's inputs by name.
        gold: The canonical gold answer, as metrics read it.
        prediction: The prediction; ``None`` where the system gave none, which metrics read as the empty text.
        score: Probability of the prediction, where there is one.
        probabilities: Probability of each label, where there are such.
        nll: Negative log-likelihood of the gold text in nats, where the head tells it.
        flags: Some of :data:`FLAGS`.
        meta: Further columns of the data that slices and clusters are made of.
    """

    id: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    gold: str
    prediction: str | None = None
    score: _Number | None = None
    probabilities: Mapping[str, _Number] | None = None
    nll: _Number | None = None
    flags: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)


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
        language: ISO 639-1 code of the language of the predictions; empty: not known.
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
    n: _Whole
    cluster: str = ""
    language: str = ""
    licence: str = ""
    source: str = ""
    floor: _Number | None = None
    ceiling: _Number | None = None


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Model:
    """What was evaluated.

    Args:
        name: What boards call the system.
        backbone: Name of the backbone, or the reference to its checkpoint; empty: none.
        head: Qualified name of the head; empty where the predictions come from elsewhere.
        parameters: Weights of the backbone and the head; 0: not known.
        trainable: Weights of the head alone; 0: not known or none.
        shared: Weights that other heads of the backbone use too; 0: not known or none.
        dtype: Number type of the backbone.
        runtime: What computed the backbone, for example ``openvino``; empty: not known.
        weights: SHA-256 of the head's weights; empty: it has none or they are not known.
        digest: The backbone's digest; empty: none.
        trained_on: SHA-256 of files that it is said to have been trained on.
    """

    name: str
    backbone: str = ""
    head: str = ""
    parameters: _Whole = 0
    trainable: _Whole = 0
    shared: _Whole = 0
    dtype: str = ""
    runtime: str = ""
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
        versions: Version of each package that decides the predictions.
        columns: Columns of the data by the task's inputs, and the one of the gold answers under ``gold``.
        inputs: SHA-256 of what the head read of the data; empty: not known.
        likelihoods: SHA-256 of the texts whose likelihood was asked for; empty: of none.
        plugins: The distribution of each plugin that took part, with its version: of the ``head``, the ``backbone``,
            the ``task``, the ``format`` of the data and each ``metric NAME``. Of a plugin in a single file, its digest.
        files: SHA-256 of each further file that was read: of a trained head's folder under ``head/NAME``, of what an
            option names under ``OPTION/NAME``.
    """

    seed: _Whole | None = None
    batch: str = ""
    decoding: Mapping[str, Json] = field(default_factory=dict)
    limit: _Whole = 0
    argv: tuple[str, ...] = ()
    commit: str = ""
    dirty: _Truth = False
    versions: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    inputs: str = ""
    likelihoods: str = ""
    plugins: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Machine:
    """Where it was run. Speeds are compared only where these are equal."""

    python: str = ""
    platform: str = ""
    cpu: str = ""
    cores: _Whole = 0
    ram_gib: _Number = 0.0
    gpu: str = ""


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Result:
    """One metric's value.

    Args:
        value: On all samples that it reads; ``None`` where it is not defined.
        low: Lower end of the 95 % interval; ``None`` where there is none, and the signature says why, and for an
            imported number without one.
        high: Upper end.
        n: Samples that it reads.
        signature: What must be equal for two values to be comparable.
        higher_is_better: Whether a larger value is the better one.
        scale: Lowest and highest value; ``None``: unbounded.
        baseline: Value of the task's trivial baseline on the same samples.
        detectable: Smallest difference to one other system that would be found with 80 % power at 5 %, if that is as
            uncertain and correlates with this one by 0.5 over the samples.
    """

    value: _Number | None
    low: _Number | None = None
    high: _Number | None = None
    n: _Whole
    signature: str
    higher_is_better: _Truth = True
    scale: tuple[_Number | None, _Number | None] = (0.0, 1.0)
    baseline: _Number | None = None
    detectable: _Number | None = None


@dataclass(config=_STRICT, frozen=True, slots=True, kw_only=True)
class Cost:
    """What it cost; these vary from run to run, and no digest holds them.

    Args:
        seconds: Wall-clock time of predicting, without loading.
        rows_per_second: Samples by that time.
        tokens_per_second: Tokens of the backbone by that time.
        p50_ms: Median time of a sample, from the blocks that they were predicted in, in milliseconds.
        p95_ms: 95th percentile of it.
        peak_rss_mb: Largest resident memory of the process, in megabytes.
    """

    seconds: _Number = 0.0
    rows_per_second: _Number = 0.0
    tokens_per_second: _Number = 0.0
    p50_ms: _Number = 0.0
    p95_ms: _Number = 0.0
    peak_rss_mb: _Number = 0.0


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
        labels: The closed set of them; empty: none.
        flags: How many samples have each of :data:`FLAGS`.
        cost: What it cost.
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
    flags: Mapping[str, _Whole] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    withheld: _Truth = False
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> dict[str, Json]:
        """What decides the predictions, field by field: two records with equal keys are the same evaluation.

        What a record does not know is no field: those of before some of these were known keep their ids.
        """
        run = self.run
        plugins = {role: owner for role, owner in run.plugins.items() if not role.startswith(METRIC)}
        later = {"inputs": run.inputs, "likelihoods": run.likelihoods, "plugins": plugins, "files": dict(run.files)}
        later["runtime"] = self.model.runtime
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
            **{name: value for name, value in later.items() if value},
        }

    @property
    def id(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the key."""
        return hashlib.sha256(canonical(self.key).encode("utf-8", "surrogatepass")).hexdigest()[:16]


__all__ = [
    "FLAGS",
    "METRIC",
    "Cost",
    "Dataset",
    "Machine",
    "Matrices",
    "Model",
    "Record",
    "Result",
    "Run",
    "Sample",
    "Trust",
]
