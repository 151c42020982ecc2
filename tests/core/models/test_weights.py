"""Reading the files of checkpoints, and telling weights apart."""

from __future__ import annotations

import pytest
import torch
from transformers.utils import logging

from nlptasks.errors import NlptasksError
from nlptasks.models.weights import checksum_of, digest_of, quiet_loading, read_bytes


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


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_checksum_sees_one_changed_weight_and_no_gradient(dtype):
    model = torch.nn.Linear(3, 2).to(dtype)
    before = checksum_of(model)
    assert checksum_of(model.requires_grad_(False)) == before
    model.weight.data[1, 1] += 1
    assert checksum_of(model) != before


@pytest.mark.parametrize("shown", [True, False])
def test_bars_are_as_they_were_also_behind_an_error(shown):
    before = logging.is_progress_bar_enabled()
    try:
        (logging.enable_progress_bar if shown else logging.disable_progress_bar)()
        with pytest.raises(KeyError), quiet_loading():
            assert not logging.is_progress_bar_enabled()
            raise KeyError
        assert logging.is_progress_bar_enabled() is shown
    finally:
        (logging.enable_progress_bar if before else logging.disable_progress_bar)()
