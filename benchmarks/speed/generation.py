"""How fast text is written, beside transformers' ``generate``: one decoder, the same sources, the same rule.

The systems take turns, batch by batch, in CPU seconds at one thread; beside each speed stands how many texts are those
of transformers.
"""

from __future__ import annotations

import gzip
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

from machine import arguments, facts, shown

PEER = "transformers generate"
OURS = {"nlptasks, torch": "torch", "nlptasks": "openvino"}

#: Sources that are written at a time by all systems, which stand together by length.
BATCH = 32

#: What is written where there is no data.
SENTENCES = ("The phone is good.", "A man in a blue shirt rides a bicycle down the street.", "Where is the old house?")


@dataclass(frozen=True)
class Speed:
    """One system with one number of beams.

    Args:
        beams: 1: greedy.
        name: Which system.
        seconds: Median CPU seconds over all sources.
        ratio: How many times as fast as the peer: the median of the rounds' ratios.
        same: Texts that are the peer's.
        tokens: Tokens a second.
    """

    beams: int
    name: str
    seconds: float
    ratio: float
    same: int
    tokens: float


def sources(folder: str | None, rows: int) -> list[str]:
    """English sentences: captions and everyday ones, or a few of our own, over and over."""
    if not folder:
        return [SENTENCES[row % len(SENTENCES)] for row in range(rows)]
    found = []
    for name in ("multi30k-en-de", "tatoeba-en-de"):
        with gzip.open(Path(folder) / name / "validation.jsonl.gz", "rt", encoding="utf-8") as file:
            found += [json.loads(line)["source"] for line in islice(file, -(-rows // 2))]
    return found[:rows]


def measure(found: Sequence[str], beams: int, repeats: int) -> list[Speed]:
    """Let the systems take turns with one number of beams."""
    import torch
    from transformers import EncoderDecoderModel, logging

    from nlptasks.models.generation import Decoding, Instruction
    from nlptasks.plugin.protocols import BackboneContext
    from nlptasks_bundled.backbone import WEIGHTS, load

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    peer = EncoderDecoderModel.from_pretrained(WEIGHTS, local_files_only=True).eval()
    ours: dict[str, Any] = {
        name: load(BackboneContext(runtime=runtime, device="cpu", dtype="float32")) for name, runtime in OURS.items()
    }
    first = next(iter(ours.values()))
    german, decoding = Instruction("translation", "de"), Decoding(beams=beams)
    windows = sorted((row[0] for row in first.tokenize(found, max_windows=1)), key=len)
    prefix = list(first.text.prefix(german))

    def theirs(batch: Sequence[Any]) -> list[tuple[str, int]]:
        size = max(map(len, batch))
        ids = torch.tensor([[*window.ids, *[0] * (size - len(window))] for window in batch])
        mask = torch.tensor([[1] * len(window) + [0] * (size - len(window)) for window in batch])
        with torch.inference_mode():
            written = peer.generate(
                input_ids=ids,
                attention_mask=mask,
                decoder_input_ids=torch.tensor([prefix] * len(batch)),
                max_new_tokens=first.max_new_tokens,
                num_beams=beams,
                do_sample=False,
                early_stopping=False,
            )[:, len(prefix) :].tolist()
        ended = [row[: row.index(first.text.end) + 1] if first.text.end in row else row for row in written]
        return [(first.text.decode(row), len(row)) for row in ended]

    def call(backbone: Any) -> Callable[[Sequence[Any]], list[tuple[str, int]]]:
        def write(batch: Sequence[Any]) -> list[tuple[str, int]]:
            rows = backbone.generate(backbone.encode(batch), german, decoding)
            return [(row[0].text, row[0].tokens) for row in rows]

        return write

    systems = {PEER: theirs} | {name: call(backbone) for name, backbone in ours.items()}
    times: dict[str, list[float]] = {name: [] for name in systems}
    for system in systems.values():
        system(windows[:2])
    for _ in range(repeats):
        spent, written = dict.fromkeys(systems, 0.0), {name: [] for name in systems}
        for at in range(0, len(windows), BATCH):
            for name, system in systems.items():
                start = time.process_time()
                written[name] += system(windows[at : at + BATCH])
                spent[name] += time.process_time() - start
        for name, seconds in spent.items():
            times[name].append(seconds)
    return [
        Speed(
            beams=beams,
            name=name,
            seconds=(median := statistics.median(times[name])),
            ratio=statistics.median(peer / own for peer, own in zip(times[PEER], times[name], strict=True)),
            same=sum(one[0] == other[0] for one, other in zip(written[name], written[PEER], strict=True)),
            tokens=sum(tokens for _, tokens in written[name]) / median,
        )
        for name in systems
    ]


def table(found: Sequence[Speed], rows: int, repeats: int) -> str:
    """The systems as a person reads them."""
    lines = [f"medians of {repeats} rounds over {rows:,} sentences into German, CPU seconds at one thread"]
    lines.append(f"{'beams':>5}  {'system':<24}{'seconds':>9}{'times as fast':>15}{'same text':>11}{'tokens/s':>10}")
    for item in found:
        numbers = f"{item.seconds:>9.2f}{item.ratio:>15.2f}{item.same:>11}{item.tokens:>10.0f}"
        lines.append(f"{item.beams:>5}  {item.name:<24}{numbers}")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and return 1 where a text is not the peer's."""
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=100, help="sentences (100)")
    parser.add_argument("--repeats", type=int, default=3, help="rounds (3)")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4], help="numbers of beams (1 4)")
    chosen = parser.parse_args()
    machine = facts()
    if not chosen.json:
        print(shown(machine), flush=True)
    found = sources(os.environ.get("NLPTASKS_DATA"), chosen.rows)
    speeds = [speed for beams in chosen.beams for speed in measure(found, beams, chosen.repeats)]
    if chosen.json:
        told = {"machine": machine, "rows": chosen.rows, "repeats": chosen.repeats}
        print(json.dumps({**told, "systems": [asdict(item) for item in speeds]}, indent=1))
    else:
        print(table(speeds, chosen.rows, chosen.repeats))
    return 0 if chosen.no_limits or all(item.same == chosen.rows for item in speeds) else 1


if __name__ == "__main__":
    sys.exit(main())
