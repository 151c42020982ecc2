from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._tables.gold import GoldColumn, LabelMap, has_labels, parse_label_map, says_no_answer
from nlptasks.errors import UsageError
from nlptasks_tasks.classification import SPEC as CLASSIFICATION
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT

CELLS = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("cells", "labels", "golds"),
    [
        (["US", "us"], (), ["US", "us"]),
        (["US", "us"], ("US", "us"), ["US", "us"]),
        (["US", "us"], ("US", "other"), ["US", "US"]),
        (["1.0", "1", "0.0"], (), ["1", "1", "0.0"]),
        (["1.0", "0.0", "2"], ("1", "0"), ["1", "0", None]),
        (["cafe\u0301", "caf\u00e9"], (), ["caf\u00e9", "caf\u00e9"]),
        (["sports", "Sport"], ("Sports", "World"), ["Sports", None]),
    ],
)
def test_labels_of_a_column(cells: list[str], labels: tuple[str, ...], golds: list[str | None]) -> None:
    reading = GoldColumn(CLASSIFICATION, "label", cells, labels=labels)
    assert [reading.read(cell) for cell in cells] == golds


@given(CELLS)
def test_a_label_reads_as_itself_and_reading_does_not_depend_on_the_order(cells: list[str]) -> None:
    reading = GoldColumn(CLASSIFICATION, "label", cells)
    again = GoldColumn(CLASSIFICATION, "label", reversed(cells))
    for cell in cells:
        gold = reading.read(cell)
        assert gold is not None
        assert again.read(cell) == gold == reading.read(gold)


def test_labels_that_differ_in_case_are_said() -> None:
    (note,) = GoldColumn(CLASSIFICATION, "label", ["US", "us", "x"]).notes
    assert "(US/us)" in note
    assert GoldColumn(CLASSIFICATION, "label", ["US", "us"], labels=["US"]).notes == ()


def test_a_label_map_comes_before_all_else() -> None:
    pairs = parse_label_map(["gut=positive, schlecht=negative", '"na, ja=neutral"'])
    reading = GoldColumn(SENTIMENT, "label", ["Gut", "schlecht", "na, ja", "toll"], label_map=pairs)
    assert [reading.read(cell) for cell in ("Gut", "schlecht", "na, ja", "toll")] == [
        "positive",
        "negative",
        "neutral",
        None,
    ]
    mapped = GoldColumn(CLASSIFICATION, "label", ["1", "2"], label_map={"1.0": "World", "3": "x"}, labels=["World"])
    assert [mapped.read(cell) for cell in ("1", "2")] == ["World", None]
    assert mapped.notes == ("--label-map: no cell of the column 'label' is '3'",)


def test_a_label_map_has_ranges_of_numbers() -> None:
    pairs = parse_label_map(["1..4=negative,5..6=neutral,7..10=positive"])
    reading = GoldColumn(SENTIMENT, "note", ["1", "4", "5,5", "7.0", "x"], label_map=pairs)
    found = [reading.read(cell) for cell in ("1", "4", "5,5", "7.0", "x")]
    assert found == ["negative", "negative", "neutral", "positive", None]
    assert LabelMap(pairs).unused(["1", "5"]) == ("7..10",)


@pytest.mark.parametrize("text", ["gut", "=x", "a=", "a=b,"])
def test_what_is_no_label_map(text: str) -> None:
    with pytest.raises(UsageError, match="is no pair"):
        parse_label_map([text])


def test_a_label_map_that_says_two_things() -> None:
    assert parse_label_map(["a=b", "a=b"]) == {"a": "b"}
    with pytest.raises(UsageError, match="'a' is to be both 'b' and 'c'"):
        parse_label_map(["a=b", "a=c"])


def test_a_label_map_does_nothing_to_texts() -> None:
    assert GoldColumn(QA, "answers", ["a"], label_map={"a": "b"}).read("a") == '["a"]'


class Mood:
    """A prediction type of somebody's own."""

    labelled = True
    no_answer = ("none",)


def test_what_a_prediction_type_says_of_labels_and_of_no_answer() -> None:
    own = replace(QA, prediction=f"{__name__}:Mood")
    assert (has_labels(own), has_labels(QA), has_labels(SENTIMENT)) == (True, False, True)
    assert [says_no_answer(own, gold) for gold in ("none", "")] == [True, False]
    assert [says_no_answer(QA, gold) for gold in ("[]", "", "x")] == [True, True, False]


def test_ratings_are_said() -> None:
    reading = GoldColumn(SENTIMENT, "rating", ["1", "4", "8", "10"])
    assert reading.rated
    assert "on a scale from 1 to 10: up to 4 is negative, from 7 positive" in reading.notes[0]
    assert not GoldColumn(SENTIMENT, "label", ["1", "0"]).rated


def test_cells_that_are_no_label_are_named() -> None:
    reading = GoldColumn(SENTIMENT, "label", ["pos", "angry", "sad", "3 stars"])
    assert reading.unknown == (
        "gold column 'label': no label that is known is 'angry', 'sad'; --label-map says which it is",
    )
    assert GoldColumn(SENTIMENT, "label", ["pos", "neg"]).unknown == ()
    assert GoldColumn(CLASSIFICATION, "label", ["angry"]).unknown == ()
    assert GoldColumn(QA, "answers", ["angry"]).unknown == ()
