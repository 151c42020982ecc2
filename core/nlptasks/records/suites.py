"""Benchmarks as data: a suite is a YAML file that pins data sets and says how each is read, scored and cited.

The least that one holds, where its files lie beside it::

    name: mine
    datasets:
      - name: reviews
        task: sentiment
        file: reviews.csv
        sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

The keys of a data set are the fields of :class:`Card`; those of the file are ``name``, ``summary``, ``version``,
``ships`` and ``datasets``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.files.names import is_file, is_folder
from nlptasks.records.suite_outline import packaged

if TYPE_CHECKING:
    from nlptasks._plugins.registry import Registry

__all__ = [
    "DATA_VARIABLE",
    "Card",
    "EarlierVersion",
    "Suite",
    "check_hash",
    "find",
    "locate",
    "open_suite",
    "read_suite",
]

#: Environment variable that names the data folder where ``--data-dir`` does not.
DATA_VARIABLE = "NLPTASKS_DATA"


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    """A version of a data set that another has taken the place of.

    Args:
        version: What it was called.
        sha256: SHA-256 of its file, in hexadecimal.
        file: Its file, where it is kept; empty: it is not.
    """

    version: str
    sha256: str
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A data set of a suite.

    Args:
        name: Its name in the suite.
        task: Name of the task.
        file: Its file, relative to the suite's own folder or to the data folder (see :class:`Suite`).
        sha256: SHA-256 of the file, in hexadecimal.
        n: Rows of the file, for listings; 0: not said.
        split: Which part of the data set it is.
        source: Where it comes from, for people.
        revision: Its version at the source; with ``hub``, the revision there.
        licence: Its licence as the source states it.
        hub: Id of the data set on the Hub that holds ``file``; empty: none.
        columns: Columns of the file by the task's inputs, where their names do not tell.
        gold: Column of the gold answers; empty: by its name.
        id: Column of the samples' ids; empty: the rows' numbers.
        cluster: Column whose values tie samples together; empty: none.
        meta: Further columns to keep for slices.
        language: ISO 639-1 code of the language of the predictions; empty: not said.
        options: Options of the head that the data set needs: ``{"to": "de"}``.
        head: Name of the head that the data set is for, where it is not the task's default; a user's ``--head`` comes
            before it.
        metrics: Names of the metrics; empty: the task's.
        primary: The one that ranks systems; empty: the task's.
        floor: Value of the trivial baseline on the primary metric; ``None``: not known.
        ceiling: The best value that can be reached; ``None``: the end of the metric's range.
        notes: What one must know of it, a sentence each.
        version: Which version of it this is; it changes with the file.
        retired: Whether boards show it among what was, and rank it with nothing.
        earlier: Its earlier versions, which are retired.
        public: The file without the gold answers that submitters get, relative to the YAML file, where ``file`` is
            hidden from them; empty: nothing is hidden.
    """

    name: str
    task: str
    file: str
    sha256: str
    n: int = 0
    split: str = ""
    source: str = ""
    revision: str = ""
    licence: str = ""
    hub: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    id: str = ""
    cluster: str = ""
    meta: tuple[str, ...] = ()
    language: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    head: str = ""
    metrics: tuple[str, ...] = ()
    primary: str = ""
    floor: float | None = None
    ceiling: float | None = None
    notes: tuple[str, ...] = ()
    version: str = "1"
    retired: bool = False
    earlier: tuple[EarlierVersion, ...] = ()
    public: str = ""

    def of(self, sha256: str) -> Card:
        """The version of it that has these bytes; the current one where none has."""
        for one in self.earlier if sha256 != self.sha256 else ():
            if one.sha256 == sha256:
                return replace(self, version=one.version, sha256=sha256, file=one.file, retired=True, hub="", n=0)
        return self


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A named list of data sets.

    Args:
        name: Its name.
        summary: One line for listings.
        version: Changes with whatever changes a score.
        datasets: The data sets, in order.
        ships: Whether the files lie beside the suite; else they are looked for in the data folder
            (``--data-dir``, ``NLPTASKS_DATA``), then on the Hub.
        folder: Folder of the YAML file.
    """

    name: str
    summary: str
    version: str
    datasets: tuple[Card, ...]
    ships: bool
    folder: Path


def read_suite(path: Path) -> Suite:
    """Read a suite of a user's own. Its files may lie anywhere: where ``ships`` is true, relative to the YAML file.

    Raises:
        UsageError: The file cannot be read, or something in it is missing, unknown or of the wrong kind; the message
            names the line and the key.
    """
    from nlptasks.records._suite_reader import parse_suite  # pydantic: imported only where there is a suite to read

    return parse_suite(path)


def open_suite(registry: Registry, name: str) -> Suite:
    """Read the suite of a benchmark that a plugin brings.

    Args:
        registry: What is installed.
        name: Name of the benchmark.

    Raises:
        UsageError: There is no such benchmark.
        PluginError: Its suite is not in its package, or is not valid.
    """
    from nlptasks.records._suite_reader import parse_suite

    return packaged(registry, name, lambda path: parse_suite(path, packaged=True))


def locate(suite: Suite, card: Card, *, data_dir: str = "", environ: Mapping[str, str] = os.environ) -> Path:
    """Find a data set's file, fetch it from the Hub where it is not on this machine, and check its hash.

    Args:
        suite: The suite.
        card: One of its data sets.
        data_dir: The data folder; empty: what ``NLPTASKS_DATA`` names.
        environ: The environment.

    Raises:
        UsageError: The data folder or the file is not there.
        DataError: The file has another hash.
        NlptasksError: The Hub cannot be reached, or does not have the file.
    """
    path = find(suite, card, data_dir=data_dir, environ=environ)
    if path is None:
        if suite.ships or not card.hub:
            raise _missing(suite, card, data_folder(data_dir, environ))
        path = _download(suite, card)
    check_hash(suite, card, path)
    return path


def find(suite: Suite, card: Card, *, data_dir: str = "", environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where a data set's file lies on this machine, the Hub's cache included; ``None``: it does not.

    No network is asked and no hash is checked.

    Raises:
        UsageError: The data folder is not there.
    """
    folder = suite.folder if suite.ships else data_folder(data_dir, environ)
    if folder is not None and is_file(folder / card.file):
        return folder / card.file
    return None if suite.ships or not card.hub else _cached(card)


