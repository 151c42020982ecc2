"""The tensors have the names, shapes and numbers that BertModel's have."""

from __future__ import annotations

import numpy as np
import pytest
from transformers import BertConfig, BertModel

from nlptasks_multilingual.quantised import BlockRows, QuantisedWeights


@pytest.fixture(scope="module")
def weights(file):
    return QuantisedWeights(file, np.array([0, 1, 2, 3, 41]))


def test_names_and_shapes_are_those_of_bert(file, weights):
    model = BertModel(BertConfig(**file.config, vocab_size=5), add_pooling_layer=False)
    wanted = {name: tuple(weight.shape) for name, weight in model.state_dict().items() if "position_ids" not in name}
    assert {name: weights.floats(name).shape for name in weights.names()} == wanted
    assert weights.count() == model.num_parameters()


def test_blocks_are_a_scale_and_halves_of_bytes():
    block = np.zeros((1, 1), dtype=[("scale", "<f2"), ("halves", "u1", 16)])
    block["scale"], block["halves"][0, 0, :2] = 0.5, [0x1F, 0x80]
    (row,) = BlockRows(block)[np.array([0])]
    assert row.dtype == np.float32
    assert row[[0, 1, 2]].tolist() == [3.5, -4.0, -4.0]  # lower halves: (15 - 8) / 2, (0 - 8) / 2
    assert row[[16, 17, 18]].tolist() == [-3.5, 0.0, -4.0]


def test_words_are_looked_up_in_any_shape(weights):
    name = "embeddings.word_embeddings.weight"
    table, whole = weights.mapped(name), weights.floats(name)
    np.testing.assert_array_equal(table[np.array([[4, 0], [1, 4]])], whole[[[4, 0], [1, 4]]])
    assert len(table) == len(whole) == 5
