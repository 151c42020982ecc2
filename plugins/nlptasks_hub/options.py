"""The options of a checkpoint's backbone."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CheckpointOptions:
    """How a checkpoint is found and read."""

    revision: str = field(default="", metadata={"help": "Branch, tag or commit of a checkpoint on the Hub."})
    allow_pickle: bool = field(
        default=False,
        metadata={"help": "Read a checkpoint's pickled weights, which can run code, where it has no others."},
    )
