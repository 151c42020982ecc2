"""Which runtime computes a checkpoint, where, and in which number type."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nlptasks.errors import UsageError
from nlptasks.files.names import is_there
from nlptasks.models.runtimes.bert_graph import fits
from nlptasks.models.runtimes.loading_openvino import available

__all__ = ["OPENVINO", "RUNTIMES", "TORCH", "Placement", "choose_placement"]

OPENVINO, TORCH = "openvino", "torch"

#: What a user may ask for.
RUNTIMES = ("auto", OPENVINO, TORCH)

#: The number types that OpenVINO computes in.
_PRECISIONS = {"auto": "float32", "float32": "float32", "bfloat16": "bfloat16", "int8": "int8"}


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a checkpoint is computed.

    Args:
        runtime: ``openvino`` or ``torch``.
        device: ``cpu``, or what PyTorch calls another one.
        precision: ``float32``, ``bfloat16``, ``float16`` or ``int8``.
    """

    runtime: str
    device: str
    precision: str


def choose_placement(config: Mapping[str, Any], *, runtime: str, device: str, precision: str) -> Placement:
    """OpenVINO where it can compute a checkpoint and nothing speaks for PyTorch.

    Args:
        config: The checkpoint's configuration.
        runtime: ``auto``, ``openvino`` or ``torch``.
        device: ``auto``, ``cpu``, ``cuda`` (or ``cuda:1``) or ``mps``.
        precision: ``auto``, ``float32``, ``bfloat16``, ``float16`` or ``int8``.

    Raises:
        UsageError: The device is not there, a name is unknown, or OpenVINO is asked for and cannot.
    """
    if runtime not in RUNTIMES:
        raise UsageError(f"no runtime '{runtime}'", hint=f"available: {', '.join(RUNTIMES)}")
    against = _against_openvino(config, device, precision)
    if runtime == OPENVINO and against:
        raise UsageError(f"the runtime 'openvino' {against}", hint="leave --runtime out, or take --runtime torch")
    may_move = runtime == device == "auto" and precision != "int8"  # which PyTorch lacks
    if runtime == TORCH or against or (may_move and _accelerator()):
        place = _on_torch(device, precision)
        if runtime == TORCH or against or place.device != "cpu":
            return place
    return Placement(OPENVINO, "cpu", _PRECISIONS[precision])


def _against_openvino(config: Mapping[str, Any], device: str, precision: str) -> str:
    """Why OpenVINO cannot; empty: it can."""
    if not available():
        return "is not installed"
    if device not in ("auto", "cpu"):
        return f"computes on the CPU, and not on '{device}'"
    if precision not in _PRECISIONS:
        return f"computes in {' or '.join(sorted(set(_PRECISIONS.values())))}, and not in '{precision}'"
    return "" if fits(config) else f"cannot compute a model of the type '{config.get('model_type')}'"


def _on_torch(device: str, precision: str) -> Placement:
    from nlptasks.models.runtimes.torch_devices import choose_device, choose_dtype

    chosen = choose_device(device)
    return Placement(TORCH, str(chosen), str(choose_dtype(precision, chosen)).removeprefix("torch."))


def _accelerator() -> bool:
    """Whether this machine seems to have a GPU for PyTorch, which is not imported to ask it."""
    return is_there("/dev/nvidiactl") or is_there("/dev/kfd") or shutil.which("nvidia-smi") is not None
