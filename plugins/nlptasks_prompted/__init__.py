"""All six tasks by prompts: a checkpoint that was told nothing but what a template in a plain file says."""

from __future__ import annotations

from nlptasks.plugin import PROMPT, SCORE, HeadSpec, hookimpl

from .options import ClassificationOptions, PromptOptions, SentimentOptions, TranslationOptions, WritingOptions

#: What scores continuations is a :class:`nlptasks.models.generation.Generator` and writes as well. The need of GENERATE
#: would tie these heads to the tasks that a checkpoint was trained to write for, and a prompt may ask for anything.
_NEEDS = frozenset({PROMPT, SCORE})


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """A head of the same name for each task."""
    return [
        _head("classification", "Labels", ClassificationOptions, "your own labels, each scored as the prompt's answer"),
        _head("sentiment", "Labels", SentimentOptions, "negative or positive, each scored as the prompt's answer"),
        _head("qa", "Answers", WritingOptions, "the piece of the context that a prompted model writes, or no answer"),
        _head("summarization", "Texts", WritingOptions, "a summary by a prompted model"),
        _head("translation", "Texts", TranslationOptions, "a translation by a prompted model, as a whole"),
        _head("generation", "Texts", WritingOptions, "what a prompted model answers"),
    ]


def _head(task: str, kind: str, options: type[PromptOptions], summary: str) -> HeadSpec:
    module = {"Labels": "labels", "Answers": "spans", "Texts": "texts"}[kind]
    return HeadSpec(
        name="prompted",
        task=task,
        summary=summary,
        object=f"nlptasks_prompted.{module}:{kind}",
        needs=_NEEDS,
        options=options,
    )
