"""Which sentences of a document a gold summary asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")


def labels(sentences: Sequence[str], summary: str) -> list[bool]:
    """Whether to keep each sentence: those that stand in the summary, or else those that cover most of its words."""
    whole = "".join(_words(summary))
    quoted = [bool(plain) and plain in whole for plain in ("".join(_words(sentence)) for sentence in sentences)]
    return quoted if any(quoted) else greedy([_words(sentence) for sentence in sentences], _words(summary))


def greedy(sentences: Sequence[Sequence[str]], summary: Sequence[str]) -> list[bool]:
    """Take the sentence that adds most to the ROUGE-1 recall, again and again, until none adds anything.

    The greedy oracle of Nallapati et al. 2017 (SummaRuNNer, arXiv 1611.04230). Without a limit of length recall would
    take every sentence with a new word of the summary, so that it stops also where the summary's length is reached.
    """
    missing, kept, length = Counter(summary), [False] * len(sentences), 0
    counts = [Counter(words) for words in sentences]
    while length < len(summary):
        gains = [0 if taken else (words & missing).total() for words, taken in zip(counts, kept, strict=True)]
        best = max(range(len(gains)), key=gains.__getitem__, default=0)
        if not gains or not gains[best]:
            break
        kept[best] = True
        length += len(sentences[best])
        missing -= counts[best]
    return kept


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
