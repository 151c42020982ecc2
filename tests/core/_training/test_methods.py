"""The ways of training, and which heads they are for."""

from __future__ import annotations

import pytest

from nlptasks._names import resolve
from nlptasks._training.methods import METHODS, NAMES, WRITING, can_train, offers, writes
from nlptasks.plugin import HeadSpec


def head(trainer: str = "", *needs: str) -> HeadSpec:
    return HeadSpec(name="h", task="t", summary="s", object="a:b", trainer=trainer, needs=frozenset(needs))


@pytest.mark.parametrize("name", [*METHODS.values(), *WRITING.values()])
def test_every_method_is_there(name):
    assert callable(resolve(name))


def test_all_methods_are_offered_and_the_default_is_the_first():
    assert set(NAMES) == {*METHODS, *WRITING}
    assert next(iter(METHODS)) == NAMES[0]


@pytest.mark.parametrize(
    ("spec", "trained", "written", "options"),
    [
        (head("a:b", "encode"), True, False, {"top": True, "to": True}),
        (head("", "encode", "generate"), True, True, {"top": False, "to": True}),
        (head("", "encode"), False, False, {"top": False}),
    ],
)
def test_what_a_head_can_be_trained_by(spec, trained, written, options):
    assert (can_train(spec), writes(spec)) == (trained, written)
    assert {name: offers(spec, name) for name in options} == options
