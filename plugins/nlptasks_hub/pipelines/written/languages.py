"""The languages of multilingual translation models: which token says them, and where it goes."""

from __future__ import annotations

from typing import Any

from nlptasks_hub.pipelines.errors import InputError


def is_multilingual(tokenizer: Any) -> bool:
    """Whether a tokenizer puts a language in front of a text: mBART's, NLLB's, M2M100's and their like."""
    return hasattr(tokenizer, "src_lang") and hasattr(tokenizer, "set_src_lang_special_tokens")


def set_source(tokenizer: Any, source: str | None, target: str | None) -> int:
    """Set the language of the texts to come.

    Args:
        tokenizer: A multilingual tokenizer.
        source: Code of the texts' language, as the model has it: ``en_XX``, ``eng_Latn``, ``en``, ...
        target: Code of the language to write.

    Returns:
        The token with which the translation begins.

    Raises:
        InputError: A code is missing, or the model has no such language.
    """
    if not source or not target:
        raise InputError(
            "this model translates between many languages and must be told which",
            hint=f"give src_lang=... and tgt_lang=...; it has {_some(language_codes(tokenizer))}",
        )
    for name, code in (("src_lang", source), ("tgt_lang", target)):
        if _token(tokenizer, code) is None:
            raise InputError(f"{name}={code!r} is no language of this model", hint=_known(tokenizer))
    tokenizer.src_lang = source
    token = _token(tokenizer, target)
    assert token is not None
    return token


def language_codes(tokenizer: Any) -> list[str]:
    """The codes that a multilingual tokenizer knows, sorted."""
    codes = getattr(tokenizer, "lang_code_to_token", None)
    if codes:
        return sorted(map(str, codes))
    special = {str(token) for token in tokenizer.all_special_tokens}
    standard = {str(token) for name, token in _named_tokens(tokenizer).items() if name.endswith("_token")}
    return sorted(token.strip("_") for token in special - standard)


def unskipped_ids(tokenizer: Any) -> frozenset[int]:
    """Language tokens that decoding does not leave out with the special ones: M2M100's in transformers 5."""
    codes = getattr(tokenizer, "lang_code_to_token", None) or {}
    return frozenset(int(tokenizer.get_lang_id(code)) for code in codes)


def _named_tokens(tokenizer: Any) -> dict[str, Any]:
    return {name: token for name, token in tokenizer.special_tokens_map.items() if isinstance(token, str)}


def _token(tokenizer: Any, code: str) -> int | None:
    """The id of a language's token: its code itself, or between underscores; M2M100's are no special tokens."""
    codes = getattr(tokenizer, "lang_code_to_token", None)
    if codes:
        return int(tokenizer.get_lang_id(code)) if code in codes else None
    special = {str(token) for token in tokenizer.all_special_tokens}
    for written in (code, f"__{code}__"):
        if written in special:
            return int(tokenizer.convert_tokens_to_ids(written))
    return None


def _known(tokenizer: Any) -> str:
    return f"it has {_some(language_codes(tokenizer))}"


def _some(codes: list[str]) -> str:
    shown = ", ".join(codes[:20])
    return f"{shown}, ... ({len(codes)} in all)" if len(codes) > 20 else shown or "none that it names"
