"""What becomes of PyTorch in a child of a fork; that such a child predicts is held by ``test_api.py``."""

from __future__ import annotations

import sys

import pytest
import torch

from nlptasks._systems import forks


def test_a_child_has_one_thread():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        forks._one_thread()
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_without_pytorch_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "torch")
    forks._one_thread()
    assert "torch" not in sys.modules


def test_a_process_is_prepared_once(monkeypatch: pytest.MonkeyPatch):
    registered = []
    monkeypatch.setattr(forks.os, "register_at_fork", lambda **hooks: registered.append(hooks), raising=False)
    forks.survive_forks.cache_clear()
    try:
        forks.survive_forks()
        forks.survive_forks()
    finally:
        forks.survive_forks.cache_clear()
    assert registered == [{"after_in_child": forks._one_thread}]
