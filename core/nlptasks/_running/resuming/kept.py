"""What is kept of a predicted block: a line of JSON with its digest, from which the same rows are written again."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nlptasks._running.blocks import Block, PredictedBlock, Rejected, chosen
from nlptasks._running.predict import BlockPredictions
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Prediction, Row

#: Different values that a column is told by their numbers for; so many fit a byte.
_FEW = 256

#: Characters of the digest that stands before a line, and the blank behind it.
_DIGEST = 64


@dataclass(frozen=True, slots=True)
class KeptPrediction:
    """A prediction as far as counts and scores need it; its cells are kept by column."""

    canonical: str
    score: float | None

    suffixes: ClassVar[tuple[str, ...]] = ()

    def cells(self) -> tuple[Cell, ...]:
        """None: they stand in :attr:`nlptasks._running.blocks.PredictedBlock.kept`."""
        return ()


@dataclass(frozen=True)
class KeptBlock:
    """A block that was predicted before.

    Args:
        said: What its line says.
    """

    said: Mapping[str, Any]

    def fits(self, block: Block[Any]) -> bool:
        """Whether it is of these rows, as far as their numbers tell."""
        return (self.said["first"], self.said["rows"]) == (block.first, len(block.rows))

    def predicted(self, block: Block[Row]) -> PredictedBlock[Row]:
        """The block with what was made of it."""
        said = self.said
        failed = {int(at): str(reason) for at, reason in said["rejected"]}
        rejected = tuple(Rejected(at, block.rows[at], reason) for at, reason in failed.items())
        left = chosen(block, [at for at in range(len(block.rows)) if at not in failed]) if failed else block
        return PredictedBlock(
            block=left,
            made=BlockPredictions(
                by_head=tuple(_predictions(head) for head in said["heads"]),
                tokens=said["tokens"],
                long=_flags(said["long"], len(left.rows)),
                unread=tuple(_flags(head["unread"], len(left.rows)) for head in said["heads"]),
                foreign=tuple(tuple(_values(head["foreign"])) for head in said["heads"]),
            ),
            nll=tuple(_values(head["nll"]) for head in said["heads"]),
            seconds=said["seconds"],
            rejected=rejected,
            kept=tuple(_values(column) for column in said["columns"]),
        )


def line_of(done: PredictedBlock[Any], columns: Sequence[Sequence[Cell]]) -> bytes:
    """The line that keeps a block.

    Args:
        done: The block.
        columns: The columns of cells that its predictions are written as.
    """
    made, rows = done.made, len(done.block.rows)
    nothing: tuple[Sequence[Any], ...] = ((None,) * rows,) * len(made.by_head)
    return signed(
        {
            "first": done.block.first,
            "rows": rows + len(done.rejected),
            "tokens": made.tokens,
            "long": _places(made.long),
            "seconds": round(done.seconds, 6),
            "rejected": [[item.at, item.reason] for item in done.rejected],
            "heads": [
                {
                    "text": _column([None if one is None else one.canonical for one in predictions]),
                    "score": _column([getattr(one, "score", None) for one in predictions]),
                    "nll": _column(nll),
                    "foreign": _column(foreign),
                    "unread": _places(unread),
                }
                for predictions, nll, foreign, unread in zip(
                    made.by_head,
                    done.nll or nothing,
                    made.foreign or (("",) * rows,) * len(made.by_head),
                    made.unread or ((),) * len(made.by_head),
                    strict=True,
                )
            ],
            "columns": [_column(cells) for cells in columns],
        }
    )


def signed(said: Mapping[str, Any]) -> bytes:
    """A line that tells whether it is whole."""
    content = json.dumps(said, separators=(",", ":"), default=_plain).encode()
    return f"{hashlib.sha256(content).hexdigest()} ".encode() + content + b"\n"


def plain(said: Mapping[str, Any]) -> Any:
    """What :func:`checked` finds of a value in a line."""
    return json.loads(json.dumps(said, default=_plain))


def checked(line: bytes) -> dict[str, Any] | None:
    """What a line says; ``None`` where it is not as it was written."""
    digest, content = line[:_DIGEST], line[_DIGEST + 1 : -1]
    if hashlib.sha256(content).hexdigest().encode() != digest:
        return None
    said = json.loads(content)
    return said if isinstance(said, dict) else None


def _predictions(head: Mapping[str, Any]) -> tuple[Prediction | None, ...]:
    pairs = zip(_values(head["text"]), _values(head["score"]), strict=True)
    return tuple(None if text is None else KeptPrediction(text, score) for text, score in pairs)


def _places(flags: Sequence[bool]) -> list[int]:
    """Where flags are set."""
    return [at for at, flag in enumerate(flags) if flag]


def _flags(places: Sequence[int], rows: int) -> tuple[bool, ...]:
    """Flags that are set at some places."""
    flags = [False] * rows
    for at in places:
        flags[at] = True
    return tuple(flags)


def _column(values: Sequence[Any]) -> Any:
    """Some values in types that JSON has: floats as they are in memory, few different texts by their numbers."""
    kinds = set(map(type, values))
    if kinds == {float}:
        import numpy as np

        return {"f8": b64encode(np.array(values, "<f8").tobytes()).decode()}
    if kinds <= {str, type(None)} and len(values) > 1:
        different = {value: at for at, value in enumerate(dict.fromkeys(values))}
        if len(different) <= min(_FEW, len(values) // 2):
            numbers = bytes(map(different.__getitem__, values))
            return {"of": list(different), "at": b64encode(numbers).decode()}
    return list(values)


def _values(column: Any) -> list[Any]:
    """The values of a column."""
    if isinstance(column, list):
        return column
    if "of" in column:
        return list(map(column["of"].__getitem__, b64decode(column["at"])))
    import numpy as np

    return list(np.frombuffer(b64decode(column["f8"]), "<f8").tolist())


def _plain(value: object) -> Any:
    """Cells may be any mapping and any sequence."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be kept")
