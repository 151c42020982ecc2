"""Kills runs at random moments and goes on with them, until their outputs are there: they must be what nobody stopped.

    python benchmarks/kills --kills 200 --seed 1 --log FILE

Each output is of one of seven formats and of one of three tasks or of all three. A run of it is ended one to three
times, by ``kill -9``, SIGTERM, SIGHUP, Control-C once or twice, a disk that is full, or memory that is at its end; then
the same command goes on to its end. The output and the file of rows that were left out must then hold, byte for byte,
what the usual command writes that nobody stops; beside them nothing may be left, and at no time anything half-done
under their names. The exit code is 1 where any of that is not so.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ends import ENDS, disk

HERE = Path(__file__).parent
FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "csv.gz", "jsonl.zst")
TASKS = ("sentiment", "qa", "translation", "sentiment,qa,translation")

#: Rows of the table, and seconds that a run takes for them at least.
ROWS, SECONDS = 400, 1.5

#: Seconds after which a process is taken for one that hangs.
PATIENCE = 240

#: How often a kill comes before the first row is predicted; the others come behind a part of the blocks, of which
#: there are about so many.
EARLY, BLOCKS = 0.1, 26

REJECTS = ".rejects.jsonl"


@dataclass(frozen=True)
class Case:
    """An output.

    Args:
        number: Which it is.
        ending: Its format.
        tasks: Its tasks.
        ends: What ends its runs, each with the part of the blocks that are left behind which it comes; below 0: with
            the part of a moment behind the start of the process, mostly before the first row.
    """

    number: int
    ending: str
    tasks: str
    ends: tuple[tuple[str, float], ...]


@dataclass
class Log:
    """What came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    tasks: Counter[str] = field(default_factory=Counter)
    kept: list[int] = field(default_factory=list)
    late: int = 0
    outputs: int = 0
    faults: list[str] = field(default_factory=list)


def cases(kills: int, seed: int) -> list[Case]:
    """Outputs whose runs are ended so many times in all."""
    draw = random.Random(seed)
    ways = itertools.cycle(ENDS)
    places = itertools.cycle(draw.sample(list(itertools.product(FORMATS, TASKS)), len(FORMATS) * len(TASKS)))
    found: list[Case] = []
    while kills:
        count = min(kills, draw.choice((1, 1, 1, 1, 2, 3)))
        kills -= count
        ends = tuple((next(ways), -draw.random() if draw.random() < EARLY else draw.random()) for _ in range(count))
        found.append(Case(len(found), *next(places), ends))
    return found


def write_table(path: Path) -> None:
    """The table that all runs read: blanks, quotes, line ends, and rows that cannot be read or predicted."""
    draw = random.Random(0)
    words = ["good", "bad", "fílm", "the", '"quoted"', "a,b", "two\nlines", "\U0001f600", "one"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "text", "question", "context", "source"])
        for at in range(ROWS):
            texts = [" ".join(draw.choices(words, k=draw.randint(1, 20))) for _ in range(4)]
            if at % 97 == 50:
                texts = ["unheard of"] * 4
            writer.writerow([at, *texts] if at % 101 != 60 else [at])


