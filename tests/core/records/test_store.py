"""Records on the disk: written whole, read back equal, and believed only while they are what they say."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.digests import sample_line
from nlptasks.records.schema import Dataset, Model, Record, Result, Run, Sample
from nlptasks.records.store import RECORD, SAMPLES, STATS, find_records, read_record, write_record

TEXT = st.text(max_size=20)
RECORDED = Record(
    task="sentiment",
    primary="accuracy",
    dataset=Dataset(name="x", sha256="ab", n=2),
    model=Model(name="m"),
    run=Run(decoding={"labels": ["a", "b"], "beams": 4}, argv=("nlptasks", "eval")),
    scores={"accuracy": Result(value=0.5, low=0.1, high=0.9, n=2, signature="metric:accuracy", scale=(0.0, None))},
    labels=("a", "b"),
)
ITEMS = [
    Sample(id="1", inputs={"text": "<b>\u202e\x00"}, gold="a", prediction="", score=0.5, probabilities={"a": 0.5}),
    Sample(id="2", gold="b", flags=("missing",), meta={"kind": "x"}, nll=1.25),
]
MATRICES = {"accuracy": np.array([[1.0, 1.0], [0.0, 1.0]])}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_record(tmp_path / "r", RECORDED, ITEMS, MATRICES)
    return tmp_path / "r"


def test_a_record_is_read_as_it_was_written(folder: Path) -> None:
    opened = read_record(folder)
    assert opened.samples == tuple(ITEMS)
    assert replace(opened.record, digests={}) == RECORDED
    np.testing.assert_array_equal(opened.stats["accuracy"], MATRICES["accuracy"])
    assert read_record(folder / RECORD, samples=False).samples == ()


def test_the_same_record_is_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_record(tmp_path / "other", RECORDED, ITEMS, MATRICES)
    for name in (RECORD, SAMPLES, STATS):
        assert (folder / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_record_is_not_overwritten_unless_forced(folder: Path) -> None:
    with pytest.raises(UsageError, match="exists already"):
        write_record(folder, RECORDED, ITEMS, MATRICES)
    write_record(folder, replace(RECORDED, task="other"), ITEMS, MATRICES, force=True)
    assert read_record(folder).record.task == "other"
    assert [path.name for path in folder.parent.iterdir()] == ["r"]


def test_a_folder_that_is_no_record_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match="exists already"):
        write_record(tmp_path / "mine", RECORDED, ITEMS, MATRICES, force=True)


def test_an_imported_number_has_no_samples(tmp_path: Path) -> None:
    write_record(tmp_path / "r", RECORDED, [], {})
    opened = read_record(tmp_path / "r")
    assert (opened.samples, dict(opened.stats), opened.record.digests) == ((), {}, {})


def test_changed_samples_are_found_out(folder: Path) -> None:
    lines = gzip.decompress((folder / SAMPLES).read_bytes()).replace(b'"gold":"b"', b'"gold":"a"')
    (folder / SAMPLES).write_bytes(gzip.compress(lines))
    with pytest.raises(NlptasksError, match="its digest is"):
        read_record(folder)


def test_changed_statistics_are_found_out(folder: Path) -> None:
    np.savez_compressed(folder / STATS, accuracy=np.ones((2, 2)))
    with pytest.raises(NlptasksError, match="its digest is"):
        read_record(folder)


@pytest.mark.parametrize("name", [SAMPLES, STATS, RECORD])
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:40])
    with pytest.raises(NlptasksError, match=name):
        read_record(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"extra": 1}, "extra: not known"),
        ({"task": 3}, "task: must be a text"),
        ({"version": 99}, "not known here"),
        ({"schema": "x"}, "not a record of nlptasks"),
        ({"task": "qa"}, "its fields make"),
        ({"dataset": {"name": "x"}}, "dataset.sha256: missing"),
    ],
)
def test_a_field_that_is_wrong_is_named(folder: Path, change: dict[str, object], said: str) -> None:
    data = json.loads((folder / RECORD).read_text())
    (folder / RECORD).write_text(json.dumps(data | change))
    with pytest.raises(NlptasksError, match=said):
        read_record(folder)


def test_no_record_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_record(tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        find_records(tmp_path / "gone")


def test_records_are_found_in_order_and_hidden_ones_are_not(tmp_path: Path) -> None:
    for name in ("b/two", "a/one", ".x.part/three"):
        write_record(tmp_path / name, RECORDED, ITEMS, MATRICES)
    assert find_records(tmp_path) == [tmp_path / "a/one", tmp_path / "b/two"]


@given(TEXT, TEXT, st.one_of(st.none(), TEXT), st.dictionaries(TEXT, TEXT, max_size=3))
def test_any_text_survives(name: str, gold: str, prediction: str | None, inputs: dict[str, str]) -> None:
    sample = Sample(id=name, gold=gold, prediction=prediction, inputs=inputs)
    line = sample_line(sample)
    assert "\n" not in line
    assert json.loads(line).get("prediction") == prediction


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        DEEP,
        b'{"schema":"nlptasks.record","version":1,"run":{"decoding":' + DEEP + b"}}",
        b'{"a": NaN}',
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
    ids=lambda content: repr(content[:60]),
)
def test_a_record_that_is_no_json_is_named_with_its_line(folder: Path, content: bytes) -> None:
    (folder / RECORD).write_bytes(content)
    with pytest.raises(NlptasksError, match=r"record\.json:1: no JSON"):
        read_record(folder)


@pytest.mark.parametrize("value", [b"1e999", b'{"a":' * 900 + b"1" + b"}" * 900], ids=lambda value: repr(value[:20]))
def test_fields_that_make_no_id(folder: Path, value: bytes) -> None:
    content = (folder / RECORD).read_bytes()
    (folder / RECORD).write_bytes(content.replace(b'"beams": 4', b'"beams": ' + value))
    with pytest.raises(NlptasksError, match=r"record\.json"):
        read_record(folder)


@pytest.mark.parametrize(
    "line",
    [b"x", b"\xff", b"", b"[]", b"{}", b'{"id":1}', b'{"id":"1","gold":"a","score":NaN}', DEEP, b"9" * 5_000],
    ids=lambda line: repr(line[:60]),
)
def test_a_damaged_sample_is_named_with_its_line(folder: Path, line: bytes) -> None:
    lines = gzip.decompress((folder / SAMPLES).read_bytes()).splitlines()
    lines = b"".join(part + b"\n" for part in (lines[0], line, lines[1]))
    (folder / SAMPLES).write_bytes(gzip.compress(lines))
    record = json.loads((folder / RECORD).read_text())
    record["digests"]["samples"] = hashlib.sha256(lines).hexdigest()
    (folder / RECORD).write_text(json.dumps(record))
    with pytest.raises(NlptasksError, match=r"samples\.jsonl\.gz:2: "):
        read_record(folder)


@given(st.data())
def test_damaged_bytes_are_an_error_that_names_the_file(data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "r"
        write_record(folder, RECORDED, ITEMS, MATRICES)
        path = folder / data.draw(st.sampled_from([RECORD, SAMPLES, STATS]))
        content = bytearray(path.read_bytes())
        for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
            content[at] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.sampled_from([len(content), len(content) // 2]))])
        try:
            read_record(folder)
        except NlptasksError as error:
            assert name in error.message


def _header(shape: str) -> bytes:
    """An array whose header says this shape."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize("shape", ["(2, 1", "(2,", "'''", "(99999999999999999999,)", "nosuch", "("])
def test_an_array_with_a_damaged_header(tmp_path: Path, shape: str) -> None:
    folder = tmp_path / "r"
    write_record(folder, RECORDED, ITEMS, MATRICES)
    with zipfile.ZipFile(folder / STATS, "w") as archive:
        archive.writestr("accuracy.npy", _header(shape))
    with pytest.raises(NlptasksError, match=r"stats\.npz: cannot be read"):
        read_record(folder)


def test_an_archive_of_a_later_version(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    write_record(folder, RECORDED, ITEMS, MATRICES)
    content = bytearray((folder / STATS).read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 99  # the version that is needed to unpack
    (folder / STATS).write_bytes(content)
    with pytest.raises(NlptasksError, match=r"stats\.npz: cannot be read"):
        read_record(folder)


def test_packed_samples_of_which_a_byte_is_another(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    write_record(folder, RECORDED, ITEMS, MATRICES)
    content = bytearray((folder / SAMPLES).read_bytes())
    content[10] = 0xFF  # the first byte behind the header
    (folder / SAMPLES).write_bytes(content)
    with pytest.raises(NlptasksError, match=r"samples\.jsonl\.gz: cannot be read"):
        read_record(folder)
