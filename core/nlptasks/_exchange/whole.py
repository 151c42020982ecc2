"""A whole record as a JSON text of ASCII, which any format can carry, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter, ValidationError

from nlptasks.errors import DataError
from nlptasks.files.validated import problem_of
from nlptasks.records.canonical import Json
from nlptasks.records.schema import Record
from nlptasks.records.store import SCHEMA, VERSION, record_json

_AGAIN = "it was changed; export the record again"


def packed(record: Record) -> dict[str, Json]:
    """A record as JSON holds it."""
    found: dict[str, Json] = json.loads(record_json(record))
    return found


def packed_text(record: Record) -> str:
    """The same as a text of one line in ASCII."""
    return json.dumps(packed(record), sort_keys=True, separators=(",", ":"))


def unpacked_text(text: str, file: str, place: str) -> Record:
    """The record in a text of :func:`packed_text`, at V0 and without digests: its samples did not come with it.

    Raises:
        DataError: It is none.
    """
    return unpacked(_json(text, file, place), file, place)


def unpacked_list(text: str, file: str, place: str) -> tuple[Record, ...]:
    """The records in the JSON text of a list of what :func:`packed` makes.

    Raises:
        DataError: It is none.
    """
    items = _json(text, file, place)
    if not isinstance(items, list):
        raise DataError(file, f"{place}: no list of records", hint=_AGAIN)
    return tuple(unpacked(item, file, f"{place}[{number}]") for number, item in enumerate(items))


def _json(text: str, file: str, place: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(file, f"{place}: no JSON ({error})", hint=_AGAIN) from error


def unpacked(data: Json, file: str, place: str) -> Record:
    """The record in the value of :func:`packed`; see :func:`unpacked_text`.

    Raises:
        DataError: It is none.
    """
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise DataError(file, f"{place}: not a record of nlptasks", hint=f'its "schema" must be "{SCHEMA}"')
    if data.get("version") != VERSION:
        raise DataError(
            file,
            f"{place}.version: a version that is not known here: {data.get('version')!r}",
            hint="install a newer nlptasks",
        )
    fields = {name: value for name, value in data.items() if name not in ("schema", "version", "id", "trust")}
    try:
        record = _adapter().validate_python(fields)
    except ValidationError as error:
        raise DataError(file, f"{place}.{problem_of(error)}", hint=_AGAIN) from error
    except RecursionError as error:
        raise DataError(file, f"{place}: nested too deeply", hint=_AGAIN) from error
    if data.get("id") != record.id:
        raise DataError(
            file,
            f"{place}.id: it is {data.get('id')!r}, but its fields make {record.id!r}",
            hint=_AGAIN,
        )
    return replace(record, digests={})


@cache
def _adapter() -> TypeAdapter[Record]:
    return TypeAdapter(Record)
