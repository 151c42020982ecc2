"""The head: a linear layer gives each word a tag, and of all sequences of tags that can be the best one is taken."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.paths import atomic_output
from nlptasks.models.probe.head import softmax
from nlptasks.models.trained import check_backbone, check_width, label_names, layer_of
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, HiddenStates, Window

from .options import TaggerOptions
from .prediction import Entities, Entity
from .tags import OUTSIDE, in_characters, spans_of
from .words import SHAPES, Numbers, of_words, shapes, shifted, word_places

FORMAT = "nlptasks-entities/1"
FILE = "head.safetensors"

#: Longest window, and what the windows of a long text share: the words at a window's edge are read in the next one.
MAX_TOKENS, OVERLAP = 256, 64


@dataclass(frozen=True, kw_only=True)
class TaggerWeights:
    """What a trained head is.

    Args:
        states: ``[3 * tags, width]``, float32: from the state of a word to its own tag, that of the word behind it and
            that of the word before it.
        states_bias: ``[3 * tags]``, float32.
        shapes: ``[tags, SHAPES]``, float32; see :func:`.words.shapes`.
        bias: ``[tags]``, float32.
        tags: The tags, ``O`` the first of them.
        backbone: Name of the backbone that it was trained on.
        digest: Its digest.
    """

    states: Numbers
    states_bias: Numbers
    shapes: Numbers
    bias: Numbers
    tags: tuple[str, ...]
    backbone: str
    digest: str

    def save(self, folder: Path) -> None:
        """Write the weights as safetensors, with everything else in the file's metadata."""
        about = {"tags": self.tags, "backbone": self.backbone, "digest": self.digest}
        tensors = {
            "states.weight": self.states,
            "states.bias": self.states_bias,
            "shapes.weight": self.shapes,
            "shapes.bias": self.bias,
        }
        header = {FORMAT: json.dumps(about, sort_keys=True, ensure_ascii=False)}
        with atomic_output(folder / FILE, force=True) as stream:
            stream.write(save({name: np.ascontiguousarray(value) for name, value in tensors.items()}, metadata=header))

    @classmethod
    def load(cls, folder: Path) -> TaggerWeights:
        """Read what :meth:`save` wrote.

        Raises:
            NlptasksError: The file is missing, damaged or of another kind.
        """
        path = folder / FILE
        try:
            with safe_open(path, framework="numpy") as file:
                about = json.loads((file.metadata() or {})[FORMAT])
                about["tags"] = tags = label_names(about["tags"])
                states, states_bias = layer_of(file, 3 * len(tags), prefix="states.")
                weight, bias = layer_of(file, len(tags), prefix="shapes.")
                if tags[:1] != (OUTSIDE,) or weight.shape[1] != SHAPES:
                    raise ValueError("it is of another release of nlptasks-entities")
                return cls(states=states, states_bias=states_bias, shapes=weight, bias=bias, **about)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise NlptasksError(
                f"{path}: no head for entities can be read here ({error})",
                hint="nlptasks train entities --data FILE --output FOLDER makes one",
            ) from error


class Tagger:
    """The head; see :class:`nlptasks.plugin.protocols.Head`."""

    labels: tuple[str, ...] = ()

    def __init__(self, weights: TaggerWeights, backbone: Encoder, options: TaggerOptions) -> None:
        self._weights = weights
        self._backbone = backbone
        self._options = options
        self._allowed = transitions(weights.tags)

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return text_windows(self._backbone, [example.inputs["text"] for example in examples])

    def reduce(self, states: HiddenStates) -> Sequence[Numbers]:
        """What each token says of the tags, ``[tokens, 3 * tags]`` of each window."""
        return list(states.states @ self._weights.states.T + self._weights.states_bias)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Numbers]) -> Entities:
        text, tags = example.inputs["text"], self._weights.tags
        places = word_places(text)
        if not places:
            return Entities()
        votes, _ = of_words(text, places, windows, reduced, 3 * len(tags))
        own, for_next, for_last = np.split(votes, 3, axis=1)
        logits = own + shifted(for_next)[0] + shifted(for_last)[1]
        probabilities = softmax(logits + shapes(text, places) @ self._weights.shapes.T + self._weights.bias)
        path = best_path(np.log(probabilities + 1e-30), self._allowed)
        chosen = probabilities[np.arange(len(path)), path]
        spans = list(spans_of([tags[at] for at in path]))
        scores = [float(chosen[first:last].min()) for first, last, _ in spans]
        found = [
            Entity(text=text[start:end], type=kind, score=score, start=start, end=end)
            for (start, end, kind), score in zip(in_characters(spans, places), scores, strict=True)
        ]
        return Entities(tuple(entity for entity in found if entity.score >= self._options.min_score))


def text_windows(encoder: Encoder, texts: Sequence[str]) -> list[list[Window]]:
    """The windows of some texts, in training and after."""
    size = min(MAX_TOKENS, encoder.max_tokens)
    return encoder.tokenize(texts, max_tokens=size, overlap=min(OVERLAP, size // 4), offsets=True)


def transitions(tags: Sequence[str]) -> NDArray[np.bool_]:
    """Whether a tag may stand behind another, ``[before, behind]``: ``I-X`` only behind ``B-X`` and ``I-X``."""
    return np.array([[behind[:1] != "I" or before[1:] == behind[1:] for behind in tags] for before in tags])


def best_path(scores: Numbers, allowed: NDArray[np.bool_]) -> list[int]:
    """The best sequence of tags that begins as behind ``O``, the first one (Viterbi 1967).

    Args:
        scores: ``[words, tags]``, what each tag of each word adds.
        allowed: ``[tags, tags]``; see :func:`transitions`.
    """
    step = np.where(allowed, 0.0, -np.inf)
    total, back = scores[0] + step[0], []
    for row in scores[1:]:
        sums = total[:, None] + step
        back.append(sums.argmax(axis=0))
        total = sums.max(axis=0) + row
    path = [int(total.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]


def open_head(context: HeadContext) -> Tagger:
    """The head that was trained into the folder that the user named.

    Raises:
        BackboneMismatchError: It was trained on another backbone.
        UsageError: No folder was named.
        NlptasksError: There is no such head in it.
    """
    if context.weights is None:
        raise UsageError(
            "the head 'tagger' ships without weights: the texts that such heads are trained on may not be passed on",
            hint="nlptasks train entities --data FILE --output FOLDER, then --head FOLDER",
        )
    weights = TaggerWeights.load(context.weights)
    check_backbone(context.weights, name=weights.backbone, digest=weights.digest, backbone=context.backbone)
    check_width(context.weights, weights.states, context.backbone.width)
    return Tagger(weights, context.backbone, context.options or TaggerOptions())
