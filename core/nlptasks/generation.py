"""What a backbone that writes text must be able to do, and how it is told what to write.

A backbone with the capabilities ``generate`` and ``score`` is an :class:`nlptasks.contracts.Encoder` with a decoder
that reads the encoder's hidden states. A head on it asks for windows as any head does; its ``reduce`` hands the hidden
states of a batch to :meth:`Generator.generate`, so that text is written for a whole batch at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from nlptasks.contracts import Encoder

if TYPE_CHECKING:
    from nlptasks.contracts import HiddenStates

__all__ = ["Continuation", "Decoding", "Generator", "Instruction", "Likelihood"]


@dataclass(frozen=True, slots=True, order=True)
class Instruction:
    """What a decoder is told before its first word: one token for the task, one for the language.

    Args:
        task: Name of the task, for example ``translation``.
        language: ISO 639-1 code of the language to write.
    """

    task: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How text is chosen, token after token.

    Args:
        max_new_tokens: Most tokens of a text; a text that was not finished by then is not ``complete``.
        beams: Beams of beam search; 1: the most probable token each time, or a drawn one.
        length_penalty: The log-probability of a finished beam is divided by its length to this power (Wu et al. 2016,
            arXiv 1609.08144, without their constant), as in transformers.
        no_repeat: Size of the n-grams of tokens that may not occur twice in a text; 0: all may.
        temperature: Divides the logits before a token is drawn; 0: nothing is drawn.
        top_p: Tokens are drawn from the smallest set with this much probability (Holtzman et al. 2019, arXiv
            1904.09751).
        samples: Texts that are drawn for each window.
        seed: Seeds what is drawn. Each window and each sample has draws of its own, whatever batch it stands in.
    """

    max_new_tokens: int = 128
    beams: int = 1
    length_penalty: float = 1.0
    no_repeat: int = 0
    temperature: float = 0.0
    top_p: float = 1.0
    samples: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Continuation:
    """A text that a decoder wrote.

    Args:
        text: The text, without special tokens.
        log_probability: Sum of the natural log-probabilities of its tokens, the end included.
        tokens: How many tokens that are.
        complete: Whether the decoder ended it; ``False`` where it was cut at ``max_new_tokens``.
    """

    text: str
    log_probability: float
    tokens: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How probable a text is to a decoder.

    Args:
        nats: Negative natural log-likelihood of all its tokens.
        tokens: How many tokens that are.
    """

    nats: float
    tokens: int


class Generator(Encoder, Protocol):
    """A backbone with the capabilities ``generate`` and ``score``, beside ``encode``."""

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """What it was trained to write, sorted."""

    @property
    def max_new_tokens(self) -> int:
        """Most tokens of one text."""

    def generate(self, states: HiddenStates, instruction: Instruction, decoding: Decoding) -> list[list[Continuation]]:
        """Write ``decoding.samples`` texts for each window of a batch, which ``states.windows`` holds.

        Raises:
            UsageError: It was not trained to write that.
        """

    def likelihoods(self, prompts: Sequence[str], texts: Sequence[str], instruction: Instruction) -> list[Likelihood]:
        """How probable each text is behind its prompt, which may be empty.

        A text longer than ``max_new_tokens`` is read in pieces, each behind the prompt and the pieces before it.

        Raises:
            UsageError: It was not trained to write that.
        """
