"""How long ``nlptasks leaderboard build`` takes over 200 records, from the start of the process to the file.

The records are made here: 20 systems on 10 data sets of labels, extracted answers and translations, with their samples
and the statistics of the real metrics. Making them is not measured.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import arguments, facts, nlptasks, shown, time_and_peak

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._scoring.metrics import matrices, open_metrics
from nlptasks.records.schema import Cost, Dataset, Machine, Model, Record, Result, Run, Sample
from nlptasks.records.store import write_record
from nlptasks.statistics.resampling import value

#: Most seconds that a form may take.
LIMIT = 10.0

FORMS = ("board.html", "board.md", "board.csv", "board.json")

WORDS = [f"w{at}" for at in range(2_000)]


@dataclass(frozen=True)
class Kind:
    """Data sets of one task.

    Args:
        task: The task.
        metrics: Its metrics, the one that ranks first.
        labels: Its labels.
        samples: Samples of a data set.
        sets: How many data sets.
    """

    task: str
    metrics: tuple[str, ...]
    labels: tuple[str, ...]
    samples: int
    sets: int


KINDS = (
    Kind("sentiment", ("accuracy", "macro-f1"), ("negative", "positive"), 1_000, 3),
    Kind("classification", ("macro-f1", "accuracy"), tuple(f"label {at}" for at in range(20)), 1_000, 2),
    Kind("qa", ("squad-f1", "exact-match"), (), 1_000, 2),
    Kind("translation", ("bleu", "chrf"), (), 1_000, 3),
)


def make(folder: Path, systems: int) -> int:
    """Make the records and return their number."""
    registry = load_plugins(Config()).registry
    count = 0
    for kind in KINDS:
        opened = open_metrics(registry, kind.metrics, labels=kind.labels, language="de")
        for at in range(kind.sets):
            golds = list(_golds(kind, random.Random(at)))
            for system in range(systems):
                draw = random.Random(1_000 * at + system)
                samples = [_sample(kind, row, gold, draw, system / systems) for row, gold in enumerate(golds)]
                stats = matrices(opened, samples)
                scores = {
                    name: Result(
                        value=value(opened[name].metric, matrix),
                        n=len(samples),
                        signature=opened[name].metric.signature,
                        scale=opened[name].spec.range,
                        baseline=0.0,
                    )
                    for name, matrix in stats.items()
                }
                record = Record(
                    task=kind.task,
                    primary=kind.metrics[0],
                    dataset=Dataset(name=f"{kind.task} {at}", sha256=f"{at:064x}", n=len(samples), language="de"),
                    model=Model(name=f"system {system}", weights=str(system), parameters=10**6 * (system + 1)),
                    run=Run(argv=("nlptasks", "eval", kind.task, "--data", "data.csv")),
                    machine=Machine(cpu="a CPU"),
                    scores=scores,
                    labels=kind.labels,
                    cost=Cost(rows_per_second=1_000 / (system + 1)),
                )
                write_record(folder / f"{kind.task}-{at}-{system}", record, samples, stats)
                count += 1
    return count


def _golds(kind: Kind, draw: random.Random) -> Iterator[str]:
    for _ in range(kind.samples):
        length = 20 if kind.task == "translation" else 3
        yield draw.choice(kind.labels) if kind.labels else " ".join(draw.choices(WORDS, k=length))


def _sample(kind: Kind, row: int, gold: str, draw: random.Random, worse: float) -> Sample:
    text = " ".join(draw.choices(WORDS, k=30))
    kept = 0.95 - 0.3 * worse
    if kind.labels:
        answer = gold if draw.random() < kept else draw.choice(kind.labels)
    else:
        answer = " ".join(word if draw.random() < kept else draw.choice(WORDS) for word in gold.split())
    return Sample(id=str(row + 1), inputs={"text": text}, gold=gold, prediction=answer)


def measure(folder: Path, output: Path, forms: Sequence[str]) -> list[tuple[str, float, float]]:
    """Seconds and peak of memory in megabytes of each form."""
    found = []
    for form in forms:
        command = [*nlptasks(), "leaderboard", "build", str(folder), "--output", str(output / form)]
        found.append((form, *time_and_peak(command)))
    return found


def main() -> int:
    """Make, measure, print, and return 1 where a limit is broken."""
    parser = arguments(__doc__)
    parser.add_argument("--systems", type=int, default=20, help="systems on each of the 10 data sets (default: 20)")
    parser.add_argument("--forms", nargs="+", default=FORMS, choices=FORMS, help="forms of the board")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = make(folder / "results", chosen.systems)
        found = measure(folder / "results", folder, chosen.forms)
        sizes = {form: (folder / form).stat().st_size / 1e6 for form in chosen.forms}
    kept = all(seconds <= LIMIT for _, seconds, _ in found)
    if chosen.json:
        forms = [{"form": form, "seconds": seconds, "peak_mb": peak} for form, seconds, peak in found]
        print(
            json.dumps({"machine": machine, "records": count, "limit": LIMIT, "forms": forms, "kept": kept}, indent=1)
        )
    else:
        print(f"nlptasks leaderboard build: {count} records of {sum(kind.sets for kind in KINDS)} data sets")
        print(f"{'form':<12}{'seconds':>9}{'limit':>7}{'peak MB':>9}{'file MB':>9}")
        for form, seconds, peak in found:
            verdict = "" if seconds <= LIMIT else "  too slow"
            print(f"{form:<12}{seconds:>9.1f}{LIMIT:>7.0f}{peak:>9.0f}{sizes[form]:>9.2f}{verdict}")
    return 0 if chosen.no_limits or kept else 1


if __name__ == "__main__":
    sys.exit(main())
