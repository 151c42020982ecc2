from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nlptasks._plugins.validation import validate
from nlptasks.errors import PluginError
from nlptasks.plugin import ENCODE, BackboneSpec, HeadSpec

HEAD = HeadSpec(name="words", task="sentiment", summary="counts words", object="json:dumps")
BACKBONE = BackboneSpec(name="small", summary="a small one", object="json:dumps", provides=frozenset({ENCODE}))


@pytest.mark.parametrize("languages", [(), ("en",), ("en", "de"), ("gsw",)])
def test_languages_are_codes(languages: tuple[str, ...]) -> None:
    validate(replace(HEAD, languages=languages), HeadSpec, "nlptasks_heads")
    validate(replace(BACKBONE, languages=languages, writes=languages), BackboneSpec, "nlptasks_backbones")


@pytest.mark.parametrize("languages", ["en", ["en"], ("English",), ("EN",), ("",), (1,), None])
def test_other_words_for_languages_are_refused(languages: Any) -> None:
    for spec, name in ((HEAD, "languages"), (BACKBONE, "languages"), (BACKBONE, "writes")):
        with pytest.raises(PluginError, match=f"{name} must be a tuple of language codes like 'en'"):
            validate(replace(spec, **{name: languages}), type(spec), "hook")
