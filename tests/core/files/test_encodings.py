import pytest

from nlptasks.errors import DataError
from nlptasks.files.encodings import HEAD, detect_encoding, legacy_encoding

TEXTS = {
    "gb18030": "评论,标签\n这家酒店很好,服务员态度不错\n房间太小了,不会再来\n",
    "big5": "評論,標籤\n這家酒店很好,服務員態度不錯\n房間太小了,不會再來\n",
    "shift_jis": "レビュー,ラベル\nこのホテルはとても良かったです,朝食も美味しい\n部屋が狭い,もう二度と行きません\n",
    "euc-jp": "レビュー,ラベル\nこのホテルはとても良かったです,朝食も美味しい\n部屋が狭い,もう二度と行きません\n",
    "euc_kr": "리뷰,라벨\n이 호텔은 정말 좋았습니다,아침도 맛있어요\n방이 너무 좁고 시끄러웠어요,다시는\n",
    "koi8-r": "отзыв,метка\nОтличный фильм,всем советую посмотреть\nУжасная еда,плохое обслуживание\n",
    "cp1251": "отзыв,метка\nОтличный фильм,всем советую посмотреть\nУжасная еда,плохое обслуживание\n",
    "cp1253": "κριτική\nΠολύ καλή ταινία, τη συνιστώ σε όλους\nΑπαίσιο φαγητό και κακή εξυπηρέτηση\n",
    "cp1255": "ביקורת\nסרט נהדר, מומלץ מאוד לכולם\nאוכל נורא ושירות גרוע\n",
    "cp1256": "تعليق\nفيلم رائع أنصح به الجميع\nطعام سيئ وخدمة رديئة\n",
}
CHINESE = ["这家酒店很好", "房间太小了", "服务员态度不错", "早餐很丰富"]
RUSSIAN = ["отличный фильм", "ужасная еда", "всем советую", "плохое место"]


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("times", [1, 500])
def test_encodings_of_other_scripts_are_found(encoding, times):
    data = (TEXTS[encoding] * times).encode(encoding)
    assert data.decode(detect_encoding(data, "f")) == TEXTS[encoding] * times


@pytest.mark.parametrize(("encoding", "texts"), [("gb18030", CHINESE), ("cp1251", RUSSIAN), ("koi8-r", RUSSIAN)])
def test_columns_of_plain_ascii_do_not_hide_them(encoding, texts):
    text = "id,user,text\n" + "".join(f"{n},someone{n}@example.org,{texts[n % 4]}\n" for n in range(200))
    assert text.encode(encoding).decode(detect_encoding(text.encode(encoding), "f")) == text


@pytest.mark.parametrize(
    "text", ["Größe falsch, kaputt\n", "naïve café – 5 €\n", "El niño comió jamón ibérico\n", "à é è ê ç ù\n"]
)
def test_accents_are_western(text):
    assert text.encode("cp1252").decode(detect_encoding(text.encode("cp1252"), "f")) == text


def test_a_script_that_is_not_recognized_is_refused():
    with pytest.raises(DataError, match="nor in an encoding that is recognized") as caught:
        detect_encoding(bytes(range(0x80, 0x100)) * 20, "f")
    assert "--encoding gb18030" in caught.value.hint


def test_a_head_may_end_within_a_character():
    assert detect_encoding(("x" * (HEAD - 1) + "é").encode()[:HEAD], "f") == "utf-8"


def test_mistakes_in_utf_8_are_no_other_encoding():
    assert legacy_encoding("größer und süßer".encode() + b"\xfc") == "utf-8"
