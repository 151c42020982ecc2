from __future__ import annotations

from nlptasks_summarization.oracle import greedy, labels

SENTENCES = ["The bridge closed on Monday.", "Engineers worked.", "It opened again on Friday!"]


def test_sentences_that_stand_in_the_summary_are_kept_whatever_their_marks_and_spaces() -> None:
    assert labels(SENTENCES, "the bridge closed, on Monday.It opened again on “Friday”") == [True, False, True]


def test_without_such_a_sentence_those_that_cover_its_words_are_kept() -> None:
    assert labels(SENTENCES, "A closed bridge is open again on Friday") == [True, False, True]


def test_a_summary_in_other_words_keeps_nothing() -> None:
    assert labels(SENTENCES, "nothing alike") == [False, False, False]
    assert labels(["...", "?"], "!") == [False, False]
    assert labels([], "words") == []


def test_greedy_counts_each_word_of_the_summary_once() -> None:
    assert greedy([["a", "a", "a"], ["a", "b"], ["a"]], ["a", "b", "c", "d"]) == [False, True, False]


def test_greedy_stops_at_the_length_of_the_summary() -> None:
    assert greedy([["a", "x", "y"], ["b"]], ["a", "b"]) == [True, False]
