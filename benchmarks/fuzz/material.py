"""What is damaged: files that are in order, of every kind that users hand in."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judge import Case, run_in

ROWS: Mapping[str, list[dict[str, Any]]] = {
    "sentiment": [
        {"id": 1, "text": "good, really", "label": "positive"},
        {"id": 2, "text": "bad", "label": "negative"},
        {"id": 3, "text": 'it "works"\nwell', "label": "positive"},
        {"id": 4, "text": "", "label": "negative"},
    ],
    "classification": [
        {"id": "a", "text": "stocks fell", "label": "negative", "when": "2024-01-02", "x": 1.50},
        {"id": "b", "text": "they won", "label": "positive", "when": None, "x": None},
    ],
    "qa": [
        {"id": 1, "question": "who?", "context": "Ada wrote it.", "answers": ["Ada"]},
        {"id": 2, "question": "when?", "context": "In 1843.", "answers": []},
        {"id": 3, "question": "what?", "context": "It was a note.", "answers": {"text": ["a note"]}},
    ],
    "translation": [
        {"source": "a dog", "target": "ein Hund", "language": "de"},
        {"source": "a cat. two", "target": ["eine Katze", "ein Kater"], "language": "de"},
    ],
    "summarization": [{"document": "One thing. Another thing. A third.", "summary": "Things."}],
    "generation": [{"prompt": "once upon", "continuation": " a time"}, {"prompt": "to be", "continuation": " or not"}],
}  # fmt: skip
FORMATS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".txt", ".csv.gz", ".jsonl.gz", ".tsv.zst", "")

SUITE = b"""name: mine
summary: "two"
version: "1"
datasets:
  - name: reviews
    task: sentiment
    file: sentiment.jsonl
    n: 4
    split: test
    licence: CC0
    source: written here
    language: en
    columns: {text: text}
    gold: label
  - name: notes
    task: qa
    file: qa.jsonl
    licence: CC0
    source: written here
"""
RECIPE = b"""backbone = "nobodys"
trains = "encoder"
tokens = 1_000
seed = 0
batch_tokens = 512
max_tokens = 64
head_rate = 1e-3
rate = 1e-4
warmup = 0.05
layers = 2
[[task]]
task = "sentiment"
head = "binary"
data = ["sentiment.jsonl"]
validation = ["sentiment.jsonl"]
weight = 0.5
columns = {text = "text"}
gold = "label"
"""
CONFIG = b"""[plugins]
disable = ["progress"]
[prefer]
"tasks.sentiment" = "nlptasks-toolkit"
[run]
force = true
keep-na = false
max-cell = 1000
output-format = "csv"
label-map = ["good=positive", "bad=negative"]
[run.sentiment]
labels = ["negative", "positive"]
threshold = 0.5
"""
TEMPLATE = b"""system = "You say what attitude a text expresses: {labels}."
instruction = "Text: {text}"
answer = "Attitude:"
[[examples]]
text = "fine"
answer = "positive"
"""
LM_EVAL = {
    "results": {
        "hellaswag": {"alias": "hellaswag", "acc,none": 0.3, "acc_stderr,none": 0.01, "acc_norm,none": 0.4},
        "wikitext": {"alias": "wikitext", "word_perplexity,none": 12.5, "word_perplexity_stderr,none": "N/A"},
    },
    "configs": {"hellaswag": {"task": "hellaswag", "dataset_path": "Rowan/hellaswag", "num_fewshot": 5}},
    "versions": {"hellaswag": 1.0, "wikitext": "N/A"},
    "n-shot": {"hellaswag": 5},
    "higher_is_better": {"hellaswag": {"acc": True, "acc_norm": True}},
    "n-samples": {"hellaswag": {"original": 10042, "effective": 100}},
    "config": {"model": "hf", "model_args": "pretrained=org/model", "model_num_parameters": 123},
    "git_hash": "abc1234",
    "lm_eval_version": "0.4.9",
    "model_name": "org/model",
}
EVERY_EVAL_EVER = {
    "schema_version": "0.3.0",
    "evaluation_id": "x/y/1",
    "retrieved_timestamp": "1",
    "source_metadata": {"source_type": "documentation", "evaluator_relationship": "third_party"},
    "eval_library": {"name": "helm", "version": "1"},
    "model_info": {"name": "m", "id": "o/m", "additional_details": {}},
    "evaluation_results": [
        {
            "evaluation_name": "mmlu",
            "source_data": {"dataset_name": "mmlu", "source_type": "url", "url": ["https://example.org/mmlu"]},
            "metric_config": {"metric_name": "em", "lower_is_better": False, "min_score": 0, "max_score": 1},
            "score_details": {
                "score": 0.5,
                "uncertainty": {"standard_error": {"value": 0.1}, "confidence_interval": {"lower": 0, "upper": 1}},
            },
        }
    ],
}
MODEL_INDEX = b"""---
license: mit
model-index:
- name: bart
  results:
  - task: {type: summarization}
    dataset: {name: samsum, type: samsum, config: samsum, split: test, revision: 17}
    metrics:
    - {type: rouge, value: 41.5, name: ROUGE-1, verified: true}
    - {type: bleu, value: "91.3 %"}
