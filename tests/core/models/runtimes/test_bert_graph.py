"""Which configurations the graph can compute; what it computes is held against PyTorch beside it."""

from __future__ import annotations

import pytest

from nlptasks.models.runtimes.bert_graph import BertSizes, fits

BERT = {"model_type": "bert", "num_hidden_layers": 6, "num_attention_heads": 12, "hidden_size": 384}


@pytest.mark.parametrize("more", [{}, {"hidden_act": "gelu"}, {"position_embedding_type": "absolute"}])
def test_a_bert_as_it_was_published_fits(more):
    assert fits(BERT | more)


@pytest.mark.parametrize(
    "more",
    [{"model_type": "roberta"}, {"hidden_act": "gelu_new"}, {"position_embedding_type": "relative_key"}],
)
def test_what_would_be_computed_otherwise_does_not_fit(more):
    assert not fits(BERT | more)


def test_sizes_are_those_of_the_configuration():
    assert BertSizes.of(BERT) == BertSizes(layers=6, heads=12, width=384, epsilon=1e-12)
    assert BertSizes.of(BERT | {"layer_norm_eps": 1e-5}).epsilon == 1e-5
