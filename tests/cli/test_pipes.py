"""Pipes in place of files: what is read once is read, and what is read again is refused and not waited for."""

from __future__ import annotations

import os

import pytest

if os.name != "posix":
    pytest.skip("pipes with names", allow_module_level=True)


@pytest.mark.parametrize(
    "args",
    [
        ("train", "sentiment", "--data", "pipe.csv", "-o", "head"),
        ("train", "sentiment", "--data", "d.csv", "--validation", "pipe.csv", "-o", "head"),
        ("train", "--recipe", "pipe.csv", "-o", "trained"),
        ("eval", "sentiment", "--head", "constant", "--data", "pipe.csv", "-o", "record"),
        ("rescore", "pipe.csv", "--task", "sentiment"),
        ("rescore", "d.csv", "--task", "sentiment", "--data", "pipe.csv"),
    ],
    ids=" ".join,
)
def test_what_is_read_more_than_once_is_refused(command, args):
    command.write("d.csv", "text,label,prediction\ngood,positive,positive\nbad,negative,negative\n")
    os.mkfifo(command.folder / "pipe.csv")
    command(*args).refused("pipe.csv is a pipe or a device, which can be read only once", "write the rows to a file")
