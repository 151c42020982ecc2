"""Options of heads, backbones and commands in the configuration file."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from nlptasks._plugins.configuration import read_config
from nlptasks._plugins.registry import Owned, Registry
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, HeadSpec


@dataclass(frozen=True)
class Options:
    top_k: int = field(default=3, metadata={"min": 1})
    name: str = ""


def head(name: str = "words", distribution: str = "acme", task: str = "mood") -> Owned[HeadSpec]:
    return Owned(HeadSpec(name=name, task=task, summary="s", object="a:b", options=Options), "p", distribution)


@pytest.fixture
def registry(tmp_path):
    def made(text: str, *items: Owned) -> Registry:
        file = tmp_path / "config.toml"
        file.write_text(text)
        return Registry(items, options=read_config(file, {}).options)

    return made


def test_what_names_a_head_most_closely_counts(registry):
    found = registry(
        """
        [heads.words]
        top-k = 1
        name = "any"
        [heads."mood.words"]
        top-k = 2
        [heads."acme:words"]
        top_k = 5
        [heads.sentiment]
        words.top-k = 7
        """
    )
    assert found.configured(head()) == {"top_k": 5, "name": "any"}
    assert found.configured(head(distribution="other")) == {"top_k": 2, "name": "any"}
    assert found.configured(head(task="sentiment", distribution="other")) == {"top_k": 7, "name": "any"}
    assert found.configured(head("numbers")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[heads.words]\ntop = 1", ":2: the key 'heads.words.top' is no option of acme:words; did you mean 'top-k'?"),
        ("[heads.words]\ntop-k = 0", ":2: the key 'heads.words.top-k' is not valid: 0 is below the minimum of 1"),
        ("[heads.words]\ntop-k = 'x'", ":2: the key 'heads.words.top-k' is not valid: expected a whole number"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(registry, text, said):
    with pytest.raises(UsageError) as caught:
        registry(text).configured(head())
    assert said in caught.value.message


def test_a_backbone_without_options_has_none(registry):
    spec = BackboneSpec(name="net", summary="s", object="a:b", provides=frozenset())
    assert registry("").configured(Owned(spec, "p", "acme")) == {}
    with pytest.raises(UsageError, match="is no option of acme:net"):
        registry("[backbones.net]\nx = 1").configured(Owned(spec, "p", "acme"))


def test_a_name_that_nothing_has_is_told(registry):
    found = registry("[heads.wrods]\ntop-k = 1\n[heads.words]\ntop-k = 1", head())
    (line,) = found.unmatched_options()
    assert line.endswith("config.toml:1: the key 'heads.wrods' names nothing that is loaded; did you mean 'words'?")


@pytest.mark.parametrize("text", ["heads = 1", "[heads]\nwords = 1", "[backbones]\nnet = 'x'"])
def test_it_must_be_tables(registry, text):
    with pytest.raises(UsageError, match="must be a table"):
        registry(text)
