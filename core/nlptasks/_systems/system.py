"""What was chosen to do the work, and the same once it is loaded. Both are values: nothing here looks anything up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlptasks._plugins.registry import Owned
from nlptasks._settings.groups import SystemChoice
from nlptasks.plugin import ENCODE, BackboneSpec, HeadSpec, TaskSpec
from nlptasks.plugin.protocols import BackboneContext, Encoder, Head


@dataclass(frozen=True, kw_only=True)
class ChosenHead:
    """A task and the head that solves it; nothing is loaded.

    Args:
        task: The task.
        head: The head.
        options: The head's options, checked.
        weights: Folder of the trained head that the user named; ``None``: what its plugin ships.
        card: What that folder's ``head.json`` says; empty where there is none.
    """

    task: TaskSpec
    head: Owned[HeadSpec]
    options: Any = None
    weights: Path | None = None
    card: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """What people call it: the folder of a trained head, which is no longer the one that its plugin ships."""
        return str(self.weights) if self.weights else self.head.qualified


@dataclass(frozen=True, kw_only=True)
class System:
    """Heads on the one backbone that they share: what a run, an evaluation and a training work with.

    Args:
        heads: The heads with their tasks, in the order that the user named the tasks in.
        backbone: The backbone; ``None`` where no head needs one.
        context: What the backbone is opened with; its options are checked.
    """

    heads: tuple[ChosenHead, ...]
    backbone: Owned[BackboneSpec] | None
    context: BackboneContext = field(default_factory=BackboneContext)

    def placed(self, choice: SystemChoice) -> System:
        """The same, computed where and how the user wants it."""
        context = replace(self.context, device=choice.device, precision=choice.precision, runtime=choice.runtime)
        return replace(self, context=context)

    def tuned(self, folder: Path) -> System:
        """The same with the weights in a folder, in place of those that were chosen."""
        return replace(self, context=replace(self.context, folder=folder, reference=""))

    @property
    def exact(self) -> bool:
        """Whether some head needs more than hidden states; see :class:`nlptasks.plugin.protocols.Approximates`."""
        return not all(chosen.head.spec.needs <= {ENCODE} for chosen in self.heads)


@dataclass(frozen=True, kw_only=True)
class LoadedHead:
    """A task with its head in memory.

    Args:
        task: The task.
        name: What summaries and errors call it; see :attr:`ChosenHead.name`.
        head: The head.
        languages: ISO 639-1 codes of the languages that it was trained to read; empty: not known.
    """

    task: TaskSpec
    name: str
    head: Head
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LoadedSystem:
    """Heads and the backbone that they share, in memory.

    Args:
        heads: The heads, in the order of the system.
        backbone: The backbone; ``None`` where no head needs one.
        encoder: What encodes: the backbone, or what stands for it where the last digits do not count.
        fingerprint: Its checksum before any head saw it.
    """

    heads: tuple[LoadedHead, ...]
    backbone: Encoder | None
    encoder: Encoder | None
    fingerprint: str = ""
