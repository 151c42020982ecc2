r"""Chooses the pieces of the vocabulary that are kept, and writes ``vocabulary.bin``.

How the file that ships was made::

    python -m nlptasks_multilingual.cutting DATA

``DATA`` is a folder with a folder for each data set, which holds ``train.jsonl.gz`` and ``validation.jsonl.gz``. Kept
are the pieces that occur in the first rows of these three times or more, all that are one character, so that nothing
becomes unknown, and of the others the most probable, until there are 128,000.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from .package import read_weights
from .quantised import Piece, QuantisedFile
from .vocabulary import PREFIX, SPECIAL, VOCABULARY, packed, tokenizer

#: Pieces that are kept, and how often one of more than a character must occur to be among them for that.
PIECES, OFTEN = 128_000, 3

#: Rows of a file that are read, and characters of a cell.
_ROWS, _CHARACTERS = 6_000, 1_500

#: The cells that hold text.
_CELLS = ("text", "source", "target", "document", "summary", "context", "question")


def chosen(pieces: Sequence[Piece], counts: Counter[int], size: int = PIECES) -> list[int]:
    """Numbers of the pieces to keep, in order.

    Args:
        pieces: The whole vocabulary, the special ones first and the others from the most probable to the least.
        counts: How often each occurs.
        size: How many are kept, if not more must be.
    """
    needed = [
        number
        for number, (piece, _) in enumerate(pieces)
        if number < len(SPECIAL) or len(piece) == 1 or piece in PREFIX or counts[number] >= OFTEN
    ]
    seen = set(needed)
    others = (number for number in range(len(pieces) - 1) if number not in seen)  # the last one is <mask>
    return sorted([*needed, *islice(others, max(size - len(needed), 0))])


def texts(folder: Path) -> Iterator[list[str]]:
    """The texts of all files in a folder of data sets, file by file."""
    for path in sorted([*folder.glob("*/train.jsonl.gz"), *folder.glob("*/validation.jsonl.gz")]):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in islice(lines, _ROWS)]
        yield [row[cell][:_CHARACTERS] for row in rows for cell in _CELLS if isinstance(row.get(cell), str)]


def main(folder: Path, output: Path = VOCABULARY) -> None:
    """Write the file, and say how much of the data's tokens the kept pieces are."""
    pieces = QuantisedFile.read(read_weights()).vocabulary.all()
    whole, counts = tokenizer(pieces), Counter[int]()
    for several in texts(folder):
        for encoding in whole.encode_batch_fast(several, add_special_tokens=False):
            counts.update(encoding.ids)
    numbers = chosen(pieces, counts)
    output.write_bytes(packed(numbers, len(pieces)))
    share = sum(counts[number] for number in numbers) / counts.total()
    print(f"{len(numbers):,} pieces, {share:.3%} of the {counts.total():,} tokens of the data -> {output}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
