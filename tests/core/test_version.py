"""The version is one, wherever it is asked for."""

from __future__ import annotations

import importlib.metadata
import re

import nlptasks
from nlptasks._names import DISTRIBUTION
from nlptasks._version import __version__


def test_it_is_that_of_the_distribution():
    assert importlib.metadata.version(DISTRIBUTION) == __version__ == nlptasks.__version__


def test_a_new_plugin_can_say_which_it_fits():
    # 'plugins new' writes a floor and a ceiling of the first two parts.
    assert re.match(r"\d+\.\d+\.\d+", __version__)
