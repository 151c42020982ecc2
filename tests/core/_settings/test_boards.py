"""The settings of public leaderboards."""

from __future__ import annotations

import pytest

from nlptasks._settings.boards import BoardData, HiddenScoring, SubmissionCard, SubmissionChoice
from nlptasks.errors import UsageError
from nlptasks.plugin.options import option_fields


@pytest.mark.parametrize("value", [{"licence": "x" * 501}, {"date": "yesterday"}])
def test_a_card_that_no_board_would_show_is_refused(value):
    with pytest.raises(UsageError, match=f"{next(iter(value))}: "):
        SubmissionCard(**value)


def test_their_flags():
    flags = {group: [option.flag for option in option_fields(group)] for group in (BoardData, SubmissionChoice)}
    assert "--withhold-gold" in flags[BoardData] and "--as" in flags[SubmissionChoice]
    assert HiddenScoring().repository == "."
