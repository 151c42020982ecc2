"""The six task contracts: what goes in, what comes out, how it is scored. No model in them."""

from __future__ import annotations

from nlptasks.plugin import TaskSpec, hookimpl

from . import classification, generation, qa, sentiment, summarization, translation


@hookimpl
def nlptasks_tasks() -> list[TaskSpec]:
    """One contract a module."""
    return [module.SPEC for module in (classification, generation, qa, sentiment, summarization, translation)]
