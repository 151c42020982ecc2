"""The check of formats."""

from __future__ import annotations

import pytest

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