@dataclass
class Kills:
    """Does it, in a folder.

    Args:
        folder: The folder.
        log: What came of it.
        references: What runs write that nobody stopped, by tasks and format: the output and the rows left out.
    """

    folder: Path
    log: Log = field(default_factory=Log)
    references: dict[tuple[str, str], tuple[bytes, bytes]] = field(default_factory=dict)

    def refer(self, tasks: str, ending: str) -> None:
        """Write what a run writes that nobody stops, by the usual command."""
        output = self.folder / f"whole-{tasks}.{ending}"
        done = subprocess.run(
            self._line([sys.executable, "-m", "nlptasks"], tasks, output), env=_environment(), capture_output=True
        )
        if done.returncode != 3:
            raise SystemExit(f"a run that nobody stopped ended with {done.returncode}: {done.stderr.decode()}")
        self.references[tasks, ending] = output.read_bytes(), Path(f"{output}{REJECTS}").read_bytes()

    def __call__(self, case: Case) -> None:
        """Do one case."""
        folder = self.folder / f"{case.number}"
        with disk(folder, "16m"):
            output = folder / f"out.{case.ending}"
            for way, part in case.ends:
                self._end(case, output, way, part)
            self._finish(case, output)
        self.log.formats[case.ending] += 1
        self.log.tasks[case.tasks] += 1

    def _end(self, case: Case, output: Path, way: str, part: float) -> None:
        """Begin a run or go on with it, and end it."""
        end, codes = ENDS[way]
        begun = self.folder / f"begun-{case.number}"
        begun.unlink(missing_ok=True)
        pause = SECONDS / ROWS / len(case.tasks.split(","))
        environment = _environment(KILLS_PAUSE=str(pause), KILLS_BEGUN=str(begun))
        line = self._line([sys.executable, str(HERE / "command.py")], case.tasks, output)
        with subprocess.Popen(line, env=environment, stderr=subprocess.PIPE) as process:
            if part >= 0:
                _wait(process, begun)
                kept = output.with_name(f".{output.name}.nlptasks-run")
                there = _lines(kept)
                _wait(process, kept, lines=there + int(part * max(0, BLOCKS - there)))
            time.sleep(abs(part) * SECONDS if part < 0 else part * SECONDS / BLOCKS)
            end(process, output.parent)
            try:
                _, said = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                _, said = process.communicate()
                self._fault(case, f"{way}: the process did not end")
        with suppress(FileNotFoundError):
            (output.parent / "ballast").unlink()
        self.log.kills[way] += 1
        self.log.codes[f"{way}: {process.returncode}"] += 1
        done = process.returncode in (3, 2)  # it was done before; or another kill came when all was done
        self.log.late += done
        if not done and process.returncode not in codes:
            self._fault(case, f"{way}: exit code {process.returncode}: {said.decode()}")
        if output.exists() and output.read_bytes() != self.references[case.tasks, case.ending][0]:
            self._fault(case, f"{way}: something else lies under the output's name")
        if b"Traceback" in said and not (way == "no memory" and part < 0):  # which Python has while it starts
            self._fault(case, f"{way}: a traceback: {said.decode()}")

    def _finish(self, case: Case, output: Path) -> None:
        """Go on to the end, and look at what is there."""
        line = self._line([sys.executable, str(HERE / "command.py")], case.tasks, output)
        done = subprocess.run(line, env=_environment(), capture_output=True, text=True, timeout=PATIENCE)
        was_done = done.returncode == 2 and "exists already" in done.stderr
        if done.returncode != 3 and not was_done:
            self._fault(case, f"the last run ended with {done.returncode}: {done.stderr}")
        if kept := re.search(r"([\d,]+) rows? were kept", done.stderr):
            self.log.kept.append(int(kept[1].replace(",", "")))
        rejects = Path(f"{output}{REJECTS}")
        found = tuple(path.read_bytes() if path.exists() else b"" for path in (output, rejects))
        if found != self.references[case.tasks, case.ending]:
            self._fault(case, "the bytes are not those of a run that nobody stopped")
        if left := {path.name for path in output.parent.iterdir()} - {output.name, rejects.name}:
            self._fault(case, f"left behind: {sorted(left)}")
        self.log.outputs += 1

    def _line(self, program: Sequence[str], tasks: str, output: Path) -> list[str]:
        heads = [word for task in tasks.split(",") for word in ("--head", f"{task}=kills")]
        columns = {"sentiment": ("text",), "qa": ("question", "context"), "translation": ("source",)}
        named = [word for task in tasks.split(",") for name in columns[task] for word in (f"--{name}", name)]
        data = str(self.folder / "in.csv")
        return [
            *(*program, "--plugins-dir", str(HERE / "plugins"), "run", tasks, *heads, *named, "--seed", "7"),
            *("--data", data, "--output", str(output), "--on-error", "skip"),
        ]

    def _fault(self, case: Case, what: str) -> None:
        self.log.faults.append(f"output {case.number} ({case.ending}, {case.tasks}, {case.ends}): {what}")
        print(f"FAULT {self.log.faults[-1]}", flush=True)


def _wait(process: subprocess.Popen[bytes], path: Path, *, lines: int = 0) -> None:
    """Wait for a file and for lines in it, or for the end of a process."""
    while (_lines(path) < lines or not (lines or path.exists())) and process.poll() is None:
        time.sleep(0.005)


def _lines(path: Path) -> int:
    try:
        return path.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def _environment(**more: str) -> dict[str, str]:
    quiet = {"NLPTASKS_PLUGINS": "", "NLPTASKS_CONFIG": os.devnull, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    return {**os.environ, **quiet, **more}


def summary(log: Log, seconds: float, command: str) -> str:
    """The log as text."""
    commit = subprocess.run(
        ["git", "-C", str(HERE), "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    kept = sorted(log.kept)
    lines = [
        f"$ {command}",
        f"commit {commit or 'unknown'}",
        f"{log.kills.total()} runs ended, {log.outputs} outputs, {len(log.faults)} faults, {seconds:,.0f} s",
        f"{log.late} of these runs were done before their end came",
        f"{len(kept)} outputs went on behind rows that were kept; of {ROWS} rows: "
        + (f"{kept[0]} at least, {kept[len(kept) // 2]} in the middle, {kept[-1]} at most" if kept else "none"),
        "",
    ]
    for title, counts in (
        ("ended by", log.kills),
        ("exit codes", log.codes),
        ("formats", log.formats),
        ("tasks", log.tasks),
    ):
        lines += [title, *(f"  {name:<28} {count:>4}" for name, count in sorted(counts.items()))]
    return "\n".join([*lines, *(f"FAULT {fault}" for fault in log.faults)]) + "\n"


def main() -> int:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="how many runs are ended")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--log", type=Path)
    args = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nlptasks-kills-") as name, ThreadPoolExecutor(args.workers) as pool:
        kills = Kills(Path(name))
        write_table(kills.folder / "in.csv")
        todo = cases(args.kills, args.seed)
        list(pool.map(lambda pair: kills.refer(*pair), sorted({(case.tasks, case.ending) for case in todo})))
        list(pool.map(kills, todo))
    said = summary(kills.log, time.monotonic() - began, f"python benchmarks/kills {' '.join(sys.argv[1:])}")
    print(said)
    if args.log:
        args.log.write_text(said, encoding="utf-8")
    return 1 if kills.log.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
