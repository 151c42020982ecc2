"""Answers a question with the piece of the context that a prompted model wrote down."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nlptasks.models.generation import Continuation
from nlptasks.models.spans import answer_place
from nlptasks.plugin.predictions import Span
from nlptasks.plugin.protocols import Example, Window

from .texts import PromptedWriting

#: What models put around an answer that is not part of it.
_AROUND = " \t\r\n\"'`“”„‘’«».,;:!?"


class PromptedSpans(PromptedWriting):
    """The head; see :class:`nlptasks.plugin.protocols.Head`."""

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Continuation]) -> Span:
        """Where what was written stands in the context, in the context's own case; else there is no answer.

        The score is the probability of what was written.
        """
        context, written = example.inputs["context"], reduced[0]
        score = min(math.exp(written.log_probability), 1.0)
        for answer in dict.fromkeys((written.text.strip(), written.text.strip(_AROUND))):
            place = answer_place(context, [answer]) if answer else None
            if place:
                return Span(context[slice(*place)], score, *place)
        return Span("", score, 0, 0)
