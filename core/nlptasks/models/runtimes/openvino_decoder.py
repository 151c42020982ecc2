"""A BERT decoder with cross-attention on OpenVINO: one graph for the keys and values of the sources, one for steps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from nlptasks.models.runtimes.bert_graph import NEVER, BertGraph, BertSizes
from nlptasks.models.runtimes.interface import Bools, Floats, Integers
from nlptasks.models.runtimes.loading_openvino import Requests, openvino
from nlptasks.models.runtimes.weights_file import WeightsFile

__all__ = ["OpenvinoDecoder"]

_WORDS = "bert.embeddings.word_embeddings.weight"
_PLACES = "bert.embeddings.position_embeddings.weight"
_TYPES = "bert.embeddings.token_type_embeddings.weight"
_TRANSFORM = "cls.predictions.transform"

#: The end of an axis, whatever its size.
_END = 2**31 - 1


class OpenvinoDecoder:
    """See :class:`nlptasks.models.runtimes.interface.DecoderRuntime`.

    Args:
        path: The weights.
        config: The configuration; :func:`nlptasks.models.runtimes.bert_graph.fits` says whether it can be this one.
        prefix: What the names of the weights begin with.
        precision: ``int8``; anything else is computed in float32, since bfloat16 changes every second text.

    Raises:
        NlptasksError: The weights are missing or damaged.
    """

    def __init__(self, path: Path, config: Mapping[str, Any], *, prefix: str, precision: str = "float32") -> None:
        weights = WeightsFile(path, prefix)
        self.words = weights.mapped(_WORDS)
        self.places = weights.floats(_PLACES) + weights.floats(_TYPES)[0]
        self.places.setflags(write=False)
        graph = BertGraph(weights, BertSizes.of(config), int8=precision == "int8")
        self.steps = Requests(partial(_steps, graph), "float32", int8=graph.int8)
        self.sources = Requests(partial(_sources, graph), "float32", int8=graph.int8)

    def fingerprint(self) -> str:
        """Nothing can write to the weights of a compiled graph."""
        return ""

    def session(self, states: Floats, mask: Bools) -> OpenvinoSession:
        """See :class:`nlptasks.models.runtimes.interface.DecoderRuntime`."""
        return OpenvinoSession(self, states, mask)

    def read(self, ids: Integers, states: Floats, mask: Bools, first: int) -> tuple[Floats, Floats]:
        """See :class:`nlptasks.models.runtimes.interface.DecoderRuntime`."""
        return self.session(states, mask).behind(ids, first)


class OpenvinoSession:
    """See :class:`nlptasks.models.runtimes.interface.DecoderSession`.

    Args:
        decoder: The decoder.
        states: ``[sources, tokens, width]``.
        mask: ``[sources, tokens]``.
    """

    def __init__(self, decoder: OpenvinoDecoder, states: Floats, mask: Bools) -> None:
        self._decoder = decoder
        self._request = decoder.steps.take()
        self._request.reset_state()
        self._cross = _computed(decoder.sources, states)
        self._hidden = np.where(mask, np.float32(0), np.float32(NEVER))[:, None, None]
        self._length = 0
        #: The source of each row, and the row that each carries on.
        self._sources = self._rows = np.arange(len(states))

    def __del__(self) -> None:
        if "_request" in self.__dict__:  # else the constructor failed
            self._decoder.steps.give_back(self._request)

    def forward(self, ids: Integers) -> tuple[Floats, Floats]:
        """Put tokens behind each text; see :class:`nlptasks.models.runtimes.interface.DecoderSession`."""
        log_probs, states = self.behind(ids, ids.shape[1] - 1, shared=True)
        return log_probs[:, -1], states[:, -1].copy()

    def behind(self, ids: Integers, first: int, *, shared: bool = False) -> tuple[Floats, Floats]:
        """The same behind each token from the one at ``first`` on, ``[rows, tokens - first, ...]``.

        Args:
            ids: The tokens.
            first: Position of the first one behind which something is asked.
            shared: Let the next step write to what is returned: to copy all log-probabilities takes a quarter of it.
        """
        rows, size = ids.shape
        embedded = self._decoder.words[ids].astype(np.float32)
        embedded += self._decoder.places[self._length : self._length + size]
        ahead = np.triu(np.full((size, self._length + size), NEVER, np.float32), self._length + 1)[None, None]
        inputs = [embedded, self._rows.astype(np.int32), ahead, self._hidden, np.array([first]), *self._cross]
        found = self._request.infer(inputs, share_inputs=True, share_outputs=shared)
        self._length += size
        self._rows = np.arange(rows)
        return found[0], found[1]

    def keep(self, rows: Integers) -> None:
        """Go on with some rows; see :class:`nlptasks.models.runtimes.interface.DecoderSession`."""
        self.reorder(rows)
        sources = self._sources[rows]
        if not len(sources):
            return
        # Where all sources have as many rows, which stand together, their keys and values are there once for all.
        different = sources[np.r_[True, sources[1:] != sources[:-1]]]
        copies, rest = divmod(len(sources), max(len(different), 1))
        shared = not rest and np.array_equal(np.repeat(different, copies), sources)
        kept = different if shared else sources
        self._cross = [part[kept] for part in self._cross]
        self._hidden = self._hidden[kept]
        self._sources = np.repeat(np.arange(len(kept)), copies if shared else 1)

    def reorder(self, rows: Integers) -> None:
        """Carry on other rows' texts; see :class:`nlptasks.models.runtimes.interface.DecoderSession`."""
        self._rows = self._rows[rows]


