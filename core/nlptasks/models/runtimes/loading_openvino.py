"""The one place that imports OpenVINO: without what it tells its makers, and with as many threads as asked for."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from typing import Any

__all__ = ["Requests", "available", "compiled", "fastest", "openvino"]

#: The converter of other frameworks' models. Nothing here needs it, and importing it sends an event to OpenVINO's
#: makers, without asking.
_CONVERTER = "openvino.tools.ovc"

#: Numbers that share a scale in 8 bits. With 384 the encoder is a tenth faster, and translations lose a point of BLEU.
_GROUP = "64"


def available() -> bool:
    """Whether OpenVINO is installed; it is not imported for that."""
    return "openvino" in sys.modules or find_spec("openvino") is not None


@cache
def openvino() -> Any:
    """The package, imported without its converter, and so without a line to its makers."""
    hidden = _CONVERTER not in sys.modules
    if hidden:
        sys.modules[_CONVERTER] = None  # type: ignore[assignment] # whoever imports it gets an ImportError
    try:
        package = import_module("openvino")
    finally:
        if hidden:
            del sys.modules[_CONVERTER]
    return package


def compiled(model: Any, precision: str, *, int8: bool = False) -> Any:
    """A graph, ready to compute on this machine's CPU.

    Args:
        model: An ``openvino.Model``.
        precision: ``float32``, or ``bfloat16`` for matrix products in that.
        int8: Round what is multiplied by weights in 8 bits to 8 bits too.
    """
    settings = {
        "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[precision],
        "KV_CACHE_PRECISION": "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": threads(),
        # Several processes on one machine would all be pinned to its first cores.
        "ENABLE_CPU_PINNING": False,
        "ENABLE_HYPER_THREADING": True,
    }
    if int8:
        settings["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = _GROUP
    return _core(os.getpid()).compile_model(model, "CPU", settings)


class Requests:
    """Computes a graph for whoever asks, in whatever thread and, behind a fork, in whatever process.

    Args:
        build: Makes the ``openvino.Model``; it is not kept, since its weights are in what it is compiled to, too.
        precision: See :func:`compiled`.
        int8: Likewise.
    """

    def __init__(self, build: Callable[[], Any], precision: str, *, int8: bool = False) -> None:
        self._build, self._precision, self._int8 = build, precision, int8
        self._begin()

    def take(self) -> Any:
        """An idle request of OpenVINO's, to be given back."""
        if self._process != os.getpid():
            self._begin()
        try:
            return self._idle.pop()
        except IndexError:
            with self._lock:
                return self._compiled.create_infer_request()

    def give_back(self, request: Any) -> None:
        """It is idle again."""
        self._idle.append(request)

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = Lock()
        self._idle: deque[Any] = deque()
        self._compiled = compiled(self._build(), self._precision, int8=self._int8)


#: How the names of the instruction sets end that oneDNN has bfloat16 in, and those that limit nothing.
_WITH_BFLOAT16 = ("_BF16", "_FP16", "_AMX", "ALL", "DEFAULT")


def fastest() -> str:
    """The precision of floating point that this machine's CPU is fastest in: ``bfloat16`` or ``float32``.

    Where ``ONEDNN_MAX_CPU_ISA`` keeps oneDNN, which OpenVINO computes with, from the instructions for bfloat16, it is
    ``float32``.
    """
    most = os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper()
    if most and not most.endswith(_WITH_BFLOAT16):
        return "float32"
    return "bfloat16" if "BF16" in _core(os.getpid()).get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "float32"


def threads() -> int:
    """As many as ``OMP_NUM_THREADS`` says, as for PyTorch and NumPy, or as this process has cores."""
    stated = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if stated.isdecimal() and int(stated) > 0:
        return int(stated)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _core(process: int) -> Any:  # noqa: ARG001 - one a process: a child has none of its parent's threads
    return openvino().Core()
