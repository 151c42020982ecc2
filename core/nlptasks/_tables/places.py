"""What ``--data`` names: files, folders, globs, archives, data sets on disk, and addresses, each as files to read."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlptasks._plugins.registry import Registry
from nlptasks._tables.databases import database_of
from nlptasks._tables.text_files import SUFFIX
from nlptasks.errors import DataError, UsageError
from nlptasks.files.archives import member_of, members
from nlptasks.files.names import at_home, is_file, is_folder, is_there
from nlptasks.files.paths import split_suffix
from nlptasks.files.remote import is_remote, remote_files
from nlptasks.files.walking import walked
from nlptasks.plugin import FormatSpec
from nlptasks.text.display import counted

#: What ``datasets.Dataset.save_to_disk`` puts beside its files, and ``DatasetDict.save_to_disk`` beside its folders.
STATE, SPLITS = "state.json", "dataset_dict.json"

_GLOB = re.compile(r"[*?\[]")

#: Names that a note quotes.
_QUOTED = 3


@dataclass(frozen=True)
class DataPlace:
    """One table.

    Args:
        name: What errors, summaries and the column ``file`` call it.
        parts: What it is read from, in this order: names that :func:`nlptasks._tables.opening.open_part` takes.
    """

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class DataPlaces:
    """The tables that some names stand for.

    Args:
        places: The tables, in the order of the names; those of one name are sorted.
        notes: What is left out, a line each.
    """

    places: tuple[DataPlace, ...]
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """All that is read."""
        return tuple(part for place in self.places for part in place.parts)


def places_of(registry: Registry, given: Sequence[str], *, data_format: str = "") -> DataPlaces:
    """The tables that the user named.

    Args:
        registry: What is installed: it tells which files of a folder can be read.
        given: Names of files, folders, globs, archives or members of them, data sets on disk, and addresses.
        data_format: The format that the user named; empty: each file's suffix tells.

    Raises:
        UsageError: A folder or an archive is empty, a glob matches nothing, a link leads in a circle, or one file is
            named twice.
    """
    finder = _Finder(registry, data_format)
    places = tuple(place for name in given for place in finder.of(name))
    _refuse_twice(places)
    return DataPlaces(places, tuple(finder.notes))


class _Finder:
    """Finds tables, and notes what is left out."""

    def __init__(self, registry: Registry, data_format: str) -> None:
        self._any = bool(data_format)
        self._suffixes = {suffix for item in registry.all(FormatSpec) for suffix in item.spec.suffixes}
        self.notes: list[str] = []

    def of(self, name: str) -> Iterator[DataPlace]:
        """The tables of one name."""
        if database := database_of(name):
            yield DataPlace(database.shown, (name,))
        elif name == "-":
            yield DataPlace(name, (name,))
        elif is_remote(name):
            yield from (DataPlace(each, (each,)) for each in remote_files(name))
        elif is_folder(name):
            yield from self._folder(Path(name))
        elif member_of(name):
            yield from self._archive(name)
        elif is_there(name) or not _GLOB.search(name):
            yield DataPlace(name, (name,))  # who opens it says what is wrong with it
        else:
            yield from self._glob(name)

    def _glob(self, pattern: str) -> Iterator[DataPlace]:
        found = sorted(glob.glob(str(at_home(pattern)), recursive=True), key=lambda name: Path(name).parts)  # noqa: PTH207
        if not found:
            raise UsageError(f"no file matches {pattern!r}", hint="quoted, ** goes into folders: 'data/**/*.csv'")
        for name in found:
            yield from self.of(name)

    def _folder(self, folder: Path) -> Iterator[DataPlace]:
        if is_file(folder / SPLITS):
            splits = _splits(folder)
            if len(splits) != 1:
                raise UsageError(f"{folder} is a data set of several splits", hint=f"name one: {_quoted(splits)}")
            folder = Path(splits[0])
        if is_file(folder / STATE):
            yield DataPlace(str(folder), tuple(_arrow_files(folder)))
            return
        files = list(walked(folder))
        if not files:
            raise UsageError(f"{folder} is a folder without a file", hint="name a file, or a folder that holds some")
        kept = self._readable([path.relative_to(folder).as_posix() for path in files], str(folder))
        if all(Path(name).suffix.lower() == SUFFIX for name in kept) and not self._any:
            yield DataPlace(str(folder), (f"{folder}{os.sep}",))
            return
        yield from (DataPlace(str(folder / name), (str(folder / name),)) for name in kept)

    def _archive(self, name: str) -> Iterator[DataPlace]:
        member = member_of(name)
        assert member is not None
        held = members(member.archive)
        if member.name and (member.name in held or not _GLOB.search(member.name)):
            below = [each for each in held if each.startswith(f"{member.name}/")]
            chosen = self._readable(below, name) if below else [member.name]
        elif member.name:
            import fnmatch

            chosen = fnmatch.filter(held, member.name)
        else:
            chosen = self._readable(held, name)
        if not chosen:
            raise UsageError(
                f"no file in {member.archive} matches {member.name!r}" if member.name else f"{name} holds no file",
                hint=f"it holds {_quoted(held)}" if held else "is it the right archive?",
            )
        yield from (DataPlace(f"{member.archive}/{each}", (f"{member.archive}/{each}",)) for each in chosen)

    def _readable(self, names: Sequence[str], place: str) -> list[str]:
        """The names of files that some format reads; the others are noted.

        Raises:
            UsageError: There is none.
        """
        if self._any:
            return list(names)
        kept = [name for name in names if split_suffix(name)[1].lower() in self._suffixes]
        left = [name for name in names if name not in set(kept)]
        if not kept and names:
            known = ", ".join(sorted(self._suffixes))
            raise UsageError(
                f"{place} holds no file that a format reads: {_quoted(left)}",
                hint=f"known: {known}; or name the format of all of them with --format",
            )
        if left:
            self.notes.append(f"{place}: {counted(len(left), 'file')} of no known format left out ({_quoted(left)})")
        return kept


def _splits(folder: Path) -> list[str]:
    try:
        names = json.loads((folder / SPLITS).read_text(encoding="utf-8"))["splits"]
        return [str(folder / name) for name in names]
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(folder / SPLITS, "it does not name the splits", hint="save the data set again") from None


def _arrow_files(folder: Path) -> list[str]:
    """The files of a data set that was saved to disk, in the order that it says."""
    state = folder / STATE
    try:
        names = [each["filename"] for each in json.loads(state.read_text(encoding="utf-8"))["_data_files"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(state, "it does not name the files of the data set", hint="save it again") from None
    if not names or any(os.path.basename(name) != name for name in names):  # noqa: PTH119
        raise DataError(state, "it names no file, or one of another folder", hint="save the data set again")
    return [str(folder / name) for name in names]


def _refuse_twice(places: Sequence[DataPlace]) -> None:
    seen: dict[str, str] = {}
    for part in (part for place in places for part in place.parts):
        real = part if is_remote(part) else os.path.realpath(part)
        if real in seen:
            also = f" (as {seen[real]})" if seen[real] != part else ""
            raise UsageError(f"{part} is given twice{also}", hint="its rows would count twice; leave one out")
        seen[real] = part


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(names[:_QUOTED]) + (", ..." if len(names) > _QUOTED else "")
