"""``nlptasks.pipeline("text-classification")`` beside transformers' own pipeline: one checkpoint, the same texts.

The pipelines take turns in one process, so that a busy moment of the machine meets all; the medians of their CPU
seconds are compared, and their labels and scores too: a speed without the same answers would say nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from machine import arguments, facts, shown
from sharing import texts

os.environ["HF_HUB_OFFLINE"] = "1"

#: Labels and the score of each text.
Answers = list[dict[str, Any]]

#: The peer that the ratios are relative to: transformers' pipeline as it is called by default.
PEER = "transformers, batch_size=1"


@dataclass(frozen=True)
class Speed:
    """One pipeline over all texts.

    Args:
        name: Which one.
        seconds: Median CPU seconds of all threads.
        ratio: How many times as fast as the peer.
        flips: Texts whose label is not the peer's.
        difference: Largest difference of a score from the peer's.
    """

    name: str
    seconds: float
    ratio: float
    flips: int
    difference: float


def make_checkpoint(folder: Path) -> None:
    """The bundled encoder with a classification layer drawn at random, as a checkpoint of the Hub."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, EncoderDecoderModel, logging

    from nlptasks_bundled.backbone import WEIGHTS

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    encoder = EncoderDecoderModel.from_pretrained(WEIGHTS, local_files_only=True).encoder
    torch.manual_seed(0)
    model = BertForSequenceClassification(BertConfig.from_dict(encoder.config.to_dict() | {"num_labels": 4}))
    model.bert.load_state_dict(encoder.state_dict(), strict=False)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(WEIGHTS, local_files_only=True).save_pretrained(folder)


def open_pipelines(model: Path) -> dict[str, Callable[[Sequence[str]], Answers]]:
    """The pipelines by what the table calls them, each called with texts."""
    from transformers import pipeline as peer

    import nlptasks

    theirs = peer("text-classification", model=str(model), device="cpu")
    ours = nlptasks.pipeline("text-classification", model=str(model), device="cpu")
    return {
        PEER: lambda found: theirs(list(found), batch_size=1, truncation=True),
        "transformers, batch_size=32": lambda found: theirs(list(found), batch_size=32, truncation=True),
        "nlptasks": lambda found: ours(list(found), truncation=True),
    }


def measure(model: Path, found: Sequence[str], repeats: int) -> list[Speed]:
    """Call the pipelines in turn."""
    pipelines = open_pipelines(model)
    answers = {name: call(found[:8]) for name, call in pipelines.items()}
    seconds: dict[str, list[float]] = {name: [] for name in pipelines}
    for _ in range(repeats):
        for name, call in pipelines.items():
            start = time.process_time()
            answers[name] = call(found)
            seconds[name].append(time.process_time() - start)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    return [
        Speed(name, medians[name], medians[PEER] / medians[name], *_against(answers[name], answers[PEER]))
        for name in pipelines
    ]


def _against(answers: Answers, peer: Answers) -> tuple[int, float]:
    """Labels that differ, and the largest difference of a score."""
    pairs = list(zip(answers, peer, strict=True))
    flips = sum(one["label"] != other["label"] for one, other in pairs)
    return flips, max(abs(one["score"] - other["score"]) for one, other in pairs)


def table(found: Sequence[Speed], rows: int, repeats: int) -> str:
    """The pipelines as a person reads them."""
    lines = [f"medians of {repeats} rounds over {rows:,} texts of mixed length, CPU seconds"]
    lines.append(
        f"{'pipeline':<32}{'seconds':>10}{'times as fast':>15}{'labels that differ':>20}{'scores differ by':>18}"
    )
    for item in found:
        cells = f"{item.seconds:>10.2f}{item.ratio:>15.2f}{item.flips:>20}{item.difference:>18.1e}"
        lines.append(f"{item.name:<32}{cells}")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and return 1 where an answer differs from transformers'."""
    folder = os.environ.get("NLPTASKS_DATA")
    parser = arguments(__doc__)
    parser.add_argument("--model", type=Path, help="folder of a checkpoint (the bundled encoder with a random layer)")
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        default=[Path(folder) / name / "train.jsonl.gz" for name in ("imdb", "rotten-tomatoes")] if folder else [],
        help="JSON Lines with a column text, taken in turn (two sets in the folder NLPTASKS_DATA, or random reviews)",
    )
    parser.add_argument("--rows", type=int, default=1_000, help="texts (1000)")
    parser.add_argument("--repeats", type=int, default=3, help="rounds (3)")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch (1)")
    chosen = parser.parse_args()
    import torch

    torch.set_num_threads(chosen.threads)
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    sources = [texts(path, 1) for path in chosen.data] or [texts(None, 1)]
    share = -(-chosen.rows // len(sources))
    rows = [text for group in zip(*(islice(source, share) for source in sources), strict=False) for text in group]
    with tempfile.TemporaryDirectory() as temporary:
        model = chosen.model or Path(temporary)
        if not chosen.model:
            make_checkpoint(model)
        found = measure(model, rows[: chosen.rows], chosen.repeats)
    if chosen.json:
        shown_json = {"machine": machine, "rows": chosen.rows, "threads": chosen.threads, "repeats": chosen.repeats}
        print(json.dumps({**shown_json, "pipelines": [asdict(item) for item in found]}, indent=1))
    else:
        print(table(found, chosen.rows, chosen.repeats))
    same = all(item.flips == 0 and item.difference < 1e-4 for item in found)
    return 0 if chosen.no_limits or same else 1


if __name__ == "__main__":
    sys.exit(main())
