"""The Python API: what the commands do, without files where there need be none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlptasks._pipelines.pipeline import pipeline
from nlptasks._running.loaded import LoadedTask, Predictions, load_task
from nlptasks._running.run import run as run_system
from nlptasks._settings.functions import GivenKeywords
from nlptasks._settings.groups import (
    BeliefChoice,
    DataFiles,
    EngineChoice,
    Evaluation,
    PinnedChoice,
    PredictionCache,
    RecordTarget,
    RowChoice,
    SystemChoice,
    TableSource,
    TableTarget,
)
from nlptasks._settings.training import TrainingData, TrainingSettings, TrainingTarget
from nlptasks._systems.process import plugins, session, warn
from nlptasks._training.methods import DECODER
from nlptasks._training.train import TrainRequest
from nlptasks._training.train import train as train_system
from nlptasks.plugin.options import from_values
from nlptasks.plugin.protocols import TrainReport
from nlptasks.records.report import RunReport

__all__ = [
    "LoadedTask",
    "Predictions",
    "build_board",
    "compare",
    "embed",
    "errors",
    "evaluate",
    "load",
    "pipeline",
    "rescore",
    "run",
    "slice",
    "train",
]

if TYPE_CHECKING:
    from typing import Literal, Unpack

    import numpy as np
    from numpy.typing import NDArray

    from nlptasks._board.board import Board
    from nlptasks._scoring.compare import Compared
    from nlptasks._scoring.errors_view import ErrorList
    from nlptasks._scoring.of_records import RecordSource, Rescored
    from nlptasks._scoring.slices import Slices
    from nlptasks._settings.keywords import EvaluateSettings, RunSettings, TrainSettings
    from nlptasks.records.schema import Record

#: What :func:`run` and the like take by name.
_NAMED = ("task", "data", "output", "head", "columns", "options", "format_options", "engine_options")
_OF_TRAINING = _NAMED[:-1]

#: What an option of a head or a backbone holds.
Option = str | int | float | bool | Sequence[str] | None


def load(
    task: str,
    *,
    head: str = "",
    backbone: str = "",
    device: str = "auto",
    precision: str = "auto",
    runtime: str = "auto",
    **options: Option,
) -> LoadedTask:
    """Load a head, and its backbone unless it is in memory already.

    Args:
        task: Name of the task.
        head: Name of a head, or the folder of a trained one; empty: the default.
        backbone: Name of a backbone; empty: the one that fits.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: ``auto``, ``float32``, ``bfloat16``, ``float16`` or ``int8``.
        runtime: ``auto`` (OpenVINO on a CPU where it can, else PyTorch), ``openvino`` or ``torch``.
        options: Options of the head and the backbone, for example ``labels=("billing", "returns")``.

    Raises:
        UsageError: A name or an option is unknown, or does not fit.
    """
    name = session().tasks([task])[0].name
    system = from_values(
        SystemChoice, {"backbone": backbone, "device": device, "precision": precision, "runtime": runtime}
    )
    return load_task(name, replace(system, heads={name: head}, options=options))


def run(
    task: str | Sequence[str],
    data: str | Path | Sequence[str | Path],
    *,
    output: str | Path = "",
    head: str | Mapping[str, str] = "",
    columns: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    format_options: Mapping[str, Any] | None = None,
    engine_options: Mapping[str, Any] | None = None,
    **settings: Unpack[RunSettings],
) -> RunReport:
    """Do what ``nlptasks run`` does.

    Args:
        task: Name of the task, or several.
        data: What holds the rows: a file, a folder, a glob, a member of an archive, an address; or several of these.
        output: Where to write; empty: beside the data.
        head: Name of a head or folder of a trained one, or a mapping from tasks to such.
        columns: Columns of the data by the task's inputs, where their names do not tell.
        options: Options of heads and backbone; ``{"TASK.option": value}`` for one of several tasks.
        format_options: Options that only the data's format has.
        engine_options: Options that only the engine has.
        settings: What the flags of ``nlptasks run`` say. The configuration file is for commands and says nothing here.

    Raises:
        UsageError: Something that was asked for is not there or does not fit.
        DataError: A row cannot be read; nothing is written then.
    """
    given = GivenKeywords("run", settings, _NAMED).check()
    source = _source(given, columns, format_options, data=data)
    target = given.of(TableTarget, output=output)
    tasks = session().tasks([task] if isinstance(task, str) else task)
    heads = {tasks[0].name: head} if isinstance(head, str) else head
    system = session().choose(tasks, replace(given.of(SystemChoice), heads=heads, options=options or {}))
    language = given.of(Evaluation).language
    rows = given.of(RowChoice)
    return run_system(
        session(),
        system,
        source,
        target,
        plugins().observers(warn),
        language=language,
        rows=rows,
        engine=_engine(given, engine_options),
        cache=given.of(PredictionCache),
    )


def evaluate(
    task: str,
    data: str | Path | Sequence[str | Path],
    *,
    output: str | Path = "",
    head: str = "",
    columns: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    format_options: Mapping[str, Any] | None = None,
    engine_options: Mapping[str, Any] | None = None,
    **settings: Unpack[EvaluateSettings],
) -> Record:
    """Do what ``nlptasks eval TASK --data FILE`` does.

    Args:
        task: Name of the task.
        data: The file, with a gold column; or what else :func:`run` takes.
        output: Folder of the record; empty: below ``results``.
        head: Name of a head, or the folder of a trained one.
        columns: Columns of the data by the task's inputs, where their names do not tell.
        options: Options of the head and the backbone.
        format_options: Options that only the data's format has.
        engine_options: Options that only the engine has.
        settings: What the flags of ``nlptasks eval`` say. The configuration file is for commands and says nothing here.

    Returns:
        The record, which lies in the folder too; :func:`nlptasks.records.store.read_record` reads it with its samples.

    Raises:
        UsageError: Something that was asked for is not there, or another record lies in the folder.
        DataError: A row cannot be read, or none has a gold answer.
    """
    from nlptasks._running.eval import evaluate as evaluate_request
    from nlptasks._running.jobs import file_jobs

    given = GivenKeywords("evaluate", settings, _NAMED).check()
    source = _source(given, columns, format_options, data=data)
    target, evaluation = given.of(RecordTarget, output=output), given.of(Evaluation)
    spec = session().tasks([task])[0]
    system = replace(given.of(SystemChoice), heads={spec.name: head}, options=options or {})
    job = file_jobs(session(), spec, source, system, target, evaluation)[0]
    engine, observers = _engine(given, engine_options), plugins().observers(warn)
    return evaluate_request(session(), job.system, job.request, observers, engine=engine).record


def train(
    task: str,
    data: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    validation: Sequence[str | Path] = (),
    head: str = "",
    columns: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    format_options: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] = lambda line: None,  # noqa: ARG005
    **settings: Unpack[TrainSettings],
) -> TrainReport:
    """Do what ``nlptasks train`` does.

    Args:
        task: Name of the task.
        data: Files with rows and gold answers.
        output: Folder of the trained head, or of the backbone with the decoder that was trained.
        validation: Files with held-out rows; none: a tenth of the data is held out.
        head: Name of the head to train.
        columns: Columns of the data by the task's inputs, where their names do not tell.
        options: Options of the head and the backbone.
        format_options: Options that only the data's format has.
        progress: Called with a line for the user.
        settings: What the flags of ``nlptasks train`` say. The configuration file is for commands and says nothing
            here.

    Raises:
        UsageError: The head cannot be trained, or something that was asked for is not there.
        DataError: A row cannot be read.
    """
    given = GivenKeywords("train", settings, (*_OF_TRAINING, "validation", "progress")).check()
    files = from_values(
        TrainingData, {"data": (data,) if isinstance(data, str | Path) else data, "validation": validation}
    )
    target = given.of(TrainingTarget, output=output)
    request = TrainRequest.of(
        files,
        given.of(TrainingSettings),
        _source(given, columns, format_options),
        output=Path(target.output),
        force=target.force,
    )
    tasks = session().tasks([task])
    choice = replace(given.of(SystemChoice), heads={tasks[0].name: head}, options=options or {})
    system = session().choose(tasks, choice, made=DECODER)
    return train_system(session(), system, request, progress, observers=plugins().observers(warn))


def embed(
    texts: str | Iterable[str | None],
    *,
    backbone: str = "",
    device: str = "auto",
    precision: str = "auto",
    runtime: str = "auto",
    max_tokens: int = 0,
) -> NDArray[np.float32]:
    """The mean hidden state of each text: vectors of like texts are near each other.

    Args:
        texts: A text, an iterable of texts, or one column of a table.
        backbone: Name of a backbone, a folder, or a reference; empty: the default one that encodes.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: ``auto``, ``float32``, ``bfloat16``, ``float16`` or ``int8``.
        runtime: ``auto`` (OpenVINO on a CPU where it can, else PyTorch), ``openvino`` or ``torch``.
        max_tokens: Longest window; a longer text is the mean over its windows. 0: what the backbone allows.

    Returns:
        ``[texts, width]``, or ``[width]`` for a single text. They are not normalised.

    Raises:
        UsageError: The backbone is unknown or has no encoder, or an item is no text.
    """
    from nlptasks._running.embedding import embed_texts

    choice = from_values(
        SystemChoice, {"backbone": backbone, "device": device, "precision": precision, "runtime": runtime}
    )
    return embed_texts(texts, choice, max_tokens=max_tokens)


def rescore(
    record: RecordSource,
    *,
    metrics: Sequence[str] = (),
    output: str | Path | None = None,
    force: bool = False,
) -> Rescored:
    """Do what ``nlptasks rescore RECORD`` does: score its samples anew with the metrics that are installed.

    Args:
        record: Folder of the record, or a record that was read.
        metrics: Metrics to score with beside those that it has.
        output: A folder to write the record with its new scores to; ``None``: it is not written.
        force: Whether a record that lies there is replaced.

    Raises:
        UsageError: There is no such record or metric, or something lies at ``output`` already.
        NlptasksError: The record is damaged, or has no samples.
    """
    from nlptasks._scoring import of_records

    return of_records.rescore(plugins().registry, record, metrics=metrics, output=output, force=force)


def compare(*records: RecordSource, metrics: Sequence[str] = (), seed: int | None = None) -> Compared:
    """Do what ``nlptasks compare`` does: differences with intervals and paired tests, for each pair of records.

    Args:
        records: Two records or more of the same samples.
        metrics: The metrics to compare by; none: those that all have.
        seed: Seeds the resampling; ``None``: the same as everywhere.

    Raises:
        UsageError: The records cannot be compared, or a metric is not there; the error says why.
    """
    from nlptasks._scoring import of_records

    chosen = of_records.SEED if seed is None else seed
    return of_records.compare(plugins().registry, *records, metrics=metrics, seed=chosen)


def slice(record: RecordSource, by: str | Sequence[str], *, metrics: Sequence[str] = ()) -> Slices:  # noqa: A001
    """Do what ``nlptasks slice`` does: score the parts of a record.

    Args:
        record: The record.
        by: What makes the parts: ``length``, ``label`` or ``meta.COLUMN``, or several of these.
        metrics: Metrics to score by; none: the record's.

    Raises:
        UsageError: There is no such record, part or metric.
    """
    from nlptasks._scoring import of_records

    names = (by,) if isinstance(by, str) else tuple(by)
    return of_records.slice_record(plugins().registry, record, names, metrics=metrics)


def errors(*records: RecordSource, kind: str = "wrong", n: int = 20, metric: str = "") -> ErrorList:
    """Do what ``nlptasks errors`` does: the samples that systems got wrong, the worst first.

    Args:
        records: One record, or several of the same samples.
        kind: Which samples; see ``nlptasks errors --help``.
        n: Most samples.
        metric: The metric that tells how wrong a text is; empty: the primary one.

    Raises:
        UsageError: A record has no samples, or they are not those of the others.
    """
    from nlptasks._scoring import of_records

    return of_records.errors(plugins().registry, *records, kind=kind, n=n, metric=metric)


def build_board(
    folder: str | Path,
    *,
    min_trust: Literal["V0", "V1", "V2", "V3"] = "V1",
    task: str = "",
    title: str = "",
    strict: bool = False,
    attestations: str | Path = "",
    allowed_signers: str | Path = "",
    benchmark: str | Sequence[str] = (),
    suite: str | Path | Sequence[str | Path] = (),
    data_dir: str | Path = "",
) -> Board:
    """Do what ``nlptasks leaderboard build`` does, without writing: the board of a folder of records.

    Args:
        folder: A folder with records.
        min_trust: The least trust that is ranked.
        task: The only task that is shown; empty: all.
        title: The board's title; empty: the usual one.
        strict: Whether a damaged record is an error; else it is listed.
        attestations: Your own folder of attestations; empty: none counts, but for what is signed.
        allowed_signers: A file of whose signed attestations count, as ``ssh-keygen`` reads it; then no other does.
        benchmark: Benchmarks whose data the records' inputs and gold answers are compared with.
        suite: The same with benchmarks of your own: YAML files.
        data_dir: Folder of the files that a benchmark does not ship.

    Raises:
        UsageError: There is no such folder, or no record (of the task) in it, or something else that is named is not
            there.
    """
    from nlptasks._board.board import TITLE, build
    from nlptasks._board.trust import believed_of

    believed = believed_of(
        plugins().registry,
        from_values(BeliefChoice, {"attestations": attestations, "allowed_signers": allowed_signers}),
        from_values(PinnedChoice, {"benchmark": _several(benchmark), "suite": _several(suite)}),
        str(data_dir),
    )
    return build(
        plugins().registry,
        Path(folder),
        min_trust=min_trust,
        task=task,
        title=title or TITLE,
        strict=strict,
        believed=believed,
    )


def _several(given: str | Path | Sequence[str | Path]) -> tuple[str, ...]:
    return (str(given),) if isinstance(given, str | Path) else tuple(map(str, given))


def _engine(given: GivenKeywords, options: Mapping[str, Any] | None) -> EngineChoice:
    return replace(given.of(EngineChoice), given=options or {})


def _source(
    given: GivenKeywords,
    columns: Mapping[str, str] | None,
    format_options: Mapping[str, Any] | None,
    data: str | Path | Sequence[str | Path] = (),
) -> TableSource:
    names = (data,) if isinstance(data, str | Path) else tuple(data)
    first, *more = from_values(DataFiles, {"data": names}).data or ("",)
    source = given.of(TableSource)
    reading = replace(source.reading, given=format_options or {})
    return replace(source, data=first, more=tuple(more), columns=columns or {}, reading=reading)
