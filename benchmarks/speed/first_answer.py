"""What a first answer costs: the whole command on one row, from the start of its process to its end.

The commands take turns with ``import torch``, so that a busy moment of the machine meets all; medians are compared.
"""

from __future__ import annotations

import csv
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from machine import arguments, cpu_and_peak, facts, nlptasks, shown
from startup import ENVIRONMENT

BASE = "import torch"
TEXT = "The phone is very good, and it came two days late."


@dataclass(frozen=True)
class Limit:
    """The most that a first answer may cost: CPU seconds, and megabytes of resident memory."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Cost:
    """Medians of one command.

    Args:
        name: What is run.
        seconds: CPU seconds of all threads.
        megabytes: Peak of resident memory.
        limit: The most that is allowed; ``None``: it is there to compare.
    """

    name: str
    seconds: float
    megabytes: float
    limit: Limit | None = None

    @property
    def kept(self) -> bool:
        """Whether it is within its limit."""
        return not self.limit or (self.seconds <= self.limit.seconds and self.megabytes <= self.limit.megabytes)


#: The commands behind ``nlptasks run``, with their limits.
RUNS: Mapping[tuple[str, ...], Limit] = {
    ("sentiment",): Limit(0.8, 250),
    ("translation", "--to", "de", "--beams", "4"): Limit(1.2, 350),
}


def measure(folder: Path, repeats: int) -> list[Cost]:
    """The median cost of each command."""
    data = folder / "one.csv"
    with data.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], [TEXT]])
    tail = ("--data", str(data), "--output", str(folder / "out.csv"), "--force")
    commands = {BASE: [sys.executable, "-c", BASE]}
    commands |= {" ".join(run): [*nlptasks(), "run", *run, *tail] for run in RUNS}
    for command in commands.values():
        _cost(command)  # fills the file cache and writes the .pyc files
    rounds = [[_cost(command) for command in commands.values()] for _ in range(repeats)]
    limits = (None, *RUNS.values())
    medians = [
        [statistics.median(values) for values in zip(*costs, strict=True)] for costs in zip(*rounds, strict=True)
    ]
    return [
        Cost(name, seconds, megabytes, limit)
        for name, (seconds, megabytes), limit in zip(commands, medians, limits, strict=True)
    ]


def _cost(command: Sequence[str]) -> tuple[float, float]:
    return cpu_and_peak(command, ENVIRONMENT | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL)


def table(found: Sequence[Cost], repeats: int) -> str:
    """The costs as a person reads them."""
    lines = [f"medians of {repeats} starts", f"{'command':<50}{'CPU s':>8}{'MB':>8}{'limits':>16}"]
    for item in found:
        name = item.name if item.limit is None else f"nlptasks run {item.name}"
        limits = "" if item.limit is None else f"{item.limit.seconds:.1f} s, {item.limit.megabytes:.0f} MB"
        verdict = "" if item.kept else "  too much"
        lines.append(f"{name:<50}{item.seconds:>8.2f}{item.megabytes:>8.0f}{limits:>16}{verdict}")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and return 1 where a limit is broken."""
    parser = arguments(__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="starts of each command (default: 7)")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), chosen.repeats)
    if chosen.json:
        costs = [asdict(item) | {"kept": item.kept} for item in found]
        print(json.dumps({"machine": machine, "repeats": chosen.repeats, "commands": costs}, indent=1))
    else:
        print(table(found, chosen.repeats))
    return 0 if chosen.no_limits or all(item.kept for item in found) else 1


if __name__ == "__main__":
    sys.exit(main())
