"""Commands of plugins: listed without loading one, remembered, and called by the real command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from nlptasks._cli import installed
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins

GREETS = """
import sys

import click

from nlptasks.plugin import CommandSpec, hookimpl


@hookimpl
def nlptasks_commands():
    return [
        CommandSpec(name=name, summary="Say good day.", object=f"{__name__}:{made}")
        for name, made in (("greet", "greet"), ("GONE", "gone"), ("fail", "fail"), ("compare", "greet"))
    ]


@click.command()
@click.argument("whom")
def greet(whom):
    "Say good day."
    click.echo(f"NAMED: good day, {whom}")


@click.command()
def fail():
    "Say nothing."
    sys.exit(0)
"""


@pytest.fixture
def greeter(site):
    """Installs a plugin that greets, as a distribution."""

    def install(distribution: str) -> None:
        module = f"zoo_{distribution.replace('-', '_')}"
        (site.folder / f"{module}.py").write_text(
            GREETS.replace("GONE", f"gone-{distribution}").replace("NAMED", distribution)
        )
        site.add_metadata(distribution, {distribution: module})

    return install


def test_a_command_of_a_plugin_works_and_a_broken_one_harms_nobody(site, greeter):
    greeter("acme")
    site.add("crash")
    shown = site.run("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "  greet        Say good day. (acme)" in shown.stdout
    done = site.run("greet", "you")
    assert done.stdout == "acme: good day, you\n"
    gone = site.run("gone-acme")
    assert gone.returncode == 1
    assert "the command acme:gone-acme: cannot import 'zoo_acme:gone'" in gone.stderr
    failed = site.run("fail")
    assert failed.returncode == 1
    assert "the command acme:fail failed: SystemExit: 0" in failed.stderr


def test_a_clash_names_both_and_two_ways_out(site, greeter):
    greeter("acme")
    greeter("other")
    clash = site.run("greet", "you")
    assert clash.returncode == 2
    assert "acme and other both provide the command 'greet'" in clash.stderr
    assert "type acme:greet or other:greet" in clash.stderr
    assert '"commands.greet" = "acme"' in clash.stderr
    assert site.run("other:greet", "you").stdout == "other: good day, you\n"
    site.config.write_text('[prefer]\n"commands.greet" = "acme"\n')
    assert site.run("greet", "you").stdout == "acme: good day, you\n"


def test_one_of_nlptasks_itself_comes_first_unless_another_is_preferred(site, greeter):
    greeter("acme")
    site.entries.append("commands")
    site.run("--help")
    own = site.run("compare", "--help")
    assert "acme and nlptasks provide the command 'compare'" in own.stderr
    assert "this is the one of nlptasks" in own.stderr
    assert "Compare records" in own.stdout
    site.config.write_text('[prefer]\n"commands.compare" = "acme"\n')
    site.run("--help")
    assert site.run("compare", "you").stdout == "acme: good day, you\n"


@pytest.fixture
def remembered(site, greeter, tmp_path, monkeypatch):
    """What a start finds of a plugin that greets, kept in a folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.syspath_prepend(tmp_path)  # the first place is the script's, and does not count
    greeter("acme")
    loaded = load_plugins(Config(allow=frozenset({"acme"})))
    installed.remember(installed.told(loaded, str(site.config)))
    return site


def names() -> list[str] | None:
    found = installed._remembered()
    return None if found is None else [one.name for one in found]


def test_what_was_found_is_found_again_without_looking(remembered):
    assert names() == ["compare", "fail", "gone-acme", "greet"]
    assert installed.found(look=False)[-1] == installed.FoundCommand("greet", "Say good day. (acme)")


def test_it_is_forgotten_when_something_is_installed_configured_or_changed(remembered, monkeypatch):
    for path in (remembered.config, remembered.folder / "zoo_acme.py", remembered.folder):
        before = path.stat() if path.exists() else None
        path.touch()
        os.utime(path, ns=(1, 1))
        assert names() is None, path
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns)) if before else path.unlink()
        assert names() is not None, path
    monkeypatch.setenv("NLPTASKS_PLUGINS", "-acme")
    assert names() is None


def test_a_damaged_file_is_no_harm(remembered):
    Path(installed._file()).write_text("\x00 nothing")
    assert names() is None
    assert installed.found(look=False) == ()


def test_looking_is_light():
    assert "importlib.metadata" not in vars(sys.modules["nlptasks._cli.installed"])
