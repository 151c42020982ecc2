"""Folders of HELM's runs: what ``run_spec.json`` says was run, and the means of ``stats.json``.

A run has numbers about itself (tokens, seconds, prompts that were cut) among its scores, which are none. How many
instances there were ``per_instance_stats.json`` and ``scenario_state.json`` tell, where they are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import Field

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import imported_result
from nlptasks._exchange.parsing import Count, Number, Parsed, Text, parse_json
from nlptasks._exchange.source import apart, text_of, together
from nlptasks.errors import DataError, UsageError
from nlptasks.files.names import is_file, is_folder
from nlptasks.files.validated import Lenient
from nlptasks.records.schema import Dataset, Model, Record, Result, Run

_SPEC, _STATS, _EACH, _STATE = "run_spec.json", "stats.json", "per_instance_stats.json", "scenario_state.json"
_WHATS = {
    _SPEC: "a run_spec.json of HELM",
    _STATS: "a stats.json of HELM",
    _EACH: "a per_instance_stats.json of HELM",
    _STATE: "a scenario_state.json of HELM",
}
_HINT = "give the folder of one run, which has run_spec.json and stats.json: runs/SUITE/RUN"

#: What stats tell of the run and not of the answers.
_NO_SCORE = re.compile(
    r"(num|max|batch|training|inference|finish_reason|prompt|references|instances|estimated)_.*|batch_size|logprob"
    r"|.*_runtime.*|.*_cost|.*_co2.*|.*_energy.*"
)

#: Its perplexity is by the token of the model, and ours by the word.
_OUR_NAMES = {"perplexity": "token-perplexity"}

#: Scores that HELM's own tables show, the first that a run has.
_SHOWN = (
    *("exact_match", "quasi_exact_match", "prefix_exact_match", "quasi_prefix_exact_match", "f1_score", "f1_set_match"),
    *("math_equiv_chain_of_thought", "rouge_2", "rouge_l", "bleu_4", "classification_macro_f1", "bits_per_byte"),
)

#: Splits that are evaluated on, the first that a run has.
_SPLITS = ("test", "valid", "")


class _HelmScenario(Lenient):
    class_name: Text = ""


class _HelmAdapter(Lenient):
    model: Text = ""
    model_deployment: Text = ""
    method: Text = ""
    max_eval_instances: Count | None = None
    max_train_instances: Count | None = None
    num_train_trials: Count = 1


class _HelmRun(Lenient):
    name: Text
    scenario_spec: _HelmScenario = Field(default_factory=_HelmScenario)
    adapter_spec: _HelmAdapter


class _HelmName(Lenient):
    name: Text
    split: Text = ""
    sub_split: Text = ""
    perturbation: Any = None


class _HelmStat(Lenient):
    name: _HelmName
    count: Count = 0
    mean: Number | None = None


class _HelmInstance(Lenient):
    instance_id: Text
    perturbation: Any = None
    stats: list[_HelmStat] = Field(default_factory=list)


class _HelmStateInstance(Lenient):
    id: Text = ""
    split: Text = ""
    perturbation: Any = None


class _HelmRequest(Lenient):
    instance: _HelmStateInstance


class _HelmState(Lenient):
    request_states: list[_HelmRequest]


def read(path: Path, file: str) -> str:
    """The files of a run's folder, one of which may be named in its place, as one text."""
    folder = path if is_folder(path) else path.parent
    if not is_folder(path) and path.name not in _WHATS:
        return text_of(path, file)
    names = [name for name in _WHATS if name in (_SPEC, _STATS) or is_file(folder / name)]
    missing = [name for name in names if not is_file(folder / name)]
    if missing:
        raise UsageError(f"{file}: there is no {missing[0]}", hint=_HINT)
    return together({name: text_of(folder / name, str(folder / name)) for name in names})


def load(text: str, file: str, model: str) -> Found:
    """Read a run; see :class:`nlptasks._exchange.formats.Exchange`."""
    files = apart(text, _STATS)
    if _SPEC not in files:
        raise DataError(file, f"what was run stands in {_SPEC}, which did not come with it", hint=_HINT)
    folder = Path(file) if Path(file).name not in _WHATS else Path(file).parent
    parsed = {name: parse_json(found, str(folder / name), _WHATS[name]) for name, found in files.items()}
    run = parsed[_SPEC].checked(_HelmRun)
    stats = [stat for stat in parsed[_STATS].checked_items(_HelmStat) if _plain(stat.name)]
    stats = [stat for stat in stats if stat.mean is not None and not _NO_SCORE.fullmatch(stat.name.name)]
    split = next((split for split in _SPLITS if any(stat.name.split == split for stat in stats)), "")
    kept = [stat for stat in stats if stat.name.split == split]
    if not kept:
        raise DataError(parsed[_STATS].file, "it holds no score of all instances", hint=_HINT)
    return Found(shown=(_record(run, kept, split, _instances(parsed, split), model or _named(run, file)),))


def _plain(name: _HelmName) -> bool:
    """Whether a number is of instances as they are, and of all of a split."""
    return name.perturbation is None and not name.sub_split


def _named(run: _HelmRun, file: str) -> str:
    name = run.adapter_spec.model or run.adapter_spec.model_deployment
    if not name:
        raise UsageError(f"{file} does not name its model", hint="name it: --model NAME")
    return name


def _instances(parsed: dict[str, Parsed], split: str) -> int:
    """Instances of a split, each once; 0: not known."""
    return len(set(_ids(parsed, split)))


def _ids(parsed: dict[str, Parsed], split: str) -> Iterator[str]:
    if _EACH in parsed:
        for item in parsed[_EACH].checked_items(_HelmInstance):
            if item.perturbation is None and any(stat.name.split == split for stat in item.stats):
                yield item.instance_id
    elif _STATE in parsed:
        for request in parsed[_STATE].checked(_HelmState).request_states:
            if request.instance.perturbation is None and request.instance.split in (split, ""):
                yield request.instance.id


def _record(run: _HelmRun, stats: Iterable[_HelmStat], split: str, n: int, model: str) -> Record:
    adapter = run.adapter_spec
    scores: dict[str, Result] = {}
    for stat in stats:
        said = f"imported:helm|metric:{stat.name.name}|split:{split or 'unknown'}|method:{adapter.method or 'unknown'}"
        shots = "unknown" if adapter.max_train_instances is None else adapter.max_train_instances
        said += f"|shots:{shots}|trials:{adapter.num_train_trials}"
        name = _OUR_NAMES.get(stat.name.name, stat.name.name)
        scores[name] = imported_result(stat.mean, said=said, metric=name, n=n)
    return Record(
        task=run.name.partition(":")[0],
        primary=next((name for name in _SHOWN if name in scores), next(iter(scores))),
        dataset=Dataset(name=_dataset(run.name), split=split, sha256="", n=n, source=run.scenario_spec.class_name),
        model=Model(name=model),
        run=Run(limit=_limit(adapter, n)),
        scores=scores,
    )


def _dataset(name: str) -> str:
    """The name of a run without its model: ``mmlu:subject=anatomy``."""
    scenario, _, given = name.partition(":")
    kept = [part for part in given.split(",") if part and not part.startswith(("model=", "model_deployment="))]
    return f"{scenario}:{','.join(kept)}" if kept else scenario


def _limit(adapter: _HelmAdapter, n: int) -> int:
    """How many instances were asked for where there are so many, so that there may be more; 0: all are there."""
    most = adapter.max_eval_instances
    return 0 if most is None or 0 < n < most else max(most, 1)
