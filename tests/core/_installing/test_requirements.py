"""Files of requirements, and what is remembered of an environment."""

from __future__ import annotations

import pytest

from nlptasks._installing import requirements
from nlptasks._installing.requirements import forget, read_requirements, remember, remembered, remembered_file
from nlptasks.errors import UsageError


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path / name))
    return tmp_path


def test_comments_and_empty_lines_are_none(tmp_path):
    file = tmp_path / "r.txt"
    file.write_text("# all\n\nacme==1.0  # pinned\nother @ file:///x#subdirectory=y\n  Third_One\n")
    assert [(one.name, one.text) for one in read_requirements(file)] == [
        ("acme", "acme==1.0"),
        ("other", "other @ file:///x#subdirectory=y"),
        ("third-one", "Third_One"),
    ]


def test_what_is_none_is_told_with_its_line(tmp_path):
    file = tmp_path / "r.txt"
    file.write_text("acme\n-r more.txt\n")
    with pytest.raises(UsageError, match=r"r\.txt:2: '-r more\.txt' is no requirement") as caught:
        read_requirements(file)
    assert "NAME==VERSION" in caught.value.hint
    with pytest.raises(UsageError, match="cannot read the requirements"):
        read_requirements(tmp_path / "gone")


def test_a_distribution_is_remembered_once_as_it_was_asked_for_last(home):
    assert remembered() == []
    remember(["acme", "other==1.0"])
    remember(["Other==2.0", "./no-requirement"])
    assert [one.text for one in remembered()] == ["Other==2.0", "acme"]
    assert remembered_file().read_text().startswith("# What 'nlptasks plugins install' installed into ")
    forget(["other"])
    assert [one.text for one in remembered()] == ["acme"]
    forget(["acme"])
    assert not remembered_file().exists()
    forget(["acme"])
    assert remembered() == []


def test_each_environment_has_its_own(home, monkeypatch):
    remember(["acme"])
    monkeypatch.setattr(requirements.sys, "prefix", "/elsewhere")
    assert remembered() == []


def test_a_folder_that_cannot_be_made_is_explained(home):
    (home / "nlptasks").touch()
    with pytest.raises(UsageError, match="cannot make the folder"):
        remember(["acme"])
