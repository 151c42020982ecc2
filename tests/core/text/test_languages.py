"""A text is foreign only where it is plainly so."""

from __future__ import annotations

import pytest

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
    assert foreign(text, ("sw",)) == "", "nothing is known of the words of this language"
