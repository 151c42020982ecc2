"""``nlptasks plugins install``, ``update`` and ``uninstall``."""

from __future__ import annotations

import os
import sys

import pytest

from nlptasks._installing.requirements import remember


@pytest.fixture
def fake_uv(tmp_path):
    """A ``uv`` that only says what it was asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "uv").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n')
    (folder / "uv").chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def test_install_runs_uv_and_passes_its_exit_code_on(site, fake_uv):
    done = site.run("plugins", "install", "-U", "acme", "other==1.0", **fake_uv)
    assert done.stdout.splitlines() == ["pip", "install", "--python", sys.executable, "--upgrade", "acme", "other==1.0"]
    assert done.returncode == 7


def test_without_uv_pip_does_it(site, tmp_path):
    (site.folder / "pip").mkdir()
    (site.folder / "pip" / "__init__.py").touch()
    (site.folder / "pip" / "__main__.py").write_text("import sys\nprint(*sys.argv[1:])\n")
    for action, expected in (("install", "install acme\n"), ("uninstall", "uninstall --yes acme\n")):
        done = site.run("plugins", action, "acme", PATH=str(tmp_path))
        assert (done.returncode, done.stdout) == (0, expected)


def test_uninstall_finds_the_distribution_and_imports_nothing(site, fake_uv):
    site.add("exits_at_import")
    done = site.run("plugins", "uninstall", "exits_at_import", **fake_uv)
    assert done.stdout.splitlines() == ["pip", "uninstall", "--python", sys.executable, "zoo-exits-at-import"]


def test_nlptasks_itself_is_not_uninstalled(site, fake_uv):
    done = site.run("plugins", "uninstall", "nlptasks", **fake_uv)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nlptasks plugins disable NAME" in done.stderr


@pytest.mark.parametrize("name", ["nlptasks", "NLPtasks==0.3.2", "nlptasks[plot]"])
def test_somebody_elses_nlptasks_is_not_installed(site, fake_uv, name):
    done = site.run("plugins", "install", name, **fake_uv)
    assert (done.returncode, done.stdout) == (2, "")
    assert "this one is called nlptasks-toolkit" in done.stderr


def test_an_option_of_the_installer_is_no_name(site, fake_uv):
    done = site.run("plugins", "install", "--", "--index-url=http://example.invalid", **fake_uv)
    assert (done.returncode, done.stdout) == (2, "")


def test_update_takes_what_came_from_an_index(nlptasks, site, tmp_path, monkeypatch):
    site.add("crash")
    site.add("good")
    source = '{"url": "file:///mine/good", "dir_info": {}}'
    (site.folder / "zoo_good-1.0.dist-info" / "direct_url.json").write_text(source)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    remember(["zoo-crash<2"])
    code, _, said = nlptasks("plugins", "update", "--dry-run")
    away, would = said.splitlines()
    assert (code, away) == (0, "zoo-good is from file:///mine/good; install it from there again to update it")
    assert would.endswith("install --upgrade 'zoo-crash<2'"), "a version that was asked for stays"
    assert nlptasks("plugins", "update", "crash", "--dry-run")[2].endswith("install --upgrade zoo-crash\n")
    code, _, said = nlptasks("plugins", "update", "gone")
    assert (code, said.splitlines()[0]) == (2, "error: gone is not installed with any plugin")
    assert nlptasks("plugins", "update", "good")[2].endswith("nothing to update\n")
    assert nlptasks("plugins", "update", "qa")[0] == 2
