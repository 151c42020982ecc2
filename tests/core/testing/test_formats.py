"""The check of formats."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlptasks.errors import UsageError
from nlptasks.plugin import FormatSpec
from nlptasks.testing import check_format

from . import faults
from .faults import formats


@pytest.mark.parametrize("fault", faults.of("format"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault) -> None:
    with pytest.raises(AssertionError) as caught:
        check_format(fault.planted)
    assert fault.says in str(caught.value)


def test_an_honest_one_passes() -> None:
    check_format(formats.fmt(formats.Lists))


class OnlyPairs(formats.Lists):
    """Holds one table only, as formats of some field do."""

    def write(self, stream, columns):
        if tuple(columns) != ("left", "right"):
            raise UsageError("it holds left and right", hint="write .jsonl")
        return super().write(stream, columns)


def test_one_that_holds_only_some_tables_is_checked_by_its_example() -> None:
    spec = FormatSpec(name="pairs", summary="s", suffixes=(".pairs",), object=f"{__name__}:OnlyPairs")
    with pytest.raises(AssertionError, match="it holds left and right"):
        check_format(spec)
    check_format(replace(spec, example='["left", "right"]\n["a", ["b", 1]]\n[" c", null]\n'))
