"""Which options go to which task, and that a trained head's card is read once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems import folders
from nlptasks._systems.choosing import heads_by_task
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, Column, HeadSpec, TaskSpec


@dataclass(frozen=True)
class Labels:
    labels: tuple[str, ...] = field(default=(), metadata={"help": "h"})
    windows: int = 0


@dataclass(frozen=True)
class Windows:
    windows: int = 0


def task(name: str, *aliases: str) -> TaskSpec:
    return TaskSpec(
        name=name,
        aliases=aliases,
        summary="s",
        inputs=(Column(name="text"),),
        gold=Column(name="label"),
        prediction="a:b",
        output="label",
        metrics=("accuracy",),
        primary="accuracy",
        baseline="a:b",
        examples=({"text": "a", "label": "b"},),
    )


def head(of: str, name: str, *needs: str, **more: Any) -> HeadSpec:
    return HeadSpec(name=name, task=of, summary="s", object="a:b", needs=frozenset(needs), **more)


SPECS = (
    task("mood", "m"),
    task("topics"),
    head("mood", "two", "encode", options=Windows, default=True),
    head("mood", "asks", "prompt", options=Labels),  # no installed backbone can do that
    head("topics", "news", "encode", options=Windows, default=True),
    head("topics", "any", "encode", options=Labels),
    BackboneSpec(name="house", summary="s", object="a:b", provides=frozenset({"encode"}), options=None),
)


@pytest.fixture
def session() -> Session:
    return Session(Registry(tuple(Owned(spec, "d", "test") for spec in SPECS)))


def choose(session: Session, *names: str, **given: Any) -> System:
    return session.choose(session.tasks(names), SystemChoice(**given))


def chosen(system: System) -> list[tuple[str, Any]]:
    return [(item.head.spec.name, item.options) for item in system.heads]


def test_an_option_goes_to_the_task_that_has_it(session: Session) -> None:
    found = choose(session, "mood", "topics", options={"labels": "a,b"})
    assert chosen(found) == [("two", Windows()), ("any", Labels(labels=("a", "b")))]


def test_an_option_goes_to_all_that_have_it(session: Session) -> None:
    found = choose(session, "mood", "topics", options={"windows": 3})
    assert chosen(found) == [("two", Windows(3)), ("news", Windows(3))]


@pytest.mark.parametrize("name", ["mood.windows", "m.windows"])
def test_an_option_with_a_task_goes_to_that_one_alone(session: Session, name: str) -> None:
    found = choose(session, "mood", "topics", options={"windows": 3, name: 5})
    assert chosen(found) == [("two", Windows(5)), ("news", Windows(3))]
    assert chosen(choose(session, "mood", "topics", options={name: 5})) == [("two", Windows(5)), ("news", Windows())]


def test_an_option_with_a_task_chooses_its_head(session: Session) -> None:
    found = choose(session, "mood", "topics", options={"topics.labels": ("a",)})
    assert chosen(found) == [("two", Windows()), ("any", Labels(labels=("a",)))]
    assert chosen(choose(session, "topics", options={"topics.labels": ("a",)})) == [("any", Labels(labels=("a",)))]


@pytest.mark.parametrize(
    ("options", "heads", "said"),
    [
        ({"lables": "a"}, {}, "--lables is not an option of the head 'two', 'news', nor of the backbone 'house'"),
        ({"mood.lables": "a"}, {}, "--lables is no option of any head for mood"),
        ({"qa.labels": "a"}, {}, "the option 'qa.labels' is for the task 'qa', which is none of mood, topics"),
        ({"labels": "a"}, {"topics": "news"}, "--labels is not an option of the head 'two', 'news'"),
        ({"topics.labels": "a"}, {"topics": "news"}, "--labels is no option of the head 'news'"),
    ],
)
def test_an_option_that_nothing_has_is_refused(
    session: Session, options: dict[str, Any], heads: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        choose(session, "mood", "topics", options=options, heads=heads)


def test_a_card_is_read_once(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = {"head": "test:news", "task": "topics", "backbone": {"name": "house"}, "data": [{"sha256": "x"}]}
    (tmp_path / "head.json").write_text(json.dumps(card))
    read: list[Path] = []
    original = folders._read
    monkeypatch.setattr(folders, "_read", lambda folder: read.append(folder) or original(folder))
    found = choose(session, "topics", heads={"topics": str(tmp_path)})
    assert read == [tmp_path]
    assert (found.heads[0].weights, found.heads[0].card["data"]) == (tmp_path, [{"sha256": "x"}])


def test_heads_are_named_for_one_task_or_with_it(session: Session) -> None:
    tasks = session.tasks(["mood", "topics"])
    assert heads_by_task(tasks, ["m=two", "topics=any"]) == {"mood": "two", "topics": "any"}
    assert heads_by_task(tasks[:1], ["two"]) == {"mood": "two"}
    with pytest.raises(UsageError, match="--head two: for which of the tasks mood, topics"):
        heads_by_task(tasks, ["two"])


def test_the_backbone_that_is_named_brings_its_own_head() -> None:
    specs = (
        *SPECS[:-1],
        replace(SPECS[-1], default=True),
        replace(SPECS[-1], name="wide"),
        head("mood", "wide-mood", "encode", backbone="wide", default=True, options=Windows),
    )
    session = Session(Registry(tuple(Owned(spec, "d", "test") for spec in specs)))
    assert [name for name, _ in chosen(choose(session, "mood", "topics"))] == ["two", "news"]
    wide = choose(session, "mood", "topics", backbone="wide")
    assert [name for name, _ in chosen(wide)] == ["wide-mood", "news"]
    (own,) = choose(session, "mood", heads={"mood": "wide-mood"}).heads
    assert own.head.spec.name == "wide-mood"
    asked = choose(session, "mood", heads={"mood": "wide-mood"}).backbone
    assert asked is not None and asked.spec.name == "wide"


def test_a_trained_head_opens_the_backbone_that_it_was_trained_on(tmp_path: Path) -> None:
    specs = (*SPECS[:-1], replace(SPECS[-1], default=True), replace(SPECS[-1], name="wide"))
    session = Session(Registry(tuple(Owned(spec, "d", "test") for spec in specs)))
    for name, expected in (("wide", "wide"), ("house", "house"), ("gone", "house")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "head.json").write_text(json.dumps({"task": "mood", "head": "two", "backbone": {"name": name}}))
        backbone = choose(session, "mood", heads={"mood": str(folder)}).backbone
        assert backbone is not None and backbone.spec.name == expected
