"""Reading the files of checkpoints, and telling them apart."""

from __future__ import annotations

import pytest

from nlptasks.errors import NlptasksError
from nlptasks.models.weights import digest_of, read_bytes


def test_a_file_that_is_missing_is_named(tmp_path):
    (tmp_path / "there").write_bytes(b"\0a")
    assert read_bytes(tmp_path / "there") == b"\0a"
    with pytest.raises(NlptasksError, match="gone: No such file or directory") as caught:
        read_bytes(tmp_path / "gone")
    assert caught.value.hint == "the checkpoint is not complete"


def test_a_digest_knows_where_a_file_ends():
    assert digest_of({"a": b"xy", "b": b""}) != digest_of({"a": b"x", "b": b"y"})
    assert digest_of({"a": b"x"}) != digest_of({"b": b"x"})
    assert digest_of({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_file_is_digested_as_its_content(tmp_path):
    content = b"x" * 3_000_000
    (tmp_path / "big").write_bytes(content)
    assert digest_of({"a": tmp_path / "big"}) == digest_of({"a": content})
    with pytest.raises(NlptasksError, match="gone: No such file"):
        digest_of({"a": tmp_path / "gone"})
