"""What was chosen, as a value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._plugins.registry import Owned
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.system import ChosenHead, System
from nlptasks.plugin import HeadSpec
from nlptasks.plugin.protocols import BackboneContext
from nlptasks_tasks.sentiment import SPEC as TASK

HEAD = Owned(HeadSpec(name="words", task="sentiment", summary="s", object="a:b"), "p", "acme")


def test_a_trained_head_is_called_by_its_folder():
    assert ChosenHead(task=TASK, head=HEAD).name == "acme:words"
    assert ChosenHead(task=TASK, head=HEAD, weights=Path("runs/mine")).name == "runs/mine"


def test_a_card_is_no_part_of_what_is_shown():
    assert "secret" not in repr(ChosenHead(task=TASK, head=HEAD, card={"secret": 1}))


@pytest.mark.parametrize(
    ("needs", "exact"), [(("encode",), False), ((), False), (("encode", "generate"), True), (("labels",), True)]
)
def test_the_last_digits_count_where_more_than_hidden_states_is_needed(needs, exact):
    head = Owned(replace(HEAD.spec, needs=frozenset(needs)), "p", "acme")
    system = System(heads=(ChosenHead(task=TASK, head=head),), backbone=None)
    assert system.exact == exact
    writer = Owned(replace(HEAD.spec, needs=frozenset({"generate"})), "p", "acme")
    assert replace(system, heads=(*system.heads, ChosenHead(task=TASK, head=writer))).exact


def test_a_folder_takes_the_place_of_all_other_weights():
    given = BackboneContext(options=3, device="cpu", precision="bfloat16", reference="hf:org/x")
    system = System(heads=(), backbone=None, context=given)
    assert system.tuned(Path("mine")).context == BackboneContext(
        options=3, device="cpu", precision="bfloat16", folder=Path("mine")
    )
    assert system.tuned(Path("tuned")).tuned(Path("mine")).context.folder == Path("mine")


def test_where_it_runs_is_the_users_choice():
    system = System(heads=(), backbone=None, context=BackboneContext(reference="hf:org/x", device="cuda"))
    placed = system.placed(SystemChoice(device="cpu", precision="bfloat16", runtime="torch"))
    assert placed.context == BackboneContext(reference="hf:org/x", device="cpu", precision="bfloat16", runtime="torch")
