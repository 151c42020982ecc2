"""The check of observers."""

from __future__ import annotations

import pytest

from nlptasks.testing import check_observer

from . import faults
from .faults import observers


@pytest.mark.parametrize("fault", faults.of("observer"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault) -> None:
    with pytest.raises(AssertionError) as caught:
        check_observer(fault.planted)
    assert fault.says in str(caught.value)


def test_an_honest_one_passes() -> None:
    check_observer(observers.Watcher())
