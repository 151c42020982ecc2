"""The files of a checkpoint: which there must be, in a folder or in the Hub's cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_file, is_folder, is_there

from . import hub
from .foreign import foreign, weights_of_others
from .headers import read_json, shapes_of
from .plausible import check_limit
from .reference import CONFIG, Reference

SAFETENSORS, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLED, PICKLED_INDEX = "pytorch_model.bin", "pytorch_model.bin.index.json"

TOKENIZER_CONFIG = "tokenizer_config.json"

#: Sets of files, each of which is all of a tokenizer.
_TOKENIZERS = (
    ("tokenizer.json",),
    ("vocab.txt",),
    ("vocab.json", "merges.txt"),
    ("source.spm", "target.spm", "vocab.json"),
    ("tekken.json",),
)
_SENTENCEPIECE = ("*.model",)

#: Tokenizers that read bytes or characters and so have no file.
_WITHOUT_FILES = ("ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer")


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Where a checkpoint's weights are.

    Args:
        files: The files, all there.
        pickled: Whether they are pickled.
    """

    files: tuple[Path, ...]
    pickled: bool = False


def small_files(reference: Reference, token: str | bool | None = None) -> Path:
    """The folder with a checkpoint's ``config.json`` and its tokenizer's settings; no weights are downloaded.

    Raises:
        UsageError: There is no such checkpoint.
        NlptasksError: It cannot be downloaded.
    """
    if reference.folder is None:
        return hub.fetch_small(reference, token)
    return _checked(reference, reference.folder)


def all_files(
    reference: Reference, token: str | bool | None = None, *, allow_pickle: bool = False, weights: bool = True
) -> Path:
    """The folder with a checkpoint's files; those of the Hub are downloaded into its cache.

    Args:
        reference: The checkpoint.
        token: A token of the Hub; ``None``: the one that the user logged in with; ``False``: none.
        allow_pickle: Whether pickled weights will do.
        weights: Whether the weights are needed; else ``config.json`` may be missing too.

    Raises:
        UsageError: There is no such checkpoint.
        NlptasksError: A file is missing, damaged or cannot be downloaded.
    """
    if reference.folder is not None:
        folder = _checked(reference, reference.folder, config=weights)
    else:
        folder = hub.fetch_all(reference, token, allow_pickle=allow_pickle, weights=weights)
    if weights:
        for path in weights_of(reference, folder, allow_pickle=allow_pickle).files:
            if path.suffix == ".safetensors":
                shapes_of(path)
    return folder


def weights_of(reference: Reference, folder: Path, *, allow_pickle: bool) -> Weights:
    """Where the weights are, in the order in which transformers looks for them.

    Raises:
        NlptasksError: There are none, some are missing, or they are pickled and must not be.
    """
    if (folder / SAFETENSORS).is_file():
        return Weights(files=(folder / SAFETENSORS,))
    if (folder / INDEX).is_file():
        return Weights(files=_shards(reference, folder, folder / INDEX))
    pickled = (folder / PICKLED).is_file() or (folder / PICKLED_INDEX).is_file()
    if not (pickled and allow_pickle):
        raise _no_weights(reference, folder, pickled=pickled)
    index = folder / PICKLED_INDEX
    files = (folder / PICKLED,) if (folder / PICKLED).is_file() else _shards(reference, folder, index)
    return Weights(files=files, pickled=True)


def tokenizer_settings(folder: Path) -> Mapping[str, Any]:
    """What a checkpoint's ``tokenizer_config.json`` holds; nothing where there is none.

    Raises:
        NlptasksError: It cannot be read.
    """
    path = folder / TOKENIZER_CONFIG
    settings = read_json(path) if path.is_file() else {}
    check_limit(str(path), settings)
    return settings


def check_tokenizer(reference: str, folder: Path) -> None:
    """Refuse a folder without a tokenizer, for which transformers would make an empty one.

    Raises:
        NlptasksError: The files of no tokenizer are there.
    """
    if any(all((folder / name).is_file() for name in names) for names in _TOKENIZERS):
        return
    if any(True for pattern in _SENTENCEPIECE for _ in folder.glob(pattern)):
        return
    settings = tokenizer_settings(folder)
    if settings.get("tokenizer_class") in _WITHOUT_FILES:
        return
    known = ", ".join(" with ".join(names) for names in _TOKENIZERS)
    raise NlptasksError(
        f"{reference} has no tokenizer: in {folder} there is none of {known}, *.model",
        hint="copy the tokenizer's files beside config.json; in Python, nlptasks.pipeline takes tokenizer=...",
    )


def _checked(reference: Reference, folder: Path, *, config: bool = True) -> Path:
    named = foreign(folder) if is_there(folder) else None
    if named is not None:
        raise UsageError(f"{reference.text} is {named.what}", hint=named.hint)
    if not is_folder(folder):
        reason = "it is a file" if is_there(folder) else "there is no such folder"
        raise UsageError(f"{reference.text}: {reason}", hint="name the folder that holds the checkpoint's config.json")
    if config and not (folder / CONFIG).is_file():
        raise UsageError(
            f"{reference.text} holds no checkpoint: it has no {CONFIG}",
            hint="name the folder that transformers' save_pretrained wrote",
        )
    return folder


def _shards(reference: Reference, folder: Path, index: Path) -> tuple[Path, ...]:
    places = read_json(index).get("weight_map")
    if not isinstance(places, dict) or not places:
        raise NlptasksError(f"{index}: no 'weight_map'", hint="download or copy the file again")
    names = sorted({str(name) for name in places.values()})
    if any("/" in name or name.startswith(".") for name in names):
        raise NlptasksError(f"{index}: it names files outside its folder", hint="do not use this checkpoint")
    if missing := [name for name in names if not is_file(folder / name)]:
        raise NlptasksError(
            f"{reference.text}: {len(missing)} of {len(names)} files with weights are missing: {', '.join(missing)}",
            hint=hub.again(reference) if reference.repository else f"copy them into {folder}",
        )
    return tuple(folder / name for name in names)


def _no_weights(reference: Reference, folder: Path, *, pickled: bool) -> NlptasksError:
    if pickled:
        return UsageError(
            f"{reference.text} has its weights only in pickled files, which can run code when they are read",
            hint="if you trust who made them: --allow-pickle, in Python allow_pickle=True",
        )
    if other := weights_of_others(folder):
        return UsageError(
            f"{reference.text} has weights only for {other.program}, which nlptasks does not read ({other.what})",
            hint=other.hint,
        )
    hint = f"copy {SAFETENSORS} into {folder}"
    if reference.repository:
        hint = hub.without_weights(reference)
    return NlptasksError(f"{reference.text} has no weights: no {SAFETENSORS} in {folder}", hint=hint)
