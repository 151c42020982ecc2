"""What the trivial baselines reach on a suite: the floors of its cards.

    python benchmarks/floors.py smoke
    python benchmarks/floors.py core --data-dir DIR

A floor is the primary metric of the answers that the task's baseline gives. Baselines tell no probabilities: where the
primary metric reads the likelihood of the gold text, the floor is that of a model which gives each of the 256 bytes the
same probability, 8 bits per byte.

It ends with 1 where a card has another floor than the one computed here.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlptasks._names import resolve
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import matrices, open_metric
from nlptasks._settings.groups import TableSource
from nlptasks._tables.gold_samples import read_gold_table
from nlptasks.plugin import PREDICTION, MetricSpec, TaskSpec
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Baseline
from nlptasks.records import suites
from nlptasks.records.schema import Sample
from nlptasks.statistics.resampling import values

#: Bits per byte of a uniform distribution over bytes.
_UNIFORM = 8.0

#: A card's floor has this many decimals.
_DECIMALS = 4


def floor_of(registry: Registry, card: suites.Card, path: Path) -> float:
    """The floor of a data set.

    Args:
        registry: What is installed.
        card: Its card.
        path: Its file.
    """
    task = registry.get(TaskSpec, card.task).spec
    primary = card.primary or task.primary
    if registry.get(MetricSpec, primary).spec.reads != PREDICTION:
        return _UNIFORM
    request = TableSource(data=str(path), columns=card.columns, gold=card.gold, id=card.id)
    items = read_gold_table(registry, task, request).items
    make: Baseline = resolve(task.baseline)
    trivial = make(Counter(item.gold for item in items))
    predictions = [trivial(item.example) for item in items]
    samples = [
        Sample(id=item.id, gold=item.gold, prediction=found.canonical)
        for item, found in zip(items, predictions, strict=True)
    ]
    labels = tuple(sorted({item.gold for item in items})) if isinstance(predictions[0], Label) else ()
    metric = open_metric(registry, primary, labels=labels, language=card.language)
    matrix = matrices({primary: metric}, samples)[primary]
    return round(float(values(metric.metric, np.ones(len(samples)), matrix)), _DECIMALS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a data set; the exit code says whether all cards are right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", help="name of a benchmark, or a suite's YAML file")
    parser.add_argument("--data-dir", default="", help="folder of the data sets")
    chosen = parser.parse_args(arguments)
    registry = load_plugins(Config()).registry
    path = Path(chosen.suite)
    suite = suites.read_suite(path) if path.suffix else suites.open_suite(registry, chosen.suite)
    wrong = 0
    for card in suite.datasets:
        found = floor_of(registry, card, suites.locate(suite, card, data_dir=chosen.data_dir))
        right = card.floor == found
        wrong += not right
        print(f"{card.name:24}{found:>10.4f}{'' if right else f'   the card has {card.floor}'}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
