from __future__ import annotations

import random
import time

import pytest

from nlptasks.training.repeats import groups, text_key

LONG = "I booked this hotel for two nights in May and the staff were friendly, but the room was small and rather loud."


def alike(one: str, other: str) -> bool:
    return len(set(groups([one, other]))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The parcel was late!", "the  PARCEL\twas late"),
        ("caf\u00e9", "cafe\u0301"),
        ("\uff21\uff22\uff23 1", "abc-1"),
        ("Stra\u00dfe", "STRASSE"),
        ("the parcel was late 4821", "The parcel was late (17)"),
        (LONG, f"RT: {LONG} Thanks"),
        (LONG, LONG.replace("rather", "very")),
        (LONG, LONG.replace("friendly", "freindly")),
        ("这家酒店的服务非常好，早餐也很丰富，下次还会再来", "这家酒店的服务非常好！早餐也很丰富，下次还会再来哦"),
        ("the parcel was late", "RT @them: The parcel was late https://t.co/4x9"),
        ("late again pic.twitter.com/a1", "Late again! www.example.org/x?y=1"),
        ("", " "),
        ("\U0001f44d ", "\U0001f44d"),
    ],
)
def test_equal_and_nearly_equal(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the film was good today", "the film was bad today"),
        ("text 1", "text 2"),
        ("\U0001f44d", "\U0001f44e"),
        ("!!!", "???"),
        ("", "a"),
        ("https://t.co/4x9", "https://t.co/5y0"),
        ("\u0915\u093f", "\u0915\u0940"),
        (LONG, LONG[: len(LONG) // 2]),
    ],
)
def test_different(one: str, other: str) -> None:
    assert not alike(one, other)


def test_groups_do_not_depend_on_the_order() -> None:
    texts = [LONG, "other", LONG.upper(), f"{LONG} 1", f"{LONG} and more", "Other", "\ud800"]
    first, turned = groups(texts), groups(texts[::-1])[::-1]
    assert first == turned
    assert first[0] == first[2] == first[3] != first[1] == first[5]
    assert groups([]) == []


def test_twice_the_texts_take_about_twice_the_time() -> None:
    draw = random.Random(0)
    words = ["".join(draw.choices("abcdefghij", k=6)) for _ in range(2_000)]
    texts = [" ".join(draw.choices(words, k=30)) for _ in range(4_000)]
    taken = []
    for number in (2_000, 4_000):
        started = time.process_time()
        assert len(set(groups(texts[:number]))) == number
        taken.append(time.process_time() - started)
    assert taken[1] < 4 * taken[0]


def test_the_key_of_a_text_is_its_letters_and_digits() -> None:
    assert text_key(" It's 5\u00a0\u20ac, OK? ") == "its5ok"
