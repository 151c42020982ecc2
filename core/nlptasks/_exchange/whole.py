"""A whole record as a JSON text of ASCII, which any format can carry, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter, ValidationError

from nlptasks.errors import DataError
from nlptasks.records.schema import Json, Record
from nlptasks.records.store import SCHEMA, VERSION, record_json


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
    try:
        return unpacked(json.loads(text), file, place)
    except (ValueError, RecursionError) as error:
        raise DataError(file, f"{place}: no JSON ({error})", hint="export the record again") from error


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
    except (ValidationError, RecursionError) as error:
        raise DataError(file, f"{place}.{_first(error)}", hint="it was changed; export the record again") from error
    if data.get("id") != record.id:
        raise DataError(
            file,
            f"{place}.id: it is {data.get('id')!r}, but its fields make {record.id!r}",
            hint="it was changed; export the record again",
        )
    return replace(record, digests={})


@cache
def _adapter() -> TypeAdapter[Record]:
    return TypeAdapter(Record)


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "nested too deeply"
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
