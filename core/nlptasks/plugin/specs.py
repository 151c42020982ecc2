"""What a plugin is made of: the hook marker and the frozen descriptors its hooks return.

Descriptors are plain data. They carry names, one-line summaries and *import strings* (``"package.module:object"``) for
everything heavy, so that listing, ``--help`` and collision checks never import torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pluggy

__all__ = [
    "ENCODE",
    "ENTAILMENT",
    "GENERATE",
    "LABELS",
    "LIKELIHOOD",
    "PREDICTION",
    "PROBABILITIES",
    "PROMPT",
    "SCORE",
    "SPANS",
    "STATE",
    "BackboneSpec",
    "BenchmarkSpec",
    "Column",
    "CommandSpec",
    "Descriptor",
    "EngineSpec",
    "FormatSpec",
    "HeadSpec",
    "MetricSpec",
    "PipelineSpec",
    "TaskSpec",
    "hookimpl",
]

PROJECT = "nlptasks"

#: Marks a function of a plugin as an implementation of the hook of the same name.
hookimpl = pluggy.HookimplMarker(PROJECT)

#: Capabilities: what a backbone provides and a head needs.
ENCODE = "encode"
GENERATE = "generate"
SCORE = "score"

#: Capabilities of a checkpoint that carries an output layer of its own: for the labels of texts, for spans in them; and
#: one whose labels say whether a text entails another.
LABELS = "labels"
SPANS = "spans"
ENTAILMENT = "entailment"

#: Capability of a model of language that was trained to answer prompts, or to write on behind any text.
PROMPT = "prompt"

#: What a metric reads: the prediction, how probable the gold text is to the head, the probability of each label,
#: or what is to be noted about the prediction (see :data:`nlptasks.records.schema.FLAGS`).
PREDICTION = "prediction"
LIKELIHOOD = "likelihood"
PROBABILITIES = "probabilities"
STATE = "state"


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """What every descriptor has.

    Args:
        name: Lower-case letters, digits, ``-`` and ``_``; what a user types.
        summary: One line for listings.
    """

    name: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that a task reads from a table.

    Args:
        name: The column's own name, which is also the key in ``Example.inputs``.
        aliases: Other names under which people keep it, compared without case.
        summary: One line for ``--help``.
        optional: Whether a table may do without it, where it has the gold column: the input is then empty. An empty
            optional input is predicted as any other.
    """

    name: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class TaskSpec(Descriptor):
    """What goes in, what comes out and how it is scored. No model in it.

    Args:
        inputs: The columns that a row must have.
        gold: The gold column, where the data has one.
        prediction: Import string of the prediction type: one of ``nlptasks.plugin.predictions``, or a class like them.
        output: Name of the first output column; the prediction type derives the others from it.
        metrics: Names of the metrics printed for this task.
        primary: The one that ranks systems.
        baseline: Import string of the trivial baseline (see :class:`nlptasks.plugin.protocols.Baseline`).
        examples: Rows that every head of the task must be able to read, gold column included.
        aliases: Other names of the task on the command line.
        recorded: Names of further metrics, which records hold and a run does not print.
        read_gold: Import string of ``(column, cell, cells) -> str | None``, which turns a cell of the gold column into
            a canonical gold answer, or ``None`` where it cannot. ``cells`` are the different cells of the column:
            ``1`` means one thing beside ``0`` and another beside ``5``. A ``ValueError`` refuses a cell that would be
            misread; its text says why. Empty: the stripped cell as it is.
        describe_gold: Import string of ``(column, cells) -> Sequence[str]``: on which scale ``read_gold`` takes the
            cells of a column to be ratings, a line each; none where they are no ratings. Empty: they never are.
    """

    inputs: tuple[Column, ...]
    gold: Column
    prediction: str
    output: str
    metrics: tuple[str, ...]
    primary: str
    baseline: str
    examples: tuple[Mapping[str, str], ...]
    aliases: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    read_gold: str = ""
    describe_gold: str = ""


@dataclass(frozen=True, kw_only=True)
class HeadSpec(Descriptor):
    """Solves one task on a backbone.

    Args:
        task: Name of the task.
        object: Import string of a callable ``(HeadContext) -> Head``.
        needs: Capabilities that the backbone must provide; empty: the head works without a backbone.
        options: Frozen dataclass of the head's options; its fields become flags of ``nlptasks run TASK``.
        default: Chosen when the user names no head. A head is also chosen by an option that only it has.
        trainer: Import string of ``(TrainJob) -> TrainReport``; empty: the head cannot be trained.
        takes_layer: Whether its trainer can make the head of an output layer that its backbone was fine-tuned with.
        languages: ISO 639-1 codes of the languages that the weights which ship with it were trained to read; empty:
            those of its backbone, or not known.
        backbone: Name of the backbone that the weights which ship with it were trained on. On that backbone it comes
            before heads that name none; on others it is not chosen unless the user names it. Empty: it says nothing.
        weights: Folder below its package with the weights that ship with it; records tell their content.
    """

    task: str
    object: str
    needs: frozenset[str] = frozenset()
    options: type | None = None
    default: bool = False
    trainer: str = ""
    takes_layer: bool = False
    languages: tuple[str, ...] = ()
    backbone: str = ""
    weights: str = "weights"