def _computed(requests: Requests, states: Floats) -> list[Floats]:
    """Keys and values of the sources, layer by layer."""
    request = requests.take()
    try:
        return list(request.infer([states]).values())
    finally:
        requests.give_back(request)


def _sources(graph: BertGraph) -> Any:
    """From the encoder's states, ``[sources, tokens, width]``, to each layer's keys and values."""
    states = graph.op.parameter([-1, -1, graph.sizes.width], np.float32, name="states")
    parts = [
        graph.split(graph.linear(states, f"bert.encoder.layer.{number}.crossattention.self.{part}")).output(0)
        for number in range(graph.sizes.layers)
        for part in ("key", "value")
    ]
    return openvino().Model(parts, [states], "sources")


def _steps(graph: BertGraph) -> Any:
    """A step of several texts, which remembers keys and values of the tokens before.

    Inputs are the embeddings of the new tokens, ``[rows, tokens, width]``; for each row the one that it carries on;
    masks of the texts, ``[1, 1, tokens, tokens so far]``, and of the sources, ``[sources, 1, 1, tokens]``; the position
    of the first token behind which something is asked; and what :func:`_sources` made.
    """
    op, sizes = graph.op, graph.sizes
    embedded = op.parameter([-1, -1, sizes.width], np.float32, name="embedded")
    rows = op.parameter([-1], np.int32, name="rows")
    ahead = op.parameter([1, 1, -1, -1], np.float32, name="ahead")
    hidden = op.parameter([-1, 1, 1, -1], np.float32, name="hidden")
    first = op.parameter([1], np.int64, name="first")
    head = sizes.width // sizes.heads
    cross = [op.parameter([-1, sizes.heads, -1, head], np.float32, name=f"c{at}") for at in range(2 * sizes.layers)]
    states, kept = graph.norm(embedded, "bert.embeddings.LayerNorm"), []
    for number in range(sizes.layers):
        layer = f"bert.encoder.layer.{number}"
        query, *new = (graph.split(graph.linear(states, f"{layer}.attention.self.{part}")) for part in _PARTS)
        seen = [_remembered(graph, rows, part, f"{number} {name}") for name, part in zip("kv", new, strict=True)]
        kept += [sink for _, sink in seen]
        attention = op.scaled_dot_product_attention(query, *(part for part, _ in seen), ahead)
        states = graph.attended(states, attention, f"{layer}.attention")
        # Rows of one source look at its keys together.
        query = graph.split(graph.linear(states, f"{layer}.crossattention.self.query"), graph.size(cross[0], 0, 1))
        attention = op.scaled_dot_product_attention(query, *cross[2 * number : 2 * number + 2], hidden)
        states = graph.attended(states, attention, f"{layer}.crossattention")
        states = graph.fed_forward(states, layer)
    last = op.slice(states, first, graph.integers(_END), graph.integers(1), graph.integers(1))
    inputs = [embedded, rows, ahead, hidden, first, *cross]
    return openvino().Model([_log_probs(graph, last).output(0), last.output(0)], kept, inputs, "steps")


_PARTS = ("query", "key", "value")


def _remembered(graph: BertGraph, rows: Any, new: Any, name: str) -> tuple[Any, Any]:
    """Keys or values of all tokens so far, ``[rows, heads, tokens, width of a head]``, and what keeps them."""
    op, sizes = graph.op, graph.sizes
    made = openvino().op.util
    about = made.VariableInfo()
    about.data_shape = openvino().PartialShape([-1, sizes.heads, -1, sizes.width // sizes.heads])
    about.data_type = openvino().Type.f32
    about.variable_id = name
    variable = made.Variable(about)
    shape = op.concat([op.shape_of(rows), graph.integers(sizes.heads, 0, sizes.width // sizes.heads)], 0)
    before = op.read_value(op.broadcast(op.constant(np.float32(0)), shape), variable)
    whole = op.concat([op.gather(before, rows, op.constant(np.int32(0))), new], 2)
    return whole, op.assign(whole, variable)


def _log_probs(graph: BertGraph, states: Any) -> Any:
    """BERT's output layer, whose weights are the embeddings."""
    op = graph.op
    inner = op.gelu(graph.linear(states, f"{_TRANSFORM}.dense"), "erf")
    inner = graph.norm(inner, f"{_TRANSFORM}.LayerNorm")
    logits = op.add(graph.product(inner, _WORDS), graph.constant("cls.predictions.bias"))
    return op.log_softmax(logits, -1)
