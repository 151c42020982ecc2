"""What a worker tells of its system."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from nlptasks._running.facts import model_of, versions
from nlptasks._running.spreading.facts import BackboneElsewhere, ToldSystem
from nlptasks._systems.system import LoadedSystem


@pytest.fixture
def loaded(here, worded, encoder) -> LoadedSystem:
    return replace(here.load(worded), backbone=encoder, encoder=encoder)


def test_what_stands_for_a_system_has_its_facts(worded, loaded, encoder):
    told = pickle.loads(pickle.dumps(ToldSystem.of(loaded)))
    stands = told.loaded(worded)
    assert stands.backbone.digest == encoder.digest
    assert (stands.backbone.name, stands.backbone.max_tokens) == (encoder.name, encoder.max_tokens)
    assert model_of(worded, stands, "n") == model_of(worded, loaded, "n")
    assert stands.heads[0].head.labels == loaded.heads[0].head.labels
    for ask in (lambda: stands.encoder.encode([]), lambda: stands.encoder.tokenize(["a"])):
        with pytest.raises(RuntimeError, match="in the memory of the workers"):
            ask()


def test_all_that_decides_bytes_is_compared(loaded, encoder):
    told = ToldSystem.of(loaded)
    found = told.deciding
    assert found["digest of the backbone"] == encoder.digest
    assert found["version of nlptasks"] == versions()["nlptasks"]
    on = replace(told, encoder=replace(BackboneElsewhere.of(encoder), device="cuda:1"))
    assert on.deciding["device"] == "cuda", "workers on one machine have a device each"
    assert replace(told, encoder=None).deciding.keys() < found.keys()
