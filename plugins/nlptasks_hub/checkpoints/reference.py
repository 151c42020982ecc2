"""How a checkpoint is named: an id on the Hub, with or without a revision, or a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from nlptasks.errors import UsageError
from nlptasks.files.names import at_home, is_file, is_there

#: What stands before an id of the Hub in ``--backbone``.
SCHEME = "hf"

#: The file that makes a folder a checkpoint.
CONFIG = "config.json"

#: The file with a checkpoint's own settings of generation, where it has some.
GENERATION = "generation_config.json"

#: An id of the Hub: an organisation and a name, or a name alone. The Hub's own rules are a little stricter.
_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A checkpoint that was named; whether it is there is not known.

    Args:
        text: What the user typed.
        folder: The folder; ``None``: it is on the Hub.
        repository: Its id on the Hub, ``org/name``; empty: it is a folder.
        revision: Branch, tag or commit; empty: the Hub's ``main``.
    """

    text: str
    folder: Path | None = None
    repository: str = ""
    revision: str = ""


def parse(text: str, revision: str = "") -> Reference:
    """Read a reference: ``hf:org/name``, ``hf:org/name@REVISION``, the same without ``hf:``, or a folder.

    What begins with ``.``, ``/`` or ``~``, or is a folder with a ``config.json`` or with files of other programs, is a
    folder; ``hf:`` says that it is not.

    Args:
        text: What the user typed.
        revision: A revision that was given beside it.

    Raises:
        UsageError: It is neither, or names a revision twice or of a folder.
    """
    scheme, colon, rest = text.partition(":")
    on_hub = bool(colon) and scheme == SCHEME
    name = rest if on_hub else text
    folder = at_home(name)
    if name.startswith((".", "/", "~")) or (not on_hub and name and _is_local(folder)):
        if on_hub:
            raise UsageError(f"{text}: {name} is a folder, and {SCHEME}: names what is on the Hub", hint=f"type {name}")
        if revision:
            raise UsageError(f"{text} is a folder, which has no revision {revision!r}", hint="leave the revision out")
        return Reference(text=text, folder=folder)
    repository, at, named = name.partition("@")
    if not _ID.fullmatch(repository) or ".." in repository or (at and not named):
        raise UsageError(
            f"{text!r} names no checkpoint",
            hint=f"write {SCHEME}:ORGANISATION/NAME, {SCHEME}:ORGANISATION/NAME@REVISION, or a folder as ./FOLDER",
        )
    if named and revision and named != revision:
        raise UsageError(f"{text} names the revision {named!r}, and beside it stands {revision!r}", hint="give one")
    return Reference(text=text, repository=repository, revision=named or revision)


def _is_local(place: Path) -> bool:
    """Whether something on this machine is meant, a checkpoint or not."""
    from .foreign import foreign

    return is_file(place / CONFIG) or (is_there(place) and foreign(place) is not None)
