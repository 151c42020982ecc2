"""The weights that ship, on the articles in ``examples``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nlptasks
from nlptasks.plugin.predictions import Text
from nlptasks_summarization.oracle import labels


@pytest.fixture(scope="module")
def articles(examples: Path) -> list[dict[str, str]]:
    lines = (examples / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_summaries_of_the_articles_stand_in_them_word_for_word(articles: list[dict[str, str]]) -> None:
    for article in articles:
        pieces = [piece.strip() for piece in article["summary"].split(". ")]
        assert all(piece in article["document"] for piece in pieces)


def test_it_keeps_more_of_the_sentences_that_summaries_keep_than_chance_would(articles: list[dict[str, str]]) -> None:
    answers = nlptasks.load("summarization")([{"document": article["document"]} for article in articles])
    hits = kept = 0
    for article, answer in zip(articles, answers, strict=True):
        assert isinstance(answer, Text)
        lines = answer.text.split("\n")
        places = [article["document"].find(line) for line in lines]
        assert places == sorted(places) and places[0] >= 0
        hits += sum(labels(lines, article["summary"]))
        kept += len(lines)
    assert hits / kept > 0.5
