"""Tells from a model which pipeline it is plainly for, where the user named none."""

from __future__ import annotations

from typing import Any

from nlptasks.plugin.pipelines import PipelineContext
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint
from nlptasks_hub.languages import TRANSLATORS


def fits_labels(context: PipelineContext) -> bool:
    """Whether the model has a layer for the labels of texts."""
    return _architecture(context).endswith("ForSequenceClassification")


def fits_spans(context: PipelineContext) -> bool:
    """Whether the model has a layer for spans in texts."""
    return _architecture(context).endswith(("ForQuestionAnswering", "ForQuestionAnsweringSimple"))


def fits_decoder(context: PipelineContext) -> bool:
    """Whether the model continues texts."""
    name = _architecture(context)
    return name.endswith(("ForCausalLM", "LMHeadModel")) and not _config(context).get("is_encoder_decoder")


def fits_translation(context: PipelineContext) -> bool:
    """Whether the model writes texts of texts; it may be more than a translator."""
    return _writes(context)


def fits_text2text(context: PipelineContext) -> bool:
    """Whether the model writes texts of texts and is no pure translator."""
    return _writes(context) and _config(context).get("model_type") not in TRANSLATORS


def _writes(context: PipelineContext) -> bool:
    name = _architecture(context)
    writer = name.endswith(("ForConditionalGeneration", "MTModel", "LMHeadModel"))
    return bool(writer and _config(context).get("is_encoder_decoder"))


def _architecture(context: PipelineContext) -> str:
    if hasattr(context.model, "forward"):
        return type(context.model).__name__
    names = _config(context).get("architectures") or [""]
    return str(names[0])


def _config(context: PipelineContext) -> dict[str, Any]:
    if hasattr(context.model, "forward"):
        found: dict[str, Any] = context.model.config.to_dict()
        return found
    revision, token = context.settings.get("revision") or "", context.settings.get("token")
    return dict(open_checkpoint(str(context.model), revision=str(revision), token=token).config)
