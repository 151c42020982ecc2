"""The check of tasks."""

from __future__ import annotations

import pytest

from nlptasks.testing import check_task

from . import faults
from .faults import moods


@pytest.mark.parametrize("fault", faults.of("task"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault) -> None:
    with pytest.raises(AssertionError) as caught:
        check_task(fault.planted)
    assert fault.says in str(caught.value)


def test_an_honest_one_passes() -> None:
    check_task(moods.SENTIMENT)
