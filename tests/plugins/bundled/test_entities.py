"""Tags of words: which token learns them, and how whole entities are scored."""

from __future__ import annotations

import json

import pytest

from nlptasks.errors import NlptasksError
from nlptasks.plugin.protocols import Encoder, Example
from nlptasks_bundled.training.entities import entities, entity_scores, first_tokens, tag_pieces, tag_windows, tags_of
from nlptasks_bundled.training.pieces import IGNORED

WORDS = ["the", "unbroken", "phone", "works"]
TAGS = ["O", "B-X", "I-X", "O"]


def example(words: list[str], tags: list[str]) -> Example:
    return Example({"text": json.dumps(words)}, json.dumps(tags))


def test_the_first_token_of_a_word_learns_its_tag(encoder: Encoder):
    row = example(WORDS, TAGS)
    (piece,) = tag_pieces(encoder, [row], 32, ("B-X", "I-X", "O"))
    assert len(piece.target) == len(piece.ids)
    assert [label for label in piece.target if label != IGNORED] == [2, 0, 1, 2]
    (window,) = tag_windows(encoder, [row], 32)[0]
    places = dict(first_tokens(WORDS, window))
    text = " ".join(WORDS)
    for word, token in places.items():
        start = window.offsets[token - window.start][0]
        assert text[start:].strip().startswith(WORDS[word])
        assert piece.target[token] == ("B-X", "I-X", "O").index(TAGS[word])


def test_words_behind_the_window_are_not_learnt(encoder: Encoder):
    (piece,) = tag_pieces(encoder, [example(["the"] * 50, ["O"] * 50)], 12, ("B-X", "O"))
    assert len(piece) == 12
    assert sum(label != IGNORED for label in piece.target) == 10


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["B-PER", "I-PER", "O", "B-LOC"], [("PER", 0, 2), ("LOC", 3, 4)]),
        (["B-PER", "B-PER", "I-LOC"], [("PER", 0, 1), ("PER", 1, 2), ("LOC", 2, 3)]),
        (["I-ORG", "O", "O"], [("ORG", 0, 1)]),
        (["O"], []),
    ],
)
def test_entities_of_tags(tags: list[str], found: list[tuple[str, int, int]]):
    assert list(entities(tags)) == found


def test_only_whole_entities_count():
    gold = [["B-PER", "I-PER", "O"], ["B-LOC"]]
    assert entity_scores(gold, gold) == {"entity-f1": 1.0}
    assert entity_scores([["B-PER", "O", "O"], ["B-LOC"]], gold) == {"entity-f1": 0.5}
    assert entity_scores([["O"] * 3, ["O"]], [["O"] * 3, ["O"]]) == {"entity-f1": 0.0}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (Example({"text": "no list"}, '["O"]'), "wants a JSON list of words, not 'no list'"),
        (Example({"text": '["a"]'}, "O"), "wants a JSON list of tags, not 'O'"),
        (example(["a", "b"], ["O"]), "2 words have 1 tags"),
    ],
)
def test_what_is_no_list_of_tags(row: Example, problem: str):
    with pytest.raises(NlptasksError, match=problem):
        tags_of(row)
