"""What submitters tried: each edit of a record, and each forged attestation, through the real command."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlptasks._cli.main import run_command
from nlptasks.errors import UsageError
from nlptasks.records.attestations import Attestation, record_digest, write_attestation
from nlptasks.records.digests import digests_of
from nlptasks.records.schema import Record, Sample
from nlptasks.records.store import StoredRecord, read_record, write_record
from nlptasks.statistics.spot_checks import undetected

Change = Callable[[StoredRecord], tuple[Record, list[Sample], dict[str, Any]]]


@pytest.fixture
def folder(make, answers, tmp_path) -> Path:
    """A folder with two honest records, which the check finds nothing wrong with."""
    for at, system in enumerate(("honest", "other")):
        predictions, gold = answers(120, 0.8, seed=at)
        predictions = [None if at == 0 and row in (3, 4, 5) else text for row, text in enumerate(predictions)]
        flags = [("missing",) if text is None else () for text in predictions]
        texts = [f"the {row} text" for row in range(120)]
        make(tmp_path / "records" / system, system, predictions=predictions, gold=gold, texts=texts, flags=flags)
    return tmp_path / "records"


def check(folder: Path, *more: str) -> int:
    return run_command(["leaderboard", "check", str(folder), *more])


def forged(folder: Path, **fields: Any) -> None:
    """Change fields of the record's own, and make every digest anew, as somebody would who means it."""
    opened = read_record(folder)
    write_record(folder, replace(opened.record, **fields), opened.samples, opened.stats, force=True)


def scores(folder: Path, name: str = "accuracy", **fields: Any) -> None:
    record = read_record(folder).record
    forged(folder, scores={**record.scores, name: replace(record.scores[name], **fields)})


def model(folder: Path, **fields: Any) -> None:
    forged(folder, model=replace(read_record(folder).record.model, **fields))


def cost(folder: Path, **fields: Any) -> None:
    forged(folder, cost=replace(read_record(folder).record.cost, **fields))


def without_matrix(folder: Path, name: str) -> None:
    opened = read_record(folder)
    kept = {other: matrix for other, matrix in opened.stats.items() if other != name}
    write_record(folder, opened.record, opened.samples, kept, force=True)


def better_gold(folder: Path) -> None:
    """Call a wrong prediction right, and score it so."""
    opened = read_record(folder)
    samples = [
        sample if sample.id != "1" else replace(sample, gold=sample.prediction or "") for sample in opened.samples
    ]
    stats = {name: matrix.copy() for name, matrix in opened.stats.items()}
    stats["accuracy"][0] = [1.0, *stats["accuracy"][0][1:]]
    write_record(folder, opened.record, samples, stats, force=True)


