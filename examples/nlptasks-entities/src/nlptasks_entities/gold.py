"""Entities as gold cells hold them, and the one text that gold and predictions are compared by."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

#: First character, the one behind the last, and the type.
Place = tuple[int, int, str]

#: What annotation tools call the type in an object.
_TYPE = ("type", "label", "entity_group")


def canonical(places: Iterable[Place]) -> str:
    """A JSON list of ``[start, end, type]``, in the order of the text, each once."""
    return json.dumps(sorted(set(places)), ensure_ascii=False)


def places(text: str) -> list[Place]:
    """The entities in a cell.

    Raises:
        ValueError: It is no list of them; the error says why.
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise ValueError(f"{text[:60]!r} is no list of entities; write [] where a text names nothing")
    return [_place(item) for item in found]


def read_gold(_column: str, cell: str, _cells: Collection[str] = ()) -> str | None:
    """The canonical gold answer; ``None`` where the cell is blank or null: nobody looked for entities there."""
    return None if cell.strip() in ("", "null") else canonical(places(cell))


def _place(item: object) -> Place:
    if isinstance(item, str):
        raise ValueError(f"{item!r} is no entity; tags need their tokens beside them: write a .conll file")
    found: object = item
    if isinstance(item, Mapping):
        kind = next((item[name] for name in _TYPE if name in item), None)
        found = [item.get("start"), item.get("end"), kind]
    match found:
        case [int(start), int(end), str(kind)] if 0 <= start < end and kind:
            return start, end, kind
    raise ValueError(f'{json.dumps(item)[:80]} is no entity; write {{"start": 0, "end": 6, "type": "LOC"}}')
