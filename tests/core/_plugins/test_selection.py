"""Which of the plugins that were found may be imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.discovery import FoundPlugin
from nlptasks._plugins.records import PluginRecord
from nlptasks._plugins.selection import select


def found(id_: str, distribution: str = "acme", **more: Any) -> FoundPlugin:
    return FoundPlugin(record=PluginRecord(id=id_, distribution=distribution, version="1", module="m"), **more)


def states(candidates: list[FoundPlugin], **config: Any) -> list[tuple[str, str]]:
    return [(one.record.state, one.record.error) for one in select(candidates, Config(**config))]


def test_what_the_user_allows_and_disables():
    candidates = [found("a"), found("b"), found("c", path=Path("c.py"))]
    assert states(candidates) == [("found", "")] * 3
    assert states(candidates, disable=frozenset({"a"}))[0] == ("disabled", "disabled by the user")
    allowed = states(candidates, allow=frozenset({"acme:a"}))
    # A folder of files was named by the user, who wants what is in it.
    assert allowed == [("found", ""), ("disabled", "not among the allowed plugins"), ("found", "")]


def test_what_does_not_fit_and_what_cannot_be_read():
    wrong, unreadable = found("a", requires=("nlptasks-toolkit>=99",)), found("b", requires=("nlptasks-toolkit>=x",))
    (first, second) = states([wrong, unreadable])
    assert first[0] == "incompatible"
    assert second[0] == "broken"
    assert second[1].startswith("its metadata is not valid: ")


def test_two_of_one_id_are_in_conflict_unless_one_is_left():
    rivals = [found("mood", "acme"), found("mood", "zeta")]
    assert [state for state, _ in states(rivals)] == ["conflict", "conflict"]
    assert states(rivals)[0][1] == (
        'acme and zeta both have a plugin \'mood\'; set [plugins.prefer] "mood" = "acme" in the configuration file, '
        "or uninstall one"
    )
    assert states(rivals, prefer_plugins={"mood": "Zeta"}) == [
        ("disabled", "the one of zeta is preferred"),
        ("found", ""),
    ]
    assert states(rivals, disable=frozenset({"zeta"}))[0] == ("found", "")


@pytest.mark.parametrize("prefer", [{}, {"mood": "acme"}])
def test_two_of_one_distribution_cannot_be_told_apart(prefer):
    assert (
        states([found("mood"), found("mood")], prefer_plugins=prefer)
        == [("conflict", "acme has 2 plugins 'mood'; tell its author")] * 2
    )
