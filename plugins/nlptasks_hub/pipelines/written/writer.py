"""What the pipelines that write text share: how they open, and the settings they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from nlptasks_hub.notices import tell
from nlptasks_hub.pipelines.base import Pipeline
from nlptasks_hub.pipelines.errors import InputError
from nlptasks_hub.pipelines.opening import PipelineParts
from nlptasks_hub.pipelines.pieces import PaddedBatch

from .generation import WritingPlan, names_of_settings, prepare, task_settings
from .writing import WrittenSequences, write


class TextWriter(Pipeline):
    """A pipeline whose model writes text."""

    #: Settings of generation where the model says nothing (see :mod:`.generation`).
    generation: ClassVar[Mapping[str, Any]]
    #: Arguments that are not for ``generate``.
    own_arguments: ClassVar[frozenset[str]]
    #: At which tokens of a stop sequence of several a text ends, in words.
    stops_at: ClassVar[str]

    def __init__(self, opened: PipelineParts) -> None:
        folder = opened.checkpoint.folder if opened.checkpoint is not None else None
        known = frozenset(names_of_settings()) - self.own_arguments
        given = {name: value for name, value in opened.settings.items() if name in known}
        task = task_settings(opened.model, opened.task)
        pad = getattr(opened.tokenizer, "pad_token_id", None)
        saved = folder is None or (folder / "generation_config.json").is_file()
        self._writes = prepare(opened.model, self.generation, given, task, pad=pad, saved=saved)
        self.prefix = str(task.get("prefix", getattr(opened.model.config, "prefix", None) or ""))
        rest = {name: value for name, value in opened.settings.items() if name not in known}
        super().__init__(replace(opened, settings=rest))

    def parse(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check the arguments that are not for ``generate``; that checks the others itself."""
        return self.parse_own({name: value for name, value in settings.items() if name in self.own_arguments}) | {
            name: value for name, value in settings.items() if name not in self.own_arguments
        }

    def parse_own(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Check the pipeline's own arguments. What is ``None`` was not given."""
        raise NotImplementedError

    def plan(self, settings: Mapping[str, Any]) -> WritingPlan:
        """How to write under these settings."""
        return self._writes.plan(self.for_generate(settings))

    def unheeded(self, settings: Mapping[str, Any], call: Mapping[str, Any]) -> Iterable[str]:
        """Settings of generation in whose place others stand."""
        given = self.for_generate(call)
        if given or self._writes.opening:
            yield from self._writes.unheeded(given, self.plan(settings))

    def for_generate(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Those settings that are not the pipeline's own."""
        return {name: value for name, value in settings.items() if name not in self.own_arguments}

    def forward(self, batch: PaddedBatch, settings: Mapping[str, Any]) -> Sequence[WrittenSequences]:
        """Write for each row."""
        return write(self.model, batch.tensors, self.plan(settings), [len(piece) for piece in batch.pieces])

    def stop_ids(self, stop_sequence: Any) -> list[int]:
        """The token ids of a text that ends what is written.

        Raises:
            InputError: It is no text, or an empty one.
        """
        if not isinstance(stop_sequence, str) or not stop_sequence:
            raise InputError(f"stop_sequence must be a text, got {stop_sequence!r}", hint="give one, for example '.'")
        found = list(self.tokenizer.encode(stop_sequence, add_special_tokens=False))
        if len(found) > 1:
            tell(
                f"stop_sequence={stop_sequence!r} is {len(found)} tokens, and a text ends at {self.stops_at} of them; "
                "stop_strings=[...] with tokenizer=... ends it at all of them together"
            )
        return found


def given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that are not ``None``."""
    return {name: value for name, value in settings.items() if value is not None}


def check_text(item: Any, expected: str) -> str:
    """An input that must be a text.

    Raises:
        InputError: It is something else.
    """
    if isinstance(item, str):
        return item
    shown = f"a {type(item).__name__}" + (f" of {len(item)}" if isinstance(item, list | tuple) else "")
    raise InputError(f"an input must be {expected}, got {shown}", hint="give a string, or a list of strings")


def all_texts(items: Iterable[Any]) -> bool:
    """Whether all are strings."""
    return all(isinstance(item, str) for item in items)
