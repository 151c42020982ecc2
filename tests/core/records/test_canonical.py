"""JSON in one form."""

import pytest

from nlptasks.records.canonical import canonical, parsed


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"x": float("nan")})


@pytest.mark.parametrize("line", [b"NaN", b"-Infinity", b"{", b"[" * 100_000, b"\xff"])
def test_what_is_no_json_of_a_record(line):
    with pytest.raises(ValueError):
        parsed(line)
    assert parsed(b'"\xed\xa0\x80"') == "\ud800"  # a lone surrogate, as a tokenizer's output may hold
