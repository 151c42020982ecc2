"""The texts of the checks."""

from __future__ import annotations

import json

from nlptasks.testing import _probes

from .faults import moods


def test_company_is_several_hundred_different_short_rows() -> None:
    rows = [tuple(example.inputs.values()) for example in _probes.company(moods.SENTIMENT)]
    assert len(set(rows)) == len(rows) > 200
    assert max(len(text) for (text,) in rows) < 1_000
    starts = [text[:20] for (text,) in rows]
    assert len(set(starts)) < len(starts) / 4


def test_rows_have_the_form_of_the_task_s_cells() -> None:
    for example in (*_probes.hard(moods.TOKENS), *_probes.company(moods.TOKENS)):
        assert isinstance(json.loads(example.inputs["text"]), list)


def test_an_object_keeps_its_keys() -> None:
    assert json.loads(_probes._like('{"say": "a", "to": ["b", "c"], "n": 1}', "x y")) == {
        "say": "x y",
        "to": ["x y"],
        "n": 1,
    }


def test_the_long_row_holds_the_short_one_again_and_again() -> None:
    rows, times = _probes.long(moods.SENTIMENT)
    short, twice, whole = (row.inputs["text"] for row in rows)
    assert [text.count(short.removesuffix(" 0")) for text in (twice, whole)] == [2, times]
    assert times > 100
    assert "\n" in whole
