"""Chats: messages in, the conversation with one more message out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlptasks_hub.pipelines.errors import InputError


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation.

    Args:
        messages: Mappings with ``role`` and ``content``, the oldest first.
    """

    messages: Sequence[Mapping[str, Any]]

    def continues(self, wanted: bool | None) -> bool:
        """Whether the last message is to be continued and not replied to: where it is the assistant's, unless told."""
        return self.messages[-1]["role"] == "assistant" if wanted is None else bool(wanted)

    def with_text(self, text: str, *, continued: bool) -> list[Mapping[str, Any]]:
        """The messages with what the model wrote: at the end of the last, or as the assistant's."""
        if not continued:
            return [*self.messages, {"role": "assistant", "content": text}]
        last = self.messages[-1]
        return [*self.messages[:-1], {"role": last["role"], "content": last["content"] + text}]


def is_chat(item: Any) -> bool:
    """Whether an input looks like one: a list of mappings."""
    return isinstance(item, list | tuple) and bool(item) and isinstance(item[0], Mapping)


def read_chat(item: Sequence[Any]) -> Chat:
    """A chat of its messages.

    Raises:
        InputError: A message lacks its role or its content.
    """
    for at, message in enumerate(item, 1):
        if not isinstance(message, Mapping) or not {"role", "content"} <= message.keys():
            raise InputError(
                f"message {at} of a chat has no 'role' or no 'content'",
                hint="give messages like {'role': 'user', 'content': 'Hello'}",
            )
    return Chat(tuple(item))


def chat_inputs(tokenizer: Any, chat: Chat, *, continued: bool, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a model reads of a chat, by the tokenizer's template.

    Raises:
        InputError: The tokenizer has no template, or it refuses the messages.
    """
    if not getattr(tokenizer, "chat_template", None) and "chat_template" not in settings:
        raise InputError(
            "this checkpoint has no chat template: it was not made for chats",
            hint="give the prompt as a string, or set tokenizer.chat_template",
        )
    from jinja2.exceptions import TemplateError

    try:
        coded: Mapping[str, Any] = tokenizer.apply_chat_template(
            list(chat.messages),
            add_generation_prompt=not continued,
            continue_final_message=continued,
            return_dict=True,
            **settings,
        )
    except (TemplateError, ValueError) as error:
        raise InputError(f"the checkpoint's chat template refuses the messages: {error}") from error
    return coded
