"""The check of trainers."""

from __future__ import annotations

import pytest

from nlptasks.testing import check_head, check_trainer
from nlptasks.testing.trainers import train_in

from . import faults
from .faults import moods, trainers


@pytest.mark.parametrize("fault", faults.of("trainer"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault) -> None:
    with pytest.raises(AssertionError) as caught:
        check_trainer(*fault.planted)
    assert fault.says in str(caught.value)


def test_an_honest_one_passes() -> None:
    check_trainer(moods.SENTIMENT, trainers.trainer("fit"))


def test_a_head_that_comes_without_weights_is_checked_with_those_of_its_trainer(tmp_path) -> None:
    train_in(tmp_path / "trained", moods.SENTIMENT, trainers.trainer("fit"), backbone=None, options=None)
    check_head(moods.SENTIMENT, trainers.trainer("fit"), weights=tmp_path / "trained")
