from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import UsageError
from nlptasks.plugin.labels import LabelMatcher, check_labels, label_key, split_list

LABELS = st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("labels", "text", "found"),
    [
        (("US", "us"), "US", "US"),
        (("US", "us"), "us", "us"),
        (("US", "us"), "Us", None),
        (("US", "other"), "us", "US"),
        (("Sports",), " sports ", "Sports"),
        (("1", "0"), "1.0", "1"),
        (("1.0", "0.0"), "1", "1.0"),
        (("1", "0"), '"1"', "1"),
        (("0", "1"), "-0.0", "0"),
        (("007", "7"), "7.0", "7"),
        (("2.5",), "2.50", "2.5"),
        (("1", "1.0"), "1.00", None),
        (("1", "1.0"), "1.0", "1.0"),
        (("caf\u00e9", "b"), "cafe\u0301", "caf\u00e9"),
        (("cafe\u0301", "b"), "CAF\u00c9", "cafe\u0301"),
        (("STRASSE",), "straße", "STRASSE"),
        (("a",), "b", None),
        (("", "a"), "", ""),
    ],
)
def test_the_label_that_a_text_means(labels: tuple[str, ...], text: str, found: str | None) -> None:
    assert LabelMatcher(labels).find(text) == found


def test_what_is_no_label_stays_as_it_is() -> None:
    assert LabelMatcher(["US", "us"]).of(" Us") == " Us"


@given(LABELS)
def test_a_label_of_the_set_is_always_itself(labels: list[str]) -> None:
    matcher = LabelMatcher(labels)
    assert [matcher.find(label) for label in labels] == labels


@given(LABELS, st.sampled_from(["NFC", "NFD"]))
def test_one_label_alone_is_found_in_every_form(labels: list[str], form: str) -> None:
    label = labels[0]
    assert LabelMatcher([label]).find(unicodedata.normalize(form, label)) == label


@given(st.text(max_size=12))
def test_a_key_of_a_key_is_the_key(text: str) -> None:
    once = label_key(text)
    assert LabelMatcher([text]).find(f" {text} ") == text
    assert label_key(f" {text}") == once


def test_labels_that_a_user_gives() -> None:
    assert check_labels([" a ", "b, c"]) == ("a", "b, c")
    assert check_labels(["US", "us"], cased=True) == ("US", "us")


@pytest.mark.parametrize(
    ("labels", "cased", "message"),
    [
        (["phone", ""], False, "--labels: a label is empty"),
        (["a", "b", "a"], True, "--labels names a more than once"),
        (["phone", "PHONE"], False, "--labels 'phone' and 'PHONE' are one label"),
        (["1", "1.0"], True, "--labels '1' and '1.0' are one label"),
    ],
)
def test_labels_that_cannot_be_told_apart(labels: list[str], cased: bool, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_labels(labels, cased=cased)


def test_lists_on_the_command_line() -> None:
    assert split_list('"a, b", c') == ("a, b", "c")
    assert split_list("phone,") == ("phone", "")
    assert split_list("  ") == ()
    with pytest.raises(UsageError, match="is no list"):
        split_list('"a')
