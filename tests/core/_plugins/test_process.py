"""What a plugin changes in the process is put back."""

from __future__ import annotations

import locale
import logging
import os
import random
import signal
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from nlptasks._plugins.process import taken


def test_nothing_changed_is_nothing_named():
    assert taken().put_back(environment=True) == ()


@pytest.fixture
def interruptible():
    """The usual handler of Ctrl-C: a shell that starts tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_everything_is_put_back_and_named(tmp_path, monkeypatch):
    before, folder, filters = taken(), Path.cwd(), list(warnings.filters)
    place, stream, handler = locale.setlocale(locale.LC_ALL), sys.stdout, signal.getsignal(signal.SIGINT)
    monkeypatch.setenv("ZOO_KEPT", "1")
    kept = taken()
    os.chdir(tmp_path)
    locale.setlocale(locale.LC_ALL, "C" if place != "C" else "C.UTF-8")
    os.environ["ZOO_KEPT"], os.environ["ZOO_NEW"] = "2", "3"
    warnings.simplefilter("ignore")
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.set_float32_matmul_precision("medium")
    torch.set_grad_enabled(False)
    sys.stdout = sys.stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    named = kept.put_back(environment=True)
    assert named == (
        "the working directory",
        "the locale",
        "the warning filters",
        "the default dtype of torch",
        "the default device of torch",
        "the precision of matrix products of torch",
        "the gradient mode of torch",
        "sys.stdout",
        "the handler of SIGINT",
        "the environment variable ZOO_KEPT",
        "the environment variable ZOO_NEW",
    )
    assert (Path.cwd(), list(warnings.filters), locale.setlocale(locale.LC_ALL)) == (folder, filters, place)
    assert (sys.stdout, signal.getsignal(signal.SIGINT)) == (stream, handler)
    assert (os.environ["ZOO_KEPT"], "ZOO_NEW" in os.environ) == ("1", False)
    assert (torch.get_default_dtype(), torch.is_grad_enabled()) == (torch.float32, True)
    assert (torch.zeros(1).device.type, torch.get_float32_matmul_precision()) == ("cpu", "highest")
    assert before.put_back() == ()


def test_a_library_keeps_its_own_filters_and_variables():
    before, filters = taken(), list(warnings.filters)
    try:
        warnings.filterwarnings("ignore", message="only this one")
        assert before.put_back() == ()
        assert len(warnings.filters) == len(filters) + 1
    finally:
        warnings.filters[:] = filters


def test_random_numbers_go_on_as_if_nothing_had_been():
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    before = taken()  # behind the first look at numpy.random, which numpy imports only then
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    assert before.put_back() == ()
    now = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    assert now == states


def test_what_the_interpreter_has_one_of_is_put_back_and_named():
    before = taken()
    path, modules, limit = list(sys.path), sys.modules["nlptasks._names"], sys.getrecursionlimit()
    sys.path.insert(0, "/nowhere")
    sys.modules.pop("nlptasks._names")
    sys.setrecursionlimit(limit + 1)
    np.seterr(all="raise")
    logging.disable(logging.CRITICAL)
    assert before.put_back() == (
        *("the recursion limit", "the level of logging", "the error handling of numpy", "sys.path", "sys.modules"),
    )
    assert sys.path == [*path, "/nowhere"]  # what a plugin added is found where nothing else is
    sys.path.remove("/nowhere")
    assert sys.modules["nlptasks._names"] is modules
    assert (sys.getrecursionlimit(), np.geterr()["divide"], logging.root.manager.disable) == (limit, "warn", 0)
    assert before.put_back() == ()


def test_many_variables_are_counted(monkeypatch):
    before = taken()
    for number in range(9):
        monkeypatch.setenv(f"ZOO_{number}", "1")
    assert before.put_back(environment=True)[-1] == "4 other environment variables"
