"""Which records go into one file: those of one system, and of each data set once."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence

from nlptasks.errors import UsageError
from nlptasks.records.schema import Record

#: What tells the data of two records apart in a file.
Key = Callable[[Record], Hashable]

#: Characters of a file's name.
_NAME = 80


def data_key(record: Record) -> Hashable:
    """What tells the data of two records apart where a format has a place for all of it."""
    data = record.dataset
    return record.task, data.name, data.split, data.revision, data.language


def parts(records: Sequence[Record], key: Key) -> list[list[Record]]:
    """The records of each file: of one system, and none of which has the key of another."""
    found: dict[str, list[list[Record]]] = {}
    for record in records:
        files = found.setdefault(record.model.name, [])
        free = next((file for file in files if key(record) not in map(key, file)), None)
        if free is None:
            files.append([record])
        else:
            free.append(record)
    return [file for files in found.values() for file in files]


def one_part(records: Sequence[Record], what: str, key: Key) -> None:
    """Refuse records that do not go into one file.

    Raises:
        UsageError: They are of several systems, or two are of the same data.
    """
    names = dict.fromkeys(record.model.name for record in records)
    if len(names) > 1:
        raise UsageError(
            f"{what} is of one model, and these records are of {len(names)}: {', '.join(map(repr, names))}",
            hint="--output FOLDER/ writes a file for each of them",
        )
    taken: set[Hashable] = set()
    for record in records:
        if key(record) in taken:
            raise UsageError(
                f"two of these records are of the task '{record.task}' on the data set '{record.dataset.name}', and "
                f"{what} cannot tell them apart",
                hint="--output FOLDER/ writes a file for each of them",
            )
        taken.add(key(record))


def file_names(files: Sequence[Sequence[Record]], suffix: str) -> Iterator[str]:
    """What each file is called in a folder: after the system, and after the data where it is of one record."""
    taken: set[str] = set()
    models = [file[0].model.name for file in files]
    for file, model in zip(files, models, strict=True):
        named = [model, *([file[0].dataset.name] if models.count(model) > 1 and len(file) == 1 else [])]
        stem, at = "-".join(map(folder_name, named))[:_NAME], 1
        name = stem
        while name.casefold() in taken:  # some file systems know no case
            at += 1
            name = f"{stem}-{at}"
        taken.add(name.casefold())
        yield f"{name}{suffix}"


def folder_name(text: str) -> str:
    """A name that every file system takes for a text of any kind."""
    return re.sub(r"[^\w.]+", "-", text).strip("-.") or "x"
