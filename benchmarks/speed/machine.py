"""What a speed was measured on. Figures without it mean nothing."""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser with the flags that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--no-limits", action="store_true", help="exit 0 whatever was measured")
    return parser


def facts() -> dict[str, str | int]:
    """Processor, cores and versions. Nothing that tells whose machine it is."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 0,
        "load": f"{os.getloadavg()[0]:.1f}",
        "system": platform.system(),
        "python": platform.python_version(),
    }


def shown(found: dict[str, str | int]) -> str:
    """The facts in a line."""
    return "machine: " + ", ".join(f"{name} {value}" for name, value in found.items())


def nlptasks() -> list[str]:
    """The command as a user starts it, from the environment of this Python."""
    script = shutil.which("nlptasks", path=sysconfig.get_path("scripts"))
    return [script] if script else [sys.executable, "-m", "nlptasks"]


def time_and_peak(command: Sequence[str]) -> tuple[float, float]:
    """Wall-clock seconds of a command and its peak of resident memory in megabytes, as the system counted it.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    started = time.perf_counter()
    usage = _usage(subprocess.Popen(command))
    return time.perf_counter() - started, _peak(usage)


def cpu_and_peak(command: Sequence[str], environment: Mapping[str, str], stdout: int) -> tuple[float, float]:
    """CPU seconds of all threads of a command, and its peak of resident memory in megabytes.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    usage = _usage(subprocess.Popen(command, env=dict(environment), stdout=stdout, stderr=stdout))
    return usage.ru_utime + usage.ru_stime, _peak(usage)


def _usage(process: subprocess.Popen[bytes]) -> resource.struct_rusage:
    """What the system counted of a process, once it has ended."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return usage


def _peak(usage: resource.struct_rusage) -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    return usage.ru_maxrss * unit / 1e6


def _cpu() -> str:
    """The processor's name; Linux tells it in a file only."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
