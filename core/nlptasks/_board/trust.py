"""How far the records of a board may be believed, by what somebody attests who may be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.pinned import PinnedData, pinned_data
from nlptasks._settings.groups import BeliefChoice, PinnedChoice
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_folder
from nlptasks.records.attestations import SUFFIX, Attestation, attestation_of, record_digest, signed_by
from nlptasks.records.schema import Record

#: Attestations below a folder of records that are looked at.
_MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Believed:
    """What a maintainer takes from where.

    Args:
        attestations: A folder that the maintainer keeps: what lies below it counts.
        signers: A file of allowed signers, as OpenSSH reads it: only what they signed counts, and that wherever it
            lies; ``None``: nobody's signature does.
        pinned: The data that inputs and gold answers are held against; ``None``: they are taken as they are.
    """

    attestations: Path | None = None
    signers: Path | None = None
    pinned: PinnedData | None = None


def believed_of(registry: Registry, belief: BeliefChoice, chosen: PinnedChoice, data_dir: str) -> Believed:
    """What a user chose to take from where.

    Raises:
        UsageError: There is no such folder, benchmark or suite.
    """
    attestations, signers = (Path(name) if name else None for name in (belief.attestations, belief.allowed_signers))
    if attestations is not None and not is_folder(attestations):
        raise UsageError(f"{attestations}: no such folder", hint="'nlptasks verify --rerun K --attest DIR' makes it")
    return Believed(attestations=attestations, signers=signers, pinned=pinned_data(registry, chosen, data_dir))


@dataclass(frozen=True, kw_only=True)
class Attested:
    """The attestations of a board.

    Args:
        by_digest: The best of each record, by the record's digest.
        refused: Files that count for nothing, and why.
    """

    by_digest: Mapping[str, Attestation] = field(default_factory=dict)
    refused: tuple[tuple[str, str], ...] = ()

    def of(self, record: Record) -> Attestation | None:
        """What is attested of a record."""
        return self.by_digest.get(record_digest(record)) if self.by_digest else None


def read_attested(folder: Path, believed: Believed) -> Attested:
    """Read the attestations below a folder of records and below the maintainer's own.

    Raises:
        UsageError: There is no file of signers.
        NlptasksError: OpenSSH is not installed.
    """
    if not is_folder(folder):
        return Attested()
    own = believed.attestations
    kept = {path.resolve() for path in own.rglob(f"*{SUFFIX}")} if own else set()
    paths = dict.fromkeys([*sorted(kept), *sorted(path.resolve() for path in folder.rglob(f"*{SUFFIX}"))[:_MOST]])
    found: dict[str, Attestation] = {}
    refused: list[tuple[str, str]] = []
    for path in paths:
        name = str(path.relative_to(folder.resolve())) if path.is_relative_to(folder.resolve()) else path.name
        try:
            attestation = attestation_of(path)
        except NlptasksError as error:
            refused.append((name, error.message.replace(f"{path}: ", "")))
            continue
        if reason := _refusal(path, attestation, believed, kept=path in kept):
            refused.append((name, reason))
        elif (
            attestation.checked > found.get(attestation.digest, attestation).checked or attestation.digest not in found
        ):
            found[attestation.digest] = attestation
    return Attested(by_digest=found, refused=tuple(refused))


def _refusal(path: Path, attestation: Attestation, believed: Believed, *, kept: bool) -> str:
    """Why an attestation counts for nothing; empty where it counts."""
    if believed.signers is not None:
        signed = signed_by(path, believed.signers, attestation.by)
        return "" if signed else f"it is not signed by {attestation.by!r} with a key that --allowed-signers names"
    return (
        ""
        if kept
        else "anybody could have written it: name your own folder of them with --attestations, or whose "
        "signatures count with --allowed-signers"
    )
