"""All six tasks by prompts: a checkpoint that was told nothing but what a template in a plain file says."""

from __future__ import annotations

from nlptasks.plugin import PROMPT, SCORE, HeadSpec, hookimpl

from .options import ClassificationOptions, PromptedTranslationOptions, PromptOptions, SentimentOptions, WritingOptions

#: What scores continuations is a :class:`nlptasks.models.generation.Generator` and writes as well. The need of GENERATE
#: would tie these heads to the tasks that a checkpoint was trained to write for, and a prompt may ask for anything.
_NEEDS = frozenset({PROMPT, SCORE})


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """A head of the same name for each task."""
    return [
        _head(
            "classification", "PromptedLabels", ClassificationOptions, "your own labels, each scored behind the prompt"
        ),
        _head("sentiment", "PromptedLabels", SentimentOptions, "negative or positive, each scored behind the prompt"),
        _head(
            "qa", "PromptedSpans", WritingOptions, "the piece of the context that a prompted model writes, or no answer"
        ),
        _head("summarization", "PromptedTexts", WritingOptions, "a summary by a prompted model"),
        _head(
            "translation", "PromptedTexts", PromptedTranslationOptions, "a translation by a prompted model, as a whole"
        ),
        _head("generation", "PromptedTexts", WritingOptions, "what a prompted model writes"),
    ]


def _head(task: str, kind: str, options: type[PromptOptions], summary: str) -> HeadSpec:
    module = {"PromptedLabels": "labels", "PromptedSpans": "spans", "PromptedTexts": "texts"}[kind]
    return HeadSpec(
        name="prompted",
        task=task,
        summary=summary,
        object=f"nlptasks_prompted.{module}:{kind}",
        needs=_NEEDS,
        options=options,
    )
