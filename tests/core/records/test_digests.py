"""The samples and matrices of a record as bytes."""

import numpy as np

from nlptasks.records.digests import digests_of, sample_line, samples_digest, stats_digest, withhold
from nlptasks.records.schema import Sample


def test_a_sample_is_a_line_of_what_it_has():
    assert sample_line(Sample(id="1", gold="")) == '{"gold":"","id":"1"}'
    assert sample_line(Sample(id="é", gold="a", prediction="", nll=0.0)) == (
        '{"gold":"a","id":"é","nll":0.0,"prediction":""}'
    )


def test_digests_follow_lines_shapes_and_names():
    samples = [Sample(id="1", gold="a"), Sample(id="2", gold="b")]
    assert samples_digest(samples) != samples_digest(samples[::-1])
    matrix = np.array([[1.0, 2.0]])
    assert stats_digest({"a": matrix}) == stats_digest({"a": matrix.astype(">f8")})
    assert len({stats_digest(found) for found in ({"a": matrix}, {"b": matrix}, {"a": matrix.T}, {})}) == 4
    assert digests_of([], {}) == {}
    assert set(digests_of(samples, {})) == {"samples", "stats"}


def test_texts_that_are_withheld_can_still_be_compared():
    samples = [Sample(id="1", inputs={"text": "a"}, gold="yes", prediction="yes"), Sample(id="2", gold="yes")]
    first, second = withhold(samples, ())
    assert (first.inputs, second.prediction) == ({}, None)
    assert first.gold == first.prediction == second.gold
    assert first.gold.startswith("sha256:")
    assert [sample.gold for sample in withhold(samples, ("no", "yes"))] == ["yes", "yes"]
