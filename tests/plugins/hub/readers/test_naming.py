from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nlptasks
from nlptasks._names import resolve
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.pipelines import named_pipeline, open_pipeline
from nlptasks.errors import UsageError
from nlptasks.plugin import PipelineSpec
from nlptasks.plugin.pipelines import PipelineContext
from nlptasks_hub.pipelines.specs import PIPELINES


def registry(*owners: str) -> Registry:
    names = owners or ("nlptasks",)
    return Registry(tuple(Owned(spec, owner, owner) for owner in names for spec in PIPELINES))


def echo(context: PipelineContext) -> PipelineContext:
    return context


def test_names_aliases_and_patterns_are_found() -> None:
    assert named_pipeline(registry(), "text-classification")[0].spec.name == "text-classification"
    assert named_pipeline(registry(), "sentiment-analysis")[0].spec.name == "text-classification"
    found, given = named_pipeline(registry(), "translation_en_to_de")
    assert (found.spec.name, given) == ("translation", {"src_lang": "en", "tgt_lang": "de"})
    assert named_pipeline(registry("acme", "nlptasks"), "acme:translation_en_to_de")[0].distribution == "acme"


def test_a_clash_names_both_owners() -> None:
    for name in ("summarization", "translation_en_to_de"):
        with pytest.raises(UsageError, match="acme and nlptasks both provide the pipeline"):
            named_pipeline(registry("acme", "nlptasks"), name)


def test_an_unknown_name_has_a_nearest_one() -> None:
    with pytest.raises(UsageError, match="did you mean 'summarization'"):
        nlptasks.pipeline("sumarization", model="x")


def test_settings_of_the_name_yield_to_those_of_the_user() -> None:
    spec = PipelineSpec(
        name="echo", summary="gives its context back", object=f"{__name__}:echo", pattern=r"echo_(?P<src_lang>\w+)"
    )
    sys.modules[__name__] = sys.modules.get(__name__) or type(sys)(__name__)
    sys.modules[__name__].echo = echo  # type: ignore[attr-defined]  # pytest's import mode leaves it out
    known = Registry((Owned(spec, "p", "d"),))
    assert open_pipeline(known, PipelineContext(task="echo_en", model="m")).settings == {"src_lang": "en"}
    given = PipelineContext(task="echo_en", model="m", settings={"src_lang": "fr"})
    assert open_pipeline(known, given).settings == {"src_lang": "fr"}


def test_every_pipeline_can_be_imported() -> None:
    for spec in PIPELINES:
        assert callable(resolve(spec.object))
        assert not spec.fits or callable(resolve(spec.fits))


def test_the_list_of_pipelines_imports_nothing_heavy() -> None:
    code = (
        "import sys, nlptasks_hub; nlptasks_hub.nlptasks_pipelines()\n"
        "print([n for n in ('torch', 'transformers', 'numpy', 'huggingface_hub') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("sentiment-analysis", "distilbert/distilbert-base-uncased-finetuned-sst-2-english"),
        ("question-answering", "distilbert/distilbert-base-cased-distilled-squad"),
        ("zero-shot-classification", "facebook/bart-large-mnli"),
    ],
)
def test_without_a_model_the_one_that_transformers_4_took_is_named(name: str, default: str) -> None:
    with pytest.raises(UsageError, match=re.escape(default)) as error:
        nlptasks.pipeline(name)
    assert f"nlptasks.pipeline({name!r}, model={default!r})" in error.value.hint


def test_without_a_name_the_models_layer_tells(
    checkpoints: dict[str, Path], loaded: Callable[[str], tuple[Any, Any]]
) -> None:
    assert nlptasks.pipeline(model=str(checkpoints["topics"])).task == "text-classification"
    assert nlptasks.pipeline(model=str(checkpoints["qa"])).task == "question-answering"
    model, tokenizer = loaded("qa")
    assert nlptasks.pipeline(model=model, tokenizer=tokenizer).task == "question-answering"
    with pytest.raises(UsageError, match="does not tell which pipeline it is for"):
        nlptasks.pipeline(model=str(checkpoints["headless"]))
    with pytest.raises(UsageError, match="neither a pipeline nor a model"):
        nlptasks.pipeline()


@pytest.mark.parametrize(("name", "model"), [("text-classification", "qa"), ("question-answering", "headless")])
def test_a_checkpoint_without_the_layer_is_refused(checkpoints: dict[str, Path], name: str, model: str) -> None:
    with pytest.raises(UsageError, match="does not fit"):
        nlptasks.pipeline(name, model=str(checkpoints[model]))


def test_a_backbone_of_checkpoints_needs_one() -> None:
    with pytest.raises(UsageError, match="opens checkpoints, and this does not say which") as caught:
        nlptasks.pipeline("summarization", model="hub")
    assert "nlptasks.pipeline('summarization', model='hf:NAME')" in caught.value.hint
