"""The settings of the core, in groups that commands share.

Each setting is a field of one frozen dataclass, and declared nowhere else: flags, keys of the configuration file,
keywords of the Python API, the reference and recorded commands follow. Whoever needs a setting takes its group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nlptasks.errors import UsageError
from nlptasks.plugin.format_options import FormatOptions
from nlptasks.plugin.options import setting

#: The largest seed that NumPy takes.
LARGEST_SEED = (1 << 32) - 1


@dataclass(frozen=True, kw_only=True)
class TableSource:
    """A table that is read.

    Args:
        more: Further tables of the same columns, whose rows follow; see :class:`DataFiles`.
        columns: Columns that the user named, or templates over columns, by the tasks' inputs.
        reading: How to read it, whatever its format.
    """

    data: str = setting("", "File with the rows; - is standard input.", metavar="FILE", path=True)
    more: tuple[str, ...] = field(default=(), metadata={"dynamic": True})
    columns: Mapping[str, str] = field(default_factory=dict, metadata={"dynamic": True})
    gold: str = setting("", "Column with the gold answers.", metavar="COLUMN", default_text="by its name")
    label_map: tuple[str, ...] = setting(
        (),
        "Which label a gold cell means; 1..4=NEW takes a range of numbers.",
        repeat=True,
        metavar="OLD=NEW,...",
    )
    id: str = setting(
        "",
        "Column with ids; 'rescore' takes THEIRS=OURS for two files.",
        metavar="COLUMN",
        default_text="id, or the rows' numbers",
    )
    format: str = setting("", "Format of the data.", metavar="NAME", default_text="by its suffix")
    reading: FormatOptions = field(default_factory=FormatOptions)
    on_error: Literal["fail", "skip"] = setting(
        "fail", "A row that cannot be read or predicted: fail ends the command, skip leaves the row out and counts it."
    )
    skip_bad_rows: bool = setting(False, "As --on-error skip, but the exit code is 0 where rows were left out.")

    @property
    def skips(self) -> bool:
        """Whether such rows are left out."""
        return self.skip_bad_rows or self.on_error == "skip"

    @property
    def files(self) -> tuple[str, ...]:
        """All that the user named."""
        return (self.data, *self.more) if self.data else ()


@dataclass(frozen=True, kw_only=True)
class DataFiles:
    """The tables of a command that reads several as one."""

    data: tuple[str, ...] = setting(
        (),
        "What holds the rows: a file, a folder, a glob in quotes, a member of a .zip, an address; - is standard input. "
        "May be repeated.",
        repeat=True,
        metavar="FILE",
        path=True,
    )


@dataclass(frozen=True, kw_only=True)
class RowChoice:
    """Which rows of the tables are read, and which of their columns are written."""

    limit: int = setting(0, "Only the first N rows.  0: all.", min=0, metavar="N")
    sample: int = setting(0, "Only N rows at random, in their order.  0: all.", min=0, max=1 << 31, metavar="N")
    seed: int = setting(0, "Seed of --sample.", min=0, max=LARGEST_SEED, metavar="N")
    keep_columns: tuple[str, ...] = setting(
        (), "Columns of the data that the output keeps.", flag="columns", metavar="A,B,...", default_text="all"
    )


@dataclass(frozen=True, kw_only=True)
class TableTarget:
    """A table that is written."""

    output: str = setting(
        "",
        "Where to write; DIR/: a file for each input; -: standard output, as JSON Lines, and nothing is kept of a run "
        "that is stopped.",
        short="o",
        metavar="FILE",
        path=True,
        recorded=False,
        default_text="beside the data",
    )
    output_format: str = setting("", "Format of the output.", metavar="NAME", default_text="by its suffix")
    rows_per_file: int = setting(
        0, "With --output DIR/: so many rows a file.  0: a file for each input.", min=0, metavar="N"
    )
    force: bool = setting(False, "Replace the output where it exists.", short="f", recorded=False)
    restart: bool = setting(False, "Begin anew where another run was stopped.", recorded=False)


@dataclass(frozen=True, kw_only=True)
class SystemChoice:
    """Which head on which backbone, and where it runs.

    Args:
        heads: By task, the name of a head or the folder of a trained one.
        options: Options of heads and backbone; those of one task alone under ``TASK.option``.
    """

    heads: Mapping[str, str] = field(default_factory=dict, metadata={"dynamic": True})
    backbone: str = setting(
        "",
        "The backbone: a name or SCHEME:NAME of 'nlptasks backbones list', or a folder.",
        metavar="NAME|FOLDER",
        default_text="the one that fits the head",
    )
    options: Mapping[str, Any] = field(default_factory=dict, metadata={"dynamic": True})
    device: str = setting("auto", "Where it runs.", metavar="auto|cpu|cuda|mps")
    precision: Literal["auto", "float32", "bfloat16", "float16", "int8"] = setting(
        "auto",
        "The numbers that it computes in; auto: 16 bits where they are faster and no text is written.",
    )
    runtime: Literal["auto", "openvino", "torch"] = setting(
        "auto", "What computes it; auto: OpenVINO on a CPU where it can, else PyTorch."
    )


@dataclass(frozen=True, kw_only=True)
class EngineChoice:
    """Where rows are predicted. It changes no prediction.

    Args:
        given: What the user gave of the options that only some engine has, by name.
    """

    engine: str = setting(
        "local", "Where rows are predicted; see 'nlptasks engines list'.", metavar="NAME", recorded=False
    )
    workers: int | None = setting(
        None,
        "Processes that predict at once, each with the system in memory.",
        min=1,
        max=4_096,
        metavar="N",
        recorded=False,
        default_text="1; with another engine than local, what it thinks fit",
    )
    given: Mapping[str, Any] = field(default_factory=dict, metadata={"dynamic": True})


@dataclass(frozen=True, kw_only=True)
class PredictionCache:
    """What is kept of predictions for later runs."""

    cache: str = setting(
        "",
        "Folder that keeps what was predicted, by content: a later run with the same system takes it from there.",
        metavar="DIR",
        path=True,
        recorded=False,
    )
    cache_size: int = setting(
        1_024, "Megabytes that --cache may take; the oldest go.", min=1, metavar="MB", recorded=False
    )


@dataclass(frozen=True, kw_only=True)
class RecordTarget:
    """A record that is written."""

    output: str = setting(
        "", "Folder of the record.", short="o", metavar="DIR", path=True, recorded=False, default_text="below results/"
    )
    name: str = setting("", "What boards call the system.", metavar="TEXT", default_text="backbone and head")
    force: bool = setting(False, "Replace another record that lies there.", short="f", recorded=False)
    restart: bool = setting(False, "Begin anew where another evaluation was not finished.", recorded=False)
    withhold_texts: bool = setting(
        False, "Keep the texts of the data out of the record, where they must not be passed on."
    )


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What is scored, and how."""

    metrics: tuple[str, ...] = setting(
        (), "A further metric; see 'nlptasks metrics list'.", flag="metric", repeat=True, metavar="NAME"
    )
    slices: tuple[str, ...] = setting(
        (), "Score parts apart: length, label, meta.COLUMN.", flag="slice", metavar="NAME,..."
    )
    cluster: str = setting(
        "",
        "Column that ties rows together, such as the article of a question; intervals respect it.",
        metavar="COLUMN",
    )
    language: str = setting(
        "", "Language of the predictions (ISO 639-1); some metrics cut words by it.", metavar="CODE"
    )
    limit: int = setting(0, "Only the first N rows; such a record is on no leaderboard.  0: all.", min=0, metavar="N")
    seeds: tuple[int, ...] = setting(
        (), "A record for each seed; the head must sample.", min=0, max=LARGEST_SEED, metavar="N,N,...", recorded=False
    )

    def __post_init__(self) -> None:
        if len(set(self.seeds)) < len(self.seeds):
            raise UsageError(
                f"--seeds: a seed stands twice in {','.join(map(str, self.seeds))}",
                hint="each makes a record of its own",
            )


