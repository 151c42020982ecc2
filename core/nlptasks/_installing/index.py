"""The index of plugins: a TOML file that came with nlptasks, or that somebody names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from nlptasks._names import did_you_mean
from nlptasks._version import __version__
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.toml import line_of, read_toml
from nlptasks.files.whole import LARGEST

#: Seconds to wait for an address.
_PATIENCE = 10.0


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A plugin of an index.

    Args:
        name: Its distribution.
        summary: What it is for.
        brings: What it provides, in words.
        install: What ``plugins install`` is given; empty: the name.
        homepage: Where to read more.
    """

    name: str
    summary: str
    brings: tuple[str, ...] = ()
    install: str = ""
    homepage: str = ""

    def matches(self, words: Iterable[str]) -> bool:
        """Whether each word is somewhere in it, in capitals or not."""
        text = " ".join((self.name, self.summary, *self.brings)).casefold()
        return all(word.casefold() in text for word in words)


@dataclass(frozen=True)
class Index:
    """An index that was read.

    Args:
        plugins: The plugins.
        source: Which index it is, in words.
    """

    plugins: tuple[Listed, ...]
    source: str


def shipped_index() -> Index:
    """The index that came with nlptasks."""
    text = (files("nlptasks") / "_installing" / "index.toml").read_text(encoding="utf-8")
    source = f"the one that came with nlptasks {__version__}"
    return Index(_checked(tomllib.loads(text), source), source)


def read_index(place: str, *, offline: bool = False) -> Index:
    """Read an index.

    Args:
        place: A file, or an address that begins with ``https://`` or ``http://``.
        offline: Whether no address may be asked.

    Raises:
        UsageError: It is no index.
        NlptasksError: The address cannot be read.
    """
    if not place.startswith(("https://", "http://")):
        path = Path(place)
        return Index(_checked(read_toml(path, "index of plugins"), place, path), place)
    if offline:
        raise NlptasksError(f"{place} is not asked: HF_HUB_OFFLINE is set")
    return Index(_checked(_fetched(place), place), place)


def _fetched(address: str) -> Mapping[str, Any]:
    import http.client
    from urllib.request import urlopen  # with ssl, which takes time to import

    try:
        with urlopen(address, timeout=_PATIENCE) as stream:
            content: bytes = stream.read(LARGEST + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NlptasksError(f"{address} cannot be read: {getattr(error, 'reason', error)}") from error
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{address} is not a TOML file: {error}") from error


def _checked(data: Mapping[str, Any], where: str, path: Path | None = None) -> tuple[Listed, ...]:
    """The plugins of a parsed index, in its order."""
    tables = data.get("plugins")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{where} is no index of plugins", hint="write a table [[plugins]] for each, with its name")
    found = []
    for at, table in enumerate(tables):
        if wrong := _wrong(table):
            key, problem = wrong
            line = line_of(path, ("plugins", at, key)) if path else 0
            place = f"{where}:{line}" if line else f"{where}: [[plugins]] number {at + 1}"
            raise UsageError(f"{place}: {problem}", hint=f"known: {', '.join(_KEYS)}")
        found.append(Listed(**{**table, "brings": tuple(table.get("brings", ()))}))
    return tuple(found)


_KEYS: Sequence[str] = [field.name for field in fields(Listed)]


def _wrong(table: Mapping[str, Any]) -> tuple[str, str] | None:
    """A key and what is wrong with it."""
    for key in ("name", "summary"):
        if not table.get(key):
            return "name", f"it has no {key}"
    for key, value in table.items():
        if key not in _KEYS:
            return key, f"the key {key!r} is not known{did_you_mean(key, _KEYS)}"
        texts = value if key == "brings" else [value]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            return key, f"{key!r} must be {'a list of texts' if key == 'brings' else 'a text'}"
    return None
