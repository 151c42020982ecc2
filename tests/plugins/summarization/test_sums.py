"""What is kept of a window adds up to the same sentences as all of its hidden states would."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Encoder, Window
from nlptasks.testing import HARD_TEXTS
from nlptasks.text.sentences import Span, split
from nlptasks_summarization.features import EXTRA, features
from nlptasks_summarization.sums import cuts, piece_sums

#: White space makes no token: these documents hold equal windows and other sentences in them.
BREAKS = st.sampled_from([" ", "\n", ". ", ".\n", "。", "\u2028"])
WORDS = st.sampled_from(["good", "bad phone", "a film", "very broken", "e\u0301", "👍🏽", "\u200b", *HARD_TEXTS[1:]])
DOCUMENTS = st.lists(st.tuples(WORDS, BREAKS), min_size=1, max_size=30).map(lambda parts: "".join(map("".join, parts)))


def token_means(encoder: Encoder, windows: list[Window], spans: list[Span]) -> NDArray[np.float32]:
    """Unit means of the hidden states from each sentence's first token to the next one's."""
    states = np.concatenate([encoder.encode([w]).states[0, w.start : w.start + len(w.offsets)] for w in windows])
    starts = [start for window in windows for start, _ in window.offsets]
    begins = [*np.searchsorted(starts, [start for start, _ in spans]), len(starts)]
    means = np.zeros((len(spans), encoder.width), np.float32)
    for row, (begin, end) in enumerate(pairwise(begins)):
        if end > begin:
            means[row] = states[begin:end].mean(axis=0)
    return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6)


@settings(max_examples=50)
@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_equals_the_means_over_all_tokens(encoder: Encoder, documents: list[str]) -> None:
    documents += [document.replace(" ", "\n") for document in documents]  # equal windows, cut elsewhere
    documents = [document for document in documents if document.strip()]
    sentences = [split(document) for document in documents]
    asked = encoder.tokenize(documents, max_tokens=32, offsets=True)
    known = cuts(asked, sentences)
    kept = dict(zip(known, piece_sums(encoder.encode(list(known)), known), strict=True)) if known else {}
    for document, spans, windows in zip(documents, sentences, asked, strict=True):
        found = features(document, spans, windows, [kept[window] for window in windows])
        np.testing.assert_allclose(found[:, :-EXTRA], token_means(encoder, windows, spans), atol=1e-5)


def test_a_window_is_kept_in_few_numbers(encoder: Encoder) -> None:
    document = "the phone is very good. " * 500
    windows = encoder.tokenize([document], offsets=True)
    known = cuts(windows, [split(document)])
    kept = piece_sums(encoder.encode(list(known)), known)
    assert sum(len(pieces.sums) for pieces in kept) < sum(map(len, known)) / 4
    assert all(pieces.sums.base is None for pieces in kept)
