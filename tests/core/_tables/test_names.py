import unicodedata

import pytest

from nlptasks._tables.names import TEXT_NAMES, holds_free_text, plain, reads_as_text


def test_names_are_written_as_they_are_compared():
    assert {plain(name) for name in TEXT_NAMES} == TEXT_NAMES


@pytest.mark.parametrize("name", ["Opinión", "OPINIÓN ", unicodedata.normalize("NFD", "opinión")])
def test_spellings_of_one_name_are_one(name):
    assert plain(name) == "opinión"


@pytest.mark.parametrize(
    "text",
    [
        "great film",
        "Awful!",
        "Die Größe stimmt nicht.",
        "这家酒店很好我会再来",
        "とても良いホテルでした",
        "отличный фильм",
    ],
)
def test_texts_are_no_names(text):
    assert reads_as_text(text)


@pytest.mark.parametrize(
    "name",
    [
        "text",
        "whatever",
        "Customer review",
        "What did you like?",
        "评论",
        "レビュー",
        "my_column",
        "kommentar 2024",
        "Q1",
    ],
)
def test_names_are_no_texts(name):
    assert not reads_as_text(name)


@pytest.mark.parametrize(
    ("cells", "free"),
    [
        (["The film was great", "I did not like it", ""], True),
        (["这家酒店很好我会再来", "房间太小了我不会再来了", "服务员的态度很不错的呢"], True),
        (["Anna Maria Smith", "Bob B"], False),
        (["https://example.org/a b c", "2024-01-02 10:00:00 +01:00"], False),
        (["the same thing again"] * 10, False),
        (["1.5", "2"], False),
        ([], False),
    ],
)
def test_free_text(cells, free):
    assert holds_free_text(cells) == free
