"""How a checkpoint's decoder is run: transformers' ``generate`` under :class:`nlptasks.models.generation.Decoding`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList

from nlptasks.models.decoding.sampling import Sampler, random_numbers
from nlptasks.models.generation import USUAL_PENALTY, Decoding
from nlptasks.plugin.protocols import Window

#: What a checkpoint's generation settings say about its vocabulary, as opposed to about how text is chosen.
_KEPT = (
    "bos_token_id",
    "eos_token_id",
    "pad_token_id",
    "decoder_start_token_id",
    "forced_bos_token_id",
    "bad_words_ids",
    "suppress_tokens",
    "begin_suppress_tokens",
)

#: Texts that are written at a time, each beam being one: bounds the memory of their caches.
ROWS = 64

#: Numbers in the logits of a batch that is read again, about 250 MB of them.
LOGITS = 1 << 26


@dataclass(frozen=True, slots=True)
class WrittenTokens:
    """What a decoder wrote.

    Args:
        ids: The tokens, the end included where there is one.
        complete: Whether the last one is an end.
    """

    ids: tuple[int, ...]
    complete: bool


def strip_settings(model: Any, pad: int) -> None:
    """Leave of a model's generation settings those about its vocabulary.

    transformers fills in what a call leaves out from the model's own settings, so that a shortest length or beams of
    the checkpoint would be mixed with what the user asked for.
    """
    model.generation_config = GenerationConfig(**({"pad_token_id": pad} | _vocabulary(model)))


def ends_of(model: Any) -> frozenset[int]:
    """The tokens that end a text."""
    found = model.generation_config.eos_token_id
    return frozenset() if found is None else frozenset(found if isinstance(found, list) else [found])


def written(
    model: Any,
    inputs: dict[str, Any],
    windows: Sequence[Window],
    decoding: Decoding,
    *,
    copies: int,
    behind: int,
    token: int | None = None,
) -> list[WrittenTokens]:
    """Write texts behind inputs.

    Args:
        model: A model of transformers whose settings :func:`strip_settings` left.
        inputs: What its ``generate`` reads, a row for each text: those of one window stand behind each other.
        windows: The windows.
        decoding: How the text is chosen.
        copies: Texts of a window.
        behind: Tokens at the beginning of what ``generate`` returns that were not written.
        token: What the decoder must write first, as the language; it is not part of the text.
    """
    forced = model.generation_config.forced_bos_token_id if token is None else token
    most = decoding.max_new_tokens + (forced is not None)
    rules = GenerationConfig(
        **(_vocabulary(model) | {"forced_bos_token_id": forced}),
        max_new_tokens=most,
        num_beams=decoding.beams,
        length_penalty=USUAL_PENALTY if decoding.length_penalty is None else decoding.length_penalty,
        no_repeat_ngram_size=decoding.no_repeat,
        do_sample=False,
        early_stopping=False,
    )
    processors = LogitsProcessorList()
    if decoding.temperature:
        streams = [(decoding.seed, window.ids, copy) for window in windows for copy in range(copies)]
        processors.append(
            _Sampled(Sampler(random_numbers(streams, most), decoding.temperature, decoding.top_p), behind)
        )
    found = model.generate(**inputs, generation_config=rules, logits_processor=processors)
    ends = ends_of(model)
    return [_ended(row, ends) for row in found[:, behind + (forced is not None) :].tolist()]


def _vocabulary(model: Any) -> dict[str, Any]:
    own = model.generation_config
    return {name: value for name in _KEPT if (value := getattr(own, name, None)) is not None}


class _Sampled(LogitsProcessor):
    """Leaves the sampled token at each step: ``generate``'s own samples depend on the batch and on a global seed."""

    def __init__(self, draw: Sampler, behind: int) -> None:
        self._draw = draw
        self._behind = behind

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        log_probs = scores.float().log_softmax(dim=1).cpu().numpy()
        tokens = self._draw(log_probs, np.arange(len(scores)), input_ids.shape[1] - self._behind)
        chosen = torch.from_numpy(tokens).to(scores.device)
        return torch.full_like(scores, -torch.inf).scatter(1, chosen[:, None], 0.0)


def _ended(row: list[int], ends: frozenset[int]) -> WrittenTokens:
    """The tokens up to the first end."""
    at = next((at for at, token in enumerate(row) if token in ends), -1)
    return WrittenTokens(tuple(row if at < 0 else row[: at + 1]), at >= 0)


def nats_of(logits: torch.Tensor, targets: Sequence[Sequence[int]], first: int) -> list[float]:
    """Negative natural log-probability of each row's target.

    Args:
        logits: ``[rows, tokens, vocabulary]``: what the decoder makes of the tokens before each.
        targets: The tokens of each row.
        first: Position of the logits for the first one.
    """
    found = []
    for row, target in zip(logits, targets, strict=True):
        learnt = row[first : first + len(target)].float().log_softmax(dim=1)
        chosen = torch.tensor(list(target), device=learnt.device)
        found.append(-float(learnt.gather(1, chosen[:, None]).sum()))
    return found
