"""A checkpoint that reads: hidden states, and in the same pass what the output layer that it carries makes of them."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nlptasks.models.special_tokens import stack
from nlptasks.plugin import LABELS, SPANS
from nlptasks.plugin.protocols import HiddenStates, Window

from .checkpoints.checkpoint import Checkpoint
from .checkpoints.opened import OpenedCheckpoint

#: The class of transformers that opens a checkpoint with the layer that it carries.
_KINDS = {LABELS: "AutoModelForSequenceClassification", SPANS: "AutoModelForQuestionAnswering"}

#: What transformers calls the kinds of labels.
_PROBLEMS = {
    "single_label_classification": "one",
    "multi_label_classification": "many",
    "regression": "number",
}


class CheckpointEncoder(OpenedCheckpoint):
    """A frozen encoder; see :class:`nlptasks.plugin.protocols.Encoder` and, with labels, ``Labelled``.

    Args:
        checkpoint: See :class:`OpenedCheckpoint`.
        device: Likewise.
        dtype: Likewise.

    Raises:
        NlptasksError: A file is missing or damaged.
        UsageError: The device is not there, or the dtype is unknown.
    """

    def __init__(self, checkpoint: Checkpoint, *, device: str = "auto", dtype: str = "auto") -> None:
        self._layer = checkpoint.layer
        super().__init__(checkpoint, _KINDS.get(checkpoint.layer, "AutoModel"), device=device, dtype=dtype)
        config = self.model.config
        if config.pad_token_id is None:
            config.pad_token_id = self.reader.pad  # by it a decoder's layer finds a text's last token
        takes = inspect.signature(self.model.forward).parameters
        self._takes_types = "token_type_ids" in takes and bool(getattr(config, "type_vocab_size", 0))
        # The layer of BART and its kin reads a text at its last end token, and wants as many of them in all rows.
        self._ends: int | None = config.eos_token_id if config.is_encoder_decoder and self._layer == LABELS else None

    @property
    def labels(self) -> tuple[str, ...]:
        """See :class:`nlptasks.plugin.protocols.Labelled`; empty where no layer for labels is carried."""
        names = self.model.config.id2label if self._layer == LABELS else {}
        return tuple(str(names[at]) for at in sorted(names))

    @property
    def problem(self) -> str:
        """See :class:`nlptasks.plugin.protocols.Labelled`."""
        stated = _PROBLEMS.get(self.model.config.problem_type or "")
        return stated or ("number" if len(self.labels) == 1 else "one")

    def tokenize(
        self,
        texts: Sequence[str],
        *,
        max_tokens: int = 0,
        max_windows: int = 0,
        overlap: int = 0,
        questions: Sequence[str] = (),
        questions_last: bool = False,
        offsets: bool = False,
    ) -> list[list[Window]]:
        """Cut texts into windows; see :class:`nlptasks.plugin.protocols.Encoder`."""
        return self.cut(
            texts,
            self.reader.framing(),
            max_tokens=max_tokens,
            max_windows=max_windows,
            overlap=overlap,
            questions=questions,
            questions_last=questions_last,
            offsets=offsets,
        )

    def encode(self, windows: Sequence[Window]) -> HiddenStates:
        """Hidden states of the last layer, and the carried layer's logits, in one pass."""
        stacked = stack(windows, self.reader.pad)
        ids, types, mask = map(self.moved, stacked)
        parts = self._alike(windows)
        if len(parts) == 1:
            states, logits = self._forward(ids, types, mask)
            return _handed(states, stacked[2], windows, logits)
        found = [self._forward(ids[rows], types[rows], mask[rows]) for rows in parts]
        order = torch.tensor([row for rows in parts for row in rows], device=self.device).argsort()
        joined = torch.cat([states for states, _ in found])[order]
        scores = torch.cat([logits for _, logits in found if logits is not None])[order]
        return _handed(joined, stacked[2], windows, scores)

    def _forward(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        inputs: dict[str, Any] = {"input_ids": ids, "attention_mask": mask.long()}
        if self._takes_types:
            inputs["token_type_ids"] = types
        with torch.inference_mode():
            output = self.model(**inputs, output_hidden_states=bool(self._layer))
        return _states(output).float(), self._logits(output)

    def _logits(self, output: Any) -> torch.Tensor | None:
        if self._layer == LABELS:
            return output.logits.float()  # type: ignore[no-any-return]
        if self._layer == SPANS:
            return torch.stack([output.start_logits, output.end_logits], dim=-1).float()
        return None

    def _alike(self, windows: Sequence[Window]) -> list[list[int]]:
        """Rows that may go through the model together."""
        groups: dict[int, list[int]] = {}
        for row, window in enumerate(windows):
            groups.setdefault(0 if self._ends is None else window.ids.count(self._ends), []).append(row)
        return list(groups.values())


def _handed(
    states: torch.Tensor, mask: NDArray[np.bool_], windows: Sequence[Window], logits: torch.Tensor | None
) -> HiddenStates:
    """Tensors as the arrays that heads read."""
    return HiddenStates(
        states=states.cpu().numpy(),
        mask=mask,
        windows=tuple(windows),
        logits=None if logits is None else logits.cpu().numpy(),
    )


def _states(output: Any) -> Any:
    """The encoder's last hidden states, whatever the model's output calls them."""
    for name in ("encoder_last_hidden_state", "last_hidden_state"):
        if (found := getattr(output, name, None)) is not None:
            return found
    return output.hidden_states[-1]
