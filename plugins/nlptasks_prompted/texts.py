"""Writes behind a prompt: summaries, translations, and whatever else is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlptasks.models.generation import Continuation, Decoding
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window

from .asking import Asking
from .languages import name_of
from .options import PromptedTranslationOptions, WritingOptions
from .prompt import PARTS


class PromptedWriting:
    """What heads share that write: all but what they make of the text.

    Raises:
        UsageError: The template or the examples are not what they should be, or the backbone cannot be asked.
        DataError: The file with examples cannot be read.
    """

    labels: tuple[str, ...] = ()

    def __init__(self, context: HeadContext) -> None:
        translates = context.task.name == "translation"
        usual = PromptedTranslationOptions() if translates else WritingOptions()
        options: WritingOptions = context.options or usual
        values = {"language": name_of(options.to)} if isinstance(options, PromptedTranslationOptions) else {}
        self._asking = Asking(context, options, values)
        self._speaker = self._asking.speaker
        self._decoding = Decoding(max_new_tokens=min(options.max_new_tokens, context.backbone.max_new_tokens))
        self._room = self._asking.check_room(self._speaker.room_to_write(options.max_new_tokens))
        self._stops = self._asking.template.stop if self._speaker.carries_on else ()
        if self._speaker.carries_on and self._asking.shots:
            self._stops += (PARTS,)  # behind it the next row would begin

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        """A window for each prompt, with how much of the text was cut."""
        found = [self._asking.fitted(example, self._room) for example in examples]
        return [[replace(self._speaker.window(prompt), cut=cut)] for prompt, cut in found]

    def reduce(self, states: HiddenStates) -> Sequence[Continuation]:
        """What is written behind each prompt, up to where it ends."""
        return [self._ended(item) for item in self._speaker.write(states, self._decoding)]

    def _ended(self, written: Continuation) -> Continuation:
        """What was written, without a break before it, which belongs to the prompt's layout; a stop completes it."""
        text = written.text if self._asking.template.glue == "" else written.text.strip()
        end = min((at for stop in self._stops if (at := text.find(stop)) >= 0), default=-1)
        return replace(written, text=text) if end < 0 else replace(written, text=text[:end], complete=True)


class PromptedTexts(PromptedWriting):
    """The head; see :class:`nlptasks.plugin.protocols.Head`."""

    def __init__(self, context: HeadContext) -> None:
        super().__init__(context)
        self._carries_on = context.task.name == "generation"

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Continuation]) -> Text:
        (written,) = reduced
        return Text(written.text, unfinished=not (written.complete or self._carries_on))
