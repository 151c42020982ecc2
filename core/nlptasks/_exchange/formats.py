"""The formats by name, and what is common to them: a record is exported whole, and comes back as it was.

Each format has a place for a few of a record's fields. The whole record stands beside them, where the format allows
more (see :mod:`nlptasks._exchange.whole`), so that an export and an import lose nothing. The numbers that other tools
read and the whole record must agree: a file in which somebody changed one of them is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from nlptasks._exchange.parts import Key, data_key, parts
from nlptasks._exchange.source import Reader, text_of
from nlptasks._names import did_you_mean, resolve
from nlptasks.errors import DataError, UsageError
from nlptasks.records.schema import Record
from nlptasks.text.display import one_line


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a file holds.

    Args:
        shown: The records that its own fields make.
        whole: The records that an export of nlptasks left beside them.
    """

    shown: tuple[Record, ...]
    whole: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Exchange:
    """A format: the two functions of its module.

    Args:
        dump: The text of a file that holds one record or more. It takes the records, and the seconds since 1970 for
            formats that say when a file was made; raises :class:`UsageError` where one file cannot hold them.
        load: Reads a text. It takes the text, what errors call the file, and the name of the system for formats that
            have none; raises :class:`DataError` with the place where it is not of this format, and :class:`UsageError`
            where that name is needed.
        read: The text of a file or folder, which errors call by the second argument.
        key: What tells two records of one system apart in a file.
        suffix: What the names of its files end in; empty: it is only read.
    """

    dump: Callable[[Sequence[Record], int], str]
    load: Callable[[str, str, str], Found]
    read: Reader = text_of
    key: Key = data_key
    suffix: str = ""


@dataclass(frozen=True)
class ExchangeForm:
    """What is known of a format before its module is loaded.

    Args:
        module: Import string of the module.
        summary: What it is.
        suffix: What the names of its files end in; empty: it is only read.
        reads: Whether the module says how a file or folder becomes a text.
        keyed: Whether the module says what tells two records apart.
    """

    module: str
    summary: str
    suffix: str = ""
    reads: bool = False
    keyed: bool = False


FORMATS: Mapping[str, ExchangeForm] = MappingProxyType(
    {
        "eval-results": ExchangeForm(
            "nlptasks._exchange.eval_results", "a file of a Hub model's .eval_results folder", ".yaml", keyed=True
        ),
        "every-eval-ever": ExchangeForm(
            "nlptasks._exchange.every_eval_ever", "the Every Eval Ever schema 0.3.0", ".json"
        ),
        "helm": ExchangeForm("nlptasks._exchange.helm", "the folder of a run of HELM", reads=True),
        "inspect": ExchangeForm("nlptasks._exchange.inspect_log", "a log of inspect_ai (.json or .eval)", reads=True),
        "lm-eval": ExchangeForm(
            "nlptasks._exchange.lm_eval", "a result file of lm-evaluation-harness", ".json", keyed=True
        ),
        "model-index": ExchangeForm("nlptasks._exchange.model_index", "the front matter of a Hub model card", ".md"),
        "mteb": ExchangeForm(
            "nlptasks._exchange.mteb",
            "a result file of MTEB, or a folder of one model's",
            ".json",
            reads=True,
            keyed=True,
        ),
    }
)

#: The formats that records are exported to.
WRITTEN = tuple(name for name, form in FORMATS.items() if form.suffix)


def exchange(name: str) -> Exchange:
    """The module of a format.

    Raises:
        UsageError: There is no such format.
    """
    if name not in FORMATS:
        raise UsageError(
            f"there is no format {name!r} for results{did_you_mean(name, FORMATS)}",
            hint="\n".join(f"{known}: {form.summary}" for known, form in FORMATS.items()),
        )
    form = FORMATS[name]
    read: Reader = resolve(f"{form.module}:read") if form.reads else text_of
    dump = resolve(f"{form.module}:dump") if form.suffix else _only_read(name)
    key: Key = resolve(f"{form.module}:key") if form.keyed else data_key
    return Exchange(dump, resolve(f"{form.module}:load"), read, key, form.suffix)


def _only_read(name: str) -> Callable[[Sequence[Record], int], str]:
    def refuse(_records: Sequence[Record], _now: int) -> str:
        raise UsageError(f"{FORMATS[name].summary} is only read", hint=f"export to one of {', '.join(WRITTEN)}")

    return refuse


def imported(form: Exchange, text: str, *, file: str, model: str = "") -> list[Record]:
    """The records of a file, at trust level V0; those that nlptasks exported come back whole.

    Args:
        form: The format.
        text: The text of the file.
        file: What errors call it.
        model: Name of the system, where the format has none.

    Raises:
        DataError: It is not of this format, holds no result, or its numbers and the whole records disagree.
        UsageError: The name of the system is needed.
    """
    found = form.load(text, file, model)
    records = [*found.whole, *_others(form, found, file, model)]
    if not records:
        raise DataError(file, "it holds no result", hint="is it of another format? see --from")
    if model:
        records = [replace(record, model=replace(record.model, name=model)) for record in records]
    return records


def _others(form: Exchange, found: Found, file: str, model: str) -> list[Record]:
    """The records that a file shows and does not hold whole; those that it holds whole must be shown as exported."""
    others = list(found.shown)
    if not found.whole:
        return others
    files = parts(found.whole, form.key)
    for record in (shown for part in files for shown in form.load(form.dump(part, 0), file, model).shown):
        if record not in others:
            raise DataError(
                file,
                f"its numbers and the whole records beside them disagree: {_difference(record, others)}",
                hint="one of them was changed; take the whole records out ('nlptasks') to import the numbers alone",
            )
        others.remove(record)
    return others


def _difference(record: Record, others: Sequence[Record]) -> str:
    """Where a record that should be among others differs from the one that is meant."""
    name = one_line(f"{record.model.name} on {record.dataset.name}", 120)
    for other in others:
        if (other.model.name, other.dataset.name, other.task) == (record.model.name, record.dataset.name, record.task):
            for metric, result in record.scores.items():
                shown = other.scores.get(metric)
                if shown != result:
                    value = "nothing" if shown is None else shown.value
                    return f"{name}: {one_line(metric, 60)} is {result.value} in the record, and the file shows {value}"
    return f"{name} is not shown as it was exported"
