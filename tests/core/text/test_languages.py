"""A text is foreign only where it is plainly so."""

from __future__ import annotations

import pytest

from nlptasks.text import languages
from nlptasks.text.languages import foreign


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das Zimmer war sehr sauber und das Personal ist nett, aber es war laut.", "de"),
        ("La chambre était propre et le personnel est très gentil, mais c'est bruyant.", "fr"),
        ("La habitación estaba limpia y el personal es muy amable, pero hay mucho ruido.", "es"),
        ("La camera era pulita e il personale molto gentile, ma non ci torno più.", "it"),
        ("O quarto estava limpo e o pessoal é muito simpático, mas não volto mais.", "pt"),
        ("De kamer was schoon en het personeel is heel aardig, maar het was niet stil.", "nl"),
        ("Rummet var rent och personalen är mycket trevlig, men jag kommer inte tillbaka.", "sv"),
        ("Pokoj byl čistý a personál je velmi milý, ale už se sem nevrátím, protože je to hlučné.", "cs"),
        ("房间很干净,服务员也很热情。", "zh"),
        ("Комната была чистой.", "und-Cyrl"),
    ],
)
def test_other_languages(text: str, language: str) -> None:
    assert foreign(text, ("en",)) == language
    assert foreign(text, ()) == ""
    assert foreign(text, ("en", "ru" if language == "und-Cyrl" else language)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "Gut!",
        "Sehr gut",
        "👍🏽",
        "12,50 €",
        "for i in range(10): print(i, de.la(i))",
        "We ate in La Casa de los Amigos and it was on the way home.",
        "She said 'je ne sais pas' and left, as if that were an answer to what we had asked.",
        "great phoen, wud buy agn lol",
        "C'est magnifique! Best croissants this side of the Channel, chapeau!",
    ],
)
def test_what_is_english_short_or_mixed(text: str) -> None:
    assert foreign(text, ("en",)) == ""


def test_english_is_foreign_too() -> None:
    text = "The room was clean and the staff were kind, but it was very loud at night."
    assert foreign(text, ("de",)) == "en"
    assert foreign(text, ("zh", "ja")) == "en"
    assert foreign(text, ("zu",)) == "", "nothing is known of the words of this language"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Yemekler çok kötüydü ve servis yavaştı", "tr"),
        ("Bir daha asla gitmem", "tr"),
        ("Jedzenie było okropne, nie polecam tego miejsca", "pl"),
        ("Bardzo słaba obsługa", "pl"),
        ("Nie wieder dieses Hotel!", "de"),
        ("Das Essen war kalt.", "de"),
        ("No volveré nunca más a este hotel", "es"),
        ("Muže sedí na židli a čte", "cs"),
        ("ochen plokho, vsyo gryazno", "ru"),
        ("yeh film bahut kharab thi", "hi"),
        ("Chakula kilikuwa kibaya sana na huduma mbovu kabisa", "sw"),
        ("Đồ ăn rất tệ", "vi"),
        ("Per Larsson scored twice, Juventus lost", ""),
        ("Müller Thurgau, Côtes du Rhône", ""),
        ("Beyoncé live in São Paulo", ""),
        ("Die Hard marathon", ""),
    ],
)
def test_short_texts_without_a_word_of_the_language(text: str, language: str) -> None:
    assert foreign(text, ("en",)) == language


def test_each_language_has_its_place_in_the_order() -> None:
    assert sorted(languages._COMMON) == sorted(languages._LITTLE)
    assert languages._LETTERS.keys() <= languages._LITTLE.keys()
