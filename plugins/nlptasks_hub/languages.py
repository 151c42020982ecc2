"""Which languages and tasks a checkpoint that writes text was made for, as far as its small files tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .language_codes import short

#: Names of translation among a configuration's ``task_specific_params``.
TRANSLATION = re.compile(r"translation_(\w+?)_to_(\w+)")

#: The end of a name like ``opus-mt-en-de``.
_PAIR = re.compile(r"opus-mt-(?:.*-)?([a-z]{2,3})-([a-z]{2,3})$")

#: Language codes among special tokens: of M2M100 (``__en__``), of mBART (``en_XX``), of NLLB (``eng_Latn``).
_CODES = (re.compile(r"__([a-z]{2,3})__"), re.compile(r"([a-z]{2})_[A-Z]{2}"), re.compile(r"([a-z]{3}_[A-Z][a-z]{3})"))

#: Types that do nothing but translate.
TRANSLATORS = frozenset({"fsmt", "m2m_100", "marian", "nllb-moe"})


def languages_of(name: str, config: Mapping[str, Any], tokenizer: Mapping[str, Any]) -> tuple[str, ...]:
    """Languages that a checkpoint reads or writes, without repeats; empty where nothing tells.

    Args:
        name: Name of the checkpoint, without its organisation or the folders around it.
        config: Its ``config.json``.
        tokenizer: Its ``tokenizer_config.json``; empty where it has none.

    Returns:
        ISO 639-1's codes, or the checkpoint's own where that has none.
    """
    said = [tokenizer.get("source_lang"), tokenizer.get("target_lang")]
    found = [code for code in said if isinstance(code, str) and code]
    if not found and config.get("model_type") == "marian" and (pair := _PAIR.search(name)):
        found = list(pair.groups())
    for task in prefixes_of(config):
        if pair := TRANSLATION.fullmatch(task):
            found += pair.groups()
    if config.get("is_encoder_decoder", True):
        found += _codes(tokenizer)
    return tuple(dict.fromkeys(short(code) for code in found))


def tasks_of(config: Mapping[str, Any], tokenizer: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the tasks that an encoder with a decoder can be told to write for.

    One that names no task may have been trained for any, so it can summarize and write on; to translate it must know
    of languages.
    """
    if config.get("model_type") in TRANSLATORS:
        return ("translation",)
    told = any(TRANSLATION.fullmatch(task) for task in prefixes_of(config))
    if told or config.get("model_type") == "mbart" or any(True for _ in _codes(tokenizer)):
        return ("generation", "summarization", "translation")
    return ("generation", "summarization")


def prefixes_of(config: Mapping[str, Any]) -> dict[str, str]:
    """What a text must begin with for each of the tasks that the configuration names; empty: with nothing."""
    named = config.get("task_specific_params")
    if not isinstance(named, Mapping):
        return {}
    found = {str(task): settings for task, settings in named.items() if isinstance(settings, Mapping)}
    return {task: str(settings.get("prefix") or "") for task, settings in found.items()}


def _codes(tokenizer: Mapping[str, Any]) -> Iterator[str]:
    for token in _special_tokens(tokenizer):
        yield from (match[1] for code in _CODES if (match := code.fullmatch(token)))


def _special_tokens(tokenizer: Mapping[str, Any]) -> Iterator[str]:
    for key in ("additional_special_tokens", "extra_special_tokens"):
        listed = tokenizer.get(key)
        for token in listed if isinstance(listed, list) else ():
            yield str(token.get("content", "")) if isinstance(token, Mapping) else str(token)
    added = tokenizer.get("added_tokens_decoder")
    for token in added.values() if isinstance(added, Mapping) else ():
        yield str(token.get("content", "")) if isinstance(token, Mapping) else str(token)
