"""What a submitter says of a record in a file beside it: when it came, under which licence, what the system had seen.

A record says what was measured; these are claims that no number shows, so a board shows them as what they are.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from nlptasks.errors import NlptasksError
from nlptasks.files.names import is_file, is_there
from nlptasks.files.validated import problem_of
from nlptasks.records.canonical import parsed

SCHEMA, VERSION = "nlptasks.submission", 1

#: Its name, beside ``record.json``.
FILE = "submission.json"

#: No such file is larger, in bytes.
_LARGEST = 20_000

#: What a system had seen of a data set's own training rows: nothing, these, or nobody says.
Training = Literal["zero-shot", "trained", "unknown"]
TRAINING: tuple[str, ...] = get_args(Training)

_Line = Annotated[str, StringConstraints(max_length=500)]
_Day = Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d{2}-\d{2})?\z")]


@dataclass(config=ConfigDict(extra="forbid"), frozen=True, slots=True, kw_only=True)
class SubmissionCard:
    """What is said of a record.

    Args:
        date: The day on which it was submitted, by ISO 8601; empty: not known.
        licence: Licence of the system.
        training: What the system had seen of the data set's training rows.
        by: Who submitted it.
        link: Where the system is described.
        system: What boards call the system, of predictions that are no record yet.
        dataset: The data set that such predictions are of.
    """

    date: _Day = ""
    licence: _Line = ""
    training: Training = "unknown"
    by: _Line = ""
    link: _Line = ""
    system: _Line = ""
    dataset: _Line = ""


def read_card(folder: Path) -> SubmissionCard:
    """What is said of the record in a folder; nothing where the file is not there.

    Raises:
        NlptasksError: There is such a file, and it cannot be read or holds something else.
    """
    path = folder / FILE
    try:
        if not is_file(path):
            if not is_there(path):
                return SubmissionCard()
            raise NlptasksError(f"{path}: it is no file", hint="a submission holds plain files only")
        if path.stat().st_size > _LARGEST:
            raise NlptasksError(f"{path}: it has more than {_LARGEST:,} bytes")
        data = parsed(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NlptasksError(f"{path}: it cannot be read ({error})") from error
    if not isinstance(data, dict) or (data.pop("schema", None), data.pop("version", None)) != (SCHEMA, VERSION):
        raise NlptasksError(f'{path}: its "schema" must be "{SCHEMA}" and its "version" {VERSION}')
    try:
        found: SubmissionCard = TypeAdapter(SubmissionCard).validate_python(data)
    except ValidationError as error:
        raise NlptasksError(f"{path}: {problem_of(error)}") from error
    return found


def card_json(card: SubmissionCard) -> str:
    """A card as its file has it."""
    content = {"schema": SCHEMA, "version": VERSION, **asdict(card)}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
