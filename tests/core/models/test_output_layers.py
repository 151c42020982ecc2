from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.output_layers import FILE, OutputLayer, chosen_layer, load_layers, save_layers


def layer(name: str, prediction: str, labels: tuple[str, ...], outputs: int) -> OutputLayer:
    weight = np.asfortranarray(np.arange(outputs * 3, dtype=np.float32).reshape(outputs, 3))
    bias = np.arange(outputs, dtype=np.float32)
    return OutputLayer(name=name, prediction=prediction, labels=labels, weight=weight, bias=bias)


LAYERS = [layer("topics", "Label", ("ä", "b", "c"), 3), layer("qa", "Span", (), 2)]


def test_layers_come_back_as_they_were(tmp_path: Path) -> None:
    save_layers(tmp_path, LAYERS)
    loaded = load_layers(tmp_path)
    assert list(loaded) == ["qa", "topics"]
    assert loaded["topics"].labels == ("ä", "b", "c")
    np.testing.assert_array_equal(loaded["topics"].weight, LAYERS[0].weight)
    np.testing.assert_array_equal(chosen_layer(tmp_path, "Span").bias, [0, 1])
    content = (tmp_path / FILE).read_bytes()
    save_layers(tmp_path, LAYERS)
    assert (tmp_path / FILE).read_bytes() == content


def test_the_one_layer_of_a_kind_is_asked_for(tmp_path: Path) -> None:
    save_layers(tmp_path, [*LAYERS, layer("more", "Label", ("x", "y"), 2)])
    with pytest.raises(UsageError, match="holds 2 output layers for Label, and one is needed") as caught:
        chosen_layer(tmp_path, "Label")
    assert "topics (Label)" in caught.value.hint
    assert chosen_layer(tmp_path, "Label", "more").labels == ("x", "y")
    with pytest.raises(UsageError, match="holds no output layer 'qa' for Label"):
        chosen_layer(tmp_path, "Label", "qa")
    with pytest.raises(UsageError, match="holds no output layer for Text"):
        chosen_layer(tmp_path, "Text")


def test_what_cannot_be_read_is_explained(tmp_path: Path) -> None:
    with pytest.raises(NlptasksError, match="no output layers can be read here"):
        load_layers(tmp_path)
    (tmp_path / FILE).write_bytes(b"no")
    with pytest.raises(NlptasksError, match="no output layers can be read here"):
        load_layers(tmp_path)
