"""Runs a model's ``generate`` over a batch, and gives to each row what it would have written alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from nlptasks.errors import NlptasksError
from nlptasks_hub.pipelines.base import longest_input
from nlptasks_hub.pipelines.errors import InputError

from .generation import WritingPlan

#: Tokens that a batch's sequences may write together: their keys and values are all in memory at the end.
WRITTEN_BUDGET = 16_384


@dataclass(frozen=True, slots=True)
class WrittenSequences:
    """What a model wrote for one input.

    Args:
        sequences: Token ids of each sequence, with what was given before; as long as each other.
        given: How many ids of each were given.
        beside: What else ``generate`` returned, by name: one value a sequence.
    """

    sequences: tuple[tuple[int, ...], ...]
    given: int
    beside: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def write(
    model: Any, tensors: Mapping[str, torch.Tensor], plan: WritingPlan, lengths: Sequence[int]
) -> list[WrittenSequences]:
    """Write a continuation or an output for each row.

    Args:
        model: The model.
        tensors: ``[rows, tokens]`` by the names of the model's arguments; for a decoder padded on the left.
        plan: How to write.
        lengths: Tokens of each row without padding.

    Raises:
        InputError: The settings do not fit each other, the model or its inputs.
    """
    decodes_inputs = not model.config.is_encoder_decoder
    width = int(tensors["input_ids"].shape[1])
    started = plan.extra.get("decoder_input_ids")
    start = width if decodes_inputs else 1 if started is None else int(started.shape[-1])
    asked = plan.longest(start)
    longest = min(asked, _most(model) or asked)
    if decodes_inputs and asked <= start:
        raise InputError(
            f"a prompt of {start} tokens leaves nothing to write within max_length={asked}, which counts the prompt",
            hint="give max_new_tokens=... instead, which counts only what is written",
        )
    try:
        output = model.generate(**tensors, **plan.arguments(longest))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"the model cannot write with these arguments: {error}", hint="they are those of generate in transformers"
        ) from error
    sequences = output if isinstance(output, torch.Tensor) else output.sequences
    ends = _ends(plan)
    if longest < asked and sequences.shape[1] >= longest:
        # An end in the last place is one that was forced.
        written = slice(start, longest if plan.get("forced_eos_token_id") is None else longest - 1)
        _check_finished(sequences[:, written].tolist(), ends, longest)
    if not isinstance(output, torch.Tensor):
        return [_with_beside(output, start)]
    rows = sequences.reshape(len(lengths), -1, sequences.shape[1]).tolist()
    padding = [width - length if decodes_inputs else 0 for length in lengths]
    return [_alone(row, skip, start - skip, ends) for row, skip in zip(rows, padding, strict=True)]


def rows_at_a_time(plan: WritingPlan, start: int = 1) -> int:
    """Inputs in a batch whose sequences stay within :data:`WRITTEN_BUDGET`."""
    return max(1, WRITTEN_BUDGET // (plan.sequences * max(1, plan.longest(start))))


def _most(model: Any) -> int:
    """Most tokens of a sequence that has positions for all but its last; 0: there is no limit."""
    positions = longest_input(model.get_decoder() if model.config.is_encoder_decoder else model)
    return positions + 1 if positions else 0


def _ends(plan: WritingPlan) -> frozenset[int]:
    ends = plan.get("eos_token_id")
    found = [ends] if isinstance(ends, int) else ends
    return frozenset() if found is None else frozenset(int(end) for end in found)


def _check_finished(written: Sequence[Sequence[int]], ends: frozenset[int], longest: int) -> None:
    """Refuse a text that ran out of positions.

    Raises:
        NlptasksError: One of the sequences has no end.
    """
    if all(ends.intersection(sequence) for sequence in written):
        return
    raise NlptasksError(
        f"the model has positions for {longest - 1} tokens, and a text came to their end unfinished",
        hint="ask for fewer tokens with max_new_tokens=..., or give a shorter input",
    )


def _alone(sequences: Sequence[Sequence[int]], skip: int, given: int, ends: frozenset[int]) -> WrittenSequences:
    """One row of a batch without the padding before it, and without that behind the last of its ends."""
    kept = [sequence[skip:] for sequence in sequences]
    length = max(_length(sequence, given, ends) for sequence in kept)
    return WrittenSequences(sequences=tuple(tuple(sequence[:length]) for sequence in kept), given=given)


def _length(sequence: Sequence[int], given: int, ends: frozenset[int]) -> int:
    at = next((at for at in range(given, len(sequence)) if sequence[at] in ends), len(sequence) - 1)
    return at + 1


def _with_beside(output: Any, start: int) -> WrittenSequences:
    """The one row of a batch, with what stands beside its sequences (scores, logits, ...)."""
    sequences = tuple(map(tuple, output.sequences.tolist()))
    beside: dict[str, list[Any]] = {}
    for name, value in output.items():
        if (
            isinstance(value, tuple)
            and value
            and isinstance(value[0], torch.Tensor)
            and len(value[0]) == len(sequences)
        ):
            value = torch.stack(value).swapaxes(0, 1)
        if name not in ("sequences", "cache", "past_key_values") and isinstance(value, torch.Tensor):
            beside |= {name: value.tolist()} if len(value) == len(sequences) else {}
    return WrittenSequences(sequences=sequences, given=start, beside=beside)
