"""What a backbone that writes text must be able to do, and how it is told what to write.

A backbone with the capabilities ``generate`` and ``score`` is an :class:`nlptasks.plugin.protocols.Encoder` with a
decoder that reads the encoder's hidden states. A head on it asks for windows as any head does; its ``reduce`` hands the
hidden states of a batch to :meth:`Generator.generate`, so that text is written for a whole batch at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Protocol

from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import Encoder

if TYPE_CHECKING:
    from nlptasks.plugin.protocols import HiddenStates, Window

__all__ = [
    "USUAL_PENALTY",
    "Continuation",
    "Decoding",
    "Generator",
    "Instruction",
    "Likelihood",
    "Wording",
    "add_up",
    "write_in_parts",
]

#: The length penalty of a backbone that has none of its own.
USUAL_PENALTY = 1.0


@dataclass(frozen=True, slots=True, order=True)
class Instruction:
    """What a decoder is told to write.

    Args:
        task: Name of the task, for example ``translation``.
        language: ISO 639-1 code of the language to write, or another code where that has none; empty: not known.
        source: Code of the language to read, for backbones that read several and want to be told; empty: what the
            backbone takes it for. Two instructions that differ in this alone are equal.
    """

    task: str
    language: str
    source: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How text is chosen, token after token.

    Args:
        max_new_tokens: Most tokens of a text, its end included; a text that was not finished by then is not
            ``complete``. More than the backbone's own ``max_new_tokens`` is as much as that.
        beams: Beams of beam search; 1: the most probable token each time, or a sampled one.
        length_penalty: The log-probability of a finished beam is divided by its length to this power (Wu et al. 2016,
            arXiv 1609.08144, without their constant), as in transformers; ``None``: to the backbone's own, which is 1
            unless a checkpoint that nlptasks wrote says otherwise.
        no_repeat: Size of the n-grams of tokens that may not occur twice in a text; 0: all may.
        temperature: Divides the logits before a token is sampled; 0: nothing is sampled. Beams are not sampled.
        top_p: Tokens are sampled from the smallest set with this much probability (Holtzman et al. 2019, arXiv
            1904.09751).
        samples: Texts that are sampled for each window; where nothing is sampled, they are all the same.
        seed: Seeds what is sampled. Each window and each sample has random numbers of its own, in whatever
            batch it stands.

    Raises:
        UsageError: A number is out of its range.
    """

    max_new_tokens: int = 128
    beams: int = 1
    length_penalty: float | None = None
    no_repeat: int = 0
    temperature: float = 0.0
    top_p: float = 1.0
    samples: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low in (("max_new_tokens", 1), ("beams", 1), ("samples", 1), ("no_repeat", 0)):
            if getattr(self, name) < low:
                raise UsageError(f"{name} must be at least {low}, got {getattr(self, name)}")
        if not 0 <= self.temperature < inf:
            raise UsageError(f"temperature must be 0 or a positive number, got {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise UsageError(f"top_p must be above 0 and at most 1, got {self.top_p}")
        if self.beams > 1 and self.temperature:
            raise UsageError(
                f"{self.beams} beams with temperature {self.temperature:g}: beams are not sampled",
                hint="take one beam, or the temperature 0",
            )


@dataclass(frozen=True, slots=True)
class Continuation:
    """A text that a decoder wrote.

    Args:
        text: The text, without special tokens.
        log_probability: Sum of the natural log-probabilities of its tokens, the end included: the decoder's own,
            whatever temperature or rule the tokens were chosen by.
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
        nll: Negative natural log-likelihood of all its tokens.
        tokens: How many tokens that are.
    """

    nll: float
    tokens: int


class Wording:
    """How a source is put to a decoder, and how what it writes is put back: here both stay as they are.

    A backbone returns a subclass where its decoder learned from texts that were put otherwise.
    """

    def to_model(self, text: str) -> str:
        """The source, or a text about it, as the decoder reads and writes it."""
        return text

    def from_model(self, text: str) -> str:
        """What the decoder wrote, as a reader of the source would."""
        return text


class Generator(Encoder, Protocol):
    """A backbone with the capabilities ``generate`` and ``score``.

    One without the capability ``encode`` is a decoder alone: what its :meth:`encode` returns says nothing about a text
    and holds the windows to write behind.
    """

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """What it was trained to write, sorted."""

    @property
    def max_new_tokens(self) -> int:
        """Most tokens of one text, its end included. A head that wants more lets the text be carried on."""

    @property
    def decoder_digest(self) -> str:
        """SHA-256 of what decides the written text beside the encoder, whose is ``digest``, in hexadecimal."""

    @property
    def source_tokens(self) -> int:
        """The longest window to write from, special tokens included; at most ``max_tokens``."""

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
        instruction: Instruction | None = None,
    ) -> list[list[Window]]:
        """Cut texts into windows; see :meth:`nlptasks.plugin.protocols.Encoder.tokenize`.

        Args:
            texts: Likewise.
            max_tokens: Likewise.
            max_windows: Likewise.
            overlap: Likewise.
            questions: Likewise.
            questions_last: Likewise.
            offsets: Likewise.
            instruction: What will be written from the windows. A backbone that was trained with words for it before the
                text, or with a token for the text's language, puts these into each window.
        """

    def endings(
        self,
        texts: Sequence[str],
        *,
        max_tokens: int = 0,
        written: Sequence[str] = (),
        instruction: Instruction | None = None,
    ) -> list[Window]:
        """The end of each text, and of what was written behind it, as one window, the longest that the backbone reads.

        Args:
            texts: Any text.
            max_tokens: Longest window, special tokens included; 0: what the backbone allows.
            written: What was written behind each so far; empty: nothing.
            instruction: See :meth:`tokenize`.
        """

    def wording(self, source: str, instruction: Instruction) -> Wording:
        """How to put a source before it is tokenized, and what is written about it after it is written."""

    def generate(self, states: HiddenStates, instruction: Instruction, decoding: Decoding) -> list[list[Continuation]]:
        """Write ``decoding.samples`` texts for each window of a batch, which ``states.windows`` holds.

        A text does not depend on the other windows of the batch.

        Raises:
            UsageError: It was not trained to write that.
        """

    def likelihoods(self, prompts: Sequence[str], texts: Sequence[str], instruction: Instruction) -> list[Likelihood]:
        """How probable each text is behind its prompt, which may be empty.

        A text longer than ``max_new_tokens`` is read in pieces. For each, the encoder reads the prompt and the text
        before the piece: the end of both together, where they are longer than a window. The last piece, and only that,
        counts the end of the text too, so that the sum is a code length: no text's code is the beginning of another's.

        Raises:
            UsageError: It was not trained to write that.
        """


