"""The check of trainers."""

from __future__ import annotations

import pytest

from nlptasks.testing import check_trainer

from . import faults
from .faults import moods, trainers


@pytest.mark.parametrize("fault", faults.of("trainer"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault) -> None:
    with pytest.raises(AssertionError) as caught:
        check_trainer(*fault.planted)
    assert fault.says in str(caught.value)


def test_an_honest_one_passes() -> None:
    check_trainer(moods.SENTIMENT, trainers.trainer("fit"))
