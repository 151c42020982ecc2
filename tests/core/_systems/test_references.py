"""Checkpoints that ``--backbone`` names: which backbone opens them, which head they get, and what is refused.

It is long because all of it plays among the made-up plugins below, which name their classes by this module's own name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._plugins.validation import validate
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.carried import heads_for
from nlptasks._systems.references import inspected, opener_of
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks.errors import PluginError, UsageError
from nlptasks.plugin import BackboneSpec, Column, HeadSpec, TaskSpec
from nlptasks.plugin.inspection import Inspection
from nlptasks.plugin.protocols import BackboneContext

ALL = frozenset({"encode", "generate", "score", "labels", "spans", "entailment", "prompt"})


@dataclass(frozen=True)
class Options:
    revision: str = field(default="", metadata={"help": "h"})
    careless: bool = False


@dataclass(frozen=True)
class Labels:
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Room:
    windows: int = 0


def inspect(reference: str, options: Options) -> Inspection:
    """A checkpoint provides what stands behind its name; ``for`` its tasks; ``labels`` says x and y."""
    name = reference.rpartition("/")[2].partition(":")[2] or reference.rpartition("/")[2]
    provides, _, tasks = name.partition("-for-")
    return Inspection(
        provides=frozenset(provides.split("-")) - {"none"},
        tasks=tuple(filter(None, tasks.split("-"))),
        labels=("x", "y") if "labels" in provides else (),
        parameters=7,
        languages=(options.revision,) if options.revision else (),
    )


def inspect_badly(reference: str, options: Options) -> Any:
    return {"provides": ["encode"]}


class Opened:
    """A backbone that keeps what it was opened with."""

    def __init__(self, context: BackboneContext) -> None:
        self.context = context
        self.name = context.reference or "own"

    def fingerprint(self) -> str:
        return "same"


class Reader:
    labels = ()

    def __init__(self, context: Any) -> None:
        self.context = context


def task(name: str) -> TaskSpec:
    return TaskSpec(
        name=name,
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


def head(task: str, name: str, *needs: str, **more: Any) -> HeadSpec:
    return HeadSpec(name=name, task=task, summary="s", object=f"{__name__}:Reader", needs=frozenset(needs), **more)


def opener(name: str = "any", **more: Any) -> BackboneSpec:
    settings = {
        "summary": "s",
        "object": f"{__name__}:Opened",
        "provides": ALL,
        "options": Options,
        "scheme": "any",
        "marker": "marker.json",
        "inspector": f"{__name__}:inspect",
    }
    return BackboneSpec(name=name, **settings | more)


OWN = BackboneSpec(
    name="house",
    summary="s",
    object=f"{__name__}:Opened",
    provides=frozenset({"encode", "generate", "score"}),
    default=True,
)

SPECS = (
    task("sentiment"),
    task("topics"),
    task("summary"),
    OWN,
    opener(),
    head("sentiment", "linear", "encode", default=True, trainer="a:b", options=Room),
    head("sentiment", "own", "labels", options=Room),
    head("topics", "linear", "encode", default=True, trainer="a:b"),
    head("topics", "nearest", "encode", options=Labels),
    head("topics", "own", "labels"),
    head("topics", "entails", "labels", "entailment", options=Labels),
    head("summary", "extract", "encode", default=True, trainer="a:b"),
    head("summary", "write", "encode", "generate"),
    head("summary", "first"),
)


def registry(*more: Any) -> Registry:
    return Registry(tuple(Owned(spec, "p", "d") for spec in (*SPECS, *more)))


@pytest.fixture
def session() -> Session:
    return Session(registry())


def plan(session: Session, task: str, backbone: str, head: str = "", **options: Any) -> System:
    return session.choose(session.tasks([task]), SystemChoice(heads={task: head}, backbone=backbone, options=options))


def checkpoint(folder: Path, name: str) -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "marker.json").touch()
    return folder / name


# --------------------------------------------------------- what is a reference


def test_a_scheme_names_its_backbone_and_a_name_does_not() -> None:
    found = opener_of(registry(), "any:encode")
    assert found is not None
    assert found.spec.name == "any"
    for text in ("", "house", "any", "d:house", "unheard:of", "org/name"):
        assert opener_of(registry(), text) is None, text
    with pytest.raises(UsageError, match="any: names nothing"):
        opener_of(registry(), "any:")


def test_folders_with_the_marker_are_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checkpoint(tmp_path, "encode")
    monkeypatch.chdir(tmp_path)
    for text in (str(folder), "./encode", "encode", "encode/"):
        found = opener_of(registry(), text)
        assert found is not None, text
        assert found.spec.name == "any"
    checkpoint(tmp_path, "house")
    assert opener_of(registry(), "house") is None, "an installed backbone's name is not taken by a folder"
    assert opener_of(registry(), "./house") is not None


@pytest.mark.parametrize("left", ["recipe.toml", "head.json"])
def test_a_folder_that_a_trainer_left_is_none(tmp_path: Path, left: str) -> None:
    folder = checkpoint(tmp_path, "encode")
    (folder / left).touch()
    assert opener_of(registry(), str(folder)) is None


def test_folders_that_open_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such folder") as caught:
        opener_of(registry(), "./nowhere")
    assert "any:NAME" in caught.value.hint
    with pytest.raises(UsageError, match=r"holds no checkpoint: no marker\.json and no recipe\.toml"):
        opener_of(registry(), str(tmp_path))
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="it is a file"):
        opener_of(registry(), str(tmp_path / "file"))


def test_two_backbones_of_one_scheme() -> None:
    with pytest.raises(UsageError, match="several backbones open any:x: d:any, d:other") as caught:
        opener_of(registry(opener("other")), "any:x")
    assert "nlptasks plugins disable p, or choose one" in caught.value.hint


def test_a_reference_is_qualified_by_its_backbones_distribution() -> None:
    both = Registry((Owned(opener(), "p", "d"), Owned(opener("other"), "q", "acme")))
    with pytest.raises(UsageError, match="several backbones open any:x: d:any, acme:other") as caught:
        opener_of(both, "any:x")
    assert caught.value.hint.startswith("type d:any:x or acme:any:x, or choose one")
    found = opener_of(both, "acme:any:x")
    assert found is not None
    assert found.qualified == "acme:other"
    assert opener_of(both, "acme:other") is None


def test_an_inspector_is_held_to_its_word() -> None:
    for more, said in (
        ({"inspector": f"{__name__}:inspect_badly"}, "returned no Inspection"),
        ({"provides": frozenset({"encode"})}, "provides labels, which the plugin did not say"),
    ):
        with pytest.raises(PluginError, match=said):
            inspected(registry(opener("bad", scheme="bad", **more)), "bad:labels", {})


def test_options_reach_the_inspector_and_the_backbone(session: Session) -> None:
    planned = plan(session, "sentiment", "any:labels", revision="v2", careless=True)
    assert planned.context.options == Options(revision="v2", careless=True)
    assert planned.backbone is not None
    assert planned.backbone.spec.languages == ("v2",)
    opened = session.load(planned)
    assert opened.backbone.context == BackboneContext(options=planned.context.options, reference="any:labels")


@pytest.mark.parametrize(
    ("backbone", "options", "said"),
    [
        ("house", {"revision": "v2"}, "--revision is not an option of the head 'linear', nor of the backbone 'house'"),
        ("any:labels", {"labels": "a"}, "--labels is no option of any head|--labels is not an option"),
        ("any:labels", {"careless": "yes"}, "--careless: expected a boolean"),
    ],
)
def test_options_that_nothing_has(session: Session, backbone: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        plan(session, "sentiment", backbone, **options)


def test_a_backbone_of_references_is_not_chosen_without_one(session: Session) -> None:
    assert plan(session, "sentiment", "").backbone.spec.name == "house"
    with pytest.raises(UsageError, match="no backbone provides what the head 'own' needs: labels") as caught:
        plan(session, "sentiment", "", head="own")
    assert caught.value.hint == "name a checkpoint that does: --backbone any:NAME"
    with pytest.raises(UsageError, match="the backbone 'any' opens checkpoints, and this does not say which"):
        plan(session, "sentiment", "any")
    with pytest.raises(UsageError, match="there is no backbone named 'org/name'") as caught:
        plan(session, "sentiment", "org/name")
    assert "any:org/name, and a folder as ./org/name" in caught.value.hint


def test_one_checkpoint_is_open_once_however_it_is_spelt(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoint(tmp_path, "labels")
    monkeypatch.chdir(tmp_path)
    opened = [session.load(plan(session, "sentiment", text)).backbone for text in ("./labels", str(folder), "labels")]
    assert len({id(backbone) for backbone in opened}) == 1
    assert session.load(plan(session, "sentiment", "any:labels")).backbone is not opened[0]


# ------------------------------------------------------------ which head it gets


@pytest.mark.parametrize(
    ("task", "provides", "options", "chosen"),
    [
        ("sentiment", "encode-labels", {}, "own"),
        ("sentiment", "labels", {"windows": 2}, "own"),
        ("topics", "encode-labels", {}, "own"),
        ("topics", "encode-labels", {"labels": "a,b"}, "nearest"),
        ("topics", "encode-labels-entailment", {"labels": "a,b"}, "entails"),
        ("topics", "encode-labels-entailment", {}, "own"),
        ("topics", "encode", {"labels": "a,b"}, "nearest"),
        ("summary", "encode-generate", {}, "write"),
        ("summary", "encode-generate-for-summary-topics", {}, "write"),
    ],
)
def test_the_head_that_reads_what_the_checkpoint_carries(
    session: Session, task: str, provides: str, options: dict[str, Any], chosen: str
) -> None:
    assert plan(session, task, f"any:{provides}", **options).heads[0].head.spec.name == chosen


@pytest.mark.parametrize(
    ("backbone", "chosen"),
    [
        ("any:encode-prompt-score", "asks"),
        ("any:encode-labels-entailment-prompt-score", "entails"),
        ("any:encode", "nearest"),
        ("", "nearest"),  # no installed backbone can serve the heads for checkpoints
    ],
)
def test_a_head_that_prompts_comes_between_those_that_read_and_others(backbone: str, chosen: str) -> None:
    asking = Session(registry(head("topics", "asks", "prompt", "score", options=Labels)))
    assert plan(asking, "topics", backbone, labels="a,b").heads[0].head.spec.name == chosen


def test_heads_of_several_tasks_share_it(session: Session) -> None:
    tasks = session.tasks(["sentiment", "topics"])
    planned = session.choose(tasks, SystemChoice(backbone="any:labels"))
    assert [item.head.spec.name for item in planned.heads] == ["own", "own"]
    assert planned.context.reference == "any:labels"


def test_the_head_that_the_user_names(session: Session) -> None:
    assert plan(session, "topics", "any:encode-labels", head="nearest").heads[0].head.spec.name == "nearest"
    assert plan(session, "sentiment", "any:labels-for-topics", head="own").heads[0].head.spec.name == "own"
    with pytest.raises(UsageError, match="any:encode does not provide labels, which the head 'own' needs"):
        plan(session, "topics", "any:encode", head="own")
    with pytest.raises(UsageError, match="the head 'first' works without a backbone"):
        plan(session, "summary", "any:encode", head="first")


@pytest.mark.parametrize(
    ("task", "backbone", "head", "said", "hint"),
    [
        (
            "topics",
            "any:encode",
            "",
            "the head 'linear' was trained on another backbone, and its weights do not fit any:encode",
            "train one: nlptasks train topics --data FILE --backbone any:encode\n"
            "or take a head that needs no training: --head nearest --labels A,B,...",
        ),
        (
            "topics",
            "any:encode-labels",
            "linear",
            "the head 'linear' was trained on another backbone",
            "--head own",
        ),
        (
            "sentiment",
            "any:encode",
            "",
            "the head 'linear' was trained on another backbone",
            "train one: nlptasks train sentiment --data FILE --backbone any:encode",
        ),
        (
            "sentiment",
            "any:encode-labels-for-topics",
            "",
            "was not made for the task 'sentiment': its labels are x, y",
            "it provides encode, labels; tasks that it can do: topics; after training: sentiment, summary\n"
            "see: nlptasks backbones show any:encode-labels-for-topics",
        ),
        (
            "summary",
            "any:spans",
            "",
            "no head for summary: 'extract' needs encode; 'first' needs no backbone; 'write' needs encode, generate",
            "it provides spans; tasks that it can do: none",
        ),
        (
            "summary",
            "any:encode-generate-for-topics",
            "write",
            "any:encode-generate-for-topics was not made for the task 'summary'",
            "tasks that it can do: topics",
        ),
        ("topics", "any:none", "", "any:none fits no head for topics", "it provides nothing that a head needs"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_way_out(
    session: Session, task: str, backbone: str, head: str, said: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        plan(session, task, backbone, head=head)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_two_heads_that_fit_alike() -> None:
    other = Session(registry(head("topics", "also", "labels")))
    with pytest.raises(UsageError, match="several heads for topics fit any:labels: d:also, d:own") as caught:
        plan(other, "topics", "any:labels")
    assert "--head d:also" in caught.value.hint


def test_training_takes_the_default_head(session: Session) -> None:
    planned = session.choose(
        session.tasks(["topics"]),
        SystemChoice(heads={}, backbone="any:encode-labels", options={}),
        made=frozenset({"generate"}),
    )
    assert (planned.heads[0].head.spec.name, planned.context.reference) == ("linear", "any:encode-labels")


def trained(place: Path, **backbone: Any) -> Path:
    place.mkdir()
    card = {"head": "d:linear", "task": "topics", "backbone": backbone}
    (place / "head.json").write_text(json.dumps(card))
    return place


def test_a_trained_head_finds_the_checkpoint_that_it_was_trained_on(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = f"{trained(tmp_path / 'a', name='any:encode', digest='x')}"
    planned = plan(session, "topics", "", head=here)
    assert (planned.context.reference, planned.heads[0].weights) == ("any:encode", tmp_path / "a")
    assert plan(session, "topics", "any:encode-labels", head=here).context.reference == "any:encode-labels"
    assert plan(session, "topics", "house", head=here).context.reference == ""

    there = f"{trained(tmp_path / 'b', name='./encode')}"
    assert plan(session, "topics", "", head=there).context.reference == "", "the folder is not here"
    checkpoint(tmp_path, "encode")
    monkeypatch.chdir(tmp_path)
    assert plan(session, "topics", "", head=there).context.reference == "./encode"
    named = f"{trained(tmp_path / 'c', name='house')}"
    assert plan(session, "topics", "", head=named).backbone.spec.name == "house"


def test_a_trained_head_with_a_backbone_of_its_own_takes_no_other(session: Session, tmp_path: Path) -> None:
    folder = trained(tmp_path / "a", name="house", folder="backbone")
    with pytest.raises(UsageError, match="has a backbone of its own, and --backbone names another: any:encode"):
        plan(session, "topics", "any:encode", head=str(folder))


def test_heads_that_are_ready_and_heads_to_train() -> None:
    ready, trainable = heads_for(registry(), Inspection(provides=frozenset({"encode", "labels"}), tasks=("topics",)))
    assert ready == {"topics": ["nearest", "own"]}
    assert trainable == {"sentiment": ["linear"], "summary": ["extract"], "topics": ["linear"]}


# ------------------------------------------------------------------ the descriptor


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"inspector": ""}, "an inspector goes with a scheme or a marker"),
        ({"scheme": "", "marker": ""}, "an inspector goes with a scheme or a marker"),
        ({"scheme": "Any:"}, "scheme must be empty or lower-case letters"),
        ({"marker": "a/b"}, "marker must be empty or the name of a file"),
        ({"inspector": "nowhere"}, "inspector must be empty or like 'package.module:object'"),
    ],
)
def test_descriptors_that_are_not_valid(change: dict[str, str], said: str) -> None:
    with pytest.raises(PluginError, match=said):
        validate(replace(opener(), **change), BackboneSpec, "nlptasks_backbones")


@pytest.mark.parametrize("spec", [OWN, opener(), opener(scheme=""), opener(marker="")])
def test_valid_descriptors(spec: BackboneSpec) -> None:
    assert validate(spec, BackboneSpec, "nlptasks_backbones") is None
