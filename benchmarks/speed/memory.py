"""Peak memory of one process that answers all tasks, beside a process for each task with a model of its own.

The others load the same weights by transformers alone, and read one text as this one does.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from machine import arguments, facts, shown, time_and_peak

TEXT = "The keeper of the light was called Morwen. She wrote every day, and the boat brought her bread on Sundays."

#: What each task is given.
INPUTS: dict[str, str | dict[str, str]] = {
    "sentiment": TEXT,
    "classification": TEXT,
    "qa": {"question": "What was the keeper called?", "context": TEXT},
    "summarization": TEXT,
    "translation": TEXT,
    "generation": TEXT,
}

#: Share of the others' memory, all of it together, that the one process may take.
LIMIT = 0.25


@dataclass(frozen=True)
class Memory:
    """Peaks of resident memory, in megabytes.

    Args:
        tasks: The tasks.
        together: Of the one process with all tasks.
        apart: Of a process for each task.
        ratio: The one as a share of the sum of the others.
        skipped: Why a task was left out on both sides, by task.
    """

    tasks: tuple[str, ...]
    together: float
    apart: tuple[float, ...]
    ratio: float
    skipped: dict[str, str]


def use_together(tasks: Sequence[str]) -> None:
    """Load each task and answer one input; all stay loaded."""
    import nlptasks

    loaded = {task: nlptasks.load(task, device="cpu") for task in tasks}
    for task, answer in loaded.items():
        if answer(INPUTS[task]) is None:
            raise RuntimeError(f"{task}: no answer")


def use_alone() -> None:
    """Load the bundled weights by transformers, and read a text."""
    import torch
    from transformers import AutoConfig, AutoModel, AutoTokenizer, EncoderDecoderModel
    from transformers.utils import logging

    from nlptasks_bundled.backbone import WEIGHTS

    logging.disable_progress_bar()
    inputs = dict(AutoTokenizer.from_pretrained(WEIGHTS)(TEXT, return_tensors="pt"))
    if AutoConfig.from_pretrained(WEIGHTS).model_type == "encoder-decoder":
        model = EncoderDecoderModel.from_pretrained(WEIGHTS).eval()
        inputs["decoder_input_ids"] = torch.zeros((1, 1), dtype=torch.long)
    else:
        model = AutoModel.from_pretrained(WEIGHTS, add_pooling_layer=False).eval()
    with torch.inference_mode():
        model(**inputs)


def skipped(tasks: Sequence[str]) -> dict[str, str]:
    """Why some of the tasks cannot be loaded here, by task."""
    import nlptasks
    from nlptasks.errors import NlptasksError

    reasons: dict[str, str] = {}
    for task in tasks:
        try:
            nlptasks.load(task, device="cpu")
        except NlptasksError as error:
            reasons[task] = error.message
    return reasons


def measure(tasks: Sequence[str]) -> Memory:
    """Start the processes, one after the other."""
    # In a process of its own too: a child counts the peak of the process that started it as its own.
    reasons = json.loads(_printed("--child", "skipped", "--tasks", *tasks))
    left = tuple(task for task in tasks if task not in reasons)
    together = _peak("--child", "together", "--tasks", *left)
    apart = tuple(_peak("--child", "alone") for _ in left)
    return Memory(left, together, apart, together / sum(apart), reasons)


def _printed(*arguments: str) -> str:
    import subprocess

    return subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True).stdout


def _peak(*arguments: str) -> float:
    return time_and_peak([sys.executable, __file__, *arguments])[1]


def _child(what: str, tasks: Sequence[str]) -> None:
    if what == "together":
        use_together(tasks)
    elif what == "alone":
        use_alone()
    else:
        print(json.dumps(skipped(tasks)))


def table(found: Memory) -> str:
    """The peaks as a person reads them."""
    lines = [f"left out: {task}: {reason}" for task, reason in found.skipped.items()]
    lines += [f"{'process':<52}{'peak MB':>10}", f"{'nlptasks, ' + ', '.join(found.tasks):<52}{found.together:>10.1f}"]
    lines += [
        f"{f'transformers alone, {task}':<52}{peak:>10.1f}" for task, peak in zip(found.tasks, found.apart, strict=True)
    ]
    return "\n".join([*lines, f"share of the sum: {found.ratio:.3f} (limit {LIMIT})"])


def main() -> int:
    """Measure, print, and return 1 where the limit is broken."""
    parser = arguments(__doc__)
    parser.add_argument(
        "--tasks", nargs="+", choices=tuple(INPUTS), default=tuple(INPUTS), help="those to measure (all)"
    )
    # What a process that this one starts has to do.
    parser.add_argument("--child", choices=("together", "alone", "skipped"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        _child(chosen.child, chosen.tasks)
        return 0
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    found = measure(chosen.tasks)
    print(json.dumps({"machine": machine, "limit": LIMIT, **asdict(found)}, indent=1) if chosen.json else table(found))
    return 0 if chosen.no_limits or found.ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
