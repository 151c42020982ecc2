"""Written by docs/generate.py from the groups of settings; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypedDict


class RunSettings(TypedDict, total=False):
    """What :func:`nlptasks.run` takes as keywords."""

    gold: str
    label_map: Sequence[str]
    format: str
    encoding: str
    delimiter: str
    quote: str
    escape: str
    header: bool | None
    max_cell: int | str
    keep_na: bool
    on_error: Literal["fail", "skip"]
    skip_bad_rows: bool
    output_format: str
    rows_per_file: int
    force: bool
    restart: bool
    limit: int
    sample: int
    seed: int
    keep_columns: Sequence[str]
    language: str
    backbone: str
    device: str
    precision: Literal["auto", "float32", "bfloat16", "float16", "int8"]
    runtime: Literal["auto", "openvino", "torch"]
    engine: str
    workers: int | None
    cache: str | Path
    cache_size: int


class EvaluateSettings(TypedDict, total=False):
    """What :func:`nlptasks.evaluate` takes as keywords."""

    gold: str
    label_map: Sequence[str]
    id: str
    format: str
    encoding: str
    delimiter: str
    quote: str
    escape: str
    header: bool | None
    max_cell: int | str
    keep_na: bool
    on_error: Literal["fail", "skip"]
    skip_bad_rows: bool
    name: str
    force: bool
    restart: bool
    withhold_texts: bool
    metrics: Sequence[str]
    slices: Sequence[str]
    cluster: str
    language: str
    limit: int
    backbone: str
    device: str
    precision: Literal["auto", "float32", "bfloat16", "float16", "int8"]
    runtime: Literal["auto", "openvino", "torch"]
    engine: str
    workers: int | None


class TrainSettings(TypedDict, total=False):
    """What :func:`nlptasks.train` takes as keywords."""

    gold: str
    label_map: Sequence[str]
    format: str
    encoding: str
    delimiter: str
    quote: str
    escape: str
    header: bool | None
    max_cell: int | str
    keep_na: bool
    on_error: Literal["fail", "skip"]
    skip_bad_rows: bool
    force: bool
    method: Literal["probe", "finetune", "pretrain"]
    epochs: float | None
    tokens: int | None
    rate: float | None
    max_tokens: int | None
    objective: Literal["causal", "denoise"] | None
    language: str
    layers: str | Path
    layer: str
    seed: int
    backbone: str
    device: str
    precision: Literal["auto", "float32", "bfloat16", "float16", "int8"]
    runtime: Literal["auto", "openvino", "torch"]
