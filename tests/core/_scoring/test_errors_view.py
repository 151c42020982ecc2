"""What systems got wrong, and the page that shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.errors_page import LONGEST, page, pieces
from nlptasks._scoring.errors_view import ErrorList, list_errors
from nlptasks._scoring.score import score_samples
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.schema import Dataset, Model, Record, Sample
from nlptasks.records.store import StoredRecord

HOSTILE = "<script>alert(1)</script> \"quoted\" 'too' &amp; \u202eevil\u202c \x1b[31m \x00 \ud800 {{ 7 * 7 }}"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


def opened(
    registry: Registry, name: str, samples: list[Sample], *, labels: tuple[str, ...], primary: str
) -> StoredRecord:
    names = ("macro-f1", "accuracy") if labels else (primary,)
    scored = score_samples(registry, names, samples, labels=labels)
    record = Record(
        task="sentiment" if labels else "translation",
        primary=primary,
        dataset=Dataset(name="reviews", sha256="0" * 64, n=len(samples)),
        model=Model(name=name),
        scores=scored.scores,
        labels=labels,
    )
    return StoredRecord(Path(name), record, tuple(samples), scored.stats)


def labelled(registry: Registry, name: str, answers: str, scores: list[float | None] | None = None) -> StoredRecord:
    """A system that answers the gold labels a, b, a, b with these letters."""
    sure = scores or [None] * len(answers)
    samples = [
        Sample(id=str(at), inputs={"text": f"text {at}"}, gold=gold, prediction=answer, score=score)
        for at, (gold, answer, score) in enumerate(zip("abab", answers, sure, strict=True))
    ]
    return opened(registry, name, samples, labels=("a", "b"), primary="macro-f1")


def ids(found: ErrorList) -> list[str]:
    return [error.id for error in found.errors]


def test_labels_are_judged_by_a_share_and_not_by_macro_f1(registry):
    found = list_errors([labelled(registry, "x", "bbab")], registry)
    assert found.metric == "accuracy"
    assert ids(found) == ["0"]
    assert (found.errors[0].predictions[0].value, found.errors[0].predictions[0].wrong) == (0.0, True)


def test_where_the_metric_counts_nothing_of_a_sample_nothing_is_wrong(registry):
    pairs = [("the cat", "the cat"), ("", ""), ("a dog", "no one")]
    samples = [Sample(id=str(at), gold=gold, prediction=said) for at, (gold, said) in enumerate(pairs)]
    found = list_errors([opened(registry, "x", samples, labels=(), primary="chrf")], registry, kind="wrong")
    assert ids(found) == ["2"]


def test_kinds(registry):
    one = labelled(registry, "one", "bbba", [0.6, 0.9, 0.95, 0.7])
    two = labelled(registry, "two", "baaa", [0.99, 0.5, 0.5, 0.5])
    both = [one, two]
    # One has 0, 2 and 3 wrong; two has 0, 1 and 3.
    assert ids(list_errors(both, registry)) == ["0", "3", "2", "1"]
    assert ids(list_errors(both, registry, kind="confident")) == ["0", "2", "3", "1"]
    assert ids(list_errors(both, registry, kind="all-wrong")) == ["0", "3"]
    assert ids(list_errors(both, registry, kind="only:one")) == ["2"]
    assert ids(list_errors(both, registry, kind="only:two")) == ["1"]
    found = list_errors(both, registry, n=1)
    assert (ids(found), found.found, found.samples) == (["0"], 4, 4)


def test_graded_answers_are_wrong_on_the_worse_half_of_the_scale(registry):
    samples = [
        Sample(id="good", gold="the cat sat on the mat", prediction="the cat sat on the mat"),
        Sample(id="bad", gold="the cat sat on the mat", prediction="dogs"),
        Sample(id="none", gold="the cat sat on the mat"),
    ]
    found = list_errors([opened(registry, "x", samples, labels=(), primary="chrf")], registry)
    assert ids(found) == ["none", "bad"]
    assert "below 50, the middle of the scale" in found.rule


def test_the_gold_answer_itself_is_right_whatever_the_metric_makes_of_it(registry):
    """The gold cell reads as a list of references, none of which is the whole list."""
    samples = [Sample(id=answer, gold='["O"]', prediction=answer) for answer in ('["O"]', '["B"]')]
    found = list_errors([opened(registry, "x", samples, labels=(), primary="squad-f1")], registry)
    assert ids(found) == ['["B"]']


def test_where_the_scale_has_no_end_the_median_parts(registry):
    samples = [Sample(id=str(at), gold="0123456789", prediction="", nll=float(at)) for at in (1, 2, 30, 40, 50)]
    samples.append(Sample(id="unread", gold="x", prediction=""))
    found = list_errors([opened(registry, "x", samples, labels=(), primary="bits-per-byte")], registry)
    assert ids(found) == ["50", "40"]
    assert "above" in found.rule
    assert "the median of the samples" in found.rule


def test_what_cannot_be_shown_is_refused(registry):
    first = labelled(registry, "one", "abab")
    other_data = replace(first, record=replace(first.record, dataset=replace(first.record.dataset, sha256="1" * 64)))
    with pytest.raises(UsageError, match=r"data \(sha256\) differs, 0{12} and 1{12}"):
        list_errors([first, other_data], registry)
    moved = replace(first, samples=tuple(reversed(first.samples)))
    with pytest.raises(UsageError, match="sample 1 is '0' in one and '3' in the other"):
        list_errors([first, moved], registry)
    with pytest.raises(UsageError, match="number of samples differs"):
        list_errors([first, replace(first, samples=first.samples[:2])], registry)
    with pytest.raises(NlptasksError, match="no samples"):
        list_errors([replace(first, samples=())], registry)
    with pytest.raises(UsageError, match="there is no kind 'confidant'; did you mean 'confident'"):
        list_errors([first], registry, kind="confidant")
    with pytest.raises(UsageError, match="tells how probable"):
        list_errors([first], registry, kind="confident")
    with pytest.raises(UsageError, match="no such system; did you mean 'one'"):
        list_errors([first], registry, kind="only:on")


def test_systems_of_one_name_are_told_apart(registry):
    first = labelled(registry, "same", "abab")
    second = replace(labelled(registry, "same", "bbab"), folder=Path("other"))
    found = list_errors([first, second], registry, kind="only:other")
    assert found.systems == ("same (same)", "same (other)")
    assert ids(found) == ["0"]


class Seen(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_page(registry: Registry, text: str) -> str:
    samples = [Sample(id=text, inputs={text: text}, gold="a", prediction=text, score=0.5)]
    made = opened(registry, text, samples, labels=("a",), primary="macro-f1")
    return page(list_errors([made], registry))


def test_a_hostile_prediction_is_text(registry):
    seen = Seen()
    html = hostile_page(registry, HOSTILE)
    seen.feed(html)
    assert "script" not in seen.tags
    assert not any(name.startswith("on") for name in seen.attributes)
    assert "src" not in seen.attributes
    assert "href" not in seen.attributes
    assert seen.text.count("<script>alert(1)</script>") >= 4
    assert "{{ 7 * 7 }}" in seen.text
    for mark in ("U+202E", "U+202C", "U+001B", "U+0000", "U+D800"):
        assert mark in seen.text
    assert not re.search("[\x00\x1b\u202e\ud800]", html)
    html.encode()


def test_the_policy_lets_the_page_style_itself_and_nothing_else(registry):
    import base64
    import hashlib

    html = hostile_page(registry, "x")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\"" in html
    assert " style=" not in html


def test_a_page_is_the_same_each_time(registry):
    assert hostile_page(registry, HOSTILE) == hostile_page(registry, HOSTILE)


def test_long_texts_are_cut(registry):
    html = hostile_page(registry, "x" * 100_000)
    assert f"... {100_000 - LONGEST:,} characters more" in html
    assert len(html) < 100_000


@given(st.text(st.characters(exclude_categories=())))
def test_pieces_hold_the_whole_text(text):
    found = "".join(chr(int(piece.replace("U+", "0x"), 0)) if hidden else piece for piece, hidden in pieces(text))
    assert found == text
    assert all(hidden or piece.encode() for piece, hidden in pieces(text))
