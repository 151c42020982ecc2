"""What a repository begins with; the command's own tests are in tests/core/_cli/leaderboard/test_init.py."""

from __future__ import annotations

import csv
import io

from nlptasks._board.repository.template import write_repository
from nlptasks._settings.boards import BoardData
from nlptasks.records.suites import read_suite


def test_the_public_part_has_ids_and_inputs_alone(registry, tmp_path):
    text = 'stars,id,text,note,label\n5,a,"one, and",x,positive\n1,b,two,y,negative\n'
    (tmp_path / "data.csv").write_text(text)
    asked = BoardData(name="x", task="sentiment", data=str(tmp_path / "data.csv"), withhold_gold=True)
    assert write_repository(registry, tmp_path / "lb", asked) == "data"
    rows = list(csv.reader(io.StringIO((tmp_path / "lb" / "data" / "data.csv").read_text())))
    assert rows == [["id", "text"], ["a", "one, and"], ["b", "two"]]
    (card,) = read_suite(tmp_path / "lb" / "suite.yaml").datasets
    assert (card.file, card.public) == ("hidden/data.csv", "data/data.csv")


def test_texts_keep_their_language(registry, tmp_path):
    (tmp_path / "pairs.csv").write_text("en,de\nthe house,das Haus\n")
    asked = BoardData(name="x", task="translation", data=str(tmp_path / "pairs.csv"), gold="de")
    write_repository(registry, tmp_path / "lb", asked)
    (card,) = read_suite(tmp_path / "lb" / "suite.yaml").datasets
    assert (card.task, card.gold, card.n) == ("translation", "de", 1)
