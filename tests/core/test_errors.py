"""Errors that a person reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks import errors
from nlptasks.errors import DataError, NlptasksError, UsageError


def test_the_message_and_below_it_what_to_do():
    assert str(NlptasksError("it is gone")) == "it is gone"
    assert str(UsageError("it is gone", hint="type another")) == "it is gone\n  type another"


@pytest.mark.parametrize(
    ("path", "line", "said"),
    [("a.csv", None, "a.csv: odd"), (Path("a.csv"), 3, "a.csv:3: odd"), ("<stdin>", 1, "<stdin>:1: odd")],
)
def test_where_data_are_wrong(path, line, said):
    error = DataError(path, "odd", line=line, hint="mend")
    assert (error.message, error.hint, error.path, error.line) == (said, "mend", path, line)


def test_what_was_asked_for_wrongly_ends_with_2_what_lacks_rows_with_3_and_all_else_with_1():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NlptasksError)]
    assert {kind.__name__: kind.exit_code for kind in kinds} == {
        "NlptasksError": 1, "UsageError": 2, "DataError": 1, "PluginError": 1, "BackboneMismatchError": 1,
        "RejectedRowsError": 3,
    }  # fmt: skip
