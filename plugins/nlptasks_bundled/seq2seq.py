"""The bundled encoder with its decoder, which remembers what it wrote and knows speakers by placeholders."""

from __future__ import annotations

from functools import cached_property

from nlptasks.models.generation import Instruction, Wording
from nlptasks.models.seq2seq import TransformerSeq2Seq

from .dialogue import cast_of
from .neural_cache import CachedMemory
from .settings import BundledSettings

#: The task whose sources may be dialogues.
_SUMMARIZATION = "summarization"


class BundledSeq2Seq(TransformerSeq2Seq):
    """See :class:`nlptasks.models.seq2seq.TransformerSeq2Seq`; a folder without settings of its own behaves like that.

    Raises:
        NlptasksError: A file of the folder is missing or damaged.
        UsageError: The device is not there, the dtype is unknown, or the runtime cannot compute it.
    """

    @cached_property
    def own(self) -> BundledSettings:
        """What this decoder wants and no other.

        Raises:
            NlptasksError: The checkpoint is damaged.
        """
        return BundledSettings.of(self.settings.own, self.name)

    def memory(self, instruction: Instruction) -> CachedMemory | None:
        """The neural cache of a task, where it has one."""
        cache = self.own.neural_cache.get(instruction.task)
        return CachedMemory(cache) if cache else None

    def wording(self, source: str, instruction: Instruction) -> Wording:
        """Placeholders for the speakers of a dialogue that is summarized."""
        return cast_of(source, self.own.placeholders if instruction.task == _SUMMARIZATION else ())
