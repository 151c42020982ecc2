"""The flags that say whose word counts."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("command", ["build", "check", "diff"])
@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--attestations", "nowhere"), "nowhere: no such folder"),
        (("--suite", "nowhere.yaml"), "nowhere.yaml"),
        (("--data-dir", "."), "--data-dir is for --benchmark"),
        (("--benchmark", "nothing"), "nothing"),
    ],
)
def test_what_is_not_there_is_said(nlptasks, board, command, flags, said):
    folders = (board, board) if command == "diff" else (board,)
    code, out, told = nlptasks("leaderboard", command, *folders, *flags)
    assert (code, out) == (2, "")
    assert said in told