def check_hash(suite: Suite, card: Card, path: Path) -> None:
    """Check that a file is the one that the suite pins.

    Raises:
        DataError: It is another one; the message has both hashes.
        UsageError: It cannot be read.
    """
    from nlptasks.files.paths import sha256_of  # listings read no data

    try:
        found = sha256_of(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if found != card.sha256:
        raise DataError(
            path,
            f"this is not the file of the data set '{card.name}' of '{suite.name}'\n"
            f"expected SHA-256 {card.sha256}\nfound    SHA-256 {found}",
            hint="fetch the file again; if it was changed on purpose, the suite needs the new hash and a new version",
        )


def data_folder(data_dir: str, environ: Mapping[str, str]) -> Path | None:
    """The data folder that the user named; ``None``: none.

    Raises:
        UsageError: It is no folder.
    """
    named, how = (data_dir, "--data-dir") if data_dir else (environ.get(DATA_VARIABLE, ""), DATA_VARIABLE)
    if not named:
        return None
    if not is_folder(Path(named)):
        raise UsageError(f"{named} ({how}) is no folder", hint="name the folder that holds the data sets")
    return Path(named)


def _missing(suite: Suite, card: Card, folder: Path | None) -> UsageError:
    what = f"the file of the data set '{card.name}' of '{suite.name}'"
    if suite.ships:
        return UsageError(
            f"{what} is not there: {suite.folder / card.file}",
            hint="'file' is relative to the folder of the suite's YAML file; a suite that was installed is incomplete",
        )
    origin = f"\nit comes from {card.source}" if card.source else ""
    if folder is None:
        return UsageError(
            f"{what} is needed, and does not come with the suite: {card.file}",
            hint=f"name the folder that holds it: --data-dir DIR, or {DATA_VARIABLE}=DIR{origin}",
        )
    return UsageError(
        f"{what} is not there: {folder / card.file}",
        hint=f"put it there, or name another folder: --data-dir DIR (or {DATA_VARIABLE}){origin}",
    )


def _cached(card: Card) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(card.hub, card.file, revision=card.revision or None, repo_type="dataset")
    return Path(found) if isinstance(found, str) else None


def _download(suite: Suite, card: Card) -> Path:
    from huggingface_hub import errors, hf_hub_download

    what = f"the data set '{card.name}' of '{suite.name}'"
    revision = f" --revision {card.revision}" if card.revision else ""
    fetch = f"hf download --repo-type dataset {card.hub} {card.file}{revision}"
    try:
        return Path(hf_hub_download(card.hub, card.file, revision=card.revision or None, repo_type="dataset"))
    except errors.LocalEntryNotFoundError as error:
        raise NlptasksError(
            f"{what} is not on this machine, and the Hub cannot be reached (or HF_HUB_OFFLINE is set); "
            f"missing: {card.file} of {card.hub}",
            hint=f"when there is a network: {fetch}\nor put the file into a folder DIR, as DIR/{card.file}, and name "
            f"that: --data-dir DIR, or {DATA_VARIABLE}=DIR",
        ) from error
    except Exception as error:  # of whatever client the Hub's library uses
        problem = " ".join(str(error).split())[:300]
        raise NlptasksError(
            f"{what}: {card.file} of {card.hub} cannot be downloaded: {problem}",
            hint=f"see whether it is there: {fetch}",
        ) from error
