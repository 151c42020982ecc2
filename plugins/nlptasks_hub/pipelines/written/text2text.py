"""Text to text, summaries and translations: what transformers 4 had as three pipelines, over encoder-decoder models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import torch

from nlptasks.plugin.pipelines import PipelineContext
from nlptasks_hub.pipelines.decoding import decode
from nlptasks_hub.pipelines.opening import PipelineParts
from nlptasks_hub.pipelines.pieces import Packing, TokenRow

from .generation import WritingPlan
from .languages import is_multilingual, set_source, unskipped_ids
from .tokens import check_ids, encodable
from .writer import TextWriter, all_texts, check_text, given
from .writing import WrittenSequences, rows_at_a_time


class Text2Text(TextWriter):
    """Writes a text for a text.

    One text gives ``[{"generated_text": ...}]``, a dictionary for each of ``num_return_sequences``. A list of texts
    gives a list of dictionaries where each text has one, and a list of lists else; what yields texts gives lists.
    """

    model_class = "AutoModelForSeq2SeqLM"
    default = "google-t5/t5-base"
    generation: ClassVar[Mapping[str, Any]] = {"max_new_tokens": 256, "num_beams": 4}
    stops_at = "the first"
    own_arguments = frozenset(
        {"clean_up_tokenization_spaces", "return_tensors", "return_text", "return_type", "truncation"}
        | {"stop_sequence"}
    )
    #: What the output's key begins with.
    key: ClassVar[str] = "generated"

    def __init__(self, opened: PipelineParts) -> None:
        super().__init__(opened)
        self._hidden = unskipped_ids(opened.tokenizer)

    def parse_own(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Turn ``return_type`` into ``return_tensors`` and a stop sequence into the token that ends a text.

        As in transformers 4 only the first token of a stop sequence counts, and ``return_text`` has no effect.
        """
        found = given(settings)
        if "return_type" in found:
            found["return_tensors"] = _wants_tensors(found.pop("return_type"))
        if "stop_sequence" in found:
            found["eos_token_id"] = self.stop_ids(found.pop("stop_sequence"))[0]
        return found

    def run(self, inputs: Any, settings: Mapping[str, Any]) -> Any:
        """Write; the lists of one that a list of texts gives are opened."""
        results = super().run(inputs, settings)
        if isinstance(inputs, list) and all_texts(inputs) and all(len(result) == 1 for result in results):
            return [result[0] for result in results]
        return results

    def pieces(self, item: Any, settings: Mapping[str, Any]) -> list[TokenRow]:
        """The tokens of the prefix and the text."""
        return [self.piece(self.prefix + check_text(item, "a text"), settings)]

    def piece(self, text: str, settings: Mapping[str, Any]) -> TokenRow:
        """The tokens of a text.

        Raises:
            InputError: There are more than the model can read, or none.
        """
        coded = self.tokenizer(encodable(text), truncation=settings.get("truncation", False), verbose=False)
        names = ("input_ids", "attention_mask")
        piece = TokenRow(inputs={name: coded[name] for name in names if name in coded})
        check_ids(self, piece.inputs["input_ids"], "give truncation=True to read its beginning, or split it")
        return piece

    def packing(self, rows: int, settings: Mapping[str, Any]) -> Packing:
        """Rows padded behind their text, which the attention mask hides; as many as can be written at a time."""
        plan = self.plan(settings)
        most = 1 if plan.alone else rows or rows_at_a_time(plan)
        return Packing(rows=most, budget=self.budget, pad=_padding(self, plan))

    def finish(self, item: Any, pieces: Sequence[TokenRow], outputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """A dictionary for each sequence."""
        written: WrittenSequences = outputs[0]
        if settings.get("return_tensors"):
            return [{f"{self.key}_token_ids": torch.tensor(ids)} for ids in written.sequences]
        clean_up = bool(settings.get("clean_up_tokenization_spaces", False))
        shown = [[token for token in ids if token not in self._hidden] for ids in written.sequences]
        return [{f"{self.key}_text": decode(self.tokenizer, ids, clean_up=clean_up)} for ids in shown]


class Summarization(Text2Text):
    """Writes a summary, under the key ``summary_text``."""

    default = "sshleifer/distilbart-cnn-12-6"
    key = "summary"


class Translation(Text2Text):
    """Writes a translation, under the key ``translation_text``.

    A multilingual model is told the languages by ``src_lang`` and ``tgt_lang``, or by the name of the pipeline; to
    others they mean nothing.
    """

    default = "google-t5/t5-base"
    own_arguments = Text2Text.own_arguments | {"src_lang", "tgt_lang"}
    key = "translation"

    def __init__(self, opened: PipelineParts) -> None:
        opened = replace(opened, task=_translation_task(opened))
        super().__init__(opened)
        named = opened.task.split("_")
        if len(named) == 4 and not {"src_lang", "tgt_lang"} & self._settings.keys():
            self._settings |= {"src_lang": named[1], "tgt_lang": named[3]}

    def pieces(self, item: Any, settings: Mapping[str, Any]) -> list[TokenRow]:
        """The tokens of the text; a multilingual tokenizer puts the language beside it, and no prefix before it."""
        if not is_multilingual(self.tokenizer):
            return super().pieces(item, settings)
        set_source(self.tokenizer, settings.get("src_lang"), settings.get("tgt_lang"))
        return [self.piece(check_text(item, "a text"), settings)]

    def unheeded(self, settings: Mapping[str, Any], call: Mapping[str, Any]) -> Iterable[str]:
        """Languages that tell the model nothing, beside what all writers have."""
        yield from super().unheeded(settings, call)
        if is_multilingual(self.tokenizer):
            return
        named = self.task.split("_")
        told = [settings.get("src_lang"), settings.get("tgt_lang")]
        if len(named) == 4 and told == [named[1], named[3]]:
            tasks = _translations(self.model)
            if tasks and self.task not in tasks:
                yield f"the model is told no languages: it knows {', '.join(tasks)}, and not {self.task}"
        elif any(told):
            yield f"src_lang and tgt_lang have no effect: {type(self.model).__name__} is told no languages"

    def plan(self, settings: Mapping[str, Any]) -> WritingPlan:
        """How to write: a multilingual model begins with the language."""
        if not is_multilingual(self.tokenizer):
            return super().plan(settings)
        first = set_source(self.tokenizer, settings.get("src_lang"), settings.get("tgt_lang"))
        return super().plan({"forced_bos_token_id": first, **settings})


def open_text2text(context: PipelineContext) -> Text2Text:
    """Open the pipeline ``text2text-generation``."""
    return Text2Text.open(context)


def open_summarization(context: PipelineContext) -> Summarization:
    """Open the pipeline ``summarization``."""
    return Summarization.open(context)


def open_translation(context: PipelineContext) -> Translation:
    """Open the pipeline ``translation``, or one named for its languages: ``translation_en_to_de``."""
    return Translation.open(context)


def _translation_task(opened: PipelineParts) -> str:
    """The task under its full name: as in transformers 4, ``translation`` is the first that the model names."""
    if opened.task != "translation":
        return opened.task
    return next(iter(_translations(opened.model)), opened.task)


def _translations(model: Any) -> list[str]:
    """The translations that a model's configuration has settings for."""
    named = getattr(model.config, "task_specific_params", None) or {}
    return [str(name) for name in named if str(name).startswith("translation")]


def _wants_tensors(kind: Any) -> bool:
    """Whether a ``return_type`` of transformers 4 (an enumeration: 0 for tensors, 1 for text) asks for ids."""
    return int(getattr(kind, "value", kind)) == 0


def _padding(pipeline: Text2Text, plan: WritingPlan) -> int | None:
    """The id behind short texts; ``None`` where what is written would depend on it."""
    reads_input = plan.get("encoder_no_repeat_ngram_size"), (plan.get("encoder_repetition_penalty") or 1.0) != 1.0
    if any(reads_input):
        return None
    tokenizer_id = getattr(pipeline.tokenizer, "pad_token_id", None)
    return plan.get("pad_token_id") or 0 if tokenizer_id is None else int(tokenizer_id)