---
# BART
"""
EVAL_RESULTS = b"""- dataset: {id: org/bench, task_id: main, revision: abc}
  value: 20.9
  date: 2026-01-14
  source: {url: https://example.org, name: x}
- dataset: {id: a/b}
  metrics: [{metric_id: accuracy, value: 1}, {metric_id: f1, value: 2}]
"""


@dataclass(frozen=True)
class Material:
    """What takes the command itself to make.

    Args:
        records: The files of a record by name, for some tasks.
        exports: A file of each format of results, by the format's name.
        journal: A journal of the evaluation of ``sentiment.jsonl``, with one block in it.
        checkpoints: The files of tiny random checkpoints: an encoder, and a decoder that takes prompts.
        head: The files of a head that was trained on the encoder, which lies in ``encoder``.
        board: A leaderboard as JSON.
    """

    records: Mapping[str, Mapping[str, bytes]]
    exports: Mapping[str, bytes]
    journal: bytes
    checkpoints: Mapping[str, Mapping[str, bytes]]
    head: Mapping[str, bytes]
    board: bytes


def table(rows: list[dict[str, Any]], suffix: str) -> bytes:
    """A table in the format of a suffix."""
    if suffix == ".gz" or suffix.endswith(".gz"):
        return gzip.compress(table(rows, suffix[:-3]), 1, mtime=0)
    if suffix.endswith(".zst"):
        import pyarrow

        packed: bytes = pyarrow.compress(table(rows, suffix[:-4]), "zstd", asbytes=True)
        return packed
    if suffix in {".jsonl", ".ndjson"}:
        return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    if suffix == ".json":
        return json.dumps(rows, indent=1).encode()
    if suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = list(rows[0])
        columns = [pa.array([_plain(row[name]) for row in rows]) for name in names]
        stream = io.BytesIO()
        pq.write_table(pa.table(columns, names), stream)
        return stream.getvalue()
    if suffix == ".txt":
        return "".join(f"{next(v for v in row.values() if isinstance(v, str))}\n" for row in rows).encode()
    import csv

    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t" if suffix == ".tsv" else ",", lineterminator="\n")
    writer.writerows([list(rows[0]), *([_plain(cell) for cell in row.values()] for row in rows)])
    return text.getvalue().encode()


def made(folder: Path) -> Material:
    """Make it all in an empty folder; takes some seconds."""
    for task, rows in ROWS.items():
        (folder / f"{task}.jsonl").write_bytes(table(rows, ".jsonl"))
    for task in ("sentiment", "qa", "translation"):
        _must(folder, "eval", task, "--head", "fuzzed", "--data", f"{task}.jsonl", "-o", f"records/{task}")
    for form in ("lm-eval", "every-eval-ever", "model-index", "eval-results"):
        _must(folder, "export", "records/sentiment", "--to", form, "-o", f"export.{form}")
    _must(folder, "leaderboard", "build", "records", "-o", "board.json")
    encoder, decoder = _checkpoints(folder)
    rows = 12 * ROWS["sentiment"][:3] + 12 * [{"id": 9, "text": "very bad phone", "label": "negative"}]
    many = [{**row, "text": f"{row['text']} {'abcdefghij'[at % 10]} {at}"} for at, row in enumerate(rows)]
    (folder / "many.jsonl").write_bytes(table(many, ".jsonl"))
    _must(folder, "train", "classification", "--backbone", "./encoder", "--data", "many.jsonl", "-o", "head")
    return Material(
        records={task: files_of(folder / "records" / task) for task in ("sentiment", "qa", "translation")},
        exports={path.suffix[1:]: path.read_bytes() for path in folder.glob("export.*")},
        journal=_journal(folder / "records" / "sentiment"),
        checkpoints={"encoder": files_of(encoder), "decoder": files_of(decoder)},
        head=files_of(folder / "head"),
        board=(folder / "board.json").read_bytes(),
    )


def files_of(folder: Path) -> dict[str, bytes]:
    """The files below a folder by name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files in a folder."""
    return {f"{folder}/{name}": data for name, data in files.items()}


def _plain(cell: Any) -> Any:
    return json.dumps(cell) if isinstance(cell, list | dict) else cell


def _must(folder: Path, *args: str) -> None:
    code, _, said = run_in(folder, Case("material", "", args))
    if code:
        raise SystemExit(f"what is to be damaged could not be made: {' '.join(args)}\n{said}")


def _journal(record: Path) -> bytes:
    from nlptasks.records.canonical import canonical
    from nlptasks.records.store import read_record

    found = read_record(record)
    rows = [{"prediction": sample.prediction, "score": sample.score} for sample in found.samples[:2]]
    lines = [
        {"schema": "nlptasks.journal", "version": 2, "key": found.record.key},
        {"rows": rows, "seconds": 0.5, "tokens": 0, "long": 0},
    ]
    return "".join(f"{canonical(line)}\n" for line in lines).encode()


def _checkpoints(folder: Path) -> tuple[Path, Path]:
    """A tiny random encoder, and a tiny random GPT-2 whose tokens are bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel

    from nlptasks.models.runtimes.torch_devices import quiet_loading
    from nlptasks.testing import write_tiny_checkpoint

    decoder = folder / "decoder"
    tokens = ["<|end|>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({token: at for at, token in enumerate(tokens)}, []))
    tokenizer.add_special_tokens(tokens[:1])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    shape = {"n_positions": 512, "n_embd": 16, "n_layer": 1, "n_head": 2}
    with torch.random.fork_rng(), quiet_loading():
        torch.manual_seed(5)
        config = GPT2Config(vocab_size=len(tokens), bos_token_id=0, eos_token_id=0, **shape)
        GPT2LMHeadModel(config).save_pretrained(decoder)
    tokenizer.save(str(decoder / "tokenizer.json"))
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512}
    names = {"bos_token": tokens[0], "eos_token": tokens[0]}
    (decoder / "tokenizer_config.json").write_text(json.dumps({**about, **names}), encoding="utf-8")
    return write_tiny_checkpoint(folder / "encoder"), decoder
