"""Carries prompts on, a decoder's length at a time, and tells how probable gold continuations are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from nlptasks.models.generation import Continuation, Decoding, Generator
from nlptasks.models.writing import choose_instruction
from nlptasks.plugin.options import unescaped
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window

from .options import GenerationOptions


class Writer:
    """The head; see :class:`nlptasks.plugin.protocols.Head` and :class:`nlptasks.plugin.protocols.Likelihoods`.

    Raises:
        UsageError: The backbone's decoder was not trained to carry text on.
    """

    labels: tuple[str, ...] = ()

    def __init__(self, context: HeadContext) -> None:
        self._options: GenerationOptions = context.options or GenerationOptions()
        self._backbone: Generator = context.backbone
        self._instruction = choose_instruction(self._backbone, context.task.name)
        self._stops = tuple(map(unescaped, self._options.stop))
        self._decoding = Decoding(
            max_new_tokens=max(1, self._piece(0)),
            beams=self._options.beams,
            no_repeat=self._options.no_repeat,
            temperature=self._options.sampled_at,
            top_p=self._options.top_p,
            samples=self._options.num_samples,
            seed=self._options.seed,
        )

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        """The end of each prompt, with what stands before it counted; nothing where nothing is to be written."""
        if not self._options.max_new_tokens:
            return [[] for _ in examples]
        prompts = [example.inputs["prompt"] for example in examples]
        ends = self._endings(prompts)
        frame = len(self._tokenize([""])[0][0])
        whole = [sum(len(window) - frame for window in windows) for windows in self._tokenize(prompts)]
        return [[replace(end, cut=max(tokens + frame - len(end), 0))] for end, tokens in zip(ends, whole, strict=True)]

    def reduce(self, states: HiddenStates) -> Sequence[list[Continuation]]:
        """The first piece of each sample for each prompt."""
        return self._backbone.generate(states, self._instruction, self._decoding)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[list[Continuation]]) -> Text:
        """The samples, each carried on to its end; all empty where nothing is to be written."""
        if not reduced:
            return Text("", ("",) * (self._options.num_samples - 1))
        prompt = example.inputs["prompt"]
        first, *others = (self._carried_on(prompt, at, piece) for at, piece in enumerate(reduced[0]))
        return Text(first, tuple(others))

    def likelihoods(self, examples: Sequence[Example], texts: Sequence[str]) -> list[float]:
        """Negative natural log-likelihood of each text behind its prompt."""
        prompts = [example.inputs["prompt"] for example in examples]
        return [item.nll for item in self._backbone.likelihoods(prompts, texts, self._instruction)]

    def _carried_on(self, prompt: str, sample: int, piece: Continuation) -> str:
        """Behind a piece that the decoder did not end, write on behind the prompt and all pieces so far."""
        text, tokens, pieces = piece.text, piece.tokens, 1
        while not piece.complete and piece.tokens and self._piece(tokens) and self._stop(text) < 0:
            states = self._backbone.encode(self._endings([prompt], [text]))
            piece = self._backbone.generate(states, self._instruction, self._behind(sample, tokens, pieces))[0][0]
            text, tokens, pieces = text + piece.text, tokens + piece.tokens, pieces + 1
        end = self._stop(text)
        return text if end < 0 else text[:end]

    def _tokenize(self, prompts: Sequence[str]) -> list[list[Window]]:
        return self._backbone.tokenize(prompts, instruction=self._instruction)

    def _endings(self, prompts: Sequence[str], written: Sequence[str] = ()) -> list[Window]:
        """Of each prompt, and of what was written behind it, what the decoder sees."""
        return self._backbone.endings(
            prompts, max_tokens=self._backbone.source_tokens, written=written, instruction=self._instruction
        )

    def _behind(self, sample: int, tokens: int, pieces: int) -> Decoding:
        """How a later piece is written: with samples that no other piece and no other sample has."""
        seed = random.Random(f"{self._options.seed} {sample} {pieces}").getrandbits(32)
        return replace(self._decoding, max_new_tokens=self._piece(tokens), samples=1, seed=seed)

    def _piece(self, tokens: int) -> int:
        """Tokens of the piece behind so many."""
        return min(self._options.max_new_tokens - tokens, self._backbone.max_new_tokens)

    def _stop(self, text: str) -> int:
        """Where a text ends by ``--stop``; -1: nowhere."""
        return min((at for stop in self._stops if (at := text.find(stop)) >= 0), default=-1)
