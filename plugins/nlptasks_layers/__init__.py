"""Heads that read the output layer which a checkpoint carries for the labels of texts."""

from __future__ import annotations

from nlptasks.plugin import ENTAILMENT, LABELS, HeadSpec, hookimpl

from .options import EntailmentOptions, LabelOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """The checkpoint's own labels, and labels of the user's by a checkpoint that judges entailment."""
    return [
        HeadSpec(
            name="own",
            task="classification",
            summary="the labels of the checkpoint's own layer; the windows of a long text are averaged",
            object="nlptasks_layers.own:open_classification",
            needs=frozenset({LABELS}),
            options=LabelOptions,
        ),
        HeadSpec(
            name="own",
            task="sentiment",
            summary="the checkpoint's own layer, read as negative, neutral or positive; long texts are averaged",
            object="nlptasks_layers.own:open_sentiment",
            needs=frozenset({LABELS}),
            options=LabelOptions,
        ),
        HeadSpec(
            name="nli",
            task="classification",
            summary="your own labels, by a checkpoint that judges whether a sentence about the label follows",
            object="nlptasks_layers.entailment:Entailment",
            needs=frozenset({LABELS, ENTAILMENT}),
            options=EntailmentOptions,
        ),
    ]
