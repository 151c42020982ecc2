"""Results of MTEB: a file a task, with the scores of each split and of each subset, a language as a rule.

A file names no model; ``model_meta.json`` beside it does. A folder of one model's results is read whole. An export
keeps the whole record under the key ``nlptasks``, which MTEB passes over.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import imported_result, ordered
from nlptasks._exchange.parsing import Count, NumberIfAny, Parsed, Present, Text, is_number, parse_json
from nlptasks._exchange.source import apart, text_of, together
from nlptasks._exchange.whole import packed, unpacked
from nlptasks.errors import UsageError
from nlptasks.files.names import is_file, is_folder
from nlptasks.files.validated import Lenient
from nlptasks.records.schema import Dataset, Model, Record, Result, Run

_META = "model_meta.json"
_OWN = "nlptasks"
_WHAT = "a result file of MTEB"

#: The score by which MTEB ranks, and the name of the only subset where there are no several.
_MAIN, _ONLY = "main_score", "default"


class _MtebScores(Lenient):
    """The scores of a subset, which have any names; lists and mappings among them are passed over."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, NumberIfAny]

    main_score: NumberIfAny = None
    hf_subset: Text = _ONLY
    languages: list[Text] = Field(default_factory=list)
    mteb_version: Text = ""

    @property
    def values(self) -> dict[str, float]:
        """The numbers, the main one first."""
        every = {_MAIN: self.main_score, **self.__pydantic_extra__}
        return {name: value for name, value in every.items() if is_number(value)}


class _MtebFile(Lenient):
    task_name: Text
    dataset_revision: Text = ""
    mteb_version: Text = ""
    scores: Annotated[dict[str, list[_MtebScores]], Present]
    own: list[Any] = Field(alias="nlptasks", default_factory=list)


class _MtebModel(Lenient):
    name: Text
    revision: Text = ""
    n_parameters: Count | None = None


def read(path: Path, file: str) -> str:
    """The result files of a folder, or a file, with what is said of the model beside them, as one text."""
    if is_folder(path):
        names = sorted(found.name for found in path.glob("*.json") if found.name != _META)
        if not names:
            raise UsageError(f"{file}: no result file in it", hint="give a folder of one model: results/MODEL/REVISION")
    else:
        names = [path.name]
    folder = path if is_folder(path) else path.parent
    names += [_META] if is_file(folder / _META) else []
    shown = {name: str(folder / name) if is_folder(path) or name == _META else file for name in names}
    return together({shown[name]: text_of(folder / name, shown[name]) for name in names})


def key(_record: Record) -> Hashable:
    """That no two records go into one file; see :class:`nlptasks._exchange.formats.Exchange`."""
    return ""


def dump(records: Sequence[Record], _now: int) -> str:
    """The text of a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    if len(records) > 1:
        raise UsageError(
            f"a file of MTEB is of one system on one task, and these are {len(records)} records",
            hint="--output FOLDER/ writes a file for each of them",
        )
    (record,) = records
    data, primary = record.dataset, record.scores.get(record.primary)
    scores: dict[str, Any] = {_MAIN: primary.value if primary else None}
    scores |= {name: result.value for name, result in ordered(record) if name not in _TAKEN}
    languages = [data.language] if data.language else []
    content = {
        "dataset_revision": data.revision,
        "task_name": data.name,
        "mteb_version": None,
        "scores": {data.split: [{**scores, "hf_subset": _ONLY, "languages": languages}]},
        "evaluation_time": record.cost.seconds,
        "kg_co2_emissions": None,
        _OWN: [packed(record)],
    }
    return json.dumps(content, indent=2) + "\n"


#: Keys of a subset that are no names of metrics.
_TAKEN = frozenset({_MAIN, "hf_subset", "languages", "mteb_version"})


def load(text: str, file: str, model: str) -> Found:
    """Read one file or several; see :class:`nlptasks._exchange.formats.Exchange`."""
    files = apart(text, file)
    meta = next((name for name in files if Path(name).name == _META), "")
    known = parse_json(files[meta], meta, "what MTEB says of a model").checked(_MtebModel) if meta else None
    shown: list[Record] = []
    whole: list[Record] = []
    for name, content in files.items():
        if name != meta:
            parsed = parse_json(content, name, _WHAT)
            found = parsed.checked(_MtebFile)
            own = [unpacked(item, name, f"{_OWN}[{number}]") for number, item in enumerate(found.own)]
            whole += own
            shown += _records(found, parsed, _model(known, own, name, model))
    return Found(shown=tuple(shown), whole=tuple(whole))


def _model(known: _MtebModel | None, own: Sequence[Record], file: str, model: str) -> Model:
    if known is not None:
        return Model(name=model or known.name, parameters=known.n_parameters or 0)
    name = model or next((record.model.name for record in own), "")
    if not name:
        raise UsageError(f"{file} does not name its model", hint=f"name it: --model NAME; {_META} beside it does too")
    return Model(name=name)


def _records(found: _MtebFile, parsed: Parsed, model: Model) -> Iterator[Record]:
    several = len({item.hf_subset for items in found.scores.values() for item in items}) > 1
    for split, items in found.scores.items():
        for number, item in enumerate(items):
            if not item.values and not found.own:
                raise parsed.error(("scores", split, number), f"has no '{_MAIN}'")
            yield Record(
                task=found.task_name,
                primary=_MAIN,
                dataset=Dataset(
                    name=f"{found.task_name} ({item.hf_subset})" if several else found.task_name,
                    split=split,
                    revision=found.dataset_revision,
                    sha256="",
                    n=0,
                ),
                model=model,
                run=Run(versions=_versions(item.mteb_version or found.mteb_version)),
                scores=_scores(item),
            )


def _scores(item: _MtebScores) -> Mapping[str, Result]:
    languages = ",".join(item.languages) or "unknown"
    said = f"imported:mteb|subset:{item.hf_subset}|languages:{languages}"
    return {
        name: imported_result(
            value, said=f"{said}|metric:{name}", metric=name, higher_is_better=True if name == _MAIN else None
        )
        for name, value in item.values.items()
    }


def _versions(mteb: str) -> dict[str, str]:
    return {"mteb": mteb} if mteb else {}
