"""``zero-shot-classification``: the user's own labels, by a model that judges whether one text follows from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlptasks.models.probe.head import softmax
from nlptasks.plugin.pipelines import PipelineContext
from nlptasks_hub.notices import tell

from .arguments import check_names
from .errors import InputError
from .labels import LabelPipeline
from .opening import PipelineParts
from .pieces import TokenRow

_TEMPLATE = "This example is {}."
_KNOWN = frozenset({"candidate_labels", "hypothesis_template", "multi_class", "multi_label"})


class ZeroShotClassification(LabelPipeline):
    """Labels that the user names, ranked.

    Arguments, at the opening or at a call:

    - ``candidate_labels``: a list, or a string with commas.
    - ``hypothesis_template``: a sentence with ``{}`` where the label goes.
    - ``multi_label``: labels do not exclude each other, so each has a probability of its own, of entailment against
      contradiction (a single label always has); else their probabilities sum to 1.

    A text that is too long is cut, with a warning; the hypothesis is not.
    """

    default = "facebook/bart-large-mnli"

    def __init__(self, opened: PipelineParts) -> None:
        super().__init__(opened)
        config = self.model.config
        classes = config.label2id or {label: at for at, label in config.id2label.items()}
        self.entailment_id = _entailment(classes)
        if self.entailment_id < 0:
            tell(f"no label of the model is called 'entailment' ({', '.join(classes)}); the last one is taken for it")

    def __call__(self, sequences: Any, *args: Any, **settings: Any) -> Any:  # type: ignore[override]  # its own name
        """Rank labels for one text, a list of texts, or what yields texts.

        Args:
            sequences: Strings.
            args: ``candidate_labels``, which may stand second.
            settings: See the class and :meth:`.base.Pipeline.__call__`.

        Returns:
            ``{"sequence": ..., "labels": [...], "scores": [...]}``, the best label first, for each text.

        Raises:
            InputError: There is no label, the template has no place for one, or an input is no text or an empty one.
        """
        if len(args) > 1 or (args and "candidate_labels" in settings):
            raise InputError(f"cannot read the arguments {args!r}", hint="give candidate_labels=[...]")
        return self.run(sequences, {**settings, "candidate_labels": args[0]} if args else settings)

    def parse(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check arguments."""
        check_names(self.task, settings, _KNOWN)
        parsed = dict(settings)
        multi_class = parsed.pop("multi_class", None)
        if multi_class is not None:
            parsed["multi_label"] = multi_class
        if "candidate_labels" in parsed:
            parsed["candidate_labels"] = _labels(parsed["candidate_labels"])
        if "hypothesis_template" in parsed and not isinstance(parsed["hypothesis_template"], str):
            raise InputError("hypothesis_template must be a string", hint=f"give {_TEMPLATE!r}")
        return parsed

    def pieces(self, item: Any, settings: Mapping[str, Any]) -> list[TokenRow]:
        """A piece for each label: the text and the hypothesis."""
        labels = settings.get("candidate_labels")
        if not labels or not isinstance(item, str) or not item:
            said = "at least one label is needed" if not labels else "a text must be a string that is not empty"
            raise InputError(said, hint="give a text and candidate_labels=['politics', 'sport']")
        template = settings.get("hypothesis_template", _TEMPLATE)
        return [self._pair(item, _hypothesis(template, label), label) for label in labels]

    def finish(self, item: Any, pieces: Sequence[TokenRow], outputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """The labels by their scores."""
        labels = [piece.extra for piece in pieces]
        logits = np.stack(outputs)
        scores = self._scores(logits, alone=bool(settings.get("multi_label")) or len(labels) == 1)
        order = scores.argsort()[::-1]
        return {"sequence": item, "labels": [labels[at] for at in order], "scores": scores[order].tolist()}

    def _pair(self, text: str, hypothesis: str, label: Any) -> TokenRow:
        try:
            piece = self.read(text, hypothesis, {"truncation": "only_first"}, asked=False)
        except InputError:
            raise
        except Exception as error:
            if "too short" not in str(error):
                raise
            # The hypothesis alone is longer than the tokenizer allows; the model may still be able to read it.
            piece = self.read(text, hypothesis, {})
        return replace(piece, extra=label)

    def _scores(self, logits: NDArray[np.float32], *, alone: bool) -> NDArray[np.float32]:
        """Scores of the labels: ``[labels, classes]`` to ``[labels]``."""
        if alone:
            contradiction = -1 if self.entailment_id == 0 else 0
            return softmax(logits[:, [contradiction, self.entailment_id]])[:, 1]
        return softmax(logits[:, self.entailment_id])


def open_zero_shot(context: PipelineContext) -> ZeroShotClassification:
    """The pipeline; see :class:`nlptasks.plugin.PipelineSpec`."""
    return ZeroShotClassification.open(context)


def _entailment(label2id: Mapping[str, int]) -> int:
    """The class that says that the hypothesis follows; -1: no name tells."""
    return next((at for label, at in label2id.items() if label.lower().startswith("entail")), -1)


def _labels(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [label.strip() for label in value.split(",") if label.strip()]
    if value is None or isinstance(value, Mapping) or not hasattr(value, "__iter__"):
        raise InputError(f"candidate_labels cannot be {value!r}", hint="give a list of strings, or 'one, two'")
    return list(value)


def _hypothesis(template: str, label: Any) -> str:
    try:
        made = template.format(label)
    except (IndexError, KeyError, ValueError) as error:
        raise InputError(f"the hypothesis_template {template!r} cannot be filled: {error!r}", hint=_TEMPLATE) from error
    if made == template:
        raise InputError(f"the hypothesis_template {template!r} has no {{}} for the label", hint=f"give {_TEMPLATE!r}")
    return made
