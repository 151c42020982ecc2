"""What is installed, with its source."""

from __future__ import annotations

import json

import pytest

from nlptasks._installing.installations import Installation, installation, plugin_installations


def direct(site, distribution: str, data: object) -> None:
    info = site.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    (info / "direct_url.json").write_text(data if isinstance(data, str) else json.dumps(data))


def found() -> dict[str, Installation]:
    return {one.name: one for one in plugin_installations()}


def test_plugins_beside_those_of_nlptasks_by_name(site):
    site.add("good")
    site.add_metadata("zoo-Other", {"one": "zoo_other", "two": "zoo_other"})
    names = [name for name in found() if name.startswith("zoo-")]
    assert names == ["zoo-good", "zoo-other"]
    assert "nlptasks-toolkit" not in found()
    assert found()["zoo-other"].plugins == ("one", "two")
    assert found()["zoo-good"].requirement == "zoo-good==1.0"


@pytest.mark.parametrize(
    ("data", "source"),
    [
        ({"url": "file:///home/me/acme", "dir_info": {"editable": True}}, "file:///home/me/acme"),
        ({"url": "https://x/acme.whl", "archive_info": {}}, "https://x/acme.whl"),
        ({"url": "https://x/acme", "vcs_info": {"vcs": "git", "commit_id": "ab"}}, "git+https://x/acme@ab"),
        ({"url": "file:///all", "dir_info": {}, "subdirectory": "acme"}, "file:///all#subdirectory=acme"),
        ("{", ""),
        ({"url": "https://x/acme", "vcs_info": {}}, "https://x/acme"),
        ([], ""),
    ],
)
def test_where_it_came_from(site, data, source):
    site.add("good")
    direct(site, "zoo-good", data)
    one = found()["zoo-good"]
    assert one.source == source
    assert one.editable is (source == "file:///home/me/acme")
    assert one.requirement == (f"zoo-good @ {source}" if source else "zoo-good==1.0")


def test_any_distribution_can_be_asked_for(site):
    site.add("good")
    assert installation("Zoo_Good") == found()["zoo-good"]
    assert installation("pluggy").plugins == ()
    assert installation("no-such-thing") is None
