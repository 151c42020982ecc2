"""Versions of plugins, as records and trained heads keep them."""

from __future__ import annotations

import pytest

from nlptasks._plugins.registry import Owned
from nlptasks._plugins.versions import may_differ, owner_of
from nlptasks._version import __version__
from nlptasks.plugin import MetricSpec


def owned(plugin: str, distribution: str) -> Owned[MetricSpec]:
    return Owned(MetricSpec(name="x", summary="s", object="a:b"), plugin, distribution)


def test_of_a_distribution_its_version_and_of_a_file_its_digest(site):
    site.add("good")
    assert owner_of(owned("good", "zoo-good")) == "zoo-good 1.0"
    assert owner_of(owned("metrics", "nlptasks")) == f"nlptasks {__version__}"
    assert owner_of(owned("json", "file:json")).startswith("file:json sha256:")
    assert owner_of(owned("gone", "gone")) == "gone"


@pytest.mark.parametrize(
    ("before", "now", "matters"),
    [
        ("acme 1.0", "acme 1.1", True),
        ("acme 1", "acme 2.0.1", True),
        ("acme 1.0.1", "acme 1.0.4", False),
        ("acme 1", "acme 1.0.4", False),
        ("acme 1.0", "acme 1.0.post1", False),
        ("acme 1.0", "other 2.0", False),
        ("nlptasks 0.1.0", "nlptasks 0.2.0", False),
        ("file:acme sha256:0", "file:acme sha256:1", True),
        ("file:acme sha256:0", "file:acme sha256:0", False),
        ("acme", "acme 1.0", True),
        ("", "acme 1.0", False),
    ],
)
def test_where_another_version_may_do_something_else(before, now, matters):
    assert may_differ(before, now) is matters
