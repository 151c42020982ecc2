"""Attestations: what somebody found who predicted rows of a record again, or scored it by hidden gold answers.

They stand in a file of their own beside the record.

A record cannot tell how far it may be believed: whoever writes it could write anything. What is in an attestation is
the word of the one who wrote that, so boards take it from a folder that their maintainer keeps, or signed with a key
that the maintainer allows. It names the record by the digest of all that is in it, so that any change ends it.

A signature is made and checked by OpenSSH (``ssh-keygen -Y sign``, ``-Y verify``) in the namespace ``nlptasks``.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.atomic import atomic_output
from nlptasks.files.names import is_file
from nlptasks.files.validated import problem_of
from nlptasks.records.canonical import parsed
from nlptasks.records.schema import Record, Trust
from nlptasks.records.store import record_json
from nlptasks.statistics.spot_checks import enough, undetected

__all__ = [
    "SUFFIX",
    "Attestation",
    "attestation_of",
    "level",
    "record_digest",
    "sign",
    "signed_by",
    "write_attestation",
]

SCHEMA, VERSION = "nlptasks.attestation", 1
SUFFIX = ".attestation.json"
NAMESPACE = "nlptasks"

#: No attestation is larger, in bytes.
_LARGEST = 100_000


@dataclass(config=ConfigDict(extra="forbid"), frozen=True, slots=True, kw_only=True)
class Attestation:
    """What came of predicting rows of a record again; there is one only where all came out the same.

    Args:
        record: The record's id.
        digest: SHA-256 of all that is in its ``record.json``, which holds those of its samples and matrices.
        rows: Its rows.
        checked: How many of them were predicted again, drawn at random where these are not all.
        seed: What seeded the draw, which nobody knew before.
        tolerance: By how much probabilities might differ.
        versions: Version of each package that predicted.
        by: Who says so.
        time: When, in UTC by ISO 8601.
        scored: Whether they scored the predictions themselves by gold answers that are hidden from everybody else, so
            that the record has no samples.
    """

    record: str
    digest: str
    rows: int
    checked: int
    seed: int
    tolerance: float
    versions: Mapping[str, str] = field(default_factory=dict)
    by: str
    time: str
    scored: bool = False

    @property
    def trust(self) -> Trust:
        """V3: all rows came out the same; V2: so many that an edit of 1 % would have been found; V1: scored; or V0."""
        return max(level(self.rows, self.checked), "V1" if self.scored else "V0")

    @property
    def undetected(self) -> float:
        """The largest proportion of edited rows that this may have missed; see :func:`undetected`."""
        return undetected(self.rows, min(self.checked, self.rows))


def level(rows: int, checked: int) -> Trust:
    """What it gives that so many of a record's rows came out the same; V0: nothing."""
    if 0 < rows <= checked:
        return "V3"
    return "V2" if enough(rows, checked) else "V0"


def record_digest(record: Record) -> str:
    """SHA-256 of a record, in hexadecimal: equal where all of its fields are."""
    return hashlib.sha256(record_json(record).encode("utf-8", "surrogatepass")).hexdigest()


def write_attestation(folder: Path, attestation: Attestation, *, key: str = "") -> Path:
    """Write an attestation into a folder, which is made where there is none; one of the same record is replaced.

    Args:
        folder: The folder.
        attestation: What is said.
        key: File of the SSH key to sign it with; empty: it is not signed.

    Raises:
        NlptasksError: The disk fails, or the key cannot sign.
    """
    path = folder / f"{attestation.record}-{attestation.digest[:8]}{SUFFIX}"
    content = {"schema": SCHEMA, "version": VERSION, **asdict(attestation)}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NlptasksError(f"cannot write {folder}: {error.strerror}") from error
    path.with_name(f"{path.name}.sig").unlink(missing_ok=True)  # it was made of other bytes
    with atomic_output(path, force=True) as stream:
        stream.write(text.encode())
    if key:
        sign(path, key)
    return path


def attestation_of(path: Path) -> Attestation:
    """Read an attestation; whether it is to be believed is another question.

    Raises:
        NlptasksError: It cannot be read, or is none.
    """
    try:
        if not is_file(path) or path.stat().st_size > _LARGEST:
            raise NlptasksError(f"{path}: no attestation: it is no file, or larger than {_LARGEST:,} bytes")
        data = parsed(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NlptasksError(f"{path}: it cannot be read ({error})") from error
    if not isinstance(data, dict) or (data.pop("schema", None), data.pop("version", None)) != (SCHEMA, VERSION):
        raise NlptasksError(f'{path}: no attestation: its "schema" must be "{SCHEMA}" and its "version" {VERSION}')
    try:
        found: Attestation = TypeAdapter(Attestation).validate_python(data)
    except ValidationError as error:
        raise NlptasksError(
            f"{path}: {problem_of(error)}", hint="it is damaged; whoever wrote it can write it again: nlptasks verify"
        ) from error
    return found


def sign(path: Path, key: str) -> None:
    """Sign a file with an SSH key; the signature lies beside it with ``.sig`` behind the name.

    Raises:
        UsageError: There is no such key.
        NlptasksError: OpenSSH is not installed, or cannot sign with it.
    """
    if not is_file(key):
        raise UsageError(f"{key}: no such key", hint="name the file of an SSH key: --sign ~/.ssh/id_ed25519")
    _openssh("sign", "-n", NAMESPACE, "-f", key, str(path), what=f"sign {path}")


def signed_by(path: Path, signers: Path, name: str) -> bool:
    """Whether a file is signed by somebody whom a file of allowed signers names.

    Args:
        path: The file; its signature lies beside it.
        signers: A file as OpenSSH reads it, a signer a line: ``NAME namespaces="nlptasks" ssh-ed25519 AAAA...``.
        name: Who should have signed it.

    Raises:
        UsageError: There is no file of signers.
        NlptasksError: OpenSSH is not installed.
    """
    if not is_file(signers):
        raise UsageError(f"{signers}: no such file", hint="it holds a line for each signer: NAME ssh-ed25519 AAAA...")
    signature = path.with_name(f"{path.name}.sig")
    if not is_file(signature) or name.startswith("-") or not name.isprintable():
        return False
    arguments = ("-n", NAMESPACE, "-f", str(signers), "-I", name, "-s", str(signature))
    try:
        _openssh("verify", *arguments, what=f"check {signature}", read=path)
    except _RefusedError:
        return False
    return True


class _RefusedError(NlptasksError):
    """OpenSSH did not do it."""


def _openssh(what_to_do: str, *arguments: str, what: str, read: Path | None = None) -> None:
    content = read.read_bytes() if read else b""
    try:
        done = subprocess.run(
            ["ssh-keygen", "-Y", what_to_do, *arguments], input=content, capture_output=True, check=False, timeout=60
        )
    except FileNotFoundError:
        raise NlptasksError(f"cannot {what}: there is no ssh-keygen", hint="install OpenSSH") from None
    except subprocess.TimeoutExpired:
        raise NlptasksError(
            f"cannot {what}: ssh-keygen does not end", hint="a key with a passphrase needs an agent: ssh-add"
        ) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _RefusedError(f"cannot {what}: ssh-keygen says: {said[-1] if said else 'nothing'}")
