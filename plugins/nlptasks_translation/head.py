"""Translates sentence by sentence; what stands between sentences, line breaks above all, stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from nlptasks.models.generation import Decoding, Generator
from nlptasks.models.writing import Line, best_lines, choose_instruction
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window
from nlptasks.text.sentences import Span, split

from .options import TranslationOptions

#: A translation may have twice as many tokens as its source and some more. The bound is a multiple of a step, so that
#: most windows of a batch, which are of nearly one length, are translated together.
_TIMES, _MORE, _STEP = 2, 16, 16


class Translator:
    """The head; see :class:`nlptasks.plugin.protocols.Head`.

    Raises:
        UsageError: The backbone's decoder was not trained for the language.
    """

    labels: tuple[str, ...] = ()

    def __init__(self, context: HeadContext) -> None:
        self._options: TranslationOptions = context.options or TranslationOptions()
        self._backbone: Generator = context.backbone
        self._instruction = choose_instruction(
            self._backbone, context.task.name, self._options.to, self._options.source_language
        )
        # A translation that the decoder cannot end would be cut, so its source is made shorter than that.
        self._room = min(self._backbone.max_tokens, max(_MORE, self._backbone.max_new_tokens * 2 // 3))

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        """The windows of each text's sentences, one after the other."""
        sources = [example.inputs["source"] for example in examples]
        found = [[source[slice(*span)] for span in sentences(source)] for source in sources]
        windows = iter(self._tokenize([sentence for row in found for sentence in row]))
        return [[window for own in islice(windows, len(row)) for window in own] for row in found]

    def reduce(self, states: HiddenStates) -> Sequence[Line]:
        """The translation of each window, on one line."""
        groups: dict[int, list[int]] = {}
        for at, window in enumerate(states.windows):
            groups.setdefault(self._most(window), []).append(at)
        found: dict[int, Line] = {}
        for most, rows in groups.items():
            decoding = Decoding(
                max_new_tokens=most, beams=self._options.beams, length_penalty=self._options.length_penalty
            )
            lines = best_lines(self._backbone, states.rows(rows), self._instruction, decoding)
            found.update(zip(rows, lines, strict=True))
        return [found[at] for at in range(len(states.windows))]

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Line]) -> Text:
        """Put the translations into the places of their sentences."""
        source = example.inputs["source"]
        text = "".join(self._pieces(source, (line.text for line in reduced)))
        return Text(text, unfinished=not all(line.complete for line in reduced))

    def _pieces(self, source: str, lines: Iterator[str]) -> Iterator[str]:
        """What stands before each sentence, its translation, and what stands behind the last."""
        spans = sentences(source)
        # Windows do not tell which sentence they belong to, but as many come again as came in windows().
        counts = [len(windows) for windows in self._tokenize([source[slice(*span)] for span in spans])]
        behind = 0
        for (start, end), count in zip(spans, counts, strict=True):
            yield source[behind:start]
            yield " ".join(islice(lines, count))
            behind = end
        yield source[behind:]

    def _tokenize(self, texts: list[str]) -> list[list[Window]]:
        return self._backbone.tokenize(texts, max_tokens=self._room, instruction=self._instruction) if texts else []

    def _most(self, window: Window) -> int:
        """Most tokens of a window's translation."""
        wanted = self._options.max_new_tokens or _TIMES * -(-len(window) // _STEP) * _STEP + _MORE
        return min(wanted, self._backbone.max_new_tokens)


def sentences(text: str) -> list[Span]:
    """The sentences of a text that hold a letter; numbers and emoji alone read the same in any language."""
    return [(start, end) for start, end in split(text) if any(map(str.isalpha, text[start:end]))]
