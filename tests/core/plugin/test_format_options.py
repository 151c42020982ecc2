"""How a table is read or written, whatever its format."""

from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks.plugin.format_options import FormatOptions
from nlptasks.plugin.options import from_values, option_fields


def test_what_depends_on_the_format_has_no_flag():
    assert [option.flag for option in option_fields(FormatOptions)] == [
        "--encoding", "--delimiter", "--quote", "--escape", "--header", "--max-cell", "--keep-na"
    ]  # fmt: skip


def test_all_is_detected_unless_it_is_said(undocumented):
    plain = FormatOptions()
    assert (plain.encoding, plain.delimiter, plain.header, plain.given, plain.own) == ("", "", None, {}, None)
    assert undocumented(FormatOptions) == set()


@pytest.mark.parametrize(("given", "size"), [("8MB", 8 << 20), ("1kib", 1 << 10), (5, 5), ("0.5g", 1 << 29)])
def test_a_cell_has_a_size_with_units(given, size):
    assert from_values(FormatOptions, {"max_cell": given}).max_cell == size


@pytest.mark.parametrize("given", [0, "0", "2TB", "big", 1 << 41, True])
def test_a_size_that_is_none(given):
    with pytest.raises(UsageError, match="--max-cell"):
        from_values(FormatOptions, {"max_cell": given})
