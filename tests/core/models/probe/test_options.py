"""The options of a probe, as flags and keys see them."""

from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks.models.probe.options import ProbeOptions
from nlptasks.plugin.options import from_values, option_fields


def test_the_whole_text_is_read_unless_asked_otherwise():
    (option,) = option_fields(ProbeOptions)
    assert (option.flag, option.kind, option.default) == ("--max-windows", "integer", 0)
    assert "0: all of it" in option.help
    assert from_values(ProbeOptions, {"max_windows": 3}) == ProbeOptions(max_windows=3)


def test_a_negative_number_is_refused():
    with pytest.raises(UsageError, match="--max-windows"):
        from_values(ProbeOptions, {"max_windows": -1})
