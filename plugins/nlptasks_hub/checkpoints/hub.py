"""The one place where this plugin asks the Hub: downloads into its cache, and what to say where that fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nlptasks.errors import NlptasksError, UsageError

from .reference import CONFIG, Reference

#: Small files that say what a checkpoint is.
_SETTINGS = ("tokenizer_config.json", "generation_config.json")

_CONFIGS = (CONFIG, "generation_config.json")
_TOKENIZER = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "tekken.json",
    "*.model",
    "*.spm",
)
_WEIGHTS = ("model.safetensors", "model-*-of-*.safetensors", "model.safetensors.index.json")
_PICKLED = ("pytorch_model.bin", "pytorch_model-*-of-*.bin", "pytorch_model.bin.index.json")

#: Any of these, in words.
_TOKENIZER_FILES = "the tokenizer's files"

#: Files in folders: exports for other programs, which patterns like ``*.model`` would match too.
_IGNORED = ("*/*",)


def fetch_small(reference: Reference, token: str | bool | None) -> Path:
    """Download what says what a checkpoint is, and return the folder of the cache where it lies.

    Raises:
        UsageError: There is no such checkpoint, or the user may not read it.
        NlptasksError: The Hub cannot be reached and the cache lacks it.
    """
    with _explained(reference, (CONFIG,)):
        return _download(reference, token, (CONFIG, *_SETTINGS), bars=False)


def fetch_all(reference: Reference, token: str | bool | None, *, allow_pickle: bool, weights: bool) -> Path:
    """Download a checkpoint, and return the folder of the cache where it lies.

    Raises:
        UsageError: There is no such checkpoint, or the user may not read it.
        NlptasksError: The Hub cannot be reached and the cache lacks some of it.
    """
    wanted = (*_CONFIGS, *_TOKENIZER, *(_WEIGHTS if weights else ()))
    with _explained(reference, (CONFIG, _TOKENIZER_FILES, *(("model.safetensors",) if weights else ()))):
        folder = _download(reference, token, wanted, config=weights)
        if weights and allow_pickle and not any((folder / name).is_file() for name in (_WEIGHTS[0], _WEIGHTS[2])):
            folder = _download(reference, token, (*wanted, *_PICKLED))
    return folder


def again(reference: Reference) -> str:
    """What to type where a download is not complete."""
    revision = f" --revision {reference.revision}" if reference.revision else ""
    return f"download it again where there is a network: hf download {reference.repository}{revision}"


def without_weights(reference: Reference) -> str:
    """What to type where the cache holds a checkpoint without weights."""
    if _offline():
        return f"the cache lacks them and HF_HUB_OFFLINE is set; {again(reference)}"
    return (
        "if the Hub has pytorch_model.bin in place of it, and you trust who made that: --allow-pickle, in Python "
        "allow_pickle=True"
    )


def _download(
    reference: Reference, token: str | bool | None, wanted: tuple[str, ...], *, config: bool = True, bars: bool = True
) -> Path:
    """Download files by patterns; where the Hub cannot be asked, what the cache has of them.

    Raises:
        UsageError: There is no configuration, and there has to be one.
    """
    from huggingface_hub import snapshot_download

    with _bars(shown=bars and sys.stderr.isatty()):
        found = snapshot_download(
            reference.repository,
            revision=reference.revision or None,
            token=token,
            allow_patterns=list(wanted),
            ignore_patterns=list(_IGNORED),
            local_files_only=_offline(),  # some releases ask for a commit's list of files even then
        )
    folder = Path(str(found))
    if config and not (folder / CONFIG).is_file():
        if _offline():
            raise _missing(reference, (CONFIG,))
        raise UsageError(
            f"{reference.text}: {reference.repository} has no {CONFIG}, so it is no checkpoint of a Transformer",
            hint=f"see what it holds: {_page(reference)}/tree/{reference.revision or 'main'}",
        )
    return folder


@contextmanager
def _bars(*, shown: bool) -> Iterator[None]:
    """The bars of downloads as they are, or none."""
    from huggingface_hub import utils

    hub_utils: Any = utils
    if shown or hub_utils.are_progress_bars_disabled():
        yield
        return
    hub_utils.disable_progress_bars()
    try:
        yield
    finally:
        hub_utils.enable_progress_bars()


def _offline() -> bool:
    from huggingface_hub import constants

    return bool(constants.HF_HUB_OFFLINE)


@contextmanager
def _explained(reference: Reference, files: tuple[str, ...]) -> Iterator[None]:
    """Turn the Hub's errors into ones that say what to type.

    Args:
        reference: What is asked for.
        files: The files without which it is of no use.

    Raises:
        UsageError: There is no such checkpoint, or the user may not read it.
        NlptasksError: It cannot be downloaded.
    """
    from huggingface_hub import errors

    name = f"{reference.repository} at {reference.revision}" if reference.revision else reference.repository
    try:
        yield
    except NlptasksError:
        raise
    except errors.GatedRepoError as error:
        raise UsageError(
            f"{reference.text}: {reference.repository} is gated: its owners must let you in",
            hint=f"ask at {_page(reference)}, then log in: hf auth login (or set HF_TOKEN)",
        ) from error
    except errors.RevisionNotFoundError as error:
        raise UsageError(
            f"{reference.text}: {reference.repository} has no revision {reference.revision!r}",
            hint=f"see {_page(reference)}/tree/main for its branches and tags, or leave the revision out",
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise UsageError(
            f"{reference.text}: the Hub has no model {reference.repository}, or it is private",
            hint="check its spelling; for a private one log in: hf auth login (or set HF_TOKEN)",
        ) from error
    except errors.LocalEntryNotFoundError as error:
        raise _missing(reference, files) from error
    except errors.HFValidationError as error:
        raise UsageError(f"{reference.text}: {_line(error)}", hint="write hf:ORGANISATION/NAME") from error
    except Exception as error:  # of whatever client the Hub's library uses
        raise NlptasksError(
            f"{reference.text}: {name} cannot be downloaded: {_line(error)}", hint="try again, or name a folder"
        ) from error


def _missing(reference: Reference, files: tuple[str, ...]) -> NlptasksError:
    """That the Hub cannot be asked, and what the cache lacks."""
    from huggingface_hub import constants

    folder = _cached(reference)
    lacks = [name for name in files if folder is None or not (folder / name).is_file()]
    if folder is not None and any((folder / name).is_file() for name in _TOKENIZER):
        lacks = [name for name in lacks if name != _TOKENIZER_FILES]
    why = "HF_HUB_OFFLINE is set" if _offline() else f"{constants.ENDPOINT} cannot be reached"
    revision = f" --revision {reference.revision}" if reference.revision else ""
    fetch = f"hf download {reference.repository}{revision}"
    way_out = f"unset HF_HUB_OFFLINE, or {fetch}" if _offline() else f"when there is a network: {fetch}"
    return NlptasksError(
        f"{reference.text} is not complete in the cache {constants.HF_HUB_CACHE}, and {why}; "
        f"missing: {', '.join(lacks) or 'files with weights'}",
        hint=f"{way_out}\nor name a folder with its files: ./FOLDER",
    )


def _cached(reference: Reference) -> Path | None:
    """The folder of the cache with the checkpoint, complete or not."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(reference.repository, CONFIG, revision=reference.revision or None)
    return Path(found).parent if isinstance(found, str) else None


def _page(reference: Reference) -> str:
    from huggingface_hub import constants

    return f"{constants.ENDPOINT}/{reference.repository}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
