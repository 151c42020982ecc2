"""What a checkpoint says of itself."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from nlptasks.plugin import ENCODE, LABELS
from nlptasks.plugin.inspection import Inspection


def test_what_is_not_known_is_empty_and_what_it_provides_must_be_said(undocumented):
    found = Inspection(provides=frozenset({ENCODE}))
    assert (found.labels, found.tasks, found.languages, found.parameters, found.max_tokens) == ((), (), (), 0, 0)
    with pytest.raises(TypeError, match="provides"):
        Inspection()
    assert undocumented(Inspection) == set()


def test_it_is_a_value():
    one, other = (Inspection(provides=frozenset({ENCODE, LABELS}), labels=("a", "b")) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    with pytest.raises(FrozenInstanceError):
        one.kind = "decoder"
