"""What an engine costs beside the work itself, and what that comes to on 1 to 64 machines, by simulation.

Each engine has two workers on this machine with the default head of ``sentiment``, each at one thread. Of blocks of one
size it is measured how long a worker predicts one (as the worker tells), how long a request and its answer are on their
way (a block's bytes there and back, and nothing done), and what the command's own process does for a block; the
throughputs of whole runs are measured in turns.

The simulation takes these three numbers and follows each block through one command, a network and the workers. It says
what a cluster could give at best, not what one gave.
"""

from __future__ import annotations

import heapq
import json
import os
import pickle
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

from machine import arguments, facts, shown
from streaming import reviews, write_table

#: Machines that are simulated, workers on each, and rows of the simulated run.
MACHINES, WORKERS, ROWS = (1, 2, 4, 8, 16, 32, 64), 4, 10_000_000

#: Blocks for each worker that are under way, as in nlptasks._running.spreading.engine.
EACH = 2

#: What is assumed of a network: bytes a second of the command's machine, and seconds of a message on its way.
BYTES, LATENCY = 125e6, 0.0005

#: Workers of the engines that are measured.
_TWO = 2


@dataclass(frozen=True)
class Throughput:
    """Whole runs with one engine.

    Args:
        engine: The engine, and how many workers.
        rows: Rows of a run.
        seconds: Seconds by the clock of its rows, without loading, the median.
        rate: Rows a second.
    """

    engine: str
    rows: int
    seconds: float
    rate: float


@dataclass(frozen=True)
class BlockCost:
    """What becomes of the time of one block.

    Args:
        rows: Its rows.
        bytes: What goes to a worker and what comes back.
        predicted: Seconds in which a worker predicts it.
        own: Processor seconds of the command's process for it: reading, pickling, checking, writing.
        way: By engine, seconds that its bytes are on their way there and back on one machine.
    """

    rows: int
    bytes: int
    predicted: float
    own: float
    way: dict[str, float]


@dataclass(frozen=True)
class Simulated:
    """A simulated run.

    Args:
        machines: How many machines predict.
        hours: How long it takes.
        rate: Rows a second.
        times: How many times as fast as one machine.
        busy: The part of the time in which workers predict.
    """

    machines: int
    hours: float
    rate: float
    times: float
    busy: float


def simulate(cost: BlockCost, machines: int, way: float) -> tuple[float, float]:
    """Seconds of a run, and the part of the workers' time in which they predict.

    The command handles one block after the other: it prepares a block where fewer than two for each worker are under
    way, and finishes the oldest where it is there. The network of its machine carries one block after the other.
    """
    workers = machines * WORKERS
    blocks = ROWS // cost.rows
    free = [0.0] * workers
    ready: list[float] = []
    clock, line = 0.0, 0.0
    for at in range(blocks):
        if at >= EACH * workers:  # the oldest must be back before another goes out
            clock = max(clock, ready[at - EACH * workers])
        clock += cost.own
        line = max(line, clock) + cost.bytes / BYTES
        begins = max(heapq.heappop(free), line + way / 2 + LATENCY)
        heapq.heappush(free, begins + cost.predicted)
        # Blocks come back in their order: one waits for those before it.
        back = begins + cost.predicted + way / 2 + LATENCY
        ready.append(max(back, ready[-1]) if ready else back)
    end = max(clock, ready[-1])
    return end, blocks * cost.predicted / (workers * end)


def simulated(cost: BlockCost, way: float) -> list[Simulated]:
    """Runs on more and more machines."""
    found: list[Simulated] = []
    for machines in MACHINES:
        seconds, busy = simulate(cost, machines, way)
        rate = ROWS / seconds
        found.append(Simulated(machines, seconds / 3600, rate, rate / (found[0].rate if found else rate), busy))
    return found


@contextmanager
def place(engine: str, workers: int) -> Iterator[Any]:
    """The system in the workers of an engine."""
    from nlptasks._running.spreading.place import placed
    from nlptasks._settings.groups import EngineChoice, SystemChoice
    from nlptasks._systems.process import session

    here = session()
    system = here.choose(here.tasks(["sentiment"]), SystemChoice())
    with placed(here, system, EngineChoice(engine=engine, workers=workers), print) as found:
        yield found


def block_cost(engines: Sequence[str], rows: int, repeats: int, folder: Path) -> BlockCost:
    """Measure one block."""
    from nlptasks._running.spreading.messages import AnsweredBlock, PredictBlock, WorkerAnswer
    from nlptasks.plugin.protocols import Example

    texts = [text for _, _, text in reviews(rows, 1)]
    with place("local", _TWO) as found:
        like = found.engine().like
        request = PredictBlock(examples=[[Example({"text": text}) for text in texts]], texts=[None], like=like)
        answers = [found.sender.send(request, "a block").value() for _ in range(repeats)]
    answer: AnsweredBlock = answers[-1]
    began = time.process_time()
    sent, came = pickle.dumps(request), pickle.dumps(WorkerAnswer(value=answer))
    pickle.loads(came)
    packing = time.process_time() - began
    there, back = len(sent), len(came)
    return BlockCost(
        rows=rows,
        bytes=there + back,
        predicted=statistics.median(one.seconds for one in answers),
        own=_own(rows, repeats, folder) + packing,
        way={engine: _way(engine, there, back, repeats) for engine in engines},
    )