@dataclass(frozen=True, kw_only=True)
class BenchmarkChoice:
    """The pinned data of a benchmark, in place of a table."""

    benchmark: str = setting("", "A benchmark of 'nlptasks benchmark list'.", metavar="NAME")
    suite: str = setting("", "A benchmark of your own: a YAML file.", metavar="FILE", path=True)
    datasets: tuple[str, ...] = setting(
        (), "Only this data set of the benchmark.", flag="dataset", repeat=True, metavar="NAME"
    )
    data_dir: str = setting(
        "",
        "Folder of the files that a benchmark does not ship.",
        metavar="DIR",
        recorded=False,
        default_text="NLPTASKS_DATA",
    )


@dataclass(frozen=True, kw_only=True)
class PinnedChoice:
    """The benchmarks whose pinned data records are held against."""

    benchmark: tuple[str, ...] = setting(
        (), "Compare inputs and gold with this benchmark's data.", repeat=True, metavar="NAME"
    )
    suite: tuple[str, ...] = setting(
        (), "The same with a benchmark of your own: a YAML file.", repeat=True, metavar="FILE", path=True
    )


@dataclass(frozen=True, kw_only=True)
class BeliefChoice:
    """Whose attestations count."""

    attestations: str = setting("", "Your own folder of attestations.", metavar="DIR", path=True)
    allowed_signers: str = setting(
        "",
        "Whose signed attestations count, as ssh-keygen reads it; then no other does.",
        metavar="FILE",
        path=True,
    )


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a command prints."""

    quiet: bool = setting(False, "No summary at the end.", short="q", recorded=False)


@dataclass(frozen=True, kw_only=True)
class Watching:
    """What a run tells before its end."""

    dry_run: bool = setting(
        False, "Say what would be read and written, and about how long it takes; write nothing.", recorded=False
    )
    verbose: bool = setting(False, "Say each step.", short="v", recorded=False)
