"""Predictions in lists."""

from __future__ import annotations

import pytest

from nlptasks._scoring.from_file.lists import texts_of_lists
from nlptasks._scoring.from_file.prediction_file import FilePrediction
from nlptasks.errors import DataError


def read(*texts: str | None) -> tuple[list[str | None], tuple[str, ...]]:
    given = {str(at): FilePrediction(text, 0.5) for at, text in enumerate(texts)}
    found, notes = texts_of_lists(given, {name: int(name) + 2 for name in given}, "p.csv", "resps")
    assert all(answer.score == 0.5 for answer in found.values())
    return [answer.text for answer in found.values()], notes


@pytest.mark.parametrize(
    ("texts", "read_as"),
    [
        (['["yes"]', '["no"]', None], ["yes", "no", None]),
        (['[["yes"]]', "[[[1]]]"], ["yes", "1"]),
        (['["yes"]', "no"], ['["yes"]', "no"]),
        (["[Applause]", "[1, 2"], ["[Applause]", "[1, 2"]),
        ([None], [None]),
        (["", " "], ["", " "]),
    ],
)
def test_lists_of_one_text_are_that_text_where_all_are_lists(texts, read_as):
    found, notes = read(*texts)
    assert found == read_as
    assert bool(notes) == (read_as != texts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('["a", "b"]', "2 values in place of one text"),
        ('{"text": "a"}', '{"text": "a"} in place of one text'),
        ("[]", "[] in place of one text"),
        ("[null]", "null in place of one text"),
        ('[["-1.2", "False"], ["-3.4", "False"]]', "2 values in place of one text"),
    ],
)
def test_other_lists_are_refused(text, said):
    with pytest.raises(DataError, match=r"p\.csv:3: the column 'resps' holds lists or objects, and here ") as refused:
        read('["a"]', text)
    assert said in refused.value.message
