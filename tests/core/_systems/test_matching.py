from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.matching import check_fit, choose_backbone, choose_head
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, HeadSpec


@dataclass(frozen=True)
class Labels:
    labels: tuple[str, ...] = ()
    top: int = 1


@dataclass(frozen=True)
class Top:
    top: int = 1


def head(name, *, default=False, options=None, needs=()):
    return HeadSpec(
        name=name, summary="x", task="t", object="a:b", default=default, options=options, needs=frozenset(needs)
    )


def backbone(name, *provides, default=False):
    return BackboneSpec(name=name, summary="x", object="a:b", provides=frozenset(provides), default=default)


def registry(*specs, prefer=None):
    """Owned by ``d``, or by what stands before the descriptor."""
    pairs = [spec if isinstance(spec, tuple) else ("d", spec) for spec in specs]
    return Registry(tuple(Owned(spec, "p", owner) for owner, spec in pairs), prefer or {})


def chosen(found, name=None, **given):
    return choose_head(found, "t", name, given).spec.name


def test_the_named_head_the_default_and_the_only_one():
    two = registry(head("a"), head("b", default=True))
    assert chosen(two, "a") == "a"
    assert chosen(two) == "b"
    assert chosen(registry(head("a"))) == "a"


def test_an_option_chooses_the_heads_that_have_it():
    found = registry(head("a", default=True, options=Top), head("b", options=Labels))
    assert chosen(found, labels="x,y") == "b"
    assert chosen(found, top=2) == "a"
    assert chosen(found, labels=None) == "a"


def test_among_the_heads_with_an_option_the_default_wins():
    found = registry(head("a"), head("b", options=Labels), head("c", options=Labels, default=True))
    assert chosen(found, labels="x") == "c"


def test_a_preferred_distribution_wins():
    pairs = (head("a", default=True), ("acme", head("b")))
    assert chosen(registry(*pairs, prefer={"heads.t": "acme"})) == "b"


@pytest.mark.parametrize(
    ("found", "name", "given", "message"),
    [
        (registry(), None, {}, "no plugin that is loaded has a head for the task 't'"),
        (registry(head("a"), head("b")), None, {}, "several heads for t could be meant: d:a, d:b"),
        (registry(head("a", default=True), head("b", default=True)), None, {}, "several heads for t could be meant"),
        (registry(head("a", options=Labels), head("b", options=Labels)), None, {"top": 1}, "several heads"),
        (registry(head("a", options=Labels)), None, {"labls": 1}, "--labls is no option of the head 'a'; did you mean"),
        (registry(head("a"), head("b", options=Top)), None, {"x": 1}, "--x is no option of any head for t"),
        (registry(head("a"), head("b", options=Top)), "a", {"top": 1}, "--top is no option of the head 'a'"),
        (registry(head("a")), "b", {}, "there is no head for t named 'b'"),
    ],
)
def test_a_head_that_cannot_be_chosen(found, name, given, message):
    with pytest.raises(UsageError) as caught:
        choose_head(found, "t", name, given)
    assert message in caught.value.message


def test_options_that_no_one_head_has_together():
    @dataclass(frozen=True)
    class Other:
        stride: int = 1

    with pytest.raises(UsageError, match="no head for t has all of --labels, --stride"):
        choose_head(
            registry(head("a", options=Labels), head("b", options=Other)), "t", None, {"labels": 1, "stride": 1}
        )


def test_the_named_backbone_the_default_and_the_only_one_that_fits():
    needs = head("h", needs=["encode"])
    both = registry(backbone("a", "encode"), backbone("b", "encode", "generate", default=True))
    assert choose_backbone(both, needs, "a").spec.name == "a"
    assert choose_backbone(both, needs, None).spec.name == "b"
    one = registry(backbone("a", "generate", default=True), backbone("b", "encode"))
    assert choose_backbone(one, needs, None).spec.name == "b"


def test_a_head_without_needs_has_no_backbone():
    found = registry(backbone("a", "encode", default=True))
    assert choose_backbone(found, head("h"), None) is None
    with pytest.raises(UsageError, match="the head 'h' works without a backbone"):
        choose_backbone(found, head("h"), "a")


@pytest.mark.parametrize(
    ("found", "name", "message"),
    [
        (registry(backbone("a", "generate")), None, "no backbone provides what the head 'h' needs: encode, score"),
        (registry(), None, "no backbone provides what the head 'h' needs: encode, score"),
        (registry(backbone("a", "encode", "score"), backbone("b", "encode", "score")), None, "several backbones fit"),
        (registry(backbone("a", "generate")), "a", "the backbone 'a' cannot encode, score, which the head 'h' needs"),
        (registry(backbone("a", "encode")), "b", "there is no backbone named 'b'"),
    ],
)
def test_a_backbone_that_cannot_be_chosen(found, name, message):
    with pytest.raises(UsageError) as caught:
        choose_backbone(found, head("h", needs=["encode", "score"]), name)
    assert message in caught.value.message


def test_what_would_fit_is_listed():
    found = registry(backbone("a", "encode"), backbone("b", "encode", "generate"))
    with pytest.raises(UsageError) as caught:
        check_fit(head("h", needs=["generate"]), backbone("a", "encode"), found)
    assert caught.value.hint == "these fit: d:b"
    check_fit(head("h", needs=["generate"]), backbone("b", "encode", "generate"), found)


def test_a_head_of_a_backbone_is_chosen_on_that_one_alone():
    own = replace(head("own", default=True, needs=["encode"], options=Top), backbone="second")
    found = registry(
        own,
        head("usual", default=True, needs=["encode"], options=Top),
        head("asks", needs=["encode"], options=Labels),
        backbone("first", "encode", default=True),
        backbone("second", "encode"),
    )
    assert chosen(found) == "usual"
    assert choose_head(found, "t", None, {}, "first").spec.name == "usual"
    assert choose_head(found, "t", None, {}, "second").spec.name == "own"
    assert choose_head(found, "t", None, {"labels": ("a",)}, "second").spec.name == "asks"
    assert choose_head(found, "t", "usual", {}, "second").spec.name == "usual"
    assert choose_backbone(found, own, None).spec.name == "second"
    assert chosen(registry(own, backbone("second", "encode"))) == "own"


def test_a_backbone_that_needs_an_extra_is_chosen_where_no_other_fits():
    needs = head("h", needs=["encode"])
    optional = replace(backbone("optional", "encode"), extra="more")
    assert choose_backbone(registry(needs, optional, backbone("usual", "encode")), needs, None).spec.name == "usual"
    assert choose_backbone(registry(needs, optional), needs, None).spec.name == "optional"
