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


#: By encoding what people write in it, a short file each.
LATIN = {
    "cp1252": (
        "L’hôtel était très mauvais – et la chambre sale",
        "Das Essen war schlecht für uns, “nicht schön”",
        "¿Qué tal? ¡Muy mal! El niño comió jamón",
        "O serviço não é bom, a refeição está fria",
        "Því miður var maturinn ekki góður og þjónustan slæm á þessum stað",
        "price £5, 20°C, ½ cup, § 5, × ÷ ±",
        "ÜBER ALLES GRÖSSE",
        "Caffè è più buono così perché già però",
    ),
    "cp1250": (
        "Jedzenie było okropne nie polecam tego miejsca żadnej osobie",
        "Pokoj byl špinavý a obsluha pomalá, už nikdy více, příjemný personál",
        "Az étel hideg volt és a szoba piszkos, többé nem jövök, kitűnő",
        "Mâncarea a fost rece şi camera murdară, nu mai vin niciodată",
    ),
    "cp1254": ("Yemekler çok kötüydü ve servis yavaştı, kesinlikle öneririm",),
    "cp1257": ("Maistas buvo šaltas, kambarys nešvarus, daugiau negrįšiu čia, žąsis",),
    "iso8859-2": ("Jedzenie było okropne nie polecam tego miejsca żadnej świętej osobie",),
    "mac_roman": ("L’hôtel était très mauvais et la chambre sale", "Größe für uns schön", "El niño comió jamón"),
    "cp850": ("Das Essen war schlecht für uns, sehr schöne Zimmer", "L'hôtel était très mauvais"),
}


@pytest.mark.parametrize(("encoding", "text"), [(name, text) for name, texts in LATIN.items() for text in texts])
def test_encodings_of_latin_scripts_are_told_apart(encoding, text):
    data = f"text,id\n{text},1\n".encode(encoding)
    assert data.decode(detect_encoding(data, "f")) == f"text,id\n{text},1\n"


@pytest.mark.parametrize("encoding", ["cp866", "iso8859-5", "koi8-r", "cp1251"])
def test_cyrillic_encodings_are_told_apart(encoding):
    text = "отзыв,номер\nУжасный отель никогда больше не приеду,1\nОчень хороший сервис и вкусная еда,2\n"
    assert text.encode(encoding).decode(detect_encoding(text.encode(encoding), "f")) == text


def test_the_last_cell_is_looked_at_too():
    text = "內容,編號\n酒店很差，不會再來了，服務員態度惡劣,1\n房間乾淨，早餐豐富，下次還會來,2\n"
    assert text.encode("big5").decode(detect_encoding(text.encode("big5"), "f")) == text


def test_the_shift_jis_of_windows_is_read_as_that():
    text = "レビュー,番号\n料理がまずかったです。①は㈱の髙橋さん,1\n"
    assert text.encode("cp932").decode(detect_encoding(text.encode("cp932"), "f")) == text


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be", "iso2022_jp"])
def test_wide_characters_without_a_mark(encoding):
    text = "text,id\n料理がまずかった,1\n" if encoding == "iso2022_jp" else "text,id\ngreat,1\n内容很差 😀,2\n"
    assert text.encode(encoding).decode(detect_encoding(text.encode(encoding), "f")) == text


def test_chinese_between_marks():
    data = "评论,标签\n好,正面\n".encode("hz")
    assert data.isascii()
    assert detect_encoding(data, "f") == "hz"


@pytest.mark.parametrize("text", ["a ~{b~} c", "~{VP~} and ~{ alone", "x = ~{}~}", "use ~{name} here", "100~}"])
def test_marks_in_a_text_are_not_chinese(text):
    assert detect_encoding(text.encode(), "f") == "utf-8"


def test_korean_between_marks():
    data = "리뷰,라벨\n좋았어요,긍정\n".encode("iso2022_kr")
    assert data.decode(detect_encoding(data, "f")) == data.decode("iso2022_kr")


@pytest.mark.parametrize("encoding", ["cp737", "cp862", "iso8859_6"])
def test_old_encodings_of_other_scripts(encoding):
    text = TEXTS[{"cp737": "cp1253", "cp862": "cp1255", "iso8859_6": "cp1256"}[encoding]] * 3
    assert text.encode(encoding).decode(detect_encoding(text.encode(encoding), "f")) == text
