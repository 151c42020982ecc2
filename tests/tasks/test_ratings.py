from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks_tasks.polarity_words import polarity
from nlptasks_tasks.ratings import Rating, rating, scale_of
from nlptasks_tasks.sentiment_gold import describe_gold, read_gold

NEGATIVE, NEUTRAL, POSITIVE = "negative", "neutral", "positive"


@pytest.mark.parametrize(
    ("column", "cells", "golds"),
    [
        ("rating", ["1", "2", "4", "7", "8", "10"], [NEGATIVE] * 3 + [POSITIVE] * 3),
        ("rating", ["0", "4", "5", "6", "10"], [NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE]),
        ("score", ["5", "40", "50", "61", "100"], [NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE]),
        ("score", ["0.1", "0.5", "0.93"], [NEGATIVE, NEUTRAL, POSITIVE]),
        ("label", ["-0.8", "0.0", "0.7"], [NEGATIVE, NEUTRAL, POSITIVE]),
        ("stars", ["0", "1", "2", "3", "4"], [NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE]),
        ("label", ["0", "1", "2", "3", "4"], [NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE]),
        ("stars", ["0.5", "2", "3", "4.5"], [NEGATIVE, NEGATIVE, POSITIVE, POSITIVE]),
        ("label", [str(n) for n in (1, 2, 3, 4, 7, 8, 9, 10)], [NEGATIVE] * 4 + [POSITIVE] * 4),
        ("label", ["4/5", "1/5", "3 / 5"], [POSITIVE, NEGATIVE, NEUTRAL]),
        ("label", ["8/10", "4/10", "5/10"], [POSITIVE, NEGATIVE, NEUTRAL]),
        ("label", ["8 out of 10", "2 von 10"], [POSITIVE, NEGATIVE]),
        ("label", ["4/10", "4/5"], [NEGATIVE, POSITIVE]),
        ("label", ["80%", "12 %"], [POSITIVE, NEGATIVE]),
        ("label", ["5 stars", "1 star", "3 stars"], [POSITIVE, NEGATIVE, NEUTRAL]),
        ("label", ["1 star", "2 stars"], [NEGATIVE, NEGATIVE]),
        ("label", ["★★★★★", "★☆☆☆☆", "★★★"], [POSITIVE, NEGATIVE, NEUTRAL]),
        ("label", ["⭐⭐", "⭐⭐⭐⭐"], [NEGATIVE, POSITIVE]),
        ("rating", ["4,5", "1,5"], [POSITIVE, NEGATIVE]),
        ("rating", ["5.0", "1.0"], [POSITIVE, NEGATIVE]),
        # Scales that could be several are nobody's to choose.
        ("rating", ["1", "7"], [None, None]),
        ("rating", ["0", "1", "2"], [None, None, None]),
        ("rating", ["3", "14"], [None, None]),
        ("label", ["1", "2", "3"], [None] * 3),
        ("label", ["1", "3"], [None, None]),
        ("stars", ["1", "2", "3"], [NEGATIVE, NEGATIVE, NEUTRAL]),
        ("label", ["1", "2", "3", "4"], [NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE]),
        ("rating", ["5", "3", "1", "11"], [None] * 4),
        ("rating", ["1", "500"], [None, None]),
        ("label", ["LABEL_0", "LABEL_1", "LABEL_2"], [NEGATIVE, NEUTRAL, POSITIVE]),
        ("label", ["LABEL_0", "LABEL_1"], [NEGATIVE, POSITIVE]),
        ("label", ["__label__2", "__label__1"], [POSITIVE, NEGATIVE]),
        # A sign or a letter means what it does beside its counterpart alone.
        ("label", ["+", "-"], [POSITIVE, NEGATIVE]),
        ("label", ["positive", "negative", "-"], [POSITIVE, NEGATIVE, None]),
        ("label", ["P", "N", "NEU"], [POSITIVE, NEGATIVE, NEUTRAL]),
        ("label", ["P+", "N", "N+"], [POSITIVE, NEGATIVE, NEGATIVE]),
        ("label", ["Y", "N"], [None, None]),
        ("label", ["POS", "NEG", "N"], [POSITIVE, NEGATIVE, None]),
    ],
)
def test_the_scale_is_told_by_the_whole_column(column: str, cells: list[str], golds: list[str | None]) -> None:
    assert [read_gold(column, cell, frozenset(cells)) for cell in cells] == golds
    assert [read_gold(column, cell, cells) for cell in reversed(cells)] == golds[::-1]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (
            "pos POS P + Positive positiv positif positivo gut bueno 👍 👍🏽 好评 正面 ポジティブ 긍정 إيجابي 👌",
            POSITIVE,
        ),
        (
            "neg N - Negative negativ négatif negativo schlecht malo 👎 差评 负面 ネガティブ 부정 سلبي плохо",
            NEGATIVE,
        ),
        ("neu neutral neutre neutro Neutral 中性 中立 중립 нейтральный 😐", NEUTRAL),
        ("__label__positive very_positive Very-Positive", POSITIVE),
        ("joy anger x", None),
    ],
)
def test_words_of_many_languages(words: str, found: str | None) -> None:
    assert {word: polarity(word) for word in words.split()} == dict.fromkeys(words.split(), found)


def test_what_is_said() -> None:
    assert describe_gold("label", ["0", "1"]) == []
    assert describe_gold("label", ["positive", "neg"]) == []
    (line,) = describe_gold("label", ["1", "2"])
    assert "1 is negative, 2 is positive; where they do not, --label-map says so" in line
    (line,) = describe_gold("rating", ["1", "7"])
    assert "1 to 7, are on no scale that is clear, and none is read" in line
    assert "--label-map says what they mean" in line
    assert "ratings out of 5 are on a scale from 1 to 5" in describe_gold("x", ["4/5", "1/5"])[0]


@given(st.sets(st.integers(1, 10), min_size=1))
def test_a_higher_rating_is_never_worse(numbers: set[int]) -> None:
    cells = [str(number) for number in sorted({*numbers, 10})]
    order = {NEGATIVE: 0, NEUTRAL: 1, POSITIVE: 2}
    found = [order[read_gold("rating", cell, frozenset(cells)) or ""] for cell in cells]
    assert found == sorted(found)


@given(st.text(max_size=12))
def test_any_cell_is_a_rating_or_none(cell: str) -> None:
    found = rating(cell)
    assert found is None or isinstance(found, Rating)


@given(st.sets(st.floats(-200, 200), min_size=1), st.booleans())
def test_a_scale_holds_all_its_numbers(numbers: set[float], graded: bool) -> None:
    scale = scale_of(numbers, graded=graded)
    assert scale is None or all(scale.verdict(number) for number in numbers)
