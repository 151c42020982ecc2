"""Control-C once and twice."""

from __future__ import annotations

import signal
import threading

import pytest

from nlptasks._running.resuming.stopping import Stopping


@pytest.fixture(autouse=True)
def usual(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_once_waits_for_the_block(capfd: pytest.CaptureFixture[str]) -> None:
    with Stopping() as stopping:
        for block in stopping.watched(iter("ab")):
            signal.raise_signal(signal.SIGINT)
            assert stopping.asked
            with pytest.raises(KeyboardInterrupt):
                stopping.obey()
            assert block == "a"
            break
    assert "finishing the rows" in capfd.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_twice_stops_at_once() -> None:
    with Stopping() as stopping:
        next(stopping.watched(iter("ab")))
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_between_blocks_there_is_nothing_to_wait_for() -> None:
    with Stopping() as stopping:
        for _ in stopping.watched(iter("ab")):
            stopping.obey()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_of_several_blocks_the_last_is_waited_for_too() -> None:
    with Stopping() as stopping:
        assert [*stopping.watched(iter("ab"))] == ["a", "b"]
        stopping.obey()
        signal.raise_signal(signal.SIGINT)
        assert stopping.asked
        with pytest.raises(KeyboardInterrupt):
            stopping.obey()


def test_whoever_handles_it_himself_goes_on_doing_so() -> None:
    def own(*_: object) -> None:
        """Another program's handler."""

    signal.signal(signal.SIGINT, own)
    with Stopping():
        assert signal.getsignal(signal.SIGINT) is own


def test_a_thread_handles_no_signals() -> None:
    found = []

    def work() -> None:
        with Stopping():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]
