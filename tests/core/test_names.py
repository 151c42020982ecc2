"""Names that people type."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from nlptasks._names import canonical, did_you_mean, is_import_string, nearest, resolve, spelled
from nlptasks._signals import Terminated
from nlptasks.errors import PluginError, UsageError


def test_nearest():
    assert nearest("sentimnt", ["qa", "sentiment"]) == "sentiment"
    assert nearest("xyz", ["qa", "sentiment"]) is None


def test_resolve():
    assert resolve("collections:OrderedDict.fromkeys")("a") == {"a": None}


@pytest.mark.parametrize(
    "text", ["json", "json:", ":dumps", "json:no such", "json:dumps()", "json:nothing", "no_json:x"]
)
def test_what_cannot_be_resolved_is_named(text):
    with pytest.raises(PluginError, match="'" + text.replace("(", r"\(").replace(")", r"\)")):
        resolve(text)


def test_the_nearest_name_is_asked_for():
    assert did_you_mean("sentimnt", ["qa", "sentiment"]) == "; did you mean 'sentiment'?"
    assert did_you_mean("xyz", ["qa"]) == ""


@pytest.mark.parametrize("name", ["Acme_Plug.In", "acme-plug-in", "ACME--plug__in", "-acme.plug.in-"])
def test_a_distribution_has_one_spelling(name):
    assert spelled(name) == canonical(name) == "acme-plug-in"


def test_this_distribution_is_called_as_its_command_is():
    assert canonical("nlptasks_toolkit") == canonical("nlptasks") == "nlptasks"
    assert canonical("NLPtasks.Toolkit:binary") == "nlptasks:binary"
    assert canonical("file:acme_shop") == "file:acme-shop"


@pytest.mark.parametrize(
    ("text", "known"),
    [("a.b:c.d", True), ("a:b", True), ("a", False), ("a:", False), ("a:b()", False), ("ä:b", False), (None, False)],
)
def test_what_is_an_import_string(text, known):
    assert is_import_string(text) is known


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (SystemExit(0), PluginError),
        (ValueError("a\nb"), PluginError),
        (UsageError("x"), UsageError),
        (Terminated(), Terminated),
    ],
)
def test_what_a_module_raises(monkeypatch, error, raised):
    class Raising(ModuleType):
        def __getattr__(self, name):
            raise error

    monkeypatch.setitem(sys.modules, "acme_raising", Raising("acme_raising"))
    with pytest.raises(raised) as caught:
        resolve("acme_raising:thing")
    assert "\n" not in str(caught.value)
