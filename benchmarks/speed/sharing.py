"""What a second task costs beside a first one: both read the same encoding of each text.

The commands take turns, so that a busy moment of the machine meets both; the medians are compared.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from machine import arguments, facts, nlptasks, shown, time_and_peak
from streaming import reviews

#: The commands' tasks: one alone, and with a second one.
TASKS = ("sentiment", "sentiment,classification")

#: Times that the second command may take of the first one's.
LIMIT = 1.15


@dataclass(frozen=True)
class Sharing:
    """Both commands over the same rows.

    Args:
        rows: Rows of the table.
        one: Median seconds of the first command, start and end of its process included.
        both: Median seconds of the second one.
        ratio: The second as a multiple of the first.
    """

    rows: int
    one: float
    both: float
    ratio: float


def texts(source: Path | None, seed: int) -> Iterator[str]:
    """Reviews: the column ``text`` of a JSON Lines file, or random ones."""
    if source is None:
        yield from (row[2] for row in reviews(sys.maxsize, seed))
        return
    reader = gzip.open if source.suffix == ".gz" else open
    with reader(source, "rt", encoding="utf-8") as file:
        yield from (json.loads(line)["text"] for line in file)


def write_table(path: Path, found: Iterator[str], rows: int) -> int:
    """Write the first rows; how many there were."""
    kept = list(islice(found, rows))
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in kept), encoding="utf-8")
    return len(kept)


def measure(data: Path, rows: int, repeats: int) -> Sharing:
    """Run both commands in turn."""
    commands = [_command(tasks, data) for tasks in TASKS]
    rounds = [[time_and_peak(command)[0] for command in commands] for _ in range(repeats)]
    one, both = (statistics.median(times) for times in zip(*rounds, strict=True))
    return Sharing(rows, one, both, both / one)


def _command(tasks: str, data: Path) -> list[str]:
    output = str(data.with_suffix(".out.csv"))
    return [*nlptasks(), "run", tasks, "--data", str(data), "--output", output, "--force", "--quiet"]


def table(found: Sharing, repeats: int) -> str:
    """The commands as a person reads them."""
    lines = [f"medians of {repeats} runs over {found.rows:,} reviews", f"{'command':<44}{'seconds':>10}{'ratio':>8}"]
    times = zip(TASKS, (found.one, found.both), strict=True)
    lines += [f"{f'nlptasks run {tasks}':<44}{seconds:>10.2f}{seconds / found.one:>8.2f}" for tasks, seconds in times]
    return "\n".join([*lines, f"limit of the ratio: {LIMIT}"])


def main() -> int:
    """Measure, print, and return 1 where the limit is broken."""
    folder = os.environ.get("NLPTASKS_DATA")
    parser = arguments(__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(folder) / "imdb" / "train.jsonl.gz" if folder else None,
        help="JSON Lines with a column text (imdb in the folder NLPTASKS_DATA, or random reviews)",
    )
    parser.add_argument("--rows", type=int, default=2_000, help="reviews (2000)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each command (3)")
    parser.add_argument("--seed", type=int, default=1, help="of random reviews (1)")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "reviews.jsonl"
        rows = write_table(data, texts(chosen.data, chosen.seed), chosen.rows)
        found = measure(data, rows, chosen.repeats)
    if chosen.json:
        print(json.dumps({"machine": machine, "repeats": chosen.repeats, "limit": LIMIT, **asdict(found)}, indent=1))
    else:
        print(table(found, chosen.repeats))
    return 0 if chosen.no_limits or found.ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
