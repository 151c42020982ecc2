"""Checking all that a plugin brings. That its process may die: ``test_check.py`` of the command line."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks.errors import UsageError
from nlptasks.plugin.options import setting
from nlptasks.testing._kit import FAULT, OK, UNCHECKED, Kit, example_options, outcome


@dataclass(frozen=True)
class Options:
    labels: tuple[str, ...] = setting((), "Labels.", example=("a", "b"))
    top: int = setting(3, "How many.")


def test_options_take_the_examples_that_they_give() -> None:
    assert example_options(Options) == Options(labels=("a", "b"))
    assert example_options(None) is None


def fail(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("check", "found"),
    [
        (lambda: None, (OK, "")),
        (lambda: fail(AssertionError("it is wrong")), (FAULT, "it is wrong")),
        (lambda: fail(UsageError("it needs labels", hint="--labels")), (UNCHECKED, "it needs labels; --labels")),
        (lambda: fail(SystemExit(0)), (FAULT, "the check failed: SystemExit: 0")),
    ],
)
def test_what_comes_of_a_check(check, found) -> None:
    assert outcome(check) == found


@pytest.mark.parametrize("plugin", ["tasks", "formats", "metrics", "progress", "benchmarks"])
def test_what_comes_with_nlptasks_is_in_order(plugin, tmp_path) -> None:
    loaded = load_plugins(Config())
    jobs = list(Kit(loaded.registry, tmp_path).jobs(loaded, plugin, "nlptasks"))
    assert jobs
    assert {what: found for what, check in jobs if (found := outcome(check)) != (OK, "")} == {}
