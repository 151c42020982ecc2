"""Actors of Ray."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.engines import EngineContext, WorkerJob
from nlptasks.testing import check_engine
from nlptasks_engines import nlptasks_engines
from nlptasks_engines.actors import open_actors
from nlptasks_engines.options import RayOptions

_, RAY = nlptasks_engines()
JOB = WorkerJob(maker="nlptasks.testing.engines:probe", content=b"content")
needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: pip install '.[ray]'")


def opened(address: str = "", workers: int | None = 2):
    return open_actors(EngineContext(job=JOB, workers=workers, options=RayOptions(address=address)))


def test_without_ray_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match="the engine 'ray' needs Ray") as caught:
        opened()
    assert caught.value.hint == "pip install 'nlptasks-toolkit[ray]'"


@needs_ray
@pytest.mark.parametrize(
    ("address", "error", "said"),
    [
        ("127.0.0.1:{port}", NlptasksError, "nobody listens at 127.0.0.1:{port}"),
        ("ray://127.0.0.1:{port}", NlptasksError, "nobody listens at 127.0.0.1:{port}"),
        ("ray://no.such.host.invalid", NlptasksError, "nobody listens at no.such.host.invalid:10001"),
        ("http://127.0.0.1", UsageError, "is no address of a Ray cluster"),
        ("127.0.0.1:port", UsageError, "Port could not be cast"),
    ],
)
def test_a_cluster_that_is_not_there_is_found_out_at_once(address, error, said):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])  # nobody listens there while it is ours
        with pytest.raises(error, match=said.replace("{port}", port)) as caught:
            opened(address.replace("{port}", port))
    assert "--address" in caught.value.message


@pytest.mark.slow
@needs_ray
def test_they_pass_the_check_of_engines():
    before = dict(os.environ)
    check_engine(RAY, tasks=["sentiment"])
    assert dict(os.environ) == before


@pytest.mark.slow
@needs_ray
def test_more_workers_than_fit_are_refused():
    with pytest.raises(NlptasksError, match="workers fit and not 4000"):
        opened(workers=4_000)


@pytest.mark.slow
@needs_ray
def test_a_run_on_a_cluster_whose_actor_is_killed(command, tmp_path: Path, monkeypatch):
    """``ray start --head``, an address, two workers, one killed: the bytes of one process."""
    rows = 6_000
    command.write("in.csv", "text\n" + "".join(f"text {at}\n" for at in range(rows)))
    drawn = ("run", "sentiment", "--head", "drawn", "--data", "in.csv")
    whole = command(*drawn, "--output", "-", "--quiet").succeeded().stdout
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    ray = [str(Path(sys.executable).with_name("ray"))]
    # A token of its own: whether there is one in the home folder decides what Ray does without.
    for name, value in (("RAY_AUTH_MODE", "token"), ("RAY_AUTH_TOKEN", secrets.token_hex(32))):
        monkeypatch.setenv(name, value)
    environment = os.environ | {"RAY_USAGE_STATS_ENABLED": "0"}
    head = subprocess.Popen(
        [*ray, "start", "--head", "--block", "--port", str(port), "--num-cpus", "2", "--include-dashboard", "false"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    try:
        _wait_for(port)
        line = (*drawn, "--pause", "0.001", "--output", "-", "--quiet", "--engine", "ray", "--workers", "2")
        with command.started(*line, "--address", f"127.0.0.1:{port}") as process:
            found = process.stdout.readline()
            assert found, process.stderr.read().decode()
            _kill_one_actor(head.pid)
            found += process.stdout.read()
            told = process.stderr.read().decode()
            assert process.wait(60) == 0, told
        assert found == whole
    finally:
        head.terminate()
        head.wait(30)


def _wait_for(port: int) -> None:
    for _ in range(600):
        time.sleep(0.1)
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the head did not start")


def _kill_one_actor(head: int) -> None:
    """Kill an actor that works, of this cluster and no other."""
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and b"ray::_Actor.answer" in (folder / "cmdline").read_bytes():
                pid = int(folder.name)
                if head in _ancestors(pid):
                    os.kill(pid, 9)
                    return
    raise AssertionError("no actor works")


def _ancestors(pid: int) -> Iterator[int]:
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        yield pid
