"""From Python values to predictions."""

from __future__ import annotations

import pytest

from nlptasks._running.call import predict_examples
from nlptasks.errors import PluginError
from nlptasks.plugin.protocols import Example


@pytest.fixture
def loaded(here, worded):
    return here.load(worded)


def examples(*texts: str):
    return (Example({"text": text}) for text in texts)


def test_predictions_stand_in_the_order_of_the_inputs(loaded):
    made, foreign = predict_examples(loaded, examples("good", "bad", " ", "good"))
    assert [one and one.canonical for one in made] == ["positive", "negative", None, "positive"]
    assert not foreign.why
    assert predict_examples(loaded, examples())[0] == []


def test_texts_that_the_head_cannot_read_are_told_by_their_position(loaded):
    german = "Der Akku hält zwei Tage und das Telefon ist wirklich sehr gut, ich bin damit überaus zufrieden."
    made, foreign = predict_examples(loaded, examples("good", german))
    assert [one.canonical for one in made] == ["positive", "negative"]
    assert (dict(foreign.why), foreign.named) == ({"de": 1}, ("1",))


def test_a_head_that_fails_is_named(loaded):
    with pytest.raises(PluginError, match=r"acme:worded.*it reads 'fail'"):
        predict_examples(loaded, examples("good", "fail"))
