"""OpenVINO is imported without telling anybody, and with as many threads as asked for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nlptasks.models.runtimes.loading_openvino import available, fastest, threads

#: Imports OpenVINO with every socket and every file in the home folder watched.
QUIET = """
import os, socket, sys
told = []
def watch(event, args):
    if event.startswith("socket.") or (event == "open" and str(args[0]).startswith(os.environ["HOME"])):
        told.append((event, args))
sys.addaudithook(watch)
from nlptasks.models.runtimes.loading_openvino import fastest, openvino
openvino().Core().available_devices
assert not told, told
assert not [name for name in sys.modules if "telemetry" in name]
assert "openvino.tools.ovc" not in sys.modules
"""


def test_it_is_imported_without_a_word_to_its_makers(tmp_path):
    environment = os.environ | {"HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", QUIET], env=environment, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_it_is_found_without_being_imported():
    code = "import sys; from nlptasks.models.runtimes.loading_openvino import available; print(available());"
    code += "print('openvino' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == [str(available()), "False"]


@pytest.mark.parametrize(("stated", "found"), [("3", 3), ("2,1", 2), ("0", None), ("many", None), ("", None)])
def test_as_many_threads_as_asked_for_or_as_there_are_cores(monkeypatch, stated, found):
    monkeypatch.setenv("OMP_NUM_THREADS", stated)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert threads() == (found or cores)


@pytest.mark.parametrize(
    ("limit", "allowed"), [("AVX512_CORE_VNNI", False), ("AVX2", False), ("AVX512_CORE_AMX", True)]
)
def test_bfloat16_is_fast_where_the_instructions_may_be_used(monkeypatch, limit, allowed):
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    here = fastest()
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", limit)
    assert fastest() == (here if allowed else "float32")
