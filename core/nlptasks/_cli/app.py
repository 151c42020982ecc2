"""What the global options ask for, kept on the context of every command."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from nlptasks._plugins.configuration import Config
    from nlptasks._plugins.loader import Plugins


class App:
    """The application: configuration and plugins, each read on first use. Take it with :data:`pass_app`.

    Args:
        config_file: The configuration that the user named.
        no_plugins: Load no installed plugin.
        plugins_dir: A folder of single-file plugins to load.
        strict: Whether a plugin that fails is an error.
    """

    def __init__(
        self,
        *,
        config_file: Path | None = None,
        no_plugins: bool = False,
        plugins_dir: Path | None = None,
        strict: bool = False,
    ) -> None:
        self.config_file = config_file
        self.no_plugins = no_plugins
        self.plugins_dir = plugins_dir
        self.strict = strict

    @cached_property
    def config(self) -> Config:
        """The configuration, with the environment and ``--no-plugins`` applied."""
        from dataclasses import replace

        from nlptasks._plugins.configuration import read_config

        config = read_config(self.config_file)
        return replace(config, allow=frozenset()) if self.no_plugins else config

    def plugins(self) -> Plugins:
        """Load the plugins, once, and print one line on standard error for each that failed or meddled.

        Raises:
            UsageError: The configuration is not valid.
            PluginError: ``--strict``, and a plugin failed.
        """
        return self._loaded

    def outcomes(self, *, metadata_only: bool) -> Plugins:
        """Load the plugins, or only their metadata, and print nothing.

        Raises:
            UsageError: The configuration is not valid.
            PluginError: ``--strict``, and a plugin failed.
        """
        from nlptasks._plugins.loader import load_plugins

        return load_plugins(self.config, plugins_dir=self.plugins_dir, strict=self.strict, metadata_only=metadata_only)

    @cached_property
    def _loaded(self) -> Plugins:
        loaded = self.outcomes(metadata_only=False)
        for line in loaded.complaints():
            click.echo(f"warning: {line}", err=True)
        return loaded


pass_app = click.make_pass_decorator(App)
