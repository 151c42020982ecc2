"""The engine of this process."""

from __future__ import annotations

from typing import Any

import pytest

from nlptasks._running.blocks import Block, nothing
from nlptasks._running.engine import LocalEngine
from nlptasks._running.rejecting.rescue import Rescue
from nlptasks._systems.system import LoadedHead, LoadedSystem
from nlptasks.errors import PluginError
from nlptasks.plugin.protocols import Example


class Likely:
    """A head that also tells how probable a text is: its length."""

    def __init__(self, head: Any) -> None:
        self.head = head
        self.asked: list[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.head, name)

    def likelihoods(self, examples: list[Example], texts: list[str]) -> list[float]:
        self.asked.append(list(texts))
        return [float(len(text)) for text in texts]


def block(first: int, *texts: str, asked: tuple[str | None, ...] = ()) -> Block[str]:
    return Block(
        rows=texts,
        examples=[[Example({"text": text}) for text in texts]],
        first=first,
        texts=[list(asked)] if asked else (),
    )


@pytest.fixture
def loaded(here, worded) -> LoadedSystem:
    return here.load(worded)


def test_blocks_come_back_in_their_order_and_one_at_a_time(loaded):
    taken = []

    def blocks():
        for at, text in enumerate(("good", "bad")):
            taken.append(text)
            yield block(at, text)

    engine = LocalEngine(loaded)(blocks(), nothing)
    first = next(engine)
    assert taken == ["good"]
    assert [first.made.by_head[0][0].canonical, *(one.made.by_head[0][0].canonical for one in engine)] == [
        "positive", "negative"
    ]  # fmt: skip
    assert first.seconds >= 0


def test_likelihoods_are_asked_for_only_where_they_are_wanted(loaded):
    likely = Likely(loaded.heads[0].head)
    system = LoadedSystem(
        heads=(LoadedHead(task=loaded.heads[0].task, name="x", head=likely),), backbone=None, encoder=None
    )
    blocks = [block(0, "a", "b", "c", asked=("four", None, "six666")), block(3, "d")]
    first, second = LocalEngine(system)(iter(blocks), nothing)
    assert (first.nll, second.nll) == (([4.0, None, 6.0],), ([None],))
    assert likely.asked == [["four", "six666"]]


@pytest.mark.parametrize("watch", [True, False])
def test_weights_that_were_changed_are_found_out_at_the_end(loaded, encoder, watch):
    system = LoadedSystem(heads=loaded.heads, backbone=encoder, encoder=encoder, fingerprint="another")
    engine = LocalEngine(system, watch=watch)(iter([block(0, "good")]), nothing)
    assert next(engine).made.by_head[0][0].canonical == "positive"
    if watch:
        with pytest.raises(PluginError):
            next(engine)
    else:
        assert list(engine) == []


def test_rows_that_fail_are_left_to_what_rescues_them(loaded):
    engine = LocalEngine(loaded, rescue=Rescue().predicted)
    (found,) = engine(iter([block(0, "good", "fail", "bad")]), nothing)
    assert found.block.rows == ["good", "bad"]
    assert [(item.at, item.row) for item in found.rejected] == [(1, "fail")]
    assert "it reads 'fail'" in found.rejected[0].reason
