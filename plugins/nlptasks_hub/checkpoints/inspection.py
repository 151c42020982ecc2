"""Tells what a checkpoint can do, from its configuration and the headers of its files: no weight is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import ENCODE, ENTAILMENT, GENERATE, LABELS, PROMPT, SCORE, SPANS
from nlptasks.plugin.inspection import Inspection
from nlptasks_hub.languages import languages_of, prefixes_of, tasks_of
from nlptasks_hub.options import CheckpointOptions

from .architecture import ENCODER_DECODER, LANGUAGE_MODEL, architecture_of, kind_of, labels_of, layer_of
from .checkpoint import read_config
from .files import check_tokenizer, small_files, tokenizer_settings, weights_of
from .foreign import is_sentence_transformer
from .headers import parameters_of
from .limits import longest_input
from .reference import Reference, parse

#: Words of labels that are opinions, and of those that stand beside them.
_AGAINST, _BETWEEN, _FOR = {"negative", "neg", "bad"}, {"neutral", "neu", "mixed"}, {"positive", "pos", "good"}

_STARS = re.compile(r"[1-5]([ _]?stars?)?")


def inspect(reference: str, options: CheckpointOptions) -> Inspection:
    """What a checkpoint says of itself; see :attr:`nlptasks.plugin.BackboneSpec.inspector`.

    Of a checkpoint on the Hub, only its configuration is downloaded.

    Raises:
        UsageError: There is no such checkpoint, it is not one of text, or only another program reads it.
        NlptasksError: A file is missing, damaged or cannot be downloaded.
    """
    named = parse(reference, options.revision)
    folder = small_files(named)
    config = read_config(named, folder)
    tokenizer = tokenizer_settings(folder)
    provides = provides_of(config)
    name = named.repository or str(folder.resolve())
    weights, parameters = _weights(named, folder)
    tasks = _tasks(config, tokenizer, provides)
    return Inspection(
        provides=provides | {PROMPT} if "generation" in tasks else provides,
        kind=kind_of(config),
        layer=layer_of(config),
        labels=labels_of(config) if LABELS in provides else (),
        tasks=tasks,
        languages=languages_of(name.rpartition("/")[2], config, tokenizer),
        parameters=parameters,
        max_tokens=longest_input(config, tokenizer),
        facts=tuple(_facts(named, folder, config, weights)),
    )


def provides_of(config: Mapping[str, Any]) -> frozenset[str]:
    """The capabilities of a checkpoint with some configuration."""
    kind, layer = kind_of(config), layer_of(config)
    if layer == LANGUAGE_MODEL:
        return frozenset({ENCODE, GENERATE, SCORE} if kind == ENCODER_DECODER else {GENERATE, SCORE})
    if architecture_of(config).endswith("EncoderModel"):
        return frozenset()  # half of a model: what opens all of it would make up the other half
    found = {ENCODE}
    if layer == LABELS:
        found.add(LABELS)
        if entailment_label(config):
            found.add(ENTAILMENT)
    if layer == SPANS:
        found.add(SPANS)
    return frozenset(found)


def entailment_label(config: Mapping[str, Any]) -> str:
    """The label that says that one text follows from another; empty where there is none."""
    return next((label for label in labels_of(config) if label.lower().startswith("entail")), "")


def problem_of(config: Mapping[str, Any]) -> str:
    """How scores are made of a label layer's outputs: transformers' ``problem_type``, or what it takes in its place."""
    if said := config.get("problem_type"):
        return str(said)
    return "regression" if len(labels_of(config)) == 1 else "single_label_classification"


def _tasks(config: Mapping[str, Any], tokenizer: Mapping[str, Any], provides: frozenset[str]) -> tuple[str, ...]:
    """Names of the tasks that the checkpoint's own layer or decoder was made for."""
    if GENERATE in provides:
        return tasks_of(config, tokenizer) if ENCODE in provides else ("generation",)
    if SPANS in provides:
        return ("qa",)
    if LABELS not in provides:
        return ()
    return ("classification", "sentiment") if _are_opinions(labels_of(config)) else ("classification",)


def _are_opinions(labels: tuple[str, ...]) -> bool:
    """Whether labels are negative and positive, or five grades; two without names are taken for the former."""
    words = [label.lower().removeprefix("very ").removeprefix("very_") for label in labels]
    if words == ["label_0", "label_1"]:
        return True
    if len(set(words)) == 5 and all(map(_STARS.fullmatch, words)):
        return True
    return {*words} <= _AGAINST | _BETWEEN | _FOR and bool({*words} & _AGAINST) and bool({*words} & _FOR)


def _weights(reference: Reference, folder: Path) -> tuple[str, int]:
    """How the weights are stored, and how many there are; 0 where they are not here or must be unpickled.

    Raises:
        NlptasksError: A file is damaged, or some are missing.
    """
    if reference.repository and not any(folder.glob("*.safetensors")):
        return "not downloaded yet", 0
    try:
        weights = weights_of(reference, folder, allow_pickle=True)
    except UsageError:
        raise  # weights that only another program reads
    except NlptasksError as error:
        return f"none: {error.message}", 0
    if weights.pickled:
        return "pickled: read only with --allow-pickle", 0
    count = len(weights.files)
    return f"safetensors, {count} file{'s' if count > 1 else ''}", parameters_of(weights.files)


def _facts(reference: Reference, folder: Path, config: Mapping[str, Any], weights: str) -> Iterator[tuple[str, str]]:
    yield "architecture", architecture_of(config) or f"not named; of the type {config['model_type']}"
    if layer_of(config) == LABELS:
        yield "problem type", problem_of(config)
    for task, prefix in prefixes_of(config).items():
        yield f"prefix of {task}", prefix or "none"
    yield "stored as", weights
    if is_sentence_transformer(folder):
        yield "made by", "sentence-transformers; the layers behind its Transformer are not read"
    if not reference.repository:
        yield "tokenizer", _tokenizer(reference, folder)


def _tokenizer(reference: Reference, folder: Path) -> str:
    try:
        check_tokenizer(reference.text, folder)
    except NlptasksError as error:
        return f"none: {error.message}"
    return "there"
