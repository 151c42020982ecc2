"""``nlptasks plugins``: the table of its commands."""

from __future__ import annotations

import click

from nlptasks._cli.lazy import LazyGroup

_COMMANDS = {
    "list": ("nlptasks._cli.plugins.show:list_plugins", "List the plugins; imports none without --check."),
    "show": ("nlptasks._cli.plugins.show:show", "Show what a plugin provides, with its options."),
    "check": ("nlptasks._cli.plugins.check:check", "Load a plugin in a process of its own and say what is wrong."),
    "new": ("nlptasks._cli.plugins.new:new", "Write a new plugin to start from."),
    "disable": ("nlptasks._cli.plugins.switch:disable", "Keep plugins from loading, by the configuration file."),
    "enable": ("nlptasks._cli.plugins.switch:enable", "Let disabled plugins load again."),
    "install": ("nlptasks._cli.plugins.install:install", "Install distributions with plugins."),
    "update": ("nlptasks._cli.plugins.install:update", "Install the newest versions of plugins."),
    "uninstall": ("nlptasks._cli.plugins.install:uninstall", "Remove distributions with plugins."),
    "freeze": ("nlptasks._cli.plugins.freeze:freeze", "Print the installed plugins with versions, as requirements."),
    "sync": (
        "nlptasks._cli.plugins.freeze:sync",
        "Install what a file, or an earlier install, asks for.",
    ),
    "search": ("nlptasks._cli.plugins.search:search", "Find plugins, installed ones and those of an index file."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def plugins() -> None:
    """Plugins: everything above the core comes from them."""
