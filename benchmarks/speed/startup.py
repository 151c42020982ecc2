"""How long commands take that only tell something, against Python with the two imports that they cannot do without.

The commands take turns, so that a busy moment of the machine meets all of them; the medians are compared.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from machine import arguments, facts, nlptasks, shown

BASE_CODE = "import click, pluggy"
BASE = [sys.executable, "-c", BASE_CODE]
BASE_SHOWN = f"python -c '{BASE_CODE}'"

#: What only tells something, beside the two that no plugin is loaded for.
TELLING = (
    *("run --help", "run sentiment --help", "eval --help", "train --help", "plugins list", "tasks list"),
    *("heads list", "backbones list", "metrics list", "formats list", "benchmark list"),
)

#: The commands, and how many times the base each may take.
LIMITS = {"--help": 1.3, "--version": 1.3} | dict.fromkeys(TELLING, 3.0)

#: An installation has its byte code; some environments forbid writing it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Timing:
    """The median of a command.

    Args:
        command: Its arguments.
        milliseconds: Wall-clock time from the start of its process to the end.
        ratio: That time as a multiple of the base's.
        limit: The largest ratio that is allowed.
    """

    command: str
    milliseconds: float
    ratio: float
    limit: float

    @property
    def kept(self) -> bool:
        """Whether it is within its limit."""
        return self.ratio <= self.limit


def measure(repeats: int) -> tuple[float, list[Timing]]:
    """The base's median in milliseconds, and each command's timing."""
    commands = [BASE, *([*nlptasks(), *name.split()] for name in LIMITS)]
    for command in commands:
        _seconds(command)  # fills the file cache and writes the .pyc files
    rounds = [[_seconds(command) for command in commands] for _ in range(repeats)]
    base, *medians = [1000 * statistics.median(times) for times in zip(*rounds, strict=True)]
    named = zip(LIMITS.items(), medians, strict=True)
    return base, [Timing(name, median, median / base, limit) for (name, limit), median in named]


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - started


def table(base: float, timings: Sequence[Timing], repeats: int) -> str:
    """The timings as a person reads them."""
    lines = [f"medians of {repeats} starts", f"{'command':<34}{'ms':>8}{'ratio':>8}{'limit':>8}"]
    lines.append(f"{BASE_SHOWN:<34}{base:>8.1f}{1:>8.2f}")
    for timing in timings:
        verdict = "" if timing.kept else "  too slow"
        name = f"nlptasks {timing.command}"
        lines.append(f"{name:<34}{timing.milliseconds:>8.1f}{timing.ratio:>8.2f}{timing.limit:>8.1f}{verdict}")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and return 1 where a limit is broken."""
    parser = arguments(__doc__)
    parser.add_argument("--repeats", type=int, default=20, help="starts of each command (default: 20)")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    base, timings = measure(chosen.repeats)
    if chosen.json:
        found = [asdict(timing) | {"kept": timing.kept} for timing in timings]
        print(json.dumps({"machine": machine, "repeats": chosen.repeats, "base": base, "commands": found}, indent=1))
    else:
        print(table(base, timings, chosen.repeats))
    return 0 if chosen.no_limits or all(timing.kept for timing in timings) else 1


if __name__ == "__main__":
    sys.exit(main())