EDITS: dict[str, Callable[[Path], None]] = {
    "a narrow interval": lambda folder: scores(folder, low=0.80, high=0.81),
    "a low baseline": lambda folder: scores(folder, baseline=0.1),
    "a small detectable difference": lambda folder: scores(folder, detectable=0.0001),
    "the other direction": lambda folder: scores(folder, higher_is_better=False),
    "another range": lambda folder: scores(folder, scale=(0.0, 2.0)),
    "more samples": lambda folder: scores(folder, n=5000),
    "another signature": lambda folder: scores(folder, signature="metric:accuracy|ci:none"),
    "a better value": lambda folder: scores(folder, value=0.999),
    "a better second metric": lambda folder: scores(folder, "macro-f1", value=0.999),
    "a second metric without its matrix": lambda folder: without_matrix(folder, "macro-f1"),
    "the first metric without its matrix": lambda folder: without_matrix(folder, "accuracy"),
    "no word of what is missing": lambda folder: forged(folder, flags={}),
    "an impossible speed": lambda folder: cost(folder, rows_per_second=1e300),
    "a speed that its seconds deny": lambda folder: cost(folder, rows_per_second=9000.0),
    "fewer than no weights": lambda folder: model(folder, parameters=-5),
    "the name of another system": lambda folder: model(folder, name="other", backbone="mine"),
    "a name that looks like another's": lambda folder: model(folder, name="оther"),
    "a name with a blank behind it": lambda folder: model(folder, name="honest "),
    "a name with what nobody sees": lambda folder: model(folder, name="hon\u200best"),
    "no name": lambda folder: model(folder, name=""),
    "a right answer that was wrong": better_gold,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_is_an_error(folder, edit, capsys):
    assert check(folder) == 0
    edit(folder / "honest")
    assert check(folder) == 1, capsys.readouterr().out
    assert "error" in capsys.readouterr().out


def test_a_data_set_without_rows_ends_no_check(folder, capsys):
    opened = read_record(folder / "honest")
    forged(folder / "honest", dataset=replace(opened.record.dataset, n=0))
    assert check(folder) == 1
    assert "0 rows in 1.2 seconds are not 100 rows a second" in capsys.readouterr().out


def test_weights_of_one_digest_are_of_one_size(folder):
    model(folder / "honest", digest="ab", parameters=22_700_000)
    model(folder / "other", digest="ab", weights="honest", parameters=1_000)
    assert check(folder) == 1


def test_what_an_honest_record_lacks_is_told(folder, capsys):
    assert check(folder) == 0
    assert "3 of 120 predictions are missing" in capsys.readouterr().out


def test_an_edited_record_is_on_no_board(folder, capsys):
    scores(folder / "honest", low=0.80, high=0.81)
    assert run_command(["leaderboard", "build", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "scores.accuracy.low: it says 0.8" in out


def test_what_a_record_says_of_its_trust_counts_for_nothing(folder, capsys):
    path = folder / "honest" / "record.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "trust": "V3"}))
    assert board(folder, capsys)["honest"]["trust"] == "V1"


def board(folder: Path, capsys: Any, *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run_command(["leaderboard", "build", str(folder), "-o", str(folder.parent / "b.json"), "-f", *more]) == 0
    (task,) = json.loads((folder.parent / "b.json").read_text())["tasks"]
    return {row["system"]: row for row in task["panels"][0]["rows"]}


def attested(folder: Path, record: str, checked: int, by: str = "Ada") -> Attestation:
    opened = read_record(folder / record)
    return Attestation(
        record=opened.record.id,
        digest=record_digest(opened.record),
        rows=len(opened.samples),
        checked=checked,
        seed=1,
        tolerance=1e-4,
        by=by,
        time="2026-01-01T00:00:00+00:00",
    )


def test_an_attestation_that_anybody_wrote_counts_for_nothing(folder, capsys):
    write_attestation(folder / "honest", attested(folder, "honest", 120))
    row = board(folder, capsys)["honest"]
    assert (row["trust"], row["checked"]) == ("V1", 0)
    assert check(folder) == 0
    assert "anybody could have written it" in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.parametrize(("checked", "trust"), [(20, "V1"), (92, "V1"), (94, "V2"), (119, "V2"), (120, "V3")])
def test_the_maintainers_own_attestation_counts(folder, capsys, tmp_path, checked, trust):
    write_attestation(tmp_path / "own", attested(folder, "honest", checked))
    row = board(folder, capsys, "--attestations", str(tmp_path / "own"))["honest"]
    assert (row["trust"], row["checked"]) == (trust, checked)
    assert row["undetected"] == pytest.approx(undetected(120, checked), abs=1e-4)


def test_any_change_of_the_record_ends_an_attestation(folder, capsys, tmp_path):
    write_attestation(tmp_path / "own", attested(folder, "honest", 120))
    model(folder / "honest", parameters=7)
    assert board(folder, capsys, "--attestations", str(tmp_path / "own"))["honest"]["trust"] == "V1"


@pytest.fixture
def keys(tmp_path) -> Path:
    for name in ("ada", "eve"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True, capture_output=True
        )
    (tmp_path / "signers").write_text(f"Ada {(tmp_path / 'ada.pub').read_text()}")
    return tmp_path


@pytest.mark.parametrize(
    ("key", "by", "trust"), [("ada", "Ada", "V3"), ("eve", "Ada", "V1"), ("ada", "Eve", "V1"), ("", "Ada", "V1")]
)
def test_a_signature_of_somebody_who_is_allowed_counts(folder, capsys, keys, key, by, trust):
    write_attestation(folder / "honest", attested(folder, "honest", 120, by), key=str(keys / key) if key else "")
    signers = ("--allowed-signers", str(keys / "signers"))
    assert board(folder, capsys, *signers)["honest"]["trust"] == trust
    assert check(folder, *signers) == 0
    assert ("it is not signed by" in capsys.readouterr().out) == (trust == "V1")


def test_a_signature_is_of_the_bytes(folder, capsys, keys):
    path = write_attestation(folder / "honest", attested(folder, "honest", 20), key=str(keys / "ada"))
    path.write_text(path.read_text().replace('"checked": 20', '"checked": 120'))
    assert board(folder, capsys, "--allowed-signers", str(keys / "signers"))["honest"]["trust"] == "V1"


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"\xff", b'{"schema": "nlptasks.attestation", "version": 1}'])
def test_a_damaged_attestation_costs_nothing_else(folder, capsys, tmp_path, content):
    write_attestation(tmp_path / "own", attested(folder, "honest", 120))
    (tmp_path / "own" / "x.attestation.json").write_bytes(content)
    assert board(folder, capsys, "--attestations", str(tmp_path / "own"))["honest"]["trust"] == "V3"


def test_a_pipe_in_place_of_an_attestation(folder, capsys):
    os.mkfifo(folder / "honest" / "x.attestation.json")
    assert check(folder) == 0
    assert board(folder, capsys)["honest"]["trust"] == "V1"


def test_a_matrix_that_the_samples_do_not_give(folder):
    opened = read_record(folder / "honest")
    stats = {name: matrix.copy() for name, matrix in opened.stats.items()}
    wrong = int(np.flatnonzero(stats["accuracy"][:, 0] == 0)[0])
    stats["accuracy"][wrong, 0] = 1.0
    hits = float(stats["accuracy"][:, 0].mean())
    record = replace(opened.record, digests=digests_of(opened.samples, stats))
    record = replace(record, scores={**record.scores, "accuracy": replace(record.scores["accuracy"], value=hits)})
    write_record(folder / "honest", record, opened.samples, stats, force=True)
    assert check(folder) == 1


def test_withheld_texts_cannot_be_scored_here(make, tmp_path, capsys):
    gold = [f"the {at} house" for at in range(30)]
    how = {"task": "translation", "metrics": ("chrf",), "primary": "chrf", "labels": (), "withheld": True}
    make(tmp_path / "records" / "a", "a", predictions=[f"sha256:{at}" for at in range(30)], gold=gold, **how)
    row = board(tmp_path / "records", capsys)["a"]
    assert (row["trust"], row["position"]) == ("V0", None)
    assert "its texts are withheld" in row["reason"]


def _packed(folder: Path, size: int) -> None:
    with gzip.open(folder / "samples.jsonl.gz", "wb") as file:
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))


