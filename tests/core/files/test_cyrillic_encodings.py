from __future__ import annotations

import pytest

from nlptasks.files.cyrillic_encodings import ENCODINGS, cyrillic_encoding
from nlptasks.files.encodings import detect_encoding

RUSSIAN = "Отличный отель, персонал очень дружелюбный.\nУжасный сервис, номер был грязный, я больше не приеду.\n"
UKRAINIAN = "Чудовий готель, персонал дуже привітний.\nЖахливе обслуговування, її кімната була брудна.\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        *((name, RUSSIAN) for name in ENCODINGS),
        *((name, UKRAINIAN) for name in ("cp1251", "koi8_u", "cp1125", "mac_cyrillic")),
    ],
)
def test_a_file_is_read_as_it_was_written(encoding, text):
    data = f"text,label\n{text}".encode(encoding)
    assert data.decode(detect_encoding(data, "f")) == f"text,label\n{text}"


def test_what_is_found_stays_where_the_letters_fit_as_well():
    data = "хорошо".encode("cp1251")
    assert cyrillic_encoding(data, "cp1251") == "cp1251"
    assert cyrillic_encoding(data, "big5") == "big5"


def test_greek_is_no_cyrillic_with_capitals_all_over():
    assert cyrillic_encoding("Υπέροχο ξενοδοχείο".encode("cp737"), "cp866") == ""
