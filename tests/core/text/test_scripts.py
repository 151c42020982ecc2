"""What the letters of a text say of its language."""

from __future__ import annotations

import pytest

from nlptasks.text.scripts import can_be, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", ""),
        ("plain English, 1 2 3", ""),
        ("Déjà vu à Łódź", ""),
        ("房间很干净", "zh"),
        ("部屋はとてもきれいでした", "ja"),
        ("방이 깨끗했어요", "ko"),
        ("Комната была чистой", "und-Cyrl"),
        ("الغرفة نظيفة", "und-Arab"),
        ("😀😀", ""),
        ("the word 房间 in an English sentence", ""),
    ],
)
def test_the_script_of_most_letters(text: str, language: str) -> None:
    assert language_of([text]) == language


def test_the_languages_of_a_script() -> None:
    assert can_be("und-Cyrl", ("en", "bg"))
    assert can_be("zh", ("ja",)), "a short Japanese text may hold no kana"
    assert not can_be("ja", ("zh",))
    assert not can_be("und-Arab", ("en", "he"))
    assert can_be("th", ("th",))
