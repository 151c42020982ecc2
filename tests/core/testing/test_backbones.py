"""The check of backbones."""

from __future__ import annotations

import pytest

from nlptasks.testing import check_backbone

from . import faults
from .faults import backbones


@pytest.mark.parametrize("fault", faults.of("backbone"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault) -> None:
    with pytest.raises(AssertionError) as caught:
        check_backbone(fault.planted)
    assert fault.says in str(caught.value)


def test_an_honest_one_passes() -> None:
    check_backbone(backbones.backbone(backbones.Hashing))
