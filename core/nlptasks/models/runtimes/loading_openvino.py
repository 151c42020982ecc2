"""The one place that imports OpenVINO: without what it tells its makers, and with as many threads as asked for."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

__all__ = ["available", "compiled", "openvino"]

#: The converter of other frameworks' models. Nothing here needs it, and importing it sends an event to OpenVINO's
#: makers, without asking.
_CONVERTER = "openvino.tools.ovc"


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


def compiled(model: Any, dtype: str) -> Any:
    """A graph, ready to compute on this machine's CPU.

    Args:
        model: An ``openvino.Model``.
        dtype: ``float32``, or ``bfloat16`` for matrix products in that.
    """
    settings = {
        "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[dtype],
        "KV_CACHE_PRECISION": "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": threads(),
        # Several processes on one machine would all be pinned to its first cores.
        "ENABLE_CPU_PINNING": False,
        "ENABLE_HYPER_THREADING": True,
    }
    return _core(os.getpid()).compile_model(model, "CPU", settings)


def threads() -> int:
    """As many as ``OMP_NUM_THREADS`` says, as for PyTorch and NumPy, or as this process has cores."""
    stated = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if stated.isdecimal() and int(stated) > 0:
        return int(stated)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _core(process: int) -> Any:  # noqa: ARG001 - one a process: a child has none of its parent's threads
    return openvino().Core()
