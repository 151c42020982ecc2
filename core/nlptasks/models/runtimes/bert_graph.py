"""BERT's layers as an OpenVINO graph, made of operations and the weights of a checkpoint (Devlin et al. 2019, arXiv
1810.04805): what the encoder and the decoder have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlptasks.models.runtimes.interface import NamedWeights
from nlptasks.models.runtimes.loading_openvino import openvino

__all__ = ["NEVER", "BertGraph", "BertSizes", "fits"]

#: What is added to the logits of what must not be looked at.
NEVER = -1e9


@dataclass(frozen=True, kw_only=True)
class BertSizes:
    """What of a BERT's configuration decides its graph.

    Args:
        layers: Their number.
        heads: Attention heads of a layer.
        width: Size of a hidden state.
        epsilon: Added to variances before their root is taken.
    """

    layers: int
    heads: int
    width: int
    epsilon: float

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> BertSizes:
        """Those of a ``BertConfig`` as it is stored."""
        return cls(
            layers=int(config["num_hidden_layers"]),
            heads=int(config["num_attention_heads"]),
            width=int(config["hidden_size"]),
            epsilon=float(config.get("layer_norm_eps", 1e-12)),
        )


def fits(config: Mapping[str, Any]) -> bool:
    """Whether a configuration is one of a BERT that :class:`BertGraph` can compute."""
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act", "gelu") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
    )


@dataclass(frozen=True)
class BertGraph:
    """Builds pieces of a graph.

    Args:
        weights: The checkpoint's.
        sizes: Its sizes.
        int8: Multiply by weights in 8 bits, which keeps a scale for each row of a matrix.
    """

    weights: NamedWeights
    sizes: BertSizes
    int8: bool = False

    @property
    def op(self) -> Any:
        """OpenVINO's operations."""
        return openvino().opset15

    def constant(self, name: str) -> Any:
        """Weights."""
        # Shared: an array is copied when the graph is compiled, and need not be before.
        return self.op.constant(self.weights.floats(name), shared_memory=True)

    def integers(self, *values: int) -> Any:
        """A vector of integers."""
        return self.op.constant(np.array(values, dtype=np.int64))

    def norm(self, states: Any, name: str) -> Any:
        """Layer normalisation."""
        same = self.op.mvn(states, self.integers(-1), True, self.sizes.epsilon, "inside_sqrt")
        return self.op.add(self.op.multiply(same, self.constant(f"{name}.weight")), self.constant(f"{name}.bias"))

    def linear(self, states: Any, name: str) -> Any:
        """A linear layer."""
        return self.op.add(self.product(states, f"{name}.weight"), self.constant(f"{name}.bias"))

    def product(self, states: Any, name: str) -> Any:
        """The product with a transposed matrix of weights."""
        return self.op.matmul(states, self._rounded(name) if self.int8 else self.constant(name), False, True)

    def _rounded(self, name: str) -> Any:
        """Weights in 8 bits in the shape of operations that OpenVINO knows for such a matrix."""
        weights = self.weights.floats(name)
        scale = np.maximum(np.abs(weights).max(axis=1, keepdims=True) / 127, np.finfo(np.float32).tiny)
        whole = self.op.convert(self.op.constant(np.rint(weights / scale).astype(np.int8)), "f32")
        return self.op.multiply(whole, self.op.constant(scale))

    def split(self, states: Any, rows: Any = None) -> Any:
        """``[rows, tokens, width]`` to ``[rows, heads, tokens, width of a head]``.

        Args:
            states: The states.
            rows: Number of rows of the result, where it is not that of ``states``: tokens of several rows then stand
                behind each other.
        """
        heads = (self.sizes.heads, self.sizes.width // self.sizes.heads)
        shape = self.integers(0, 0, *heads) if rows is None else self.op.concat([rows, self.integers(-1, *heads)], 0)
        return self.op.transpose(self.op.reshape(states, shape, rows is None), self.integers(0, 2, 1, 3))

    def joined(self, attended: Any, like: Any) -> Any:
        """The inverse of :meth:`split`, in the rows and tokens of ``like``."""
        shape = self.op.concat([self.size(like, 0, 2), self.integers(self.sizes.width)], 0)
        return self.op.reshape(self.op.transpose(attended, self.integers(0, 2, 1, 3)), shape, False)

    def size(self, states: Any, start: int, stop: int) -> Any:
        """Some of a shape, as a vector."""
        return self.op.slice(self.op.shape_of(states), self.integers(start), self.integers(stop), self.integers(1))

    def attended(self, states: Any, attention: Any, layer: str) -> Any:
        """What stands behind an attention: a linear layer, the sum with what stood before, and its norm."""
        more = self.linear(self.joined(attention, states), f"{layer}.output.dense")
        return self.norm(self.op.add(states, more), f"{layer}.output.LayerNorm")

    def fed_forward(self, states: Any, layer: str) -> Any:
        """A layer's second half."""
        inner = self.op.gelu(self.linear(states, f"{layer}.intermediate.dense"), "erf")
        more = self.linear(inner, f"{layer}.output.dense")
        return self.norm(self.op.add(states, more), f"{layer}.output.LayerNorm")
