"""JSON in one form: equal values are equal bytes, and what is no number is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn

#: What JSON can hold.
Json = Any


def canonical(value: Json) -> str:
    """JSON with sorted keys, no spaces and no NaN: equal values are equal bytes.

    Raises:
        ValueError: A number is not finite.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parsed(line: bytes) -> Json:
    """What JSON of a record says.

    Raises:
        ValueError: It is no JSON, or a number is not finite, or it is nested too deep.
    """
    try:
        return json.loads(line.decode("utf-8", "surrogatepass"), parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
