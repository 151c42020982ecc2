from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from nlptasks._running.predict import predict
from nlptasks._signals import Terminated
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import PluginError
from nlptasks.models.pooling import join_means, mean_states
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Encoder, Example, HiddenStates, Window
from nlptasks_tasks.sentiment import SPEC as SENTIMENT


@dataclass
class Norms:
    """Answers with the mean state's first number, so that a mixed-up row shows."""

    encoder: Encoder
    size: int = 16
    labels: tuple[str, ...] = ()

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return self.encoder.tokenize([example.inputs["text"] for example in examples], max_tokens=self.size)

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        return mean_states(states)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Text:
        return Text(f"{example.inputs['text'][:10]} {join_means(reduced)[0]:.4f}")


@dataclass
class Counting:
    """An encoder that counts what goes through it."""

    encoder: Encoder
    seen: list[Window] = field(default_factory=list)

    @property
    def max_tokens(self) -> int:
        return self.encoder.max_tokens

    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        self.seen += windows
        return self.encoder.encode(windows)


def task(head: Any, name: str = "x:norms") -> LoadedHead:
    return LoadedHead(task=SENTIMENT, name=name, head=head)


def rows(*texts: str) -> list[Example]:
    return [Example({"text": text}) for text in texts]


TEXTS = ["good", "a very good phone that works " * 9, "bad", "the film is great", "good"]


def answers(head: Any, encoder: Any, texts: Sequence[str], **settings: Any) -> list[str | None]:
    found = predict([task(head)], encoder, [rows(*texts)], **settings).by_head[0]
    return [prediction and prediction.canonical for prediction in found]


def test_batches_and_row_order_change_nothing(encoder: Encoder) -> None:
    head = Norms(encoder)
    together = answers(head, encoder, TEXTS)
    assert together == [answers(head, encoder, [text])[0] for text in TEXTS]
    assert together == answers(head, encoder, TEXTS[::-1])[::-1]
    assert together == answers(head, encoder, TEXTS, budget=1)


def test_each_distinct_window_goes_through_the_backbone_once(encoder: Encoder) -> None:
    counting = Counting(encoder)
    heads = [task(Norms(encoder)), task(Norms(encoder), "y:norms"), task(Norms(encoder, size=20), "z:norms")]
    found = predict(heads, counting, [rows(*TEXTS)] * 3)  # type: ignore[arg-type]
    assert len(counting.seen) == len(set(counting.seen))
    assert found.by_head[0] == found.by_head[1]
    assert found.tokens == sum(len(window) for window in counting.seen)
    assert sum(found.long) == 1


def test_a_long_text_is_one_that_the_backbone_cannot_read_at_once(encoder: Encoder) -> None:
    texts = rows("good", "a very good phone that works " * 30, "the film is great " * 9)
    assert predict([task(Norms(encoder, size=20))], encoder, [texts]).long == (False, True, False)


def test_blank_texts_have_no_answer(encoder: Encoder) -> None:
    assert answers(Norms(encoder), encoder, ["", " \t\n", "good"])[:2] == [None, None]


def test_progress_ends_at_one(encoder: Encoder) -> None:
    told: list[float] = []
    answers(Norms(encoder), encoder, TEXTS, budget=20, progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1


@pytest.mark.parametrize("method", ["windows", "reduce", "read"])
def test_a_head_that_fails_is_named(encoder: Encoder, method: str) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oh\nno")

    head = Norms(encoder)
    setattr(head, method, fail)
    with pytest.raises(PluginError, match=r"the head x:norms failed: ZeroDivisionError: oh\\nno"):
        answers(head, encoder, TEXTS)


@pytest.mark.parametrize("raised", [SystemExit(3), CancelledError(), GeneratorExit(), MemoryError()])
@pytest.mark.parametrize("method", ["windows", "reduce", "read"])
def test_whatever_a_head_raises_is_its_own_fault(encoder: Encoder, method: str, raised: BaseException) -> None:
    def fail(*_: object) -> None:
        raise raised

    head = Norms(encoder)
    setattr(head, method, fail)
    with pytest.raises(PluginError, match=f"the head x:norms failed: {type(raised).__name__}"):
        answers(head, encoder, TEXTS)


@pytest.mark.parametrize("wish", [KeyboardInterrupt(), Terminated()])
def test_the_users_wish_to_stop_passes(encoder: Encoder, wish: BaseException) -> None:
    def stop(*_: object) -> None:
        raise wish

    head = Norms(encoder)
    head.read = stop  # type: ignore[method-assign, assignment]
    with pytest.raises(type(wish)):
        answers(head, encoder, TEXTS)


def test_a_backbone_that_fails_is_named(encoder: Encoder) -> None:
    @dataclass
    class Broken(Counting):
        name: str = "b:broken"

        def encode(self, windows: Sequence[Window]) -> HiddenStates:
            raise RuntimeError("out of memory")

    with pytest.raises(PluginError, match="the backbone b:broken failed: RuntimeError: out of memory"):
        answers(Norms(encoder), Broken(encoder), TEXTS)


def test_a_head_with_too_few_windows_is_named(encoder: Encoder) -> None:
    head = Norms(encoder)
    head.windows = lambda examples: []  # type: ignore[method-assign]
    with pytest.raises(PluginError, match=r"gave 0 lists for 5 examples"):
        answers(head, encoder, TEXTS)
