"""Where in a user's file something stands."""

from __future__ import annotations

import pytest
from pydantic import Field

from nlptasks.files._places import dotted, field_of, model_of, value_at
from nlptasks.files.validated import Checked


class Inner(Checked):
    b: int = 0


class Outer(Checked):
    one: Inner | None = None
    many: list[Inner] = Field(default_factory=list)
    named: dict[str, Inner] = Field(default_factory=dict)
    plain: int = 0


@pytest.mark.parametrize(("key", "parts"), [("one", 1), ("many", 2), ("named", 2)])
def test_which_model_a_key_holds(key, parts):
    assert model_of(field_of(Outer, key)) == (Inner, parts)


def test_a_plain_key_holds_none():
    assert model_of(field_of(Outer, "plain")) is None
    assert model_of(field_of(Outer, "unknown")) is None


def test_what_stands_there():
    data = {"a": [1, {"b": 2}]}
    assert value_at(value_at(value_at(data, "a"), 1), "b") == 2
    assert value_at(value_at(data, "a"), 9) is None
    assert value_at("text", 0) is None


def test_a_place_in_a_line():
    assert dotted(("results", 0, "acc,none")) == "results[0].acc,none"
    assert dotted(()) == ""
