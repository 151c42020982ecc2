"""Which command installs, said before it runs."""

from __future__ import annotations

import shutil
import sys

import pytest

from nlptasks._installing import installer
from nlptasks.errors import NlptasksError


def test_without_uv_and_pip_it_says_what_to_type(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(installer, "_has_pip", lambda: False)
    with pytest.raises(NlptasksError, match="neither uv nor pip is there") as caught:
        installer.run_installer("install", ["acme"])
    assert caught.value.hint == "install uv, or run where pip is: pip install acme"


def test_a_dry_run_says_it_only(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert installer.run_installer("uninstall", ["acme"], dry_run=True) == 0
    said = capsys.readouterr().err
    assert said == f"would run: {sys.executable} -P -m pip uninstall --yes acme\n"