@dataclass(frozen=True, kw_only=True)
class BackboneSpec(Descriptor):
    """A Transformer that heads share.

    Args:
        object: Import string of a callable ``(BackboneContext) -> Backbone``.
        provides: Its capabilities; with an ``inspector``, all that a checkpoint may have.
        options: Frozen dataclass of its options; its fields become flags of ``nlptasks run TASK``.
        default: Chosen when the user names no backbone.
        parameters: Number of weights, for listings; 0 where it is not known beforehand.
        languages: ISO 639-1 codes of the languages that it reads; empty: not known.
        extra: The extra of ``pip install 'nlptasks-toolkit[EXTRA]'`` that it needs, where it needs one. It is then not
            chosen where another one fits, unless the user or a head names it.
        writes: ISO 639-1 codes of the languages that it writes; empty: it writes nothing, or what it reads.
        trainer: Import string of ``(RecipeJob) -> RecipeReport`` (see :mod:`nlptasks.training.recipes`); empty: the
            backbone cannot be fine-tuned. A backbone with a trainer opens the folders that this leaves
            (``BackboneContext.folder``).
        scheme: It opens references that begin with this and a colon (``--backbone SCHEME:NAME``), each a checkpoint of
            its own (``BackboneContext.reference``). Empty: it opens none.
        marker: Name of a file: folders that hold it, and that no trainer left, are references to this backbone too.
            Empty: no folders are.
        inspector: Import string of ``(reference, options) -> Inspection`` (see :mod:`nlptasks.plugin.inspection`),
            which tells what a reference's checkpoint provides, before it is opened. Needed with a scheme or a marker; a
            backbone with an inspector is opened only by a reference.
    """

    object: str
    provides: frozenset[str]
    options: type | None = None
    default: bool = False
    parameters: int = 0
    languages: tuple[str, ...] = ()
    extra: str = ""
    writes: tuple[str, ...] = ()
    trainer: str = ""
    scheme: str = ""
    marker: str = ""
    inspector: str = ""


@dataclass(frozen=True, kw_only=True)
class MetricSpec(Descriptor):
    """A metric: sufficient statistics per example and a function of their sum.

    Args:
        object: Import string of a callable ``(labels: tuple[str, ...]) -> Metric``.
        range: Lowest and highest value.
        higher_is_better: Whether a larger value is the better one.
        reads: What its statistics are made of beside the gold. Each comes as text in place of the prediction:
            ``prediction``, its canonical text; ``likelihood``, the negative log-likelihood of the gold text in nats,
            as a decimal number (see :meth:`nlptasks.plugin.protocols.Likelihoods.likelihoods`); ``probabilities``, a
            JSON object with the probability of each label; ``state``, what is to be noted about the prediction, names
            joined by spaces, empty where all is well (see :data:`nlptasks.records.schema.FLAGS`).
        by_language: Whether the callable also takes ``language=``, the ISO 639-1 code of the language of the
            predictions (empty where it is not known), because its tokens depend on it.
        conventions: What one must know to compare its values with others', a sentence each.
        traps: Where people go wrong with it, a sentence each.
    """

    object: str
    range: tuple[float, float] = (0.0, 1.0)
    higher_is_better: bool = True
    reads: str = PREDICTION
    by_language: bool = False
    conventions: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BenchmarkSpec(Descriptor):
    """A benchmark: pinned data sets with their tasks. It is data, not code; see :mod:`nlptasks.records.suites`.

    Args:
        suite: The YAML file that describes it, as ``package:path/in/package.yaml``.
    """

    suite: str


@dataclass(frozen=True, kw_only=True)
class FormatSpec(Descriptor):
    """A file format of data.

    Args:
        suffixes: File name endings, with their dot, without a compression's.
        object: Import string of a callable ``(FormatOptions) -> Format``.
        magic: First bytes that tell the format of a pipe, which has no suffix.
        extra: The extra of ``pip install 'nlptasks-toolkit[EXTRA]'`` that it needs, where it needs one.
        options: Frozen dataclass of its own options, beside those of ``FormatOptions``; its fields become flags of
            ``nlptasks run TASK``, and the format finds an instance in ``FormatOptions.own``.
        example: A small file of a format of text that holds only some tables, such as one of sentences and their tags:
            what ``nlptasks plugins check`` reads and writes in place of any table. Empty: it holds any.
    """

    suffixes: tuple[str, ...]
    object: str
    magic: tuple[bytes, ...] = ()
    extra: str = ""
    options: type | None = None
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class PipelineSpec(Descriptor):
    r"""A pipeline: a callable that takes and returns what transformers 4 pipelines did; see :func:`nlptasks.pipeline`.

    Args:
        object: Import string of a callable ``(PipelineContext) -> Callable`` (see :mod:`nlptasks.plugin.pipelines`).
        aliases: Other names of it.
        pattern: Regular expression of further names, for example
            ``translation_(?P<src_lang>\w+)_to_(?P<tgt_lang>\w+)``; its named groups are settings. Empty: it has none.
        fits: Import string of ``(PipelineContext) -> bool``: whether a model is plainly one for this pipeline. It is
            asked where the user names a model and no pipeline. Empty: the pipeline is always named.
    """

    object: str
    aliases: tuple[str, ...] = ()
    pattern: str = ""
    fits: str = ""


@dataclass(frozen=True, kw_only=True)
class CommandSpec(Descriptor):
    """A command: ``nlptasks NAME``. Its summary is its line in ``nlptasks --help``.

    Args:
        object: Import string of a ``click.Command``, or a group of them. It is imported when the command is called.
    """

    object: str


@dataclass(frozen=True, kw_only=True)
class EngineSpec(Descriptor):
    """An engine: where blocks of rows are predicted; ``--engine NAME``. See :mod:`nlptasks.plugin.engines`.

    Args:
        object: Import string of a callable ``(EngineContext) -> Workers | None``; ``None`` predicts in this process.
        options: Frozen dataclass of its own options; its fields become flags of ``nlptasks run TASK``.
        extra: The extra of ``pip install 'nlptasks-toolkit[EXTRA]'`` that it needs, where it needs one.
    """

    object: str
    options: type | None = None
    extra: str = ""