def _arrays(folder: Path, matrix: Any) -> None:
    np.savez_compressed(folder / "stats.npz", accuracy=matrix)


def _promised(folder: Path) -> None:
    """An archive whose one array says that it is 80 GB large."""
    buffer = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**10, 1)}
    np.lib.format.write_array_header_1_0(buffer, header)  # type: ignore[arg-type]
    with zipfile.ZipFile(folder / "stats.npz", "w") as file:
        file.writestr("accuracy.npy", buffer.getvalue())


def _instead(folder: Path, name: str, make: Callable[[Path], object]) -> None:
    (folder / name).unlink()
    make(folder / name)


def _zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


BOMBS: dict[str, Callable[[Path], object]] = {
    "a gzip bomb": lambda folder: _packed(folder, 300 << 20),
    "an archive of zeros": lambda folder: _arrays(folder, np.zeros((40_000_000, 1))),
    "a matrix without dimensions": lambda folder: _arrays(folder, np.float64(1)),
    "a matrix with more rows": lambda folder: _arrays(folder, np.ones((121, 1))),
    "a matrix that is not there": _promised,
    "a pipe": lambda folder: _instead(folder, "samples.jsonl.gz", os.mkfifo),
    "a pipe for the record": lambda folder: _instead(folder, "record.json", os.mkfifo),
    "a device": lambda folder: _instead(folder, "stats.npz", _zeros),
    "a device for the record": lambda folder: _instead(
        folder, "record.json", lambda path: path.symlink_to("/dev/zero")
    ),
    "no JSON": lambda folder: (folder / "record.json").write_bytes(b"[" * 100_000),
    "a folder": lambda folder: _instead(folder, "stats.npz", Path.mkdir),
}


@pytest.mark.parametrize("harm", BOMBS.values(), ids=BOMBS)
def test_a_harmful_file_costs_its_record_the_place_and_nothing_else(folder, capsys, harm):
    harm(folder / "honest")
    assert check(folder) == 1
    assert "damaged" in capsys.readouterr().out
    found = board(folder, capsys)
    assert [name for name, row in found.items() if row["position"]] == ["other"]


def test_python_takes_what_the_command_takes(folder, tmp_path):
    import nlptasks

    write_attestation(tmp_path / "own", attested(folder, "honest", 120))
    rows = nlptasks.build_board(folder, attestations=tmp_path / "own").tasks[0].panels[0].rows
    assert {row.system: row.trust for row in rows} == {"honest": "V3", "other": "V1"}
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        f"name: x\ndatasets:\n- {{name: reviews, task: sentiment, file: gone.csv, sha256: '{'0' * 64}'}}\n"
    )
    board = nlptasks.build_board(folder, suite=suite)
    assert not board.tasks and "the benchmark's data set is 000000000000" in board.left_out[0].reason
    for wrong in ({"attestations": "nowhere"}, {"benchmark": "nothing"}, {"suite": "nowhere.yaml"}, {"data_dir": "."}):
        with pytest.raises(UsageError):
            nlptasks.build_board(folder, **wrong)


def test_an_honest_record_is_scored_once(folder, monkeypatch):
    from nlptasks._board.checking import checks

    monkeypatch.setattr(checks, "recomputed", lambda *_: pytest.fail("it was scored a second time"))
    assert check(folder) == 0
