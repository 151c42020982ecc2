"""Which pipeline a name, or a model without a name, means."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.pipelines import named_pipeline, open_pipeline
from nlptasks.errors import PluginError, UsageError
from nlptasks.plugin import BackboneSpec, HeadSpec, PipelineSpec
from nlptasks.plugin.pipelines import PipelineContext

SPECS = (
    PipelineSpec(
        name="qa", summary="s", object="acme_pipes:opened", aliases=("question-answering",), fits="acme_pipes:is_qa"
    ),
    PipelineSpec(
        name="translation",
        summary="s",
        object="acme_pipes:opened",
        pattern=r"translation_(?P<src_lang>\w+)_to_(?P<tgt_lang>\w+)",
        fits="acme_pipes:is_text",
    ),
    PipelineSpec(name="broken", summary="s", object="acme_pipes:raises"),
    BackboneSpec(name="house", summary="s", object="a:b", provides=frozenset({"encode"})),
    BackboneSpec(name="hub", summary="s", object="a:b", provides=frozenset({"encode"}), scheme="hf", inspector="a:b"),
    HeadSpec(name="h", task="qa", summary="s", object="a:b", needs=frozenset({"encode"})),
)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = ModuleType("acme_pipes")
    made.opened = lambda context: context
    made.is_qa = lambda context: "qa" in str(context.model)
    made.is_text = lambda context: "text" in str(context.model)
    made.raises = lambda context: {}["gone"]
    monkeypatch.setitem(sys.modules, "acme_pipes", made)
    return Registry(tuple(Owned(spec, "pipes", "acme") for spec in SPECS))


def context(task: str = "", model: Any = "org/qa", **settings: Any) -> PipelineContext:
    return PipelineContext(task=task, model=model, settings=settings)


@pytest.mark.parametrize("name", ["qa", "question-answering", "acme:qa"])
def test_names_and_aliases(registry, name):
    found, settings = named_pipeline(registry, name)
    assert (found.spec.name, settings) == ("qa", {})


@pytest.mark.parametrize("prefix", ["", "acme:"])
def test_settings_in_a_name(registry, prefix):
    found, settings = named_pipeline(registry, f"{prefix}translation_en_to_de")
    assert (found.spec.name, settings) == ("translation", {"src_lang": "en", "tgt_lang": "de"})


def test_what_is_given_comes_before_what_a_name_says(registry):
    opened = open_pipeline(registry, context("translation_en_to_de", tgt_lang="fr", beams=2))
    assert opened.settings == {"src_lang": "en", "tgt_lang": "fr", "beams": 2}


def test_a_model_may_tell_its_pipeline(registry):
    assert open_pipeline(registry, context(model="org/qa")).task == "qa"
    with pytest.raises(UsageError, match="'org/qa-text' fits several pipelines: qa, translation"):
        open_pipeline(registry, context(model="org/qa-text"))
    with pytest.raises(UsageError, match="the object does not tell which pipeline it is for"):
        open_pipeline(registry, context(model=object()))
    with pytest.raises(UsageError, match="neither a pipeline nor a model is named") as caught:
        open_pipeline(registry, context(model=None))
    assert caught.value.hint == "name a pipeline: broken, qa, translation"


def test_an_unknown_name_and_a_pipeline_that_fails(registry):
    with pytest.raises(UsageError, match="did you mean 'qa'"):
        open_pipeline(registry, context("qaa"))
    with pytest.raises(PluginError, match="the pipeline acme:broken"):
        open_pipeline(registry, context("broken"))


def test_backbones_are_no_checkpoints(registry):
    with pytest.raises(UsageError, match="model='hub' opens checkpoints, and this does not say which") as caught:
        open_pipeline(registry, context("qa", model="hub"))
    assert caught.value.hint == "nlptasks.pipeline('qa', model='hf:NAME')"
