"""What a submitter says of a record in a file beside it: when it came, under which licence, what the system had seen.

A record says what was measured; these are claims that no number shows, so a board shows them as what they are.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from nlptasks._settings.boards import SubmissionCard
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_file, is_there
from nlptasks.files.validated import problem_of
from nlptasks.records.canonical import parsed

SCHEMA, VERSION = "nlptasks.submission", 1

#: Its name, beside ``record.json``.
FILE = "submission.json"

#: No such file is larger, in bytes.
_LARGEST = 20_000


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
        return TypeAdapter(SubmissionCard).validate_python(data)
    except ValidationError as error:
        raise NlptasksError(f"{path}: {problem_of(error)}") from error
    except UsageError as error:
        raise NlptasksError(f"{path}: {error.message}", hint=error.hint) from error


def card_json(card: SubmissionCard) -> str:
    """A card as its file has it."""
    content = {"schema": SCHEMA, "version": VERSION, **asdict(card)}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
