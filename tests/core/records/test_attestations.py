"""Attestations are written, read and signed; what boards make of them is tested with the boards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.attestations import Attestation, attestation_of, record_digest, signed_by, write_attestation
from nlptasks.records.schema import Dataset, Model, Record, Result

FOUND = Attestation(
    record="0123456789abcdef", digest="ab" * 32, rows=400, checked=211, seed=7, tolerance=1e-4, by="Ada", time="now"
)


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    path = write_attestation(tmp_path / "kept", FOUND)
    assert path.name == "0123456789abcdef-abababab.attestation.json"
    assert attestation_of(path) == FOUND


@pytest.mark.parametrize(("checked", "trust"), [(0, "V0"), (210, "V0"), (211, "V2"), (399, "V2"), (400, "V3")])
def test_the_level_follows_from_the_rows(checked: int, trust: str) -> None:
    found = replace(FOUND, checked=checked)
    assert found.trust == trust
    assert (found.undetected < 0.01) == (trust != "V0")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read"),
        ("[]", 'its "schema" must be "nlptasks.attestation"'),
        ('{"schema": "nlptasks.attestation", "version": 1}', "record: missing"),
        ("x" * 200_000, "larger than 100,000 bytes"),
    ],
)
def test_what_is_none_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.attestation.json"
    path.write_text(text)
    with pytest.raises(NlptasksError, match=said):
        attestation_of(path)


def test_a_key_or_a_file_of_signers_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such key"):
        write_attestation(tmp_path, FOUND, key=str(tmp_path / "none"))
    with pytest.raises(UsageError, match="no such file"):
        signed_by(write_attestation(tmp_path, FOUND), tmp_path / "none", "Ada")


def test_the_digest_is_of_every_field() -> None:
    record = Record(
        task="sentiment",
        primary="accuracy",
        dataset=Dataset(name="reviews", sha256="ab", n=2),
        model=Model(name="mine"),
        scores={"accuracy": Result(value=0.5, n=2, signature="s")},
    )
    others = [replace(record, flags={"missing": 1}), replace(record, model=Model(name="mine", parameters=1))]
    assert len({record_digest(item) for item in (record, *others)}) == 3
