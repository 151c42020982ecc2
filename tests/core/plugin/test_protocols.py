"""What ships does what the protocols say, and the values that pass between them are safe to share."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from nlptasks._names import resolve
from nlptasks.plugin import protocols
from nlptasks.plugin.protocols import Encoder, Format, FormatOptions, HiddenStates, Metric, Window
from nlptasks_formats import nlptasks_formats
from nlptasks_metrics import nlptasks_metrics


def lacking(kind: type, made: Any) -> list[str]:
    """Members of a protocol that an object has not, and methods whose arguments are called otherwise."""
    found = []
    for name in sorted(name for name in dir(kind) if not name.startswith("_")):
        wanted = inspect.getattr_static(kind, name)
        if not hasattr(made, name):
            found.append(name)
        elif inspect.isfunction(wanted):
            names = set(inspect.signature(wanted).parameters) - {"self"}
            found += [
                f"{name}({more})" for more in sorted(names - set(inspect.signature(getattr(made, name)).parameters))
            ]
    return found


def test_an_encoder_is_one(encoder):
    assert lacking(Encoder, encoder) == []


@pytest.mark.parametrize("spec", nlptasks_metrics(), ids=lambda spec: spec.name)
def test_every_metric_is_one(spec):
    assert lacking(Metric, resolve(spec.object)(("a", "b"))) == []


@pytest.mark.parametrize("spec", nlptasks_formats(), ids=lambda spec: spec.name)
def test_every_format_is_one(spec):
    own = spec.options() if spec.options else None
    assert lacking(Format, resolve(spec.object)(FormatOptions(own=own))) == []


def test_windows_of_the_same_tokens_are_the_same():
    assert Window((1, 2), cut=3, offsets=((0, 1),)) == Window((1, 2))
    assert len({Window((1, 2), start=1), Window((1, 2)), Window((1, 2), types=(0, 1))}) == 2
    assert len(Window((1, 2))) == 2


@pytest.mark.parametrize("at", [[0, 1], [1], [1, 0]])
def test_rows_of_a_batch_are_the_callers_own(at):
    whole = HiddenStates(
        states=np.arange(4, dtype=np.float32).reshape(2, 2, 1),
        mask=np.array([[True, True], [True, False]]),
        windows=(Window((1, 2)), Window((3,))),
        logits=np.array([[0.1], [0.2]], dtype=np.float32),
    )
    part = whole.rows(at)
    assert part.windows == tuple(whole.windows[row] for row in at)
    assert np.array_equal(part.states, whole.states[at])
    part.states.fill(0)
    part.mask.fill(0)
    part.logits.fill(0)
    assert whole.states.sum() == 6
    assert whole.mask.sum() == 3
    assert whole.logits.sum() > 0


def test_what_is_handed_over_is_told_field_by_field(undocumented):
    kinds = [kind for kind in vars(protocols).values() if hasattr(kind, "__dataclass_fields__")]
    mine = [kind for kind in kinds if kind.__module__ == protocols.__name__]
    assert len(mine) >= 7
    assert {kind.__name__: undocumented(kind) for kind in mine} == {kind.__name__: set() for kind in mine}
