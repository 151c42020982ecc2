"""Translation: a decoder that reads the shared encoder says a text in another language, sentence by sentence."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, GENERATE, HeadSpec, hookimpl

from .options import TranslationOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """The one head of this plugin."""
    return [
        HeadSpec(
            name="decoder",
            task="translation",
            summary="sentence by sentence, with the source's line breaks; written by the backbone's decoder",
            object="nlptasks_translation.head:Translator",
            needs=frozenset({ENCODE, GENERATE}),
            options=TranslationOptions,
            default=True,
        )
    ]
