"""What training is asked for, and the card that is left behind. Whole trainings: ``test_finetune.py``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import TableSource
from nlptasks._settings.training import TrainingData, TrainingSettings
from nlptasks._systems.folders import CARD, trained_head
from nlptasks._systems.session import Session
from nlptasks._systems.system import ChosenHead, System
from nlptasks._training.train import TrainRequest, described, make_folder, train, write_card
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, HeadSpec
from nlptasks.plugin.protocols import TrainJob, TrainReport
from nlptasks_tasks.sentiment import SPEC as TASK

REQUEST = TrainRequest(output=Path("out"), data=("rows.csv",))


def system(trainer: str = "a:b", *needs: str) -> System:
    head = HeadSpec(name="words", task=TASK.name, summary="s", object="a:b", trainer=trainer, needs=frozenset(needs))
    house = BackboneSpec(name="house", summary="s", object="a:b", provides=frozenset({"encode"}))
    return System(heads=(ChosenHead(task=TASK, head=Owned(head, "p", "acme")),), backbone=Owned(house, "p", "acme"))


def test_a_request_is_what_the_groups_of_settings_say():
    source = TableSource(gold="stars", label_map=("1=negative,2=positive",), format="csv", on_error="skip")
    made = TrainRequest.of(
        TrainingData(data=("a.csv",)), TrainingSettings(epochs=2.0), source, output=Path("o"), force=True
    )
    assert (made.data, made.epochs, made.source) == (("a.csv",), 2.0, source)
    assert (made.force, made.layers_folder) == (True, None)
    assert replace(made, layers="folder").layers_folder == Path("folder")


@pytest.mark.parametrize(
    ("chosen", "change", "said"),
    [
        (system(), {"method": "pretran"}, "no method 'pretran'; did you mean 'pretrain'"),
        (replace(system(), backbone=None), {"method": "finetune"}, "has no backbone, which --method finetune is about"),
        (
            replace(system(), backbone=None),
            {"data": (), "layers": "x"},
            "no backbone, which --from-layers is about",
        ),
        (system(""), {}, "the head 'words' cannot be trained"),
        (system(), {"method": "pretrain"}, "--method pretrain trains the backbone's decoder, and the head 'words' us"),
        (system("", "generate"), {}, "the head 'words' has no weights of its own"),
        (system(), {"rate": 0.1}, "--rate says how a backbone is fine-tuned"),
        (system(), {"objective": "causal"}, "--objective says what a decoder learns of raw text"),
        (system(), {"language": "de"}, "--language says what a decoder writes"),
        (system(), {"data": ()}, "there is nothing to train on"),
        (system(), {"data": (), "layers": "x"}, "cannot be made of an output layer"),
    ],
)
def test_what_does_not_go_together_is_told_before_anything_is_read(chosen, change, said):
    told: list[str] = []
    with pytest.raises(UsageError, match=said):
        train(Session(Registry()), chosen, replace(REQUEST, **change), told.append)
    assert told == []


def test_a_folder_with_a_card_is_complete_and_one_without_is_used_again(tmp_path):
    request = replace(REQUEST, output=tmp_path / "a" / "b")
    make_folder(request)
    make_folder(request)
    (request.output / CARD).write_text("{}")
    with pytest.raises(UsageError, match="holds a trained head already"):
        make_folder(request)
    make_folder(replace(request, force=True))
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be made: File exists"):
        make_folder(replace(request, output=tmp_path / "file"))


def test_a_card_says_how_it_was_made_without_dates_and_paths(tmp_path):
    data = tmp_path / "shop" / "rows.csv"
    data.parent.mkdir()
    data.write_text("text,label\n")
    job = TrainJob(
        task=TASK, head="acme:words", backbone=SimpleNamespace(name="house", digest="d"), options=None, examples=(),
        validation=None, output=tmp_path, seed=0, progress=str,
    )  # fmt: skip
    report = TrainReport(n_train=3, n_validation=1, labels=("a", "b"), scores={"accuracy": 1 / 3}, settings={"C": 0.1})
    write_card(job, replace(REQUEST, data=(str(data),)), report, {"no text": 2}, {"backbone": {"folder": "backbone"}})
    text = (tmp_path / CARD).read_text()
    card = json.loads(text)
    assert str(tmp_path) not in text
    assert card["data"] == [{"name": "shop/rows.csv", "sha256": hashlib.sha256(b"text,label\n").hexdigest()}]
    assert card["data"] == [described(str(data))]
    assert card["backbone"] == {"name": "house", "digest": "d", "folder": "backbone"}
    assert card["rows"] == {"train": 3, "validation": 1, "left out": {"no text": 2}}
    assert card["validation scores"] == {"accuracy": 0.333333}
    assert trained_head(tmp_path, TASK).own_backbone == tmp_path / "backbone"
