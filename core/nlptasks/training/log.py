"""The log of a training, ``log.jsonl``, and plots of it.

A line is a JSON object with a ``kind`` and the number of ``tokens`` so far; ``loss`` lines hold mean losses by name in
``loss``, ``scores`` lines held-out scores in ``scores``. A trainer that writes such lines gets its plots from here.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from nlptasks.errors import UsageError
from nlptasks.files.paths import atomic_output

#: The log, and the picture of it, in the folder of a training.
FILE, PICTURE = "log.jsonl", "training.png"

#: Heights of a bar in a line of text.
_BARS = "▁▂▃▄▅▆▇█"

#: Most bars of a line.
_WIDTH = 32

#: Values by the number of tokens at which they were taken, in order.
Series = Sequence[tuple[int, float]]


@dataclass(frozen=True, kw_only=True)
class TrainingLog:
    """Losses and scores of a training, by name."""

    losses: Mapping[str, Series]
    scores: Mapping[str, Series]


def read_log(folder: Path) -> TrainingLog:
    """Read the log in the folder of a training, one that is still running too.

    Raises:
        UsageError: There is none.
    """
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError as error:
        raise UsageError(
            f"{folder} holds no log of a training: {folder / FILE}: {error.strerror}",
            hint="`nlptasks train --recipe FILE --output FOLDER` leaves one, and so does `--method finetune` in "
            "FOLDER/backbone",
        ) from error
    losses: dict[str, list[tuple[int, float]]] = {}
    scores: dict[str, list[tuple[int, float]]] = {}
    for line in lines:
        if line.endswith("\n"):  # the last one may be in the middle of being written
            _add(json.loads(line), losses, scores)
    return TrainingLog(losses=losses, scores=scores)


def text_plot(log: TrainingLog) -> list[str]:
    """A line for each loss and each score: its first value, bars between its lowest and highest, its last value."""
    named = [(f"loss {name}", series) for name, series in log.losses.items()]
    named += [(name, series) for name, series in log.scores.items()]
    width = max((len(name) for name, _ in named), default=0)
    return [
        f"{name:{width}}  {series[0][1]:8.3f} {_bars(series):{_WIDTH}} {series[-1][1]:.3f}" for name, series in named
    ]


def draw(log: TrainingLog, path: Path) -> None:
    """Draw the log as a PNG: losses above, scores below.

    Raises:
        UsageError: matplotlib is not installed.
    """
    if not importlib.util.find_spec("matplotlib"):
        raise UsageError("a picture needs matplotlib", hint="pip install 'nlptasks-toolkit[plot]'")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 9), layout="constrained")
    for axes, title, named in zip(
        figure.subplots(2), ("loss", "held-out score"), (log.losses, log.scores), strict=True
    ):
        for name, series in named.items():
            axes.plot(*zip(*series, strict=True), label=name, marker="." if len(series) < 3 else "")
        axes.set(xlabel="tokens", ylabel=title)
        axes.grid(alpha=0.3)
        if named:
            axes.legend(fontsize=6, loc="center left", bbox_to_anchor=(1, 0.5))
    with atomic_output(path, force=True) as stream:
        figure.savefig(stream, format="png")


def plot(folder: Path, tell: Callable[[str], None]) -> None:
    """Tell the plot of a folder's log line by line, and draw it beside the log where matplotlib is there.

    Raises:
        UsageError: There is no log.
    """
    log = read_log(folder)
    for line in text_plot(log):
        tell(line)
    try:
        draw(log, folder / PICTURE)
    except UsageError as error:
        tell(f"no {PICTURE}: {error.message}; {error.hint}")
    else:
        tell(f"the same as a picture: {folder / PICTURE}")


def _add(
    line: Mapping[str, object], losses: dict[str, list[tuple[int, float]]], scores: dict[str, list[tuple[int, float]]]
) -> None:
    """Sort the values of a line in."""
    tokens, kinds = line["tokens"], {"loss": losses, "scores": scores}
    kind = str(line["kind"])
    values = line.get(kind)
    if kind in kinds and isinstance(values, dict) and isinstance(tokens, int):
        for name, value in values.items():
            kinds[kind].setdefault(name, []).append((tokens, float(value)))


def _bars(series: Series) -> str:
    """The series in bars, several values to one where there are too many."""
    values = [value for _, value in series]
    count = min(_WIDTH, len(values))
    edges = [at * len(values) // count for at in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    low, high = min(means), max(means)
    steps = len(_BARS) - 1
    return "".join(_BARS[round((mean - low) / (high - low) * steps) if high > low else 0] for mean in means)
