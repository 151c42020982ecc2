"""Loading what was chosen: a head gets what it asked for, and one that breaks its contract is named."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from nlptasks._plugins.registry import Owned
from nlptasks._systems.loading import load_head, load_system
from nlptasks._systems.pool import BackbonePool
from nlptasks._systems.system import ChosenHead, System
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.plugin import BackboneSpec, HeadSpec
from nlptasks.plugin.protocols import HeadContext
from nlptasks_tasks.sentiment import SPEC as TASK


class Head:
    """A head that keeps what it was opened with."""

    labels: tuple[Any, ...] = ("a", "b")

    def __init__(self, context: HeadContext) -> None:
        self.context = context


class Numbered(Head):
    labels = (0, 1)


class Worded(Head):
    labels = "positive"


class Generated(Head):
    @property
    def labels(self):
        return (label for label in ("a", "b"))


class Repeated(Head):
    labels = ("a", "b", "a")


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module ``acme_heads``, which import strings can name."""
    made = ModuleType("acme_heads")
    made.Head, made.Numbered, made.number = Head, Numbered, 3
    made.Worded, made.Generated, made.Repeated = Worded, Generated, Repeated
    made.house = lambda context: SimpleNamespace(fingerprint=lambda: "print", context=context)
    monkeypatch.setitem(sys.modules, "acme_heads", made)


def chosen(name: str = "Head", *needs: str, **more: Any) -> ChosenHead:
    languages = more.pop("languages", ())
    spec = HeadSpec(
        name="words", task=TASK.name, summary="s", object=f"acme_heads:{name}", needs=frozenset(needs),
        languages=languages,
    )  # fmt: skip
    return ChosenHead(task=TASK, head=Owned(spec, "p", "acme"), **more)


def test_a_head_is_opened_with_what_was_chosen():
    loaded = load_head(chosen("Head", "encode", options=3, weights=Path("mine")), "backbone", languages=("en",))
    context = loaded.head.context
    assert (context.task, context.backbone, context.options, context.weights) == (TASK, "backbone", 3, Path("mine"))
    assert (loaded.name, loaded.languages) == ("mine", ("en",))


def test_a_head_that_needs_no_backbone_sees_none():
    assert load_head(chosen(), "backbone").head.context.backbone is None


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("number", NlptasksError, "acme:words: acme_heads:number is not callable"),
        ("Numbered", PluginError, "the head acme:words .*labels must be texts"),
        ("Worded", PluginError, "labels must be a tuple of texts, not of the type str"),
        ("Generated", PluginError, "labels must be a tuple of texts, not of the type generator"),
        ("Repeated", PluginError, "the label 'a' stands twice in its labels"),
        ("Gone", PluginError, "Gone"),
    ],
)
def test_a_head_that_breaks_its_contract(name, error, said):
    with pytest.raises(error, match=said):
        load_head(chosen(name), None)


def test_a_system_shares_one_backbone_and_knows_which_languages_it_reads():
    house = BackboneSpec(
        name="house", summary="s", object="acme_heads:house", provides=frozenset({"encode"}), languages=("fr",)
    )
    heads = (
        chosen("Head", "encode"),
        chosen("Head", "encode", languages=("en",)),
        chosen(),
        chosen("Head", "encode", weights=Path("mine")),  # nobody knows what a user trained in
    )
    loaded = load_system(System(heads=heads, backbone=Owned(house, "p", "acme")), BackbonePool())
    assert loaded.fingerprint == "print"
    assert {id(head.head.context.backbone) for head in loaded.heads if head.head.context.backbone} == {
        id(loaded.backbone)
    }
    assert [head.languages for head in loaded.heads] == [("fr",), ("en",), (), ()]


def test_without_a_backbone_there_is_no_fingerprint():
    loaded = load_system(System(heads=(chosen(),), backbone=None), BackbonePool())
    assert (loaded.backbone, loaded.fingerprint) == (None, "")


@pytest.mark.parametrize(("needs", "encoder"), [(("encode",), "quick"), (("encode", "generate"), "whole")])
def test_labels_are_encoded_by_what_the_backbone_has_for_them(monkeypatch, needs, encoder):
    quick = SimpleNamespace(name="quick", fingerprint=lambda: "q")
    whole = SimpleNamespace(name="whole", fingerprint=lambda: "w", approximate=lambda: quick)
    monkeypatch.setattr(sys.modules["acme_heads"], "both", lambda _: whole, raising=False)
    house = BackboneSpec(name="both", summary="s", provides=frozenset(needs), object="acme_heads:both")
    spec = HeadSpec(name="h", task="sentiment", summary="s", needs=frozenset(needs), object="acme_heads:Head")
    heads = (ChosenHead(task=TASK, head=Owned(spec, "p", "acme")),)
    loaded = load_system(System(heads=heads, backbone=Owned(house, "p", "acme")), BackbonePool())
    assert (loaded.backbone.name, loaded.encoder.name) == ("whole", encoder)
    assert loaded.heads[0].head.context.backbone is whole


@pytest.mark.parametrize("labels", [["b", "a"], ["a"], ["a", "b", "b"], ["A", "b"], [], "a, b", {"a": 1}])
def test_a_card_with_other_labels_than_the_weights_is_refused(labels):
    with pytest.raises(NlptasksError, match=r'mine: head.json has the labels .*, and the weights give \["a", "b"\]'):
        load_head(chosen("Head", weights=Path("mine"), card={"labels": labels}), None)


def test_a_card_with_the_weights_labels_or_none_is_taken():
    for card in ({"labels": ["a", "b"]}, {}):
        assert load_head(chosen("Head", weights=Path("mine"), card=card), None).head.labels == ("a", "b")


def test_another_version_of_the_plugin_that_trained_a_head_is_told_where_it_matters(monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: "1.3")
    for before in ("acme 1.3.1", "other 1.0", None):
        load_head(chosen("Head", weights=Path("mine"), card={"plugins": {"head": before}}), None)
    with pytest.warns(RuntimeWarning, match=r"mine was trained with acme 1\.2, and acme 1\.3 is installed; if it"):
        load_head(chosen("Head", weights=Path("mine"), card={"plugins": {"head": "acme 1.2"}}), None)
