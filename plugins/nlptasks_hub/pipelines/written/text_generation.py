"""Text generation: a decoder continues a prompt, or writes the next message of a chat."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from nlptasks.errors import UsageError
from nlptasks.plugin.pipelines import PipelineContext
from nlptasks_hub.pipelines.decoding import decode
from nlptasks_hub.pipelines.errors import InputError
from nlptasks_hub.pipelines.opening import PipelineParts
from nlptasks_hub.pipelines.pieces import Packing, TokenRow

from .chat import Chat, chat_inputs, is_chat, read_chat
from .generation import WritingPlan
from .tokens import check_ids, encodable, tell_if_cut
from .writer import TextWriter, check_text, given
from .writing import WrittenSequences, rows_at_a_time

#: What is returned of a sequence: its ids, the text behind the prompt, or all of it; transformers' numbers for them.
TENSORS, NEW_TEXT, FULL_TEXT = range(3)


class TextGeneration(TextWriter):
    """Continues prompts.

    One prompt gives ``[{"generated_text": ...}]``, a dictionary for each of ``num_return_sequences``; a list of prompts
    gives a list of such lists. A list of messages is one chat, and a list of such lists are several.
    """

    model_class = "AutoModelForCausalLM"
    default = "openai-community/gpt2"
    generation: ClassVar[Mapping[str, Any]] = {"max_new_tokens": 256, "do_sample": True, "temperature": 0.7}
    stops_at = "any"
    own_arguments = frozenset(
        {"add_special_tokens", "clean_up_tokenization_spaces", "continue_final_message", "handle_long_generation"}
        | {"padding", "prefix", "return_full_text", "return_tensors", "return_text", "return_type"}
        | {"skip_special_tokens", "stop_sequence", "tokenizer_encode_kwargs", "truncation"}
    )

    def __init__(self, opened: PipelineParts) -> None:
        super().__init__(opened)
        self._settings.setdefault("prefix", self.prefix)

    def __call__(self, inputs: Any = None, **settings: Any) -> Any:
        """Continue one prompt or chat, a list of such, or what yields such; see :meth:`Pipeline.__call__`.

        Transformers 4 called the inputs ``text_inputs``; that name is taken too.
        """
        return super().__call__(settings.pop("text_inputs", inputs), **settings)

    def parse_own(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Turn the four ways to say what is returned into ``return_type``, a stop sequence into the tokens that end it.

        As in transformers 4 each token of a stop sequence ends a text.
        """
        found = given(settings)
        kind = _return_type(found)
        for name in ("return_full_text", "return_tensors", "return_text", "return_type"):
            found.pop(name, None)
        if kind is not None:
            found["return_type"] = kind
        if found.get("handle_long_generation") not in (None, "hole"):
            raise InputError(
                f"handle_long_generation cannot be {found['handle_long_generation']!r}",
                hint="give 'hole', or leave it out",
            )
        if "stop_sequence" in found:
            found["eos_token_id"] = self.stop_ids(found.pop("stop_sequence"))
        return found

    def run(self, inputs: Any, settings: Mapping[str, Any]) -> Any:
        """Write; a list of messages is one input."""
        if is_chat(inputs):
            return self.one(inputs, settings)
        if isinstance(inputs, tuple) and inputs and is_chat(inputs[0]):
            return self.many(inputs, settings)
        return super().run(inputs, settings)

    # --------------------------------------------------------------- prompts

    def pieces(self, item: Any, settings: Mapping[str, Any]) -> list[TokenRow]:
        """The tokens of a prompt; of an empty one, the token with which texts begin."""
        chat = read_chat(item) if is_chat(item) else None
        coded = self._coded(item, chat, settings)
        ids = [int(number) for number in coded["input_ids"]]
        mask = [int(number) for number in coded.get("attention_mask", [1] * len(ids))]
        if settings.get("handle_long_generation") == "hole":
            keep = self._kept(len(ids), settings)
            ids, mask = ids[-keep:], mask[-keep:]
        if ids:
            check_ids(self, ids, "truncation=True keeps its beginning, handle_long_generation='hole' its end")
        inputs = {"input_ids": ids or [self._beginning(settings)], "attention_mask": mask or [1]}
        return [TokenRow(inputs=inputs, extra=(chat, len(ids)), group=bool(ids))]

    def _coded(self, item: Any, chat: Chat | None, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        names = ("add_special_tokens", "truncation", "padding", "max_length")
        options = {name: settings[name] for name in names if settings.get(name) is not None}
        options |= settings.get("tokenizer_encode_kwargs") or {}
        if chat is None:
            text = str(settings.get("prefix") or "") + check_text(item, "a prompt or a list of messages")
            coded: Mapping[str, Any] = self.tokenizer(encodable(text), **{"verbose": False, **options})
            if options.get("truncation") is None:
                tell_if_cut(coded)
            return coded
        options.pop("add_special_tokens", None)
        continued = chat.continues(settings.get("continue_final_message"))
        return chat_inputs(self.tokenizer, chat, continued=continued, settings=options)

    def _beginning(self, settings: Mapping[str, Any]) -> int:
        begin = self.plan(settings).get("bos_token_id")
        if begin is None:
            raise InputError(
                "an empty prompt needs a model with a token that begins texts, and this one names none",
                hint="give a prompt, or bos_token_id=...",
            )
        return int(begin)

    def _kept(self, length: int, settings: Mapping[str, Any]) -> int:
        """How many of a prompt's last tokens leave room for what is to be written.

        Raises:
            InputError: Not even one does.
        """
        plan = self.plan(settings)
        most = int(self.tokenizer.model_max_length)
        named = settings.get("max_new_tokens")
        new = int(named) if named is not None else int(plan.get("max_length") or 0) - length
        if new < 0:
            new = plan.longest(length) - length
        if length + new <= most:
            return length
        if new >= most:
            raise InputError(
                f"{new} new tokens leave no room for a prompt in the {most} that the model has",
                hint=f"give max_new_tokens below {most}",
            )
        return most - new

    # --------------------------------------------------------------- writing

    def plan(self, settings: Mapping[str, Any]) -> WritingPlan:
        """How to write: lengths do not count a prefix."""
        prefix = settings.get("prefix")
        special = bool(settings.get("add_special_tokens", False))
        length = len(self.tokenizer(prefix, add_special_tokens=special, verbose=False)["input_ids"]) if prefix else 0
        return self._writes.plan(self.for_generate(settings), prefix=length)

    def packing(self, rows: int, settings: Mapping[str, Any]) -> Packing:
        """Rows padded before their prompt; equally long ones where what is written would depend on that."""
        plan = self.plan(settings)
        most = 1 if plan.alone else rows or rows_at_a_time(plan)
        pads = plan.pads and "position_ids" in inspect.signature(self.model.forward).parameters
        return Packing(rows=most, budget=self.budget, pad=_padding(plan) if pads else None, left=True)

    # --------------------------------------------------------------- results

    def finish(self, item: Any, pieces: Sequence[TokenRow], outputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """A dictionary for each sequence."""
        written: WrittenSequences = outputs[0]
        chat, length = pieces[0].extra
        kind = settings.get("return_type", FULL_TEXT)
        records = []
        for at, ids in enumerate(written.sequences):
            if kind == TENSORS:
                records.append({"generated_token_ids": list(ids)})
                continue
            text = self._behind(ids, length, settings)
            record: dict[str, Any] = {
                "generated_text": text if kind == NEW_TEXT else _whole(item, chat, text, settings)
            }
            records.append(record | {name: values[at] for name, values in written.beside.items()})
        return records

    def _behind(self, ids: Sequence[int], length: int, settings: Mapping[str, Any]) -> str:
        """The text behind the prompt: transformers 4 decoded all, and cut off as many characters as the prompt has."""
        options = {
            "skip_special": settings.get("skip_special_tokens", True),
            "clean_up": settings.get("clean_up_tokenization_spaces", True),
        }
        prompt = decode(self.tokenizer, ids[:length], **options) if length else ""
        return decode(self.tokenizer, ids, **options)[len(prompt) :]


def open_text_generation(context: PipelineContext) -> TextGeneration:
    """Open the pipeline ``text-generation``.

    Raises:
        UsageError: The checkpoint writes text for a text, and does not continue one.
    """
    pipeline = TextGeneration.open(context)
    if pipeline.model.config.is_encoder_decoder:
        raise UsageError(
            f"{type(pipeline.model).__name__} writes a text for a text and does not continue one",
            hint="take the pipeline 'text2text-generation'",
        )
    return pipeline


def _whole(item: Any, chat: Chat | None, text: str, settings: Mapping[str, Any]) -> Any:
    if chat is None:
        return item + text
    return chat.with_text(text, continued=chat.continues(settings.get("continue_final_message")))


def _padding(plan: WritingPlan) -> int:
    """The id before short prompts. The attention mask hides it, so any will do where the model has none."""
    pad = plan.get("pad_token_id")
    return 0 if pad is None else int(pad)


def _return_type(settings: Mapping[str, Any]) -> int | None:
    """What is returned, where one of the arguments says so.

    Raises:
        InputError: Two of them exclude each other.
    """
    if "return_type" in settings:
        return int(getattr(settings["return_type"], "value", settings["return_type"]))
    said = [name for name in ("return_full_text", "return_text", "return_tensors") if name in settings]
    if len(said) > 1:
        raise InputError(f"{' and '.join(said)} exclude each other", hint=f"give only {said[0]}")
    if "return_full_text" in settings:
        return FULL_TEXT if settings["return_full_text"] else NEW_TEXT
    return TENSORS if "return_tensors" in settings else None
