"""``nlptasks compare``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._cli.views.tables import echo_json, table
from nlptasks._settings.groups import Evaluation
from nlptasks.errors import UsageError
from nlptasks.plugin.options import setting
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._scoring.compare import Compared, Comparison, Seeds

#: Exit code of --fail-if-worse.
_WORSE = 3

#: Samples below which little can be said.
_FEW = 30


@dataclass(frozen=True, kw_only=True)
class CompareOptions:
    """How to compare."""

    fail_if_worse: bool = setting(False, "Exit with code 3 where a later record is worse than A.")
    margin: float | None = setting(
        None, "With --fail-if-worse: how much worse it may be.", min=0, metavar="X", default_text="0"
    )
    seed: int = setting(12_345, "Seed of the resampling.", min=0, metavar="N")
    paired_bs: bool = setting(False, "Also the p of 'sacrebleu --paired-bs', which is too small.")


def _compare(app: App, chosen: Chosen, records: tuple[Path, ...], as_json: bool) -> None:
    """Compare records of the same samples in pairs.

    For each metric and pair: the difference with its 95 % interval (paired bootstrap), p (exact McNemar for a
    proportion of samples, else approximate randomisation with 10,000 rounds), p adjusted by Holm for the number of
    pairs, and the samples that the second wins, ties and loses. "better" and "worse" need an adjusted p below 0.05.

    With --fail-if-worse the exit code is 3 where, by the primary metric or each one that is named, the whole interval
    of a later record's difference to A is worse than --margin: where its upper end is below -X, or for a metric whose
    smaller values are better, its lower end above X.
    """
    options, metrics = chosen.of(CompareOptions), chosen.of(Evaluation).metrics
    if options.margin is not None and not options.fail_if_worse:
        raise UsageError("--margin says nothing without --fail-if-worse", hint="add --fail-if-worse")
    from nlptasks._scoring import of_records

    registry = app.plugins().registry
    found = of_records.compare(registry, *records, metrics=metrics, seed=options.seed, paired_bs=options.paired_bs)
    margin = options.margin or 0.0
    gates = metrics or (found.primary,)
    worse = [item for item in found.comparisons if item.a == "A" and item.metric in gates and item.worse_by(margin)]
    if as_json:
        echo_json(_json(found, worse if options.fail_if_worse else []))
    else:
        click.echo("\n".join(_lines(found)))
    if options.fail_if_worse and worse:
        for item in worse:
            click.echo(f"{item.b} is worse than A by {item.metric}: {_interval(item)}, margin {margin:g}", err=True)
        click.get_current_context().exit(_WORSE)


def _lines(found: Compared) -> Iterator[str]:
    for letter, opened in found.records.items():
        yield one_line(f"{letter}  {opened.record.model.name}  ({opened.folder})")
    of = one_line(f", drawn by {found.cluster}") if found.cluster else ""
    yield f"{found.n:,} samples{of}; {_first(found)}"
    yield ""
    header = ["METRIC", "PAIR", "FIRST", "SECOND", "DIFFERENCE", "P", "HOLM", "WIN/TIE/LOSS", "DETECTABLE", "VERDICT"]
    with_bs = any(item.paired_bs is not None for item in found.comparisons)
    yield table([*header, *(["PAIRED-BS"] if with_bs else [])], [_row(item) for item in found.comparisons])
    for seeds in found.seeds:
        yield _spread(seeds)
    if found.n < _FEW:
        yield f"fewer than {_FEW} samples: intervals are wide, and the bootstrap's are too narrow still"
    if with_bs:
        yield "PAIRED-BS is for compatibility: equal systems have a p below 0.05 more often than in 5 % of cases"


def _first(found: Compared) -> str:
    dataset = next(iter(found.records.values())).record.dataset
    return one_line(f"{dataset.name} {dataset.split}".rstrip())


def _row(item: Comparison) -> Sequence[str]:
    paired = item.paired
    return [
        item.metric,
        f"{item.a} {item.b}",
        _number(item.value_a),
        _number(item.value_b),
        _interval(item),
        _p(paired.p),
        _p(item.holm),
        f"{paired.wins}/{paired.ties}/{paired.losses}",
        _number(item.detectable),
        _verdict(item),
        *([] if item.paired_bs is None else [_p(item.paired_bs)]),
    ]


def _verdict(item: Comparison) -> str:
    from nlptasks._scoring.compare import NONE

    return NONE if item.verdict == NONE else f"{item.b} {item.verdict}"


def _spread(seeds: Seeds) -> str:
    spread = seeds.spread
    return one_line(
        f"{seeds.metric} of {seeds.system}, {spread.runs} seeds ({', '.join(seeds.letters)}): mean "
        f"{_number(spread.mean)}; standard deviation between seeds {_number(spread.between)}; standard error of the "
        f"samples {_number(spread.within)}"
    )


def _interval(item: Comparison) -> str:
    paired = item.paired
    if math.isnan(paired.delta):
        return "not defined"
    return f"{paired.delta:+.4f} [{paired.low:+.4f}, {paired.high:+.4f}]"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4f}"


def _p(value: float) -> str:
    if math.isnan(value):
        return "-"
    return "<.0001" if value < 0.0001 else f"{value:.4f}"


def _json(found: Compared, worse: Sequence[Comparison]) -> dict[str, Any]:
    return {
        "records": [_record(letter, found) for letter in found.records],
        "n": found.n,
        "cluster": found.cluster,
        "primary": found.primary,
        "comparisons": [_comparison(item) for item in found.comparisons],
        "seeds": [
            {
                "system": seeds.system,
                "records": list(seeds.letters),
                "metric": seeds.metric,
                "mean": _finite(seeds.spread.mean),
                "sd_between_seeds": _finite(seeds.spread.between),
                "se_of_samples": _finite(seeds.spread.within),
            }
            for seeds in found.seeds
        ],
        "worse": [{"metric": item.metric, "record": item.b} for item in worse],
    }


def _record(letter: str, found: Compared) -> dict[str, Any]:
    opened = found.records[letter]
    record = opened.record
    return {
        "letter": letter,
        "folder": str(opened.folder),
        "id": record.id,
        "system": record.model.name,
        "seed": record.run.seed,
    }


def _comparison(item: Comparison) -> dict[str, Any]:
    paired = item.paired
    return {
        "metric": item.metric,
        "a": item.a,
        "b": item.b,
        "value_a": _finite(item.value_a),
        "value_b": _finite(item.value_b),
        "delta": _finite(paired.delta),
        "low": _finite(paired.low),
        "high": _finite(paired.high),
        "p": _finite(paired.p),
        "holm": _finite(item.holm),
        "test": paired.test,
        "wins": paired.wins,
        "ties": paired.ties,
        "losses": paired.losses,
        "n": paired.n,
        "detectable": _finite(item.detectable),
        "higher_is_better": item.higher_is_better,
        "verdict": item.verdict,
        **({} if item.paired_bs is None else {"paired_bs": _finite(item.paired_bs)}),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


compare = command(
    "compare",
    _compare,
    [
        click.Argument(["records"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="A B [C ...]"),
        *flags_of(Evaluation, only=("metrics",)),
        *flags_of(CompareOptions),
        json_flag(),
    ],
)
