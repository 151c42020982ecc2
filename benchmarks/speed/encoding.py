"""How fast texts are encoded, beside transformers: one encoder, the same texts, mean states of each.

The systems take turns over the same texts in one process, in CPU seconds at one thread. Beside each speed stands what
the shipped sentiment head says on its states: a speed without the same labels would say nothing. The machine's own
speed of multiplying matrices is measured in the same run.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
from machine import arguments, facts, shown
from sharing import texts

#: The peer that the ratios are relative to: transformers' pipeline as it is called by default.
PEER = "transformers pipeline, batch_size=1"

#: Systems of ours, by what the table calls them: runtime and number type.
OURS = {
    "nlptasks, torch": ("torch", "float32"),
    "nlptasks": ("openvino", "float32"),
    "nlptasks, bfloat16": ("openvino", "bfloat16"),
}

#: The data sets, each with the files that its texts are taken of in turn.
SETS = {"sst2": ("sst2",), "mixed": ("imdb", "rotten-tomatoes"), "imdb": ("imdb",)}


@dataclass(frozen=True)
class Speed:
    """One system over the texts of one set.

    Args:
        data: Name of the set.
        name: Which system.
        seconds: Median CPU seconds.
        ratio: How many times as fast as the peer: the median of the rounds' ratios.
        flips: Texts whose label is not that of PyTorch in float32; ``None``: it has no labels.
        peak: Of the machine's speed of multiplying float32 matrices, the proportion that encoding reached.
    """

    data: str
    name: str
    seconds: float
    ratio: float
    flips: int | None
    peak: float


def gemm() -> float:
    """Floating-point operations a second of float32 matrix products of 1024 rows and columns."""
    one = np.random.default_rng(0).standard_normal((1024, 1024), dtype=np.float32)
    one @ one
    times = []
    for _ in range(9):
        start = time.process_time()
        one @ one
        times.append(time.process_time() - start)
    return 2 * 1024**3 / statistics.median(times)


def operations(lengths: Sequence[int], config: Any) -> float:
    """Floating-point operations of an encoder's matrix products over windows of some lengths."""
    width, inner, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    linear = 2 * layers * (4 * width * width + 2 * width * inner)
    return sum(length * linear + 4 * layers * width * length**2 for length in lengths)


def peers(folder: Path) -> dict[str, Callable[[list[str]], Any]]:
    """Transformers' own ways of making states."""
    from transformers import AutoTokenizer, EncoderDecoderModel, logging, pipeline

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    model = EncoderDecoderModel.from_pretrained(folder, local_files_only=True).encoder.eval()
    pipe = pipeline("feature-extraction", model=model, tokenizer=AutoTokenizer.from_pretrained(folder), device="cpu")
    cut = {"truncation": True, "return_tensors": True}

    def by_length(found: list[str]) -> Any:
        return pipe(sorted(found, key=len), batch_size=32, **cut)

    return {
        PEER: lambda found: pipe(found, batch_size=1, **cut),
        "transformers pipeline, batch_size=32": lambda found: pipe(found, batch_size=32, **cut),
        "transformers pipeline, by length, batch_size=32": by_length,
    }


def measure(name: str, found: list[str], repeats: int, flops: float) -> list[Speed]:
    """Let the systems take turns over one set."""
    import nlptasks
    from nlptasks.models.batching import batches
    from nlptasks.models.checkpoints import read_config
    from nlptasks.models.pooling import mean_states
    from nlptasks.plugin.protocols import BackboneContext
    from nlptasks_bundled.backbone import WEIGHTS, load

    systems, labels = peers(WEIGHTS), {}
    for ours, (runtime, dtype) in OURS.items():
        encoder = load(BackboneContext(runtime=runtime, dtype=dtype, device="cpu"))

        def encode(found: list[str], encoder: Any = encoder) -> Any:
            windows = [row[0] for row in encoder.tokenize(found, max_windows=1)]
            at = batches([len(window) for window in windows])
            return [mean_states(encoder.encode([windows[row] for row in rows])) for rows in at]

        systems[ours] = encode
        task = nlptasks.load("sentiment", runtime=runtime, dtype=dtype, device="cpu")
        labels[ours] = [prediction.label for prediction in task(found)]
    lengths = [len(row[0]) for row in encoder.tokenize(found, max_windows=1)]
    work = operations(lengths, read_config(WEIGHTS)["encoder"])
    times: dict[str, list[float]] = {system: [] for system in systems}
    for system in systems.values():
        system(found[:16])
    for _ in range(repeats):
        for system, call in systems.items():
            start = time.process_time()
            call(found)
            times[system].append(time.process_time() - start)
    oracle = labels["nlptasks, torch"]
    return [
        Speed(
            data=name,
            name=system,
            seconds=(median := statistics.median(times[system])),
            ratio=statistics.median(peer / own for peer, own in zip(times[PEER], times[system], strict=True)),
            flips=sum(map(str.__ne__, labels[system], oracle)) if system in labels else None,
            peak=work / median / flops,
        )
        for system in systems
    ]


def table(found: Sequence[Speed], rows: int, repeats: int, flops: float) -> str:
    """The systems as a person reads them."""
    lines = [
        f"medians of {repeats} rounds over {rows:,} texts of each set, CPU seconds at one thread",
        f"float32 matrix products on this machine: {flops / 1e9:.0f} GFLOP/s",
        f"{'set':<8}{'system':<50}{'seconds':>9}{'times as fast':>15}{'of the peak':>13}{'flips':>7}",
    ]
    for item in found:
        flips = "" if item.flips is None else str(item.flips)
        numbers = f"{item.seconds:>9.2f}{item.ratio:>15.2f}{item.peak:>13.0%}{flips:>7}"
        lines.append(f"{item.data:<8}{item.name:<50}{numbers}")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and return 1 where float32 changes a label."""
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=200, help="texts of each set (200)")
    parser.add_argument("--repeats", type=int, default=3, help="rounds (3)")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), help="data sets (all)")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    import torch

    torch.set_num_threads(1)
    flops = gemm()
    folder = os.environ.get("NLPTASKS_DATA")
    found = []
    for name in chosen.sets:
        files = [Path(folder) / one / "validation.jsonl.gz" for one in SETS[name]] if folder else [None]
        taken = zip(*(islice(texts(path, 1), chosen.rows) for path in files), strict=False)
        rows = [text for group in taken for text in group][: chosen.rows]
        found += measure(name, rows, chosen.repeats, flops)
    if chosen.json:
        told = {"machine": machine, "rows": chosen.rows, "repeats": chosen.repeats, "flops": flops}
        print(json.dumps({**told, "systems": [asdict(item) for item in found]}, indent=1))
    else:
        print(table(found, chosen.rows, chosen.repeats, flops))
    same = all(item.flips == 0 for item in found if item.name == "nlptasks")
    return 0 if chosen.no_limits or same else 1


if __name__ == "__main__":
    sys.exit(main())
