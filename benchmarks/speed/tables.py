"""Rows per second of reading and writing tables of short rows, and the memory that it takes, format by format.

The head is a constant one (see ``trivial/``). Seconds are those of the processor, which a busy machine changes
less, without the start. Beside each format stands what a loop in plain Python over its usual module takes.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from machine import arguments, cpu_and_peak, facts, nlptasks, shown

#: Rows per second that each format should reach.
ROWS_LIMIT = 250_000

#: Megabytes by which the largest table's peak may exceed the smallest one's.
MEMORY_LIMIT = 300.0

FORMATS = ("csv", "jsonl", "parquet")
WORDS = ("the", "lamp", "broke", "after", "two", "days", "never", "stopped", "great", "film", "bad", "price", "good")
NAMES = ("id", "product", "review")

#: Rows of a row group of the Parquet files.
_GROUP = 65_536


@dataclass(frozen=True)
class Measured:
    """One format at one size.

    Args:
        format: The format, in and out.
        rows: Rows of the table.
        megabytes: Size of the input.
        cpu: Processor seconds, without those of a start.
        peak: Largest resident memory in megabytes.
        loop: Processor seconds of a loop in plain Python that adds two cells to each row; 0: not measured.
    """

    format: str
    rows: int
    megabytes: float
    cpu: float
    peak: float
    loop: float

    @property
    def rate(self) -> float:
        """Rows per second of the processor."""
        return self.rows / self.cpu


def short_rows(rows: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Rows of three short cells, the same for the same seed."""
    source = random.Random(seed)
    texts = [" ".join(source.choices(WORDS, k=source.randint(3, 9))) for _ in range(10_000)]
    for number in range(rows):
        yield f"r{number:07}", WORDS[number % len(WORDS)], source.choice(texts)


def write(path: Path, rows: int, seed: int) -> None:
    """Write a table row by row, so that this process stays small: a child counts its peak as its own."""
    if path.suffix == ".parquet":
        _write_parquet(path, rows, seed)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(NAMES)
            writer.writerows(short_rows(rows, seed))
        else:
            file.writelines(f"{json.dumps(dict(zip(NAMES, row, strict=True)))}\n" for row in short_rows(rows, seed))


def _write_parquet(path: Path, rows: int, seed: int) -> None:
    code = (
        "import sys, pathlib, tables; "
        "tables.parquet_table(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))"
    )
    subprocess.run([sys.executable, "-c", code, str(path), str(rows), str(seed)], cwd=Path(__file__).parent, check=True)


def parquet_table(path: Path, rows: int, seed: int) -> None:
    """Write a Parquet file, in row groups; called in a process of its own."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in NAMES])
    held: list[tuple[str, str, str]] = []
    with pq.ParquetWriter(path, schema) as file:
        for row in short_rows(rows, seed):
            held.append(row)
            if len(held) == _GROUP:
                file.write_table(pa.table(list(zip(*held, strict=True)), schema=schema))
                held.clear()
        if held:
            file.write_table(pa.table(list(zip(*held, strict=True)), schema=schema))


def measure(kind: str, rows: int, folder: Path, seed: int, start: float, *, loop: bool) -> Measured:
    """One format at one size."""
    data = folder / f"{rows}.{kind}"
    write(data, rows, seed)
    output = folder / f"out.{kind}"
    cpu, peak = _run(data, output)
    plain = _loop(data, output) if loop else 0.0
    found = Measured(kind, rows, data.stat().st_size / 1e6, cpu - start, peak, plain)
    data.unlink()
    output.unlink()
    return found


def _run(data: Path, output: Path) -> tuple[float, float]:
    trivial = str(Path(__file__).with_name("trivial"))
    command = [*nlptasks(), "--plugins-dir", trivial, "run", "sentiment", "--head", "constant", "--data", str(data)]
    return cpu_and_peak([*command, "--output", str(output), "--force", "--quiet"], os.environ, subprocess.DEVNULL)


def _loop(data: Path, output: Path) -> float:
    """Processor seconds of the loop that one would write oneself."""
    began = time.process_time()
    loops: dict[str, Callable[[Path, Path], None]] = {
        ".csv": _csv_loop,
        ".jsonl": _json_loop,
        ".parquet": _parquet_loop,
    }
    loops[data.suffix](data, output)
    return time.process_time() - began


def _csv_loop(data: Path, output: Path) -> None:
    with data.open(encoding="utf-8", newline="") as read, output.open("w", encoding="utf-8", newline="") as written:
        rows = csv.DictReader(read)
        writer = csv.DictWriter(written, [*NAMES, "sentiment", "sentiment_score"], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "sentiment": "positive", "sentiment_score": 1.0})


def _json_loop(data: Path, output: Path) -> None:
    with data.open(encoding="utf-8") as read, output.open("w", encoding="utf-8") as written:
        for line in read:
            row = {**json.loads(line), "sentiment": "positive", "sentiment_score": 1.0}
            written.write(f"{json.dumps(row, ensure_ascii=False)}\n")


def _parquet_loop(data: Path, output: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(data)
    schema = file.schema_arrow.append(pa.field("sentiment", pa.string()))
    schema = schema.append(pa.field("sentiment_score", pa.float64()))
    with pq.ParquetWriter(output, schema) as writer:
        for batch in file.iter_batches(8_192):
            rows = [{**row, "sentiment": "positive", "sentiment_score": 1.0} for row in batch.to_pylist()]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def table(found: Sequence[Measured]) -> str:
    """The figures as a person reads them."""
    lines = [f"{'format':<9}{'rows':>11}{'MB':>8}{'CPU s':>9}{'rows/s':>10}{'loop rows/s':>13}{'peak MB':>9}"]
    for one in found:
        loop = f"{one.rows / one.loop:>13,.0f}" if one.loop else f"{'-':>13}"
        lines.append(
            f"{one.format:<9}{one.rows:>11,}{one.megabytes:>8.1f}{one.cpu:>9.2f}{one.rate:>10,.0f}{loop}{one.peak:>9.1f}"
        )
    kinds = dict.fromkeys(one.format for one in found)
    lines += [f"{kind}: peak grows by {growth(found, kind):.1f} MB (limit {MEMORY_LIMIT:.0f} MB)" for kind in kinds]
    lines.append(f"aim: {ROWS_LIMIT:,} rows/s")
    return "\n".join(lines)


def growth(found: Sequence[Measured], kind: str) -> float:
    """Megabytes that the last table's peak is above the first one's."""
    peaks = [one.peak for one in found if one.format == kind]
    return peaks[-1] - peaks[0]


def main() -> int:
    """Measure, print, and return 1 where memory grows with the rows or the aim is missed."""
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes, the smallest first")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS), help="only these")
    parser.add_argument("--seed", type=int, default=1, help="of the random texts (1)")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = folder / "one.csv"
        write(one, 1, chosen.seed)
        start = _run(one, folder / "one.out.csv")[0]
        found = [
            measure(kind, rows, folder, chosen.seed, start, loop=rows == chosen.rows[0])
            for kind in chosen.formats
            for rows in chosen.rows
        ]
    if chosen.json:
        print(json.dumps({"machine": machine, "start": start, "tables": [asdict(one) for one in found]}, indent=1))
    else:
        print(f"start: {start:.2f} CPU s, taken off")
        print(table(found))
    kept = (
        all(growth(found, kind) <= MEMORY_LIMIT for kind in chosen.formats)
        and min(one.rate for one in found) >= ROWS_LIMIT
    )
    return 0 if chosen.no_limits or kept else 1


if __name__ == "__main__":
    sys.exit(main())
