from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlptasks.plugin.protocols import Example
from nlptasks.training.splits import MOST, hold_out


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
