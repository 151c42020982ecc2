"""What a worker tells of the system that it has in memory, and what stands for that system where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from nlptasks._running import facts
from nlptasks._systems.system import LoadedHead, LoadedSystem, System
from nlptasks.plugin.protocols import Example, HiddenStates, Prediction, Window


@dataclass(frozen=True, kw_only=True)
class HeadElsewhere:
    """A head of a worker; see :class:`nlptasks.plugin.protocols.Head`. Here it is known and does nothing."""

    labels: tuple[str, ...]
    languages: tuple[str, ...]

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        _elsewhere()

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        _elsewhere()

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Prediction:
        _elsewhere()


@dataclass(frozen=True, kw_only=True)
class BackboneElsewhere:
    """A backbone of a worker; see :class:`nlptasks.plugin.protocols.Encoder`. Here it is known and does nothing.

    Args:
        parameters: Number of weights.
        decoder_digest: SHA-256 of what it writes with; empty where it does not.
    """

    name: str
    digest: str
    width: int
    max_tokens: int
    precision: str
    runtime: str
    device: str
    parameters: int
    decoder_digest: str

    @classmethod
    def of(cls, backbone: Any) -> BackboneElsewhere | None:
        """What is told of a backbone."""
        if backbone is None:
            return None
        return cls(
            name=str(backbone.name),
            digest=str(backbone.digest),
            width=int(getattr(backbone, "width", 0)),
            max_tokens=int(backbone.max_tokens),
            precision=str(getattr(backbone, "precision", "")),
            runtime=str(getattr(backbone, "runtime", "")),
            device=str(getattr(backbone, "device", "")),
            parameters=facts.parameters_of(backbone),
            decoder_digest=str(getattr(backbone, "decoder_digest", "")),
        )

    def fingerprint(self) -> str:
        """Nothing can be written to it here; the workers look at theirs."""
        return ""

    def tokenize(self, texts: Sequence[str], **_how: Any) -> list[list[Window]]:
        _elsewhere()

    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        _elsewhere()


@dataclass(frozen=True, kw_only=True)
class ToldSystem:
    """What a worker tells of its system.

    Args:
        heads: The heads.
        backbone: See :class:`nlptasks._systems.system.LoadedSystem`.
        encoder: See there.
        versions: See :func:`nlptasks._running.facts.versions`.
        machine: The fields of :class:`nlptasks.records.schema.Machine`.
    """

    heads: tuple[HeadElsewhere, ...]
    backbone: BackboneElsewhere | None
    encoder: BackboneElsewhere | None
    versions: Mapping[str, str]
    machine: Mapping[str, Any]

    @classmethod
    def of(cls, loaded: LoadedSystem) -> ToldSystem:
        """What is told of a system in memory."""
        return cls(
            heads=tuple(
                HeadElsewhere(labels=tuple(item.head.labels), languages=item.languages) for item in loaded.heads
            ),
            backbone=BackboneElsewhere.of(loaded.backbone),
            encoder=BackboneElsewhere.of(loaded.encoder),
            versions=facts.versions(),
            machine=asdict(facts.machine()),
        )

    @property
    def deciding(self) -> Mapping[str, str]:
        """All that decides the bytes of predictions and may differ between machines, by what errors call it."""
        encoder = self.encoder
        found = {f"version of {name}": version for name, version in self.versions.items()}
        found |= {f"labels of head {at}": ",".join(head.labels) for at, head in enumerate(self.heads, 1)}
        if encoder is not None:
            device = encoder.device.partition(":")[0]
            found |= {"digest of the backbone": encoder.digest, "precision": encoder.precision}
            found |= {"runtime": encoder.runtime, "device": device}
        return found

    def loaded(self, system: System) -> LoadedSystem:
        """What stands for the system."""
        heads = tuple(
            LoadedHead(task=item.task, name=item.name, head=told, languages=told.languages)
            for item, told in zip(system.heads, self.heads, strict=True)
        )
        return LoadedSystem(heads=heads, backbone=self.backbone, encoder=self.encoder)


def _elsewhere() -> NoReturn:
    raise RuntimeError("the system is in the memory of the workers, and not here")
