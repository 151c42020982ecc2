"""A request to stop."""

from __future__ import annotations

import os
import signal

import pytest

from nlptasks._signals import STOPPING, Terminated, stop_on_signals


@pytest.fixture
def handlers():
    """Puts back what the test process does on signals."""
    before = {number: signal.getsignal(number) for number in STOPPING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_code_is_that_of_a_process_that_the_signal_ended():
    assert Terminated().code == 143
    assert Terminated(signal.SIGHUP).code == 129
    assert isinstance(Terminated(), SystemExit)


@pytest.mark.usefixtures("handlers")
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", STOPPING, ids=lambda number: number.name)
def test_a_signal_stops_and_lets_cleanups_run(number):
    signal.signal(number, signal.SIG_DFL)
    stop_on_signals()
    cleaned = False
    with pytest.raises(Terminated) as caught:
        try:
            signal.raise_signal(number)
        finally:
            cleaned = True
    assert cleaned
    assert caught.value.code == 128 + number


@pytest.mark.usefixtures("handlers")
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_what_is_ignored_stays_ignored():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop_on_signals()
    signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
