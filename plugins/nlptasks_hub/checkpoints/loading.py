"""The one place where this plugin calls transformers to load a checkpoint's model and tokenizer."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from transformers.utils import logging

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import LABELS, SPANS
from nlptasks_hub.notices import ResultWarning, passed_on, tell

from .architecture import DECODER, ENCODER_DECODER, LANGUAGE_MODEL, refuse_code
from .checkpoint import Checkpoint
from .files import TOKENIZER_CONFIG, check_tokenizer, tokenizer_settings
from .saved_tokenizer import restore

#: What a checkpoint must carry for a class of transformers to find all its weights: a layer and, for text, a kind.
_NEEDS = {
    "AutoModelForSequenceClassification": (LABELS, ""),
    "AutoModelForQuestionAnswering": (SPANS, ""),
    "AutoModelForSeq2SeqLM": (LANGUAGE_MODEL, ENCODER_DECODER),
    "AutoModelForCausalLM": (LANGUAGE_MODEL, DECODER),
}

#: The classes of transformers in words.
_WANTED = {
    "AutoModelForSequenceClassification": "a layer for labels",
    "AutoModelForQuestionAnswering": "a layer for question answering",
    "AutoModelForSeq2SeqLM": "an encoder-decoder that writes text",
    "AutoModelForCausalLM": "a decoder that writes text",
}

#: Weights behind the hidden states of an encoder, which nothing here reads where the model has no other layer.
_POOLER = "pooler"

#: Names of weights that belong to a numbered layer of the model, whatever class opens it.
_NUMBERED = re.compile(r"(^|\.)(layers?|h|blocks?|albert_layer_groups)\.\d+\.")


def load_tokenizer(checkpoint: Checkpoint, **settings: Any) -> Any:
    """The checkpoint's tokenizer, which cuts text as its file says.

    Args:
        checkpoint: The checkpoint.
        settings: What ``AutoTokenizer.from_pretrained`` takes beside.

    Raises:
        UsageError: It brings code of its own.
        NlptasksError: Its files are missing or damaged.
    """
    if tokenizer_settings(checkpoint.folder).get("auto_map"):
        refuse_code(checkpoint.reference, TOKENIZER_CONFIG)
    check_tokenizer(checkpoint.reference, checkpoint.folder)
    from transformers import AutoTokenizer

    with _explained(checkpoint, "the tokenizer"):
        found = AutoTokenizer.from_pretrained(
            checkpoint.folder, local_files_only=True, trust_remote_code=False, **settings
        )
        return restore(found, checkpoint.folder)


def load_model(checkpoint: Checkpoint, kind: str, *, device: torch.device, dtype: Any = None, **settings: Any) -> Any:
    """The checkpoint's model, frozen, as ``transformers``' class ``kind`` (``AutoModelForSequenceClassification``...).

    Args:
        checkpoint: The checkpoint.
        kind: Name of the class.
        device: Where the model goes.
        dtype: Its numbers; ``None`` or ``auto``: as they are stored.
        settings: What ``from_pretrained`` takes beside.

    Raises:
        UsageError: The checkpoint is not of that kind: transformers would fill its output layer with random numbers.
        NlptasksError: Its weights cannot be read.
    """
    import transformers

    _check_kind(checkpoint, kind)
    with _explained(checkpoint, "the model"):
        model, found = getattr(transformers, kind).from_pretrained(
            checkpoint.folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=None if checkpoint.allow_pickle else True,
            dtype=dtype,
            output_loading_info=True,
            # Its own error names no weight; _check_sizes does.
            **{**settings, "ignore_mismatched_sizes": True},
        )
    _check_complete(checkpoint, kind, sorted(found.get("missing_keys") or ()))
    _check_sizes(checkpoint, kind, found)
    _tell_unused(checkpoint, sorted(found.get("unexpected_keys") or ()))
    check_finite(checkpoint.reference, model)
    return model.to(device).eval().requires_grad_(False)


def check_finite(name: str, model: Any) -> None:
    """Refuse weights that hold what is no number: every result would be one too.

    Raises:
        NlptasksError: There are some.
    """
    # A sum is finite unless a term is not, or the terms are near the largest number that there is; it costs one pass.
    weights = [(key, weight) for key, weight in model.named_parameters() if weight.is_floating_point()]
    suspect = [pair for pair in weights if not bool(torch.isfinite(pair[1].sum(dtype=torch.float32)))]
    broken = [key for key, weight in suspect if not bool(torch.isfinite(weight).all())]
    if broken:
        raise NlptasksError(
            f"{name}: damaged weights: {_some(broken)} {'hold' if len(broken) > 1 else 'holds'} NaN or infinite "
            f"numbers ({len(broken)} of {len(weights)} weights)",
            hint="download or copy the checkpoint again; where it was loaded in float16, try float32 or bfloat16",
        )


def abilities(checkpoint: Checkpoint) -> str:
    """What a checkpoint can do, in words for hints."""
    pipelines = {
        LABELS: "text-classification, or zero-shot-classification where its labels say what entails what",
        SPANS: "question-answering",
    }
    if checkpoint.layer == LANGUAGE_MODEL:
        decoder = checkpoint.kind == DECODER
        return "text-generation" if decoder else "text2text-generation, summarization, translation"
    return pipelines.get(checkpoint.layer, "no pipeline as it is: it carries no output layer that one reads")


def _check_kind(checkpoint: Checkpoint, kind: str) -> None:
    layer, needed = _NEEDS.get(kind, ("", ""))
    if not checkpoint.architecture or not layer:
        return  # an old configuration, which may be of anything: the weights will tell
    if checkpoint.layer != layer or (needed and checkpoint.kind != needed):
        raise _unfit(checkpoint, kind, f"its weights are those of {checkpoint.architecture}")


def _check_complete(checkpoint: Checkpoint, kind: str, missing: list[str]) -> None:
    if kind == "AutoModel":
        missing = [name for name in missing if _POOLER not in name]
    if missing:
        raise _unfit(checkpoint, kind, f"it has no weights for {_some(missing)}")


def _check_sizes(checkpoint: Checkpoint, kind: str, found: Mapping[str, Any]) -> None:
    """Refuse weights of other sizes than the configuration's, in whose place transformers puts random ones."""
    if found.get("mismatched_keys"):
        names = sorted(str(item[0] if isinstance(item, tuple) else item) for item in found["mismatched_keys"])
        raise _unfit(checkpoint, kind, f"its weights for {_some(names)} have other sizes than its config.json says")


