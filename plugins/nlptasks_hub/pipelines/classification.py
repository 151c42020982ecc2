"""``text-classification``: a label for a text or a pair of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.pipelines import PipelineContext

from .arguments import check_names, whole_number
from .errors import InputError
from .labels import LabelPipeline
from .pieces import TokenRow
from .written.tokens import TOKENIZER_SETTINGS

_OWN = frozenset({"function_to_apply", "return_all_scores", "top_k"})
_FUNCTIONS = ("sigmoid", "softmax", "none")
_PAIRS = "give a pair as {'text': ..., 'text_pair': ...}"


class TextClassification(LabelPipeline):
    """Labels with scores.

    Arguments, at the opening or at a call:

    - ``top_k``: the best so many labels; ``None``: all. Left out: the best one, without a list around it.
    - ``function_to_apply``: ``sigmoid``, ``softmax`` or ``none``; left out: none for regression, the sigmoid where
      labels do not exclude each other or where there is one, else the softmax.
    - ``return_all_scores``: all labels, in the model's order; an older form of ``top_k=None``.
    - those of the tokenizer: ``truncation``, ``max_length``, ``padding``, ...

    A single string gives a list, unless the call itself has ``top_k``; a dictionary does not.
    """

    default = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"

    def __call__(self, inputs: Any, **settings: Any) -> Any:
        """Label one text, a list of texts, or what yields texts.

        Args:
            inputs: Strings; for pairs dictionaries with ``text`` and ``text_pair``, or tuples of two strings.
            settings: See the class and :meth:`.base.Pipeline.__call__`.

        Returns:
            ``{"label": ..., "score": ...}`` or a list of those for each input.

        Raises:
            InputError: An input is no text, has no tokens, or is longer than the model reads and ``truncation`` is off.
        """
        result = self.run(inputs, settings)
        return [result] if isinstance(inputs, str) and "top_k" not in settings else result

    def parse(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check arguments."""
        check_names(self.task, settings, _OWN | TOKENIZER_SETTINGS)
        parsed: dict[str, Any] = {name: value for name, value in settings.items() if name not in _OWN}
        if settings.get("function_to_apply") is not None:
            parsed["function_to_apply"] = _function(settings["function_to_apply"])
        if "top_k" in settings:
            top_k = settings["top_k"]
            parsed |= {"top_k": None if top_k is None else whole_number("top_k", top_k), "ranked": True}
        elif settings.get("return_all_scores") is not None:
            parsed["top_k"] = None if settings["return_all_scores"] else 1
        return parsed

    def pieces(self, item: Any, settings: Mapping[str, Any]) -> list[TokenRow]:
        """One piece."""
        options = {name: value for name, value in settings.items() if name in TOKENIZER_SETTINGS}
        return [self.read(*_texts(item, words=bool(options.get("is_split_into_words"))), options)]

    def finish(self, item: Any, pieces: Sequence[TokenRow], outputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """The best label, or several."""
        scores = _applied(settings.get("function_to_apply") or self._function(), outputs[0])
        all_by_config = bool(self.configured("return_all_scores", False))
        top_k, ranked = settings.get("top_k", None if all_by_config else 1), settings.get("ranked", False)
        names = self.configured("id2label")
        if top_k == 1 and not ranked:
            return {"label": names[int(scores.argmax())], "score": float(scores.max())}
        labels = [{"label": names[at], "score": float(score)} for at, score in enumerate(scores)]
        if not ranked:
            return labels
        return sorted(labels, key=lambda label: label["score"], reverse=True)[:top_k]

    def _function(self) -> str:
        """The function that the configuration implies."""
        problem, count = self.configured("problem_type"), self.model.config.num_labels
        if problem == "regression":
            return "none"
        return "sigmoid" if problem == "multi_label_classification" or count == 1 else "softmax"


def open_classification(context: PipelineContext) -> TextClassification:
    """The pipeline; see :class:`nlptasks.plugin.PipelineSpec`."""
    return TextClassification.open(context)


def _texts(item: Any, *, words: bool) -> tuple[Any, Any]:
    """The text of an input and its pair, which may be ``None``."""
    if isinstance(item, Mapping):
        return _of_mapping(item)
    if isinstance(item, str) or (words and isinstance(item, list | tuple)):
        return item, None
    if isinstance(item, tuple):
        return _pair(item, item)
    if isinstance(item, list) and len(item) == 1 and isinstance(item[0], list):
        return _pair(item[0], item)
    raise InputError(f"an input must be a text or a pair of texts, got {_shown(item)}", hint=_PAIRS)


def _of_mapping(item: Mapping[Any, Any]) -> tuple[Any, Any]:
    unknown = [name for name in item if name not in ("text", "text_pair")]
    text, pair = item.get("text"), item.get("text_pair")
    if unknown or not isinstance(text, str) or not isinstance(pair, str | None):
        raise InputError(f"an input cannot be read: {_shown(dict(item))}", hint=_PAIRS)
    return text, pair


def _pair(texts: Sequence[Any], item: Any) -> tuple[Any, Any]:
    if len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        raise InputError(f"an input must be a text or a pair of texts, got {_shown(item)}", hint=_PAIRS)
    return texts[0], texts[1]


def _shown(item: Any) -> str:
    text = f"{type(item).__name__} {item!r}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def _function(value: Any) -> str:
    name = str(getattr(value, "value", value)).lower()
    if name not in _FUNCTIONS:
        raise InputError(f"function_to_apply cannot be {value!r}", hint=f"give one of: {', '.join(_FUNCTIONS)}")
    return name


def _applied(function: str, logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of one text: ``[labels]`` to ``[labels]``."""
    if function == "none":
        return logits
    if function == "sigmoid":
        with np.errstate(over="ignore"):
            return np.asarray(1.0 / (1.0 + np.exp(-logits)))
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())
