"""What goes to a worker and comes back."""

from __future__ import annotations

import pickle

import pytest

from nlptasks._running.predict import SpoiltBackboneError
from nlptasks._running.spreading.messages import ToldError
from nlptasks.errors import BackboneMismatchError, DataError, NlptasksError, PluginError, UsageError


class OddError(PluginError):
    """An error that cannot be pickled."""

    def __init__(self, one: str, two: object) -> None:
        super().__init__(f"{one} {two}", hint="do that")
        self.two = lambda: two


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (UsageError("no"), UsageError, "no"),
        (SpoiltBackboneError("spoilt"), SpoiltBackboneError, "spoilt"),
        (OddError("a", "b"), PluginError, "a b"),
        (DataError("x.csv", "no cell", line=3), NlptasksError, "x.csv:3: no cell"),
        (BackboneMismatchError("other"), NlptasksError, "other"),
        (KeyError("k"), NlptasksError, "a worker failed: KeyError: 'k'"),
    ],
)
def test_an_error_is_told_in_its_words(error, kind, message):
    made = pickle.loads(pickle.dumps(ToldError.of(error))).made()
    assert type(made) is kind
    assert made.message == message
    assert made.hint == getattr(error, "hint", "")
    assert f"in a worker:\n{type(error).__name__}" in made.__notes__[0].replace(f"{type(error).__module__}.", "")


def test_a_machine_at_fault_is_told_from_a_row():
    error = PluginError("it failed")
    error.__cause__ = MemoryError()
    assert isinstance(ToldError.of(error).made().__cause__, MemoryError)
    error.__cause__ = ValueError()
    assert ToldError.of(error).made().__cause__ is None
