"""From examples to pairs of what the encoder reads and what the decoder writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from nlptasks.models.decoder_vocabulary import DecoderText
from nlptasks.models.generation import Generator, Instruction, Wording
from nlptasks.plugin.protocols import Example

#: Examples that are tokenized at a time.
_BLOCK = 1_000

#: Proportion of texts that a causal decoder reads from their first word on; the others begin somewhere in their first
#: half, so that it learns to carry on short prompts too.
_FROM_START = 0.6

#: Of a corrupted copy: the proportion of words that are masked, and how far a word may move (Lewis et al. 2019, arXiv
#: 1910.13461, found masking to matter most).
_MASKED, _MOVED = 0.15, 2

#: A character of a script without spaces (Chinese, Japanese, Thai and their like), or a word, with the space behind it.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef"
_WORD = re.compile(rf"(?:[{_UNSPACED}]|[^\s{_UNSPACED}]+)\s*")


@dataclass(frozen=True, slots=True)
class Pair:
    """One source with its target.

    Args:
        source: ``[tokens]``, int32: what the encoder reads, its special tokens included.
        target: ``[tokens]``, int32: prefix of the instruction, text, and the end where the text ends here.
        prefix: Tokens of the prefix; none of them is learnt.
        size: UTF-8 bytes of the target's text.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    prefix: int
    size: int

    def __len__(self) -> int:
        return len(self.source) + len(self.target)


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """Makes pairs.

    Args:
        encoder: Tokenizes sources.
        text: Tokenizes targets.
        instruction: What the decoder is told.
        objective: See :class:`nlptasks.training.recipes.RecipeTask`.
        max_source: Longest source in tokens.
        max_target: Longest target in tokens, prefix included.
        seed: Seeds where texts begin and how copies are corrupted.
        mask: What stands for a masked word in a corrupted copy.
        wording: How the decoder that goes on wants a source to be put, and a text about it; ``None``: as they are.
    """

    encoder: Generator
    text: DecoderText
    instruction: Instruction
    objective: str
    max_source: int
    max_target: int
    seed: tuple[int, ...]
    mask: str = "[MASK]"
    wording: Callable[[str], Wording] | None = None

    def pairs(self, examples: Iterable[Example]) -> Iterator[Pair]:
        """The pairs of some examples: one each, or for the objective ``causal`` as many as the text is long."""
        iterator = iter(examples)
        number = 0
        while block := list(islice(iterator, _BLOCK)):
            generator = np.random.default_rng([*self.seed, number])
            number += 1
            golds = [example.gold or "" for example in block]
            if self.objective == "causal":
                yield from self._causal(golds, generator)
            elif self.objective == "denoise":
                yield from self._whole([_corrupted(gold, generator, self.mask) for gold in golds], golds)
            else:
                sources = ["\n".join(example.inputs.values()) for example in block]
                wordings = [self.wording(source) if self.wording else Wording() for source in sources]
                yield from self._whole(
                    [wording.to_model(source) for wording, source in zip(wordings, sources, strict=True)],
                    [wording.to_model(gold) for wording, gold in zip(wordings, golds, strict=True)],
                )

    def _whole(self, sources: Sequence[str], targets: Sequence[str]) -> Iterator[Pair]:
        """A pair each; one whose target is too long would teach to stop early, and is left out."""
        windows = self.encoder.tokenize(sources, max_tokens=self.max_source, max_windows=1)
        ids = self.text.encode(targets)
        prefix = self.text.prefix(self.instruction)
        for row, target in zip(windows, ids, strict=True):
            if len(target) + len(prefix) + 1 <= self.max_target:
                yield self._pair(row[0].ids, prefix, (*target, self.text.end))

    def _causal(self, texts: Sequence[str], generator: np.random.Generator) -> Iterator[Pair]:
        """Pieces of texts, each behind the text before it."""
        starts = [_start(text, generator) for text in texts]
        encodings = self.text.encode_with_offsets([text[start:] for text, start in zip(texts, starts, strict=True)])
        found: list[tuple[str, tuple[int, ...]]] = []
        prefix = self.text.prefix(self.instruction)
        size = self.max_target - len(prefix) - 1
        for text, start, (ids, offsets) in zip(texts, starts, encodings, strict=True):
            for at in range(0, len(ids), size):
                end = (self.text.end,) if at + size >= len(ids) else ()
                found.append((text[: start + offsets[at][0]], (*ids[at : at + size], *end)))
        sources = self.encoder.endings([before for before, _ in found], max_tokens=self.max_source)
        for window, (_, target) in zip(sources, found, strict=True):
            yield self._pair(window.ids, prefix, target)

    def _pair(self, source: Sequence[int], prefix: Sequence[int], target: Sequence[int]) -> Pair:
        return Pair(
            source=np.array(source, dtype=np.int32),
            target=np.array([*prefix, *target], dtype=np.int32),
            prefix=len(prefix),
            size=int(self.text.sizes[list(target)].sum()),
        )


def _start(text: str, generator: np.random.Generator) -> int:
    """Where a causal text begins: at its start, or behind a space in its first half."""
    sample, place = generator.random(2)
    if sample < _FROM_START:
        return 0
    found = text.find(" ", int(place * len(text) / 2))
    return max(found, 0)


def _corrupted(text: str, generator: np.random.Generator, mask: str) -> str:
    """A copy with words masked and moved; each character of a script without spaces counts as a word."""
    words = np.array(_WORD.findall(f"{text.strip()} "), dtype=object)
    order = np.argsort(np.arange(len(words)) + generator.uniform(0, _MOVED, len(words)), kind="stable")
    masked = generator.random(len(words)) < _MASKED
    parts = (_masked(word, mask) if hide else word for word, hide in zip(words[order], masked[order], strict=True))
    return "".join(parts).strip()


def _masked(word: str, mask: str) -> str:
    """The mask with the space behind the word."""
    return mask + word[len(word.rstrip()) :]
