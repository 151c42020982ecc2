"""The abstractive head: the backbone's decoder writes a summary of each window of a document, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from nlptasks.models.generation import Decoding, Generator, Wording
from nlptasks.models.writing import Line, best_lines, choose_instruction
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window

from .options import AbstractiveOptions


class Abstractive:
    """The head; see :class:`nlptasks.plugin.protocols.Head`.

    Raises:
        UsageError: The backbone's decoder was not trained to summarize.
    """

    labels: tuple[str, ...] = ()

    def __init__(self, context: HeadContext) -> None:
        options: AbstractiveOptions = context.options or AbstractiveOptions()
        self._backbone: Generator = context.backbone
        self._instruction = choose_instruction(self._backbone, context.task.name)
        self._decoding = Decoding(
            max_new_tokens=min(options.max_new_tokens, self._backbone.max_new_tokens),
            beams=options.beams,
            length_penalty=options.length_penalty,
            no_repeat=options.no_repeat,
        )

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        documents = [self._wording(example).to_model(example.inputs["document"]) for example in examples]
        return self._backbone.tokenize(
            documents, max_tokens=self._backbone.source_tokens, instruction=self._instruction
        )

    def reduce(self, states: HiddenStates) -> Sequence[Line]:
        """The summary of each window, on one line."""
        return best_lines(self._backbone, states, self._instruction, self._decoding)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Line]) -> Text:
        text = "\n".join(line.text for line in reduced if line.text)
        return Text(self._wording(example).from_model(text), unfinished=not all(line.complete for line in reduced))

    def _wording(self, example: Example) -> Wording:
        return self._backbone.wording(example.inputs["document"], self._instruction)
