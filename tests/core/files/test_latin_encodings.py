"""Which encoding of a Latin script some bytes are in."""

from __future__ import annotations

import pytest

from nlptasks.files.latin_encodings import latin_encoding


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Größe paßt, sehr schön für größere Füße"),
        ("cp1250", "Zażółć gęślą jaźń, świetny telefon i dobra cena"),
        ("cp1254", "Çok güzel bir telefon, ışığı da iyi, şarjı uzun"),
        ("mac_roman", "Größe paßt, sehr schön für größere Füße"),
        ("cp852", "Zażółć gęślą jaźń, świetny telefon i dobra cena"),
        ("mac_latin2", "Zażółć gęślą jaźń, świetny telefon i dobra cena"),
        ("mac_latin2", "Skvělý hotel, personál velmi přátelský, snídaně chutná"),
        ("cp857", "Otel çok güzeldi, personel çok ilgiliydi, kahvaltı şahaneydi"),
        ("mac_turkish", "Otel çok güzeldi, personel çok ilgiliydi, kahvaltı şahaneydi"),
    ],
)
def test_the_letters_of_a_language_tell(encoding, text):
    assert text.encode(encoding).decode(latin_encoding(text.encode(encoding))) == text


def test_plain_letters_leave_it_open():
    assert b"a plain text".decode(latin_encoding(b"a plain text") or "ascii") == "a plain text"
