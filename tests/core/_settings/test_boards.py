"""The settings of public leaderboards."""

from __future__ import annotations

from nlptasks._settings.boards import BoardData, HiddenScoring, SubmissionChoice
from nlptasks.plugin.options import option_fields


def test_their_flags():
    flags = {group: [option.flag for option in option_fields(group)] for group in (BoardData, SubmissionChoice)}
    assert "--withhold-gold" in flags[BoardData] and "--as" in flags[SubmissionChoice]
    assert HiddenScoring().repository == "."
