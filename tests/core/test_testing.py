"""What the conformance check takes for the same answer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Prediction
from nlptasks.testing import _check_same


@dataclass(frozen=True)
class Number(Text):
    """A number and, as text, what it is rounded to."""

    value: float = 0.0


@pytest.mark.parametrize(
    ("one", "other"),
    [(Text("good"), Text("good")), (Number("0.1276", value=0.12764999), Number("0.1277", value=0.12765001))],
)
def test_the_same_text_or_nearly_the_same_number(one: Prediction, other: Prediction) -> None:
    _check_same([one], [other], "a batch of one")


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        (Text("good"), Text("Good"), "answer"),
        (Text("0.1276"), Text("0.1277"), "answer"),
        (Number("0.1276", value=0.1276), Number("0.1279", value=0.1279), "value"),
    ],
)
def test_anything_else_is_another_answer(one: Prediction, other: Prediction, what: str) -> None:
    with pytest.raises(AssertionError, match=f"a batch of one gives another {what}"):
        _check_same([one], [other], "a batch of one")
