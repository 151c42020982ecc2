from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.plugin.protocols import Example
from nlptasks.training.splits import MOST, hold_out, unseen


def asked(number: int, contexts: int) -> Example:
    return Example({"question": f"q{number}", "context": f"text {number % contexts}"}, "x")


@given(st.integers(2, 300), st.integers(2, 40), st.integers(0, 5))
def test_nothing_is_lost_and_no_context_is_on_both_sides(rows: int, contexts: int, seed: int) -> None:
    examples = [asked(number, contexts) for number in range(rows)]
    train, held = hold_out(examples, seed)
    assert sorted(e.inputs["question"] for e in (*train, *held)) == sorted(e.inputs["question"] for e in examples)
    assert train and held
    assert not {e.inputs["context"] for e in train} & {e.inputs["context"] for e in held}
    assert len(held) < max(1, rows // 10) + rows / min(rows, contexts) + 1
    assert {e.inputs["question"] for e in hold_out(examples[::-1], seed)[1]} == {e.inputs["question"] for e in held}


def test_a_seed_draws_other_rows_and_many_rows_hold_few_out() -> None:
    examples = [asked(number, 30_000) for number in range(30_000)]
    one, other = (hold_out(examples, seed)[1] for seed in (0, 1))
    assert len(one) == len(other) == MOST
    assert one != other


def test_one_text_alone_is_trained_on() -> None:
    assert hold_out([asked(0, 1)] * 3) == ([asked(0, 1)] * 3, [])
    assert hold_out([]) == ([], [])


def labelled(texts: list[tuple[str, str]]) -> list[Example]:
    return [Example({"text": text}, label) for text, label in texts]


def texts_of(examples: list[Example]) -> set[str]:
    return {example.inputs["text"] for example in examples}


@pytest.mark.parametrize("copy", [str.upper, "{}!!".format, "  {} ".format, "{} 4711".format, "\uff08{}\uff09".format])
def test_copies_of_a_text_are_never_on_both_sides(copy) -> None:
    draw = random.Random(0)
    words = ["amber", "bridge", "copper", "dolphin", "ember", "forest", "glacier", "harbour", "island", "jungle"]
    texts = [" ".join(draw.sample(words, 5)) for _ in range(40)]
    rows = labelled([(text, draw.choice("xy")) for text in texts])
    copies = [Example({"text": copy(row.inputs["text"])}, row.gold) for row in rows]
    told: list[str] = []
    train, held = hold_out([*rows, *copies], labelled=True, tell=told.append)
    assert train and held
    for row in rows:
        both = {row.inputs["text"], copy(row.inputs["text"])}
        assert both <= texts_of(train) or both <= texts_of(held)
    assert told[0].startswith("80 rows, 40 of them with the text of another row")


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abc")), max_size=120), st.integers(0, 3))
def test_every_label_is_trained_on_and_held_out_where_it_has_two_texts(drawn: list[tuple[int, str]], seed: int) -> None:
    rows = labelled([(f"{label} {number}", label) for number, label in drawn])
    train, held = hold_out(rows, seed, labelled=True)
    assert sorted(e.inputs["text"] for e in (*train, *held)) == sorted(e.inputs["text"] for e in rows)
    assert not texts_of(train) & texts_of(held)
    assert {e.gold for e in train} == {e.gold for e in rows}
    assert {e.gold for e in held} == {label for label in "abc" if len({n for n, found in drawn if found == label}) > 1}
    assert texts_of(hold_out(rows[::-1], seed, labelled=True)[1]) == texts_of(held)


def test_labels_keep_their_proportions() -> None:
    rows = labelled([(f"text {n}", "rare" if n % 20 == 0 else "usual") for n in range(400)])
    held = hold_out(rows, labelled=True)[1]
    assert (len(held), sum(e.gold == "rare" for e in held)) == (40, 2)


def test_one_text_with_hundreds_of_copies_is_trained_on() -> None:
    held = hold_out([*[asked(0, 1)] * 300, *(asked(number, 100) for number in range(1, 100))])[1]
    assert len(held) == 39


def test_what_is_not_held_out_is_said() -> None:
    told: list[str] = []
    rows = labelled([("one", "a"), ("two", "a"), ("One!", "b"), ("three", "c"), ("four", "b")])
    hold_out(rows, labelled=True, tell=told.append)
    assert told == [
        "5 rows, 1 of them with the text of another row: no text is both trained on and held out",
        "1 text with several labels: no head can be right on all of these rows",
        "no row is held out of 'c': too few different texts; --validation FILE gives rows to score",
    ]
    told.clear()
    hold_out(rows[:1], tell=told.append)
    assert told == ["nothing is held out: too few different texts; --validation FILE gives rows to score"]


def test_validation_rows_that_are_trained_on_are_left_out_and_said() -> None:
    told: list[str] = []
    train = labelled([("The parcel was late", "a"), ("my card was charged twice", "b")])
    other = labelled([("the parcel WAS late.", "a"), ("a new one", "b")])
    assert unseen(train, other, told.append) == other[1:]
    assert told == ["1 of 2 validation rows left out: the text repeats one of the training data, or nearly"]
    assert unseen(train, [], told.append) == unseen(train, train) == []
    assert len(told) == 1
    # Another question to the same context is another row; of raw text, the gold answer is what counts.
    assert unseen([asked(0, 1)], [asked(1, 1)]) == [asked(1, 1)]
    assert unseen([Example({"text": "same"}, "one")], [Example({"text": "same"}, "two")], raw=True)
