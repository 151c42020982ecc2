"""Which pieces are kept: those that occur, those of one character, and then the most probable."""

from __future__ import annotations

import gzip
import json
from collections import Counter

from nlptasks_multilingual.cutting import OFTEN, chosen, main, texts
from nlptasks_multilingual.vocabulary import PREFIX, SPECIAL, kept

PIECES = [(piece, 0.0) for piece in (*SPECIAL.values(), *PREFIX, "probable", "next", "often", "x", "rare", "<mask>")]
NUMBERS = {piece: number for number, (piece, _) in enumerate(PIECES)}


def test_needed_ones_come_before_probable_ones():
    counts = Counter({NUMBERS["often"]: OFTEN, NUMBERS["rare"]: OFTEN - 1})
    needed = sorted(NUMBERS[piece] for piece in (*SPECIAL.values(), *PREFIX, "often", "x"))
    assert chosen(PIECES, counts, size=1) == needed
    assert chosen(PIECES, counts, size=len(needed) + 1) == sorted([*needed, NUMBERS["probable"]])
    assert NUMBERS["<mask>"] not in chosen(PIECES, counts, size=100)


def test_the_texts_of_all_files(tmp_path):
    rows = [{"text": "a", "label": "b"}, {"source": "c", "target": "d", "answers": {}}]
    for split in ("train", "validation", "other"):
        (tmp_path / "set").mkdir(exist_ok=True)
        with gzip.open(tmp_path / "set" / f"{split}.jsonl.gz", "wt", encoding="utf-8") as lines:
            lines.writelines(f"{json.dumps(row)}\n" for row in rows)
    assert list(texts(tmp_path)) == [["a", "c", "d"]] * 2


def test_the_script_keeps_what_occurs(content, tmp_path, capsys, file):
    (tmp_path / "set").mkdir()
    with gzip.open(tmp_path / "set" / "train.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write(json.dumps({"text": "Donaudampfschifffahrtsgesellschaft " * OFTEN}))
    main(tmp_path, tmp_path / "out.bin")
    assert "128,000 pieces, 100.000% of the" in capsys.readouterr().out
    assert len(kept((tmp_path / "out.bin").read_bytes())) == 128_000
