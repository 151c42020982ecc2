from __future__ import annotations

import pytest

from nlptasks.models.spans import answer_place, answers_of, span_targets, span_windows
from nlptasks.plugin.protocols import Encoder, Example


@pytest.mark.parametrize(
    ("context", "gold", "expected"),
    [
        ("the cat sat", "cat", (4, 7)),
        ("concat the cat", '["dog", "cat"]', (11, 14)),
        ("Paris, France", "paris", (0, 5)),
        ("xcaty", "cat", (1, 4)),
        ("İ cat", "CAT", None),
        ("a cat", "dog", None),
        ("see [1] there", "[1]", (4, 7)),
        ("see [1] there", "[1", (4, 6)),
    ],
)
def test_an_answer_is_found_in_its_context(context, gold, expected):
    assert answer_place(context, answers_of(gold)) == expected


def test_a_target_is_in_the_first_window_that_holds_it(encoder: Encoder) -> None:
    words = " ".join([*["the"] * 30, "broken", *["the"] * 30])
    examples = [Example({"question": "is it", "context": words}, gold) for gold in ("broken", "phone")]
    windows = span_windows(encoder, examples, 24, 8)
    broken = encoder.tokenize(["broken"])[0][0].ids[1:-1]
    ((window, (first, last)),) = span_targets(examples, windows)
    assert window == next(each for each in windows[0] if broken[0] in each.ids)
    assert window.ids[first : last + 1] == broken
