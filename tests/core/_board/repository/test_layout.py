"""What lies where in a repository."""

from __future__ import annotations

import pytest

from nlptasks._board.repository.layout import open_repository
from nlptasks._board.repository.template import write_repository
from nlptasks._settings.boards import BoardData
from nlptasks.errors import UsageError


def test_a_folder_without_a_suite_is_none(tmp_path):
    with pytest.raises(UsageError, match=r"there is no suite\.yaml"):
        open_repository(tmp_path)


def test_whose_word_counts(registry, tmp_path):
    write_repository(registry, tmp_path / "lb", BoardData(name="x"))
    opened = open_repository(tmp_path / "lb")
    believed = opened.believed(registry)
    assert believed.attestations == tmp_path / "lb" / "attestations"
    assert believed.pinned is not None and believed.pinned.suites == (opened.suite,)


def test_the_data_set_with_hidden_gold(registry, tmp_path):
    write_repository(registry, tmp_path / "open", BoardData(name="x"))
    with pytest.raises(UsageError, match="the gold answers of no data set are hidden"):
        open_repository(tmp_path / "open").hidden("")
    write_repository(registry, tmp_path / "lb", BoardData(name="x", withhold_gold=True))
    opened = open_repository(tmp_path / "lb")
    assert opened.hidden("").name == opened.hidden("reviews").name == "reviews"
    with pytest.raises(UsageError, match="no data set 'films'"):
        opened.hidden("films")
