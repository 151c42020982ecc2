"""Blocks in several workers."""

from __future__ import annotations

import pytest

from nlptasks._running.blocks import Block, nothing
from nlptasks._running.predict import SpoiltBackboneError
from nlptasks._running.spreading.engine import SpreadEngine
from nlptasks._running.spreading.place import placed
from nlptasks._running.spreading.waiting import Sender
from nlptasks._running.spreading.worker import SystemWorker
from nlptasks._settings.groups import EngineChoice
from nlptasks._systems.system import LoadedSystem
from nlptasks.errors import NlptasksError
from nlptasks.plugin.protocols import Example


def blocks(number: int):
    for at in range(number):
        yield Block(rows=[at], examples=[[Example({"text": "good" if at % 2 else "bad"})]], first=at)


def test_blocks_come_back_in_their_order_and_few_are_under_way(there, worded, opened):
    taken = []

    def watched():
        for block in blocks(40):
            taken.append(block.first)
            yield block

    with placed(there, worded, EngineChoice(engine="threads", workers=3), print) as place:
        found = []
        for done in place.engine()(watched(), nothing):
            assert len(taken) - len(found) <= 6
            found.append((done.block.first, done.made.by_head[0][0].label))
    assert found == [(at, "positive" if at % 2 else "negative") for at in range(40)]
    assert max(opened[0].under_way) <= 6


def test_each_worker_looks_whether_its_weights_were_changed(there, worded, encoder, opened, monkeypatch):
    loaded = there.load(worded)
    spoilt = LoadedSystem(heads=loaded.heads, backbone=encoder, encoder=encoder, fingerprint="another")
    monkeypatch.setattr(SystemWorker, "_system", spoilt)
    with placed(there, worded, EngineChoice(engine="threads"), print) as place:
        opened[0].workers[1]._opened = True
        with pytest.raises(SpoiltBackboneError, match="changed the shared backbone"):
            list(place.engine()(blocks(2), nothing))


def test_workers_that_are_not_alike_are_refused(there, worded, opened):
    with placed(there, worded, EngineChoice(engine="threads"), print) as place:
        engine = place.engine()
        like = {**engine.like, "precision": "int8"}
        with pytest.raises(NlptasksError, match=r"not alike: on .* the precision is 'none', and on another .* 'int8'"):
            list(SpreadEngine(engine.sender, like)(blocks(1), nothing))


def test_an_engine_that_mixes_answers_up_is_named(there, worded, opened):
    with placed(there, worded, EngineChoice(engine="threads"), print) as place:
        workers = opened[0]
        first = workers.requests[0]
        mixed = Sender("the engine acme:threads", workers, print)
        submit = workers.submit
        workers.submit = lambda _: submit(first)
        with pytest.raises(NlptasksError, match="acme:threads gave the answer to another request for rows 1 to 1"):
            list(SpreadEngine(mixed, place.engine().like)(blocks(1), nothing))