def _way(engine: str, there: int, back: int, repeats: int) -> float:
    """Seconds in which so many bytes go to a worker and so many come back, with nothing done in between."""
    from nlptasks._names import resolve
    from nlptasks._systems.process import session
    from nlptasks.plugin import EngineSpec
    from nlptasks.plugin.engines import EngineContext, WorkerJob

    spec = session().registry.get(EngineSpec, engine).spec
    job = WorkerJob(maker="nlptasks.testing.engines:probe", content=b"x" * max(0, back - there))
    options = spec.options() if spec.options else None
    workers = resolve(spec.object)(EngineContext(job=job, workers=_TWO, options=options))
    request = json.dumps(["say", "x" * there]).encode()
    try:
        took = []
        for _ in range(repeats + 2):
            began = time.perf_counter()
            workers.submit(request).result()
            took.append(time.perf_counter() - began)
        return statistics.median(took[2:])
    finally:
        workers.close()


def _own(rows: int, repeats: int, folder: Path) -> float:
    """Seconds of processor time of the command's own process for a block, with a head that does nothing.

    It is what a run in one process with that head takes for its rows.
    """
    import subprocess

    took = []
    for number in (rows, 5 * rows):
        data = folder / f"own-{number}.csv"
        write_table(data, number, 1)
        trivial = str(Path(__file__).with_name("trivial"))
        line = ["--plugins-dir", trivial, "run", "sentiment", "--head", "constant", "--data", str(data)]
        each = []
        for _ in range(repeats):
            before = os.times()
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "nlptasks",
                    *line,
                    "--output",
                    str(folder / "own.out.csv"),
                    "--force",
                    "--quiet",
                ],
                check=True,
            )
            after = os.times()
            each.append(after.children_user + after.children_system - before.children_user - before.children_system)
        took.append(min(each))
    return max(0.0, (took[1] - took[0]) / 4)


def throughputs(kinds: Sequence[tuple[str, int]], rows: int, repeats: int, folder: Path) -> list[Throughput]:
    """Whole runs with some engines, which take turns."""
    import nlptasks

    data = folder / "rows.csv"
    write_table(data, rows, 2)
    took: dict[tuple[str, int], list[float]] = {kind: [] for kind in kinds}
    for _ in range(repeats):
        for engine, workers in kinds:
            output = folder / "out.csv"
            report = nlptasks.run("sentiment", data, output=output, force=True, engine=engine, workers=workers)
            took[engine, workers].append(report.seconds)
    found = {kind: statistics.median(each) for kind, each in took.items()}
    return [
        Throughput(f"{engine}, {workers} worker{'s'[: workers - 1]}", rows, seconds, rows / seconds)
        for (engine, workers), seconds in found.items()
    ]


def table(runs: Sequence[Throughput], cost: BlockCost, found: Sequence[Simulated], way: str) -> str:
    """What was found as a person reads it."""
    lines = [f"{'engine':<20}{'rows':>9}{'seconds':>10}{'rows/s':>9}"]
    lines += [f"{one.engine:<20}{one.rows:>9,}{one.seconds:>10.2f}{one.rate:>9,.0f}" for one in runs]
    lines += [
        "",
        f"a block of {cost.rows:,} rows, {cost.bytes / 1e6:.2f} MB there and back: a worker predicts it in "
        f"{cost.predicted:.2f} s; the command's own process needs {1e3 * cost.own:.0f} ms",
        "on its way there and back: " + ", ".join(f"{name} {1e3 * took:.1f} ms" for name, took in cost.way.items()),
        "",
        f"simulated: {ROWS:,} rows, {WORKERS} workers a machine, the way of {way}; a network of "
        f"{BYTES * 8 / 1e9:.0f} Gbit/s and {1e3 * LATENCY:.1f} ms a message; loading is not counted",
        f"{'machines':>8}{'hours':>9}{'rows/s':>11}{'times':>8}{'busy':>8}",
    ]
    lines += [f"{one.machines:>8}{one.hours:>9.2f}{one.rate:>11,.0f}{one.times:>8.1f}{one.busy:>8.0%}" for one in found]
    return "\n".join(lines)


def main() -> int:
    """Measure, simulate and print."""
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="of the runs whose throughput is measured (20000)")
    parser.add_argument("--block", type=int, default=4_096, help="rows of the block that is looked at (4096)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each engine (3)")
    chosen = parser.parse_args()
    engines = ["local", *(["ray"] if find_spec("ray") else [])]
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = [("local", 1), *((engine, _TWO) for engine in engines)]
        runs = throughputs(kinds, chosen.rows, chosen.repeats, folder)
        cost = block_cost(engines, chosen.block, chosen.repeats, folder)
    found = simulated(cost, cost.way[engines[-1]])
    if chosen.json:
        parts = {"runs": [asdict(one) for one in runs], "block": asdict(cost)}
        print(json.dumps({"machine": machine, **parts, "simulated": [asdict(one) for one in found]}, indent=1))
    else:
        print(table(runs, cost, found, engines[-1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
