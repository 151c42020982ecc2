"""What a submitter says beside a record."""

from __future__ import annotations

import json
import os

import pytest

from nlptasks._board.submissions import FILE, card_json, read_card
from nlptasks._settings.boards import SubmissionCard
from nlptasks.errors import NlptasksError


def test_it_comes_back_as_it_was(tmp_path):
    card = SubmissionCard(date="2026-01-31", licence="MIT", training="trained", by="Ada", link="a", system="x")
    (tmp_path / FILE).write_text(card_json(card))
    assert read_card(tmp_path) == card


def test_a_record_without_one_says_nothing(tmp_path):
    assert read_card(tmp_path) == SubmissionCard()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[" * 100_000,
        "[]",
        '{"schema": "nlptasks.submission", "version": 2}',
        '{"schema": "nlptasks.submission", "version": 1, "date": "yesterday"}',
        '{"schema": "nlptasks.submission", "version": 1, "training": "some"}',
        '{"schema": "nlptasks.submission", "version": 1, "trust": "V3"}',
        json.dumps({"schema": "nlptasks.submission", "version": 1, "licence": "x" * 501}),
        " " * 30_000,
    ],
)
def test_what_is_none_is_refused(tmp_path, content):
    (tmp_path / FILE).write_text(content)
    with pytest.raises(NlptasksError, match=FILE):
        read_card(tmp_path)


def test_a_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / FILE)
    with pytest.raises(NlptasksError, match="no file"):
        read_card(tmp_path)
