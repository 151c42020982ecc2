"""Flags made of settings, and what is made of what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import click
import pytest

from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._cli.once import OnceCommand
from nlptasks.errors import UsageError
from nlptasks.plugin.options import setting


@dataclass(frozen=True, kw_only=True)
class Brewing:
    """How tea is made."""

    cups: int = setting(2, "How many cups.", short="n", min=1, max=9)
    leaf: Literal["green", "black"] = setting("black", "Which leaf.")
    sweet: bool = setting(False, "With sugar.")
    extras: tuple[str, ...] = setting((), "What goes in.", flag="with", repeat=True, metavar="NAME")
    times: tuple[int, ...] = setting((), "Minutes of each cup.")


def choose(*args: str, configured: dict[str, Any] | None = None) -> Chosen:
    """What a command line chooses."""
    flags = flags_of(Brewing)
    made = OnceCommand("brew", params=[*flags, json_flag()])
    return Chosen(flags, made.make_context("brew", list(args)).params, configured)


def test_nothing_typed_leaves_the_defaults():
    assert choose().of(Brewing) == Brewing()
    assert choose().values(Brewing) == {}


def test_every_kind_of_flag():
    typed = choose("-n", "3", "--leaf", "green", "--sweet", "--with", "milk", "--with", "a,b", "--times", "3,4")
    assert typed.of(Brewing) == Brewing(cups=3, leaf="green", sweet=True, extras=("milk", "a,b"), times=(3, 4))
    assert typed.typed(Brewing, but=("sweet",)) == ["--cups", "--leaf", "--with", "--times"]


def test_what_is_typed_goes_before_the_configuration():
    name = next(str(flag.name) for flag in flags_of(Brewing, only=("cups",)))
    assert choose(configured={name: 7}).of(Brewing).cups == 7
    both = choose("--cups", "5", configured={name: 7})
    assert both.of(Brewing).cups == 5
    assert choose(configured={name: 7}).typed(Brewing) == []


def test_a_switch_can_be_turned_off():
    name = next(str(flag.name) for flag in flags_of(Brewing, only=("sweet",)))
    assert choose(configured={name: True}).of(Brewing).sweet
    assert not choose("--no-sweet", configured={name: True}).of(Brewing).sweet


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--cups", "10"), "--cups"),
        (("--cups", "two"), "--cups: expected"),
        (("--cups", "1", "-n", "2"), "--cups is given twice, and takes one value"),
    ],
)
def test_what_a_flag_does_not_take(args, said):
    with pytest.raises(UsageError, match=said):
        choose(*args)


def test_a_choice_names_what_there_is():
    with pytest.raises(click.BadParameter, match="'green', 'black'"):
        choose("--leaf", "blue")


def test_fields_can_be_picked():
    assert [flag.setting.name for flag in flags_of(Brewing, only=("cups", "leaf"), without=("leaf",))] == ["cups"]


def test_help_says_the_range_and_the_default():
    lines = {flag.setting.name: flag.help for flag in flags_of(Brewing)}
    assert lines["cups"] == "How many cups.  [1 to 9; default: 2]"
    assert lines["leaf"] == "Which leaf.  [default: black]"
    assert lines["sweet"] == "With sugar."
    assert lines["times"] == "Minutes of each cup."
