"""A whole record as a text, and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlptasks._exchange.whole import packed, packed_text, unpacked, unpacked_text
from nlptasks.errors import DataError


def test_it_is_one_line_of_ascii_and_comes_back_without_samples(record):
    hostile = replace(record, model=replace(record.model, name="ä\n\u202e---"), digests={"samples": "x"})
    text = packed_text(hostile)
    assert text.isascii()
    assert "\n" not in text
    assert unpacked_text(text, "f", "p") == replace(hostile, digests={})
    assert packed_text(hostile) == text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "x"}, "f: p: not a record of nlptasks"),
        ({"version": 99}, "f: p.version: a version that is not known here: 99"),
        ({"task": 3}, "f: p.task: must be a text"),
        ({"more": 1}, "f: p.more: "),
        ({"task": "qa"}, "f: p.id: it is '.*', but its fields make '"),
    ],
)
def test_what_was_changed_is_named(record, change, said):
    with pytest.raises(DataError, match=said):
        unpacked(packed(record) | change, "f", "p")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_what_is_no_json(text):
    with pytest.raises(DataError, match="f: p: no JSON"):
        unpacked_text(text, "f", "p")
    with pytest.raises(DataError, match="not a record of nlptasks"):
        unpacked_text("[1]", "f", "p")
