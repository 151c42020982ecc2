from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._scoring.language import language_of, said_of_script
from nlptasks_metrics.languages import cut


@pytest.mark.parametrize(
    ("text", "language", "tokens"),
    [
        ("The dog bit the man. Ein Hündchen, ça va; İstanbul, tiếng Việt.", "", "ascii"),
        ("สวัสดีชาวโลก", "th", "char"),
        ("他昨天被狗咬了", "zh", "char"),
        ("昨日、犬に噛まれました。", "ja", "char"),
        ("カタカナ", "ja", "char"),
        ("어제 개에게 물렸다", "ko", "word"),
        ("ສະບາຍດີ", "lo", "char"),
        ("មានសេរីភាព", "km", "char"),
        ("မင်္ဂလာပါ", "my", "char"),
        ("བཀྲ་ཤིས", "bo", "char"),
        ("Собака укусила человека", "und-Cyrl", "word"),
        ("Ο σκύλος δάγκωσε", "el", "word"),
        ("عض الكلب الرجل", "und-Arab", "word"),
        ("הכלב נשך", "he", "word"),
        ("कुत्ते ने काटा", "und-Deva", "word"),
        ("কুকুর", "und-Beng", "word"),
        ("நாய்", "ta", "word"),
        ("ძაღლი", "ka", "word"),
        ("ውሻ", "und-Ethi", "word"),
        ("123 !?", "", "ascii"),
        ("", "", "ascii"),
        ("The iPhone, 手机", "", "ascii"),
        ("我的 iPhone 手机坏了，很生气", "zh", "char"),
    ],
)
def test_the_script_tells_how_words_are_cut(text: str, language: str, tokens: str) -> None:
    assert language_of([text]) == language
    assert cut(language) == tokens


@pytest.mark.parametrize(
    ("language", "tokens"),
    [
        ("zh-Hant", "char"),
        ("ZH_cn", "char"),
        ("sr", "word"),
        ("und-Thai", "char"),
        ("und-Latn", "ascii"),
        ("de", "ascii"),
    ],
)
def test_codes_with_regions_and_scripts(language: str, tokens: str) -> None:
    assert cut(language) == tokens


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_texts_have_a_language_or_none(texts: list[str]) -> None:
    assert language_of(texts) == language_of(texts[::-1]) or len({*texts}) > 1
    assert cut(language_of(texts)) in ("char", "word", "ascii")


@pytest.mark.parametrize(
    ("golds", "said"),
    [
        (["The dog", "café"], ()),
        (
            ["hotel ดีมาก and more", "a dog", "iPhone ดี"],
            (
                "2 references of 3 with letters of another script (th), which a metric that cuts words as in English "
                "does not count; --language th does",
            ),
        ),
        (["ดีมาก"], ("language th, by the script of the references; --language CODE names another",)),
    ],
)
def test_what_is_said_of_the_script_of_references(golds: list[str], said: tuple[str, ...]) -> None:
    assert said_of_script(golds, language_of(golds)) == said
