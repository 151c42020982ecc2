"""What a checkpoint with a decoder can be told to write, read off its configuration, its tokenizer and its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlptasks.models.generation import Instruction

from . import languages
from .checkpoints.checkpoint import Checkpoint
from .language_codes import short

#: What the tasks are called here; a checkpoint's ``task_specific_params`` call them so too.
GENERATION, SUMMARIZATION, TRANSLATION = "generation", "summarization", "translation"

_NAMED = re.compile(r"opus-mt(?:-tc-big|-tc-base|-big)?-([a-z]{2,3})-([a-z]{2,3})\b")
_CODES = re.compile(r"(?:__)?([a-z]{2,3}|[a-z]{2}_[A-Z]{2}|[a-z]{3}_[A-Z][a-z]{3})(?:__)?")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a checkpoint writes.

    Args:
        instruction: What it is.
        lead: Words before the text in each window.
        token: What the decoder must write first; ``None``: nothing, or what the checkpoint always begins with.
    """

    instruction: Instruction
    lead: str = ""
    token: int | None = None


def told_by(checkpoint: Checkpoint, tokenizer: Any) -> dict[Instruction, Told]:
    """All that an encoder with a decoder can write.

    A checkpoint that names no task may have been trained for any: it can be told to summarize and to write on.

    Args:
        checkpoint: The checkpoint.
        tokenizer: Its tokenizer, of transformers.
    """
    found = [*_languages(tokenizer), *_marian(checkpoint, tokenizer), *_fsmt(checkpoint), *_named_tasks(checkpoint)]
    if checkpoint.config.get("model_type") not in languages.TRANSLATORS:
        prefix = str(checkpoint.config.get("prefix") or "")
        found += [Told(Instruction(SUMMARIZATION, ""), prefix), Told(Instruction(GENERATION, ""), prefix)]
    known: dict[Instruction, Told] = {}
    for told in found:
        known.setdefault(told.instruction, told)
    return known


def language_tokens(tokenizer: Any) -> dict[str, int]:
    """The languages of a multilingual tokenizer (mBART's, NLLB's, M2M100's) by its own codes, with their tokens."""
    if not hasattr(tokenizer, "set_src_lang_special_tokens"):
        return {}
    names = {*tokenizer.get_added_vocab(), *getattr(tokenizer, "lang_code_to_token", {}).values()}
    codes = {found[1]: name for name in names if (found := _CODES.fullmatch(name))}
    tokens = {code: tokenizer.convert_tokens_to_ids(name) for code, name in sorted(codes.items())}
    return {code: token for code, token in tokens.items() if token not in (None, tokenizer.unk_token_id)}


def own_code(tokenizer: Any, language: str) -> str:
    """What a multilingual tokenizer calls a language that a user named; empty: it has none of that name."""
    codes = language_tokens(tokenizer)
    exact = [code for code in codes if code.lower() == language.lower()]
    return next(iter(exact or [code for code in codes if short(code) == language.lower()]), "")


def _languages(tokenizer: Any) -> Iterator[Told]:
    """Each language by its two letters and by the checkpoint's own code, which may tell scripts apart."""
    for code, token in language_tokens(tokenizer).items():
        for name in dict.fromkeys((short(code), code)):
            yield Told(Instruction(TRANSLATION, name), token=token)


def _marian(checkpoint: Checkpoint, tokenizer: Any) -> Iterator[Told]:
    """The one language of a Marian checkpoint, or the several that it is told by a code before the text."""
    if checkpoint.config.get("model_type") != "marian":
        return
    codes = getattr(tokenizer, "supported_language_codes", None) or []
    for code in codes:
        yield Told(Instruction(TRANSLATION, short(code.strip("><"))), lead=f"{code} ")
    named = _NAMED.search(f"{checkpoint.reference} {checkpoint.folder.name}")
    target = getattr(tokenizer, "target_lang", None) or (named[2] if named else "")
    if not codes:
        yield Told(Instruction(TRANSLATION, short(str(target))))


def _fsmt(checkpoint: Checkpoint) -> Iterator[Told]:
    langs = checkpoint.config.get("langs")
    if checkpoint.config.get("model_type") == "fsmt" and isinstance(langs, list) and len(langs) == 2:
        yield Told(Instruction(TRANSLATION, short(str(langs[1]))))


def _named_tasks(checkpoint: Checkpoint) -> Iterator[Told]:
    """The tasks of ``task_specific_params``, as T5's: their words before the text say which one is meant."""
    for name, lead in languages.prefixes_of(checkpoint.config).items():
        if name == SUMMARIZATION:
            yield Told(Instruction(SUMMARIZATION, ""), lead)
        elif pair := languages.TRANSLATION.fullmatch(name):
            yield Told(Instruction(TRANSLATION, short(pair[2])), lead)