def _tell_unused(checkpoint: Checkpoint, unused: list[str]) -> None:
    """Warn of layers that nobody reads; output layers that are not needed, which stand behind all others, are usual."""
    if layers := [name for name in unused if _NUMBERED.search(name)]:
        tell(
            f"{checkpoint.reference}: {len(layers)} of its weights belong to no layer that its config.json tells of, "
            f"and are not used: {_some(layers)}"
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"


def _unfit(checkpoint: Checkpoint, kind: str, reason: str) -> UsageError:
    return UsageError(
        f"{checkpoint.reference} does not fit: {_WANTED.get(kind, 'a model')} is needed, and {reason}",
        hint=f"it can do: {abilities(checkpoint)}\nsee: nlptasks backbones show {checkpoint.reference}",
    )


@contextmanager
def _explained(checkpoint: Checkpoint, what: str) -> Iterator[None]:
    """No bars and reports of transformers on the terminal; its warnings as Python's, and its errors as one line."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings(), passed_on(checkpoint.reference):
            # Marian's tokenizer recommends a package that evens out punctuation, and goes without where it is missing.
            warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
            yield
    except NlptasksError:
        raise
    except ResultWarning:
        raise  # where the user turns warnings into errors
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise  # a panic of a library in Rust is no Exception, and is a fault of the file all the same
        cause = " ".join(f"{type(error).__name__}: {error}".split())[:400]
        raise NlptasksError(
            f"{checkpoint.reference}: transformers cannot load {what}: {cause}",
            hint=f"its files are in {checkpoint.folder}; a newer model may need: pip install -U transformers",
        ) from error
    finally:
        if shown:
            logging.enable_progress_bar()
