"""What a checkpoint is, known from its ``config.json`` before any weight is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .architecture import architecture_of, check_config, kind_of, layer_of
from .files import all_files, small_files
from .headers import read_json
from .plausible import check_sizes, check_tokens
from .reference import CONFIG, GENERATION, Reference, parse


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A checkpoint whose files are on this machine.

    Args:
        reference: What the user typed, with the revision.
        folder: Where its files are.
        config: Its ``config.json``.
        kind: ``encoder``, ``encoder-decoder`` or ``decoder``.
        layer: Which trained output layer it carries: ``labels`` (sequence classification), ``spans`` (question
            answering), ``language-model``, or empty.
        allow_pickle: Whether its weights may be read from pickled files.
    """

    reference: str
    folder: Path
    config: Mapping[str, Any] = field(repr=False)
    kind: str
    layer: str
    allow_pickle: bool = False

    @property
    def architecture(self) -> str:
        """Name of transformers' class that the weights were saved from; empty where that is not known."""
        return architecture_of(self.config)


def open_checkpoint(
    reference: str,
    *,
    revision: str = "",
    token: str | bool | None = None,
    allow_pickle: bool = False,
    weights: bool = True,
) -> Checkpoint:
    """Find a checkpoint's files, in a folder or in the Hub's cache, or download them.

    What is wrong with a configuration or with the header of a file with weights is found here, before transformers and
    torch are imported.

    Args:
        reference: ``org/name``, ``hf:org/name``, either with ``@REVISION``, or a folder.
        revision: Branch, tag or commit, where the reference does not say.
        token: A token of the Hub; ``None``: the one that the user logged in with (or ``HF_TOKEN``); ``False``: none.
        allow_pickle: Whether its weights may be read from pickled files where it has no others.
        weights: Whether its weights are needed. Without, it may also be a tokenizer alone, whose ``config`` is empty.

    Raises:
        UsageError: There is no such checkpoint, it is not one of text, or it cannot be read safely.
        NlptasksError: A file is missing, damaged or cannot be downloaded.
    """
    named = parse(reference, revision)
    if named.repository and weights:
        read_config(named, small_files(named, token))  # what is refused is not downloaded first
    folder = all_files(named, token, allow_pickle=allow_pickle, weights=weights)
    config = read_config(named, folder) if weights or (folder / CONFIG).is_file() else {}
    return Checkpoint(
        reference=f"{reference}@{named.revision}" if revision and "@" not in reference else reference,
        folder=folder,
        config=config,
        kind=kind_of(config) if config else "",
        layer=layer_of(config) if config else "",
        allow_pickle=allow_pickle,
    )


def read_config(reference: Reference, folder: Path) -> Mapping[str, Any]:
    """The configuration in a checkpoint's folder.

    Raises:
        UsageError: It needs code of the checkpoint, or is not of a model of text.
        NlptasksError: It is damaged.
    """
    config = read_json(folder / CONFIG)
    check_config(reference.text, config)
    check_sizes(str(folder / CONFIG), config)
    if (writing := folder / GENERATION).is_file():
        check_tokens(str(writing), read_json(writing))
    return config
