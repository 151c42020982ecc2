"""Whether a distribution fits this nlptasks and this Python."""

from __future__ import annotations

import pytest

from nlptasks._plugins.compatibility import misfit
from nlptasks._plugins.discovery import FoundPlugin
from nlptasks._plugins.records import PluginRecord
from nlptasks._version import __version__


def found(*requires: str, python: str = "", distribution: str = "acme") -> FoundPlugin:
    record = PluginRecord(id="x", distribution=distribution, version="1", module="acme")
    return FoundPlugin(record=record, requires=requires, requires_python=python)


@pytest.mark.parametrize(
    "requires",
    [
        (),
        ("nlptasks-toolkit",),
        ("nlptasks_toolkit>=0.0.1,<99",),
        ("numpy>=99", "nlptasks-toolkit-extra>=99", "nlptaskserver>=99"),
        ('nlptasks-toolkit>=99; python_version < "3"',),
        ('nlptasks-toolkit>=99; extra == "dev"',),
    ],
)
def test_what_fits(requires):
    assert misfit(found(*requires)) == ""


@pytest.mark.parametrize("name", ["nlptasks-toolkit", "NLPtasks.Toolkit", "nlptasks", "nlptasks_toolkit[plot]"])
def test_another_version_is_asked_for(name):
    assert misfit(found(f"{name}>=99")) == f"it requires nlptasks-toolkit>=99, this is {__version__}"


def test_another_python_is_asked_for():
    assert misfit(found(python=">=3.8")) == ""
    assert misfit(found(python="<3")).startswith("it requires Python <3, this is 3.")


def test_our_own_plugins_fit_and_metadata_that_cannot_be_read_are_an_error():
    assert misfit(found("nlptasks-toolkit>=99", python="<3", distribution="nlptasks")) == ""
    with pytest.raises(ValueError, match="nlptasks"):
        misfit(found("nlptasks-toolkit>=nine"))
