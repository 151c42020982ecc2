"""One vector for each text, by the shared encoder."""

from __future__ import annotations

import numpy as np
import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._running import embedding
from nlptasks._running.embedding import embed_texts
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.session import Session
from nlptasks.errors import UsageError
from nlptasks.models.pooling import text_means
from nlptasks.plugin import BackboneSpec

HOUSE = BackboneSpec(
    name="house", summary="s", object=f"{__name__}:opened", provides=frozenset({"encode"}), default=True
)


@pytest.fixture(autouse=True)
def house(encoder, monkeypatch):
    """The tiny encoder as the only backbone of this process."""
    monkeypatch.setitem(globals(), "opened", lambda context: encoder)
    here = Session(Registry((Owned(HOUSE, "p", "acme"),)))
    monkeypatch.setattr(embedding, "session", lambda: here)
    return encoder


def test_one_text_is_one_vector_and_many_are_rows(house):
    many = embed_texts(["good", "a bad film"], SystemChoice(), max_tokens=16)
    assert (many.shape, many.dtype) == ((2, house.width), np.float32)
    np.testing.assert_array_equal(many, text_means(house, ["good", "a bad film"], max_tokens=16))
    np.testing.assert_allclose(embed_texts("good", SystemChoice(), max_tokens=16), many[0], atol=1e-6)


def test_parts_are_one_array(house, monkeypatch):
    monkeypatch.setattr(embedding, "_TOGETHER", 2)
    texts = ["good", "bad", "a film", "good", "the phone"]
    found = embed_texts((text for text in texts), SystemChoice(), max_tokens=16)
    np.testing.assert_allclose(found, text_means(house, texts, max_tokens=16), atol=1e-6)


def test_no_texts_are_an_empty_array(house):
    assert embed_texts([], SystemChoice(), max_tokens=16).shape == (0, house.width)


def test_an_unknown_backbone():
    with pytest.raises(UsageError, match="did you mean 'house'"):
        embed_texts("good", SystemChoice(backbone="hous"), max_tokens=16)