def write_in_parts(
    windows: int, decoding: Decoding, most: int, write: Callable[[slice, int], Iterable[Continuation]]
) -> list[list[Continuation]]:
    """Write ``decoding.samples`` texts for each window, for so many windows at a time that memory is bounded.

    Args:
        windows: How many there are.
        decoding: How text is chosen.
        most: Texts at a time, each beam being one.
        write: Called with the place of some windows and with how many different texts each of them is to have (where
            nothing is sampled all are the same, and one will do); yields them, those of one window behind each other.
    """
    copies = decoding.samples if decoding.temperature else 1
    size = max(1, most // max(decoding.beams, copies))
    texts = [text for at in range(0, windows, size) for text in write(slice(at, at + size), copies)]
    return [texts[at : at + copies] * (decoding.samples // copies) for at in range(0, len(texts), copies)]


def add_up(texts: int, pieces: Iterable[tuple[int, float, int]]) -> list[Likelihood]:
    """The likelihood of each text from those of its pieces.

    Args:
        texts: How many there are.
        pieces: Of each piece the position of its text, its negative log-likelihood and its tokens, in any order.
    """
    nll, tokens = [0.0] * texts, [0] * texts
    for text, value, size in pieces:
        nll[text] += value
        tokens[text] += size
    return [Likelihood(*pair) for pair in zip(nll, tokens, strict=True)]
