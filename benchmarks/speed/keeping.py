"""What it costs that a run can be gone on with: the processor time of a run with and without what keeps its rows.

One head is constant (see ``trivial/``), so that keeping is as large a part as it can be; the other is the default one
of ``sentiment`` on the bundled backbone. The runs take turns. Wall-clock time is told, too: it has the waits for the
disk.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from machine import arguments, facts, shown
from streaming import write_table

#: Percent by which a run with the default head may take longer because its rows are kept.
LIMIT = 2.0

#: The argument by which this script is the command itself, and keeps nothing.
BARE = "--keeping-nothing"


@dataclass(frozen=True)
class Cost:
    """Runs with one head.

    Args:
        head: The head.
        rows: Rows of the table.
        bare: Seconds of processor time without keeping, the median.
        keeping: The same with it.
        percent: The median of the differences between runs that follow each other, in percent.
        wall_bare: Seconds by the clock without keeping, the median.
        wall_keeping: The same with it.
    """

    head: str
    rows: int
    bare: float
    keeping: float
    percent: float
    wall_bare: float
    wall_keeping: float


def cost(head: str, rows: int, repeats: int, folder: Path, seed: int) -> Cost:
    """Run over a new table with and without keeping."""
    data = folder / f"{head}.csv"
    write_table(data, rows, seed)
    pairs = []
    for at in range(repeats):
        order = (False, True) if at % 2 else (True, False)
        found = {keeps: _once(head, data, folder / "out.csv", keeps=keeps) for keeps in order}
        pairs.append((found[False], found[True]))
    (bare, wall_bare), (keeping, wall_keeping) = (
        [statistics.median(pair[which][what] for pair in pairs) for what in (0, 1)] for which in (0, 1)
    )
    percent = statistics.median(100 * (kept[0] / without[0] - 1) for without, kept in pairs)
    return Cost(head, rows, bare, keeping, percent, wall_bare, wall_keeping)


def _once(head: str, data: Path, output: Path, *, keeps: bool) -> tuple[float, float]:
    """Seconds of processor time and by the clock of one run."""
    output.unlink(missing_ok=True)
    trivial = str(Path(__file__).with_name("trivial"))
    program = [sys.executable, "-m", "nlptasks"] if keeps else [sys.executable, str(Path(__file__)), BARE]
    line = ["--plugins-dir", trivial, "run", "sentiment", "--head", head, "--data", str(data), "--output", str(output)]
    before, began = os.times(), time.perf_counter()
    subprocess.run([*program, *line, "--quiet"], check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used, time.perf_counter() - began


def bare_command() -> None:
    """The command itself, which keeps nothing."""
    import nlptasks._running.run as running
    from nlptasks._cli.main import main
    from nlptasks._running.resuming.fleeting import Fleeting

    running._keeping = lambda *_: Fleeting("it is measured without", print)
    main()


def table(costs: Sequence[Cost]) -> str:
    """The costs as a person reads them."""
    lines = [
        f"{'head':<10}{'rows':>10}{'CPU s bare':>12}{'keeping':>10}{'percent':>10}{'wall s bare':>13}{'keeping':>10}"
    ]
    lines += [
        f"{one.head:<10}{one.rows:>10,}{one.bare:>12.2f}{one.keeping:>10.2f}{one.percent:>10.1f}"
        f"{one.wall_bare:>13.2f}{one.wall_keeping:>10.2f}"
        for one in costs
    ]
    return "\n".join([*lines, f"limit for the default head: {LIMIT:.0f} %"])


def main() -> int:
    """Measure, print, and return 1 where the limit is broken."""
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, nargs=2, default=[500_000, 5_000], help="of the two tables (500000 5000)")
    parser.add_argument("--repeats", type=int, default=5, help="runs with and without (5)")
    parser.add_argument("--seed", type=int, default=1, help="of the random texts (1)")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        heads = zip(("constant", "binary"), chosen.rows, strict=True)
        costs = [cost(head, rows, chosen.repeats, Path(folder), chosen.seed) for head, rows in heads]
    if chosen.json:
        print(json.dumps({"machine": machine, "costs": [asdict(one) for one in costs]}, indent=1))
    else:
        print(table(costs))
    return 0 if chosen.no_limits or costs[-1].percent <= LIMIT else 1


if __name__ == "__main__":
    if sys.argv[1:2] == [BARE]:
        del sys.argv[1]
        bare_command()
    sys.exit(main())
