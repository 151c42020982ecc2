"""The check of heads: what it catches, what it passes, and what it takes for the same prediction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from nlptasks.errors import UsageError
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Prediction
from nlptasks.testing import check_head
from nlptasks.testing.heads import _check_same

from . import faults
from .faults import backbones, moods


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
        (Text("good"), Text("Good"), "prediction"),
        (Text("0.1276"), Text("0.1277"), "prediction"),
        (Number("0.1276", value=0.1276), Number("0.1279", value=0.1279), "value"),
    ],
)
def test_anything_else_is_another_answer(one: Prediction, other: Prediction, what: str) -> None:
    with pytest.raises(AssertionError, match=f"a batch of one gives another {what}"):
        _check_same([one], [other], "a batch of one")


@pytest.mark.parametrize("fault", faults.of("head"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    task, head = fault.planted
    with faults.forgotten(), pytest.raises(AssertionError) as caught:
        check_head(task, head, backbone=backbones.Hashing() if fault.on else None)
    assert fault.says in str(caught.value)


HONEST = [
    (moods.SENTIMENT, moods.Lexicon),
    (moods.SENTIMENT, moods.Normalising),
    (moods.TOKENS, moods.TokenList),
    (moods.PIECES, moods.Piece),
]


@pytest.mark.parametrize(("task", "made"), HONEST)
@pytest.mark.parametrize("needs", [False, True])
def test_an_honest_head_passes(task, made, needs, encoder) -> None:
    check_head(task, moods.head(made, task, needs=needs), backbone=encoder if needs else None)


def test_a_head_that_cannot_be_opened_so_says_why() -> None:
    head = replace(moods.head(moods.Lexicon), object=f"{moods.HERE}:refuse")
    with pytest.raises(UsageError, match="it needs labels"):
        check_head(moods.SENTIMENT, head)
