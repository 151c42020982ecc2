"""Names that several plugins want."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from nlptasks._plugins.clashes import clashes, flags_wanted
from nlptasks._plugins.registry import Owned, Registry
from nlptasks.plugin import BackboneSpec, Column, Descriptor, FormatSpec, HeadSpec, MetricSpec, TaskSpec


@dataclass(frozen=True)
class Options:
    top_k: int = 3


def registry(*pairs: tuple[str, Descriptor], **prefer: str) -> Registry:
    wanted = {name.replace("__", "."): owner for name, owner in prefer.items()}
    return Registry(tuple(Owned(spec, f"{owner}-plugin", owner) for owner, spec in pairs), wanted)


def metric(name: str) -> MetricSpec:
    return MetricSpec(name=name, summary="s", object="a:b")


def task(name: str, *aliases: str, metrics: tuple[str, ...] = ("accuracy",)) -> TaskSpec:
    return TaskSpec(
        name=name, aliases=aliases, summary="s", inputs=(Column(name="text"),), gold=Column(name="label"),
        prediction="a:b", output="o", metrics=metrics, primary=metrics[0], baseline="a:b", examples=(),
    )  # fmt: skip


def head(name: str) -> HeadSpec:
    return HeadSpec(name=name, task="mood", summary="s", object="a:b", options=Options)


def csv(*suffixes: str) -> FormatSpec:
    return FormatSpec(name=suffixes[0].strip("."), summary="s", object="a:b", suffixes=suffixes)


def test_different_names_do_not_clash():
    assert clashes(registry(("a", metric("x")), ("b", metric("y")), ("b", task("x")), ("a", head("x")))) == ()


def test_every_way_out_is_told():
    (clash,) = clashes(registry(("b", metric("x")), ("a", metric("x"))))
    assert clash.line() == (
        'a and b provide the metric \'x\'; type b:x or a:x, or set [prefer] "metrics.x" = "a" in the configuration file'
    )
    (settled,) = clashes(registry(("b", metric("x")), ("a", metric("x")), metrics__x="b"))
    assert (settled.settled, settled.line()) == (True, "a and b provide the metric 'x'; [prefer] takes b:x")


@pytest.mark.parametrize(
    ("specs", "noun"),
    [
        ((head("x"), head("x")), "head for mood"),
        ((task("x"), task("y", "x")), "task"),
        ((csv(".a", ".x"), csv(".b", ".x")), "format of files that end in"),
    ],
)
def test_aliases_heads_of_a_task_and_suffixes_clash_too(specs, noun):
    assert [clash.noun for clash in clashes(registry(("a", specs[0]), ("b", specs[1])))] == [noun]


def test_schemes_of_backbones():
    specs = [
        BackboneSpec(name=name, summary="s", object="a:b", provides=frozenset(), scheme="hf", inspector="a:b")
        for name in ("one", "two")
    ]
    (clash,) = clashes(registry(("a", specs[0]), ("b", specs[1])))
    assert (clash.key, clash.name) == ("backbones.hf:", "hf")


def test_in_one_distribution_a_name_comes_before_an_alias():
    assert clashes(registry(("a", task("x")), ("a", task("y", "x")))) == ()
    (twice,) = clashes(registry(("a", metric("x")), ("a", metric("x"))))
    assert twice.line().startswith("a provides twice the metric 'x'")


def test_tasks_take_their_own_metrics():
    found = registry(("a", metric("x")), ("b", metric("x")), ("b", task("mood", metrics=("x",))))
    (clash,) = clashes(found)
    assert clash.note == "the tasks b:mood take their own distribution's"


def test_flags_that_plugins_want():
    assert flags_wanted(registry(("a", task("mood")), ("b", head("words")))) == [
        ("the input column 'text' of the task a:mood", "--text"),
        ("the option 'top_k' of the head b:words", "--top-k"),
    ]
