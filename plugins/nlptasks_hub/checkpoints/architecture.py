"""What kind of Transformer a ``config.json`` tells of, and which trained output layer comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import LABELS, SPANS

ENCODER, ENCODER_DECODER, DECODER = "encoder", "encoder-decoder", "decoder"

#: The layer of :class:`nlptasks_hub.checkpoints.checkpoint.Checkpoint` that the capabilities ``labels`` and ``spans``
#: do not name.
LANGUAGE_MODEL = "language-model"

#: What the names of transformers' classes with such a layer end in.
_LAYERS = {
    "ForSequenceClassification": LABELS,
    "ForQuestionAnswering": SPANS,
    "ForQuestionAnsweringSimple": SPANS,
    "ForConditionalGeneration": LANGUAGE_MODEL,
    "ForCausalLM": LANGUAGE_MODEL,
    "LMHeadModel": LANGUAGE_MODEL,
    "MTModel": LANGUAGE_MODEL,
    "EncoderDecoderModel": LANGUAGE_MODEL,
}

#: Types of models whose kind is plain, so that transformers need not be asked, which takes seconds.
_ENCODERS = frozenset(
    {"albert", "bert", "big_bird", "camembert", "canine", "data2vec-text", "deberta", "deberta-v2", "distilbert"}
    | {"electra", "ernie", "esm", "flaubert", "fnet", "funnel", "ibert", "layoutlm", "longformer", "luke"}
    | {"megatron-bert", "mobilebert", "modernbert", "mpnet", "mra", "nystromformer", "perceiver", "rembert", "roberta"}
    | {"roberta-prelayernorm", "roformer", "splinter", "squeezebert", "xlm", "xlm-roberta", "xlm-roberta-xl", "xlnet"}
    | {"xmod", "yoso", "eurobert", "nomic_bert"}
)

#: Types that have a decoder even where an old configuration does not say so.
_ENCODER_DECODERS = frozenset(
    {"bart", "bigbird_pegasus", "blenderbot", "blenderbot-small", "encoder-decoder", "fsmt", "led", "longt5", "m2m_100"}
    | {"marian", "mbart", "mt5", "mvp", "nllb-moe", "pegasus", "pegasus_x", "plbart", "prophetnet"}
    | {"switch_transformers", "t5", "umt5", "xlm-prophetnet"}
)

#: Keys of configurations of models that read pictures or sound.
_OTHER_SENSES = ("vision_config", "audio_config", "image_size", "num_channels", "num_mel_bins", "conv_dim")


def architecture_of(config: Mapping[str, Any]) -> str:
    """Name of transformers' class that the weights were saved from; empty where the configuration does not say."""
    named = config.get("architectures")
    return str(named[0]) if isinstance(named, list) and named else ""


def layer_of(config: Mapping[str, Any]) -> str:
    """The trained output layer: ``labels``, ``spans``, ``language-model``, or empty for none that a task reads.

    Where the configuration names no class, labels that somebody named or a decoder tell.
    """
    name = architecture_of(config)
    if name:
        return next((layer for ending, layer in _LAYERS.items() if name.endswith(ending)), "")
    if kind_of(config) != ENCODER:
        return LANGUAGE_MODEL
    named = [label for label in labels_of(config) if not label.startswith("LABEL_")]
    return LABELS if named else ""


def kind_of(config: Mapping[str, Any]) -> str:
    """``encoder``, ``encoder-decoder`` or ``decoder``."""
    name, model_type = architecture_of(config), config.get("model_type")
    if name.endswith("EncoderModel"):
        return ENCODER
    if config.get("is_encoder_decoder", model_type in _ENCODER_DECODERS):
        return ENCODER_DECODER
    if name and _LAYERS.get(next((end for end in _LAYERS if name.endswith(end)), "")) == LANGUAGE_MODEL:
        return DECODER
    return ENCODER if model_type in _ENCODERS else _kind_in_transformers(str(model_type))


def labels_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the output layer's labels, in the order of its outputs.

    Raises:
        NlptasksError: ``id2label`` is no list of names by number.
    """
    named = config.get("id2label")
    if not named:
        count = config.get("num_labels", 2)
        return tuple(f"LABEL_{at}" for at in range(count if isinstance(count, int) else 2))
    try:
        return tuple(str(label) for _, label in sorted((int(at), label) for at, label in named.items()))
    except (AttributeError, TypeError, ValueError) as error:
        raise NlptasksError(
            f"config.json: id2label is no mapping from numbers to names: {named!r}", hint="correct it by hand"
        ) from error


def check_config(reference: str, config: Mapping[str, Any]) -> None:
    """Refuse a configuration that would need code from the checkpoint, or that is not of a model of text.

    Raises:
        UsageError: It is one of these.
        NlptasksError: It does not say what model it is of.
    """
    if config.get("auto_map"):
        refuse_code(reference, "config.json")
    if not isinstance(config.get("model_type"), str):
        raise NlptasksError(
            f"{reference}: config.json has no 'model_type', so it is not the configuration of a Transformer",
            hint="name the folder that transformers' save_pretrained wrote",
        )
    if found := [key for key in _OTHER_SENSES if key in config]:
        raise UsageError(
            f"{reference} ({config['model_type']}) does not read text alone: its config.json has {found[0]!r}",
            hint="name a checkpoint of a model of text",
        )


def refuse_code(reference: str, file: str) -> None:
    """Refuse a checkpoint that brings Python code of its own.

    Raises:
        UsageError: Always.
    """
    raise UsageError(
        f"{reference} brings Python code of its own (auto_map in {file}), which nlptasks never runs",
        hint="if you trust that code, load the model and its tokenizer with transformers and trust_remote_code=True,\n"
        "and give both to nlptasks.pipeline(TASK, model=model, tokenizer=tokenizer)",
    )


def _kind_in_transformers(model_type: str) -> str:
    """The kind by transformers' own tables: a model of language that cannot fill gaps reads from left to right."""
    from transformers.models.auto import modeling_auto

    causal = getattr(modeling_auto, "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES", {})
    masked = getattr(modeling_auto, "MODEL_FOR_MASKED_LM_MAPPING_NAMES", {})
    return DECODER if model_type in causal and model_type not in masked else ENCODER
