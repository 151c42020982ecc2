"""Memory and time of a run over many rows: memory must not grow with them, and the first answers must come at once.

The head is a constant one (see ``trivial/``), so what is measured is reading, checking, writing and the start.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from machine import arguments, facts, nlptasks, shown, time_and_peak

#: Megabytes by which the largest table's peak may exceed the smallest one's.
MEMORY_LIMIT = 300.0

#: Seconds until the first row is out.
FIRST_ROW_LIMIT = 5.0

PRODUCTS = ("lamp", "phone", "kettle", "hotel", "airline", "film", "book", "app", "jacket", "printer")
OPENINGS = ("Bought it in May.", "My second one!", "A gift for my sister;", "Third week now,", "Arrived on time.", "")
SUBJECTS = (
    "The battery",
    "The screen",
    "Customer service",
    "The ending",
    "The zip",
    "Their crew",
    "Setting it up",
    "Ü",
)
VERBS = ("works", "broke after two days", 'is, as they say, "premium"', "never stopped", "took an hour", "déçoit")
ENDINGS = ("and I love it", "so I want a refund", "which is fine for the price", "\nwould not buy again", "😀", "")


@dataclass(frozen=True)
class Run:
    """One run over one table.

    Args:
        rows: Rows of the table.
        megabytes: Size of the table.
        peak: Largest resident memory of the process, in megabytes.
        seconds: Wall-clock time, start and end of the process included.
        first_row: Seconds until the first row is on standard output, in a run of its own.
    """

    rows: int
    megabytes: float
    peak: float
    seconds: float
    first_row: float


def reviews(rows: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Rows of varied length, with quotes, line breaks, commas and letters beyond ASCII; the same for the same seed."""
    draw = random.Random(seed)
    for number in range(rows):
        clauses = [" ".join(map(draw.choice, (SUBJECTS, VERBS, ENDINGS))) for _ in range(draw.choice((1, 1, 2, 3, 8)))]
        yield f"r{number:07}", draw.choice(PRODUCTS), f"{draw.choice(OPENINGS)} {', '.join(clauses)}."


def write_table(path: Path, rows: int, seed: int) -> None:
    """Write the rows one by one: a child counts the peak of the process that started it as its own."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "product", "review"))
        writer.writerows(reviews(rows, seed))


def measure(rows: int, folder: Path, seed: int) -> Run:
    """Run over a new table of ``rows`` rows."""
    data = folder / f"{rows}.csv"
    write_table(data, rows, seed)
    first_row = time_to_first_row(data)
    seconds, peak = time_and_peak(_command(data, str(folder / f"{rows}.out.csv")))
    return Run(rows, data.stat().st_size / 1e6, peak, seconds, first_row)


def time_to_first_row(data: Path) -> float:
    """Seconds until a run that writes to standard output has its first row out; the rest is not waited for."""
    started = time.perf_counter()
    with subprocess.Popen(_command(data, "-"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None  # asked for above
        line = process.stdout.readline()
        seconds = time.perf_counter() - started
        process.kill()
    json.loads(line)
    return seconds


def _command(data: Path, output: str) -> list[str]:
    trivial = str(Path(__file__).with_name("trivial"))
    arguments = ["run", "sentiment", "--head", "constant", "--data", str(data), "--output", output, "--quiet"]
    return [*nlptasks(), "--plugins-dir", trivial, *arguments]


def table(runs: Sequence[Run]) -> str:
    """The runs as a person reads them."""
    lines = [f"{'rows':>10}{'MB':>8}{'peak MB':>10}{'seconds':>10}{'rows/s':>10}{'first row s':>13}"]
    lines += [
        f"{run.rows:>10,}{run.megabytes:>8.1f}{run.peak:>10.1f}{run.seconds:>10.2f}{run.rows / run.seconds:>10,.0f}"
        f"{run.first_row:>13.2f}"
        for run in runs
    ]
    lines.append(f"difference of the peaks: {growth(runs):.1f} MB (limit {MEMORY_LIMIT:.0f} MB)")
    lines.append(f"slowest first row: {slowest(runs):.2f} s (limit {FIRST_ROW_LIMIT:.0f} s)")
    return "\n".join(lines)


def growth(runs: Sequence[Run]) -> float:
    """Megabytes that the last table's peak is above the first one's."""
    return runs[-1].peak - runs[0].peak


def slowest(runs: Sequence[Run]) -> float:
    """Seconds until the first row in the run in which it came last."""
    return max(run.first_row for run in runs)


def main() -> int:
    """Measure, print, and return 1 where a limit is broken."""
    parser = arguments(__doc__)
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[10_000, 1_000_000], help="sizes, the smallest first (10000 1000000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the random texts (1)")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        runs = [measure(rows, Path(folder), chosen.seed) for rows in chosen.rows]
    if chosen.json:
        print(json.dumps({"machine": machine, "runs": [asdict(run) for run in runs], "growth": growth(runs)}, indent=1))
    else:
        print(table(runs))
    kept = growth(runs) <= MEMORY_LIMIT and slowest(runs) <= FIRST_ROW_LIMIT
    return 0 if chosen.no_limits or kept else 1


if __name__ == "__main__":
    sys.exit(main())
