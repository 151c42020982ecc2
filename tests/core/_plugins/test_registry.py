from __future__ import annotations

import pytest

from nlptasks._plugins.registry import Owned, Registry, key_of
from nlptasks.errors import UsageError
from nlptasks.plugin import Column, HeadSpec, MetricSpec, TaskSpec


def task(name, *, aliases=()):
    return TaskSpec(
        name=name,
        summary="x",
        inputs=(Column(name="text"),),
        gold=Column(name="label"),
        prediction="a:b",
        output="label",
        metrics=("accuracy",),
        primary="accuracy",
        baseline="a:b",
        examples=(),
        aliases=aliases,
    )


def head(name, task="sentiment"):
    return HeadSpec(name=name, summary="x", task=task, object="a:b")


def registry(*pairs, prefer=None):
    return Registry(tuple(Owned(spec, f"{owner}-plugin", owner) for owner, spec in pairs), prefer or {})


def test_everything_is_sorted_by_name_and_distribution():
    found = registry(("b", task("x")), ("a", task("x")), ("c", task("a")), ("a", head("x"))).all(TaskSpec)
    assert [item.qualified for item in found] == ["c:a", "a:x", "b:x"]


def test_the_order_of_registration_does_not_matter():
    pairs = [("b", task("x")), ("a", task("y")), ("a", head("h")), ("b", head("h", "y"))]
    for spec in (TaskSpec, HeadSpec):
        assert registry(*pairs).all(spec) == registry(*reversed(pairs)).all(spec)


@pytest.mark.parametrize("name", ["qa", "question-answering", "acme:qa", "ACME:qa", "acme:question-answering"])
def test_a_name_an_alias_and_a_qualified_name(name):
    assert registry(("acme", task("qa", aliases=("question-answering",)))).get(TaskSpec, name).spec.name == "qa"


def test_in_one_distribution_a_name_comes_before_an_alias():
    found = registry(("a", task("qa")), ("a", task("other", aliases=("qa",))))
    assert found.get(TaskSpec, "qa").spec.name == "qa"


def test_an_alias_against_a_name_of_another_distribution_is_a_clash_with_a_key_of_its_own():
    pairs = (("a", task("qa")), ("b", task("other", aliases=("qa",))), ("c", task("other")))
    with pytest.raises(UsageError) as caught:
        registry(*pairs).get(TaskSpec, "qa")
    assert caught.value.message == "a and b both provide the task 'qa'"
    assert "type a:qa or b:other" in caught.value.hint
    assert '"tasks.qa" = "a"' in caught.value.hint
    settled = registry(*pairs, prefer={"tasks.qa": "b"})
    assert settled.get(TaskSpec, "qa").qualified == "b:other"
    with pytest.raises(UsageError, match=r'"tasks\.other" = "b"'):
        settled.get(TaskSpec, "other")


def test_a_preference_may_name_the_descriptor():
    pairs = (("a", task("one", aliases=("qa",))), ("a", task("two", aliases=("qa",))))
    with pytest.raises(UsageError, match="type a:one or a:two"):
        registry(*pairs).get(TaskSpec, "qa")
    assert registry(*pairs, prefer={"tasks.qa": "A:two"}).get(TaskSpec, "qa").spec.name == "two"


def test_a_distribution_that_is_near_comes_first_unless_the_user_prefers_another():
    pairs = [(owner, MetricSpec(name="f1", summary="x", object="a:b")) for owner in ("a", "b")]
    assert registry(*pairs).get(MetricSpec, "f1", near=("b",)).distribution == "b"
    assert registry(*pairs, prefer={"metrics.f1": "a"}).get(MetricSpec, "f1", near=("b",)).distribution == "a"
    with pytest.raises(UsageError, match="a and b both provide the metric 'f1'"):
        registry(*pairs).get(MetricSpec, "f1", near=("c",))


def test_an_unknown_name_says_what_is_near_and_what_there_is():
    with pytest.raises(UsageError) as caught:
        registry(("a", task("sentiment", aliases=("mood",))), ("a", task("qa"))).get(TaskSpec, "sentimnt")
    assert caught.value.message == "there is no task named 'sentimnt'; did you mean 'sentiment'?"
    assert caught.value.hint.startswith("there are: qa, sentiment")


def test_an_unknown_distribution_is_an_unknown_name():
    with pytest.raises(UsageError, match="there is no metric named 'b:f1'"):
        registry(("a", MetricSpec(name="f1", summary="x", object="a:b"))).get(MetricSpec, "b:f1")


def test_nothing_at_all():
    with pytest.raises(UsageError, match="there is none"):
        Registry().get(TaskSpec, "sentiment")


def test_a_clash_names_both_distributions_and_every_way_out():
    with pytest.raises(UsageError) as caught:
        registry(("acme", task("qa")), ("nlptasks", task("qa"))).get(TaskSpec, "qa")
    assert caught.value.message == "acme and nlptasks both provide the task 'qa'"
    assert "acme:qa or nlptasks:qa" in caught.value.hint
    assert '[prefer]\n  "tasks.qa" = "acme"' in caught.value.hint


def test_a_clash_within_a_distribution_names_its_plugins():
    items = (Owned(task("qa"), "one", "acme"), Owned(task("qa"), "two", "acme"))
    with pytest.raises(UsageError, match=r"more than once, in its plugins 'one' and 'two'\n.*NLPTASKS_PLUGINS=-one"):
        Registry(items).get(TaskSpec, "qa")


def test_the_configuration_settles_a_clash():
    pairs = (("acme", task("qa")), ("nlptasks", task("qa")))
    assert registry(*pairs, prefer={"tasks.qa": "Acme"}).get(TaskSpec, "qa").distribution == "acme"
    assert registry(*pairs, prefer={"tasks.qa": "acme"}).get(TaskSpec, "nlptasks:qa").distribution == "nlptasks"


def test_heads_belong_to_their_task():
    found = registry(("a", head("linear", "qa")), ("a", head("linear", "sentiment")), ("b", head("words")))
    assert [item.spec.name for item in found.heads("sentiment")] == ["linear", "words"]
    assert found.head("qa", "linear").spec.task == "qa"
    with pytest.raises(UsageError, match="there is no head for qa named 'words'"):
        found.head("qa", "words")


def test_a_clash_of_heads_is_settled_by_task():
    pairs = (("a", head("linear")), ("b", head("linear")))
    with pytest.raises(UsageError, match=r'"heads\.sentiment\.linear" = "a"'):
        registry(*pairs).head("sentiment", "linear")
    both = {"heads.sentiment": "b", "heads.sentiment.linear": "a"}
    assert registry(*pairs, prefer={"heads.sentiment": "b"}).head("sentiment", "linear").distribution == "b"
    assert registry(*pairs, prefer=both).head("sentiment", "linear").distribution == "a"


def test_keys():
    assert [key_of(task("qa")), key_of(head("words"))] == ["tasks.qa", "heads.sentiment.words"]
