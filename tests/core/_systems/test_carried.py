"""Which heads a checkpoint can have, from what it says of itself. Choosing among them: ``test_references.py``."""

from __future__ import annotations

from typing import Any

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.carried import check_head_for, choose_head_for, heads_for, works_on
from nlptasks._systems.references import Referred
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, Column, HeadSpec, TaskSpec
from nlptasks.plugin.inspection import Inspection


def head(name: str, *needs: str, trainer: str = "", default: bool = False) -> HeadSpec:
    return HeadSpec(
        name=name, task="mood", summary="s", object="a:b", needs=frozenset(needs), trainer=trainer, default=default
    )


OWN = head("own", "labels")
LINEAR = head("linear", "encode", trainer="a:b", default=True)
LIKE = head("like", "encode")
TASK = TaskSpec(
    name="mood", summary="s", inputs=(Column(name="text"),), gold=Column(name="label"), prediction="a:b",
    output="mood", metrics=("accuracy",), primary="accuracy", baseline="a:b", examples=({"text": "a", "label": "b"},),
)  # fmt: skip
HOUSE = BackboneSpec(name="hub", summary="s", object="a:b", provides=frozenset({"encode", "labels"}))


def registry(*heads: HeadSpec) -> Registry:
    return Registry(tuple(Owned(spec, "p", "acme") for spec in (TASK, HOUSE, *heads)))


def checkpoint(*provides: str, **more: Any) -> Referred:
    found = Inspection(provides=frozenset(provides), **more)
    return Referred(reference="hub:x", backbone=Owned(HOUSE, "p", "acme"), options=None, inspection=found)


@pytest.mark.parametrize(
    ("spec", "provides", "tasks", "asked", "works"),
    [
        (OWN, {"encode", "labels"}, (), False, True),
        (OWN, {"encode"}, (), False, False),
        (OWN, {"labels"}, ("topics",), False, False),
        (OWN, {"labels"}, ("topics",), True, True),  # who names the head is believed
        (LINEAR, {"encode"}, (), True, False),  # its weights fit another backbone
        (LIKE, {"encode"}, ("topics",), False, True),
        (head("none"), {"encode"}, (), False, False),  # it needs no checkpoint
    ],
)
def test_what_works_as_it_is(spec, provides, tasks, asked, works):
    assert works_on(spec, Inspection(provides=frozenset(provides), tasks=tasks), asked=asked) is works


def test_heads_are_told_by_task_ready_or_to_be_trained():
    found = heads_for(registry(OWN, LINEAR, LIKE), checkpoint("encode", "labels").inspection)
    assert found == ({"mood": ["like", "own"]}, {"mood": ["linear"]})
    assert heads_for(registry(OWN, LINEAR, LIKE), checkpoint().inspection) == ({}, {})


def test_a_layer_of_its_own_comes_first():
    found = choose_head_for(registry(OWN, LIKE), "mood", {}, checkpoint("encode", "labels"))
    assert found.spec == OWN
    assert choose_head_for(registry(OWN, LIKE), "mood", {}, checkpoint("encode")).spec == LIKE


def test_a_default_that_must_be_trained_is_not_replaced_unasked():
    with pytest.raises(UsageError, match="was trained on another backbone") as caught:
        choose_head_for(registry(LINEAR, LIKE), "mood", {}, checkpoint("encode"))
    assert caught.value.hint == (
        "train one: nlptasks train mood --data FILE --backbone hub:x\n"
        "or take a head that needs no training: --head like"
    )


@pytest.mark.parametrize(
    ("spec", "provides", "tasks", "said"),
    [
        (OWN, ("encode",), (), "hub:x does not provide labels, which the head 'own' needs"),
        (LINEAR, ("encode",), (), "the head 'linear' was trained on another backbone"),
    ],
)
def test_a_head_that_cannot_work_is_refused(spec, provides, tasks, said):
    with pytest.raises(UsageError, match=said):
        check_head_for(registry(OWN, LINEAR, LIKE), spec, checkpoint(*provides, tasks=tasks), trained=False)


def test_trained_weights_are_the_users_own():
    check_head_for(registry(LINEAR), LINEAR, checkpoint("encode"), trained=True)
    check_head_for(registry(), head("none"), checkpoint(), trained=False)
