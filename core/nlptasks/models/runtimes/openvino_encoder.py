"""A BERT encoder on OpenVINO."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from nlptasks.models.runtimes.bert_graph import NEVER, BertGraph, BertSizes
from nlptasks.models.runtimes.interface import Bools, Floats, Integers, NamedWeights
from nlptasks.models.runtimes.loading_openvino import Requests, fastest, openvino

__all__ = ["OpenvinoEncoder"]

#: BERT's layer for a text's first state, which no state of the last layer is made of.
_POOLER = "pooler."


class OpenvinoEncoder:
    """See :class:`nlptasks.models.runtimes.interface.EncoderRuntime`.

    Args:
        weights: The weights.
        config: The configuration; :func:`nlptasks.models.runtimes.bert_graph.fits` says whether it can be this one.
        precision: ``float32``, ``bfloat16`` or ``int8``.

    Raises:
        NlptasksError: The weights are missing or damaged.
    """

    def __init__(self, weights: NamedWeights, config: Mapping[str, Any], *, precision: str = "float32") -> None:
        self.precision = precision
        self.parameters = weights.count(lambda name: not name.startswith(_POOLER))
        # What is looked up row by row stays as it is stored, outside the graph.
        self._words = weights.mapped("embeddings.word_embeddings.weight")
        self._places = weights.floats("embeddings.position_embeddings.weight")
        self._types = weights.floats("embeddings.token_type_embeddings.weight")
        for table in (self._places, self._types):
            table.setflags(write=False)
        int8 = precision == "int8"
        graph = BertGraph(weights, BertSizes.of(config), int8=int8)
        self._requests = Requests(partial(_graph, graph), fastest() if int8 else precision, int8=int8)

    def fingerprint(self) -> str:
        """Nothing can write to the weights of a compiled graph."""
        return ""

    def states(self, ids: Integers, types: Integers, mask: Bools) -> Floats:
        """Hidden states of the last layer; see :class:`nlptasks.models.runtimes.interface.EncoderRuntime`."""
        embedded = self._words[ids].astype(np.float32)
        embedded += self._types[types]
        embedded += self._places[: ids.shape[1]]
        hidden = np.where(mask, np.float32(0), np.float32(NEVER))[:, None, None]
        request = self._requests.take()
        try:
            found = request.infer([embedded, hidden], share_inputs=True)
            states: Floats = found[0]
            return states
        finally:
            self._requests.give_back(request)


def _graph(graph: BertGraph) -> Any:
    """From embeddings, ``[windows, tokens, width]``, and a mask, ``[windows, 1, 1, tokens]``, to hidden states."""
    op, sizes = graph.op, graph.sizes
    embedded = op.parameter([-1, -1, sizes.width], np.float32, name="embedded")
    mask = op.parameter([-1, 1, 1, -1], np.float32, name="mask")
    states = graph.norm(embedded, "embeddings.LayerNorm")
    for number in range(sizes.layers):
        layer = f"encoder.layer.{number}"
        parts = (graph.split(graph.linear(states, f"{layer}.attention.self.{part}")) for part in _PARTS)
        states = graph.attended(states, op.scaled_dot_product_attention(*parts, mask), f"{layer}.attention")
        states = graph.fed_forward(states, layer)
    return openvino().Model([states.output(0)], [embedded, mask], "encoder")


_PARTS = ("query", "key", "value")
