"""Facts that are looked up and never guessed."""

from __future__ import annotations

import platform
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

import nlptasks_sentiment
from nlptasks._plugins.registry import Owned
from nlptasks._running.facts import commit, machine, model_of, peak_rss_mb, system_name, versions, weights_of
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.process import session
from nlptasks._systems.system import System
from nlptasks._version import __version__
from nlptasks.files.paths import sha256_of
from nlptasks.plugin import BackboneSpec
from nlptasks.plugin.protocols import BackboneContext


def test_versions_of_what_decides_the_outcome():
    found = versions()
    assert found["nlptasks"] == __version__
    assert {"torch", "transformers", "sacrebleu"} <= found.keys()
    assert not any("+" in version for version in found.values())  # a build's name decides nothing


def test_the_commit_is_a_hash_or_nothing():
    found, dirty = commit()
    assert len(found) in (0, 40)
    assert isinstance(dirty, bool)


def test_the_machine():
    here = machine()
    assert here.python == platform.python_version()
    assert here.cores >= 1
    assert peak_rss_mb() > 10


def test_a_system_is_called_by_its_backbone_and_head(worded):

    assert system_name(worded) == "worded"
    (item,) = worded.heads
    mine = replace(worded, heads=(replace(item, weights=Path("runs/mine")),))
    assert system_name(mine) == "mine"
    house = Owned(BackboneSpec(name="house", summary="s", object="a:b", provides=frozenset()), "p", "acme")
    on_house = System(heads=worded.heads, backbone=house)
    assert system_name(on_house) == "house worded"
    assert system_name(on_house.tuned(Path("runs/tuned"))) == "tuned worded"
    assert system_name(replace(on_house, context=BackboneContext(reference="hf:org/name"))) == "hf:org/name worded"


def test_what_a_record_says_of_a_head_without_weights(here, worded):
    model = model_of(worded, here.load(worded), "")
    assert (model.name, model.head, model.backbone, model.parameters) == ("worded", "acme:worded", "", 0)
    assert (model.weights, model.digest, model.dtype, model.trained_on) == ("", "", "", ())
    assert model_of(worded, here.load(worded), "mine").name == "mine"


@pytest.mark.parametrize(("head", "folder"), [("binary", "weights"), ("three-way", "weights-neutral")])
def test_heads_of_one_package_have_weights_of_their_own(head, folder):
    here = session()
    (item,) = here.choose(here.tasks(["sentiment"]), SystemChoice(heads={"sentiment": head})).heads
    shipped = Path(nlptasks_sentiment.__file__).parent / folder / "head.safetensors"
    assert weights_of(item, None) == sha256_of(shipped)


def test_weights_in_a_folder_are_counted_and_hashed(here, worded, tmp_path):

    save_file({"a": np.zeros((2, 3), np.float32), "b": np.zeros(4, np.float32)}, tmp_path / "head.safetensors")
    (item,) = worded.heads
    card = {"data": [{"sha256": "b" * 64}, {"name": "x"}], "validation": [{"sha256": "a" * 64}]}
    trained = replace(worded, heads=(replace(item, weights=tmp_path, card=card),))
    model = model_of(trained, here.load(worded), "")
    assert (model.trainable, model.parameters, model.shared) == (10, 10, 0)
    assert model.weights == sha256_of(tmp_path / "head.safetensors")
    assert model.trained_on == ("a" * 64, "b" * 64)
